/**
 * Live updates by server-sent events, and why not a WebSocket: updates go one way only (controls are POSTs behind the
 * token), plain HTTP passes every SSH tunnel and TLS proxy, the same host and cross-site checks guard it as every other
 * route, and resuming is part of the protocol (`Last-Event-ID`).
 *
 * Nothing here can hold up the engine: a change only marks what is due, and what is sent is made of texts that all clients
 * share. A client that reads slowly is skipped while its buffer is full, gets the newest state, once, when it has room, and
 * from then on an update a second, until it has kept up for a while. One that reads nothing at all is let go: should it still
 * be there, it comes back and goes on where it was.
 * @module
 */

import { getLogger } from "@logtape/logtape";
import type { CancelTimer, Clock } from "../ops/clock.ts";
import { LiveState } from "./live_state.ts";
import type { Change, ServerSources } from "./sources.ts";
import type { LogLine } from "./status.ts";

/** How many pages may look on at once. */
export const LIVE_CLIENTS_MAX = 200;
/** A client that has this much unread is skipped; one message may lie above it. */
const CLIENT_BUFFER_BYTES = 64 * 1024;
/** Between two updates of a client that did not keep up, and for how long after it last did not. */
const COARSE_EVERY_MS = 1_000;
const COARSE_FOR_MS = 10_000;
/** A client that took nothing for so long is gone without a word, and keeps others out. */
const SILENT_MS = 60_000;
/** Lines in one update; a flood beyond that is counted, not sent. */
const LOG_LINES_MAX = 200;

/** Least time between two looks at each part, in milliseconds. Trades and logs wait only behind their own kind. */
const INTERVAL_MS: Record<Change, number> = { view: 100, trade: 20, log: 50, health: 250 };
/** The status goes out this often even where nobody reports a change: its arrival is also the page's sign of life. */
const HEALTH_MS = 1_000;
const MICROS_PER_MS = 1_000;

interface Client {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  sequence: number;
  log: number;
  behind: boolean;
  /** When it was last sent something, when it last had room, and until when it gets less. */
  sentMs: number;
  roomMs: number;
  coarseUntilMs: number;
}

interface Throttle {
  lastMs: number;
  cancel: CancelTimer | null;
}

const encoder = new TextEncoder();
/** A comment, so that a page that resumes with nothing new hears at once that it is connected. */
const GREETING = encoder.encode(": kbot\n\n");
const logger = getLogger(["kbot", "server"]);

export class LiveHub {
  /** Sequence numbers of another process, or of another start, mean nothing here. */
  readonly #epoch = crypto.randomUUID().slice(0, 8);
  readonly #state = new LiveState();
  readonly #clients = new Set<Client>();
  readonly #throttles: Record<Change, Throttle> = {
    view: { lastMs: -Infinity, cancel: null },
    trade: { lastMs: -Infinity, cancel: null },
    log: { lastMs: -Infinity, cancel: null },
    health: { lastMs: -Infinity, cancel: null },
  };
  readonly #sources: ServerSources;
  readonly #clock: Clock;
  /** Of the page that is served with these updates, for pages of another one. */
  readonly #build: string | null;
  readonly #stopListening: () => void;
  #heartbeat: CancelTimer | null = null;
  #closed = false;

  /**
   * @param clock real time, unless a test wants to move it
   * @param build names the page that is served beside this
   */
  constructor(sources: ServerSources, clock: Clock, build: string | null = null) {
    this.#build = build;
    this.#sources = sources;
    this.#clock = clock;
    this.#stopListening = sources.onChange((what) => this.#mark(what));
  }

  get clients(): number {
    return this.#clients.size;
  }

  /**
   * Opens a stream for one page.
   *
   * @param lastEventId of the last event the page has seen, empty for none
   * @returns `null` where {@link LIVE_CLIENTS_MAX} pages look on already
   */
  connect(lastEventId: string): ReadableStream<Uint8Array> | null {
    if (this.#closed || this.#clients.size >= LIVE_CLIENTS_MAX) return null;
    this.#refresh("view");
    this.#refresh("health");
    const seen = this.#parseId(lastEventId);
    let client: Client;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        client = {
          controller,
          sequence: seen?.sequence ?? 0,
          log: seen?.log ?? 0,
          behind: false,
          sentMs: -Infinity,
          roomMs: this.#nowMs(),
          coarseUntilMs: -Infinity,
        };
        this.#clients.add(client);
        controller.enqueue(GREETING);
        this.#send(client, new Map());
        this.#beat();
      },
      pull: () => {
        if (client.behind) this.#send(client, new Map());
      },
      cancel: () => this.#drop(client),
    }, new ByteLengthQueuingStrategy({ highWaterMark: CLIENT_BUFFER_BYTES }));
  }

  /** Ends every stream; the pages will come back when there is a server again. */
  close(): void {
    this.#closed = true;
    this.#stopListening();
    for (const client of [...this.#clients]) {
      this.#drop(client);
      client.controller.close();
    }
  }

  #mark(what: Change): void {
    if (this.#clients.size === 0) return;
    const throttle = this.#throttles[what];
    if (throttle.cancel !== null) return;
    const waitMs = Math.max(0, throttle.lastMs + INTERVAL_MS[what] - this.#nowMs());
    throttle.cancel = this.#clock.after(waitMs * MICROS_PER_MS, () => {
      throttle.cancel = null;
      this.#refresh(what);
      this.#flush();
    });
  }

  #refresh(what: Change): void {
    this.#throttles[what].lastMs = this.#nowMs();
    try {
      if (what === "view") this.#state.refreshView(this.#sources.view());
      else if (what === "trade") this.#state.refreshTrades(this.#sources.view());
      else if (what === "health") this.#state.refreshStatus(this.#sources.status());
    } catch (error) {
      // A page that cannot be drawn must never end the process that trades.
      logger.error("Live update failed at {what}: {error}", { what, error });
    }
  }

  #beat(): void {
    if (this.#heartbeat !== null || this.#clients.size === 0) return;
    this.#heartbeat = this.#clock.after(HEALTH_MS * MICROS_PER_MS, () => {
      this.#heartbeat = null;
      this.#refresh("health");
      this.#flush();
      this.#beat();
    });
  }

  #flush(): void {
    // Clients that saw the same things get the same bytes.
    const messages = new Map<string, Message>();
    for (const client of [...this.#clients]) this.#send(client, messages);
  }

  #send(client: Client, messages: Map<string, Message>): void {
    const now = this.#nowMs();
    client.behind = (client.controller.desiredSize ?? 0) <= 0;
    if (client.behind) {
      client.coarseUntilMs = now + COARSE_FOR_MS;
      if (now - client.roomMs >= SILENT_MS) this.#letGo(client);
      return;
    }
    client.roomMs = now;
    // What is left out now goes with the heartbeat.
    if (now < client.coarseUntilMs && now - client.sentMs < COARSE_EVERY_MS) return;
    const from = `${client.sequence}.${client.log}`;
    let message = messages.get(from);
    if (message === undefined) {
      message = this.#compose(client.sequence, client.log);
      messages.set(from, message);
    }
    client.log = message.log;
    if (message.bytes === null) return;
    client.sequence = this.#state.sequence;
    client.sentMs = now;
    try {
      client.controller.enqueue(message.bytes);
    } catch {
      // The stream was closed or cancelled between two turns: the page is gone.
      this.#drop(client);
    }
  }

  /** Ends the stream of a client that reads nothing, and what waits for it. */
  #letGo(client: Client): void {
    this.#drop(client);
    client.controller.error(new Error("Nothing was read for too long"));
  }

  #compose(sequence: number, after: number): Message {
    const lines = this.#logs(after);
    const log = lines.at(-1)?.number ?? after;
    if (sequence === this.#state.sequence && lines.length === 0) return { bytes: null, log };
    const skipped = lines.length > 0 && after > 0 ? Math.max(0, lines[0].number - after - 1) : 0;
    const build = sequence === 0 ? `,"build":${JSON.stringify(this.#build)}` : "";
    const data = `${this.#state.changesSince(sequence)}${build},"logs":${
      JSON.stringify(lines)
    },"logsSkipped":${skipped}`;
    const id = `${this.#epoch}.${this.#state.sequence}.${log}`;
    return { bytes: encoder.encode(`id: ${id}\ndata: {${data}}\n\n`), log };
  }

  #logs(after: number): readonly LogLine[] {
    try {
      return this.#sources.logs(after, LOG_LINES_MAX);
    } catch (error) {
      logger.error("Live update failed at log: {error}", { error });
      return [];
    }
  }

  #parseId(text: string): { sequence: number; log: number } | null {
    const match = /^([0-9a-f]{8})\.(\d{1,15})\.(\d{1,15})$/.exec(text);
    if (match === null || match[1] !== this.#epoch) return null;
    const sequence = Number(match[2]);
    return sequence <= this.#state.sequence ? { sequence, log: Number(match[3]) } : null;
  }

  #drop(client: Client): void {
    this.#clients.delete(client);
    if (this.#clients.size > 0) return;
    this.#heartbeat?.();
    this.#heartbeat = null;
    for (const throttle of Object.values(this.#throttles)) {
      throttle.cancel?.();
      throttle.cancel = null;
    }
  }

  #nowMs(): number {
    return this.#clock.now() / MICROS_PER_MS;
  }
}

/** `bytes` is `null` where there is nothing to say. */
interface Message {
  readonly bytes: Uint8Array | null;
  readonly log: number;
}
