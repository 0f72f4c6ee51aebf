/**
 * A simulated market maker: a ladder on both sides around its own idea of the price, moved as late as it sees.
 * @module
 */

import type { Side } from "../../core/order.ts";
import { count, type Micros, micros, MICROS_PER_SECOND, ONE_CONTRACT, type Price } from "../../core/units.ts";
import { Account } from "./account.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { BookOrder } from "./order.ts";
import { Random } from "./random.ts";
import type { CryptoSeries } from "./series.ts";
import { RANK } from "./timeline.ts";
import { Eyes, type Sight, type TraderParts } from "./trader_sight.ts";

const PRICE_SCALE = 10_000;

export interface MakerStyle extends Sight {
  readonly name: string;
  readonly intervalSeconds: number;
  /** Half spread on top of what the delay costs, in dollars. */
  readonly halfSpread: number;
  readonly levels: number;
  readonly levelStep: number;
  readonly size: number;
  /** Share of a cent by which a hundred contracts of inventory move its quotes. */
  readonly skew: number;
  /** Leaves the market this long before the close. */
  readonly quitSeconds: number;
}

/** One quote that a maker wants standing. */
interface Target {
  readonly side: Side;
  readonly price: Price;
  readonly level: number;
}

export class MarketMaker {
  readonly account: Account;
  readonly #parts: TraderParts;
  readonly #style: MakerStyle;
  readonly #series: CryptoSeries;
  readonly #random: Random;
  readonly #eyes: Eyes;
  #market: ListedMarket<CryptoSeries> | null = null;
  #quotes: BookOrder[] = [];

  constructor(parts: TraderParts, style: MakerStyle, series: CryptoSeries, owner: number) {
    this.account = new Account(owner);
    this.#parts = parts;
    this.#style = style;
    this.#series = series;
    this.#random = Random.named(parts.seed, `maker/${style.name}/${series.ticker}`);
    this.#eyes = new Eyes(parts.index, style, this.#random);
  }

  start(at: Micros): void {
    this.#sleep(at);
  }

  #sleep(at: Micros): void {
    const wait = this.#style.intervalSeconds * this.#random.between(0.5, 1.5);
    this.#parts.timeline.schedule(micros(at + Math.round(wait * MICROS_PER_SECOND)), RANK.trader, (time) => {
      this.#wake(time);
      this.#sleep(time);
    });
  }

  #wake(at: Micros): void {
    const market = this.#parts.active(this.#series);
    if (market !== this.#market) {
      this.#market = market;
      this.#quotes = [];
    }
    if (market === null || !market.hasStrike || !this.#parts.isOpen(at)) return;
    const { fair, risk } = this.#eyes.judge(market, at);
    const size = this.#random.between(0.6, 1.4) * this.#style.size;
    const quitting = market.closeTime - at < this.#style.quitSeconds * MICROS_PER_SECOND;
    const wanted = quitting ? [] : this.#targets(market, fair, risk);
    this.#quotes = this.#quotes.filter((quote) => quote.remaining > 0 && this.#keep(quote, wanted, at));
    for (const target of wanted) this.#quote(market, target, size, at);
  }

  #targets(market: ListedMarket, fair: number, risk: number): Target[] {
    const inventory = this.account.contracts(market.ticker) / ONE_CONTRACT;
    const limit = this.#style.size * 40;
    const middle = fair - Math.max(-1, Math.min(1, inventory / limit)) * 0.08 -
      Math.max(-0.03, Math.min(0.03, this.#style.skew * inventory / 100 / 100));
    // Near 0 and 1 prices move less, and so do quotes: the spread shrinks with the contract's own deviation.
    const edge = Math.max(0.12, 2 * Math.sqrt(fair * (1 - fair)));
    const half = this.#style.halfSpread * edge + 1.1 * risk;
    const targets: Target[] = [];
    for (let level = 0; level < this.#style.levels; level++) {
      const away = half + level * this.#style.levelStep * edge;
      const bid = market.grid.floor(Math.round((middle - away) * PRICE_SCALE) as Price);
      const ask = market.grid.ceil(Math.max(0, Math.round((middle + away) * PRICE_SCALE)) as Price);
      if (bid !== null && inventory < limit) targets.push({ side: "bid", price: bid, level });
      if (ask !== null && inventory > -limit) targets.push({ side: "ask", price: ask, level });
    }
    return targets;
  }

  /** True where a quote may stay: some target is met by it. Takes it off the book otherwise. */
  #keep(quote: BookOrder, wanted: Target[], at: Micros): boolean {
    const met = wanted.findIndex((target) => target.side === quote.side && target.price === quote.price);
    if (met >= 0) {
      wanted.splice(met, 1);
      return true;
    }
    if (this.#market !== null) this.#parts.floor.withdraw(this.#market, quote, at);
    return false;
  }

  #quote(market: ListedMarket, target: Target, size: number, at: Micros): void {
    const price = inside(market, target.side, target.price);
    if (price === null) return;
    const contracts = Math.max(1, Math.round(size * (1 + 0.5 * target.level)));
    const order: BookOrder = {
      owner: this.account.owner,
      account: this.account,
      member: null,
      side: target.side,
      price,
      remaining: count(contracts * ONE_CONTRACT),
    };
    this.#parts.floor.place(market, order, "taker_at_cross", true, at);
    this.#quotes.push(order);
  }
}

/** The nearest price to this one at which an order would rest instead of trading; `null` where there is none. */
function inside(market: ListedMarket, side: Side, wanted: Price): Price | null {
  if (!market.book.crosses(side, wanted)) return wanted;
  const best = market.book.best(side === "bid" ? "ask" : "bid");
  if (best === null) return wanted;
  return side === "bid" ? market.grid.previous(best) : market.grid.next(best);
}
