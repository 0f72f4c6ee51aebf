/**
 * The events on the Fed's coming meetings (KALSHI.md 10): thresholds for the upper bound of the target range, and one
 * market for each decision.
 *
 * | moment | what happens |
 * | --- | --- |
 * | an hour after the statement three meetings before | listed, and open at once |
 * | five minutes before the statement | closed |
 * | five minutes after it | determined by what the simulated Committee decided |
 * | an hour later | settled |
 * @module
 */

import { meetingTicker } from "../../core/ticker.ts";
import { type Micros, micros, MICROS_PER_DAY, MICROS_PER_MINUTE } from "../../core/units.ts";
import { FOMC_MEETINGS, type FomcMeeting } from "../../models/fomc_meetings.ts";
import type { RatesMarket } from "./feeds/rates_market.ts";
import { ListedMarket, type MarketTerms } from "./listed_market.ts";
import type { CycleParts } from "./market_cycle.ts";
import { MarketEnding, type Settlement } from "./market_ending.ts";
import type { RatesSeries } from "./series.ts";
import { RANK } from "./timeline.ts";

const HOUR = 60 * MICROS_PER_MINUTE;
/** Coming meetings that are listed at a time. */
const MEETINGS_LISTED = 3;
const LISTED_AFTER = HOUR;
/** Of meetings too early in the calendar for one before them to say. */
const LISTED_BEFORE = 150 * MICROS_PER_DAY;
const CLOSES_BEFORE = 5 * MICROS_PER_MINUTE;
const DETERMINED_AFTER = 5 * MICROS_PER_MINUTE;
const STEP = 0.25;
const STEP_BASIS_POINTS = 25;
/** Thresholds below the upper bound at the listing, and from it on. */
const STEPS_BELOW = 5;
const STEPS_ABOVE = 2;
/** Meetings kept per series once they are settled. */
const SETTLED_EVENTS_MAX = 4;

/** A market of an event: the last part of its ticker, and its strike. */
interface Outcome {
  readonly name: string;
  readonly strike: Pick<MarketTerms, "strikeType" | "floorStrike" | "capStrike" | "customStrike">;
}

function thresholds(upper: number): readonly Outcome[] {
  return Array.from({ length: STEPS_BELOW + STEPS_ABOVE }, (_, at) => {
    const floorStrike = upper + (at - STEPS_BELOW) * STEP;
    const name = `T${floorStrike.toFixed(2)}`;
    return { name, strike: { strikeType: "greater" as const, floorStrike, capStrike: null } };
  }).filter(({ strike }) => strike.floorStrike >= 0);
}

function decision(letter: "C" | "H", basisPoints: number, holds: (move: number) => boolean): Outcome {
  const word = basisPoints > STEP_BASIS_POINTS ? `>${STEP_BASIS_POINTS}` : `${basisPoints}`;
  const customStrike = { body: { [letter === "C" ? "Cut" : "Hike"]: word }, holds };
  return {
    name: `${letter}${basisPoints}`,
    strike: { strikeType: "custom", floorStrike: null, capStrike: null, customStrike },
  };
}

/** By the move of the upper bound in basis points. */
const DECISIONS: readonly Outcome[] = [
  decision("C", 26, (move) => move < -STEP_BASIS_POINTS),
  decision("C", 25, (move) => move === -STEP_BASIS_POINTS),
  decision("H", 0, (move) => move === 0),
  decision("H", 25, (move) => move === STEP_BASIS_POINTS),
  decision("H", 26, (move) => move > STEP_BASIS_POINTS),
];

export class RatesCycle {
  readonly #parts: CycleParts;
  readonly #rates: RatesMarket;
  readonly #series: readonly RatesSeries[];
  readonly #ending: MarketEnding;
  /** Events of each series, oldest first. */
  readonly #events = new Map<RatesSeries, (readonly ListedMarket<RatesSeries>[])[]>();

  constructor(parts: CycleParts, rates: RatesMarket, series: readonly RatesSeries[]) {
    this.#parts = parts;
    this.#rates = rates;
    this.#series = series;
    this.#ending = new MarketEnding(parts);
  }

  /** The markets of this series that trade now, on all meetings. */
  active(series: RatesSeries): readonly ListedMarket<RatesSeries>[] {
    return (this.#events.get(series) ?? []).flat().filter((market) => market.status === "active");
  }

  /** Lists everything that exists at this time and sets the cycle going. */
  begin(at: Micros): void {
    for (const series of this.#series) this.#events.set(series, []);
    let number = FOMC_MEETINGS.findIndex(({ decidedAt }) => closeOf(decidedAt) > at);
    for (; number >= 0 && number < FOMC_MEETINGS.length && listedAt(number) <= at; number++) {
      this.#list(number, at, false);
    }
    if (number >= 0) this.#listNext(number);
  }

  #listNext(number: number): void {
    if (number >= FOMC_MEETINGS.length) return;
    this.#parts.timeline.schedule(listedAt(number), RANK.cycle, (at) => {
      this.#list(number, at, true);
      this.#listNext(number + 1);
    });
  }

  #list(number: number, at: Micros, aloud: boolean): void {
    const meeting = FOMC_MEETINGS[number];
    const openTime = listedAt(number);
    const upper = this.#rates.upperOn(new Date(openTime / 1_000).toISOString().slice(0, 10));
    const closeTime = closeOf(meeting.decidedAt);
    for (const series of this.#series) {
      const outcomes = series.shape === "upper_bound" ? thresholds(upper) : DECISIONS;
      const markets = outcomes.map(({ name, strike }) => {
        const { event, market: ticker } = meetingTicker(series.ticker, meeting.month, name);
        const terms = { series, ticker, event, openTime, closeTime, ...strike };
        return new ListedMarket(terms, openTime, this.#parts.random.uuid());
      });
      for (const market of markets) {
        market.status = "active";
        this.#parts.markets.set(market.ticker, market);
      }
      this.#events.get(series)?.push(markets);
      this.#parts.timeline.schedule(closeTime, RANK.cycle, (time) => this.#close(markets, meeting, time));
      if (!aloud) continue;
      this.#parts.emit({ type: "event_created", market: markets[0], at });
      for (const market of markets) this.#parts.emit({ type: "lifecycle", kind: "created", market, at });
      this.#dropOld(series);
    }
  }

  #close(markets: readonly ListedMarket<RatesSeries>[], meeting: FomcMeeting, at: Micros): void {
    const determinedAt = micros(meeting.decidedAt + DETERMINED_AFTER);
    for (const market of markets) {
      const settlement: Settlement = {
        determinedAt,
        settledAt: micros(determinedAt + HOUR),
        value: () => this.#decided(market.series, meeting),
      };
      this.#ending.close(market, at, settlement);
    }
  }

  /** The upper bound in per cent, or its move in basis points. */
  #decided({ shape }: RatesSeries, meeting: FomcMeeting): number {
    const after = this.#rates.upperAfter(meeting);
    return shape === "upper_bound" ? after : Math.round((after - this.#rates.upperOn(meeting.day)) * 100);
  }

  #dropOld(series: RatesSeries): void {
    const events = this.#events.get(series) ?? [];
    while (events.length > SETTLED_EVENTS_MAX + MEETINGS_LISTED && events[0][0].status === "finalized") {
      for (const market of events.shift() ?? []) this.#parts.markets.delete(market.ticker);
    }
  }
}

const closeOf = (decidedAt: Micros): Micros => micros(decidedAt - CLOSES_BEFORE);

function listedAt(number: number): Micros {
  return number < MEETINGS_LISTED
    ? micros(FOMC_MEETINGS[number].decidedAt - LISTED_BEFORE)
    : micros(FOMC_MEETINGS[number - MEETINGS_LISTED].decidedAt + LISTED_AFTER);
}
