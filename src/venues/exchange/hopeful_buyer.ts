/**
 * With a quarter of an hour left, in most hours, somebody hopes for a jump: takes what is offered of a strike well above the
 * index up to some cents more than it is worth, and leaves a bid standing there for a while. What others call the
 * favourites' discount is this one's ticket in a lottery.
 * @module
 */

import {
  type Count,
  type Micros,
  micros,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  ONE_CONTRACT,
  type Price,
} from "../../core/units.ts";
import { Account } from "./account.ts";
import type { BookOrder } from "./order.ts";
import { Random } from "./random.ts";
import type { Judge, Strip } from "./strip_traders.ts";
import { RANK } from "./timeline.ts";
import type { ActorParts } from "./trader_sight.ts";

const PRICE_SCALE = 10_000;
const HOUR = 60 * MICROS_PER_MINUTE;
const MINUTE_45 = 45 * MICROS_PER_MINUTE;
const HOPES = 0.8;
/** Seconds after minute 45, contracts, dollars above what it is worth, seconds that the bid stands: from and to. */
const AFTER = [0.5, 6] as const;
const CONTRACTS = [20, 80] as const;
const OVERPAYS = [0.06, 0.1] as const;
const STANDS = [20, 40] as const;
const PRICE_MAX = 0.6;
/** Contracts that it takes out on its way. */
const TAKEN_MAX = 2_000;

export class HopefulBuyer {
  readonly account: Account;
  readonly #parts: ActorParts;
  readonly #strip: Strip;
  readonly #random: Random;
  readonly #judge: Judge;

  constructor(parts: ActorParts, strip: Strip, owner: number) {
    this.account = new Account(owner);
    this.#parts = parts;
    this.#strip = strip;
    this.#random = Random.named(parts.seed, `${strip.name} hope`);
    this.#judge = strip.judge(this.#random);
  }

  start(at: Micros): void {
    const next = Math.floor((at - MINUTE_45) / HOUR) * HOUR + HOUR + MINUTE_45;
    const delay = this.#random.between(...AFTER) * MICROS_PER_SECOND;
    this.#parts.timeline.schedule(micros(Math.round(next + delay)), RANK.trader, (time) => {
      this.#act(time);
      this.start(time);
    });
  }

  #act(at: Micros): void {
    const hopes = this.#random.chance(HOPES);
    const contracts = this.#random.integer(...CONTRACTS);
    const overpays = this.#random.between(...OVERPAYS);
    const stands = this.#random.between(...STANDS);
    const hoped = this.#strip.hopedFor?.(at) ?? null;
    if (!hopes || hoped === null || !this.#parts.isOpen(at)) return;
    const [, fair] = [...this.#judge(at)].find(([market]) => market === hoped) ?? [hoped, PRICE_MAX];
    if (fair + overpays > PRICE_MAX) return;
    const price = hoped.grid.floor(Math.round((fair + overpays) * PRICE_SCALE) as Price);
    const { owner } = this.account;
    const taken = price === null ? Infinity : hoped.book.fillable("bid", price, owner);
    if (price === null || taken > TAKEN_MAX * ONE_CONTRACT) return;
    const remaining = (taken + contracts * ONE_CONTRACT) as Count;
    const order: BookOrder = { owner, account: this.account, member: null, side: "bid", price, remaining };
    this.#parts.floor.place(hoped, order, "taker_at_cross", true, at);
    this.#parts.timeline.schedule(micros(at + Math.round(stands * MICROS_PER_SECOND)), RANK.trader, (time) => {
      this.#parts.floor.withdraw(hoped, order, time);
    });
  }
}
