/**
 * A market's tick grid and the words for its strike, as bodies and frames both carry them (KALSHI.md 3.8).
 * @module
 */

import type { PriceRange, StrikeType } from "../../core/market.ts";
import { type FieldReader, isObject, type JsonObject } from "./fields.ts";

const RANGES_MAX = 100;

export const STRIKE_TYPES: readonly StrikeType[] = [
  "greater",
  "greater_or_equal",
  "less",
  "less_or_equal",
  "between",
  "functional",
  "custom",
  "structured",
];

/** Reads `price_ranges`: contiguous, ascending, each a whole number of steps long. */
export function readPriceRanges(read: FieldReader, holder: JsonObject, prefix: string): readonly PriceRange[] {
  const rows = read.list(holder, "price_ranges", prefix, RANGES_MAX);
  if (rows.length === 0) read.refuse(`${prefix}price_ranges`, rows, "at least one range");
  const ranges: PriceRange[] = [];
  for (let row = 0; row < rows.length; row++) {
    const at = `${prefix}price_ranges[${row}]`;
    const body = rows[row];
    if (!isObject(body)) {
      read.refuse(at, body, "an object");
      break;
    }
    const range: PriceRange = {
      start: read.price(body, "start", `${at}.`),
      end: read.price(body, "end", `${at}.`),
      step: read.price(body, "step", `${at}.`),
    };
    if (read.refusal !== null) break;
    if (range.step === 0 || range.end <= range.start || (range.end - range.start) % range.step !== 0) {
      read.refuse(at, body, "a range that is a whole number of steps long");
    }
    if (row > 0 && range.start !== ranges[row - 1].end) {
      read.refuse(`${at}.start`, body.start, "the end of the range before");
    }
    ranges.push(range);
  }
  return ranges;
}
