/**
 * A line of a screen: pieces of text, each with what it means. How that looks is for paint.ts.
 * @module
 */

import { type Align, type CutAt, cutTo, fitted, printable, widthOf } from "./text.ts";

/** What a piece of text means. */
export type Tone =
  | "plain"
  | "dim"
  | "strong"
  | "good"
  | "bad"
  | "warn"
  /** Real money; play money on real prices; nothing real at all. */
  | "live"
  | "paper"
  | "simulated"
  /** Labels of the trading state. */
  | "active"
  | "reducing"
  | "halted";

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

export type Line = readonly Span[];

/** The only way to a span: whatever the text is, a terminal takes no command from it. */
export const span = (text: string, tone: Tone = "plain"): Span => ({ text: printable(text), tone });

export const widthOfLine = (line: Line): number => line.reduce((sum, { text }) => sum + widthOf(text), 0);

/** No wider than that; what does not fit is cut. */
export function cutLine(line: Line, width: number): Line {
  if (widthOfLine(line) <= width) return line;
  const kept: Span[] = [];
  let left = width;
  for (const { text, tone } of line) {
    if (left <= 0) break;
    const cut = cutTo(text, left);
    kept.push({ text: cut, tone });
    left -= widthOf(cut);
    if (cut !== text) break;
  }
  return kept;
}

/** Exactly that wide. */
function fittedLine(line: Line, width: number): Line {
  const cut = cutLine(line, width);
  const room = width - widthOfLine(cut);
  return room <= 0 ? cut : [...cut, { text: " ".repeat(room), tone: "plain" }];
}

/** A span that is exactly so wide. */
export const fittedSpan = ({ text, tone }: Span, width: number, align: Align = "left", cut: CutAt = "end"): Span => ({
  text: fitted(text, width, align, cut),
  tone,
});

/**
 * Sets items one after the other, on as many lines as are allowed; an item stays whole. Those that find no room are left out,
 * so that the first ones are the important ones.
 */
export function flow(items: readonly Line[], width: number, linesMax: number, gap = 2): Line[] {
  const lines: Span[][] = [];
  let used = 0;
  for (const item of items) {
    const more = widthOfLine(item);
    const current = lines.at(-1);
    if (current !== undefined && used + gap + more <= width) {
      current.push(span(" ".repeat(gap)), ...item);
      used += gap + more;
    } else if (lines.length < linesMax) {
      const cut = cutLine(item, width);
      lines.push([...cut]);
      used = widthOfLine(cut);
    }
  }
  return lines;
}

/** Two columns beside each other, with a bar between them. */
export function beside(left: readonly Line[], leftWidth: number, right: readonly Line[], width: number): Line[] {
  const bar = span(" │ ", "dim");
  const rows = Math.max(left.length, right.length);
  return Array.from(
    { length: rows },
    (_, row) => cutLine([...fittedLine(left[row] ?? [], leftWidth), bar, ...(right[row] ?? [])], width),
  );
}

/** Whatever stands there is old, and must not look live. */
export const faded = (line: Line): Line => line.map(({ text }) => ({ text, tone: "dim" }));
