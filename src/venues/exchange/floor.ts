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

const long = (contracts: number): number => Math.max(0, contracts);

export class TradingFloor {
  readonly #emit: Emit;
  readonly #ids: Random;
  #tape: PublicTrade[] = [];
  #tradeNumber = 0;
  /** Called after a member's position changed, so that reduce-only orders can follow it. */
  onMemberPosition: (account: Account, market: ListedMarket, at: Micros) => void = () => {};

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
    const { steps, stoppedBySelf } = market.book.match(order, prevention);
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
    for (const step of steps) this.#settleStep(market, order, step, fills, at);
    this.#ticker(market, at);
    return { fills, stoppedBySelf, resting };
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
    const now = `${book.best("bid")}/${book.bestSize("bid")}/${book.best("ask")}/${
      book.bestSize("ask")
    }/${market.volume}`;
    if (now === market.tickerSaid) return;
    market.tickerSaid = now;
    this.#emit({ type: "ticker", market, at });
  }

  #book(market: ListedMarket, side: Side, price: Price, delta: Count, cause: MemberOrder | null, at: Micros): void {
    this.#emit({ type: "book", market, side, price, delta, at, cause });
  }

  #settleStep(
    market: ListedMarket,
    taker: BookOrder,
    step: MatchStep<BookOrder>,
    takerFills: MemberFill[],
    at: Micros,
  ): void {
    const { maker, count } = step;
    if (step.type === "maker_cancelled") {
      if (maker.member !== null) {
        maker.member.status = "canceled";
        this.announce(maker.member, "SelfTradeCancel", at);
      }
      return;
    }
    const trade = this.#record(market, step.price, count, taker.side, at);
    const before = long(taker.account.contracts(market.ticker)) + long(maker.account.contracts(market.ticker));
    const makerFill = this.#bookSide(trade, maker, "maker");
    const takerFill = this.#bookSide(trade, taker, "taker");
    const after = long(taker.account.contracts(market.ticker)) + long(maker.account.contracts(market.ticker));
    market.openInterest += after - before;
    if (takerFill !== null) takerFills.push(takerFill);
    for (const fill of [makerFill, takerFill]) {
      if (fill !== null) this.onMemberPosition(fill.order.account, market, at);
    }
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
    const fees: FillFees | null = member?.fees.fill({ price, count, side: order.side, role }) ?? null;
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
