/**
 * The simulated exchange itself: index, markets, traders and one member account on one time line. Deterministic: it
 * knows no clock but the time it is moved to, and no chance but its seed. HTTP and sockets stand around it.
 * @module
 */

import {
  type Micros,
  micros,
  MICROS_PER_MILLISECOND,
  MICROS_PER_SECOND,
  type Money,
  parseTime,
} from "../../core/units.ts";
import { Account } from "./account.ts";
import type { Emit, ExchangeEvent, IndexTick } from "./events.ts";
import type { FaultName } from "./faults.ts";
import { TradingFloor } from "./floor.ts";
import { INDEX_IDS, IndexProcess } from "./index_process.ts";
import type { ListedMarket } from "./listed_market.ts";
import { firstIndexSecond, MarketCycle, quarterHourAtOrBefore, WINDOW_MICROS } from "./market_cycle.ts";
import { OrderDesk } from "./order_desk.ts";
import { Random } from "./random.ts";
import { CRYPTO_SHARD } from "./series.ts";
import { RANK, Timeline } from "./timeline.ts";
import { startTraders } from "./traders.ts";

/** What the account holds at the start: $10,000. */
export const DEFAULT_CASH = 10_000_000_000 as Money;
/** The member's owner number. */
const MEMBER = 1;
/** The population trades among itself for this long before the exchange is shown to anyone. */
const WARM_UP = 60 * MICROS_PER_SECOND;
/** How long after its second an index value reaches the feed (KALSHI.md 5.9). */
const FEED_DELAY = 75 * MICROS_PER_MILLISECOND;
const AVERAGED_SECONDS = 60;
const WINDOW_SECONDS = WINDOW_MICROS / MICROS_PER_SECOND;

/**
 * When the simulated clock starts unless told otherwise: 2026-10-06T13:58:00Z, two minutes before a quarter hour, so that
 * a newcomer soon sees a settlement. Fixed, whatever the date, so that a seed names one exact course of events.
 */
export const DEFAULT_START: Micros = parseTime("2026-10-06T13:58:00Z") ?? micros(0);

export interface ExchangeSettings {
  readonly seed: number;
  readonly startAt: Micros;
  readonly faults: ReadonlySet<FaultName>;
  readonly cash: Money;
}

/** The books of the whole house: what must add up. */
export interface HouseLedger {
  /** Cash of all accounts. */
  readonly cash: Money;
  /** $1.00 for every open contract. */
  readonly collateral: Money;
  /** Charged to the member so far. */
  readonly fees: Money;
  /** cash + collateral + fees - what was paid in: zero. */
  readonly missing: Money;
  /** Sum of all positions over all accounts: zero, because every YES has its NO. */
  readonly contracts: number;
}

export class Exchange {
  readonly settings: ExchangeSettings;
  readonly index: IndexProcess;
  readonly cycle: MarketCycle;
  readonly desk: OrderDesk;
  readonly floor: TradingFloor;
  /** A UUID for the member, as order bodies show it. */
  readonly userId: string;
  readonly #timeline: Timeline;
  readonly #member = new Account(MEMBER);
  readonly #traders: readonly Account[];
  readonly #listeners: Emit[] = [];
  #settled = 0;

  constructor(settings: ExchangeSettings) {
    this.settings = settings;
    const { seed, startAt } = settings;
    const begin = micros(startAt - WARM_UP);
    this.#timeline = new Timeline(begin);
    this.index = new IndexProcess(seed, firstIndexSecond(begin));
    this.index.advanceTo(Math.floor(begin / MICROS_PER_SECOND));
    const emit: Emit = (event) => this.#dispatch(event);
    this.floor = new TradingFloor(emit, Random.named(seed, "trades"));
    this.userId = Random.named(seed, "member").uuid();
    this.cycle = new MarketCycle({
      timeline: this.#timeline,
      index: this.index,
      floor: this.floor,
      emit,
      random: Random.named(seed, "cycle"),
      slowStrike: settings.faults.has("slow-strike"),
      pay: (market, at) => this.#pay(market, at),
    });
    this.desk = new OrderDesk({
      account: this.#member,
      floor: this.floor,
      timeline: this.#timeline,
      ids: Random.named(seed, "orders"),
      market: (ticker) => this.cycle.markets.get(ticker),
    });
    this.#member.deposit(settings.faults.has("cash-on-shard-0") ? 0 : CRYPTO_SHARD, settings.cash);
    this.cycle.begin(begin);
    this.#tickIndex(micros((Math.floor(begin / MICROS_PER_SECOND) + 1) * MICROS_PER_SECOND));
    const active = this.cycle.active.bind(this.cycle);
    this.#traders = startTraders(
      { timeline: this.#timeline, index: this.index, floor: this.floor, active, seed },
      begin,
    );
    this.advanceTo(startAt);
  }

  get now(): Micros {
    return this.#timeline.now;
  }

  /** The newest second whose index values the feed has told. */
  get publishedSecond(): number {
    return Math.floor((this.now - FEED_DELAY) / MICROS_PER_SECOND);
  }

  /** Markets that have paid since the start. */
  get settled(): number {
    return this.#settled;
  }

  /** Moves everything to this time, in order of time; how coarsely makes no difference. Never goes back. */
  advanceTo(time: Micros): void {
    this.#timeline.advanceTo(time);
  }

  /** Hears everything that happens from now on. */
  listen(listener: Emit): void {
    this.#listeners.push(listener);
  }

  /** Repeats a call at a fixed period of simulated time, for faults that strike by the clock. */
  every(period: number, call: (at: Micros) => void): void {
    this.#timeline.schedule(micros(this.now + period), RANK.fault, (at) => {
      call(at);
      this.every(period, call);
    });
  }

  /** Makes the value of each whole second when it comes, and has it published a little later. */
  #tickIndex(at: Micros): void {
    this.#timeline.schedule(at, RANK.index, (time) => {
      const second = time / MICROS_PER_SECOND;
      this.index.advanceTo(second);
      this.#timeline.schedule(micros(time + FEED_DELAY), RANK.feed, (feedTime) => this.#publishIndex(second, feedTime));
      this.#tickIndex(micros(time + MICROS_PER_SECOND));
    });
  }

  #publishIndex(second: number, at: Micros): void {
    if (this.#listeners.length === 0) return;
    for (const index of INDEX_IDS) this.#dispatch({ type: "index", tick: this.indexTick(index, second, at), at });
  }

  /** What the feed says about one second of an index. */
  indexTick(index: typeof INDEX_IDS[number], second: number, receivedAt: Micros): IndexTick {
    const value = this.index.value(index, second);
    const prior = this.index.sum(index, second - AVERAGED_SECONDS, second - 1);
    const closeSecond = Math.ceil(second / WINDOW_SECONDS) * WINDOW_SECONDS;
    const final = second > closeSecond - AVERAGED_SECONDS;
    const closing = final ? this.index.sum(index, closeSecond - AVERAGED_SECONDS + 1, second) : null;
    return {
      index,
      value,
      second,
      receivedAt,
      prior: { mean: prior.count === 0 ? value : prior.sum / prior.count, size: prior.count },
      closing: closing === null ? null : { mean: closing.sum / closing.count, size: closing.count, closeSecond },
    };
  }

  #dispatch(event: ExchangeEvent): void {
    // The desk is told first: it is the record that the others read. (It does not exist yet while the cycle is built.)
    if (event.type === "fill") this.desk.recordFill(event.fill);
    else if (event.type === "order") this.desk.recordUpdate(event.order);
    for (const listener of this.#listeners) listener(event);
  }

  #pay(market: ListedMarket, at: Micros): void {
    const { yesValue } = market;
    if (yesValue === null) throw new Error(`${market.ticker} is to pay without a result`);
    for (const trader of this.#traders) {
      trader.settle(market.ticker, yesValue, at);
      trader.forget(market.ticker);
    }
    const settled = this.#member.settle(market.ticker, yesValue, at);
    market.openInterest = 0;
    this.#settled++;
    if (settled === null) return;
    this.desk.recordSettlement(settled);
    const position = this.#member.position(market.ticker);
    if (position !== undefined) this.#dispatch({ type: "position", position, at });
  }

  /** Whether money and contracts are conserved: the sums over every account. */
  houseLedger(): HouseLedger {
    let cash: number = this.#member.totalCash;
    let collateral: number = this.#member.collateral;
    let fees = 0;
    let contracts = 0;
    for (const position of this.#member.positions) {
      fees += position.fees;
      contracts += position.contracts;
    }
    for (const trader of this.#traders) {
      cash += trader.totalCash;
      collateral += trader.collateral;
      for (const position of trader.positions) contracts += position.contracts;
    }
    return {
      cash: cash as Money,
      collateral: collateral as Money,
      fees: fees as Money,
      missing: (cash + collateral + fees - this.settings.cash) as Money,
      contracts,
    };
  }
}

/** The quarter hour after this time: when the window that trades now closes. */
export const nextClose = (at: Micros): Micros => micros(quarterHourAtOrBefore(at) + WINDOW_MICROS);
