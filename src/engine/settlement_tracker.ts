/**
 * How markets that settle on a 60-second average are going to end: both conventions side by side, second by second, with
 * the exchange's own running average beside them as a check, and in the end the exchange's result (KALSHI.md 8.1).
 *
 * | at the close | the expected result |
 * | --- | --- |
 * | the index has all 60 seconds of convention B | what the strike makes of their mean |
 * | it has not, the exchange's average has all 60 | what the strike makes of that |
 * | the exchange itself says that it lacks seconds | no: incomplete data resolves every strike to No |
 * | anything else | none: who has missed them is not known |
 *
 * @module
 */

import type { IndexInput } from "../core/input.ts";
import { outcome, SETTLEMENT_SECONDS, settlementNumber, SettlementWindow } from "../core/settlement.ts";
import { formatTime, type Micros, micros, MICROS_PER_SECOND } from "../core/units.ts";
import type { IndexState } from "./index_state.ts";
import type { MarketState } from "./market_state.ts";
import type { Step } from "./step.ts";

/** The exchange's average is of the windows that end on a quarter of an hour. */
const WINDOW_EVERY = 900;
/** Windows whose average by the exchange is remembered: two of every index that there is. */
const WINDOWS_MAX = 64;
/** Values of two decimals against their mean with eight: a difference above a ten-millionth is none of rounding. */
const TOLERANCE = 1e-7;

/** The exchange's own average of a minute, and how ours compares. */
export interface VenueAverage {
  readonly value: number;
  readonly count: number;
  /** How many seconds should have been there when it was said. */
  readonly due: number;
  /** Our mean of the same seconds less theirs; `null` where we do not have as many. */
  readonly difference: number | null;
}

export interface ExpectedResult {
  readonly result: "yes" | "no";
  readonly by: "seconds" | "venue_average" | "no_data";
}

/** One market's final minute so far. */
export interface SettlementProgress {
  readonly a: { readonly mean: number | null; readonly count: number };
  readonly b: { readonly mean: number | null; readonly count: number };
  /** Seconds of B that are over and of which no source knows the value. */
  readonly missing: number;
  /** Seconds of B known by another source than the official one only. */
  readonly estimated: number;
  readonly venue: VenueAverage | null;
  /** Once B is whole: rounded as the market rounds. */
  readonly number: number | null;
  readonly expected: ExpectedResult | null;
}

/** Counted over the run. */
export interface SettlementCounts {
  /** The exchange's averages compared with ours, and those that differ beyond rounding. */
  venueCompared: number;
  venueDiffering: number;
  /** Averages that the exchange itself said of fewer seconds than had passed. */
  venueIncomplete: number;
  /** Results of the exchange compared with those of whole minutes, and how many agree by either convention. */
  results: number;
  resultsAgreeA: number;
  resultsAgreeB: number;
}

interface Minute {
  readonly seconds: SettlementWindow;
  readonly estimated: number;
}

export class SettlementTracker {
  readonly counts: SettlementCounts = {
    venueCompared: 0,
    venueDiffering: 0,
    venueIncomplete: 0,
    results: 0,
    resultsAgreeA: 0,
    resultsAgreeB: 0,
  };
  readonly #step: Step;
  readonly #indices: ReadonlyMap<string, IndexState>;
  readonly #venue = new Map<string, VenueAverage>();
  /** Windows that a warning was given about: one is enough. */
  readonly #told = new Set<string>();
  readonly #judged = new WeakSet<MarketState>();
  /** Of the step under way: many markets share a minute. */
  readonly #minutes = new Map<string, Minute>();
  #minutesOf = -1;

  constructor(step: Step, indices: ReadonlyMap<string, IndexState>) {
    this.#step = step;
    this.#indices = indices;
  }

  /** The index took this value in: what the exchange says of the average so far is compared with ours. */
  heard({ index, source, sourceTime, venueAverage }: IndexInput): void {
    const state = this.#indices.get(index);
    if (venueAverage === null || source !== "official" || state === undefined) return;
    const second = Math.floor(sourceTime / MICROS_PER_SECOND);
    const closeSecond = Math.ceil(second / WINDOW_EVERY) * WINDOW_EVERY;
    const due = second - closeSecond + SETTLEMENT_SECONDS;
    if (due < 1) return;
    const { value, count } = venueAverage;
    const ours = officialSoFar(state, closeSecond, second);
    const difference = ours.count === count && ours.mean !== null ? ours.mean - value : null;
    this.#remember(key(index, closeSecond), { value, count, due, difference });
    if (count < due) {
      this.counts.venueIncomplete++;
      this.#warn(index, closeSecond, `the exchange has ${count} of ${due} seconds`);
    }
    if (difference === null) return;
    this.counts.venueCompared++;
    if (Math.abs(difference) <= TOLERANCE * value) return;
    this.counts.venueDiffering++;
    this.#warn(index, closeSecond, `the exchange says ${value} for ${count} seconds, which are ${ours.mean} here`);
  }

  /** `null` before a market's final minute, and where it settles on no average. */
  progress(state: MarketState): SettlementProgress | null {
    const { market } = state;
    const index = state.index === null ? undefined : this.#indices.get(state.index);
    const closeSecond = Math.floor(market.closeTime / MICROS_PER_SECOND);
    const now = Math.floor(this.#step.at / MICROS_PER_SECOND);
    if (index === undefined || now < closeSecond - SETTLEMENT_SECONDS) return null;
    const { seconds, estimated } = this.#minute(index, closeSecond);
    const venue = this.#venue.get(key(index.name, closeSecond)) ?? null;
    const a = seconds.average("A");
    const b = seconds.average("B");
    const whole = b.mean !== null && b.count === SETTLEMENT_SECONDS;
    return {
      a: { mean: a.mean, count: a.count },
      b: { mean: b.mean, count: b.count },
      missing: seconds.missing("B", Math.min(now, index.second)).length,
      estimated,
      venue,
      number: whole && b.mean !== null ? settlementNumber(b.mean, market.roundDigits) : null,
      expected: expectedOf(state, whole && estimated === 0 ? b.mean : null, venue),
    };
  }

  /** The exchange has named the result: was it what the seconds said? */
  judge(state: MarketState): void {
    const { market, result } = state;
    const index = state.index === null ? undefined : this.#indices.get(state.index);
    if (index === undefined || (result !== "yes" && result !== "no") || this.#judged.has(state)) return;
    const closeSecond = Math.floor(market.closeTime / MICROS_PER_SECOND);
    const { seconds, estimated } = this.#minute(index, closeSecond);
    const [byA, byB] = [resultOf(state, seconds, "A"), resultOf(state, seconds, "B")];
    if (byA === null || byB === null || estimated > 0) return;
    this.#judged.add(state);
    this.counts.results++;
    if (byA === result) this.counts.resultsAgreeA++;
    if (byB === result) this.counts.resultsAgreeB++;
    else {
      const text = `${market.ticker} ended ${result}: by the seconds heard of ${index.name} it is ${byB}, ` +
        `with an average of ${seconds.average("B").mean}`;
      this.#step.log("error", text);
      this.#step.audit("settlement_differs", market.ticker, text);
    }
  }

  #minute(index: IndexState, closeSecond: number): Minute {
    if (this.#minutesOf !== this.#step.number) {
      this.#minutes.clear();
      this.#minutesOf = this.#step.number;
    }
    const name = key(index.name, closeSecond);
    let minute = this.#minutes.get(name);
    if (minute === undefined) this.#minutes.set(name, minute = minuteOf(index, closeSecond));
    return minute;
  }

  #remember(name: string, average: VenueAverage): void {
    this.#venue.delete(name);
    this.#venue.set(name, average);
    for (const oldest of this.#venue.keys()) {
      if (this.#venue.size <= WINDOWS_MAX) return;
      this.#venue.delete(oldest);
      this.#told.delete(oldest);
    }
  }

  #warn(index: string, closeSecond: number, what: string): void {
    const name = key(index, closeSecond);
    if (this.#told.has(name)) return;
    this.#told.add(name);
    const close = formatTime(micros(closeSecond * MICROS_PER_SECOND) as Micros);
    this.#step.log("warn", `Settlement average of ${index} for ${close}: ${what}`);
  }
}

const key = (index: string, closeSecond: number): string => `${index} ${closeSecond}`;

function minuteOf(index: IndexState, closeSecond: number): Minute {
  const seconds = new SettlementWindow(micros(closeSecond * MICROS_PER_SECOND));
  let estimated = 0;
  for (let second = closeSecond - SETTLEMENT_SECONDS; second <= Math.min(closeSecond, index.second); second++) {
    const value = index.valueAt(second);
    if (value === null) continue;
    seconds.observe(second, value);
    if (second > closeSecond - SETTLEMENT_SECONDS && index.officialAt(second) === null) estimated++;
  }
  return { seconds, estimated };
}

function officialSoFar(index: IndexState, closeSecond: number, through: number) {
  const seconds = new SettlementWindow(micros(closeSecond * MICROS_PER_SECOND));
  for (let second = closeSecond - SETTLEMENT_SECONDS + 1; second <= through; second++) {
    const value = index.officialAt(second);
    if (value !== null) seconds.observe(second, value);
  }
  return seconds.average("B");
}

function resultOf(state: MarketState, seconds: SettlementWindow, convention: "A" | "B"): "yes" | "no" | null {
  const { mean, count } = seconds.average(convention);
  return mean === null || count < SETTLEMENT_SECONDS ? null : strikeOn(state, mean);
}

function strikeOn({ market }: MarketState, mean: number): "yes" | "no" | null {
  const { strikeType, floorStrike, capStrike, roundDigits } = market;
  return strikeType === null ? null : outcome(strikeType, settlementNumber(mean, roundDigits), floorStrike, capStrike);
}

function expectedOf(state: MarketState, mean: number | null, venue: VenueAverage | null): ExpectedResult | null {
  const bySeconds = mean === null ? null : strikeOn(state, mean);
  if (bySeconds !== null) return { result: bySeconds, by: "seconds" };
  if (venue === null || venue.due < SETTLEMENT_SECONDS) return null;
  if (venue.count < SETTLEMENT_SECONDS) return { result: "no", by: "no_data" };
  const byVenue = strikeOn(state, venue.value);
  return byVenue === null ? null : { result: byVenue, by: "venue_average" };
}
