/**
 * Asks a thread what trading came to: one question at a time, each in a thread that ends with its answer, so that a run at rest
 * pays nothing for it. Answers are kept a moment: ten open pages cost as much as one.
 * @module
 */

import type { PerformanceAnswer, PerformanceQuery } from "../server/history.ts";
import type { PerformanceAsked, PerformanceOf, PerformanceSaid } from "./performance_question.ts";

export interface PerformanceThreadOptions {
  /** The Worker's program; for tests. */
  readonly program?: URL;
  /** What an answer may take, milliseconds; 60 s where absent. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;
const KEPT_MS = 10_000;
/** Different questions whose answers are kept. */
const KEPT_MAX = 8;
/** Questions that may wait for the one under way. */
const WAITING_MAX = 4;

interface Kept {
  readonly answer: Promise<PerformanceAnswer>;
  /** By our own clock, milliseconds; `null` while it is worked out. */
  until: number | null;
}

export class PerformanceThread {
  readonly #path: string;
  readonly #of: PerformanceOf;
  readonly #program: URL;
  readonly #timeoutMs: number;
  readonly #kept = new Map<string, Kept>();
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** @param path of the state's database */
  constructor(path: string, of: PerformanceOf, { program, timeoutMs }: PerformanceThreadOptions = {}) {
    this.#path = path;
    this.#of = of;
    this.#program = program ?? new URL("./performance_worker.ts", import.meta.url);
    this.#timeoutMs = timeoutMs ?? TIMEOUT_MS;
  }

  /** Never rejects. */
  ask({ from, to, strategy }: PerformanceQuery): Promise<PerformanceAnswer> {
    const key = JSON.stringify([from, to, strategy]);
    const kept = this.#kept.get(key);
    if (kept !== undefined && (kept.until === null || performance.now() < kept.until)) return kept.answer;
    if (this.#waiting > WAITING_MAX) {
      const reason = "Too many other days are being worked out; ask again later";
      return Promise.resolve({ ok: false, code: "unavailable", reason });
    }
    this.#waiting++;
    const query = {
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(strategy === undefined ? {} : { strategy }),
    };
    const answer = this.#last.then(() => this.#answered({ path: this.#path, of: this.#of, query }));
    const entry: Kept = { answer, until: null };
    this.#last = answer.then(({ ok }) => {
      this.#waiting--;
      entry.until = ok ? performance.now() + KEPT_MS : 0;
    });
    this.#keep(key, entry);
    return answer;
  }

  #keep(key: string, entry: Kept): void {
    this.#kept.delete(key);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size < KEPT_MAX) break;
      this.#kept.delete(oldest);
    }
    this.#kept.set(key, entry);
  }

  #answered(asked: PerformanceAsked): Promise<PerformanceAnswer> {
    return new Promise((resolve) => {
      const worker = new Worker(this.#program, { type: "module" });
      const end = (said: PerformanceSaid): void => {
        clearTimeout(timer);
        worker.terminate();
        resolve(
          said.ok ? said : { ok: false, code: "unavailable", reason: `The figures cannot be had: ${said.reason}` },
        );
      };
      const timer = setTimeout(() => end({ ok: false, reason: "They take too long" }), this.#timeoutMs);
      // A run that ends does not wait for figures.
      Deno.unrefTimer(timer);
      worker.onmessage = ({ data }: MessageEvent<PerformanceSaid>) => end(data);
      worker.onerror = (event) => {
        // An error that nobody takes would end the whole process.
        event.preventDefault();
        end({ ok: false, reason: event.message });
      };
      worker.postMessage(asked);
    });
  }
}
