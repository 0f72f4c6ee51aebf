/**
 * The trading floor: where orders meet. It moves contracts and money between accounts, keeps the tape, and tells what
 * happened in the order in which the real feed does (KALSHI.md 4.9): one delta for every resting order hit, then what
 * rests of the taker, then the trades, all with one time stamp.
 * @module
 */

import type { FillFees, Role } from "../../core/fees.ts";
import type { Side } from "../../core/order.ts";
import { type Count, type Micros, money, notional, type Price } from "../../core/units.ts";
import type { Account } from "./account.ts";
import type { Emit, PublicTrade } from "./events.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { MatchStep, SelfTradePrevention } from "./matching.ts";
import type { BookOrder, MemberFill, MemberOrder, UpdateReason } from "./order.ts";
import type { Random } from "./random.ts";

/** Trades kept for the public list; the oldest half goes once there are more. */
const TAPE_MAX = 40_000;

/** What became of an order on arrival. */
export interface Placement {
  /** A member's own fills, in order; empty for a simulated trader. */
  readonly fills: readonly MemberFill[];
  readonly stoppedBySelf: boolean;
  readonly resting: boolean;
}

/** How much reduce-only orders may still trade while one taker goes through the book (KALSHI.md 4.5). */
class ReduceLimits {
  readonly #ticker: string;
  /** What the taker has moved each account's position by so far. */
  readonly #moved = new Map<Account, number>();

  constructor(ticker: string) {
    this.#ticker = ticker;
  }

  left(maker: BookOrder): number {
    if (maker.member === null || !maker.member.terms.reduceOnly) return Number.POSITIVE_INFINITY;
    const contracts = maker.account.contracts(this.#ticker) + (this.#moved.get(maker.account) ?? 0);
    return Math.max(0, maker.side === "bid" ? -contracts : contracts);
  }

  traded(maker: BookOrder, count: Count): void {
    if (maker.member === null) return;
    const signed = maker.side === "bid" ? count : -count;
    this.#moved.set(maker.account, (this.#moved.get(maker.account) ?? 0) + signed);
  }
}

const long = (contracts: number): number => Math.max(0, contracts);

export class TradingFloor {
  readonly #emit: Emit;
  readonly #ids: Random;
  #tape: PublicTrade[] = [];
  #tradeNumber = 0;
  /** Called once an order of somebody else has traded with members' orders, and everything is booked. */
  onMakersTraded: (market: ListedMarket, fills: readonly MemberFill[], at: Micros) => void = () => {};

  constructor(emit: Emit, ids: Random) {
    this.#emit = emit;
    this.#ids = ids;
  }

  /** Trades so far, oldest first, as far as they are kept. */
  get tape(): readonly PublicTrade[] {
    return this.#tape;
  }

  get trades(): number {
    return this.#tradeNumber;
  }

  /** Matches an order and, where `rests`, places what remains. The caller has checked that it may. */
  place(
    market: ListedMarket,
    order: BookOrder,
    prevention: SelfTradePrevention,
    rests: boolean,
    at: Micros,
  ): Placement {
    const limits = new ReduceLimits(market.ticker);
    const { steps, stoppedBySelf } = market.book.match(
      order,
      prevention,
      (maker) => limits.left(maker),
      (maker, count) => limits.traded(maker, count),
    );
    for (const step of steps) {
      const { side } = step.maker;
      const price = step.type === "match" ? step.price : step.maker.price;
      this.#book(market, side, price, -step.count as Count, order.member, at);
    }
    const resting = rests && !stoppedBySelf && order.remaining > 0;
    if (resting) {
      market.book.rest(order);
      this.#book(market, order.side, order.price, order.remaining, order.member, at);
    }
    const fills: MemberFill[] = [];
    const makerFills: MemberFill[] = [];
    for (const step of steps) this.#settleStep(market, order, step, { fills, makerFills }, at);
    this.#ticker(market, at);
    if (makerFills.length > 0) this.onMakersTraded(market, makerFills, at);
    return { fills, stoppedBySelf, resting };
  }

  /** Places an order without matching it, also where it crosses another. */
  rest(market: ListedMarket, order: BookOrder, at: Micros): void {
    market.book.rest(order);
    this.#book(market, order.side, order.price, order.remaining, order.member, at);
    this.#ticker(market, at);
  }

  /** Takes a resting order off the book. False where it does not rest. */
  withdraw(market: ListedMarket, order: BookOrder, at: Micros): boolean {
    if (!market.book.remove(order)) return false;
    this.#book(market, order.side, order.price, -order.remaining as Count, order.member, at);
    this.#ticker(market, at);
    return true;
  }

  /** Makes a resting order smaller where it stands. */
  reduce(market: ListedMarket, order: BookOrder, by: Count, at: Micros): void {
    market.book.reduce(order, by);
    this.#book(market, order.side, order.price, -by as Count, order.member, at);
    this.#ticker(market, at);
  }

  /** Makes a resting order larger, which must not cross any; false where somebody stands behind it. */
  grow(market: ListedMarket, order: BookOrder, by: Count, at: Micros): boolean {
    if (!market.book.grow(order, by)) return false;
    this.#book(market, order.side, order.price, by, order.member, at);
    this.#ticker(market, at);
    return true;
  }

  /** Empties a book: at the close every remaining order leaves through a delta of its own (KALSHI.md 4.8). */
  clear(market: ListedMarket, at: Micros): readonly BookOrder[] {
    const orders = [...market.book.orders("bid"), ...market.book.orders("ask")];
    for (const order of orders) {
      market.book.remove(order);
      this.#book(market, order.side, order.price, -order.remaining as Count, order.member, at);
    }
    this.#ticker(market, at);
    return orders;
  }

  /** Tells a member that its order changed. */
  announce(order: MemberOrder, reason: UpdateReason, at: Micros): void {
    order.reason = reason;
    order.updatedAt = at;
    this.#emit({ type: "order", order, reason, at });
  }

  /** The ticker says something only where what it says has changed. */
  #ticker(market: ListedMarket, at: Micros): void {
    const { book } = market;
    const bid = book.best("bid");
    const ask = book.best("ask");
    const now = `${bid}/${book.bestSize("bid")}/${ask}/${book.bestSize("ask")}/${market.volume}`;
    if (now === market.tickerSaid) return;
    market.tickerSaid = now;
    market.candles.quote(bid, ask, at);
    this.#emit({ type: "ticker", market, at });
  }

  #book(market: ListedMarket, side: Side, price: Price, delta: Count, cause: MemberOrder | null, at: Micros): void {
    this.#emit({ type: "book", market, side, price, delta, at, cause });
  }

  #settleStep(
    market: ListedMarket,
    taker: BookOrder,
    step: MatchStep<BookOrder>,
    told: { readonly fills: MemberFill[]; readonly makerFills: MemberFill[] },
    at: Micros,
  ): void {
    const { maker, count } = step;
    if (step.type === "maker_cancelled") {
      if (maker.member === null) return;
      maker.member.end("canceled");
      this.announce(maker.member, step.because === "limit" ? "ReduceOnlyCancel" : "SelfTradeCancel", at);
      return;
    }
    const trade = this.#record(market, step.price, count, taker.side, at);
    const before = long(taker.account.contracts(market.ticker)) + long(maker.account.contracts(market.ticker));
    const makerFill = this.#bookSide(trade, maker, "maker");
    const takerFill = this.#bookSide(trade, taker, "taker");
    const after = long(taker.account.contracts(market.ticker)) + long(maker.account.contracts(market.ticker));
    market.openInterest += after - before;
    market.candles.trade(step.price, count, market.openInterest, at);
    if (takerFill !== null) told.fills.push(takerFill);
    if (makerFill !== null) told.makerFills.push(makerFill);
  }

  #record(market: ListedMarket, price: Price, count: Count, takerSide: Side, at: Micros): PublicTrade {
    const trade: PublicTrade = {
      id: this.#ids.uuid(),
      number: this.#tradeNumber++,
      market,
      price,
      count,
      takerSide,
      at,
    };
    if (this.#tape.length >= TAPE_MAX) this.#tape = this.#tape.slice(TAPE_MAX / 2);
    this.#tape.push(trade);
    market.last = { price, count };
    market.volume += count;
    market.dollarVolume += notional(price, count);
    this.#emit({ type: "trade", trade });
    return trade;
  }

  /** Books one side of a trade. A member's side is charged, recorded and announced. */
  #bookSide(trade: PublicTrade, order: BookOrder, role: Role): MemberFill | null {
    const { market, price, count, at } = trade;
    const member = order.member;
    const fees: FillFees | null = member?.terms.fees.fill({ price, count, side: order.side, role }) ?? null;
    const position = order.account.trade(market, order.side, price, count, fees, at);
    if (member === null || fees === null) return null;
    const cost = order.side === "bid" ? notional(price, count) : money((10_000 - price) * count);
    member.filled = (member.filled + count) as Count;
    if (role === "taker") {
      member.takerCost = money(member.takerCost + cost);
      member.takerFees = money(member.takerFees + fees.netFee);
    } else {
      member.makerCost = money(member.makerCost + cost);
      member.makerFees = money(member.makerFees + fees.netFee);
      if (member.remaining === 0) member.status = "executed";
    }
    const fill: MemberFill = {
      tradeId: trade.id,
      order: member,
      price,
      count,
      isTaker: role === "taker",
      fee: fees.netFee,
      position: position.contracts,
      at,
    };
    this.#emit({ type: "fill", fill, at });
    if (role === "maker") this.announce(member, "Trade", at);
    this.#emit({ type: "position", position, at });
    return fill;
  }
}
