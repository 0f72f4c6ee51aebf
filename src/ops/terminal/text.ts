/**
 * Text for a terminal: what is not ours (a market's title, an exchange's words) can give it no command, and everything has a
 * known width in columns.
 * @module
 */

import stringWidth from "string-width";

/**
 * What would move the cursor, begin a sequence, turn the direction of writing or hide: controls (C0, DEL, C1), marks of
 * direction, what has no width alone, line and paragraph separators, private use, and halves of surrogates.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;
const UNPRINTABLE_RUNS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
const ASCII = /^[\x20-\x7e]*$/;
/** One column each, without a question to a table: Latin letters and signs, dashes and quotes, and the bar between columns. */
const NARROW = /^[\x20-\x7e\xa0-\xac\xae-\xff\u2010-\u2027│]*$/;
/** Longer texts are cut before anything is counted: no line of a terminal is. */
const LENGTH_MAX = 4_000;
/** Stands where something was cut off. */
export const CUT = "…";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The same text, with nothing in it that is more than a mark on the screen. */
export function printable(text: string): string {
  const bounded = text.length <= LENGTH_MAX ? text : text.slice(0, LENGTH_MAX);
  if (ASCII.test(bounded)) return bounded;
  return bounded.replace(UNPRINTABLE_RUNS, " ").replace(UNPRINTABLE, "");
}

/** Columns that a printable text takes; a wide character takes two. */
export const widthOf = (text: string): number => NARROW.test(text) ? text.length : stringWidth(text);

/** Which part of a text goes where there is no room for all of it: a ticker says at both of its ends what it is. */
export type CutAt = "end" | "middle";

/** As much of a printable text as fits; where something had to go, {@link CUT} says so. */
export function cutTo(text: string, width: number, at: CutAt = "end"): string {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return "";
  const segments = [...graphemes.segment(text)].map(({ segment }) => segment);
  const behind = at === "end" ? "" : fromStart(segments.toReversed(), Math.floor((width - 1) / 2), (a, b) => b + a);
  return fromStart(segments, width - 1 - widthOf(behind), (a, b) => a + b) + CUT + behind;
}

function fromStart(segments: readonly string[], width: number, join: (kept: string, next: string) => string): string {
  let kept = "";
  let used = 0;
  for (const segment of segments) {
    used += widthOf(segment);
    if (used > width) break;
    kept = join(kept, segment);
  }
  return kept;
}

export type Align = "left" | "right";

/** Exactly that wide: cut, or filled up with blanks. */
export function fitted(text: string, width: number, align: Align = "left", at: CutAt = "end"): string {
  const cut = cutTo(text, width, at);
  const blanks = " ".repeat(Math.max(0, width - widthOf(cut)));
  return align === "left" ? cut + blanks : blanks + cut;
}

/** For a terminal whose locale is not UTF-8: as wide as before, and ASCII alone. */
export function asciiOnly(text: string): string {
  if (ASCII.test(text)) return text;
  let plain = "";
  for (const { segment } of graphemes.segment(text)) {
    plain += ASCII.test(segment) ? segment : (INSTEAD[segment] ?? "?".repeat(widthOf(segment)));
  }
  return plain;
}

/** Of the marks that we write ourselves. */
const INSTEAD: Readonly<Record<string, string>> = { [CUT]: "~", "·": "-", "¢": "c", "×": "x", "│": "|" };
