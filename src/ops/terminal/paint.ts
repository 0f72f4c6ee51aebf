/**
 * From what a line means to what a terminal is sent. Only the sixteen basic colours: every terminal has them, and whoever chose
 * theirs chose them to be read. What must not be mistaken differs in its words, too, and without colours by being reversed.
 * @module
 */

import type { Line, Tone } from "./line.ts";
import { asciiOnly, printable } from "./text.ts";

/** What the terminal can show. */
export interface Look {
  readonly colors: boolean;
  readonly unicode: boolean;
}

/** Parameters of SGR: with colours, and without. */
const SGR: Readonly<Record<Tone, readonly [colored: string, plain: string]>> = {
  plain: ["", ""],
  dim: ["2", "2"],
  strong: ["1", "1"],
  good: ["32", ""],
  bad: ["1;31", "1"],
  warn: ["33", "1"],
  live: ["1;97;41", "1;7"],
  paper: ["1;97;44", "1;7"],
  simulated: ["1;30;43", "1;7"],
  active: ["1;32", "1"],
  reducing: ["1;30;43", "1;7"],
  halted: ["1;97;41", "1;7"],
};

/** One line as a terminal is sent it: it begins and ends without any attribute, and does not end the line. */
export function painted(line: Line, { colors, unicode }: Look): string {
  let text = "";
  let current = "";
  for (const span of line) {
    const next = SGR[span.tone][colors ? 0 : 1];
    if (next !== current) text += next === "" ? "\x1b[m" : `\x1b[0;${next}m`;
    current = next;
    // Said twice, because it must hold whoever made the line.
    const safe = printable(span.text);
    text += unicode ? safe : asciiOnly(safe);
  }
  return current === "" ? text : `${text}\x1b[m`;
}

/** The same for a file or a pipe: no sequence at all, and no blanks at its end. */
export const unpainted = (line: Line, { unicode }: Pick<Look, "unicode">): string => {
  const text = line.map((span) => printable(span.text)).join("").trimEnd();
  return unicode ? text : asciiOnly(text);
};
