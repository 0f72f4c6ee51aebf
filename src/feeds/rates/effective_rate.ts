/**
 * Reads the effective federal funds rate and the target range as the New York Fed publishes them each business day for the
 * one before (KALSHI.md 11.8): `/api/rates/unsecured/effr/last/1.json`.
 *
 *     {"refRates":[{"effectiveDate":"2026-11-19","type":"EFFR","percentRate":3.63,"targetRateFrom":3.5,"targetRateTo":3.75}]}
 * @module
 */

import type { FedFundsInput } from "../../core/input.ts";
import { isDay, isObject, isRate, type Reading, refused } from "./reading.ts";

export interface EffectiveRate {
  readonly effective: NonNullable<FedFundsInput["effective"]>;
  /** That held on the same day; `null` where it is not told. */
  readonly target: FedFundsInput["target"];
}

/** One is asked for; other addresses of the same service give a year. */
const ROWS_MAX = 1_000;
/** The range has been a quarter of a point wide since 2008. */
const RANGE_WIDTH = 0.25;

/** Reads one parsed answer: the newest of its days. */
export function readEffectiveRate(body: unknown): Reading<EffectiveRate> {
  const rows = isObject(body) ? body.refRates : undefined;
  if (!Array.isArray(rows)) return refused("answer without rates");
  if (rows.length > ROWS_MAX) return refused("too many rates");
  let newest: EffectiveRate | null = null;
  for (const row of rows as readonly unknown[]) {
    const read = readRow(row);
    if (read === null) continue;
    if (!read.ok) return read;
    if (newest === null || read.value.effective.day > newest.effective.day) newest = read.value;
  }
  return newest === null ? refused("no effective rate") : { ok: true, value: newest };
}

/** `null` for a row on another rate. */
function readRow(row: unknown): Reading<EffectiveRate> | null {
  if (!isObject(row)) return refused("rate that is no object");
  if (row.type !== "EFFR") return null;
  const { effectiveDate: day, percentRate: rate, targetRateFrom: lower, targetRateTo: upper } = row;
  if (!isDay(day)) return refused("day of a rate");
  if (!isRate(rate)) return refused("rate out of range");
  const effective = { day, rate };
  if (lower === undefined && upper === undefined) return { ok: true, value: { effective, target: null } };
  if (!isRate(lower) || !isRate(upper) || Math.abs(upper - lower - RANGE_WIDTH) > 1e-9) return refused("target range");
  return { ok: true, value: { effective, target: { lower, upper } } };
}
