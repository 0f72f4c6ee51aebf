/**
 * What a strategy is: a pure function from what it sees of one market to the orders it wants there. Risk, order ids,
 * sending and cancelling are not its business; the engine makes its open orders match the targets.
 * @module
 */

import type { z } from "zod";
import type { Book } from "../core/book.ts";
import type { Market } from "../core/market.ts";
import type { Side, TimeInForce } from "../core/order.ts";
import type { PriceGrid } from "../core/price_grid.ts";
import type { Evidence } from "../core/record.ts";
import type { IndexInput } from "../core/input.ts";
import type { Count, Micros, Money, Price } from "../core/units.ts";
import type { Refusal } from "../risk/limits.ts";

/** The settlement index of the market, as last heard. */
export interface IndexReading {
  readonly value: number;
  /** Since it arrived, microseconds. */
  readonly age: number;
  /** From the source's stamp to arrival, microseconds: how late this feed is. */
  readonly lag: number;
  /** Standard deviation of the log return per square root of a second; `null` until enough was heard. */
  readonly volatility: number | null;
  /** Who says so. What settles the market is the official one: every other only comes near it. */
  readonly source: IndexInput["source"];
  /**
   * Standard deviation of this source's difference from the official one, dollars, its mean taken off: 0 for the official
   * one itself, `null` where it was not measured for long enough.
   */
  readonly basisSd: number | null;
  /** Change over the last so many seconds, basis points; `null` where the past is not known. */
  move(seconds: number): number | null;
}

/** What the spot exchanges trade the market's coin at, all together. */
export interface SpotReading {
  /** Volume-weighted over the aggregator's window; `null` where nobody traded. */
  readonly vwap: number | null;
  /** Of the newest trades of each exchange the middle one. */
  readonly last: number | null;
  /** Exchanges that say so; one that is down, silent or outlying does not count. */
  readonly exchanges: number;
  /** Of the newest word among them, microseconds. */
  readonly age: number;
  /** From the stamp of a message to its arrival at the slowest of them, microseconds; `null` where none gives stamps. */
  readonly latency: number | null;
}

/** The other markets of a market's event. */
export interface EventReading {
  /** The highest strike below this market's own among them, as far as they are known; `null` where there is none. */
  readonly strikeBelow: number | null;
  /** When this strategy last sent an order in any market of the event, this one too; 0 before. */
  readonly lastOrderAt: Micros;
  /** Whether a position or an open order of this strategy is in any market of the event, this one too. */
  readonly held: boolean;
}

/** All that a strategy may look at. Valid during the call only. */
export interface StrategyView {
  readonly at: Micros;
  readonly market: Market;
  readonly grid: PriceGrid;
  readonly book: Book;
  /** When the best bid or ask last changed. */
  readonly quotedAt: Micros;
  readonly index: IndexReading | null;
  /** `null` where no spot exchange can be believed, or the market settles on no coin's price. */
  readonly spot: SpotReading | null;
  /** Of YES, by the model for this market; `null` where there is none. */
  readonly probability: number | null;
  readonly secondsToClose: number;
  /** Own position, all strategies' together: positive YES, negative NO. */
  readonly position: Count;
  /** The part of it that this strategy itself brought; parts of several may be opposite. */
  readonly ownPosition: Count;
  /** Where this strategy's own orders rest here, `null` where none does: the book may or may not show them. */
  readonly restingBid: Price | null;
  readonly restingAsk: Price | null;
  /** What may still fill of these; 0 where none rests. */
  readonly restingBidLeft: Count;
  readonly restingAskLeft: Count;
  /** The best prices of others: the book's without what rests there of our own, whichever strategy sent it. */
  readonly rivalBid: Price | null;
  readonly rivalAsk: Price | null;
  readonly event: EventReading;
  readonly nav: Money;
  /** The most that risk would let a new order put at stake here. */
  readonly headroom: Money;
  /** When this strategy last sent an order in this market; 0 before. */
  readonly lastOrderAt: Micros;
}

/** One order wanted: sent at once if it takes, kept resting as long as it is wanted if it makes. */
export interface Target {
  readonly side: Side;
  readonly price: Price;
  readonly count: Count;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly signal: string;
  readonly kelly: number;
  /** Displayed contracts that a taking order could meet. */
  readonly depth: Count;
  readonly evidence: Evidence;
}

/** What it wants, and how it looks at the market: shown on the page. */
export interface Opinion {
  readonly targets: readonly Target[];
  /** Why there is no target, in a word and in words; `null` where there is one. */
  readonly refusal: Refusal | null;
  /** Best net edge, dollars per contract, and on which side; `null` where it cannot be told. */
  readonly edge: number | null;
  readonly edgeSide: "yes" | "no" | null;
}

/** A strategy's one declaration: what the configuration, the page and the engine know of it. */
export interface Strategy<Parameters = unknown> {
  readonly name: string;
  readonly title: string;
  /** Whether it is off until the configuration or a person switches it on; where absent it runs. */
  readonly startsOff?: boolean;
  /** Every parameter with default, range, unit and text. */
  readonly parameters: z.ZodType<Parameters>;
  /** Whether it has anything to do with a market of this series. */
  trades(series: string): boolean;
  decide(view: StrategyView, parameters: Parameters): Opinion;
}
