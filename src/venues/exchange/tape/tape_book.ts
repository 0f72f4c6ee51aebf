/**
 * The orders of others in one recorded market, as explicit anonymous orders in its book: what they show is what the tape
 * shows, and whoever else trades there meets them by price and time.
 *
 * | on the tape | in the book |
 * | --- | --- |
 * | a level grows | more behind all that stand there; what of ours it crosses, it trades with |
 * | a level shrinks, and somebody traded there | an order of that size comes and takes, ours too where they stand before others |
 * | a level shrinks, and nobody traded | the newest of the others' orders go: what vanishes stood behind us |
 * | a trade at a level that did not shrink | an order of that size comes and takes, then the others are back, behind us |
 *
 * Who they are is not recorded: what stands together at a level is one order, and trades as one.
 *
 * The tape does not answer to us. What we took of a level is gone until the tape says anything of that level: then others
 * stand for what it shows, but for those who came and met resting orders of ours: they are gone for as long as the level shows
 * any, or they would meet ours again at every change. Of what the tape says that others sold to each other, ours may have taken a part: so much of the
 * others goes then. Where the tape has bids and asks that cross, as it does for some messages amid a burst, they stand beside
 * each other and do not trade.
 * @module
 */

import type { Side } from "../../../core/order.ts";
import { type Count, count, type Micros, type Price } from "../../../core/units.ts";
import type { Account } from "../account.ts";
import type { TradingFloor } from "../floor.ts";
import type { ListedMarket } from "../listed_market.ts";
import type { BookOrder } from "../order.ts";
import type { LevelChange } from "./recorded_trades.ts";

interface TapeLevel extends LevelChange {
  /** What the tape shows. */
  shown: Count;
  /** What of that came and met ours. */
  met: number;
  /** Oldest first: one, and one more for each time that some came behind orders of ours. */
  orders: BookOrder[];
}

/** Whose orders these are: those that rest, and those that come and take. Two owners, so that they may meet. */
export interface Others {
  readonly resting: Account;
  readonly taking: Account;
}

const opposite = (side: Side): Side => (side === "bid" ? "ask" : "bid");

export class TapeBook {
  readonly #market: ListedMarket;
  readonly #floor: TradingFloor;
  readonly #others: Others;
  readonly #levels = new Map<string, TapeLevel>();

  constructor(market: ListedMarket, floor: TradingFloor, others: Others) {
    this.#market = market;
    this.#floor = floor;
    this.#others = others;
  }

  /** A level changes by `delta`; `traded` of a decrease were trades. A level that would go below nothing shows nothing. */
  change(change: LevelChange, delta: number, traded: Count, at: Micros): void {
    const level = this.#level(change);
    if (traded > 0) this.#take(level, traded, at);
    show(level, count(Math.max(0, level.shown + delta)));
    this.#adjust(level, at);
    this.#uncross(at);
  }

  /** A trade that no level shows. */
  traded(change: LevelChange, size: Count, at: Micros): void {
    const level = this.#level(change);
    this.#take(level, size, at);
    this.#adjust(level, at);
  }

  /** Shows these levels and no others. A level that shows the same did not change. */
  replace(levels: readonly (LevelChange & { readonly size: Count })[], at: Micros): void {
    const sizes = new Map(levels.map(({ size, ...change }) => [this.#level(change), size]));
    const changes = [...this.#levels.values()]
      .map((level) => ({ level, size: sizes.get(level) ?? count(0) }))
      .filter(({ level, size }) => size !== level.shown)
      // First what goes: what comes must not meet what is not there any more.
      .sort((a, b) => (a.size - a.level.shown) - (b.size - b.level.shown));
    for (const { level, size } of changes) {
      show(level, size);
      this.#adjust(level, at);
    }
    this.#uncross(at);
  }

  #level(change: LevelChange): TapeLevel {
    const key = `${change.side} ${change.price}`;
    const known = this.#levels.get(key);
    if (known !== undefined) return known;
    const level = { side: change.side, price: change.price, shown: count(0), met: 0, orders: [] };
    this.#levels.set(key, level);
    return level;
  }

  /** Others stand for what the tape shows. */
  #adjust(level: TapeLevel, at: Micros): void {
    let excess = standing(level) - (level.shown - level.met);
    if (excess < 0) this.#add(level, count(-excess), at);
    while (excess > 0) {
      const newest = level.orders[level.orders.length - 1];
      if (newest.remaining > excess) {
        this.#floor.reduce(this.#market, newest, count(excess), at);
        return;
      }
      excess -= newest.remaining;
      this.#floor.withdraw(this.#market, newest, at);
      level.orders.pop();
    }
  }

  /** More behind all that stand there: one order with the last, unless ours stands between. */
  #add(level: TapeLevel, size: Count, at: Micros): void {
    const newest = level.orders.at(-1);
    const crosses = this.#market.book.crosses(level.side, level.price);
    if (newest !== undefined && !crosses && this.#floor.grow(this.#market, newest, size, at)) return;
    const order = this.#order(this.#others.resting, level.side, level.price, size);
    level.orders.push(order);
    this.#enter(level, order, at);
  }

  /** Trades with ours that it crosses, and rests: also where it crosses orders of others. */
  #enter(level: TapeLevel, order: BookOrder, at: Micros): void {
    const size = order.remaining;
    const { resting } = this.#floor.place(this.#market, order, "taker_at_cross", true, at);
    level.met += size - order.remaining;
    if (!resting && order.remaining > 0) this.#floor.rest(this.#market, order, at);
  }

  /** Somebody takes so much at this price. Others at better prices are none that the tape says were hit. */
  #take({ side, price }: TapeLevel, size: Count, at: Micros): void {
    const better = [...this.#levels.values()]
      .filter((each) => each.side === side && (side === "bid" ? each.price > price : each.price < price))
      .map((each) => ({ each, before: standing(each) }));
    const taker = this.#order(this.#others.taking, opposite(side), price, size);
    this.#floor.place(this.#market, taker, "taker_at_cross", false, at);
    for (const { each, before } of better) {
      const hit = before - standing(each);
      if (hit > 0) this.#add(each, count(hit), at);
    }
  }

  /** Lets orders trade that only stood apart because others, who are gone, stood between them. */
  #uncross(at: Micros): void {
    const { book } = this.#market;
    for (;;) {
      const bid = book.orders("bid").next().value;
      const ask = book.orders("ask").next().value;
      if (bid === undefined || ask === undefined || bid.price < ask.price) return;
      const { resting } = this.#others;
      const [others, ours] = bid.account === resting ? [bid, ask] : [ask, bid];
      if (others.account !== resting || ours.account === resting) return;
      this.#floor.withdraw(this.#market, others, at);
      this.#enter(this.#level(others), others, at);
    }
  }

  #order(account: Account, side: Side, price: Price, size: Count): BookOrder {
    return { owner: account.owner, account, member: null, side, price, remaining: size };
  }
}

function show(level: TapeLevel, shown: Count): void {
  level.shown = shown;
  level.met = Math.min(level.met, shown);
}

/** What others have at a level; those who have traded all are forgotten. */
function standing(level: TapeLevel): number {
  level.orders = level.orders.filter(({ remaining }) => remaining > 0);
  return level.orders.reduce((sum, { remaining }) => sum + remaining, 0);
}
