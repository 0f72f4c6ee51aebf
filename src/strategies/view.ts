/**
 * What a strategy may look at: one market, or a group of them, at one moment. Views are valid during the call only.
 * @module
 */

import type { BookView } from "../core/book_view.ts";
import type {
  ClimateReportInput,
  FedFundsInput,
  IndexInput,
  WeatherForecastInput,
  WeatherObservationInput,
} from "../core/input.ts";
import type { Market } from "../core/market.ts";
import type { OrderPhase, Side } from "../core/order.ts";
import type { PriceGrid } from "../core/price_grid.ts";
import type { Count, Micros, Money, Price } from "../core/units.ts";

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

/** What the other venue quotes for the market that mirrors this one, turned to YES here. */
export interface PeerReading {
  readonly bid: Price | null;
  readonly bidSize: Count;
  readonly ask: Price | null;
  readonly askSize: Count;
  /** Since it arrived, microseconds. */
  readonly age: number;
}

/** What is known of the weather that decides a market: of its own station, and of its own climate day. */
export interface ClimateReading {
  /** Of the last two days, oldest first. */
  readonly observations: readonly WeatherObservationInput[];
  readonly forecast: WeatherForecastInput | null;
  /** The newest report on the day; a final one is not replaced by a preliminary one. */
  readonly report: ClimateReportInput | null;
}

/** What order flow says about the probability of a market (models/flow_signal.ts). */
export interface FlowReading {
  /** To be added to the log-odds of YES. */
  readonly shift: number;
  /** Whether such shifts did better than none out of sample, and still do. */
  readonly proven: boolean;
  /** Who presses: -1 all towards NO, 1 all towards YES. */
  readonly imbalance: number;
  /** What it being proven or not rests on. */
  readonly why: string;
}

/** One of the strategy's own open orders. */
export interface OwnOrder {
  readonly clientOrderId: string;
  readonly side: Side;
  readonly price: Price;
  /** What may still fill. */
  readonly left: Count;
  readonly phase: OrderPhase;
  readonly sentAt: Micros;
  /** Contracts ahead of it, as the exchange counted a while ago; absent where it has not since the order took its place. */
  readonly queueAhead?: Count;
}

/** All that a strategy may look at of one market. */
export interface StrategyView {
  readonly at: Micros;
  readonly market: Market;
  readonly grid: PriceGrid;
  /** What others offer: without our own orders, whichever strategy sent them, and without what we took where it is shown still. */
  readonly book: BookView;
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
  /** The best prices of others: the book's, by another name where an order is to be better than they are. */
  readonly rivalBid: Price | null;
  readonly rivalAsk: Price | null;
  readonly event: EventReading;
  readonly nav: Money;
  /** The account earns a drawdown back: bets are smaller until it has (models/drawdown_recovery.ts). */
  readonly recovering: boolean;
  /** The most that risk would let a new order put at stake here. */
  readonly headroom: Money;
  /** Own open orders of this strategy here, oldest first. */
  readonly orders: readonly OwnOrder[];
  /** Contracts that the exchange counted as filled for this strategy and has not told of yet: `ownPosition` lacks them. */
  readonly unheard: Count;
  /** `null` where no strategy that runs here uses it, and where the book cannot be believed. */
  readonly flow: FlowReading | null;
  /** The same market on the other venue; `null` where it has none that was heard. */
  readonly peer: PeerReading | null;
  /** `null` where the market is no daily temperature, or nothing was heard of its station. */
  readonly climate: ClimateReading | null;
  /** What the market for fed funds says; `null` before it was heard. */
  readonly fedFunds: FedFundsInput | null;
  /** When this strategy last sent an order in this market; 0 before. */
  readonly lastOrderAt: Micros;
}

/** A market of a group that is over, and was not forgotten yet. */
export interface PastMarket {
  readonly market: Market;
  /** What this strategy holds there until it is paid out. */
  readonly ownPosition: Count;
}

/** Markets that are decided about together: those of one event, say. */
export interface GroupView {
  readonly at: Micros;
  /** What the strategy's `groupOf` calls it. */
  readonly group: string;
  /** Its open markets, in the order in which they were heard of. Their books need not be in sync. */
  readonly markets: readonly StrategyView[];
  /** Tickers of open markets that cannot be looked at, because they have no price grid that makes sense. */
  readonly unseen: readonly string[];
  readonly over: readonly PastMarket[];
  /** When the newest of its markets was first heard of: at the start of a run they come one by one. */
  readonly joinedAt: Micros;
  readonly nav: Money;
  readonly recovering: boolean;
  /** When this strategy last sent an order in any market of the group; 0 before. */
  readonly lastOrderAt: Micros;
  /** The same of orders that went as a basket. */
  readonly lastBasketAt: Micros;
}
