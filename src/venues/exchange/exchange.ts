/**
 * The simulated exchange itself: an index, markets that follow each other, and a population that trades them.
 * @module
 */

import { type Micros, micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND, money, parseTime } from "../../core/units.ts";
import { SETTLEMENT_SECONDS } from "../../core/settlement.ts";
import type { Account } from "./account.ts";
import { type CoreSettings, ExchangeCore, FEED_DELAY } from "./exchange_core.ts";
import { INDEX_IDS, IndexProcess } from "./index_process.ts";
import { firstIndexSecond, MarketCycle, quarterHourAtOrBefore, WINDOW_MICROS } from "./market_cycle.ts";
import { Random } from "./random.ts";
import { CRYPTO_SHARD, DEFAULT_SHARD, LISTED_SERIES, OPTIONAL_SERIES, type Series, shardOf } from "./series.ts";
import { startStrips } from "./strips.ts";
import { RANK } from "./timeline.ts";
import { startTraders } from "./traders.ts";

export { DEFAULT_CASH, type HouseLedger } from "./exchange_core.ts";

/** The population trades among itself for this long before the exchange is shown to anyone. */
const WARM_UP = 60 * MICROS_PER_SECOND;
/** Five values a second, as `cfbenchmarks_value_5hz` has them. */
const FAST_TICK = 200 * MICROS_PER_MILLISECOND;
/** How often the fault `grid-change` strikes. */
const GRID_CHANGE_PERIOD = 90 * MICROS_PER_SECOND;
/** How far from the index the first strikes lie, in standard deviations of its move until they settle. */
const FIRST_STRIKE_DISTANCE = 0.5;

/**
 * When the simulated clock starts unless told otherwise: 2026-10-06T13:58:00Z, two minutes before a quarter hour, so that
 * a newcomer soon sees a settlement. Fixed, whatever the date, so that a seed names one exact course of events.
 */
export const DEFAULT_START: Micros = parseTime("2026-10-06T13:58:00Z") ?? micros(0);

export interface ExchangeSettings extends CoreSettings {
  /** Lists these of {@link OPTIONAL_SERIES} too; none by default. */
  readonly series?: readonly string[];
  /** Lays equal parts of the cash on the shards that the listed markets trade on, instead of all on the crypto shard. */
  readonly cashOnEveryShard?: boolean;
}

export class Exchange extends ExchangeCore {
  readonly index: IndexProcess;
  readonly cycle: MarketCycle;
  readonly series: readonly Series[];
  protected readonly others: readonly Account[];

  constructor(override readonly settings: ExchangeSettings) {
    const { seed, startAt } = settings;
    const begin = micros(startAt - WARM_UP);
    super(settings, begin);
    this.index = new IndexProcess(seed, firstIndexSecond(begin));
    this.index.advanceTo(Math.floor(begin / MICROS_PER_SECOND));
    this.#bringNearTheMoney(nextClose(startAt), begin);
    const cycleParts = (stream: string) => ({ ...this.marketParts(stream), index: this.index, faults: this.faults });
    this.cycle = new MarketCycle(cycleParts("cycle"));
    const optional = OPTIONAL_SERIES.filter(({ ticker }) => settings.series?.includes(ticker) === true);
    this.series = [...LISTED_SERIES, ...optional];
    this.#layCash();
    this.cycle.begin(begin);
    const strips = startStrips(optional, { cycleParts, index: this.index, seed }, begin);
    this.#tickIndex(micros((Math.floor(begin / MICROS_PER_SECOND) + 1) * MICROS_PER_SECOND));
    this.watchPauses(begin);
    this.others = startTraders(
      {
        timeline: this.timeline,
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

  /** Makes the value of each whole second when it comes, and has it published a little later. */
  #tickIndex(at: Micros): void {
    this.timeline.schedule(at, RANK.index, (time) => {
      const second = time / MICROS_PER_SECOND;
      this.index.advanceTo(second);
      this.timeline.schedule(micros(time + FEED_DELAY), RANK.feed, (feedTime) => this.publishIndex(second, feedTime));
      for (let part = 1; part < MICROS_PER_SECOND / FAST_TICK; part++) this.#tickFast(micros(time + part * FAST_TICK));
      this.#tickFast(time);
      this.#tickIndex(micros(time + MICROS_PER_SECOND));
    });
  }

  #tickFast(sourceAt: Micros): void {
    this.timeline.schedule(micros(sourceAt + FEED_DELAY), RANK.feed, (receivedAt) => {
      if (!this.isHeard) return;
      for (const index of INDEX_IDS) {
        const tick = { index, value: this.index.priceAt(index, sourceAt), sourceAt, receivedAt };
        this.dispatch({ type: "fast_index", tick, at: receivedAt });
      }
    });
  }

  /** The fault `grid-change`: markets that are open go to whole cents, or back to the grid of their series. */
  #changeGrids(at: Micros): void {
    if (!this.faults.has("grid-change")) return;
    for (const market of this.markets.values()) {
      if (market.status !== "active") continue;
      market.structure = market.structure === "linear_cent" ? market.series.structure : "linear_cent";
      market.updatedAt = at;
      this.dispatch({ type: "lifecycle", kind: "price_level_structure_updated", market, at });
    }
  }

  /** Puts what the member has where it can be traded with. */
  #layCash(): void {
    const { cash, cashOnEveryShard } = this.settings;
    const { primary } = this.members;
    if (this.faults.has("cash-on-shard-0")) return primary.deposit(DEFAULT_SHARD, cash);
    const shards = [...new Set(this.series.map(shardOf))];
    const each = cashOnEveryShard === true ? Math.floor(cash / shards.length) : 0;
    for (const shard of shards) if (shard !== CRYPTO_SHARD) primary.deposit(shard, money(each));
    primary.deposit(CRYPTO_SHARD, money(cash - primary.totalCash));
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
}

/** The quarter hour after this time: when the window that trades now closes. */
export const nextClose = (at: Micros): Micros => micros(quarterHourAtOrBefore(at) + WINDOW_MICROS);
