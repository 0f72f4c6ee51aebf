/**
 * One WebSocket connection with questions and answers: the client's own socket and frame parser, without its repairs.
 * @module
 */

import { type Micros, MICROS_PER_MILLISECOND } from "../../core/units.ts";
import { WallClock } from "../../ops/clock.ts";
import { type ParsedFrame, parseFrame } from "../../venues/kalshi/frames.ts";
import type { Signer } from "../../venues/kalshi/signer.ts";
import { KalshiSocket } from "../../venues/kalshi/socket.ts";

export type Answered<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export interface Command {
  readonly cmd: "subscribe" | "unsubscribe";
  readonly params: Readonly<Record<string, unknown>>;
}

type Listener = (frame: ParsedFrame | { readonly kind: "down"; readonly detail: string }) => void;

/** A connection that lives so long was not opened to be closed. */
const STAYS_MS = 200;
/** What stands behind the reason in the socket's own words: it would try again, this one does not. */
const RETRY = /: retrying in [^:]*$/;

export class ProbeSocket {
  readonly #socket: KalshiSocket;
  #listener: Listener = () => {};
  #nextId = 1;
  #down: string | null = null;

  private constructor(url: string, signer: Signer, opened: (reason: string | null) => void) {
    this.#socket = new KalshiSocket({
      url,
      signer,
      timers: new WallClock(),
      watchdog: false,
      jitter: () => 0,
      attempt: (job) => {
        job().catch((error: unknown) => opened(error instanceof Error ? error.message : String(error)));
      },
      onOpen: () => opened(null),
      onText: (text, connection) =>
        this.#listener(parseFrame(text, Date.now() * MICROS_PER_MILLISECOND as Micros, connection)),
      onDown: (_connection, _wasOpen, detail) => {
        this.#down = detail.replace(RETRY, "");
        opened(this.#down);
        this.#listener({ kind: "down", detail: this.#down });
      },
    });
  }

  /** Connects once. An exchange or a proxy may let a client in only to close it at once: that is no connection. */
  static async open(url: string, signer: Signer, ms: number): Promise<Answered<ProbeSocket>> {
    let settle: (reason: string | null) => void = () => {};
    const opened = new Promise<string | null>((resolve) => settle = resolve);
    const timer = setTimeout(() => settle(`No upgrade within ${ms} ms`), ms);
    const socket = new ProbeSocket(url, signer, settle);
    socket.#socket.start();
    const reason = await opened;
    clearTimeout(timer);
    if (reason === null) await new Promise((resolve) => setTimeout(resolve, STAYS_MS));
    const trouble = reason ?? socket.#down;
    if (trouble === null) return { ok: true, value: socket };
    await socket.close();
    return { ok: false, reason: trouble };
  }

  /**
   * Sends a command and waits for the frame that is wanted.
   *
   * @param pick gives the value that a frame carries, `null` where it is not the one
   */
  async ask<T>(command: Command, pick: (frame: ParsedFrame) => T | null, ms: number): Promise<Answered<T>> {
    if (this.#down !== null) return { ok: false, reason: this.#down };
    const id = this.#nextId++;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const answer = new Promise<Answered<T>>((resolve) => {
      timer = setTimeout(() => resolve({ ok: false, reason: `Nothing came within ${ms / 1_000} s` }), ms);
      this.#listener = (frame) => {
        if (frame.kind === "down") return resolve({ ok: false, reason: frame.detail });
        const refusal = refusalOf(frame, id);
        if (refusal !== null) return resolve({ ok: false, reason: refusal });
        const value = pick(frame);
        if (value !== null) resolve({ ok: true, value });
      };
    });
    this.#socket.send(JSON.stringify({ id, ...command }));
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
      this.#listener = () => {};
    }
  }

  close(): Promise<void> {
    return this.#socket.stop();
  }
}

function refusalOf(frame: ParsedFrame, id: number): string | null {
  if (frame.kind === "refused") return `A frame cannot be read at ${frame.path}: found ${frame.found}`;
  if (frame.kind !== "reply" || frame.reply.error === null || frame.reply.id !== id) return null;
  return `The exchange answers error ${frame.reply.error.code}: ${frame.reply.error.text}`;
}
