/**
 * `market_lifecycle_v2` frames (KALSHI.md 5.7). How a market ended is an input of the engine; everything else is a
 * notice that tells the client to look at the market again.
 * @module
 */

import type { LifecycleInput } from "../../core/input.ts";
import type { MarketResult, PriceRange, StrikeType } from "../../core/market.ts";
import type { Micros } from "../../core/units.ts";
import { type FeeOverride, readFeeOverride } from "./bodies_fees.ts";
import { type FieldReader, frameMessage, type JsonObject, type UnknownFields } from "./fields.ts";
import { readPriceRanges, STRIKE_TYPES } from "./price_ranges.ts";

/** What changed about a market; fields that the frame does not carry are `null`. */
export interface LifecycleNotice {
  readonly event:
    | "created"
    | "activated"
    | "deactivated"
    | "close_date_updated"
    | "price_level_structure_updated"
    | "metadata_updated";
  readonly ticker: string;
  readonly closeTime: Micros | null;
  readonly strikeType: StrikeType | null;
  readonly floorStrike: number | null;
  readonly capStrike: number | null;
  readonly priceRanges: readonly PriceRange[] | null;
}

/** An event charges something else than its series from now on, or no longer does (`event_fee_update`). */
export interface FeeNotice {
  readonly event: "fee_update";
  readonly eventTicker: string;
  readonly override: FeeOverride | null;
}

export type Notice = LifecycleNotice | FeeNotice;

export type ReadLifecycle =
  | { readonly kind: "input"; readonly input: LifecycleInput }
  | { readonly kind: "notice"; readonly notice: LifecycleNotice };

const EVENTS = [
  "determined",
  "settled",
  "created",
  "activated",
  "deactivated",
  "close_date_updated",
  "price_level_structure_updated",
  "metadata_updated",
] as const;

const RESULTS: readonly MarketResult[] = ["", "yes", "no", "scalar"];

const FIELDS = new Set(
  ("market_ticker event_type determination_ts result settlement_value settled_ts open_ts close_ts exchange_index " +
    "price_level_structure price_ranges additional_metadata is_deactivated strike_type floor_strike cap_strike " +
    "custom_strike yes_sub_title no_sub_title").split(" "),
);

const FEE_FIELDS = new Set(["event_ticker", "fee_type_override", "fee_multiplier_override"]);

/** `event_fee_update`, which comes on the lifecycle channel. */
export function readFeeNotice(read: FieldReader, frame: JsonObject, unknown: UnknownFields | undefined): FeeNotice {
  const message = frameMessage(read, frame, FEE_FIELDS, unknown);
  return {
    event: "fee_update",
    eventTicker: read.text(message, "event_ticker", "msg."),
    override: readFeeOverride(read, message, "msg."),
  };
}

export function readLifecycle(
  read: FieldReader,
  frame: JsonObject,
  at: Micros,
  unknown: UnknownFields | undefined,
): ReadLifecycle {
  const message = frameMessage(read, frame, FIELDS, unknown);
  const ticker = read.text(message, "market_ticker", "msg.");
  const event = read.word(message, "event_type", "msg.", EVENTS);
  if (event === "determined" || event === "settled") {
    // Only `determined` names the result; where `settled` is silent, the engine knows it already.
    const silent = event === "settled" && message.result === undefined;
    const result = silent ? "" : read.word(message, "result", "msg.", RESULTS);
    const settlementValue = read.optionalMoney(message, "settlement_value", "msg.");
    return { kind: "input", input: { type: "lifecycle", at, ticker, event, result, settlementValue } };
  }
  return { kind: "notice", notice: readNotice(read, message, event, ticker) };
}

function readNotice(
  read: FieldReader,
  message: JsonObject,
  event: LifecycleNotice["event"],
  ticker: string,
): LifecycleNotice {
  return {
    event,
    ticker,
    closeTime: read.optionalSeconds(message, "close_ts", "msg."),
    strikeType: message.strike_type === undefined ? null : read.word(message, "strike_type", "msg.", STRIKE_TYPES),
    floorStrike: read.optionalNumber(message, "floor_strike", "msg."),
    capStrike: read.optionalNumber(message, "cap_strike", "msg."),
    priceRanges: message.price_ranges === undefined ? null : readPriceRanges(read, message, "msg."),
  };
}
