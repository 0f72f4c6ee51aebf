/**
 * The paper fill model: answers orders as the exchange would, against the venue's real market data (REQUIREMENTS.md X4).
 *
 * An order reaches the book after a latency. What crosses walks the visible levels, each at its own price worsened by a
 * slippage setting, and never takes the same displayed contracts twice. What rests joins the queue behind everything
 * displayed at its price and moves up only by trades there, or when the level shrinks below its place: contracts that
 * vanish are taken to have stood behind us. An opposite quote at or through our price fills us, because it would have met us.
 *
 * An execution shows twice, as a change of the level and as a trade, mostly in this order, and a sweep shows all its changes
 * before its trades (KALSHI.md 4.9). So what left a level is set against the trades that follow it, and only what
 * no trade explains within {@link TRADE_PATIENCE} may prove that others left from before us.
 * @module
 */

import type { Book } from "../core/book.ts";
import { feeRuleAt, OrderFees, type Role } from "../core/fees.ts";
import type { BookDeltaInput, FillInput, Input, TradeInput } from "../core/input.ts";
import type { Ladder } from "../core/ladder.ts";
import type { Market } from "../core/market.ts";
import type { OrderIntent, Side } from "../core/order.ts";
import {
  complement,
  type Count,
  count,
  type Micros,
  micros,
  MICROS_PER_MILLISECOND,
  MICROS_PER_SECOND,
  ONE_DOLLAR_PRICE,
  type Price,
} from "../core/units.ts";

export interface PaperSettings {
  /** From decision to matching, milliseconds. */
  readonly latencyMs: number;
  /** Added to each taking fill's price, $0.0001. */
  readonly slippage: Price;
}

/** What the model needs to see of a market when it matches. */
export interface PaperMarket {
  readonly market: Market;
  readonly book: Book;
}

type Answer = Extract<
  Input,
  { type: "order_accepted" | "order_rejected" | "order_cancelled" | "cancel_failed" | "fill" }
>;

interface PaperOrder {
  readonly intent: OrderIntent;
  readonly fees: OrderFees;
  readonly arrivesAt: Micros;
  resting: boolean;
  left: Count;
  /** Contracts displayed before ours at our price. */
  ahead: Count;
  /** Contracts that left our level a moment ago, and that a trade may still explain. */
  unexplained: Count;
  unexplainedAt: Micros;
  fills: number;
  cancelArrivesAt: Micros | null;
}

/** Displayed contracts that were taken, and how many the level showed then. */
interface Taken {
  contracts: Count;
  readonly shown: Count;
}

/** A trade follows its change of the book within this, or there was none. */
export const TRADE_PATIENCE = 1 * MICROS_PER_SECOND;

const ownLadder = (book: Book, side: Side): Ladder => side === "bid" ? book.yes : book.no;
const otherLadder = (book: Book, side: Side): Ladder => side === "bid" ? book.no : book.yes;
/** A YES price on the ladder that bids of this side stand on. */
const ownPrice = (side: Side, at: Price): Price => side === "bid" ? at : complement(at);

export class PaperVenue {
  readonly #settings: PaperSettings;
  readonly #market: (ticker: string) => PaperMarket | undefined;
  readonly #orders = new Map<string, PaperOrder>();
  /** Displayed contracts we already took, until their level changes: ticker -> price of a YES level, minus that of a NO one. */
  readonly #taken = new Map<string, Map<number, Taken>>();
  #nextDue = Infinity;

  constructor(settings: PaperSettings, market: (ticker: string) => PaperMarket | undefined) {
    this.#settings = settings;
    this.#market = market;
  }

  place(intent: OrderIntent, at: Micros): void {
    const market = this.#market(intent.ticker)?.market;
    const schedule = market?.fees ?? { type: "quadratic", multiplierMillionths: 1_000_000 };
    const arrivesAt = this.#arrival(at);
    this.#orders.set(intent.clientOrderId, {
      intent,
      fees: new OrderFees(feeRuleAt(at), schedule),
      arrivesAt,
      resting: false,
      left: intent.count,
      ahead: count(0),
      unexplained: count(0),
      unexplainedAt: at,
      fills: 0,
      cancelArrivesAt: null,
    });
    this.#nextDue = Math.min(this.#nextDue, arrivesAt);
  }

  cancel(clientOrderId: string, at: Micros): void {
    const order = this.#orders.get(clientOrderId);
    if (order === undefined || order.cancelArrivesAt !== null) return;
    order.cancelArrivesAt = this.#arrival(at);
    this.#nextDue = Math.min(this.#nextDue, order.cancelArrivesAt);
  }

  /** Everything that falls due up to now, against the books as they stood before the input that brings the time. */
  advance(now: Micros): Answer[] {
    if (now < this.#nextDue) return [];
    const answers: Answer[] = [];
    this.#nextDue = Infinity;
    for (const order of this.#orders.values()) {
      if (!order.resting && order.arrivesAt <= now) this.#match(order, order.arrivesAt, answers);
      if (order.cancelArrivesAt !== null && order.cancelArrivesAt <= now) {
        this.#end(order, order.cancelArrivesAt, answers);
      } else if (order.resting && order.intent.expiresAt !== null && order.intent.expiresAt <= now) {
        this.#end(order, order.intent.expiresAt, answers);
      }
      if (this.#orders.has(order.intent.clientOrderId)) this.#note(order);
    }
    return answers;
  }

  /** After a change was applied to the book: places in the queue, and quotes that meet ours. */
  onDelta(delta: BookDeltaInput): Answer[] {
    this.#taken.get(delta.ticker)?.delete(delta.side === "yes" ? delta.price : -delta.price);
    const answers: Answer[] = [];
    if (this.#orders.size === 0) return answers;
    const book = this.#market(delta.ticker)?.book;
    if (book === undefined) return answers;
    for (const order of this.#orders.values()) {
      if (!order.resting || order.intent.ticker !== delta.ticker) continue;
      const sameSide = (order.intent.side === "bid") === (delta.side === "yes");
      if (sameSide) shrink(order, book, delta);
      else if (delta.delta > 0) this.#meet(order, delta.price, delta.delta, delta.at, answers);
    }
    return answers;
  }

  /** A public trade: the queue at its price moves up; one through our price would have filled us first. */
  onTrade(trade: TradeInput): Answer[] {
    const answers: Answer[] = [];
    for (const order of this.#orders.values()) {
      const { ticker, side, price } = order.intent;
      if (!order.resting || ticker !== trade.ticker || trade.takerSide === side) continue;
      const level = ownPrice(side, price);
      const traded = ownPrice(side, trade.price);
      if (traded > level) continue;
      const queued = traded === level ? order.ahead : count(0);
      order.unexplained = count(Math.max(0, order.unexplained - trade.count));
      order.ahead = count(Math.max(0, queued - trade.count));
      const reaches = count(Math.min(order.left, Math.max(0, trade.count - queued)));
      if (reaches > 0) this.#fill(order, price, reaches, "maker", trade.at, answers);
    }
    return answers;
  }

  /** A fresh snapshot replaced the book: our place is at most what is displayed, and what was taken stays so where the level shows the same. */
  onSnapshot(ticker: string, at: Micros): Answer[] {
    const answers: Answer[] = [];
    const book = this.#market(ticker)?.book;
    if (book === undefined) return answers;
    this.#forgetChanged(ticker, book);
    for (const order of this.#orders.values()) {
      if (!order.resting || order.intent.ticker !== ticker) continue;
      const { side, price } = order.intent;
      order.ahead = count(Math.min(order.ahead, ownLadder(book, side).sizeAt(ownPrice(side, price))));
      order.unexplained = count(0);
      const ladder = otherLadder(book, side);
      let level = ladder.best;
      while (order.left > 0 && this.#reachable(order.intent, level)) {
        this.#meet(order, level as Price, this.#untaken(order.intent, ladder, level as Price), at, answers);
        level = ladder.below(level as Price);
      }
    }
    return answers;
  }

  #forgetChanged(ticker: string, book: Book): void {
    const taken = this.#taken.get(ticker);
    if (taken === undefined) return;
    for (const [key, { shown }] of taken) {
      const size = key > 0 ? book.yes.sizeAt(key as Price) : book.no.sizeAt(-key as Price);
      if (size !== shown) taken.delete(key);
    }
  }

  /** The market closed: whatever rests is cancelled by the exchange, whatever is still on its way is refused. */
  onClose(ticker: string, at: Micros): Answer[] {
    const answers: Answer[] = [];
    for (const order of this.#orders.values()) {
      const { intent } = order;
      if (intent.ticker !== ticker) continue;
      if (order.resting) this.#end(order, at, answers);
      else this.#reject(order, at, "MARKET_INACTIVE", `${ticker} is not open`, answers);
    }
    this.#taken.delete(ticker);
    return answers;
  }

  #arrival(at: Micros): Micros {
    return micros(at + this.#settings.latencyMs * MICROS_PER_MILLISECOND);
  }

  #note(order: PaperOrder): void {
    if (!order.resting) this.#nextDue = Math.min(this.#nextDue, order.arrivesAt);
    if (order.cancelArrivesAt !== null) this.#nextDue = Math.min(this.#nextDue, order.cancelArrivesAt);
    if (order.intent.expiresAt !== null) this.#nextDue = Math.min(this.#nextDue, order.intent.expiresAt);
  }

  #match(order: PaperOrder, at: Micros, answers: Answer[]): void {
    const { intent } = order;
    const found = this.#market(intent.ticker);
    const refusal = this.#refusal(intent, found, at);
    if (refusal !== null || found === undefined) {
      const [code, reason] = refusal ?? ["not_found", `No market ${intent.ticker}`];
      this.#reject(order, at, code, reason, answers);
      return;
    }
    const fills: Answer[] = [];
    const total = this.#walk(order, found.book, at, fills);
    const rests = order.left > 0 && intent.timeInForce === "good_till_canceled";
    answers.push({
      type: "order_accepted",
      at,
      clientOrderId: intent.clientOrderId,
      orderId: `paper-${intent.clientOrderId}`,
      fillCount: total,
      remainingCount: rests ? order.left : count(0),
    });
    answers.push(...fills);
    if (!rests) {
      this.#orders.delete(intent.clientOrderId);
      return;
    }
    order.resting = true;
    order.ahead = ownLadder(found.book, intent.side).sizeAt(ownPrice(intent.side, intent.price));
  }

  /** As the exchange refuses (KALSHI.md 3.2), and where the model cannot know what would have happened. */
  #refusal(intent: OrderIntent, found: PaperMarket | undefined, at: Micros): [string, string] | null {
    if (found === undefined) return ["not_found", `No market ${intent.ticker}`];
    const { market, book } = found;
    if (market.status !== "active" || at < market.openTime || at >= market.closeTime) {
      return ["MARKET_INACTIVE", `${intent.ticker} is not open`];
    }
    if (intent.expiresAt !== null && intent.expiresAt <= at) {
      return ["invalid_order", "Expiration timestamp must be in the future"];
    }
    if (!book.isTradable) {
      return ["book_not_in_sync", `The book of ${intent.ticker} is ${book.phase}; no paper fill can be known`];
    }
    const best = otherLadder(book, intent.side).best;
    const crosses = best !== 0 && best + ownPrice(intent.side, intent.price) >= ONE_DOLLAR_PRICE;
    if (intent.postOnly && crosses) return ["invalid_order", "post only cross"];
    if (intent.timeInForce === "fill_or_kill" && this.#available(intent, book) < intent.count) {
      return ["fill_or_kill_insufficient_resting_volume", "Not enough rests at the limit or better"];
    }
    return null;
  }

  #available(intent: OrderIntent, book: Book): number {
    const ladder = otherLadder(book, intent.side);
    let sum = 0;
    for (let level = ladder.best; this.#reachable(intent, level); level = ladder.below(level as Price)) {
      sum += this.#untaken(intent, ladder, level as Price);
    }
    return sum;
  }

  #reachable(intent: OrderIntent, level: number): boolean {
    return level !== 0 && level + ownPrice(intent.side, intent.price) >= ONE_DOLLAR_PRICE;
  }

  #untaken(intent: OrderIntent, ladder: Ladder, level: Price): Count {
    const key = intent.side === "ask" ? level : -level;
    return count(Math.max(0, ladder.sizeAt(level) - (this.#taken.get(intent.ticker)?.get(key)?.contracts ?? 0)));
  }

  /** Takes from the opposite ladder, best first, down to the limit. */
  #walk(order: PaperOrder, book: Book, at: Micros, answers: Answer[]): Count {
    const { intent } = order;
    const ladder = otherLadder(book, intent.side);
    const before = order.left;
    let level = ladder.best;
    while (order.left > 0 && this.#reachable(intent, level)) {
      const size = count(Math.min(order.left, this.#untaken(intent, ladder, level as Price)));
      if (size > 0) {
        this.#take(intent, ladder, level as Price, size);
        this.#fill(order, this.#slipped(intent, level as Price), size, "taker", at, answers);
      }
      level = ladder.below(level as Price);
    }
    return count(before - order.left);
  }

  #take(intent: OrderIntent, ladder: Ladder, level: Price, size: Count): void {
    let taken = this.#taken.get(intent.ticker);
    if (taken === undefined) this.#taken.set(intent.ticker, taken = new Map());
    const key = intent.side === "ask" ? level : -level;
    const before = taken.get(key)?.contracts ?? 0;
    taken.set(key, { contracts: count(before + size), shown: ladder.sizeAt(level) });
  }

  /** The level's YES price, worsened by the slippage, but never beyond the limit. */
  #slipped(intent: OrderIntent, level: Price): Price {
    const { slippage } = this.#settings;
    return intent.side === "bid"
      ? Math.min(intent.price, complement(level) + slippage) as Price
      : Math.max(intent.price, level - slippage) as Price;
  }

  /** A new opposite quote: had we really stood there, it would have met us before it could rest. */
  #meet(order: PaperOrder, level: Price, size: Count, at: Micros, answers: Answer[]): void {
    const { intent } = order;
    const book = this.#market(intent.ticker)?.book;
    if (book === undefined || !this.#reachable(intent, level)) return;
    const ladder = otherLadder(book, intent.side);
    const met = count(Math.min(order.left, size, this.#untaken(intent, ladder, level)));
    if (met === 0) return;
    this.#take(intent, ladder, level, met);
    this.#fill(order, intent.price, met, "maker", at, answers);
  }

  #fill(order: PaperOrder, price: Price, size: Count, role: Role, at: Micros, answers: Answer[]): void {
    const { intent } = order;
    const fee = order.fees.fill({ price, count: size, side: intent.side, role }).netFee;
    order.left = count(order.left - size);
    const fill: FillInput = {
      type: "fill",
      at,
      fill: {
        tradeId: `paper-${intent.clientOrderId}-${++order.fills}`,
        orderId: `paper-${intent.clientOrderId}`,
        clientOrderId: intent.clientOrderId,
        ticker: intent.ticker,
        side: intent.side,
        price,
        count: size,
        fee,
        isTaker: role === "taker",
        executedAt: at,
      },
    };
    answers.push(fill);
    if (order.left === 0) this.#orders.delete(intent.clientOrderId);
  }

  #reject(order: PaperOrder, at: Micros, code: string, reason: string, answers: Answer[]): void {
    const { clientOrderId } = order.intent;
    this.#orders.delete(clientOrderId);
    answers.push({ type: "order_rejected", at, clientOrderId, code, reason });
  }

  #end(order: PaperOrder, at: Micros, answers: Answer[]): void {
    const { clientOrderId } = order.intent;
    if (!this.#orders.delete(clientOrderId)) return;
    answers.push({ type: "order_cancelled", at, clientOrderId, reducedBy: order.left });
  }
}

/** Our level changed: no more can stand before us than it shows, and than trades may still be heard of. */
function shrink(order: PaperOrder, book: Book, delta: BookDeltaInput): void {
  const { side, price } = order.intent;
  if (delta.price !== ownPrice(side, price)) return;
  if (delta.at - order.unexplainedAt > TRADE_PATIENCE) order.unexplained = count(0);
  if (delta.delta < 0) {
    order.unexplained = count(order.unexplained - delta.delta);
    order.unexplainedAt = delta.at;
  }
  order.ahead = count(Math.min(order.ahead, ownLadder(book, side).sizeAt(delta.price) + order.unexplained));
}
