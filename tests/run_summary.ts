/**
 * Reads the summary lines of `deno test`.
 * @module
 */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NO_COUNTS: Counts = { passed: 0, failed: 0, skipped: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** `120 passed, 0 failed, 2 skipped`; skipped ones are only named where there are any. */
export function countsLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed` + (skipped === 0 ? "" : `, ${skipped} skipped`);
}

/** `ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)`, possibly coloured. */
// deno-lint-ignore no-control-regex
const COLOURS = /\u001b\[[0-9;]*m/g;
const SUMMARY = /^(?:ok|FAILED) \| (\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed(?: \(\d+ steps?\))?(.*)$/;
const IGNORED = /\| (\d+) ignored/;

function readLine(line: string): Counts | null {
  const match = SUMMARY.exec(line.replace(COLOURS, "").trim());
  if (match === null) return null;
  return { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(IGNORED.exec(match[3])?.[1] ?? 0) };
}

/**
 * Takes the output piece by piece and keeps the last summary: a test's own output may look like one, but only before
 * the real one. Lines longer than any summary are not kept.
 */
export class SummaryReader {
  #line = "";
  #counts = NO_COUNTS;

  read(text: string): void {
    const lines = (this.#line + text).split("\n");
    this.#line = (lines.pop() ?? "").slice(-1_000);
    for (const line of lines) this.#counts = readLine(line) ?? this.#counts;
  }

  counts(): Counts {
    return readLine(this.#line) ?? this.#counts;
  }
}
