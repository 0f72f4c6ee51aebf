/**
 * The candles of a simulated Coinbase, as its REST host has them: one row for each minute of the exchange's index, newest
 * first, at most 300. The minutes of the day before the exchange began are made up, backwards from its first value, so that
 * a history can be filled; what lies between that and what the index still keeps is missing, as after an outage.
 * @module
 */

import { type Context, Hono } from "hono";
import { MICROS_PER_SECOND, parseTime } from "../../../core/units.ts";
import type { IndexId, IndexProcess } from "../index_process.ts";
import { Random } from "../random.ts";
import { json } from "../replies.ts";
import type { FeedWorld } from "./feed_simulator.ts";

const ROWS_MAX = 300;
const MINUTE = 60;
const MADE_UP_MINUTES = 1_440;
/** Of a minute's log return: about 60 % a year. */
const MADE_UP_VOLATILITY = 0.0008;
const INDICES: Readonly<Record<string, IndexId>> = { "BTC-USD": "BRTI", "ETH-USD": "ETHUSD_RTI" };

/** `[time_s, low, high, open, close, volume]`. */
type Row = readonly [time: number, low: number, high: number, open: number, close: number, volume: number];

const cents = (price: number): number => Math.round(price * 100) / 100;

/** A number that looks like a volume and is the same whenever it is asked for. */
const volumeOf = (minute: number): number => 1 + minute * 7_919 % 1_000 / 100;

/** The minute that begins at this second, of the values that the index keeps; `null` unless all of them are over. */
function keptRow(index: IndexProcess, id: IndexId, start: number): Row | null {
  if (start < index.oldestSecond || start + MINUTE > index.second) return null;
  const values = Array.from({ length: MINUTE }, (_, k) => index.value(id, start + k));
  const [open, close] = [values[0], values[MINUTE - 1]];
  return [start, Math.min(...values), Math.max(...values), open, close, volumeOf(start / MINUTE)];
}

/** The day before this second, oldest first, so that the last close is the price given. */
function madeUpRows(seed: number, id: IndexId, before: number, price: number): Row[] {
  const random = Random.named(seed, `feeds/coinbase/candles/${id}`);
  const end = Math.floor(before / MINUTE) * MINUTE;
  const rows: Row[] = [];
  let close = price;
  for (let k = 1; k <= MADE_UP_MINUTES; k++) {
    const open = close * Math.exp(MADE_UP_VOLATILITY * random.normal());
    const reach = MADE_UP_VOLATILITY * random.uniform() / 2;
    const [low, high] = [Math.min(open, close) * (1 - reach), Math.max(open, close) * (1 + reach)];
    const start = end - k * MINUTE;
    rows.push([start, cents(low), cents(high), cents(open), cents(close), volumeOf(start / MINUTE)]);
    close = open;
  }
  return rows.reverse();
}

/** Seconds or RFC 3339, as the real one takes them. */
function secondOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  const at = parseTime(text);
  return at === null ? null : Math.floor(at / MICROS_PER_SECOND);
}

const problem = (message: string, status = 400): Response => json({ message }, status);

/** `/products/:product/candles`, to be mounted among the routes of the simulated Coinbase. */
export function coinbaseCandleRoutes(world: FeedWorld): Hono {
  const made = new Map<IndexId, readonly Row[]>();
  const { index } = world;
  const from = index.oldestSecond;
  for (const id of Object.values(INDICES)) made.set(id, madeUpRows(world.seed, id, from, index.value(id, from)));

  const reply = (context: Context): Response => {
    const id = INDICES[context.req.param("product") ?? ""];
    if (id === undefined) return problem("NotFound", 404);
    if (context.req.query("granularity") !== "60") return problem("Unsupported granularity");
    const newest = Math.floor(world.now() / MICROS_PER_SECOND);
    const end = secondOf(context.req.query("end")) ?? newest;
    const start = secondOf(context.req.query("start")) ?? end - (ROWS_MAX - 1) * MINUTE;
    if (start > end) return problem("start must be before end");
    const first = Math.ceil(start / MINUTE) * MINUTE;
    if ((end - first) / MINUTE >= ROWS_MAX) {
      return problem("granularity too small for the requested time range. Count of aggregations requested exceeds 300");
    }
    const rows: Row[] = [...made.get(id) ?? []].filter(([time]) => time >= first && time <= end);
    for (let second = first; second <= end; second += MINUTE) {
      const row = keptRow(index, id, second);
      if (row !== null && rows.at(-1)?.[0] !== second) rows.push(row);
    }
    return json(rows.reverse());
  };
  const routes = new Hono();
  routes.get("/products/:product/candles", reply);
  return routes;
}
