/**
 * What a strategy is: a pure function from what it sees of a market, or of a group of markets, to the orders it wants there.
 * Risk, order ids, sending and cancelling are not its business; the engine makes its open orders match the targets.
 * @module
 */

import type { z } from "zod";
import type { Market, MarketResult } from "../core/market.ts";
import type { Side, TimeInForce } from "../core/order.ts";
import type { Evidence } from "../core/record.ts";
import type { Count, Money, Price } from "../core/units.ts";
import type { Pace } from "../execution/slicing.ts";
import type { Refusal } from "../risk/limits.ts";
import type { GroupView, StrategyView } from "./view.ts";

export type * from "./view.ts";

/** Targets of one side of one market that are looked at; more than a strategy could mean. */
export const TARGETS_PER_SIDE_MAX = 8;

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
  /**
   * An exit: closes what the strategy itself holds, or what the account does; refused where it would open anything beyond.
   */
  readonly reduceOnly?: boolean;
  /** Set by the engine: such an exit, where the account holds less on that side because another strategy holds the other. */
  readonly exit?: true;
  /**
   * Targets of one decision with the same word here go all or none: every one is checked before the first leaves. That each of
   * them fills is not promised: an exchange takes orders one by one.
   */
  readonly basket?: string;
  /** Worked off in slices; `count` is all that is wanted, what is held counted. At once where absent. */
  readonly pace?: Pace;
}

/** What it wants, and how it looks at the market: shown on the page. */
export interface Opinion {
  readonly targets: readonly Target[];
  /** Why there is no target, in a word and in words; `null` where there is one. */
  readonly refusal: Refusal | null;
  /** Best net edge, dollars per contract, and on which side; `null` where it cannot be told. */
  readonly edge: number | null;
  readonly edgeSide: "yes" | "no" | null;
  /** How far what it rests on is believed, 0 to 1; absent where that is not worked out. */
  readonly confidence?: number;
}

/** What it makes of a group: an opinion on each market by ticker. One that it does not name is left alone, and gives no reason. */
export type GroupOpinion = ReadonlyMap<string, Opinion>;

/** How a market ended for a strategy. */
export interface SettledMarket {
  readonly market: Market;
  readonly result: MarketResult;
  /** Of one YES contract. */
  readonly payout: Money;
  /** What of the position this strategy itself had brought. */
  readonly ownPosition: Count;
}

/** What happens when something ends its business. Each is said by every strategy, so that none is forgotten. */
export interface Hooks<Parameters> {
  /**
   * The book or the connection cannot be believed: what becomes of what rests. Nothing new is sent in any case, and only
   * orders that close something may be left.
   */
  readonly disconnected: "pull" | "leave_exits";
  /**
   * The strategy is being wound up: asked instead of `decide`, market by market, while it holds something. Of what it wants
   * only what closes is sent.
   */
  windUp(view: StrategyView, parameters: Parameters): Opinion;
  /** A market in which it held something was paid out: a line for the audit trail, `null` for none. */
  settled(settled: SettledMarket, parameters: Parameters): string | null;
}

interface Declaration<Parameters> {
  readonly name: string;
  readonly title: string;
  /** Whether it is off until the configuration or a person switches it on; where absent it runs. */
  readonly startsOff?: boolean;
  /** Every parameter with default, range, unit and text. */
  readonly parameters: z.ZodType<Parameters>;
  /** Whether it has anything to do with a market of this series. */
  trades(series: string): boolean;
  /** Whether it looks at order flow, which is worked out for those who do only; where absent it does not. */
  usesFlow?(parameters: Parameters): boolean;
  readonly hooks: Hooks<Parameters>;
}

/** A strategy that decides about one market at a time. */
export interface MarketStrategy<Parameters = unknown> extends Declaration<Parameters> {
  decide(view: StrategyView, parameters: Parameters): Opinion;
}

/** A strategy that decides about several markets at a time, because what it does in one depends on the others. */
export interface GroupStrategy<Parameters = unknown> extends Declaration<Parameters> {
  /** The group that a market belongs to: its event, say. `null` for one that it leaves alone. */
  groupOf(market: Market): string | null;
  decideGroup(view: GroupView, parameters: Parameters): GroupOpinion;
}

/** A strategy's one declaration: what the configuration, the page and the engine know of it. */
export type Strategy<Parameters = unknown> = MarketStrategy<Parameters> | GroupStrategy<Parameters>;
