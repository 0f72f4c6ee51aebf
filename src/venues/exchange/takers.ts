/**
 * Simulated takers: those who pay whatever it costs, and those who pick off stale quotes.
 * @module
 */

import type { Side } from "../../core/order.ts";
import { type Count, type Micros, micros, MICROS_PER_SECOND, ONE_CONTRACT, type Price } from "../../core/units.ts";
import { Account } from "./account.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { BookOrder } from "./order.ts";
import { Random } from "./random.ts";
import type { CryptoSeries } from "./series.ts";
import { RANK } from "./timeline.ts";
import { type ActorParts, Eyes, type TraderParts } from "./trader_sight.ts";

const PRICE_SCALE = 10_000;

/** Sends one order that trades at once or not at all. */
export function take(parts: ActorParts, account: Account, market: ListedMarket, side: Side, at: Micros, wanted: {
  readonly price: Price;
  readonly contracts: number;
}): void {
  const order: BookOrder = {
    owner: account.owner,
    account,
    member: null,
    side,
    price: wanted.price,
    remaining: Math.max(1, Math.round(wanted.contracts * ONE_CONTRACT)) as Count,
  };
  parts.floor.place(market, order, "taker_at_cross", false, at);
}

/** People who like one side and pay what it costs. */
export class NoiseTaker {
  readonly account: Account;
  readonly #parts: TraderParts;
  readonly #series: CryptoSeries;
  readonly #random: Random;

  constructor(parts: TraderParts, series: CryptoSeries, owner: number) {
    this.account = new Account(owner);
    this.#parts = parts;
    this.#series = series;
    this.#random = Random.named(parts.seed, `noise/${series.ticker}`);
  }

  start(at: Micros): void {
    const wait = this.#random.exponential(0.9);
    this.#parts.timeline.schedule(micros(at + Math.round(wait * MICROS_PER_SECOND)), RANK.trader, (time) => {
      this.#act(time);
      this.start(time);
    });
  }

  #act(at: Micros): void {
    const side: Side = this.#random.chance(0.5) ? "bid" : "ask";
    const whole = this.#random.chance(0.85);
    const contracts = Math.min(1_500, Math.exp(2.6 + 1.2 * this.#random.normal()));
    const ticks = this.#random.integer(0, 2);
    const market = this.#parts.active(this.#series);
    const best = market?.book.best(side === "bid" ? "ask" : "bid") ?? null;
    if (market === null || best === null || !this.#parts.isOpen(at)) return;
    let price = best;
    for (let k = 0; k < ticks; k++) {
      price = (side === "bid" ? market.grid.next(price) : market.grid.previous(price)) ?? price;
    }
    take(this.#parts, this.account, market, side, at, { price, contracts: whole ? Math.ceil(contracts) : contracts });
  }
}

/** How a watchful taker is. */
export interface WatchfulStyle {
  readonly name: string;
  readonly latencySeconds: number;
  readonly continuous: boolean;
  /** Dollars a contract must be worth above its price and the fee. */
  readonly edge: number;
  /** Looks again after a time between these. */
  readonly waitSeconds: readonly [number, number];
}

/** Takers who compare quotes with the index and pick off what is stale. */
export class WatchfulTaker {
  readonly account: Account;
  readonly #parts: TraderParts;
  readonly #series: CryptoSeries;
  readonly #random: Random;
  readonly #eyes: Eyes;
  readonly #style: WatchfulStyle;

  constructor(parts: TraderParts, style: WatchfulStyle, series: CryptoSeries, owner: number) {
    this.account = new Account(owner);
    this.#parts = parts;
    this.#series = series;
    this.#style = style;
    this.#random = Random.named(parts.seed, `watchful/${style.name}/${series.ticker}`);
    const { latencySeconds, continuous } = style;
    const sight = { latencySeconds, continuous, knowsAverage: true, volatilityFactor: 1, volatilityNoise: 0.05 };
    this.#eyes = new Eyes(parts.index, sight, this.#random);
  }

  start(at: Micros): void {
    const wait = this.#random.between(...this.#style.waitSeconds);
    this.#parts.timeline.schedule(micros(at + Math.round(wait * MICROS_PER_SECOND)), RANK.trader, (time) => {
      this.#act(time);
      this.start(time);
    });
  }

  #act(at: Micros): void {
    const acts = this.#random.chance(0.8);
    const contracts = this.#random.integer(20, 400);
    const market = this.#parts.active(this.#series);
    if (market === null || !market.hasStrike || !this.#parts.isOpen(at)) return;
    const { fair } = this.#eyes.judge(market, at);
    if (!acts) return;
    const ask = market.book.best("ask");
    const bid = market.book.best("bid");
    const needed = this.#style.edge + 0.07 * fair * (1 - fair);
    if (ask !== null && fair - ask / PRICE_SCALE > needed) {
      take(this.#parts, this.account, market, "bid", at, { price: ask, contracts });
    } else if (bid !== null && bid / PRICE_SCALE - fair > needed) {
      take(this.#parts, this.account, market, "ask", at, { price: bid, contracts });
    }
  }
}
