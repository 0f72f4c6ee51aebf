/**
 * Which executions were heard of: each counts once, by its trade id, however often it is told; and what was executed for an
 * order before anything said whose it is.
 * @module
 */

import type { FillReport } from "../core/order.ts";
import { type Count, count } from "../core/units.ts";

/** Trade ids kept so that an execution heard twice counts once. */
const TRADE_IDS_KEPT = 16_384;
/** Order ids kept whose executions came before anything said whose they are. */
const EARLY_KEPT = 1_024;

export class Executions {
  readonly #tradeIds = new Set<string>();
  /** One walk through it for good: a new one would go over the holes of all that were forgotten, thousands of them. */
  readonly #oldestFirst = this.#tradeIds.values();
  /** Contracts by order id that were executed before the order's answer named that id. */
  readonly #early = new Map<string, Count>();

  /** @param recentTradeIds of earlier runs, newest first */
  constructor(recentTradeIds: readonly string[]) {
    // The oldest are forgotten first, and a set forgets what was put in first.
    for (const id of recentTradeIds.slice(0, TRADE_IDS_KEPT).reverse()) this.#tradeIds.add(id);
  }

  /** Whether this execution is new. Remembers it. */
  isNew({ tradeId }: FillReport): boolean {
    if (this.#tradeIds.has(tradeId)) return false;
    if (this.#tradeIds.size >= TRADE_IDS_KEPT) {
      const oldest = this.#oldestFirst.next();
      if (!oldest.done) this.#tradeIds.delete(oldest.value);
    }
    this.#tradeIds.add(tradeId);
    return true;
  }

  /** Keeps what was executed for an order id that nothing was heard of. */
  keepEarly(fill: FillReport): void {
    const before = this.#early.get(fill.orderId);
    if (before === undefined && this.#early.size >= EARLY_KEPT) {
      const oldest = this.#early.keys().next();
      if (!oldest.done) this.#early.delete(oldest.value);
    }
    this.#early.set(fill.orderId, count((before ?? 0) + fill.count));
  }

  /** Contracts that were executed before it was known whose this order id is; asked once. */
  takeEarly(orderId: string): Count {
    const early = this.#early.get(orderId);
    this.#early.delete(orderId);
    return early ?? count(0);
  }
}
