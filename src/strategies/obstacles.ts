/**
 * Conditions under which no strategy should act, each with its reason: what is the matter with the market, the index, the
 * time or the quotes. A strategy asks in the order that suits it; the plainest should come first.
 * @module
 */

import { isFeeKnown } from "../core/fees.ts";
import type { Market } from "../core/market.ts";
import { type Count, MICROS_PER_SECOND, ONE_CONTRACT, ONE_DOLLAR_PRICE, type Price } from "../core/units.ts";
import type { Refusal } from "../risk/limits.ts";
import type { IndexReading, Opinion, StrategyView, Target } from "./strategy.ts";

/**
 * A reason in a word, for counting, and in words. Words that hold figures may be a function, made when someone reads them: it
 * must rest on nothing that changes, such as the book. Where a condition is asked at every tick, that function is made by
 * another one: V8 sets aside what a function's closures capture whenever it is called, whether or not it makes any.
 */
export const no = (code: string, text: string | (() => string)): Refusal =>
  typeof text === "string" ? { code, text } : new Spoken(code, text);

/** Almost every decision ends with a reason that nobody reads. */
class Spoken implements Refusal {
  readonly #say: () => string;

  constructor(readonly code: string, say: () => string) {
    this.#say = say;
  }

  get text(): string {
    return this.#say();
  }
}

/** Keeps still. @param edge the best that was seen, with its side, where one was worked out */
export const keepStill = (
  refusal: Refusal,
  edge: number | null = null,
  edgeSide: Opinion["edgeSide"] = null,
): Opinion => ({ targets: NO_TARGETS, refusal, edge, edgeSide });

const NO_TARGETS: readonly Target[] = [];

/** A market that is open, and whose fees are known. */
export function marketObstacle({ market }: StrategyView): Refusal | null {
  if (market.status !== "active") return no("not_active", statusOf(market));
  return isFeeKnown(market.fees) ? null : no("fee_unknown", feesOf(market));
}

const statusOf = ({ status }: Market) => () => `The market is ${status}`;
const feesOf = ({ fees: { type } }: Market) => () => `Nobody knows what fee type ${type} charges`;

/** A lower strike that is known. */
export function strikeObstacle({ market }: StrategyView): Refusal | null {
  if (market.strikeType !== null && market.floorStrike !== null) return null;
  return no("no_strike", "The strike is not known yet");
}

/** A book that may be believed. */
export function bookObstacle({ book }: StrategyView): Refusal | null {
  if (book.phase !== "synced") {
    return no("book_not_in_sync", `The book is ${book.phase}${book.staleReason && ": " + book.staleReason}`);
  }
  if (book.isCrossed) return no("book_crossed", "The book is crossed or locked");
  return null;
}

/** What of an index is asked for. */
export interface IndexDemands {
  readonly max_index_age: number;
  readonly trade_on_one_exchange: boolean;
  readonly min_volatility: number;
  readonly max_volatility: number;
}

/** An index that is fresh, comes from more than one exchange, and moves neither too little nor too much. */
export function indexObstacle(index: IndexReading | null, demands: IndexDemands): Refusal | null {
  if (index === null) return no("no_index", "The settlement index was not heard yet");
  const { age, volatility } = index;
  if (age > demands.max_index_age * MICROS_PER_SECOND) {
    return no("index_stale", oldIndex(age));
  }
  if (index.source === "exchange" && !demands.trade_on_one_exchange) {
    return no("index_of_one_exchange", "A single exchange stands for the index");
  }
  if (volatility === null) return no("no_volatility", "Too few index values to tell the volatility");
  if (volatility < demands.min_volatility || volatility > demands.max_volatility) {
    return no("volatility_out_of_range", volatilityOf(volatility));
  }
  return null;
}

const oldIndex = (age: number) => () => `The index is ${(age / MICROS_PER_SECOND).toFixed(1)} s old`;
const volatilityOf = (volatility: number) => () => `Volatility ${volatility.toExponential(2)} per sqrt(s)`;

/** A time to settlement within bounds. */
export function timeObstacle(
  { secondsToClose }: StrategyView,
  { min_seconds, max_seconds }: { readonly min_seconds: number; readonly max_seconds: number },
): Refusal | null {
  if (secondsToClose < min_seconds) return no("too_near_settlement", timeLeft(secondsToClose));
  if (secondsToClose > max_seconds) return no("too_far_from_settlement", timeLeft(secondsToClose));
  return null;
}

const timeLeft = (seconds: number) => () => `${seconds.toFixed(0)} s to settlement`;

/** Quotes on both sides, close together, of some size. */
export function quoteObstacle(
  { book }: StrategyView,
  { max_spread, min_depth }: { readonly max_spread: number; readonly min_depth: number },
): Refusal | null {
  const { bid, ask } = book;
  if (bid === null || ask === null) return no("one_sided", "One side of the book is empty");
  const spread = spreadOf(bid, ask);
  if (spread > max_spread + ROUNDING) return no("spread_wide", wideSpread(spread));
  const depth = Math.min(book.bidSize, book.askSize) / ONE_CONTRACT;
  return depth < min_depth ? no("thin_book", thinBook(depth)) : null;
}

const wideSpread = (spread: number) => () => `The spread is ${spread.toFixed(4)}`;
const thinBook = (depth: number) => () => `${depth} contracts at the touch`;

/** A contract that is neither a long shot nor nearly certain. */
export function priceObstacle(
  cost: number,
  { min_price, max_price }: { readonly min_price: number; readonly max_price: number },
): Refusal | null {
  if (cost >= min_price && cost <= max_price) return null;
  return no("price_out_of_range", outOfRange(cost));
}

const outOfRange = (cost: number) => () => `A contract costs ${cost.toFixed(4)}`;

/** Some time since the last order in this market. */
export function cooldownObstacle({ at, lastOrderAt }: StrategyView, cooldown: number): Refusal | null {
  if (lastOrderAt === 0 || at - lastOrderAt >= cooldown * MICROS_PER_SECOND) return null;
  return no("cooldown", "An order was sent a moment ago");
}

/** A size that is worth an order. */
export const sizeObstacle = (size: Count): Refusal | null =>
  size >= ONE_CONTRACT ? null : no("size_too_small", "Less than one contract is allowed here");

/** How almost every decision ends: put into words only when someone reads them. */
export class NoEdge implements Refusal {
  readonly code = "no_edge";
  readonly #best: number | null;
  readonly #wanted: number;

  /** @param best net edge that was found, `null` where nothing is quoted */
  constructor(best: number | null, wanted: number) {
    this.#best = best;
    this.#wanted = wanted;
  }

  get text(): string {
    if (this.#best === null) return "Nothing is quoted within the allowed prices";
    return `Best net edge ${this.#best.toFixed(4)}, wanted ${this.#wanted.toFixed(4)}`;
  }
}

/** What float arithmetic may add to a spread that is exactly as wide as allowed. */
export const ROUNDING = 1e-9;

/** Dollars between two prices. */
export const spreadOf = (bid: Price, ask: Price): number => (ask - bid) / ONE_DOLLAR_PRICE;
