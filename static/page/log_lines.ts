/**
 * The log's lines as far as the page keeps them, and those of them that the reader wants to see.
 * @module
 */

import type { LogLevel, LogLine } from "../../src/server/status.ts";

/** Lines kept on the page; older ones are in the log files. */
export const LOG_LINES_MAX = 100_000;
/** Lines beyond the bound that may gather before they are cut off, so that not every new line moves all others. */
const SLACK_SHARE = 0.05;

const RANKS: Readonly<Record<LogLevel, number>> = { trace: 0, debug: 1, info: 2, warning: 3, error: 4, fatal: 5 };

export interface LogFilter {
  readonly least: LogLevel;
  /** A part of the text or of the logger's name, of letters of either size. */
  readonly search: string;
}

export class LogLines {
  readonly #max: number;
  #lines: LogLine[] = [];
  #shown: LogLine[] = [];
  #filter: LogFilter = { least: "info", search: "" };

  constructor(max = LOG_LINES_MAX) {
    this.#max = max;
  }

  get size(): number {
    return this.#lines.length;
  }

  /** Those that fit the filter, oldest first. */
  get shown(): readonly LogLine[] {
    return this.#shown;
  }

  add(lines: readonly LogLine[]): void {
    // A loop: as arguments of one call too many lines would not fit.
    for (const line of lines) {
      this.#lines.push(line);
      if (this.#fits(line)) this.#shown.push(line);
    }
    if (this.#lines.length <= this.#max * (1 + SLACK_SHARE)) return;
    this.#lines = this.#lines.slice(-this.#max);
    const oldest = this.#lines[0].number;
    const from = this.#shown.findIndex(({ number }) => number >= oldest);
    this.#shown = from < 0 ? [] : this.#shown.slice(from);
  }

  choose(filter: LogFilter): void {
    this.#filter = { ...filter, search: filter.search.trim().toLowerCase() };
    this.#shown = this.#lines.filter((line) => this.#fits(line));
  }

  clear(): void {
    this.#lines = [];
    this.#shown = [];
  }

  #fits({ level, text, logger }: LogLine): boolean {
    const { least, search } = this.#filter;
    if (RANKS[level] < RANKS[least]) return false;
    return search === "" || text.toLowerCase().includes(search) || logger.toLowerCase().includes(search);
  }
}
