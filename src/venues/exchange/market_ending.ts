/**
 * How every market ends (KALSHI.md 4.8, 8.1).
 *
 * | moment | what happens |
 * | --- | --- |
 * | close | every order leaves the book, stamped with the close; `closed`, silently |
 * | later | `determined` |
 * | later still | `settled`: positions are paid, status `finalized` |
 *
 * | kind | determined | settled |
 * | --- | --- | --- |
 * | quarter-hourly, hourly | close + 3 s | close + 8.1 s, close + 168 s (index_settlement.ts) |
 * | daily temperature | 10:18Z of the morning after | 11:18Z (climate_cycle.ts) |
 * | the Fed | five minutes after the statement | an hour later (rates_cycle.ts) |
 * @module
 */

import { type Micros, micros, MICROS_PER_MILLISECOND, MICROS_PER_MINUTE } from "../../core/units.ts";
import type { Emit } from "./events.ts";
import type { FaultSwitches } from "./faults.ts";
import type { TradingFloor } from "./floor.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { Random } from "./random.ts";
import { RANK, type Timeline } from "./timeline.ts";

/** Added under the fault `slow-settlement`: a gold market of August 2026 took half a day. */
const SLOW_SETTLEMENT = 120 * MICROS_PER_MINUTE;
/** Half the width within which the exchange's own delays vary. */
const JITTER = 40 * MICROS_PER_MILLISECOND;

export interface EndingParts {
  readonly timeline: Timeline;
  readonly floor: TradingFloor;
  readonly emit: Emit;
  readonly random: Random;
  readonly faults: FaultSwitches;
  /** Called when a market pays, before it is announced. */
  readonly pay: (market: ListedMarket, at: Micros) => void;
}

/** When a market settles and on what. */
export interface Settlement {
  readonly determinedAt: Micros;
  readonly settledAt: Micros;
  /** The settlement number; asked when the market is determined. */
  readonly value: () => number;
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

  /** A market that had ended before the exchange began: as it would stand now. */
  finishPast(market: ListedMarket, { settledAt, value }: Settlement): void {
    market.decide(value());
    market.settledAt = settledAt;
    market.updatedAt = settledAt;
    market.status = "finalized";
  }

  /** Empties the book, and has the market determined and settled in time. */
  close(market: ListedMarket, at: Micros, settlement: Settlement): void {
    const { timeline, floor, faults } = this.#parts;
    for (const order of floor.clear(market, at)) {
      if (order.member === null) continue;
      order.member.end("canceled");
      floor.announce(order.member, "CloseCancel", at);
    }
    market.status = "closed";
    const slow = faults.has("slow-settlement") ? SLOW_SETTLEMENT : 0;
    const determined = micros(settlement.determinedAt + slow + this.jitter());
    const settled = micros(settlement.settledAt + slow + this.jitter());
    timeline.schedule(determined, RANK.cycle, (time) => this.#determine(market, settlement.value(), time));
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
