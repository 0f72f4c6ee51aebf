/**
 * Orders that rest as far as was heard here, so that one that vanished from the exchange's list without a word is noticed.
 * @module
 */

import type { Input } from "../../core/input.ts";
import type { Micros } from "../../core/units.ts";

export interface OpenOrder {
  readonly clientOrderId: string;
  readonly orderId: string;
  readonly ticker: string;
  /** When something was heard of it last. */
  readonly heardAt: Micros;
}

/** Far more than may rest; beyond it the one heard of longest ago is forgotten. */
const ORDERS_MAX = 10_000;

export class OpenOrders {
  readonly #orders = new Map<string, OpenOrder>();
  /** Tickers of orders on their way: the answer to a create does not name it. */
  readonly #placed = new Map<string, string>();

  /** An order leaves. */
  placed(clientOrderId: string, ticker: string): void {
    this.#put(this.#placed, clientOrderId, ticker);
  }

  /** Takes note of what was told about orders. */
  observe(input: Input): void {
    switch (input.type) {
      case "order_accepted": {
        const { clientOrderId, orderId, at } = input;
        const ticker = this.#placed.get(clientOrderId);
        this.#placed.delete(clientOrderId);
        if (input.remainingCount === 0 || ticker === undefined) return this.#forget(clientOrderId);
        return this.#put(this.#orders, clientOrderId, { clientOrderId, orderId, ticker, heardAt: at });
      }
      case "order_update": {
        const { clientOrderId, orderId, ticker, status } = input.order;
        if (status !== "resting") return this.#forget(clientOrderId);
        return this.#put(this.#orders, clientOrderId, { clientOrderId, orderId, ticker, heardAt: input.at });
      }
      case "order_changed": {
        const { clientOrderId, orderId, at } = input;
        const known = this.#orders.get(clientOrderId);
        if (input.remainingCount === 0 || known === undefined) return this.#forget(clientOrderId);
        return this.#put(this.#orders, clientOrderId, { ...known, orderId, heardAt: at });
      }
      case "order_cancelled":
      case "order_rejected":
        return this.#forget(input.clientOrderId);
      default:
        return;
    }
  }

  /** Of the markets where something rests. */
  get tickers(): readonly string[] {
    return [...new Set([...this.#orders.values()].map(({ ticker }) => ticker))];
  }

  /** Those not in the list, of which nothing was heard since `before`. */
  missingFrom(listed: ReadonlySet<string>, before: Micros): readonly OpenOrder[] {
    return [...this.#orders.values()].filter(({ clientOrderId, heardAt }) =>
      heardAt < before && !listed.has(clientOrderId)
    );
  }

  #forget(clientOrderId: string): void {
    this.#orders.delete(clientOrderId);
    this.#placed.delete(clientOrderId);
  }

  #put<T>(map: Map<string, T>, key: string, value: T): void {
    map.delete(key);
    map.set(key, value);
    if (map.size <= ORDERS_MAX) return;
    const oldest = map.keys().next();
    if (!oldest.done) map.delete(oldest.value);
  }
}
