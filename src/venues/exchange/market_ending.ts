/**
 * How every market ends (KALSHI.md 4.8, 8.1).
 *
 * | moment | what happens |
 * | --- | --- |
 * | close | every order leaves the book, stamped with the close; `closed`, silently |
 * | close + 3 s | `determined` |
 * | close + 8.1 s (hourly: 168 s) | `settled`: positions are paid, status `finalized` |
 * @module
 */

import { SETTLEMENT_SECONDS, settlementNumber } from "../../core/settlement.ts";
import { type Micros, micros, MICROS_PER_MILLISECOND, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import type { Emit } from "./events.ts";
import type { FaultSwitches } from "./faults.ts";
import type { TradingFloor } from "./floor.ts";
import type { IndexProcess } from "./index_process.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { Random } from "./random.ts";
import { RANK, type Timeline } from "./timeline.ts";

const DETERMINED_DELAY = 3 * MICROS_PER_SECOND;
const SETTLED_DELAY = { fifteen_min: 8_100 * MICROS_PER_MILLISECOND, hourly: 168 * MICROS_PER_SECOND } as const;
/** Added under the fault `slow-settlement`: a gold market of August 2026 took half a day. */
const SLOW_SETTLEMENT = 120 * MICROS_PER_MINUTE;
/** Half the width within which the exchange's own delays vary. */
const JITTER = 40 * MICROS_PER_MILLISECOND;

export interface EndingParts {
  readonly timeline: Timeline;
  readonly index: IndexProcess;
  readonly floor: TradingFloor;
  readonly emit: Emit;
  readonly random: Random;
  readonly faults: FaultSwitches;
  /** Called when a market pays, before it is announced. */
  readonly pay: (market: ListedMarket, at: Micros) => void;
}

export class MarketEnding {
  readonly #parts: EndingParts;

  constructor(parts: EndingParts) {
    this.#parts = parts;
  }

  /** A delay's random part. */
  jitter(): number {
    return Math.round(this.#parts.random.between(-JITTER, JITTER));
  }

  /** The mean of the 60 index values that end at this time, as the exchange rounds it. */
  settlementNumber(market: ListedMarket, at: Micros): number {
    const last = at / MICROS_PER_SECOND;
    const { sum, count } = this.#parts.index.sum(market.series.index, last - SETTLEMENT_SECONDS + 1, last);
    if (count !== SETTLEMENT_SECONDS) throw new Error(`The index has ${count} of 60 values before second ${last}`);
    return settlementNumber(sum / count, 2);
  }

  /** A market that had ended before the exchange began: as it would stand now. */
  finishPast(market: ListedMarket): void {
    market.decide(this.settlementNumber(market, market.closeTime));
    market.settledAt = micros(market.closeTime + SETTLED_DELAY[market.series.frequency]);
    market.updatedAt = market.settledAt;
    market.status = "finalized";
  }

  /** Empties the book, and has the market determined and settled in time. */
  close(market: ListedMarket, at: Micros): void {
    const { timeline, floor, faults } = this.#parts;
    for (const order of floor.clear(market, at)) {
      if (order.member === null) continue;
      order.member.end("canceled");
      floor.announce(order.member, "CloseCancel", at);
    }
    market.status = "closed";
    // Taken now: the index keeps its values only for some hours.
    const value = this.settlementNumber(market, at);
    const slow = faults.has("slow-settlement") ? SLOW_SETTLEMENT : 0;
    const determined = micros(at + DETERMINED_DELAY + slow + this.jitter());
    const settled = micros(at + SETTLED_DELAY[market.series.frequency] + slow + this.jitter());
    timeline.schedule(determined, RANK.cycle, (time) => this.#determine(market, value, time));
    timeline.schedule(settled, RANK.cycle, (time) => this.#settle(market, time));
  }

  #determine(market: ListedMarket, value: number, at: Micros): void {
    market.decide(value);
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
}
