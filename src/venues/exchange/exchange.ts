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
  money,
  parseTime,
} from "../../core/units.ts";
import { SETTLEMENT_SECONDS } from "../../core/settlement.ts";
import type { Account } from "./account.ts";
import type { Emit, ExchangeEvent, IndexTick } from "./events.ts";
import { type FaultName, FaultSwitches } from "./faults.ts";
import { TradingFloor } from "./floor.ts";
import { INDEX_IDS, IndexProcess } from "./index_process.ts";
import type { ListedMarket } from "./listed_market.ts";
import { firstIndexSecond, MarketCycle, quarterHourAtOrBefore, WINDOW_MICROS } from "./market_cycle.ts";
import { Members } from "./members.ts";
import { OrderDesk } from "./order_desk.ts";
import { nextPauseCheck, Pauses } from "./pauses.ts";
import { Random } from "./random.ts";
import { CRYPTO_SHARD, DEFAULT_SHARD, LISTED_SERIES, OPTIONAL_SERIES, type Series, shardOf } from "./series.ts";
import { startStrips } from "./strips.ts";
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
/** Five values a second, as `cfbenchmarks_value_5hz` has them. */
const FAST_TICK = 200 * MICROS_PER_MILLISECOND;
/** How often the fault `grid-change` strikes. */
const GRID_CHANGE_PERIOD = 90 * MICROS_PER_SECOND;
/** How far from the index the first strikes lie, in standard deviations of its move until they settle. */
const FIRST_STRIKE_DISTANCE = 0.5;
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
  /** Lists these of {@link OPTIONAL_SERIES} too; none by default. */
  readonly series?: readonly string[];
  /** Lays equal parts of the cash on the shards that the listed markets trade on, instead of all on the crypto shard. */
  readonly cashOnEveryShard?: boolean;
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
  readonly faults: FaultSwitches;
  readonly index: IndexProcess;
  readonly cycle: MarketCycle;
  readonly desk: OrderDesk;
  readonly floor: TradingFloor;
  readonly pauses: Pauses;
  /** What is listed, by series. */
  readonly series: readonly Series[];
  /** A UUID for the member, as order bodies show it. */
  readonly userId: string;
  readonly #markets = new Map<string, ListedMarket>();
  readonly #timeline: Timeline;
  readonly #members = new Members(MEMBER);
  readonly #traders: readonly Account[];
  readonly #listeners: Emit[] = [];
  #settled = 0;

  constructor(settings: ExchangeSettings) {
    this.settings = settings;
    const { seed, startAt } = settings;
    this.faults = new FaultSwitches(settings.faults);
    this.pauses = new Pauses(this.faults, startAt);
    const begin = micros(startAt - WARM_UP);
    this.#timeline = new Timeline(begin);
    this.index = new IndexProcess(seed, firstIndexSecond(begin));
    this.index.advanceTo(Math.floor(begin / MICROS_PER_SECOND));
    this.#bringNearTheMoney(nextClose(startAt), begin);
    const emit: Emit = (event) => this.#dispatch(event);
    this.floor = new TradingFloor(emit, Random.named(seed, "trades"));
    this.userId = Random.named(seed, "member").uuid();
    const cycleParts = (stream: string) => ({
      timeline: this.#timeline,
      index: this.index,
      floor: this.floor,
      emit,
      faults: this.faults,
      markets: this.#markets,
      pay: (market: ListedMarket, at: Micros) => this.#pay(market, at),
      random: Random.named(seed, stream),
    });
    this.cycle = new MarketCycle(cycleParts("cycle"));
    const optional = OPTIONAL_SERIES.filter(({ ticker }) => settings.series?.includes(ticker) === true);
    this.series = [...LISTED_SERIES, ...optional];
    this.desk = new OrderDesk({
      members: this.#members,
      floor: this.floor,
      timeline: this.#timeline,
      pauses: this.pauses,
      emit,
      ids: Random.named(seed, "orders"),
      groupIds: Random.named(seed, "groups"),
      market: (ticker) => this.#markets.get(ticker),
    });
    this.#layCash();
    this.cycle.begin(begin);
    const strips = startStrips(optional, { cycleParts, index: this.index, seed }, begin);
    this.#tickIndex(micros((Math.floor(begin / MICROS_PER_SECOND) + 1) * MICROS_PER_SECOND));
    this.#watchPauses(begin);
    this.#traders = startTraders(
      {
        timeline: this.#timeline,
        index: this.index,
        floor: this.floor,
        active: (series) => this.cycle.active(series),
        isOpen: (at) => this.pauses.at(at) === "none",
        seed,
      },
      strips,
      begin,
    );
    this.advanceTo(startAt);
    this.every(GRID_CHANGE_PERIOD, (at) => this.#changeGrids(at));
  }

  /** Every listed market by ticker, in order of listing. */
  get markets(): ReadonlyMap<string, ListedMarket> {
    return this.#markets;
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

  /** Runs a call at a time to come, after the index and the life of markets: what other feeds tell. */
  schedule(at: Micros, call: (at: Micros) => void): void {
    this.#timeline.schedule(at, RANK.feed, call);
  }

  /** Makes the value of each whole second when it comes, and has it published a little later. */
  #tickIndex(at: Micros): void {
    this.#timeline.schedule(at, RANK.index, (time) => {
      const second = time / MICROS_PER_SECOND;
      this.index.advanceTo(second);
      this.#timeline.schedule(micros(time + FEED_DELAY), RANK.feed, (feedTime) => this.#publishIndex(second, feedTime));
      for (let part = 1; part < MICROS_PER_SECOND / FAST_TICK; part++) this.#tickFast(micros(time + part * FAST_TICK));
      this.#tickFast(time);
      this.#tickIndex(micros(time + MICROS_PER_SECOND));
    });
  }

  #tickFast(sourceAt: Micros): void {
    this.#timeline.schedule(micros(sourceAt + FEED_DELAY), RANK.feed, (receivedAt) => {
      if (this.#listeners.length === 0) return;
      for (const index of INDEX_IDS) {
        const tick = { index, value: this.index.priceAt(index, sourceAt), sourceAt, receivedAt };
        this.#dispatch({ type: "fast_index", tick, at: receivedAt });
      }
    });
  }

  /** Has the desk told when a pause begins. */
  #watchPauses(since: Micros): void {
    this.#timeline.schedule(nextPauseCheck(since), RANK.fault, (at) => {
      if (this.pauses.at(at) !== "none" && this.pauses.at(micros(at - 1)) === "none") this.desk.beginPause(at);
      this.#watchPauses(at);
    });
  }

  /** The fault `grid-change`: markets that are open go to whole cents, or back to the grid of their series. */
  #changeGrids(at: Micros): void {
    if (!this.faults.has("grid-change")) return;
    for (const market of this.#markets.values()) {
      if (market.status !== "active") continue;
      market.structure = market.structure === "linear_cent" ? market.series.structure : "linear_cent";
      market.updatedAt = at;
      this.#dispatch({ type: "lifecycle", kind: "price_level_structure_updated", market, at });
    }
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

  /** Puts what the member has where it can be traded with. */
  #layCash(): void {
    const { cash, cashOnEveryShard } = this.settings;
    const { primary } = this.#members;
    if (this.faults.has("cash-on-shard-0")) return primary.deposit(DEFAULT_SHARD, cash);
    const shards = [...new Set(this.series.map(shardOf))];
    const each = cashOnEveryShard === true ? Math.floor(cash / shards.length) : 0;
    for (const shard of shards) if (shard !== CRYPTO_SHARD) primary.deposit(shard, money(each));
    primary.deposit(CRYPTO_SHARD, money(cash - primary.totalCash));
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
    market.openInterest = 0;
    this.#settled++;
    for (const account of this.#members.all) {
      const settled = account.settle(market.ticker, yesValue, at);
      if (settled === null) continue;
      this.desk.recordSettlement(settled);
      const position = account.position(market.ticker);
      if (position !== undefined) this.#dispatch({ type: "position", position, at });
    }
  }

  /**
   * Puts the strikes of the windows that trade at the start near the index, where there is something to see: a newcomer
   * should not watch two markets at one cent for their first minutes. Only the past before anybody looks is touched.
   */
  #bringNearTheMoney(close: Micros, begin: Micros): void {
    const random = Random.named(this.settings.seed, "first strikes");
    const open = (close - WINDOW_MICROS) / MICROS_PER_SECOND;
    const seconds = (close - begin) / MICROS_PER_SECOND;
    for (const id of INDEX_IDS) {
      const likelyMove = this.index.volatility(id) * Math.sqrt(Math.max(seconds, 1));
      this.index.bend(
        id,
        open - SETTLEMENT_SECONDS + 1,
        open,
        Math.exp(FIRST_STRIKE_DISTANCE * likelyMove * random.normal()),
      );
    }
  }

  /** Whether money and contracts are conserved: the sums over every account. */
  houseLedger(): HouseLedger {
    let cash = 0;
    let collateral = 0;
    let fees = 0;
    let contracts = 0;
    for (const account of [...this.#members.all, ...this.#traders]) {
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

/** The quarter hour after this time: when the window that trades now closes. */
export const nextClose = (at: Micros): Micros => micros(quarterHourAtOrBefore(at) + WINDOW_MICROS);
