/**
 * Everything that can reach the engine. Each input is journaled before the engine sees it, in this very shape as one
 * JSON line, and carries the time at which it arrived by the run's clock: the engine knows no other time.
 * @module
 */

import type {
  ClimateReportInput,
  FedFundsInput,
  ImpliedVolatilityInput,
  MinuteInput,
  PeerQuoteInput,
  SpotInput,
  VolatilityForecastInput,
  WeatherForecastInput,
  WeatherObservationInput,
} from "./feed_input.ts";
import type { Market, MarketResult } from "./market.ts";
import type { FillReport, OrderReport, OrderTerms, Side } from "./order.ts";
import type { Stamped } from "./stamped.ts";
import type { Count, Micros, Money, Price } from "./units.ts";

export type {
  ClimateReportInput,
  FedFundsInput,
  ImpliedVolatilityInput,
  MinuteInput,
  PeerQuoteInput,
  SpotInput,
  SpotState,
  VolatilityAhead,
  VolatilityForecastInput,
  VolatilityScore,
  WeatherForecastInput,
  WeatherObservationInput,
} from "./feed_input.ts";

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

/** The exchange changed a resting order. An amend that crosses fills at once. */
export interface OrderChangedInput extends Stamped {
  readonly type: "order_changed";
  readonly clientOrderId: string;
  readonly orderId: string;
  /** What it was changed to; `null` for a decrease, which leaves price and expiry alone. */
  readonly terms: OrderTerms | null;
  /** Filled in all; `null` where the answer does not say. */
  readonly fillCount: Count | null;
  readonly remainingCount: Count;
}

/**
 * An order was not changed, and is as it was; `gone` where the exchange no longer has it resting. A change whose answer was
 * lost is told by `order_unknown`.
 */
export interface ChangeFailedInput extends Stamped {
  readonly type: "change_failed";
  readonly clientOrderId: string;
  readonly gone: boolean;
  readonly code: string;
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

/** How many contracts stand ahead of our resting orders, by the exchange's own count. */
export interface QueuePositionInput extends Stamped {
  readonly type: "queue_position";
  readonly positions: readonly QueuePlace[];
}

export interface QueuePlace {
  readonly orderId: string;
  readonly ahead: Count;
}

/** What became of a strategy's fuse at the exchange (KALSHI.md 3.14). */
export interface OrderGroupInput extends Stamped {
  readonly type: "order_group";
  readonly strategy: string;
  readonly shard: number;
  /** `null` where none could be made. */
  readonly groupId: string | null;
  /** `triggered`: its orders were cancelled, and new ones are refused until it is reset; `failed`: what was asked for did not work. */
  readonly event: "created" | "triggered" | "reset" | "failed";
  readonly reason: string;
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

export type OperatorCommand =
  | "kill"
  | "reduce"
  | "resume"
  | "stop_strategy"
  | "start_strategy"
  | "wind_up_strategy"
  | "shutdown";

/** A person acted. */
export interface OperatorInput extends Stamped {
  readonly type: "operator";
  readonly command: OperatorCommand;
  /** The strategy, where the command is about one. */
  readonly subject: string | null;
  /** Who: `page`, `cli`, `signal`, `file`. */
  readonly via: string;
}

/**
 * The configuration was read again, and what may change while a run trades did (engine/settings.ts). What is not named stays
 * as it is.
 */
export interface SettingsInput extends Stamped {
  readonly type: "settings";
  /** Limits with another value now, by their names there; money in its unit. */
  readonly limits: Readonly<Record<string, number>>;
  /** Strategies with other parameters now, each with all of them. */
  readonly strategies: readonly StrategyParameters[];
  /** What changed, for people. */
  readonly text: string;
  /** Who asked: `SIGHUP`. */
  readonly via: string;
}

export interface StrategyParameters {
  readonly name: string;
  /** As the strategy's own declaration has them. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The process around the engine cannot do its part, or can again: the journal or the store is not writable. */
export interface HealthInput extends Stamped {
  readonly type: "health";
  readonly part: "journal" | "store";
  readonly healthy: boolean;
  readonly detail: string;
}

/** How far the exchange's clock is from ours: theirs minus ours lies between these, micros. */
export interface ClockBounds {
  readonly low: number;
  readonly high: number;
}

/** How the way to the venue fared, told once a second where there is something to tell. */
export interface VenueHealthInput extends Stamped {
  readonly type: "venue_health";
  /** Requests that ended since it was told last; one that the venue refused was answered, and did not fail. */
  readonly calls: number;
  /** Of those: no answer, a broken connection, an answer that the venue is at fault (5xx). */
  readonly failed: number;
  /** `null` while it cannot be told. */
  readonly clock: ClockBounds | null;
}

/**
 * Whether this bot is the one of several that may trade the account (cluster/lease/lease.ts). Never told where there is but one.
 *
 * | role | what it means |
 * | --- | --- |
 * | leader | it holds the lease |
 * | standby | another holds it, or nobody can be asked: it watches and sends nothing |
 * | lost | it held it, and does not any more: nothing new leaves, and its own orders are taken back |
 */
export interface LeaseInput extends Stamped {
  readonly type: "lease";
  readonly role: "leader" | "standby" | "lost";
  /** Grows with every change of the leader; 0 while nobody has led. */
  readonly epoch: number;
  /** In words, for people. */
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
  | OrderChangedInput
  | ChangeFailedInput
  | OrderUpdateInput
  | OrderAbsentInput
  | QueuePositionInput
  | OrderGroupInput
  | FillInput
  | AccountInput
  | ExchangeStatusInput
  | OperatorInput
  | SettingsInput
  | HealthInput
  | VenueHealthInput
  | LeaseInput;
