/**
 * The quarter-hour cycle of every series (KALSHI.md 8.1): windows are listed 23 hours ahead, one opens the moment the
 * last closes, its strike is named a little later and is the number that settled the last one.
 *
 * | moment | what happens |
 * | --- | --- |
 * | open | `initialized` becomes `active`, silently; yes_sub_title still "TBD" |
 * | open + 0.6 s | `floor_strike` is set and pushed as `metadata_updated` |
 * | close | see market_ending.ts |
 * @module
 */

import { SETTLEMENT_SECONDS } from "../../core/settlement.ts";
import { quarterHourTicker } from "../../core/ticker.ts";
import { type Micros, micros, MICROS_PER_MILLISECOND, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import type { IndexProcess } from "./index_process.ts";
import { indexAverage, indexSettlement } from "./index_settlement.ts";
import { ListedMarket } from "./listed_market.ts";
import { type EndingParts, MarketEnding } from "./market_ending.ts";
import { type CryptoSeries, LISTED_SERIES } from "./series.ts";
import { RANK } from "./timeline.ts";

export const WINDOW_MICROS = 15 * MICROS_PER_MINUTE;
const WINDOWS_AHEAD = 92;
/** Settled windows that exist when the exchange starts. */
const WINDOWS_BEFORE = 4;
/** Finalized markets kept per series, a day's worth; older ones are only on `/historical` at Kalshi. */
const FINALIZED_MAX = 96;
const STRIKE_DELAY = 600 * MICROS_PER_MILLISECOND;
const SLOW_STRIKE_DELAY = 20 * MICROS_PER_SECOND;

/** The last quarter hour at or before this time. */
export const quarterHourAtOrBefore = (at: Micros): Micros => micros(Math.floor(at / WINDOW_MICROS) * WINDOW_MICROS);

/** The first index second that the cycle needs when it begins at this time. */
export function firstIndexSecond(begin: Micros): number {
  const oldest = quarterHourAtOrBefore(begin) - WINDOWS_BEFORE * WINDOW_MICROS;
  return oldest / MICROS_PER_SECOND - SETTLEMENT_SECONDS;
}

export interface CycleParts extends EndingParts {
  /** Every listed market by ticker, in order of listing: the cycle adds its own. */
  readonly markets: Map<string, ListedMarket>;
}

/** What the cycles of markets on an index are given. */
export interface IndexCycleParts extends CycleParts {
  readonly index: IndexProcess;
}

type Window = ListedMarket<CryptoSeries>;

export class MarketCycle {
  readonly #parts: IndexCycleParts;
  readonly #ending: MarketEnding;
  /** Windows of each series, oldest first. */
  readonly #windows = new Map<CryptoSeries, Window[]>();
  readonly #active = new Map<CryptoSeries, Window>();

  constructor(parts: IndexCycleParts) {
    this.#parts = parts;
    this.#ending = new MarketEnding(parts);
  }

  /** The market of this series that trades now. */
  active(series: CryptoSeries): Window | null {
    return this.#active.get(series) ?? null;
  }

  /** Lists everything that exists at this time and sets the cycle going. The index has reached this time. */
  begin(at: Micros): void {
    const open = quarterHourAtOrBefore(at);
    for (const series of LISTED_SERIES) {
      this.#windows.set(series, []);
      for (let k = -WINDOWS_BEFORE; k <= WINDOWS_AHEAD; k++) this.#list(series, micros(open + k * WINDOW_MICROS));
      for (const market of this.#windowsOf(series)) {
        if (market.closeTime <= at) this.#finishPast(market);
        else if (market.openTime <= at) this.#open(series, market, at);
      }
    }
    this.#parts.timeline.schedule(micros(open + WINDOW_MICROS), RANK.cycle, (boundary) => this.#roll(boundary));
  }

  #windowsOf(series: CryptoSeries): Window[] {
    return this.#windows.get(series) ?? [];
  }

  #list(series: CryptoSeries, open: Micros): Window {
    const createdAt = micros(open - WINDOWS_AHEAD * WINDOW_MICROS);
    const closeTime = micros(open + WINDOW_MICROS);
    const tickers = quarterHourTicker(series.ticker, closeTime);
    const market = new ListedMarket(
      {
        series,
        ticker: tickers.market,
        event: tickers.event,
        openTime: open,
        closeTime,
        strikeType: "greater_or_equal",
        floorStrike: null,
        capStrike: null,
      },
      createdAt,
      this.#parts.random.uuid(),
    );
    this.#parts.markets.set(market.ticker, market);
    this.#windowsOf(series).push(market);
    return market;
  }

  #finishPast(market: Window): void {
    const { index } = this.#parts;
    market.floorStrike = indexAverage(index, market.series, market.openTime);
    this.#ending.finishPast(market, indexSettlement(index, market));
  }

  #open(series: CryptoSeries, market: Window, at: Micros): void {
    const { timeline, faults } = this.#parts;
    market.status = "active";
    this.#active.set(series, market);
    const delay = faults.has("slow-strike") ? SLOW_STRIKE_DELAY : STRIKE_DELAY + this.#ending.jitter();
    const strikeAt = micros(market.openTime + delay);
    if (strikeAt > at) timeline.schedule(strikeAt, RANK.cycle, (time) => this.#nameStrike(market, time));
    else this.#nameStrike(market, at, strikeAt);
    timeline.schedule(
      micros(market.closeTime - SETTLEMENT_SECONDS * MICROS_PER_SECOND),
      RANK.cycle,
      () => this.#beginLastMinute(market),
    );
  }

  /** Under the fault `tie` the index stands still at the strike from here to the close. */
  #beginLastMinute(market: Window): void {
    if (!this.#parts.faults.has("tie") || market.floorStrike === null) return;
    this.#parts.index.hold(market.series.index, market.floorStrike);
  }

  #nameStrike(market: Window, at: Micros, stamp: Micros = at): void {
    market.floorStrike = indexAverage(this.#parts.index, market.series, market.openTime);
    market.updatedAt = stamp;
    this.#parts.emit({ type: "lifecycle", kind: "metadata_updated", market, at });
  }

  #roll(boundary: Micros): void {
    for (const series of LISTED_SERIES) {
      const closing = this.active(series);
      if (closing !== null) {
        this.#ending.close(closing, boundary, indexSettlement(this.#parts.index, closing));
        this.#active.delete(series);
        this.#parts.index.release(series.index);
      }
      const opening = this.#windowsOf(series).find((market) => market.openTime === boundary);
      if (opening !== undefined) this.#open(series, opening, boundary);
      const listed = this.#list(series, micros(boundary + WINDOWS_AHEAD * WINDOW_MICROS));
      this.#parts.emit({ type: "event_created", market: listed, at: boundary });
      this.#parts.emit({ type: "lifecycle", kind: "created", market: listed, at: boundary });
      this.#dropOld(series);
    }
    this.#parts.timeline.schedule(micros(boundary + WINDOW_MICROS), RANK.cycle, (next) => this.#roll(next));
  }

  #dropOld(series: CryptoSeries): void {
    const windows = this.#windowsOf(series);
    while (windows.length > WINDOWS_AHEAD + FINALIZED_MAX && windows[0].status === "finalized") {
      this.#parts.markets.delete(windows[0].ticker);
      windows.shift();
    }
  }
}
