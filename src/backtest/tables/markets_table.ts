/**
 * The table of markets of the common layout.
 *
 * | column | holds | where empty or absent |
 * | --- | --- | --- |
 * | `ticker` | required | |
 * | `open_time`, `close_time` | times, required | |
 * | `event` | what its markets settle together by | the ticker without its last part |
 * | `strike_type` | greater, greater_or_equal, less, less_or_equal, between | not known: no model prices it |
 * | `floor_strike`, `cap_strike` | decimal | not known |
 * | `price_structure` | a name of KALSHI.md 3.8 | linear_cent |
 * | `exclusive` | true, false: at most one market of the event pays | false |
 * | `fee_type`, `fee_multiplier` | KALSHI.md 7.1 | quadratic, 1 |
 * | `result` | yes, no | not known: what is held stays open |
 * | `expiration_value` | the settlement number | not known |
 * | `settled_time` | when it was paid | 8.1 s after the close |
 * | `believed_s` | seconds for which a quote of it is believed without a newer one | 5 |
 * @module
 */

import type { FeeSchedule, FeeType, Market } from "../../core/market.ts";
import { NAMED_PRICE_RANGES } from "../../core/price_grid.ts";
import { MICROS_PER_SECOND } from "../../core/units.ts";
import { type Belief, Catalog, type Ending, marketOf } from "../recording/catalog.ts";
import type { Refusals } from "../recording/refusals.ts";
import type { RowFields } from "../recording/row_fields.ts";
import { TableFile, type TableLayout } from "./table_file.ts";

const MARKET_LAYOUT: TableLayout = {
  required: ["ticker", "open_time", "close_time"],
  optional: [
    "event",
    "strike_type",
    "floor_strike",
    "cap_strike",
    "price_structure",
    "exclusive",
    "fee_type",
    "fee_multiplier",
    "result",
    "expiration_value",
    "settled_time",
    "believed_s",
  ],
};

/** Places in the order of the layout. */
const AT = {
  ticker: 0,
  openTime: 1,
  closeTime: 2,
  event: 3,
  strikeType: 4,
  floorStrike: 5,
  capStrike: 6,
  priceStructure: 7,
  exclusive: 8,
  feeType: 9,
  feeMultiplier: 10,
  result: 11,
  expirationValue: 12,
  settledTime: 13,
  believedS: 14,
} as const;

const DEFAULT_BELIEF: Belief = { micros: 5 * MICROS_PER_SECOND, scope: "market" };
const DAY_SECONDS = 86_400;
const MILLION = 1_000_000;
const FEE_TYPES: readonly FeeType[] = [
  "quadratic",
  "quadratic_with_maker_fees",
  "quadratic_with_combo_maker_fees",
  "flat",
];
const DEFAULT_STRUCTURE = "linear_cent";

export interface MarketsTable {
  readonly catalog: Catalog;
  readonly endings: ReadonlyMap<string, Ending>;
  readonly table: TableFile;
}

/** Reads the whole table. A market that is there already is left out and counted. */
export async function readMarketsTable(path: string, refusals: Refusals): Promise<MarketsTable> {
  const table = await TableFile.open(path, MARKET_LAYOUT, refusals);
  const catalog = new Catalog();
  const endings = new Map<string, Ending>();
  const take = (row: RowFields): void => {
    const market = readMarket(table, row);
    if (catalog.has(market.ticker)) row.refuse(AT.ticker, "one row for each market");
    const ending = readEnding(table, row);
    if (!catalog.add(market, readBelief(row))) row.refuse(AT.ticker, "no more markets than can be held");
    if (ending !== null) endings.set(market.ticker, ending);
  };
  for await (const _ of table.read(take));
  return { catalog, endings, table };
}

function readMarket(table: TableFile, row: RowFields): Market {
  const openTime = table.time(row, AT.openTime);
  const closeTime = table.time(row, AT.closeTime);
  if (closeTime <= openTime) row.refuse(AT.closeTime, "a time after open_time");
  const structure = row.fields[AT.priceStructure] || DEFAULT_STRUCTURE;
  if (!Object.hasOwn(NAMED_PRICE_RANGES, structure)) {
    row.refuse(AT.priceStructure, Object.keys(NAMED_PRICE_RANGES).join(", "));
  }
  const market = marketOf({
    ticker: row.text(AT.ticker),
    openTime,
    closeTime,
    strikeType: row.fields[AT.strikeType] === "" ? null : row.strikeType(AT.strikeType),
    floorStrike: row.number(AT.floorStrike),
    capStrike: row.number(AT.capStrike),
    priceStructure: structure,
    exclusive: row.flag(AT.exclusive),
    fees: readFees(row),
  });
  return row.fields[AT.event] === "" ? market : { ...market, event: row.text(AT.event) };
}

function readFees(row: RowFields): FeeSchedule {
  const name = row.fields[AT.feeType] || "quadratic";
  const type = FEE_TYPES.find((each) => each === name) ?? row.refuse(AT.feeType, FEE_TYPES.join(", "));
  const multiplierMillionths = Math.round((row.number(AT.feeMultiplier) ?? 1) * MILLION);
  if (multiplierMillionths < 0) row.refuse(AT.feeMultiplier, "a number from 0");
  return { type, multiplierMillionths };
}

function readEnding(table: TableFile, row: RowFields): Ending | null {
  const result = row.result(AT.result);
  const expirationValue = row.number(AT.expirationValue);
  const settledAt = row.fields[AT.settledTime] === "" ? null : table.time(row, AT.settledTime);
  return result === null ? null : { result, expirationValue, settledAt };
}

function readBelief(row: RowFields): Belief {
  const seconds = row.number(AT.believedS);
  if (seconds === null) return DEFAULT_BELIEF;
  if (seconds <= 0 || seconds > DAY_SECONDS) row.refuse(AT.believedS, `seconds above 0, ${DAY_SECONDS} at most`);
  return { micros: Math.round(seconds * MICROS_PER_SECOND), scope: "market" };
}
