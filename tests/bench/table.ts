/**
 * The figures as one table for people, and as JSON for scripts.
 * @module
 */

/** One figure beside what it is compared with and what DESIGN.md 7 wants. */
export interface Row {
  readonly what: string;
  readonly figure: string;
  /** The ratio, and to what; "" where the figure stands alone. */
  readonly beside: string;
  /** "" where DESIGN.md 7 has none. */
  readonly budget: string;
  /** Whether a run with default settings works in this very way, where there are several. */
  readonly inRun?: boolean;
}

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

const COLUMNS = ["what", "figure", "beside", "budget"] as const;
const LEGEND = "* the way of a run with default settings, where there are several";

/** All sections with their columns aligned. */
export function renderTable(sections: readonly Section[]): string {
  const heading: Row = { what: "", figure: "measured", beside: "ratio", budget: "DESIGN.md 7" };
  const all = [heading, ...sections.flatMap(({ rows }) => rows)];
  const widths = COLUMNS.map((column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row: Row): string =>
    (row.inRun === true ? "* " : "  ") + COLUMNS.map((column, k) => row[column].padEnd(widths[k])).join("  ").trimEnd();
  const parts = sections.map(({ title, rows }) => [title, ...rows.map(line)].join("\n"));
  return [line(heading), ...parts, LEGEND].join("\n");
}

/** Nanoseconds in the unit in which people read them. */
export function duration(nanoseconds: number): string {
  if (nanoseconds < 1e3) return `${nanoseconds.toFixed(nanoseconds < 100 ? 1 : 0)} ns`;
  if (nanoseconds < 1e6) return `${(nanoseconds / 1e3).toFixed(2)} us`;
  return nanoseconds < 1e9 ? `${(nanoseconds / 1e6).toFixed(1)} ms` : `${(nanoseconds / 1e9).toFixed(2)} s`;
}

export const times = (ratio: number): string => `${ratio.toFixed(ratio < 10 ? 2 : 1)} x`;
