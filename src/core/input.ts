/**
 * Everything that can reach the engine. Each input is journaled before the engine sees it, in this very shape as one
 * JSON line, and carries the time at which it arrived by the run's clock: the engine knows no other time.
 * @module
 */

import type { Market, MarketResult } from "./market.ts";
import type { FillReport, OrderReport, Side } from "./order.ts";
import type { Count, Micros, Money, Price } from "./units.ts";

interface Stamped {
  /** Arrival by the run's clock; never decreases within a run. */
  readonly at: Micros;
}

/** One price level: `[price, contracts]`; for NO levels the price is the NO price. */
export type Level = readonly [price: Price, size: Count];

/**
 * Where a frame stood in its subscription. `connection` counts this run's sockets, `sid` and `seq` are the exchange's
 * (KALSHI.md 5.5). `null` where the source has no sequence: REST polls and filtered tapes.
 */
export interface SequencePoint {
  readonly connection: number;
  readonly sid: number;
  readonly seq: number;
}

/** Time passes even where nothing else does. */
export interface ClockInput extends Stamped {
  readonly type: "clock";
}

/** A market was found, or anything about it changed. */
export interface MarketInput extends Stamped {
  readonly type: "market";
  readonly market: Market;
}

/** The exchange's word on how a market ended: `determined` names the result, `settled` pays. */
export interface LifecycleInput extends Stamped {
  readonly type: "lifecycle";
  readonly ticker: string;
  readonly event: "determined" | "settled";
  readonly result: MarketResult;
  /** What one YES contract pays; `null` where the frame does not say. */
  readonly settlementValue: Money | null;
}

/** A full book: replaces whatever was known, and makes the book synced. A side may be empty. */
export interface BookSnapshotInput extends Stamped {
  readonly type: "book_snapshot";
  readonly ticker: string;
  readonly sequence: SequencePoint | null;
  readonly yes: readonly Level[];
  readonly no: readonly Level[];
  /** The exchange's own stamp, `null` where it gave none. */
  readonly exchangeTime: Micros | null;
}

/** One signed change of one level of one side. */
export interface BookDeltaInput extends Stamped {
  readonly type: "book_delta";
  readonly ticker: string;
  readonly sequence: SequencePoint | null;
  readonly side: "yes" | "no";
  /** On its own side: for `no` the NO price. */
  readonly price: Price;
  readonly delta: Count;
  readonly exchangeTime: Micros | null;
}

/** A reply that consumed a sequence number and says nothing else (`ok`, `unsubscribed`, an error). */
export interface SequenceInput extends Stamped {
  readonly type: "sequence";
  readonly sequence: SequencePoint;
}

/** These books can no longer be believed: the socket broke, a frame was unreadable, the subscription ended. */
export interface BookStaleInput extends Stamped {
  readonly type: "book_stale";
  /** `"all"` after a lost connection. */
  readonly tickers: readonly string[] | "all";
  readonly reason: string;
}

/** A public trade. Price is the YES price; `takerSide` is the taker's side on the YES book. */
export interface TradeInput extends Stamped {
  readonly type: "trade";
  readonly ticker: string;
  readonly tradeId: string;
  readonly price: Price;
  readonly count: Count;
  readonly takerSide: Side;
  readonly exchangeTime: Micros;
}

/** One value of a settlement index. */
export interface IndexInput extends Stamped {
  readonly type: "index";
  /** `BRTI`, `ETHUSD_RTI`, ... */
  readonly index: string;
  readonly value: number;
  /** The whole second that the source stamped it with; of a `live` value any moment. */
  readonly sourceTime: Micros;
  /** Who says so: the official feed, our composite, one exchange, or a recording. */
  readonly source: "official" | "composite" | "exchange" | "recorded";
  /** The venue's own running settlement average, inside the final minute only (KALSHI.md 5.9). */
  readonly venueAverage: { readonly value: number; readonly count: number } | null;
  /** Which one, where the source is a single exchange. */
  readonly exchange?: string;
  /**
   * How the index stands between two seconds. It prices markets at once, but it is no second's value: it settles nothing,
   * and no volatility is made of it. Absent for the value of a second.
   */
  readonly live?: true;
}

/** How far one exchange's spot prices can be believed at this moment; only a `live` one counts in an index. */
export type SpotState =
  | "live"
  /** Nothing heard for too long. */
  | "stale"
  /** Too far from what the others say. */
  | "outlier"
  /** Its best bid is not below its best ask. */
  | "crossed"
  /** A side of its book is empty. */
  | "one_sided"
  /** Not connected, or its book is being fetched anew. */
  | "down";

/** What one spot exchange says of one asset: once a second, and at once where its state changes. */
export interface SpotInput extends Stamped {
  readonly type: "spot";
  /** `coinbase`, `kraken`, ... */
  readonly exchange: string;
  /** `BTC`, `ETH`, ... */
  readonly asset: string;
  readonly state: SpotState;
  readonly bid: number | null;
  readonly ask: number | null;
  /** Price of the newest trade. */
  readonly last: number | null;
  /** Volume-weighted mean price and volume of the trades in the aggregator's window; `null` and 0 without a trade. */
  readonly vwap: number | null;
  readonly volume: number;
  /** Share of the composite index, 0 to 1. */
  readonly weight: number;
  /** Since the newest message, microseconds; `null` before the first. */
  readonly age: number | null;
  /** Arrival of the newest stamped message minus its stamp, microseconds; `null` where the exchange gives no stamps. */
  readonly latency: number | null;
}

/** One finished minute of a price, from a source of history; the engine makes the minutes that it lives through itself. */
export interface MinuteInput extends Stamped {
  readonly type: "minute";
  /** `BTC`, `ETH`, ... */
  readonly asset: string;
  /** Of the minute; a whole one. */
  readonly start: Micros;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** `coinbase`, `store`, ... */
  readonly source: string;
}

/** What listed options say of an asset's volatility. */
export interface ImpliedVolatilityInput extends Stamped {
  readonly type: "implied_volatility";
  readonly asset: string;
  /** Standard deviation of the log return per square root of a second. */
  readonly volatility: number;
  /** Seconds to the expiry that it is read from; 30 days for an index such as DVOL. */
  readonly horizon: number;
  readonly source: string;
  readonly sourceTime: Micros;
}

/** How well a volatility forecaster did so far. */
export interface VolatilityScore {
  readonly name: string;
  /** Returns that it had forecast. */
  readonly n: number;
  /** Mean log density that it gave to them, newer ones weighing more; `null` before the first. */
  readonly score: number | null;
  /** The same less that of the first candidate, on the returns that both had forecast. */
  readonly advantage: number | null;
}

/** The volatility of an asset's price over a time to come: standard deviation of the log return per square root of a second. */
export interface VolatilityAhead {
  /** Seconds. */
  readonly horizon: number;
  readonly volatility: number;
}

/** Which volatility forecaster is believed for an asset, and what it says: worked out beside the engine, once a minute. */
export interface VolatilityForecastInput extends Stamped {
  readonly type: "volatility_forecast";
  readonly asset: string;
  readonly chosen: string;
  /** Since when it is believed; `null` where it is the first candidate, by default. */
  readonly since: Micros | null;
  readonly why: string;
  /** The shortest horizon first; empty while too little is known. */
  readonly forecasts: readonly VolatilityAhead[];
  /** Of every candidate. */
  readonly scores: readonly VolatilityScore[];
}

/** One temperature as a station measured it, its quality verified. */
export interface WeatherObservationInput extends Stamped {
  readonly type: "weather_observation";
  /** `KNYC`, ... */
  readonly station: string;
  readonly observedAt: Micros;
  readonly temperatureF: number;
  /** How far the truth may lie from it by rounding alone, in degrees Fahrenheit: 0.09 for a METAR, 0.9 for whole degrees C. */
  readonly roundingF: number;
}

/** An hourly temperature forecast for a station. A forecast that comes later replaces it whole. */
export interface WeatherForecastInput extends Stamped {
  readonly type: "weather_forecast";
  readonly station: string;
  readonly issuedAt: Micros;
  /** In order of time; hours may be missing. */
  readonly hours: readonly { readonly start: Micros; readonly temperatureF: number }[];
}

/** What the daily climate report of a station says: preliminary in the evening, final after midnight. */
export interface ClimateReportInput extends Stamped {
  readonly type: "climate_report";
  readonly station: string;
  /** The climate day, midnight to midnight in local standard time, as `2026-09-16`. */
  readonly day: string;
  /** Whole degrees Fahrenheit, `null` where missing. */
  readonly highF: number | null;
  readonly lowF: number | null;
  readonly final: boolean;
  readonly issuedAt: Micros;
  /** Who says so: the report itself, or who relays it. */
  readonly source: "nws" | "weather_company" | "kalshi";
}

/** Fed funds: the effective rate and the futures on its monthly averages. Percent a year. */
export interface FedFundsInput extends Stamped {
  readonly type: "fed_funds";
  /** Newest effective rate and its day, as `2026-11-19`. */
  readonly effective: { readonly day: string; readonly rate: number } | null;
  /** The target range that holds, `null` where unknown. */
  readonly target: { readonly lower: number; readonly upper: number } | null;
  /** One contract for each month, as `2026-12`; the implied average rate is 100 minus the price. */
  readonly futures: readonly { readonly month: string; readonly price: number }[];
  readonly sourceTime: Micros;
}

/** The best quotes of a market elsewhere that mirrors a Kalshi market, turned to Kalshi's YES side. */
export interface PeerQuoteInput extends Stamped {
  readonly type: "peer_quote";
  readonly venue: "polymarket";
  /** The Kalshi market. */
  readonly ticker: string;
  readonly bid: Price | null;
  readonly bidSize: Count;
  readonly ask: Price | null;
  readonly askSize: Count;
  readonly sourceTime: Micros;
}

/** A connection came up or went down. */
export interface LinkInput extends Stamped {
  readonly type: "link";
  readonly link: string;
  readonly up: boolean;
  readonly detail: string;
}

/** The exchange took the order; the answer is synchronous with the match and carries what crossed at once. */
export interface OrderAcceptedInput extends Stamped {
  readonly type: "order_accepted";
  readonly clientOrderId: string;
  readonly orderId: string;
  readonly fillCount: Count;
  readonly remainingCount: Count;
}

/** The exchange refused the order. Explicit, so it ends the order. */
export interface OrderRejectedInput extends Stamped {
  readonly type: "order_rejected";
  readonly clientOrderId: string;
  readonly code: string;
  readonly reason: string;
}

/** No answer: time-out, broken connection, a 5xx after sending. The order may rest, have filled, or not exist. */
export interface OrderUnknownInput extends Stamped {
  readonly type: "order_unknown";
  readonly clientOrderId: string;
  readonly reason: string;
}

/** The exchange confirmed a cancel. */
export interface OrderCancelledInput extends Stamped {
  readonly type: "order_cancelled";
  readonly clientOrderId: string;
  readonly reducedBy: Count;
}

/** A cancel did not work; `gone` where the exchange no longer has the order resting (filled, cancelled or unknown). */
export interface CancelFailedInput extends Stamped {
  readonly type: "cancel_failed";
  readonly clientOrderId: string;
  readonly gone: boolean;
  readonly reason: string;
}

/** The exchange's own account of one order. */
export interface OrderUpdateInput extends Stamped {
  readonly type: "order_update";
  readonly order: OrderReport;
}

/** The exchange was asked for this order, its lists were read whole, and it is in none of them. */
export interface OrderAbsentInput extends Stamped {
  readonly type: "order_absent";
  readonly clientOrderId: string;
}

/** One of our executions. */
export interface FillInput extends Stamped {
  readonly type: "fill";
  readonly fill: FillReport;
}

/** A position as the exchange holds it: positive YES, negative NO. */
export interface PositionReport {
  readonly ticker: string;
  readonly position: Count;
}

/** Cash on one shard. */
export interface ShardCash {
  readonly shard: number;
  readonly cash: Money;
}

/**
 * The exchange's own account of everything, read whole: at start, after a reconnect, and now and then. What is optional here
 * is lacking in journals of older versions.
 */
export interface AccountInput extends Stamped {
  readonly type: "account";
  /** Cash on the shards that are traded on. */
  readonly balance: Money;
  readonly positions: readonly PositionReport[];
  /** The shards that are traded on. */
  readonly traded?: readonly number[];
  /** Cash on every shard that the exchange names, those among them: each can be spent on its own only. */
  readonly shards?: readonly ShardCash[];
  /** Our executions were read whole up to this moment, and told before this. */
  readonly fillsReadTo?: Micros;
}

/**
 * What can be done on a shard (KALSHI.md 3.5).
 *
 * | pause | create, amend | cancel |
 * | --- | --- | --- |
 * | none | taken | taken |
 * | trading | refused | taken |
 * | exchange | refused | refused |
 */
export type ShardPause = "none" | "trading" | "exchange";

/** The exchange's word on whether it takes orders: told whenever it is another one than before. */
export interface ExchangeStatusInput extends Stamped {
  readonly type: "exchange_status";
  readonly shards: readonly { readonly shard: number; readonly pause: ShardPause }[];
  /** Of the shards that it does not name. */
  readonly others: ShardPause;
  /** When it expects to go on, in its own words; `null` where it does not say. */
  readonly resumeTime: string | null;
}

/** A person acted. */
export interface OperatorInput extends Stamped {
  readonly type: "operator";
  readonly command: "kill" | "resume" | "stop_strategy" | "start_strategy" | "shutdown";
  /** The strategy, where the command is about one. */
  readonly subject: string | null;
  /** Who: `page`, `cli`, `signal`, `file`. */
  readonly via: string;
}

/** The process around the engine cannot do its part, or can again: the journal or the store is not writable. */
export interface HealthInput extends Stamped {
  readonly type: "health";
  readonly part: "journal" | "store";
  readonly healthy: boolean;
  readonly detail: string;
}

export type Input =
  | ClockInput
  | MarketInput
  | LifecycleInput
  | BookSnapshotInput
  | BookDeltaInput
  | SequenceInput
  | BookStaleInput
  | TradeInput
  | IndexInput
  | SpotInput
  | MinuteInput
  | ImpliedVolatilityInput
  | VolatilityForecastInput
  | WeatherObservationInput
  | WeatherForecastInput
  | ClimateReportInput
  | FedFundsInput
  | PeerQuoteInput
  | LinkInput
  | OrderAcceptedInput
  | OrderRejectedInput
  | OrderUnknownInput
  | OrderCancelledInput
  | CancelFailedInput
  | OrderUpdateInput
  | OrderAbsentInput
  | FillInput
  | AccountInput
  | ExchangeStatusInput
  | OperatorInput
  | HealthInput;
