/**
 * What an order must pass before it may leave (REQUIREMENTS.md K1, K5). All amounts are worst cases: what could be lost
 * if everything open fills and goes to zero, fees included.
 * @module
 */

import { type Count, formatMoney, type Money, money, ONE_DOLLAR_PRICE, type Price } from "../core/units.ts";
import type { Side } from "../core/order.ts";
import type { CanaryRule } from "./canary.ts";

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
  readonly worstFee: Money;
  /** Of YES, by the model. */
  readonly fairProbability: number;
  readonly kelly: number;
  readonly isTaker: boolean;
  /** Displayed contracts it could take, for a taking order. */
  readonly depth: Count;
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
  /** The canary that counts now; absent or `null` for none. */
  readonly canary?: CanaryRule | null;
}

export interface Refusal {
  /** A word for counting: `order_cap`, `market_cap`, ... */
  readonly code: string;
  readonly text: string;
}

/** Dollars per contract that an order on this side pays for what it opens. */
export const openingCost = (side: Side, price: Price): number => side === "bid" ? price : ONE_DOLLAR_PRICE - price;

/** `null` where the order may go. */
export function checkOrder(proposal: Proposal, stakes: Stakes, limits: RiskLimits): Refusal | null {
  return checkSanity(proposal, limits) ?? checkCaps(proposal, stakes, limits);
}

function checkSanity(proposal: Proposal, limits: RiskLimits): Refusal | null {
  const { side, price, count, opening, fairProbability, kelly, worstFee } = proposal;
  const refuse = (code: string, text: string): Refusal => ({ code, text });
  if (!(count > 0)) return refuse("no_size", `Size is ${count / 100} contracts`);
  if (!(price > 0 && price < ONE_DOLLAR_PRICE)) {
    return refuse("price_off_grid", `Price ${price / 10_000} is outside 0 to 1`);
  }
  if (opening === 0) return null;
  if (!(fairProbability >= 0 && fairProbability <= 1)) {
    return refuse("no_fair_value", `Probability is ${fairProbability}`);
  }
  if (!(kelly > 0)) return refuse("kelly_not_positive", `Kelly fraction is ${kelly}`);
  const cost = openingCost(side, price);
  if (cost >= limits.priceCeiling) {
    return refuse("price_ceiling", `Buying at ${cost / 10_000}, allowed is below ${limits.priceCeiling / 10_000}`);
  }
  const worth = (side === "bid" ? fairProbability : 1 - fairProbability) * ONE_DOLLAR_PRICE;
  if (cost > worth + limits.fairValueBound) {
    return refuse("beyond_fair_value", `Buying at ${cost / 10_000}, fair is ${(worth / 10_000).toFixed(4)}`);
  }
  const feePerContract = worstFee / count;
  if (feePerContract >= ONE_DOLLAR_PRICE - cost) {
    return refuse("fee_inversion", `The fee ${formatMoney(worstFee)} is more than the order can win`);
  }
  if (proposal.isTaker && count > proposal.depth) {
    return refuse("beyond_depth", `${count / 100} contracts wanted, ${proposal.depth / 100} displayed`);
  }
  return null;
}

/** So many per cent of an amount, rounded down. */
export const shareOf = (amount: Money, percent: number): Money => money(Math.floor(amount * percent / 100));

/** What an order may lose at worst: all that it pays for what it opens, and its fee. */
export const riskOf = (
  { opening, side, price, worstFee }: Pick<Proposal, "opening" | "side" | "price" | "worstFee">,
): Money => money(opening * openingCost(side, price) + worstFee);

/** One cap on what is at stake, and how much of it is used before an order. */
type Cap = readonly [code: string, name: string, used: Money, limit: Money];

/** Every cap, in the order in which they are checked. */
export function capsOf(proposal: Proposal, stakes: Stakes, limits: RiskLimits): readonly Cap[] {
  const budget: readonly Cap[] = stakes.budget === null
    ? []
    : [["budget_cap", "The strategy's budget", stakes.strategy, stakes.budget]];
  const { canary = null } = stakes;
  const small: readonly Cap[] = canary === null ? [] : [
    ["canary_order_cap", "One order of the canary", money(0), canary.order],
    ["canary_cap", "Open exposure of the canary", stakes.total, canary.exposure],
  ];
  return [
    ...small,
    ["order_cap", "One order", money(0), money(Math.min(limits.order, HARD_ORDER_LIMIT))],
    ["trade_cap", "One trade", stakes.trade, limits.trade],
    ["market_cap", `Market ${proposal.ticker}`, stakes.market, limits.market],
    ["exposure_cap", "Open exposure", stakes.total, limits.openExposure],
    [
      "category_cap",
      `${limits.categoryPercent} % of NAV in one category`,
      stakes.category,
      shareOf(stakes.nav, limits.categoryPercent),
    ],
    [
      "correlated_cap",
      `${limits.correlatedPercent} % of NAV in markets that move together`,
      stakes.correlated,
      shareOf(stakes.nav, limits.correlatedPercent),
    ],
    ...budget,
    ["cash", "Cash not bound by open orders", money(0), stakes.cash],
  ];
}

/** An order that only closes lowers what is at stake: it must go even where a cap has been passed already. */
function checkCaps(proposal: Proposal, stakes: Stakes, limits: RiskLimits): Refusal | null {
  if (proposal.opening === 0) return null;
  const risk = riskOf(proposal);
  for (const [code, name, used, limit] of capsOf(proposal, stakes, limits)) {
    if (used + risk <= limit) continue;
    const text = `${name}: ${formatMoney(used)} at risk and ${formatMoney(risk)} more, allowed ${formatMoney(limit)}`;
    return { code, text };
  }
  return null;
}

/** The most that {@link checkCaps} would let this opening order risk; negative where a cap is already passed. */
export function headroom(stakes: Stakes, limits: RiskLimits): Money {
  return money(Math.min(
    limits.order,
    HARD_ORDER_LIMIT,
    limits.trade - stakes.trade,
    limits.market - stakes.market,
    limits.openExposure - stakes.total,
    shareOf(stakes.nav, limits.categoryPercent) - stakes.category,
    shareOf(stakes.nav, limits.correlatedPercent) - stakes.correlated,
    stakes.budget === null ? Infinity : stakes.budget - stakes.strategy,
    stakes.canary?.order ?? Infinity,
    stakes.canary == null ? Infinity : stakes.canary.exposure - stakes.total,
    stakes.cash,
  ));
}
