/**
 * The newest log lines, kept in memory for the status page.
 * @module
 */

import type { LogLevel, LogLine } from "../server/status.ts";

/** As many as a person scrolls back through; older ones are in the file. */
export const LOG_RING_LINES = 2_000;

/** A ring of numbered lines. Numbers rise by one and start at 1, so a reader knows what it missed. */
export class LogRing {
  readonly #lines: (LogLine | undefined)[];
  readonly #listeners = new Set<() => void>();
  #newest = 0;

  constructor(capacity: number = LOG_RING_LINES) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError(`Not a number of lines: ${capacity}`);
    this.#lines = new Array(capacity);
  }

  /** The number of the newest line; 0 before the first. */
  get newest(): number {
    return this.#newest;
  }

  append(at: string, level: LogLevel, logger: string, text: string): void {
    const number = ++this.#newest;
    this.#lines[(number - 1) % this.#lines.length] = { number, at, level, logger, text };
    for (const listener of this.#listeners) listener();
  }

  /** The newest `limit` lines whose number is above `after`, oldest first. */
  after(after: number, limit: number): LogLine[] {
    const oldest = Math.max(this.#newest - this.#lines.length, this.#newest - Math.max(0, limit), after, 0) + 1;
    const lines: LogLine[] = [];
    for (let number = oldest; number <= this.#newest; number++) {
      const line = this.#lines[(number - 1) % this.#lines.length];
      if (line !== undefined) lines.push(line);
    }
    return lines;
  }

  /** Calls the listener after each line; it must be quick and must not log. Returns what ends the listening. */
  onLine(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
