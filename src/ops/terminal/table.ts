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
  read(row: Row): Span;
}

const GAP = 2;

interface Chosen<Row> {
  readonly column: Column<Row>;
  width: number;
}

/** Columns that fit, in their order, as wide as their texts want as far as there is room. */
function choose<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): Chosen<Row>[] {
  const kept = new Set<Column<Row>>();
  let used = -GAP;
  for (const column of columns.toSorted((left, right) => left.rank - right.rank)) {
    const least = Math.max(column.least, 0);
    // A narrower one that matters less may still fit.
    if (kept.size > 0 && used + GAP + least > width) continue;
    kept.add(column);
    used += GAP + least;
  }
  let room = width - used;
  const chosen = columns.filter((column) => kept.has(column)).map((column) => ({ column, width: column.least }));
  // The important ones grow first.
  for (const each of chosen.toSorted((left, right) => left.column.rank - right.column.rank)) {
    if (room <= 0) break;
    const wanted = Math.min(each.column.most, wantedBy(each.column, rows));
    const more = Math.min(room, Math.max(0, wanted - each.width));
    each.width += more;
    room -= more;
  }
  for (const each of chosen) each.width = Math.min(each.width, width);
  return chosen;
}

function wantedBy<Row>({ title, least, most, read }: Column<Row>, rows: readonly Row[]): number {
  let wanted = widthOf(title);
  if (least === most) return least;
  for (const row of rows) {
    wanted = Math.max(wanted, widthOf(read(row).text));
    if (wanted >= most) return most;
  }
  return wanted;
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
