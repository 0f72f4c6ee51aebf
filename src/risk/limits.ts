/**
 * What bounds an order, and what is known of it (REQUIREMENTS.md K1, K5); guardian.ts holds the one against the other. All
 * amounts are worst cases: what could be lost if everything open fills and goes to zero, fees included.
 * @module
 */

import { type Count, type Money, money, ONE_DOLLAR_PRICE, type Price } from "../core/units.ts";
import type { Side } from "../core/order.ts";
import type { CanaryRule } from "./canary.ts";
import type { CorrelationRules } from "./correlation.ts";

export interface RiskLimits {
  /** Per order; may be lowered by a setting, never raised above {@link HARD_ORDER_LIMIT}. */
  readonly order: Money;
  /**
   * Per trade: all that the open orders of one decision put at stake, one strategy's in one market. An order is what is
   * sent at a time, a trade may be several.
   */
  readonly trade: Money;
  /** Per market: position and open orders together. */
  readonly market: Money;
  /** All positions and open orders together. */
  readonly openExposure: Money;
  /** Of NAV, in one category of events, per cent. */
  readonly categoryPercent: number;
  /** Of NAV, in markets that move together because they settle on the same index, per cent. */
  readonly correlatedPercent: number;
  /** What moves together besides; plainly by index where absent, as in journals of older versions. */
  readonly correlation?: CorrelationRules;
  /** Loss since the start of the UTC day that halts trading until a person lifts it. */
  readonly dailyLoss: Money;
  /** The same as a share of the NAV that the day began with, per cent. */
  readonly dailyLossPercent: number;
  /** Buying either side at this price or more risks a dollar to win cents. */
  readonly priceCeiling: Price;
  /** How far above the model's fair value a price may lie, $0.0001. */
  readonly fairValueBound: Price;
}

/** No setting lifts the cap of a single order above this. */
export const HARD_ORDER_LIMIT: Money = money(500_000_000);

/** An order as risk sees it. */
export interface Proposal {
  readonly ticker: string;
  readonly side: Side;
  readonly price: Price;
  readonly count: Count;
  /** Contracts of it that would open something new, after what it closes. */
  readonly opening: Count;
  /** Those of it that its strategy does not hold on the other side itself: what it would open if that were all there is. */
  readonly ownOpening: Count;
  readonly worstFee: Money;
  /** Of YES, by the model. */
  readonly fairProbability: number;
  readonly kelly: number;
  readonly isTaker: boolean;
  /** Displayed contracts it could take, for a taking order. */
  readonly depth: Count;
  /** It may only close. */
  readonly reduceOnly: boolean;
  /** It closes what its strategy holds, though it may open something for the account: no bet that a model would justify. */
  readonly exit: boolean;
}

/** What is at stake before this order. */
export interface Stakes {
  readonly nav: Money;
  readonly cash: Money;
  /** Open orders of the same strategy in the same market. */
  readonly trade: Money;
  readonly market: Money;
  readonly total: Money;
  readonly category: Money;
  /** In all markets that move together with this one. */
  readonly correlated: Money;
  /** By the same strategy, in all markets. */
  readonly strategy: Money;
  /** What that strategy may put at stake in all; `null` where no budget bounds it. */
  readonly budget: Money | null;
  /**
   * NO that may be added in this market before the worst case of its event grows: another market has more of it, and only
   * one can lose it (event_risk.ts). Absent: 0.
   */
  readonly noRoom?: Money;
  /** The same of what the strategy has at stake. */
  readonly ownNoRoom?: Money;
  /** Groups of the configuration that the market is in; absent: none. */
  readonly groups?: readonly GroupStake[];
  /** The exchange's own bound for one member in this market; absent or `null` where it states none. */
  readonly positionLimit?: Money | null;
  /** The canary that counts now; absent or `null` for none. */
  readonly canary?: CanaryRule | null;
}

/** What markets of a group have at stake that is bounded by itself. */
export interface GroupStake {
  readonly name: string;
  /** Of NAV, allowed. */
  readonly percent: number;
  readonly used: Money;
}

/** Why nothing is sent. */
export interface Refusal {
  /** A word for counting: `order_cap`, `market_cap`, ... */
  readonly code: string;
  readonly text: string;
}

/** Dollars per contract that an order on this side pays for what it opens. */
export const openingCost = (side: Side, price: Price): number => side === "bid" ? price : ONE_DOLLAR_PRICE - price;

/** So many per cent of an amount, rounded down. */
export const shareOf = (amount: Money, percent: number): Money => money(Math.floor(amount * percent / 100));

/** What an order may lose at worst: all that it pays for what it opens, and its fee. */
export const riskOf = (
  { opening, side, price, worstFee }: Pick<Proposal, "opening" | "side" | "price" | "worstFee">,
): Money => money(opening * openingCost(side, price) + worstFee);

/**
 * The most that the guardian would let an opening order risk, whichever side it takes; negative where a cap is already
 * passed. NO may risk more where {@link Stakes.noRoom} says so.
 */
export function headroom(stakes: Stakes, limits: RiskLimits): Money {
  return money(Math.min(
    limits.order,
    HARD_ORDER_LIMIT,
    limits.trade - stakes.trade,
    limits.market - stakes.market,
    stakes.positionLimit == null ? Infinity : stakes.positionLimit - stakes.market,
    limits.openExposure - stakes.total,
    shareOf(stakes.nav, limits.categoryPercent) - stakes.category,
    shareOf(stakes.nav, limits.correlatedPercent) - stakes.correlated,
    ...(stakes.groups ?? []).map(({ percent, used }) => shareOf(stakes.nav, percent) - used),
    stakes.budget === null ? Infinity : stakes.budget - stakes.strategy,
    stakes.canary?.order ?? Infinity,
    stakes.canary == null ? Infinity : stakes.canary.exposure - stakes.total,
    stakes.cash,
  ));
}
