/**
 * Past values of a settlement index, as Kalshi relays them from CF Benchmarks (KALSHI.md 3.16).
 *
 * Only the envelope `{"data":{"serverTime","payload"}}` is documented. That the payload is a list of
 * `{"value":"84826.69","time":1791180714000}`, of about the last hour, is how public clients read it and not verified: so
 * it is read in any order, value and time as numbers or texts, and single rows that are neither are passed over.
 * @module
 */

import type { BodyReader } from "./body_reader.ts";
import { isObject } from "./fields.ts";

/** What an index was at a whole second. */
export interface IndexValue {
  /** Seconds since 1970. */
  readonly second: number;
  /** Dollars. */
  readonly value: number;
}

interface Tick {
  readonly milliseconds: number;
  readonly value: number;
}

/** An hour of ticks at 5 a second, several times over. */
const TICKS_MAX = 100_000;
const MILLISECONDS_PER_SECOND = 1_000;
const YEAR_2200_MILLISECONDS = 7_258_118_400_000;
const DECIMAL = /^\d{1,15}(\.\d{1,15})?$/;

const numberOf = (value: unknown): number =>
  typeof value === "number" ? value : typeof value === "string" && DECIMAL.test(value) ? Number(value) : NaN;

function readTick(row: unknown): Tick | null {
  if (!isObject(row)) return null;
  const value = numberOf(row.value);
  const milliseconds = numberOf(row.time);
  if (!(value > 0 && value < Infinity)) return null;
  if (!Number.isSafeInteger(milliseconds) || milliseconds < 0 || milliseconds > YEAR_2200_MILLISECONDS) return null;
  return { milliseconds, value };
}

/**
 * One value for every second that has one, oldest first: the tick stamped with that second, or else the last one within
 * the second before it. What follows the last full second is left out.
 */
export const readIndexValues: BodyReader<readonly IndexValue[]> = (read, body, path) => {
  const rows = read.list(read.object(body, "data", path), "payload", `${path}data.`, TICKS_MAX);
  const ticks = new Map<number, Tick>();
  let newest = -Infinity;
  for (const row of rows) {
    const tick = readTick(row);
    if (tick === null) continue;
    newest = Math.max(newest, tick.milliseconds);
    const second = Math.ceil(tick.milliseconds / MILLISECONDS_PER_SECOND);
    const known = ticks.get(second);
    if (known === undefined || tick.milliseconds > known.milliseconds) ticks.set(second, tick);
  }
  if (ticks.size === 0 && rows.length > 0) {
    read.refuse(`${path}data.payload[0]`, rows[0], 'a tick such as {"value":"84826.69","time":1791180714000}');
  }
  return [...ticks]
    .map(([second, { value }]) => ({ second, value }))
    .filter(({ second }) => second * MILLISECONDS_PER_SECOND <= newest)
    .sort((a, b) => a.second - b.second);
};
