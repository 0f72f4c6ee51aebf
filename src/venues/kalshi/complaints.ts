/**
 * Troubles that last are told once: what is tried again and again fails again and again, in the same words.
 * @module
 */

import type { Log } from "./log.ts";

/** Words remembered about one subject; beyond it they begin anew. */
const TEXTS_MAX = 100;
/** Subjects are few and named by the code. */
const SUBJECTS_MAX = 100;

export class Complaints {
  readonly #log: Log;
  readonly #told = new Map<string, Set<string>>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Tells a trouble, unless the very same was told of its subject since that last went well. */
  tell(subject: string, level: "warn" | "error", text: string, cause = text): void {
    const told = this.#told.get(subject) ?? new Set<string>();
    if (told.has(cause)) return;
    if (told.size >= TEXTS_MAX) told.clear();
    told.add(cause);
    if (this.#told.size < SUBJECTS_MAX) this.#told.set(subject, told);
    this.#log(level, text);
  }

  /** It went well: says so after a trouble, where there are words for it, and lets the next one be told again. */
  over(subject: string, text: string | null = null): void {
    if (this.#told.delete(subject) && text !== null) this.#log("info", text);
  }
}
