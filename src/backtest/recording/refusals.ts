/**
 * @module
 */

const PROBLEMS_MAX = 50;

/** What of a recording could not be used: how much, and the first of it in words, each naming file and line. */
export class Refusals {
  count = 0;
  readonly problems: string[] = [];

  add(problem: string): void {
    this.count++;
    if (this.problems.length < PROBLEMS_MAX) this.problems.push(problem);
  }
}
