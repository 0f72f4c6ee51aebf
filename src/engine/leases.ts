/**
 * Resting orders have short lives, and are renewed while somebody looks after them: those of a bot that died, hung or lost
 * its network die by themselves. A renewal changes the expiry alone, so that the order keeps its place (KALSHI.md 4.7).
 *
 * An order is due when half of its lease is over. Of those due, the ones that end soonest are renewed, so many in a
 * second at most: with r renewals a second and leases of L seconds, r x L / 2 resting orders are kept alive. Each
 * costs 10 tokens of the write budget (KALSHI.md 3.3): the default of 2 a second takes at most 20 of the 100 that the
 * lowest tier has, and keeps 120 orders with leases of 120 s. An order whose price or size is changed is renewed on
 * the way, at no cost.
 *
 * | case | what becomes of the order |
 * | --- | --- |
 * | due, rests, nothing else under way | renewed |
 * | due, a change or cancel of it is under way | the next second decides |
 * | the renewal is refused | stays with its old expiry; tried again later and later |
 * | the exchange takes no amends now, or a halt stands | lives until its expiry |
 * | more are due than may be renewed | those that end later wait; what ends before its turn is placed anew where it is still wanted |
 * | without expiry: of a version or a setting before | gets one |
 * | its market closes before it expires | is not renewed |
 *
 * @module
 */

import { type Micros, micros, MICROS_PER_SECOND } from "../core/units.ts";
import { isSettled, type OrderState } from "../execution/order_state.ts";
import type { ExecutionSettings } from "./execution_settings.ts";

export class Leases {
  readonly #lease: number;
  readonly #renewals: number;

  constructor({ lease, leaseRenewals }: Pick<ExecutionSettings, "lease" | "leaseRenewals">) {
    this.#lease = lease;
    this.#renewals = leaseRenewals;
  }

  /** When what rests from now on ends by itself: a whole second, because the wire has no others; `null` for never. */
  expiry(at: Micros): Micros | null {
    return this.#lease === 0 ? null : micros(Math.ceil((at + this.#lease) / MICROS_PER_SECOND) * MICROS_PER_SECOND);
  }

  /**
   * The orders to renew in this second, those that end soonest first.
   * @param lastsUntil when an order's market closes; `null` where that is not known
   */
  due(
    orders: Iterable<OrderState>,
    lastsUntil: (order: OrderState) => Micros | null,
    at: Micros,
  ): readonly OrderState[] {
    if (this.#lease === 0) return [];
    const found: OrderState[] = [];
    for (const order of orders) {
      if (!isSettled(order, at) || at < order.changeAgainAt) continue;
      const ends = endOf(order);
      if (ends - at > this.#lease / 2 && ends !== Infinity) continue;
      if (ends > (lastsUntil(order) ?? Infinity)) continue;
      found.push(order);
    }
    return found.sort((a, b) => endOf(a) - endOf(b)).slice(0, this.#renewals);
  }
}

const endOf = ({ terms }: OrderState): number => terms.expiresAt ?? Infinity;
