/**
 * Where imported history lies, below `<state>/history`:
 *
 * | file | holds |
 * | --- | --- |
 * | `kalshi/SERIES/DAY/markets.csv` | the series' markets that closed on that UTC day, by closing time and ticker |
 * | `kalshi/SERIES/DAY/trades.csv` | all trades of those markets, market by market, newest first |
 * | `kalshi/SERIES/DAY/candles.csv` | their one-minute candles, market by market, oldest first; silent minutes have none |
 * | `coinbase/PRODUCT/DAY.csv` | one-minute candles of that UTC day, oldest first; minutes without a trade have none |
 *
 * A file is there when it is whole. What may still change, because the day is not over or a market of it not settled, is
 * called `markets.partial.csv` and so on, and is fetched again by the next import. Types are those of exports
 * (store/export/column.ts).
 * @module
 */

import { join } from "node:path";
import { formatTime, type Micros, micros, MICROS_PER_DAY } from "../../core/units.ts";
import type { Column } from "../export/column.ts";

export const MARKET_COLUMNS: readonly Column[] = [
  { name: "ticker", type: "text" },
  { name: "event", type: "text" },
  { name: "status", type: "text" },
  { name: "open_time", type: "time" },
  { name: "close_time", type: "time" },
  { name: "strike_type", type: "text" },
  { name: "floor_strike", type: "float" },
  { name: "cap_strike", type: "float" },
  { name: "round_digits", type: "integer" },
  { name: "result", type: "text" },
  { name: "expiration_value", type: "float" },
  { name: "settlement_value", type: "money" },
  { name: "shard", type: "integer" },
];

export const TRADE_COLUMNS: readonly Column[] = [
  { name: "created_time", type: "time" },
  { name: "ticker", type: "text" },
  { name: "trade_id", type: "text" },
  { name: "price", type: "price" },
  { name: "count", type: "count" },
  { name: "taker_side", type: "text" },
];

const run = (name: string): Column[] =>
  ["open", "low", "high", "close"].map((part) => ({ name: `${name}_${part}`, type: "price" }));

export const CANDLE_COLUMNS: readonly Column[] = [
  { name: "ticker", type: "text" },
  { name: "end", type: "time" },
  ...run("bid"),
  ...run("ask"),
  ...run("traded"),
  { name: "previous", type: "price" },
  { name: "volume", type: "count" },
  { name: "open_interest", type: "count" },
];

export const SPOT_COLUMNS: readonly Column[] = [
  { name: "start", type: "time" },
  { name: "open", type: "float" },
  { name: "high", type: "float" },
  { name: "low", type: "float" },
  { name: "close", type: "float" },
  { name: "volume", type: "float" },
];

export type DayFile = "markets" | "trades" | "candles";

/** `2026-11-20` for any moment of that day. */
export const dayName = (at: Micros): string => formatTime(at).slice(0, 10);

export const endOfDay = (day: Micros): Micros => micros(day + MICROS_PER_DAY);

/** Without its ending. */
export const kalshiPath = (root: string, series: string, day: Micros, file: DayFile): string =>
  join(root, "kalshi", series, dayName(day), file);

/** Without its ending. */
export const coinbasePath = (root: string, asset: string, day: Micros): string =>
  join(root, "coinbase", `${asset}-USD`, dayName(day));

export const WHOLE = ".csv";
export const PARTIAL = ".partial.csv";
