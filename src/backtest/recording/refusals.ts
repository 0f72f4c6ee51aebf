/**
 * @module
 */

/** Told in words; what comes after is counted only. */
const PROBLEMS_MAX = 50;
/** Of one kind, so that one fault that fills a file does not hide the others. */
const OF_ONE_KIND_MAX = 5;

/** What of a recording could not be used: how much, and the first of it in words, each naming file and line. */
export class Refusals {
  count = 0;
  readonly #told: string[] = [];
  readonly #byKind = new Map<string, number>();

  /** The first in words, and how many more there were. */
  get problems(): readonly string[] {
    const more = this.count - this.#told.length;
    return more === 0 ? this.#told : [...this.#told, `${more} more were left out for such reasons`];
  }

  /** @param kind what many of them have in common: only the first few of a kind are told */
  add(problem: string, kind = ""): void {
    this.count++;
    const alike = (this.#byKind.get(kind) ?? 0) + 1;
    this.#byKind.set(kind, alike);
    if (this.#told.length < PROBLEMS_MAX && (kind === "" || alike <= OF_ONE_KIND_MAX)) this.#told.push(problem);
  }
}
