/**
 * What every exchange here is, whoever else trades on it: markets, a trading floor and one member account on one time line.
 * Deterministic: it knows no clock but the time it is moved to, and no chance but its seed. HTTP and sockets stand around
 * it.
 * @module
 */

import { type Micros, micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND, type Money } from "../../core/units.ts";
import type { Account } from "./account.ts";
import type { Emit, ExchangeEvent, IndexTick } from "./events.ts";
import { type FaultName, FaultSwitches } from "./faults.ts";
import { TradingFloor } from "./floor.ts";
import { INDEX_IDS, type IndexId } from "./index_process.ts";
import type { IndexSource } from "./index_source.ts";
import type { ListedMarket } from "./listed_market.ts";
import { WINDOW_MICROS } from "./market_cycle.ts";
import { Members } from "./members.ts";
import { OrderDesk } from "./order_desk.ts";
import { nextPauseCheck, Pauses } from "./pauses.ts";
import { Random } from "./random.ts";
import type { Series } from "./series.ts";
import { RANK, Timeline } from "./timeline.ts";

/** What the account holds at the start: $10,000. */
export const DEFAULT_CASH = 10_000_000_000 as Money;
/** The member's owner number. */
const MEMBER = 1;
/** How long after its second an index value reaches the feed (KALSHI.md 5.9). */
export const FEED_DELAY = 75 * MICROS_PER_MILLISECOND;
const AVERAGED_SECONDS = 60;
const WINDOW_SECONDS = WINDOW_MICROS / MICROS_PER_SECOND;

export interface CoreSettings {
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

export abstract class ExchangeCore {
  readonly faults: FaultSwitches;
  readonly desk: OrderDesk;
  readonly floor: TradingFloor;
  readonly pauses: Pauses;
  /** A UUID for the member, as order bodies show it. */
  readonly userId: string;
  abstract readonly index: IndexSource;
  /** What is listed, by series. */
  abstract readonly series: readonly Series[];
  /** Accounts of all others. */
  protected abstract readonly others: readonly Account[];
  protected readonly timeline: Timeline;
  protected readonly members = new Members(MEMBER);
  readonly #markets = new Map<string, ListedMarket>();
  readonly #listeners: Emit[] = [];
  #settled = 0;

  /** @param begin before it is shown to anyone */
  constructor(readonly settings: CoreSettings, begin: Micros) {
    const { seed, startAt, faults } = settings;
    this.faults = new FaultSwitches(faults);
    this.pauses = new Pauses(this.faults, startAt);
    this.timeline = new Timeline(begin);
    const emit: Emit = (event) => this.dispatch(event);
    this.floor = new TradingFloor(emit, Random.named(seed, "trades"));
    this.userId = Random.named(seed, "member").uuid();
    this.desk = new OrderDesk({
      members: this.members,
      floor: this.floor,
      timeline: this.timeline,
      pauses: this.pauses,
      emit,
      ids: Random.named(seed, "orders"),
      groupIds: Random.named(seed, "groups"),
      market: (ticker) => this.#markets.get(ticker),
    });
  }

  /** What those need who list markets and end them; their chance is drawn from the stream of this name. */
  protected marketParts(stream: string) {
    return {
      timeline: this.timeline,
      floor: this.floor,
      emit: (event: ExchangeEvent) => this.dispatch(event),
      markets: this.#markets,
      pay: (market: ListedMarket, at: Micros) => this.#pay(market, at),
      random: Random.named(this.settings.seed, stream),
    };
  }

  /** Every listed market by ticker, in order of listing. */
  get markets(): ReadonlyMap<string, ListedMarket> {
    return this.#markets;
  }

  get now(): Micros {
    return this.timeline.now;
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
    this.timeline.advanceTo(time);
  }

  /** Whether anybody hears what happens. */
  protected get isHeard(): boolean {
    return this.#listeners.length > 0;
  }

  /** Hears everything that happens from now on. */
  listen(listener: Emit): void {
    this.#listeners.push(listener);
  }

  /** Repeats a call at a fixed period of simulated time, for faults that strike by the clock. */
  every(period: number, call: (at: Micros) => void): void {
    this.timeline.schedule(micros(this.now + period), RANK.fault, (at) => {
      call(at);
      this.every(period, call);
    });
  }

  /** Runs a call at a time to come, after the index and the life of markets: what other feeds tell. */
  schedule(at: Micros, call: (at: Micros) => void): void {
    this.timeline.schedule(at, RANK.feed, call);
  }

  /** Has the desk told when a pause begins. */
  protected watchPauses(since: Micros): void {
    this.timeline.schedule(nextPauseCheck(since), RANK.fault, (at) => {
      if (this.pauses.at(at) !== "none" && this.pauses.at(micros(at - 1)) === "none") this.desk.beginPause(at);
      this.watchPauses(at);
    });
  }

  protected publishIndex(second: number, at: Micros): void {
    if (!this.isHeard) return;
    for (const index of INDEX_IDS) {
      const value = this.index.value(index, second);
      if (value !== null) this.dispatch({ type: "index", tick: this.#indexTick(index, value, second, at), at });
    }
  }

  /** What the feed says about one second of an index. */
  #indexTick(index: IndexId, value: number, second: number, receivedAt: Micros): IndexTick {
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

  protected dispatch(event: ExchangeEvent): void {
    // The desk is told first: it is the record that the others read.
    if (event.type === "fill") this.desk.recordFill(event.fill);
    else if (event.type === "order") this.desk.recordUpdate(event.order);
    for (const listener of this.#listeners) listener(event);
  }

  #pay(market: ListedMarket, at: Micros): void {
    const { yesValue } = market;
    if (yesValue === null) throw new Error(`${market.ticker} is to pay without a result`);
    for (const trader of this.others) {
      trader.settle(market.ticker, yesValue, at);
      trader.forget(market.ticker);
    }
    market.openInterest = 0;
    this.#settled++;
    for (const account of this.members.all) {
      const settled = account.settle(market.ticker, yesValue, at);
      if (settled === null) continue;
      this.desk.recordSettlement(settled);
      const position = account.position(market.ticker);
      if (position !== undefined) this.dispatch({ type: "position", position, at });
    }
  }

  /** Whether money and contracts are conserved: the sums over every account. */
  houseLedger(): HouseLedger {
    let cash = 0;
    let collateral = 0;
    let fees = 0;
    let contracts = 0;
    for (const account of [...this.members.all, ...this.others]) {
      cash += account.totalCash;
      collateral += account.collateral;
      for (const position of account.positions) {
        contracts += position.contracts;
        fees += position.fees;
      }
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
