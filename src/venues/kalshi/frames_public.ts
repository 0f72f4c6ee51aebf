/**
 * The frames of the public channels: books, trades, quotes, index values (KALSHI.md 5.6, 5.7, 5.9).
 * @module
 */

import type {
  BookDeltaInput,
  BookSnapshotInput,
  IndexInput,
  Level,
  SequencePoint,
  TradeInput,
} from "../../core/input.ts";
import { type Count, type Micros, parseCount, parsePrice, type Price } from "../../core/units.ts";
import { readTakerSide } from "./direction.ts";
import { type FieldReader, frameMessage, isObject, type JsonObject, type UnknownFields } from "./fields.ts";

/** The finest grid has 9,999 prices. */
const LEVELS_MAX = 9_999;
const SIDES: readonly ["yes", "no"] = ["yes", "no"];

const DELTA_FIELDS = new Set(
  "market_ticker market_id price_dollars delta_fp side ts ts_ms client_order_id subaccount".split(" "),
);
const SNAPSHOT_FIELDS = new Set("market_ticker market_id yes_dollars_fp no_dollars_fp".split(" "));
const TRADE_FIELDS = new Set(
  ("trade_id market_ticker yes_price_dollars no_price_dollars count_fp taker_side taker_outcome_side taker_book_side " +
    "ts ts_ms is_block_trade").split(" "),
);
const INDEX_FIELDS = new Set(
  "index_id received_at data avg_60s_data last_60s_windowed_average_15min".split(" "),
);
const QUOTE_FIELDS = new Set(
  ("market_ticker market_id price_dollars yes_bid_dollars yes_ask_dollars yes_bid_size_fp yes_ask_size_fp " +
    "last_trade_size_fp volume_fp open_interest_fp dollar_volume dollar_open_interest ts ts_ms time").split(" "),
);

/** A price at which something may rest: 0 and 1 are not tradable (KALSHI.md 6). */
function tradablePrice(read: FieldReader, value: unknown, prefix: string, key: string): Price {
  const parsed = typeof value === "string" ? parsePrice(value) : null;
  if (parsed !== null && parsed > 0 && parsed < 10_000) return parsed;
  read.refuse(prefix + key, value, 'a price between 0 and 1 dollars such as "0.5600"');
  return 1 as Price;
}

/** The exchange's stamp in milliseconds, `null` where the frame has none. */
function exchangeTime(read: FieldReader, message: JsonObject): Micros | null {
  const stamp = message.ts_ms;
  if (stamp === undefined || stamp === null) return null;
  return read.milliseconds(message, "ts_ms", "msg.");
}

export function readBookDelta(
  read: FieldReader,
  frame: JsonObject,
  at: Micros,
  sequence: SequencePoint | null,
  unknown: UnknownFields | undefined,
): BookDeltaInput {
  const message = frameMessage(read, frame, DELTA_FIELDS, unknown);
  return {
    type: "book_delta",
    at,
    ticker: read.text(message, "market_ticker", "msg."),
    sequence,
    side: read.word(message, "side", "msg.", SIDES),
    price: tradablePrice(read, message.price_dollars, "msg.", "price_dollars"),
    delta: read.count(message, "delta_fp", "msg."),
    exchangeTime: exchangeTime(read, message),
  };
}

/** A side whose key is missing is empty: that is how the exchange writes it (KALSHI.md 5.6). */
export function readLevels(read: FieldReader, holder: JsonObject, key: string, prefix: string): readonly Level[] {
  if (holder[key] === undefined || holder[key] === null) return [];
  const rows = read.list(holder, key, prefix, LEVELS_MAX);
  const levels: Level[] = new Array(rows.length);
  for (let row = 0; row < rows.length; row++) {
    const level = rows[row];
    if (!Array.isArray(level) || level.length < 2) {
      read.refuse(`${prefix}${key}[${row}]`, level, "a pair of price and contracts");
      return [];
    }
    const price = typeof level[0] === "string" ? parsePrice(level[0]) : null;
    const size = typeof level[1] === "string" ? parseCount(level[1]) : null;
    if (price === null || price <= 0 || price >= 10_000) {
      tradablePrice(read, level[0], `${prefix}${key}[${row}]`, "[0]");
    }
    if (size === null || size < 0) {
      read.refuse(`${prefix}${key}[${row}][1]`, level[1], "contracts that are not negative");
    }
    levels[row] = [price as Price, size as Count];
  }
  return levels;
}

export function readBookSnapshot(
  read: FieldReader,
  frame: JsonObject,
  at: Micros,
  sequence: SequencePoint | null,
  unknown: UnknownFields | undefined,
): BookSnapshotInput {
  const message = frameMessage(read, frame, SNAPSHOT_FIELDS, unknown);
  return {
    type: "book_snapshot",
    at,
    ticker: read.text(message, "market_ticker", "msg."),
    sequence,
    yes: readLevels(read, message, "yes_dollars_fp", "msg."),
    no: readLevels(read, message, "no_dollars_fp", "msg."),
    exchangeTime: null,
  };
}

export function readTrade(
  read: FieldReader,
  frame: JsonObject,
  at: Micros,
  unknown: UnknownFields | undefined,
): TradeInput {
  const message = frameMessage(read, frame, TRADE_FIELDS, unknown);
  const inSeconds = message.ts_ms === undefined && message.ts !== undefined;
  return {
    type: "trade",
    at,
    ticker: read.text(message, "market_ticker", "msg."),
    tradeId: read.text(message, "trade_id", "msg."),
    price: tradablePrice(read, message.yes_price_dollars, "msg.", "yes_price_dollars"),
    count: read.size(message, "count_fp", "msg."),
    takerSide: readTakerSide(read, message, "msg."),
    exchangeTime: inSeconds
      ? read.optionalSeconds(message, "ts", "msg.") ?? at
      : read.milliseconds(message, "ts_ms", "msg."),
  };
}

/** The best prices of a market as the `ticker` channel prints them; an empty side reads as `null`. */
export interface Quote {
  readonly ticker: string;
  readonly bid: Price | null;
  readonly ask: Price | null;
  readonly exchangeTime: Micros | null;
}

export function readQuote(read: FieldReader, frame: JsonObject, unknown: UnknownFields | undefined): Quote {
  const message = frameMessage(read, frame, QUOTE_FIELDS, unknown);
  const bid = read.price(message, "yes_bid_dollars", "msg.");
  const ask = read.price(message, "yes_ask_dollars", "msg.");
  return {
    ticker: read.text(message, "market_ticker", "msg."),
    bid: bid > 0 ? bid : null,
    ask: ask < 10_000 ? ask : null,
    exchangeTime: exchangeTime(read, message),
  };
}

/** The value itself travels as a JSON text inside the JSON. */
function innerValue(read: FieldReader, message: JsonObject): JsonObject {
  const text = read.text(message, "data", "msg.");
  try {
    const inner: unknown = JSON.parse(text);
    if (isObject(inner)) return inner;
  } catch {
    // Refused below, like any other text that holds no object.
  }
  read.refuse("msg.data", text, "a text that holds a JSON object");
  return {};
}

export function readIndexValue(
  read: FieldReader,
  frame: JsonObject,
  at: Micros,
  unknown: UnknownFields | undefined,
): IndexInput {
  const message = frameMessage(read, frame, INDEX_FIELDS, unknown);
  const inner = innerValue(read, message);
  return {
    type: "index",
    at,
    index: read.text(message, "index_id", "msg."),
    value: read.indexValue(inner, "value", "msg.data."),
    sourceTime: read.milliseconds(inner, "time", "msg.data."),
    source: "official",
    venueAverage: readVenueAverage(read, message),
  };
}

const FAST_INDEX_FIELDS = new Set("index_id value_usd source_ts_ms received_at data".split(" "));

/** One of up to five values a second. Settlement averages the values of whole seconds (KALSHI.md 5.9): this is none. */
export function readLiveIndexValue(
  read: FieldReader,
  frame: JsonObject,
  at: Micros,
  unknown: UnknownFields | undefined,
): IndexInput {
  const message = frameMessage(read, frame, FAST_INDEX_FIELDS, unknown);
  return {
    type: "index",
    at,
    index: read.text(message, "index_id", "msg."),
    value: read.indexValue(message, "value_usd", "msg."),
    sourceTime: read.milliseconds(message, "source_ts_ms", "msg."),
    live: true,
    source: "official",
    venueAverage: null,
  };
}

/** The exchange's own running settlement average, present in the final minute only (KALSHI.md 5.9). */
function readVenueAverage(read: FieldReader, message: JsonObject): IndexInput["venueAverage"] {
  const key = "last_60s_windowed_average_15min";
  if (message[key] === undefined || message[key] === null) return null;
  const average = read.object(message, key, "msg.");
  return {
    value: read.indexValue(average, "value", `msg.${key}.`),
    count: read.integer(average, "window_size", `msg.${key}.`),
  };
}
