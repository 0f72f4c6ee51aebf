/**
 * What Kalshi charges for a fill, to the micro-dollar, under the rule that held at the time (KALSHI.md 7).
 *
 * A fill costs a trade fee (the fee model, rounded up) and a rounding fee (what it takes to bring the account's cash
 * change to the account's precision). Rounding is collected per order and given back in steps: the rebate.
 * @module
 */

import type { FeeSchedule } from "./market.ts";
import type { Side } from "./order.ts";
import {
  type Count,
  type Micros,
  type Money,
  money,
  notional,
  ONE_DOLLAR_PRICE,
  parseTime,
  type Price,
} from "./units.ts";

export type Role = "taker" | "maker";

/** Account precision of a direct member: an ordinary API account (KALSHI.md 7.2). */
export const DIRECT_PRECISION: Money = money(100);
/** Account precision of a non-direct member: a customer of a broker. */
export const CENT: Money = money(10_000);

/** How fees were rounded in one period. */
export interface FeeRule {
  readonly id: "2026-02" | "2026-05" | "2026-06" | "2026-09";
  /** First moment at which this rule is taken to hold. */
  readonly since: Micros;
  /** The trade fee is the model's fee rounded up to a multiple of this. */
  readonly tradeFeeStep: Money;
  /** Precision of a direct member's cash under this rule. */
  readonly precision: Money;
  /**
   * What the order's accumulated rounding gives back with a fill:
   *
   * | value | rebate |
   * | --- | --- |
   * | none | nothing |
   * | one_cent | $0.01, once the accumulated rounding exceeds $0.01 and the net fee stays at or above zero |
   * | precision | as many whole steps of the account's precision as have accumulated, at most the fill's own fee |
   */
  readonly rebate: "none" | "one_cent" | "precision";
}

function since(text: string): Micros {
  const at = parseTime(text);
  if (at === null) throw new RangeError(`Not a time: ${text}`);
  return at;
}

/**
 * The rules by date, oldest first.
 *
 * | id | what is known | date chosen |
 * | --- | --- | --- |
 * | 2026-02 | the fee schedule of February: each fill's fee rounded up to the cent | always, before the next |
 * | 2026-05 | 190 real fills of 7 to 11 May: fee up to $0.0001, cash to the cent, one-cent rebates | 9 March, when prices below a cent began |
 * | 2026-06 | the same with $0.0001 cash for direct members: demo fills of 11 June, documentation until 22 August | 1 June |
 * | 2026-09 | KALSHI.md 7.2, in force by 18 September | 1 September |
 *
 * The exchange announced none of the days of change; between 22 August and 18 September the totals of the last two
 * rules differ by less than $0.0001 a fill for a direct member.
 */
export const FEE_RULES: readonly FeeRule[] = [
  { id: "2026-02", since: since("1970-01-01T00:00:00Z"), tradeFeeStep: CENT, precision: CENT, rebate: "none" },
  {
    id: "2026-05",
    since: since("2026-03-09T00:00:00Z"),
    tradeFeeStep: money(100),
    precision: CENT,
    rebate: "one_cent",
  },
  {
    id: "2026-06",
    since: since("2026-06-01T00:00:00Z"),
    tradeFeeStep: money(100),
    precision: DIRECT_PRECISION,
    rebate: "one_cent",
  },
  {
    id: "2026-09",
    since: since("2026-09-01T00:00:00Z"),
    tradeFeeStep: money(1),
    precision: DIRECT_PRECISION,
    rebate: "precision",
  },
];

/** The rule that held at this time. */
export function feeRuleAt(time: Micros): FeeRule {
  let found: FeeRule | undefined;
  for (const rule of FEE_RULES) {
    if (found === undefined || rule.since <= time) found = rule;
  }
  if (found === undefined) throw new Error("The table of fee rules is empty");
  return found;
}

/** The `k` of the fee model in units of 0.0001 (KALSHI.md 7.1), `null` where nobody outside the exchange knows it. */
function coefficient(schedule: FeeSchedule, role: Role): number | null {
  switch (schedule.type) {
    case "quadratic":
      return role === "taker" ? 700 : 0;
    case "quadratic_with_maker_fees":
      return role === "taker" ? 700 : 175;
    case "quadratic_with_combo_maker_fees":
      return role === "taker" ? 700 : 350;
    case "flat":
      return null;
  }
}

/** False for a `flat` schedule, whose table Kalshi does not publish (KALSHI.md 7.1): such a market is not traded. */
export const isFeeKnown = (schedule: FeeSchedule): boolean => coefficient(schedule, "taker") !== null;

/** Price, its complement, count and k multiply to units of 10^-14 dollars: 10^8 of them are a micro-dollar. */
const MODEL_UNITS_PER_MICRO_DOLLAR = 100_000_000;
const MILLION = 1_000_000;

/**
 * The model's fee `M k C P (1 - P)` (KALSHI.md 7.1), rounded up to a multiple of `step`. Exact: products that leave
 * 2^53 are made with BigInt.
 *
 * @param step rounding step, $0.0001 by default: the simple bound for one fill of a direct member
 * @throws RangeError for a schedule whose fee is not known; ask {@link isFeeKnown} first
 */
export function modelFeeCeil(
  schedule: FeeSchedule,
  price: Price,
  count: Count,
  role: Role,
  step: Money = DIRECT_PRECISION,
): Money {
  const k = coefficient(schedule, role);
  if (k === null) throw new RangeError(`No fee is known for fee type ${schedule.type}: such a market is not traded`);
  const product = price * (ONE_DOLLAR_PRICE - price) * count * k;
  const divisor = MODEL_UNITS_PER_MICRO_DOLLAR * step;
  if (schedule.multiplierMillionths === MILLION && product <= Number.MAX_SAFE_INTEGER) {
    return money(quotientCeil(product, divisor) * step);
  }
  const exact = BigInt(price) * BigInt(ONE_DOLLAR_PRICE - price) * BigInt(count) * BigInt(k) *
    BigInt(schedule.multiplierMillionths);
  const exactDivisor = BigInt(divisor) * BigInt(MILLION);
  return money(Number((exact + exactDivisor - 1n) / exactDivisor) * step);
}

/** `a / b` rounded up, exact for whole numbers up to 2^53, where the remainder of two floats is slow. */
function quotientCeil(a: number, b: number): number {
  // The rounded quotient is off by one at most, and both products are exact.
  const near = Math.ceil(a / b);
  if (near * b < a) return near + 1;
  return (near - 1) * b >= a ? near - 1 : near;
}

/** The largest multiple of `step` at or below `value`, also below zero. */
function floorToMultiple(value: number, step: number): number {
  const rest = value % step;
  if (rest === 0) return value;
  return value - rest - (rest < 0 ? step : 0);
}

/** One of our executions, as far as its fee is concerned. */
export interface FeeFill {
  /** The YES price, whichever side traded. */
  readonly price: Price;
  readonly count: Count;
  readonly side: Side;
  readonly role: Role;
}

/** What one fill cost. */
export interface FillFees {
  readonly tradeFee: Money;
  readonly roundingFee: Money;
  readonly rebate: Money;
  /** `tradeFee + roundingFee - rebate`, never negative: what the exchange reports as `fee_cost`. */
  readonly netFee: Money;
  /**
   * Revenue on the YES book less the net fee: a bid pays its price, an ask receives it. An ask that opens NO also
   * posts $1.00 per contract as collateral, which is not in this figure.
   */
  readonly balanceChange: Money;
}

/**
 * The fees of one order, fill by fill: the accumulator of rounding belongs to the order and runs through its taker and
 * maker fills alike (KALSHI.md 7.2).
 *
 * Bids and asks are both taken at the YES price. That is also right for NO: buying NO at `1 - P` changes the cash by
 * `P C - C` dollars instead of `P C`, and C dollars are a whole number of cents for every count, so that neither the
 * alignment nor any fee changes.
 *
 * @example
 * ```ts
 * import { CENT, FEE_RULES, OrderFees } from "./fees.ts";
 * import { count, price } from "./units.ts";
 * import assert from "node:assert/strict";
 * const fees = new OrderFees(FEE_RULES[3], { type: "quadratic", multiplierMillionths: 1_000_000 }, CENT);
 * const first = fees.fill({ price: price(550), count: count(100), side: "bid", role: "taker" });
 * assert.equal(first.netFee, 5_000);
 * assert.equal(first.balanceChange, -60_000);
 * ```
 */
export class OrderFees {
  readonly #rule: FeeRule;
  readonly #schedule: FeeSchedule;
  readonly #precision: number;
  /** Rounding paid by earlier fills of this order and not given back yet, micro-dollars. */
  #accumulated = 0;

  /** @param precision the account's precision, by default a direct member's under the rule */
  constructor(rule: FeeRule, schedule: FeeSchedule, precision: Money = rule.precision) {
    if (precision <= 0) throw new RangeError(`An account's precision must be positive: ${precision}`);
    this.#rule = rule;
    this.#schedule = schedule;
    this.#precision = precision;
  }

  /** Charges the order's next fill. */
  fill(fill: FeeFill): FillFees {
    const tradeFee = modelFeeCeil(this.#schedule, fill.price, fill.count, fill.role, this.#rule.tradeFeeStep);
    const paid = notional(fill.price, fill.count);
    const exact = (fill.side === "bid" ? -paid : paid) - tradeFee;
    const aligned = floorToMultiple(exact, this.#precision);
    const roundingFee = exact - aligned;
    this.#accumulated += roundingFee;
    const rebate = this.#rebate(tradeFee + roundingFee);
    this.#accumulated -= rebate;
    return {
      tradeFee,
      roundingFee: money(roundingFee),
      rebate: money(rebate),
      netFee: money(tradeFee + roundingFee - rebate),
      balanceChange: money(aligned + rebate),
    };
  }

  #rebate(fee: number): number {
    switch (this.#rule.rebate) {
      case "none":
        return 0;
      case "one_cent":
        return this.#accumulated > CENT && fee >= CENT ? CENT : 0;
      case "precision":
        return floorToMultiple(Math.min(this.#accumulated, fee), this.#precision);
    }
  }
}

/**
 * An upper bound of what one order can be charged in all, for a direct member under the newest rule, however the
 * exchange cuts it into fills at this price.
 *
 * Every fill rounds its trade fee up by less than $0.000001. At a whole-cent price every rebate is paid at once, so at
 * most one step of $0.0001 stays unreturned. At a price between cents a tiny fill can cost less than one step
 * and then returns nothing, so each fill may keep a step: the bound grows with the number of fills.
 *
 * @param fillsMax most fills to reckon with; without it as many as fit, 100 to a contract, which is far more than
 * books show and makes the bound wide for large orders between cents
 */
export function worstCaseFee(
  schedule: FeeSchedule,
  price: Price,
  count: Count,
  role: Role,
  fillsMax: number = count,
): Money {
  const model = modelFeeCeil(schedule, price, count, role, money(1));
  const fills = Math.min(count, Math.max(1, fillsMax));
  const wholeCent = price % 100 === 0;
  if (wholeCent) return model === 0 ? money(0) : money(model + fills + DIRECT_PRECISION);
  return money(model + fills * DIRECT_PRECISION);
}
