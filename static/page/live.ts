/**
 * The connection to `/live`: keeps it up, comes back after a break where it left off, and always knows how old the
 * newest word of the server is. Judged by the browser's steady clock: the viewer's wall clock may be wrong.
 * @module
 */

import type { LiveUpdate } from "../../src/server/live_message.ts";
import { EventReader } from "./sse.ts";

export type ConnectionState =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  /** The server speaks to us no more, or refuses; `reason` says so in words. */
  | { readonly kind: "reconnecting"; readonly reason: string }
  /** Reading needs the token here. */
  | { readonly kind: "locked" };

export interface LiveListener {
  update(update: LiveUpdate): void;
  state(state: ConnectionState): void;
}

const BACKOFF_FIRST_MS = 250;
const BACKOFF_MAX_MS = 5_000;
/** The server speaks every second; a connection this silent is dead even where nobody closed it. */
const SILENCE_MS = 5_000;

export class LiveConnection {
  readonly #listener: LiveListener;
  readonly #token: () => string | null;
  #lastEventId = "";
  #failures = 0;
  #heardAt = performance.now();
  #attempt: AbortController | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;

  constructor(listener: LiveListener, token: () => string | null) {
    this.#listener = listener;
    this.#token = token;
  }

  /** Connects now, whatever was under way. */
  open(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.#attempt?.abort();
    const attempt = new AbortController();
    this.#attempt = attempt;
    this.#follow(attempt).then(
      () => "The server ended the stream",
      (error: unknown) => error instanceof Refusal ? error.message : "The server cannot be reached",
    ).then((reason) => {
      if (this.#attempt === attempt) this.#again(reason);
    });
  }

  async #follow(attempt: AbortController): Promise<void> {
    const watch = setInterval(() => {
      if (performance.now() - this.#heardAt > SILENCE_MS) attempt.abort(new Refusal("The server has gone silent"));
    }, 1_000);
    // A fresh attempt gets its own time before it counts as silent; the age that is shown is kept apart (state.ts).
    this.#heardAt = performance.now();
    try {
      const headers: Record<string, string> = {};
      if (this.#lastEventId !== "") headers["Last-Event-ID"] = this.#lastEventId;
      const token = this.#token();
      if (token !== null) headers["Authorization"] = `Bearer ${token}`;
      const response = await fetch("/live", { headers, signal: attempt.signal, cache: "no-store" });
      if (response.status === 401) this.#listener.state({ kind: "locked" });
      if (!response.ok || response.body === null) throw new Refusal(await reasonOf(response));
      await this.#read(response.body);
    } finally {
      clearInterval(watch);
    }
  }

  async #read(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    const events = new EventReader();
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#heardAt = performance.now();
      for (const event of events.push(value)) {
        this.#listener.update(JSON.parse(event.data));
        this.#lastEventId = event.id;
        this.#failures = 0;
        this.#listener.state({ kind: "live" });
      }
    }
  }

  #again(reason: string): void {
    if (reason === LOCKED) return;
    this.#failures++;
    this.#listener.state({ kind: "reconnecting", reason });
    const wait = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (this.#failures - 1));
    this.#retry = setTimeout(() => this.open(), wait * (0.75 + Math.random() / 2));
  }
}

/** The server's own words for why not. */
class Refusal extends Error {}

const LOCKED = "locked";

async function reasonOf(response: Response): Promise<string> {
  if (response.status === 401) return LOCKED;
  const body = await response.json().catch(() => null);
  const message = body?.error?.message;
  return typeof message === "string" ? message : `The server answered ${response.status}`;
}
