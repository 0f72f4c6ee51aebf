/**
 * REST bodies of market data -> core types (KALSHI.md 3.6, 3.8, 3.9, 3.11). Each reader takes a field reader and the
 * path of what it reads, and leaves the first thing that was wrong in the reader.
 * @module
 */

import type { Level } from "../../core/input.ts";
import type { FeeSchedule, Market, MarketResult, MarketStatus } from "../../core/market.ts";
import type { Side } from "../../core/order.ts";
import { seriesOf } from "../../core/ticker.ts";
import { type Count, type Micros, money, parseDecimal, type Price } from "../../core/units.ts";
import { readFeeSchedule } from "./bodies_fees.ts";
import type { BodyReader } from "./body_reader.ts";
import { readTakerSide } from "./direction.ts";
import { type FieldReader, isObject, type JsonObject, type UnknownFields } from "./fields.ts";
import { readLevels } from "./frames_public.ts";
import { readPriceRanges, STRIKE_TYPES } from "./price_ranges.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

const MARKET_FIELDS = words(
  "ticker event_ticker market_type title subtitle yes_sub_title no_sub_title created_time updated_time open_time " +
    "close_time expected_expiration_time latest_expiration_time expiration_time settlement_timer_seconds status " +
    "yes_bid_dollars yes_ask_dollars no_bid_dollars no_ask_dollars last_price_dollars yes_bid_size_fp " +
    "yes_ask_size_fp previous_yes_bid_dollars previous_yes_ask_dollars previous_price_dollars volume_fp " +
    "volume_24h_fp open_interest_fp notional_value_dollars result can_close_early early_close_condition " +
    "settlement_value_dollars settlement_ts expiration_value strike_type floor_strike cap_strike functional_strike " +
    "custom_strike rules_primary rules_secondary price_level_structure price_ranges exchange_index " +
    "occurrence_datetime fee_waiver_expiration_time is_provisional primary_participant_key mve_collection_ticker " +
    "mve_selected_legs settlement_bounds_type settlement_floor_dollars liquidity_dollars risk_limit_cents",
);
const SERIES_FIELDS = words(
  "ticker frequency title category categories tags settlement_sources contract_url contract_terms_url " +
    "product_metadata fee_type fee_multiplier additional_prohibitions volume_fp last_updated_ts exchange_index",
);
const STATUSES: readonly MarketStatus[] = [
  "initialized",
  "inactive",
  "active",
  "closed",
  "determined",
  "disputed",
  "amended",
  "finalized",
];
const RESULTS: readonly MarketResult[] = ["", "yes", "no", "scalar"];
const ROUND_DIGITS_MAX = 12;
const ROUND_DIGITS_DEFAULT = 2;
const SHARD_MAX = 1_000;
/** A billion dollars: more than any market holds, and far below what 2^53 micro-dollars can. */
const POSITION_LIMIT_CENTS_MAX = 100_000_000_000;
const MICRODOLLARS_PER_CENT = 10_000;

/** What a market charges: its event may differ from its series, and fees may be waived until a moment. */
export type FeesOf = (event: string, waivedUntil: Micros | null) => FeeSchedule;

/** Reads one market of a list, whose fees depend on which one it is. */
export const readMarketWith = (feesOf: FeesOf): BodyReader<Market> => (read, body, path, unknown) => {
  const event = typeof body.event_ticker === "string" ? body.event_ticker : "";
  const waived = body.fee_waiver_expiration_time;
  const waivedUntil = waived === undefined || waived === null || waived === ""
    ? null
    : read.time(body, "fee_waiver_expiration_time", path);
  return readMarket(read, body, path, unknown, feesOf(event, waivedUntil));
};

/** Reads one market. The body does not say what its series charges, so that is passed in. */
export function readMarket(
  read: FieldReader,
  body: JsonObject,
  path: string,
  unknown: UnknownFields,
  fees: FeeSchedule,
): Market {
  unknown.note(body, MARKET_FIELDS, "market.");
  const event = read.text(body, "event_ticker", path);
  return {
    ticker: read.text(body, "ticker", path),
    event,
    series: seriesOf(event),
    status: read.word(body, "status", path, STATUSES),
    openTime: read.time(body, "open_time", path),
    closeTime: read.time(body, "close_time", path),
    strikeType: body.strike_type === undefined || body.strike_type === ""
      ? null
      : read.word(body, "strike_type", path, STRIKE_TYPES),
    floorStrike: read.optionalNumber(body, "floor_strike", path),
    capStrike: read.optionalNumber(body, "cap_strike", path),
    roundDigits: readRoundDigits(read, body, path),
    priceRanges: readPriceRanges(read, body, path),
    shard: readShard(read, body, path),
    fees,
    result: read.word(body, "result", path, RESULTS),
    expirationValue: readExpirationValue(read, body, path),
    settlementValue: read.optionalMoney(body, "settlement_value_dollars", path),
    ...readPositionLimit(read, body, path),
  };
}

/** Bodies of today state none (KALSHI.md 3.8); a host that still states one means it. */
function readPositionLimit(read: FieldReader, body: JsonObject, path: string): Pick<Market, "positionLimit"> {
  if (body.risk_limit_cents === undefined || body.risk_limit_cents === null) return {};
  const cents = read.integer(body, "risk_limit_cents", path);
  if (cents >= 0 && cents <= POSITION_LIMIT_CENTS_MAX) return { positionLimit: money(cents * MICRODOLLARS_PER_CENT) };
  read.refuse(`${path}risk_limit_cents`, cents, `cents from 0 to ${POSITION_LIMIT_CENTS_MAX}`);
  return {};
}

function readRoundDigits(read: FieldReader, body: JsonObject, path: string): number {
  const custom = body.custom_strike;
  if (!isObject(custom) || custom.round_digits === undefined) return ROUND_DIGITS_DEFAULT;
  const digits = typeof custom.round_digits === "string" ? parseDecimal(custom.round_digits, 0) : custom.round_digits;
  if (Number.isSafeInteger(digits) && (digits as number) >= 0 && (digits as number) <= ROUND_DIGITS_MAX) {
    return digits as number;
  }
  read.refuse(`${path}custom_strike.round_digits`, custom.round_digits, `a whole number up to ${ROUND_DIGITS_MAX}`);
  return ROUND_DIGITS_DEFAULT;
}

/** Absent means the default shard (KALSHI.md 3.15). */
export function readShard(read: FieldReader, body: JsonObject, path: string): number {
  if (body.exchange_index === undefined) return 0;
  const shard = read.integer(body, "exchange_index", path);
  if (shard < 0 || shard > SHARD_MAX) read.refuse(`${path}exchange_index`, shard, `a number of 0 to ${SHARD_MAX}`);
  return shard;
}

/** A number as text for an index, a word for other markets (an election's winner): only a number means anything here. */
function readExpirationValue(read: FieldReader, body: JsonObject, path: string): number | null {
  const text = read.optionalText(body, "expiration_value", path);
  if (text === null || !/^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return null;
  return Number(text);
}

/** A series: what it charges and where it trades. */
export interface Series {
  readonly ticker: string;
  readonly title: string;
  readonly fees: FeeSchedule;
  /** `null` where the body does not say; its markets do. */
  readonly shard: number | null;
}

export const readSeries: BodyReader<Series> = (read, body, path, unknown) => {
  unknown.note(body, SERIES_FIELDS, "series.");
  return {
    ticker: read.text(body, "ticker", path),
    title: read.optionalText(body, "title", path) ?? "",
    fees: readFeeSchedule(read, body, path),
    shard: body.exchange_index === undefined ? null : readShard(read, body, path),
  };
};

/** Both sides of a book; NO levels in NO prices. */
export interface BookBody {
  readonly yes: readonly Level[];
  readonly no: readonly Level[];
}

/** Reads `{"orderbook_fp":{...}}`; the older `{"orderbook":{}}` is how an empty book was once written. */
export const readOrderbook: BodyReader<BookBody> = (read, body, path) => {
  const key = body.orderbook_fp === undefined && body.orderbook !== undefined ? "orderbook" : "orderbook_fp";
  const book = read.object(body, key, path);
  return {
    yes: readLevels(read, book, "yes_dollars", `${path}${key}.`),
    no: readLevels(read, book, "no_dollars", `${path}${key}.`),
  };
};

/** A public trade by REST. */
export interface TradeBody {
  readonly tradeId: string;
  readonly ticker: string;
  readonly price: Price;
  readonly count: Count;
  readonly takerSide: Side;
  readonly createdTime: Micros;
}

export const readTradeBody: BodyReader<TradeBody> = (read, body, path) => ({
  tradeId: read.text(body, "trade_id", path),
  ticker: read.text(body, "ticker", path),
  price: read.price(body, "yes_price_dollars", path),
  count: read.size(body, "count_fp", path),
  takerSide: readTakerSide(read, body, path),
  createdTime: read.time(body, "created_time", path),
});
