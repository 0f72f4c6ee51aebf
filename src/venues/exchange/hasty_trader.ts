/**
 * Now and then somebody is in haste: takes whatever is quoted down to a price that makes a set of an event's contracts cost
 * less than it pays for certain, fees included, and leaves a small rest standing there for some seconds. That is what
 * arbitrage lives on, and no more of it: the price is worse than the quotes by some cents, at most by a bound.
 *
 * | event | what the haste does |
 * | --- | --- |
 * | one winner | sells one YES so cheaply that YES of all outcomes costs less than $1, or buys one so dearly that NO of all that are bid for costs less than they pay |
 * | thresholds | sells a lower strike below what a higher one is bid for |
 * @module
 */

import type { Side } from "../../core/order.ts";
import { type Count, type Micros, micros, MICROS_PER_SECOND, ONE_CONTRACT, type Price } from "../../core/units.ts";
import { Account } from "./account.ts";
import type { ListedMarket } from "./listed_market.ts";
import { hasOneWinner } from "./market_bodies.ts";
import type { BookOrder } from "./order.ts";
import { Random } from "./random.ts";
import type { Strip } from "./strip_traders.ts";
import { RANK } from "./timeline.ts";
import type { ActorParts } from "./trader_sight.ts";

const PRICE_SCALE = 10_000;
/** What a taker pays, per contract: 0.07 p (1 - p) dollars. */
const FEE = 0.07;
/** What the set is to bring after fees, dollars, from and to. */
const MARGIN = [0.01, 0.035] as const;
/** Nobody is in such a haste that it costs more a contract. */
const WORSE_MAX = 0.3;
const PRICE_MIN = 0.03;
/** Of those in haste over outcomes, the share that sells. */
const CHEAP = 0.7;
/** Contracts that are left standing, from and to. */
const REST = [20, 80] as const;
/** Contracts that the haste takes out on its way. */
const TAKEN_MAX = 2_000;

/** One hasty order. */
interface Haste {
  readonly market: ListedMarket;
  readonly side: Side;
  readonly price: Price;
}

const dollars = (price: Price): number => price / PRICE_SCALE;
const feeAt = (price: number): number => FEE * price * (1 - price);

export class HastyTrader {
  readonly account: Account;
  readonly #parts: ActorParts;
  readonly #strip: Strip;
  readonly #random: Random;

  constructor(parts: ActorParts, strip: Strip, owner: number) {
    this.account = new Account(owner);
    this.#parts = parts;
    this.#strip = strip;
    this.#random = Random.named(parts.seed, `${strip.name} haste`);
  }

  start(at: Micros): void {
    const wait = this.#random.exponential(this.#strip.hasteWait);
    this.#parts.timeline.schedule(micros(at + Math.round(wait * MICROS_PER_SECOND)), RANK.trader, (time) => {
      this.#act(time);
      this.start(time);
    });
  }

  #act(at: Micros): void {
    const margin = this.#random.between(...MARGIN);
    const choice = this.#random.uniform();
    const cheap = this.#random.chance(CHEAP);
    const contracts = this.#random.integer(...REST);
    const stands = this.#random.between(...this.#strip.hasteStands);
    const events = [...Map.groupBy(this.#strip.markets(), ({ event }) => event).values()];
    const event = events.at(Math.floor(choice * events.length));
    if (event === undefined || !this.#parts.isOpen(at)) return;
    const haste = !hasOneWinner(event[0].series)
      ? lowerStrike(event, choice * events.length % 1, margin)
      : cheap
      ? cheapOutcome(event, margin)
      : dearOutcome(event, margin);
    if (haste !== null) this.#hurry(haste, contracts, stands, at);
  }

  #hurry({ market, side, price }: Haste, contracts: number, stands: number, at: Micros): void {
    const { owner } = this.account;
    const taken = market.book.fillable(side, price, owner);
    if (taken > TAKEN_MAX * ONE_CONTRACT) return;
    const remaining = (taken + contracts * ONE_CONTRACT) as Count;
    const order: BookOrder = { owner, account: this.account, member: null, side, price, remaining };
    this.#parts.floor.place(market, order, "taker_at_cross", true, at);
    this.#parts.timeline.schedule(micros(at + Math.round(stands * MICROS_PER_SECOND)), RANK.trader, (time) => {
      this.#parts.floor.withdraw(market, order, time);
    });
  }
}

/** YES of all outcomes for less than $1: the dearest is sold for that much less. */
function cheapOutcome(event: readonly ListedMarket[], margin: number): Haste | null {
  const asks = event.map((market) => ({ market, price: market.book.best("ask") }))
    .flatMap(({ market, price }) => price === null ? [] : [{ market, price }]);
  if (asks.length < event.length) return null;
  const cost = asks.reduce((sum, { price }) => sum + dollars(price) + feeAt(dollars(price)), 0);
  const dearest = asks.reduce((most, each) => each.price > most.price ? each : most);
  return worse(dearest.market, "ask", dearest.price, cost + margin - 1);
}

/** NO of all outcomes that are bid for, for less than they pay: the dearest is bought for that much more. */
function dearOutcome(event: readonly ListedMarket[], margin: number): Haste | null {
  const bids = event.map((market) => ({ market, price: market.book.best("bid") }))
    .flatMap(({ market, price }) => price === null ? [] : [{ market, price }]);
  if (bids.length < 2) return null;
  const brought = bids.reduce((sum, { price }) => sum + dollars(price) - feeAt(dollars(price)), 0);
  const dearest = bids.reduce((most, each) => each.price > most.price ? each : most);
  return worse(dearest.market, "bid", dearest.price, 1 + margin - brought);
}

/** A lower strike sold below the bid for the next higher one. */
function lowerStrike(event: readonly ListedMarket[], choice: number, margin: number): Haste | null {
  const strikes = event.filter(({ floorStrike }) => floorStrike !== null)
    .sort((a, b) => (a.floorStrike ?? 0) - (b.floorStrike ?? 0));
  const pairs = strikes.slice(0, -1).flatMap((market, at) => {
    const ask = market.book.best("ask");
    const bid = strikes[at + 1].book.best("bid");
    if (ask === null || bid === null) return [];
    const fees = feeAt(dollars(ask)) + feeAt(dollars(bid));
    return [{ market, ask, worseBy: dollars(ask) - dollars(bid) + fees + margin }];
  }).filter(({ worseBy }) => worseBy <= WORSE_MAX);
  const pair = pairs.at(Math.floor(choice * pairs.length));
  return pair === undefined ? null : worse(pair.market, "ask", pair.ask, pair.worseBy);
}

/** An order at a price so much worse than the best quote of its own side; `null` where that would be no such haste. */
function worse(market: ListedMarket, side: Side, best: Price, by: number): Haste | null {
  if (!(by > 0 && by <= WORSE_MAX)) return null;
  const wanted = Math.round((dollars(best) + (side === "ask" ? -by : by)) * PRICE_SCALE);
  if (wanted < PRICE_MIN * PRICE_SCALE || wanted > (1 - PRICE_MIN) * PRICE_SCALE) return null;
  const price = side === "ask" ? market.grid.floor(wanted as Price) : market.grid.ceil(wanted as Price);
  return price === null ? null : { market, side, price };
}
