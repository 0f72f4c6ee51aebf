/**
 * How recorded markets ended: `settlements_*.csv` of the 15-minute captures, `markets.csv` of the gold tapes.
 * @module
 */

import type { LifecycleInput } from "../../core/input.ts";
import type { FeeSchedule, Market, StrikeType } from "../../core/market.ts";
import { outcome } from "../../core/settlement.ts";
import { seriesOf } from "../../core/ticker.ts";
import { type Micros, micros, money, ONE_DOLLAR } from "../../core/units.ts";
import { RecordingError } from "./recording_error.ts";
import { RowFields } from "./row_fields.ts";
import { tableColumns, tableRows } from "./table.ts";

/** One market's end as recorded; what the source does not know is `null`. */
export interface RecordedSettlement {
  readonly ticker: string;
  readonly openTime: Micros;
  readonly closeTime: Micros;
  /** `custom` where the recording does not say. */
  readonly strikeType: StrikeType;
  readonly floorStrike: number | null;
  readonly capStrike: number | null;
  /** The settlement number as the exchange printed it. */
  readonly expirationValue: number | null;
  readonly result: "yes" | "no" | null;
  /** When it was paid; `null` where the recording does not say. */
  readonly settledAt: Micros | null;
  /** The name of a price structure of KALSHI.md 3.8, `null` where the recording does not say. */
  readonly priceStructure: string | null;
}

/** After this from the close a 15-minute crypto market is settled (KALSHI.md 8.1). */
const SETTLEMENT_DELAY = 8_100_000;
/** `determined` comes before `settled`; how long before is not recorded. */
const DETERMINED_BEFORE_SETTLED = 100_000;
/** What crypto and weather series charge (KALSHI.md 7.3). */
export const USUAL_FEES: FeeSchedule = { type: "quadratic", multiplierMillionths: 1_000_000 };
/** Digits of the settlement number (KALSHI.md 8.1). */
const ROUND_DIGITS = 2;

/** Complete rows carry strike, settlement number and result: the exchange's rule can be applied to them. */
export const isComplete = (settlement: RecordedSettlement): boolean => ruleAgrees(settlement) !== null;

/** The exchange's rule applied to a row: whether it gives the recorded result; `null` for a row that is not complete. */
export function ruleAgrees(
  { strikeType, floorStrike, capStrike, expirationValue, result }: RecordedSettlement,
): boolean | null {
  if (expirationValue === null || result === null) return null;
  const found = outcome(strikeType, expirationValue, floorStrike, capStrike);
  return found === null ? null : found === result;
}

/** The market as it was known while it traded: nothing of how it ended. */
export function listedMarket(
  { ticker, openTime, closeTime, strikeType, floorStrike, capStrike }: RecordedSettlement,
  priceRanges: Market["priceRanges"],
): Market {
  return {
    ticker,
    event: ticker.slice(0, Math.max(ticker.lastIndexOf("-"), 0)),
    series: seriesOf(ticker),
    status: "active",
    openTime,
    closeTime,
    strikeType,
    floorStrike,
    capStrike,
    roundDigits: ROUND_DIGITS,
    priceRanges,
    shard: 0,
    fees: USUAL_FEES,
    result: "",
    expirationValue: null,
    settlementValue: null,
  };
}

/** The exchange's two words on a market with a known result, in their order of time; none where it is not known. */
export function lifecycleInputs(settlement: RecordedSettlement): readonly LifecycleInput[] {
  const { ticker, result, closeTime } = settlement;
  if (result === null) return [];
  const paidAt = settlement.settledAt ?? closeTime + SETTLEMENT_DELAY;
  const determinedAt = Math.max(closeTime, paidAt - DETERMINED_BEFORE_SETTLED);
  const value = result === "yes" ? ONE_DOLLAR : money(0);
  return [
    { type: "lifecycle", at: micros(determinedAt), ticker, event: "determined", result, settlementValue: null },
    { type: "lifecycle", at: micros(paidAt), ticker, event: "settled", result, settlementValue: value },
  ];
}

const SHORT_COLUMNS = ["ticker", "open_time_utc", "close_time_utc", "floor_strike", "expiration_value", "result"];
const FULL_COLUMNS = [
  "window",
  "open_time",
  "close_time",
  "floor_strike",
  "expiration_value",
  "result",
  "strike_type",
  "settlement_ts",
  "price_level_structure",
];

/** Reads either table, told apart by its header; rows by ticker. */
export async function readSettlements(path: string): Promise<ReadonlyMap<string, RecordedSettlement>> {
  const full = (await tableColumns(path)).includes("window");
  const found = new Map<string, RecordedSettlement>();
  for await (const rows of tableRows(path, full ? FULL_COLUMNS : SHORT_COLUMNS)) {
    for (const { line, fields } of rows) {
      const settlement = readRow(new RowFields(path, line, fields, full ? FULL_COLUMNS : SHORT_COLUMNS), full);
      if (found.has(settlement.ticker)) {
        throw new RecordingError(path, line, `${settlement.ticker} again`, "one row for each market");
      }
      found.set(settlement.ticker, settlement);
    }
  }
  return found;
}

function readRow(row: RowFields, full: boolean): RecordedSettlement {
  return {
    ticker: row.text(0),
    openTime: row.time(1),
    closeTime: row.time(2),
    floorStrike: row.number(3),
    capStrike: null,
    expirationValue: row.number(4),
    result: row.result(5),
    // Every 15-minute series is `greater_or_equal` (KALSHI.md 8.1, 8.2); the short table does not repeat it.
    strikeType: full ? row.strikeType(6) : "greater_or_equal",
    settledAt: full && row.fields[7] !== "" ? row.time(7) : null,
    priceStructure: full ? row.text(8) : null,
  };
}
