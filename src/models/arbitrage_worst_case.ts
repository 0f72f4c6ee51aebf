/**
 * What a set of legs loses at worst where not all of them fill: an exchange takes orders one by one, and promises no two of
 * them together. Whatever filled is then closed at a stress price, which lies behind the best one that is displayed.
 *
 *     loss of a leg = (price paid - stress price) x contracts + fee of both orders
 *     worst loss    = that of all legs but the one that loses least
 *
 * With every leg filled there is nothing to close, and the set pays what it promises; with one of them missing, parts of
 * the others may still be a set of their own. So no part of the set loses more.
 * @module
 */

import { worstCaseFee } from "../core/fees.ts";
import type { FeeSchedule } from "../core/market.ts";
import type { Side } from "../core/order.ts";
import { type Count, type Money, money, ONE_DOLLAR_PRICE, type Price, price } from "../core/units.ts";

/** One order of a set. */
export interface SetLeg {
  readonly side: Side;
  /** The YES price at which it takes. */
  readonly price: Price;
  readonly fees: FeeSchedule;
  /** The best YES price at which it could be closed now; `null` where nobody would take it. */
  readonly closing: Price | null;
}

export interface Stress {
  /** How far behind {@link SetLeg.closing} a leg is closed, $0.0001. */
  readonly slippage: Price;
  /** How many fills an order may come in, at most. */
  readonly fillsPerLeg: number;
}

/** Where a leg is closed: for nothing where nobody would take it now. */
export function stressPrice({ side, closing }: SetLeg, slippage: Price): Price {
  if (side === "bid") return price(closing === null ? 0 : Math.max(0, closing - slippage));
  return price(closing === null ? ONE_DOLLAR_PRICE : Math.min(ONE_DOLLAR_PRICE, closing + slippage));
}

/** What a leg loses that fills and is closed. */
function lossOf(leg: SetLeg, contracts: Count, { slippage, fillsPerLeg }: Stress): number {
  const stress = stressPrice(leg, slippage);
  const moved = leg.side === "bid" ? leg.price - stress : stress - leg.price;
  const feeAt = (at: Price): number => worstCaseFee(leg.fees, at, contracts, "taker", fillsPerLeg);
  return Math.max(0, moved * contracts + feeAt(leg.price) + feeAt(stress));
}

/**
 * The most that so many contracts of each leg lose together where not all legs fill.
 *
 * @example
 * ```ts
 * import { worstPartialLoss } from "./arbitrage_worst_case.ts";
 * import { count, price } from "../core/units.ts";
 * import assert from "node:assert/strict";
 * const fees = { type: "quadratic", multiplierMillionths: 0 } as const;
 * const legs = [
 *   { side: "bid", price: price(4_000), fees, closing: price(3_800) },
 *   { side: "ask", price: price(5_000), fees, closing: null },
 * ] as const;
 * // Either may fill alone: YES sold at 0.37 loses 3 cents, NO that nobody takes back is lost with its 50 cents.
 * assert.equal(worstPartialLoss(legs, count(100), { slippage: price(100), fillsPerLeg: 10 }), 500_000);
 * ```
 */
export function worstPartialLoss(legs: readonly SetLeg[], contracts: Count, stress: Stress): Money {
  const losses = legs.map((leg) => lossOf(leg, contracts, stress));
  const all = losses.reduce((sum, loss) => sum + loss, 0);
  return money(all - Math.min(...losses));
}
