/**
 * What traders of the Fed's decisions know: what futures said some minutes ago, and an opinion of their own on each meeting.
 * @module
 */

import { parseTicker } from "../../core/ticker.ts";
import { type Micros, micros, MICROS_PER_MINUTE } from "../../core/units.ts";
import { FOMC_MEETINGS, type FomcMeeting } from "../../models/fomc_meetings.ts";
import { keyOf, wander } from "./feeds/noise.ts";
import type { RatesMarket } from "./feeds/rates_market.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { RatesSeries } from "./series.ts";

/** From a move of the futures until they heed it. */
const LATE = 15 * MICROS_PER_MINUTE;
/** What they misjudge a cut's probability by, one deviation, and how long they keep to that. */
const OPINION = 0.04;
const OPINION_LASTS = 120 * MICROS_PER_MINUTE;
/** What they give to moves that futures do not speak of, each. */
const SURPRISE = 0.008;
const CUT_MIN = 0.01;
const CUT_MAX = 0.95;
const STEP = 0.25;

export class RatesEyes {
  readonly #rates: RatesMarket;
  readonly #seed: number;

  constructor(rates: RatesMarket, seed: number) {
    this.#rates = rates;
    this.#seed = seed;
  }

  /** Probability of YES. */
  judge({ ticker, terms }: ListedMarket<RatesSeries>, at: Micros): number {
    const parsed = parseTicker(ticker);
    if (parsed?.kind === "fed_rate") {
      const month = monthOf(parsed);
      const coming = FOMC_MEETINGS.filter(({ decidedAt, month: own }) => decidedAt > at && own <= month);
      return this.#above(coming, terms.floorStrike ?? 0, at);
    }
    const meeting = parsed?.kind !== "fed_decision"
      ? undefined
      : FOMC_MEETINGS.find(({ month }) => month === monthOf(parsed));
    if (parsed?.kind !== "fed_decision" || meeting === undefined) throw new Error(`${ticker} is about no meeting`);
    const cut = this.#cut(meeting, at);
    const expected = parsed.move === "hold" ? 1 - cut : parsed.move === "cut" && parsed.basisPoints === 25 ? cut : 0;
    return withSurprise(expected);
  }

  /** P(upper bound > threshold) once these meetings have decided. */
  #above(coming: readonly FomcMeeting[], threshold: number, at: Micros): number {
    let cuts: readonly number[] = [1];
    for (const meeting of coming) {
      const cut = this.#cut(meeting, at);
      cuts = [...cuts, 0].map((stays, number) => stays * (1 - cut) + (number === 0 ? 0 : cuts[number - 1] * cut));
    }
    const upper = this.#rates.upperOn(new Date(at / 1_000).toISOString().slice(0, 10));
    return withSurprise(cuts.reduce((sum, share, number) => upper - number * STEP > threshold ? sum + share : sum, 0));
  }

  #cut(meeting: FomcMeeting, at: Micros): number {
    const said = this.#rates.cutProbability(meeting, micros(at - LATE));
    const opinion = OPINION * wander(keyOf(this.#seed, `traders/rates/${meeting.day}`), at, OPINION_LASTS);
    return Math.min(CUT_MAX, Math.max(CUT_MIN, said + opinion));
  }
}

const withSurprise = (probability: number): number => SURPRISE + (1 - 2 * SURPRISE) * probability;

const monthOf = ({ year, month }: { readonly year: number; readonly month: number }): string =>
  `${year}-${month.toString().padStart(2, "0")}`;
