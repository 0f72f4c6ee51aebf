/**
 * What a series or an event charges, as bodies and frames write it (KALSHI.md 7.1).
 * @module
 */

import type { FeeSchedule, FeeType } from "../../core/market.ts";
import type { FieldReader, JsonObject } from "./fields.ts";

const FEE_TYPES: readonly FeeType[] = [
  "quadratic",
  "quadratic_with_maker_fees",
  "quadratic_with_combo_maker_fees",
  "flat",
];
const MULTIPLIER_MAX = 1_000;
const MILLION = 1_000_000;

export const readFeeType = (read: FieldReader, body: JsonObject, key: string, path: string): FeeType =>
  read.word(body, key, path, FEE_TYPES);

/** A JSON number on the wire; rounded once, here, so that no float ever touches a fee. In millionths. */
export function readMultiplier(read: FieldReader, body: JsonObject, key: string, path: string): number {
  const value = body[key];
  if (typeof value === "number" && value >= 0 && value <= MULTIPLIER_MAX) return Math.round(value * MILLION);
  read.refuse(path + key, value, `a number of 0 to ${MULTIPLIER_MAX}`);
  return 0;
}

/** `fee_type` and `fee_multiplier`, as a series has them. */
export const readFeeSchedule = (read: FieldReader, body: JsonObject, path: string): FeeSchedule => ({
  type: readFeeType(read, body, "fee_type", path),
  multiplierMillionths: readMultiplier(read, body, "fee_multiplier", path),
});

/** What an event charges in place of its series; `null` where it leaves that to the series (KALSHI.md 7.3). */
export interface FeeOverride {
  readonly type: FeeType | null;
  readonly multiplierMillionths: number | null;
}

/** Reads both override fields, `null` where the event has none. */
export function readFeeOverride(read: FieldReader, body: JsonObject, path: string): FeeOverride | null {
  const typed = !isAbsent(body.fee_type_override) && body.fee_type_override !== "";
  const type = typed ? readFeeType(read, body, "fee_type_override", path) : null;
  const multiplierMillionths = isAbsent(body.fee_multiplier_override)
    ? null
    : readMultiplier(read, body, "fee_multiplier_override", path);
  return type === null && multiplierMillionths === null ? null : { type, multiplierMillionths };
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null;
