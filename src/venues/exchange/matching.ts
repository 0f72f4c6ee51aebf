/**
 * One market's book and its matching: price-time priority, execution at the resting order's price (KALSHI.md 4.7, 6).
 *
 * Inside there is one YES book with bids and asks; the wire's NO bids are these asks seen from the other side.
 * @module
 */

import type { Side } from "../../core/order.ts";
import type { Count, Price } from "../../core/units.ts";

/** What matching needs to know of an order; the rest is the caller's. While it rests, only the book writes `remaining`. */
export interface MatchableOrder {
  /** Who placed it: an owner never trades with itself. */
  readonly owner: number;
  readonly side: Side;
  price: Price;
  remaining: Count;
}

/** What to do when an order meets one of its owner's own (KALSHI.md 4.3). */
export type SelfTradePrevention = "taker_at_cross" | "maker";

export type MatchStep<Order> =
  | { readonly type: "match"; readonly maker: Order; readonly price: Price; readonly count: Count }
  /**
   * A resting order was taken off the book instead of trading: the owner's own (`maker` mode), or one that may not
   * trade any further.
   */
  | {
    readonly type: "maker_cancelled";
    readonly maker: Order;
    readonly count: Count;
    readonly because: "self_trade" | "limit";
  };

/** How much more a resting order may trade; asked anew for every trade, once those before it count. */
export type TradeLimit<Order> = (maker: Order) => number;

const unlimited = (): number => Number.POSITIVE_INFINITY;

export interface MatchOutcome<Order> {
  readonly steps: readonly MatchStep<Order>[];
  /** The taker met its owner's own order and goes no further (`taker_at_cross` mode). */
  readonly stoppedBySelf: boolean;
}

interface Level<Order> {
  readonly price: Price;
  /** In order of arrival. */
  readonly queue: Order[];
  total: number;
}

const opposite = (side: Side): Side => (side === "bid" ? "ask" : "bid");

export class MatchingBook<Order extends MatchableOrder> {
  /** Best last, on both sides: bids ascend, asks descend. */
  readonly #levels: Readonly<Record<Side, Level<Order>[]>> = { bid: [], ask: [] };

  best(side: Side): Price | null {
    return this.#levels[side].at(-1)?.price ?? null;
  }

  bestSize(side: Side): Count {
    return (this.#levels[side].at(-1)?.total ?? 0) as Count;
  }

  /** Whether an order at this price would trade at once. */
  crosses(side: Side, price: Price): boolean {
    const best = this.best(opposite(side));
    return best !== null && (side === "bid" ? best <= price : best >= price);
  }

  /** How much an order at this price could trade at once with others than its owner. */
  fillable(side: Side, price: Price, owner: number): Count {
    const levels = this.#levels[opposite(side)];
    let sum = 0;
    for (let at = levels.length - 1; at >= 0; at--) {
      if (side === "bid" ? levels[at].price > price : levels[at].price < price) break;
      for (const order of levels[at].queue) {
        if (order.owner === owner) continue;
        sum += order.remaining;
      }
    }
    return sum as Count;
  }

  /** Whether an order at this price would meet one of its owner's own. */
  meetsOwn(side: Side, price: Price, owner: number): boolean {
    const levels = this.#levels[opposite(side)];
    for (let at = levels.length - 1; at >= 0; at--) {
      if (side === "bid" ? levels[at].price > price : levels[at].price < price) return false;
      if (levels[at].queue.some((order) => order.owner === owner)) return true;
    }
    return false;
  }

  /** Trades the order against the book as far as its price goes; what remains of it is not placed. */
  match(
    taker: Order,
    prevention: SelfTradePrevention,
    mayTrade: TradeLimit<Order> = unlimited,
    traded: (maker: Order, count: Count) => void = () => {},
  ): MatchOutcome<Order> {
    const levels = this.#levels[opposite(taker.side)];
    const steps: MatchStep<Order>[] = [];
    while (taker.remaining > 0) {
      const level = levels.at(-1);
      if (level === undefined) break;
      if (taker.side === "bid" ? level.price > taker.price : level.price < taker.price) break;
      const maker = level.queue[0];
      if (maker.owner === taker.owner) {
        if (prevention === "taker_at_cross") return { steps, stoppedBySelf: true };
        steps.push(this.#takeOff(level, maker, "self_trade"));
      } else {
        const count = Math.min(taker.remaining, maker.remaining, mayTrade(maker)) as Count;
        if (count <= 0) {
          steps.push(this.#takeOff(level, maker, "limit"));
        } else {
          steps.push({ type: "match", maker, price: level.price, count });
          taker.remaining = (taker.remaining - count) as Count;
          this.#shrink(level, maker, count);
          traded(maker, count);
        }
      }
      if (level.queue.length === 0) levels.pop();
    }
    return { steps, stoppedBySelf: false };
  }

  #takeOff(level: Level<Order>, maker: Order, because: "self_trade" | "limit"): MatchStep<Order> {
    const count = maker.remaining;
    this.#shrink(level, maker, count);
    return { type: "maker_cancelled", maker, count, because };
  }

  /** Takes `count` off an order that stands first in its level, and the order with it once nothing is left. */
  #shrink(level: Level<Order>, order: Order, count: Count): void {
    order.remaining = (order.remaining - count) as Count;
    level.total -= count;
    if (order.remaining === 0) level.queue.shift();
  }

  /** Places what remains of an order at the end of its level. The caller has matched it first. */
  rest(order: Order): void {
    const level = this.#levelFor(order.side, order.price);
    level.queue.push(order);
    level.total += order.remaining;
  }

  /** Takes a resting order off the book; its `remaining` stays as it was. False where it does not rest here. */
  remove(order: Order): boolean {
    const found = this.#findExisting(order.side, order.price);
    if (found === null) return false;
    const place = found.level.queue.indexOf(order);
    if (place < 0) return false;
    found.level.queue.splice(place, 1);
    found.level.total -= order.remaining;
    if (found.level.queue.length === 0) this.#levels[order.side].splice(found.at, 1);
    return true;
  }

  /** Makes a resting order smaller; it keeps its place. */
  reduce(order: Order, by: Count): void {
    const found = this.#findExisting(order.side, order.price);
    if (found === null || by <= 0 || by >= order.remaining) throw new RangeError(`Cannot reduce an order by ${by}`);
    order.remaining = (order.remaining - by) as Count;
    found.level.total -= by;
  }

  /** Makes a resting order larger where nobody stands behind it at its price; false, and nothing is done, where somebody does. */
  grow(order: Order, by: Count): boolean {
    const level = this.#findExisting(order.side, order.price)?.level;
    if (level === undefined || level.queue.at(-1) !== order) return false;
    order.remaining = (order.remaining + by) as Count;
    level.total += by;
    return true;
  }

  /** Contracts that stand before this order at its price. */
  ahead(order: Order): Count {
    let sum = 0;
    for (const other of this.#findExisting(order.side, order.price)?.level.queue ?? []) {
      if (other === order) break;
      sum += other.remaining;
    }
    return sum as Count;
  }

  /** `[price, contracts]` of the best `depth` levels, best last. */
  levels(side: Side, depth = Number.POSITIVE_INFINITY): readonly (readonly [Price, Count])[] {
    const levels = this.#levels[side];
    return levels.slice(Math.max(0, levels.length - depth)).map((level) => [level.price, level.total as Count]);
  }

  /** Every resting order, best price first, oldest first. */
  *orders(side: Side): Generator<Order> {
    const levels = this.#levels[side];
    for (let at = levels.length - 1; at >= 0; at--) yield* levels[at].queue;
  }

  #findExisting(side: Side, price: Price): { level: Level<Order>; at: number } | null {
    const levels = this.#levels[side];
    const at = this.#position(levels, side, price);
    const level = levels.at(at);
    return at < levels.length && level !== undefined && level.price === price ? { level, at } : null;
  }

  #levelFor(side: Side, price: Price): Level<Order> {
    const existing = this.#findExisting(side, price);
    if (existing !== null) return existing.level;
    const levels = this.#levels[side];
    const level: Level<Order> = { price, queue: [], total: 0 };
    levels.splice(this.#position(levels, side, price), 0, level);
    return level;
  }

  /** Index of the level of this price, or where it would go. */
  #position(levels: readonly Level<Order>[], side: Side, price: Price): number {
    let low = 0;
    let high = levels.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const before = side === "bid" ? levels[middle].price < price : levels[middle].price > price;
      if (before) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
