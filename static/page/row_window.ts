/**
 * Of many rows of one height only those in sight are made; what is above and below them is empty room of the right size.
 * @module
 */

export interface RowWindow {
  /** Rows that are made: from the first, before the end. */
  readonly first: number;
  readonly end: number;
  /** Empty room, in pixels. */
  readonly above: number;
  readonly below: number;
}

/** Rows beyond the edges that are made too, so that scrolling shows them at once. */
const BEYOND = 8;

/** @param scrolled pixels above the visible part */
export function rowWindow(rows: number, rowHeight: number, scrolled: number, height: number): RowWindow {
  const inSight = Math.ceil(Math.max(0, height) / rowHeight) + 1;
  const top = Math.floor(Math.max(0, scrolled) / rowHeight);
  // Rows that went while one looked at the end leave no empty room behind.
  const first = Math.max(0, Math.min(top, rows - inSight) - BEYOND);
  const end = Math.min(rows, Math.max(0, Math.min(top, rows - inSight)) + inSight + BEYOND);
  return { first, end, above: first * rowHeight, below: (rows - end) * rowHeight };
}
