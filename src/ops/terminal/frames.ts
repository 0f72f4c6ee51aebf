/**
 * What a terminal is sent for a frame: only the lines that changed, each at its place, as one piece. Nothing is erased before it
 * is written anew, so nothing flickers; terminals that know synchronized output (DEC mode 2026) show it at once, the others take
 * no notice of the request.
 * @module
 */

import type { Size } from "./size.ts";

const BEGIN = "\x1b[?2026h";
const END = "\x1b[?2026l";

/** The other screen, without a cursor; what is too wide stays on its line. */
export const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[H\x1b[2J";
/** As it was, whatever was under way. Where there is no other screen, as in GNU screen by default, it is left empty. */
export const LEAVE = "\x1b[?2026l\x1b[m\x1b[?7h\x1b[?25h\x1b[H\x1b[J\x1b[?1049l";

/** A line as it is sent (paint.ts). */
export interface PaintedLine {
  readonly text: string;
  /** Columns that it takes. */
  readonly width: number;
}

/**
 * The bytes that turn one frame into the next; `""` where they are the same.
 *
 * @param before what is on the screen; `null` where that is not known, as after a change of size
 * @param now from the top, no more lines and no wider than the screen is
 */
export function frameChange(
  before: readonly PaintedLine[] | null,
  now: readonly PaintedLine[],
  { columns, rows }: Size,
): string {
  let text = "";
  for (const [row, line] of now.entries()) {
    if (before !== null && before[row]?.text === line.text) continue;
    // What was there before and is longer goes after the new text stands. Behind a line that fills its row, the cursor is still
    // upon the last character, which would go with it.
    text += `\x1b[${row + 1};1H${line.text}${line.width < columns ? "\x1b[K" : ""}`;
  }
  // A row below the last one would be taken for the last one.
  if (now.length < Math.min(rows, before?.length ?? rows)) text += `\x1b[${now.length + 1};1H\x1b[J`;
  return text === "" ? "" : BEGIN + text + END;
}
