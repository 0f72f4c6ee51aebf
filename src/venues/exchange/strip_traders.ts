/**
 * Who trades strips, series of which many markets are open at once: one maker that quotes every market in reach around
 * what it holds it to be worth, one taker that does not care. (A third, now and then, is in haste: hasty_trader.ts.)
 * @module
 */

import type { Side } from "../../core/order.ts";
import { count, type Micros, micros, MICROS_PER_SECOND, ONE_CONTRACT, type Price } from "../../core/units.ts";
import { Account } from "./account.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { BookOrder } from "./order.ts";
import { Random } from "./random.ts";
import { take } from "./takers.ts";
import { RANK } from "./timeline.ts";
import type { ActorParts } from "./trader_sight.ts";

const PRICE_SCALE = 10_000;
/** Markets that are nearly decided are left alone, unless their strip's are quoted to the end. */
const FAIR_MIN = 0.015;

/** The markets that trade at a moment, each with the probability of YES as somebody sees it. */
export type Judge = (at: Micros) => Iterable<readonly [ListedMarket, number]>;

/** A series with what moves its traders. */
export interface Strip {
  /** Names the streams of chance of its traders. */
  readonly name: string;
  /** Those that trade now. */
  readonly markets: () => readonly ListedMarket[];
  /** Its maker's eyes. */
  readonly judge: (random: Random) => Judge;
  /** Of the maker's quotes, dollars. */
  readonly halfSpread: (market: ListedMarket) => number;
  /** Contracts that a quote is for, from and to. */
  readonly quoted: readonly [number, number];
  /** Whether the cheap side of markets that are nearly decided is quoted, too. */
  readonly quotesDecided: boolean;
  /** The maker looks again after seconds between these. */
  readonly makerWaits: readonly [number, number];
  /** Mean seconds between two orders of the taker. */
  readonly takerWait: number;
  /** Mean seconds between two who are in haste. */
  readonly hasteWait: number;
  /** Seconds that what is left of a hasty order stands, from and to. */
  readonly hasteStands: readonly [number, number];
  /** What those buy who hope for a jump; absent where nobody does. */
  readonly hopedFor?: (at: Micros) => ListedMarket | null;
}

interface Pair {
  bid: BookOrder | null;
  ask: BookOrder | null;
}

export class StripMaker {
  readonly account: Account;
  readonly #parts: ActorParts;
  readonly #strip: Strip;
  readonly #random: Random;
  readonly #judge: Judge;
  readonly #quotes = new Map<ListedMarket, Pair>();

  constructor(parts: ActorParts, strip: Strip, owner: number) {
    this.account = new Account(owner);
    this.#parts = parts;
    this.#strip = strip;
    this.#random = Random.named(parts.seed, `${strip.name} maker`);
    this.#judge = strip.judge(this.#random);
  }

  start(at: Micros): void {
    const wait = this.#random.between(...this.#strip.makerWaits);
    this.#parts.timeline.schedule(micros(at + Math.round(wait * MICROS_PER_SECOND)), RANK.trader, (time) => {
      this.#wake(time);
      this.start(time);
    });
  }

  #wake(at: Micros): void {
    if (!this.#parts.isOpen(at)) return;
    for (const market of this.#quotes.keys()) if (market.status !== "active") this.#quotes.delete(market);
    for (const [market, fair] of this.#judge(at)) {
      let pair = this.#quotes.get(market);
      if (pair === undefined) this.#quotes.set(market, pair = { bid: null, ask: null });
      this.#requote(market, fair, pair, at);
    }
  }

  #requote(market: ListedMarket, fair: number, pair: Pair, at: Micros): void {
    const size = this.#random.integer(...this.#strip.quoted);
    const half = this.#strip.halfSpread(market);
    const reachable = this.#strip.quotesDecided || (fair > FAIR_MIN && fair < 1 - FAIR_MIN);
    const bid = reachable ? market.grid.floor(Math.round((fair - half) * PRICE_SCALE) as Price) : null;
    const ask = reachable ? market.grid.ceil(Math.round((fair + half) * PRICE_SCALE) as Price) : null;
    // Both leave first: the new bid must not meet the old ask.
    const keepBid = this.#keeps(market, pair.bid, bid, at);
    const keepAsk = this.#keeps(market, pair.ask, ask, at);
    if (!keepBid) pair.bid = this.#quote(market, "bid", bid, size, at);
    if (!keepAsk) pair.ask = this.#quote(market, "ask", ask, size, at);
  }

  #keeps(market: ListedMarket, quote: BookOrder | null, wanted: Price | null, at: Micros): boolean {
    if (quote !== null && quote.remaining > 0 && quote.price === wanted) return true;
    if (quote !== null && quote.remaining > 0) this.#parts.floor.withdraw(market, quote, at);
    return false;
  }

  #quote(market: ListedMarket, side: Side, price: Price | null, size: number, at: Micros): BookOrder | null {
    if (price === null || market.book.crosses(side, price)) return null;
    const remaining = count(size * ONE_CONTRACT);
    const order: BookOrder = { owner: this.account.owner, account: this.account, member: null, side, price, remaining };
    this.#parts.floor.place(market, order, "taker_at_cross", true, at);
    return order;
  }
}

/** Buys or sells a contract that somebody quotes, every few seconds. */
export class StripTaker {
  readonly account: Account;
  readonly #parts: ActorParts;
  readonly #strip: Strip;
  readonly #random: Random;

  constructor(parts: ActorParts, strip: Strip, owner: number) {
    this.account = new Account(owner);
    this.#parts = parts;
    this.#strip = strip;
    this.#random = Random.named(parts.seed, `${strip.name} taker`);
  }

  start(at: Micros): void {
    const wait = this.#random.exponential(this.#strip.takerWait);
    this.#parts.timeline.schedule(micros(at + Math.round(wait * MICROS_PER_SECOND)), RANK.trader, (time) => {
      this.#act(time);
      this.start(time);
    });
  }

  #act(at: Micros): void {
    const side: Side = this.#random.chance(0.5) ? "bid" : "ask";
    const contracts = this.#random.integer(1, 60);
    const choice = this.#random.uniform();
    const quoted = this.#strip.markets().filter((market) => market.book.best(opposite(side)) !== null);
    const market = quoted.at(Math.floor(choice * quoted.length));
    const price = market?.book.best(opposite(side)) ?? null;
    if (market === undefined || price === null || !this.#parts.isOpen(at)) return;
    take(this.#parts, this.account, market, side, at, { price, contracts });
  }
}

const opposite = (side: Side): Side => (side === "bid" ? "ask" : "bid");
