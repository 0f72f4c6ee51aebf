/**
 * The quarter-hour cycle of every series (KALSHI.md 8.1): windows are listed 23 hours ahead, one opens the moment the
 * last closes, its strike is named a little later and is the number that settled the last one.
 *
 * | moment | what happens |
 * | --- | --- |
 * | open | `initialized` becomes `active`, silently; yes_sub_title still "TBD" |
 * | open + 0.6 s | `floor_strike` is set and pushed as `metadata_updated` |
 * | close | every order leaves the book, stamped with the close; `closed`, silently |
 * | close + 3 s | `determined` |
 * | close + 8.1 s | `settled`: positions are paid, status `finalized` |
 * @module
 */

import { settlementNumber } from "../../core/settlement.ts";
import { type Micros, micros, MICROS_PER_MILLISECOND, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import type { Emit } from "./events.ts";
import type { TradingFloor } from "./floor.ts";
import type { IndexProcess } from "./index_process.ts";
import { ListedMarket, WINDOW_MINUTES } from "./listed_market.ts";
import type { Random } from "./random.ts";
import { LISTED_SERIES, type Series } from "./series.ts";
import { RANK, type Timeline } from "./timeline.ts";

export const WINDOW_MICROS = WINDOW_MINUTES * MICROS_PER_MINUTE;
const WINDOWS_AHEAD = 92;
/** Settled windows that exist when the exchange starts. */
const WINDOWS_BEFORE = 4;
/** Finalized markets kept per series, a day's worth; older ones are only on `/historical` at Kalshi. */
const FINALIZED_MAX = 96;
const STRIKE_DELAY = 600 * MICROS_PER_MILLISECOND;
const SLOW_STRIKE_DELAY = 20 * MICROS_PER_SECOND;
const DETERMINED_DELAY = 3 * MICROS_PER_SECOND;
const SETTLED_DELAY = 8_100 * MICROS_PER_MILLISECOND;
/** Half the width within which the exchange's own delays vary. */
const JITTER = 40 * MICROS_PER_MILLISECOND;
const AVERAGED_SECONDS = 60;

/** The last quarter hour at or before this time. */
export const quarterHourAtOrBefore = (at: Micros): Micros => micros(Math.floor(at / WINDOW_MICROS) * WINDOW_MICROS);

/** The first index second that the cycle needs when it begins at this time. */
export function firstIndexSecond(begin: Micros): number {
  const oldest = quarterHourAtOrBefore(begin) - WINDOWS_BEFORE * WINDOW_MICROS;
  return oldest / MICROS_PER_SECOND - AVERAGED_SECONDS;
}

export interface CycleParts {
  readonly timeline: Timeline;
  readonly index: IndexProcess;
  readonly floor: TradingFloor;
  readonly emit: Emit;
  readonly random: Random;
  readonly slowStrike: boolean;
  /** Called when a market pays, before it is announced. */
  readonly pay: (market: ListedMarket, at: Micros) => void;
}

export class MarketCycle {
  readonly #parts: CycleParts;
  readonly #markets = new Map<string, ListedMarket>();
  /** Windows of each series, oldest first. */
  readonly #windows = new Map<Series, ListedMarket[]>();
  readonly #active = new Map<Series, ListedMarket>();

  constructor(parts: CycleParts) {
    this.#parts = parts;
  }

  /** Every listed market by ticker, in order of listing. */
  get markets(): ReadonlyMap<string, ListedMarket> {
    return this.#markets;
  }

  /** The market of this series that trades now. */
  active(series: Series): ListedMarket | null {
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

  #windowsOf(series: Series): ListedMarket[] {
    return this.#windows.get(series) ?? [];
  }

  #list(series: Series, open: Micros): ListedMarket {
    const createdAt = micros(open - WINDOWS_AHEAD * WINDOW_MICROS);
    const market = new ListedMarket(series, micros(open + WINDOW_MICROS), createdAt, this.#parts.random.uuid());
    this.#markets.set(market.ticker, market);
    this.#windowsOf(series).push(market);
    return market;
  }

  #settlementNumber(market: ListedMarket, at: Micros): number {
    const last = at / MICROS_PER_SECOND;
    const { sum, count } = this.#parts.index.sum(market.series.index, last - AVERAGED_SECONDS + 1, last);
    if (count !== AVERAGED_SECONDS) throw new Error(`The index has ${count} of 60 values before second ${last}`);
    return settlementNumber(sum / count, 2);
  }

  #jitter(): number {
    return Math.round(this.#parts.random.between(-JITTER, JITTER));
  }

  /** A window that had ended before the exchange began: as it would stand now. */
  #finishPast(market: ListedMarket): void {
    market.floorStrike = this.#settlementNumber(market, market.openTime);
    this.#decide(market);
    market.settledAt = micros(market.closeTime + SETTLED_DELAY);
    market.updatedAt = market.settledAt;
    market.status = "finalized";
  }

  #decide(market: ListedMarket): void {
    market.expirationValue = this.#settlementNumber(market, market.closeTime);
    market.result = market.floorStrike !== null && market.expirationValue >= market.floorStrike ? "yes" : "no";
  }

  #open(series: Series, market: ListedMarket, at: Micros): void {
    market.status = "active";
    this.#active.set(series, market);
    const delay = this.#parts.slowStrike ? SLOW_STRIKE_DELAY : STRIKE_DELAY + this.#jitter();
    const strikeAt = micros(market.openTime + delay);
    if (strikeAt > at) this.#parts.timeline.schedule(strikeAt, RANK.cycle, (time) => this.#nameStrike(market, time));
    else this.#nameStrike(market, at, strikeAt);
  }

  #nameStrike(market: ListedMarket, at: Micros, stamp: Micros = at): void {
    market.floorStrike = this.#settlementNumber(market, market.openTime);
    market.updatedAt = stamp;
    this.#parts.emit({ type: "lifecycle", kind: "metadata_updated", market, at });
  }

  #roll(boundary: Micros): void {
    for (const series of LISTED_SERIES) {
      const closing = this.active(series);
      if (closing !== null) this.#close(closing, boundary);
      const opening = this.#windowsOf(series).find((market) => market.openTime === boundary);
      if (opening !== undefined) this.#open(series, opening, boundary);
      const listed = this.#list(series, micros(boundary + WINDOWS_AHEAD * WINDOW_MICROS));
      this.#parts.emit({ type: "event_created", market: listed, at: boundary });
      this.#parts.emit({ type: "lifecycle", kind: "created", market: listed, at: boundary });
      this.#dropOld(series);
    }
    this.#parts.timeline.schedule(micros(boundary + WINDOW_MICROS), RANK.cycle, (next) => this.#roll(next));
  }

  #close(market: ListedMarket, at: Micros): void {
    for (const order of this.#parts.floor.clear(market, at)) {
      if (order.member === null) continue;
      order.member.end("canceled");
      this.#parts.floor.announce(order.member, "CloseCancel", at);
    }
    market.status = "closed";
    this.#active.delete(market.series);
    const { timeline } = this.#parts;
    timeline.schedule(
      micros(at + DETERMINED_DELAY + this.#jitter()),
      RANK.cycle,
      (time) => this.#determine(market, time),
    );
    timeline.schedule(micros(at + SETTLED_DELAY + this.#jitter()), RANK.cycle, (time) => this.#settle(market, time));
  }

  #determine(market: ListedMarket, at: Micros): void {
    this.#decide(market);
    market.status = "determined";
    market.updatedAt = at;
    this.#parts.emit({ type: "lifecycle", kind: "determined", market, at });
  }

  #settle(market: ListedMarket, at: Micros): void {
    this.#parts.pay(market, at);
    market.status = "finalized";
    market.settledAt = at;
    market.updatedAt = at;
    this.#parts.emit({ type: "lifecycle", kind: "settled", market, at });
  }

  #dropOld(series: Series): void {
    const windows = this.#windowsOf(series);
    while (windows.length > WINDOWS_AHEAD + FINALIZED_MAX && windows[0].status === "finalized") {
      this.#markets.delete(windows[0].ticker);
      windows.shift();
    }
  }
}
