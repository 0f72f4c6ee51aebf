/**
 * Messages that no reader should believe: what the trouble `garbage` makes of a good one.
 * @module
 */

import type { Random } from "../random.ts";

const NO_JSON = ["", "null", "[]", "{}", "0", '"text"', "<html></html>", "{]", "\u0000\ufffd"];

/** Cuts the text off, breaks its numbers, or puts something else in its place. */
export function garbled(text: string, random: Random): string {
  switch (random.integer(0, 3)) {
    case 0:
      return text.slice(0, random.integer(0, Math.max(0, text.length - 1)));
    case 1:
      return text.replaceAll(/\d+\.\d+/g, "NaN");
    case 2:
      return text.replaceAll(/"(\d+\.\d+)"/g, "null");
    default:
      return NO_JSON[random.integer(0, NO_JSON.length - 1)];
  }
}
