/**
 * Where an order is found: by its own id, by the exchange's, and by its market while it is open. Those that ended are kept
 * for a while, so that late fills find them.
 * @module
 */

import type { OrderState } from "./order_state.ts";

/** Ended orders kept; beyond it the one that ended first is forgotten. */
const ENDED_KEPT = 4_096;
const NONE: ReadonlySet<OrderState> = new Set();

export class OrderIndex {
  readonly #open = new Map<string, OrderState>();
  readonly #openByTicker = new Map<string, Set<OrderState>>();
  readonly #ended = new Map<string, OrderState>();
  /** One walk through it for good: a new one would go over the holes of all that were forgotten, thousands of them. */
  readonly #endedFirst = this.#ended.entries();
  readonly #clientIds = new Map<string, string>();
  /** What the exchange calls or called an order: one id, unless a change gave it another one. */
  readonly #orderIds = new Map<string, string[]>();

  get(clientOrderId: string): OrderState | undefined {
    return this.#open.get(clientOrderId) ?? this.#ended.get(clientOrderId);
  }

  byOrderId(orderId: string): OrderState | undefined {
    const clientOrderId = this.#clientIds.get(orderId);
    return clientOrderId === undefined ? undefined : this.get(clientOrderId);
  }

  /** Oldest first. */
  open(): Iterable<OrderState> {
    return this.#open.values();
  }

  openIn(ticker: string): ReadonlySet<OrderState> {
    return this.#openByTicker.get(ticker) ?? NONE;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** The exchange calls an order so from now on; it is still found by what it was called before. */
  name(clientOrderId: string, orderId: string): void {
    this.#clientIds.set(orderId, clientOrderId);
    const known = this.#orderIds.get(clientOrderId);
    if (known !== undefined) known.push(orderId);
    else this.#orderIds.set(clientOrderId, [orderId]);
  }

  /** An order is open, perhaps again. */
  take(order: OrderState): void {
    const { clientOrderId, ticker } = order.intent;
    this.#ended.delete(clientOrderId);
    this.#open.set(clientOrderId, order);
    const there = this.#openByTicker.get(ticker);
    if (there === undefined) this.#openByTicker.set(ticker, new Set([order]));
    else there.add(order);
  }

  /** An order is over. The one that is forgotten for it, if any is. */
  end(order: OrderState): OrderState | null {
    const { clientOrderId, ticker } = order.intent;
    this.#open.delete(clientOrderId);
    const there = this.#openByTicker.get(ticker);
    there?.delete(order);
    if (there?.size === 0) this.#openByTicker.delete(ticker);
    this.#ended.set(clientOrderId, order);
    if (this.#ended.size <= ENDED_KEPT) return null;
    const oldest = this.#endedFirst.next();
    if (oldest.done) return null;
    const [id, ended] = oldest.value;
    this.#ended.delete(id);
    for (const orderId of this.#orderIds.get(id) ?? []) this.#clientIds.delete(orderId);
    this.#orderIds.delete(id);
    return ended;
  }
}
