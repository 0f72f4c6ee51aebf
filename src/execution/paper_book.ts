/**
 * Our paper orders in one market, filled by one model against what the real book shows.
 *
 * What crosses walks the visible levels best first, each at its own price worsened by the slippage, and never takes the same
 * displayed contracts twice. What rests joins the queue behind everything displayed at its price, and fills when
 *
 * | what is heard | fills us with |
 * | --- | --- |
 * | a trade at our price, of a taker of the other side | what of it comes past those before us |
 * | such a trade beyond our price | all of it: it would have met us first |
 * | an opposite quote at or through our price | what it shows: it would have met us before it could rest |
 *
 * The contracts of one trade fill each of our orders in turn, the better price and then the older first, and no contract two.
 * @module
 */

import type { Book } from "../core/book.ts";
import type { Role } from "../core/fees.ts";
import type { BookDeltaInput, TradeInput } from "../core/input.ts";
import type { Ladder } from "../core/ladder.ts";
import type { Market } from "../core/market.ts";
import type { Side } from "../core/order.ts";
import { complement, type Count, count, type Micros, type Money, ONE_DOLLAR_PRICE, type Price } from "../core/units.ts";
import { ownPrice, type PaperOrder } from "./paper_order.ts";
import { millisecond, QueuePosition } from "./paper_queue.ts";
import { type LadderSide, TakenContracts } from "./paper_taken.ts";
import type { FillModel } from "./queue_models.ts";

/** What the model needs to see of a market when it matches. */
export interface PaperMarket {
  readonly market: Market;
  readonly book: Book;
  /** What a YES contract is worth now; `null` where nothing says. */
  readonly mark: Price | null;
}

export interface PaperExecution {
  readonly order: PaperOrder;
  readonly price: Price;
  readonly count: Count;
  readonly fee: Money;
  readonly role: Role;
  /** Of the order's fills, from 1. */
  readonly number: number;
  readonly at: Micros;
}

const ownLadder = (book: Book, side: Side): Ladder => side === "bid" ? book.yes : book.no;
const otherLadder = (book: Book, side: Side): Ladder => side === "bid" ? book.no : book.yes;
const otherSide = (side: Side): LadderSide => side === "bid" ? "no" : "yes";

export class PaperBook {
  readonly #model: FillModel;
  readonly #book: Book;
  readonly #report: (execution: PaperExecution) => void;
  /** The better price first, then the older. As many as the engine keeps open in one market. */
  readonly #resting: PaperOrder[] = [];
  readonly #taken: TakenContracts;
  #serial = 0;
  /** The newest stamp of the exchange's on a change that was heard. */
  #newest: Micros | null = null;

  constructor(model: FillModel, book: Book, report: (execution: PaperExecution) => void) {
    this.#model = model;
    this.#book = book;
    this.#report = report;
    this.#taken = new TakenContracts(model.takenUntil);
  }

  /** The better price first, then the older. */
  get resting(): readonly PaperOrder[] {
    return this.#resting;
  }

  /** What our orders took and the recorded book shows still. */
  get taken(): TakenContracts {
    return this.#taken;
  }

  /** Whether an order at this price would take at once. */
  crosses(side: Side, at: Price): boolean {
    const { best } = otherLadder(this.#book, side);
    return best !== 0 && best + ownPrice(side, at) >= ONE_DOLLAR_PRICE;
  }

  /** What an order could take at its limit or better. */
  available(order: PaperOrder): number {
    if (!this.#model.fills(order.intent.clientOrderId)) return 0;
    const ladder = otherLadder(this.#book, order.side);
    let sum = 0;
    for (let level = ladder.best; order.reaches(level); level = ladder.below(level)) {
      sum += this.#left(order, ladder, level);
    }
    return sum;
  }

  /** Takes what crosses, and lets the rest of an order that may rest join the queue. */
  enter(order: PaperOrder, at: Micros): void {
    this.#walk(order, at);
    if (order.left > 0 && order.intent.timeInForce === "good_till_canceled") this.#rest(order);
  }

  /** Goes to the back of the queue, at the order's price of now: as if it came anew. */
  reenter(order: PaperOrder, at: Micros): void {
    this.remove(order);
    this.enter(order, at);
  }

  remove(order: PaperOrder): void {
    const index = this.#resting.indexOf(order);
    if (index >= 0) this.#resting.splice(index, 1);
    order.queue = null;
  }

  /** After a change was applied to the book: places in the queue, and quotes that meet ours. */
  onDelta({ side, price, delta, exchangeTime, at }: BookDeltaInput): void {
    const shown = (side === "yes" ? this.#book.yes : this.#book.no).sizeAt(price);
    this.#taken.changed(side, price, shown);
    if (exchangeTime !== null && (this.#newest === null || exchangeTime > this.#newest)) this.#newest = exchangeTime;
    for (const order of this.#resting) {
      if ((order.side === "bid") === (side === "yes")) {
        if (order.level === price) order.queue?.changed(delta, shown, exchangeTime, at);
      } else if (delta > 0) this.#meet(order, price, delta, at);
    }
    this.#dropFilled();
  }

  /** A public trade: the queue at its price moves up; one beyond our price would have filled us first. */
  onTrade(trade: TradeInput): void {
    let used = 0;
    let before = count(0);
    for (const order of this.#resting) {
      if (trade.takerSide === order.side || this.#isBefore(trade, order)) continue;
      const traded = ownPrice(order.side, trade.price);
      if (traded > order.level) continue;
      before = traded === order.level ? this.#passQueue(order, trade, before) : this.#skipQueue(order);
      const size = Math.min(order.left, trade.count - before - used);
      if (size <= 0 || !this.#model.fills(order.intent.clientOrderId)) continue;
      used += size;
      this.#fill(order, order.price, count(size), "maker", trade.at);
    }
    this.#dropFilled();
  }

  /** A fresh snapshot replaced the book: nobody knows what happened between. */
  onSnapshot(at: Micros): void {
    this.#taken.replaced(this.#book);
    for (const order of this.#resting) {
      order.queue?.replaced(ownLadder(this.#book, order.side).sizeAt(order.level), at);
      const ladder = otherLadder(this.#book, order.side);
      for (let level = ladder.best; order.left > 0 && order.reaches(level); level = ladder.below(level)) {
        this.#meet(order, level, ladder.sizeAt(level), at);
      }
    }
    this.#dropFilled();
  }

  /** A trade at our price: how many contracts stood before us. */
  #passQueue({ queue }: PaperOrder, trade: TradeInput, least: Count): Count {
    if (queue === null) return count(0);
    const before = queue.aheadOf(trade.exchangeTime, trade.at, least);
    queue.traded(trade.count, trade.exchangeTime, trade.at);
    return before;
  }

  /** A trade beyond our price: nobody was left before us. */
  #skipQueue({ queue }: PaperOrder): Count {
    queue?.passed();
    return count(0);
  }

  /** Whether a trade happened before an order rested, though it is heard of only now: its change was heard of then. */
  #isBefore(trade: TradeInput, { restsSince }: PaperOrder): boolean {
    const stamp = millisecond(trade.exchangeTime);
    return restsSince !== null && stamp !== null && stamp <= restsSince;
  }

  #rest(order: PaperOrder): void {
    const { cancelledAhead } = this.#model;
    const shown = ownLadder(this.#book, order.side).sizeAt(order.level);
    order.queue = cancelledAhead === null ? null : new QueuePosition(cancelledAhead, shown);
    order.restsSince = millisecond(this.#newest);
    order.serial = this.#serial++;
    // The first that it stands before: one at a worse price.
    const index = this.#resting.findIndex((other) => other.level < order.level);
    this.#resting.splice(index < 0 ? this.#resting.length : index, 0, order);
  }

  /** Takes from the opposite ladder, best first, down to the limit. */
  #walk(order: PaperOrder, at: Micros): void {
    if (!this.#model.fills(order.intent.clientOrderId)) return;
    const ladder = otherLadder(this.#book, order.side);
    for (let level = ladder.best; order.left > 0 && order.reaches(level); level = ladder.below(level)) {
      this.#take(order, ladder, level, order.left, "taker", this.#slipped(order, level), at);
    }
  }

  /** A new opposite quote: had we really stood there, it would have met us before it could rest. */
  #meet(order: PaperOrder, level: Price, size: Count, at: Micros): void {
    if (!order.reaches(level) || !this.#model.fills(order.intent.clientOrderId)) return;
    const most = count(Math.min(order.left, size));
    this.#take(order, otherLadder(this.#book, order.side), level, most, "maker", order.price, at);
  }

  #take(order: PaperOrder, ladder: Ladder, level: Price, most: Count, role: Role, price: Price, at: Micros): void {
    const size = count(Math.min(most, this.#left(order, ladder, level)));
    if (size === 0) return;
    this.#taken.take(otherSide(order.side), level, ladder.sizeAt(level), size);
    this.#fill(order, price, size, role, at);
  }

  #left(order: PaperOrder, ladder: Ladder, level: Price): Count {
    return this.#taken.left(otherSide(order.side), level, ladder.sizeAt(level));
  }

  /** The level's YES price, worsened by the slippage, but never beyond the limit. */
  #slipped({ side, price }: PaperOrder, level: Price): Price {
    const paid = complement(level);
    const slipped = paid + this.#model.slippage(paid);
    return (side === "bid" ? Math.min(price, slipped) : Math.max(price, ONE_DOLLAR_PRICE - slipped)) as Price;
  }

  #fill(order: PaperOrder, price: Price, size: Count, role: Role, at: Micros): void {
    const fee = order.fees.fill({ price, count: size, side: order.side, role }).netFee;
    order.left = count(order.left - size);
    order.filled = count(order.filled + size);
    this.#report({ order, price, count: size, fee, role, number: ++order.fills, at });
  }

  #dropFilled(): void {
    for (let k = this.#resting.length - 1; k >= 0; k--) {
      if (this.#resting[k].left === 0) this.#resting.splice(k, 1);
    }
  }
}
