/**
 * The thread that compares volatility forecasters, as a run asks it: one question at a time, and always an answer. It is
 * started by the first question, and again by the first one after it failed; it has forgotten everything then.
 * @module
 */

import type { ForecastAnswer, ForecastsAsked, ThreadSaid } from "./thread_messages.ts";

export type ForecastsAnswered =
  | { readonly ok: true; readonly answers: readonly ForecastAnswer[] }
  /** What it had been told is lost. */
  | { readonly ok: false; readonly reason: string };

export interface VolatilityThreadOptions {
  /** What an answer may take, milliseconds, until the thread counts as stuck; 60 s where absent: it may have to load first. */
  readonly timeoutMs?: number;
  /** The Worker's program; for tests. */
  readonly program?: URL;
}

const TIMEOUT_MS = 60_000;
/** More is a defect and no accident. */
const STARTS_MAX = 8;

export class VolatilityThread {
  readonly #program: URL;
  readonly #timeoutMs: number;
  #worker: Worker | null = null;
  #starts = 0;
  /** Ends the question under way. */
  #settle: ((answered: ForecastsAnswered) => void) | null = null;
  #closed = false;

  constructor({ timeoutMs, program }: VolatilityThreadOptions = {}) {
    this.#program = program ?? new URL("./volatility_worker.ts", import.meta.url);
    this.#timeoutMs = timeoutMs ?? TIMEOUT_MS;
  }

  /** Whether asking can be of any use. */
  get isOver(): boolean {
    return this.#closed || (this.#worker === null && this.#starts >= STARTS_MAX);
  }

  /** Asks for the choice among forecasters. Never rejects. */
  ask(asked: ForecastsAsked): Promise<ForecastsAnswered> {
    if (this.isOver) {
      return Promise.resolve({ ok: false, reason: this.#closed ? "It is closed" : "It failed too often" });
    }
    if (this.#settle !== null) return Promise.resolve({ ok: false, reason: "It has not answered the last question" });
    return new Promise((resolve) => {
      const timeout = setTimeout(() => this.#fail(`It did not answer for ${this.#timeoutMs} ms`), this.#timeoutMs);
      this.#settle = (answered) => {
        clearTimeout(timeout);
        this.#settle = null;
        resolve(answered);
      };
      this.#worker ??= this.#start();
      this.#worker.postMessage(asked);
    });
  }

  /** Ends the thread; a question under way is answered with that. */
  close(): void {
    this.#closed = true;
    this.#fail("It is closed");
  }

  #start(): Worker {
    this.#starts++;
    const worker = new Worker(this.#program, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<ThreadSaid>) => {
      if (data.type === "answered") this.#settle?.({ ok: true, answers: data.answers });
      else this.#fail(data.error);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(event.message);
    };
    return worker;
  }

  #fail(reason: string): void {
    const worker = this.#worker;
    this.#worker = null;
    if (worker !== null) {
      worker.onmessage = null;
      worker.onerror = null;
      worker.terminate();
    }
    this.#settle?.({ ok: false, reason });
  }
}
