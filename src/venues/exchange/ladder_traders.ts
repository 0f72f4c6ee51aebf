/**
 * Who trades the hourly ladders: one maker that quotes every strike in reach, one taker that does not care.
 * @module
 */

import type { Side } from "../../core/order.ts";
import { count, type Micros, micros, MICROS_PER_SECOND, ONE_CONTRACT, type Price } from "../../core/units.ts";
import { Account } from "./account.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { BookOrder } from "./order.ts";
import { Random } from "./random.ts";
import type { Series } from "./series.ts";
import { take } from "./takers.ts";
import { RANK } from "./timeline.ts";
import { Eyes, type TraderParts } from "./trader_sight.ts";

const PRICE_SCALE = 10_000;
/** Strikes that are nearly decided are left alone. */
const FAIR_MIN = 0.015;
const HALF_SPREAD = 0.015;

interface Pair {
  bid: BookOrder | null;
  ask: BookOrder | null;
}

export class LadderMaker {
  readonly account: Account;
  readonly #parts: TraderParts;
  readonly #series: Series;
  readonly #random: Random;
  readonly #eyes: Eyes;
  #quotes = new Map<ListedMarket, Pair>();

  constructor(parts: TraderParts, series: Series, owner: number) {
    this.account = new Account(owner);
    this.#parts = parts;
    this.#series = series;
    this.#random = Random.named(parts.seed, `ladder maker/${series.ticker}`);
    const sight = { latencySeconds: 0.6, continuous: true, knowsAverage: true };
    this.#eyes = new Eyes(parts, { ...sight, volatilityFactor: 1, volatilityNoise: 0.05 }, this.#random);
  }

  start(at: Micros): void {
    const wait = this.#random.between(1, 3);
    this.#parts.timeline.schedule(micros(at + Math.round(wait * MICROS_PER_SECOND)), RANK.trader, (time) => {
      this.#wake(time);
      this.start(time);
    });
  }

  #wake(at: Micros): void {
    const ladder = this.#parts.ladder(this.#series);
    if (ladder.length === 0 || !this.#parts.isOpen(at)) return;
    if (!this.#quotes.has(ladder[0])) {
      this.#quotes = new Map(ladder.map((market) => [market, { bid: null, ask: null }]));
    }
    for (const [market, pair] of this.#quotes) {
      const { fair } = this.#eyes.judge(market, at);
      const size = this.#random.integer(50, 300);
      const reachable = fair > FAIR_MIN && fair < 1 - FAIR_MIN;
      const bid = reachable ? market.grid.floor(Math.round((fair - HALF_SPREAD) * PRICE_SCALE) as Price) : null;
      const ask = reachable ? market.grid.ceil(Math.round((fair + HALF_SPREAD) * PRICE_SCALE) as Price) : null;
      // Both leave first: the new bid must not meet the old ask.
      const keepBid = this.#keeps(market, pair.bid, bid, at);
      const keepAsk = this.#keeps(market, pair.ask, ask, at);
      if (!keepBid) pair.bid = this.#quote(market, "bid", bid, size, at);
      if (!keepAsk) pair.ask = this.#quote(market, "ask", ask, size, at);
    }
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

/** Buys or sells a strike that somebody quotes, every few seconds. */
export class LadderTaker {
  readonly account: Account;
  readonly #parts: TraderParts;
  readonly #series: Series;
  readonly #random: Random;

  constructor(parts: TraderParts, series: Series, owner: number) {
    this.account = new Account(owner);
    this.#parts = parts;
    this.#series = series;
    this.#random = Random.named(parts.seed, `ladder taker/${series.ticker}`);
  }

  start(at: Micros): void {
    const wait = this.#random.exponential(3);
    this.#parts.timeline.schedule(micros(at + Math.round(wait * MICROS_PER_SECOND)), RANK.trader, (time) => {
      this.#act(time);
      this.start(time);
    });
  }

  #act(at: Micros): void {
    const side: Side = this.#random.chance(0.5) ? "bid" : "ask";
    const contracts = this.#random.integer(1, 60);
    const choice = this.#random.uniform();
    const quoted = this.#parts.ladder(this.#series).filter((market) => market.book.best(opposite(side)) !== null);
    const market = quoted.at(Math.floor(choice * quoted.length));
    const price = market?.book.best(opposite(side)) ?? null;
    if (market === undefined || price === null || !this.#parts.isOpen(at)) return;
    take(this.#parts, this.account, market, side, at, { price, contracts });
  }
}

const opposite = (side: Side): Side => (side === "bid" ? "ask" : "bid");
