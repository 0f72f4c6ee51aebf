/**
 * Rows under each other: which columns there is room for, and how wide each is. Widths rest on the whole table and not on the
 * rows that are seen, so that nothing jumps when one scrolls.
 * @module
 */

import { fittedSpan, type Line, type Span, span } from "./line.ts";
import { type Align, type CutAt, widthOf } from "./text.ts";

export interface Column<Row> {
  readonly title: string;
  readonly align: Align;
  /** At least so wide, or it is left out. */
  readonly least: number;
  /** As wide as the widest of its texts, but no wider than this. */
  readonly most: number;
  /** Where room is short, columns with a higher number go first; 0 stays always. */
  readonly rank: number;
  readonly cut?: CutAt;
  /** It has its whole text before columns from this rank on get any room. */
  readonly wholeBefore?: number;
  read(row: Row): Span;
}

const GAP = 2;

interface Chosen<Row> {
  readonly column: Column<Row>;
  readonly width: number;
}

/** Columns that fit, in their order, as wide as their texts want as far as there is room. */
function choose<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): Chosen<Row>[] {
  const wants = new Map(columns.map((column) => [column, wantedBy(column, rows)] as const));
  const more = (column: Column<Row>): number => Math.max(0, (wants.get(column) ?? 0) - column.least);
  const byRank = columns.toSorted((left, right) => left.rank - right.rank);
  const kept = new Set<Column<Row>>();
  let used = -GAP;
  for (const column of byRank) {
    const whole = [...kept].filter(({ wholeBefore }) => wholeBefore !== undefined && column.rank >= wholeBefore);
    const reserved = whole.reduce((sum, each) => sum + more(each), 0);
    // A narrower one that matters less may still fit.
    if (kept.size > 0 && used + reserved + GAP + column.least > width) continue;
    kept.add(column);
    used += GAP + column.least;
  }
  let room = width - used;
  const widths = new Map<Column<Row>, number>();
  // The important ones grow first.
  for (const column of byRank.filter((each) => kept.has(each))) {
    const extra = Math.max(0, Math.min(room, more(column)));
    widths.set(column, Math.min(width, column.least + extra));
    room -= extra;
  }
  return columns.filter((column) => kept.has(column)).map((column) => ({ column, width: widths.get(column) ?? 0 }));
}

/** As wide as its title and the widest of its texts, within its bounds. */
function wantedBy<Row>({ title, least, most, read }: Column<Row>, rows: readonly Row[]): number {
  if (least === most) return least;
  let wanted = Math.max(least, widthOf(title));
  for (const row of rows) {
    if (wanted >= most) return most;
    wanted = Math.max(wanted, widthOf(read(row).text));
  }
  return Math.min(most, wanted);
}

/** A table of all `rows` that draws some of them. */
export class Table<Row> {
  readonly #chosen: readonly Chosen<Row>[];

  constructor(columns: readonly Column<Row>[], rows: readonly Row[], width: number) {
    this.#chosen = choose(columns, rows, width);
  }

  /** @param title stands in place of the first column's */
  head(title: Span): Line {
    const [first, ...rest] = this.#chosen;
    if (first === undefined) return [];
    const titles = rest.map(({ column, width }) => fittedSpan(span(column.title, "dim"), width, column.align));
    return spaced([fittedSpan(title, first.width), ...titles]);
  }

  row(row: Row): Line {
    return spaced(
      this.#chosen.map(({ column, width }) => fittedSpan(column.read(row), width, column.align, column.cut)),
    );
  }
}

const spaced = (cells: readonly Span[]): Line =>
  cells.flatMap((cell, at) => at === 0 ? [cell] : [span(" ".repeat(GAP)), cell]);
