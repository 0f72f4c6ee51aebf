/**
 * The volatility that Kalshi's own quotes imply: the one at which the closed form of the settlement average
 * (settlement_average.ts) gives a market's mid. A ladder of strikes gives one for each, of which the weighted median is
 * taken, so that one crazy quote moves nothing.
 *
 * Not every quote says something about volatility. At the money the probability is near one half whatever the
 * volatility; far from it, it is 0 or 1. A quote counts only where the volatilities of its bid and of its ask lie close
 * enough together, and weighs the more the closer they are.
 * @module
 */

import { exponential, logarithm } from "./elementary.ts";
import { SettlementAverage, type SettlementRule } from "./settlement_average.ts";
import { SIGMA_MAX, SIGMA_MIN } from "./volatility_forecaster.ts";

/** What is known of the settlement average; as {@link SettlementAverage.prepare} takes it. */
export interface AverageState {
  readonly spot: number;
  readonly secondsToClose: number;
  readonly seenSum: number;
  readonly seenCount: number;
}

/** One market's best quotes as probabilities. */
export interface MarketQuote {
  readonly rule: SettlementRule;
  readonly bid: number;
  readonly ask: number;
}

export type ImpliedVolatility =
  | {
    readonly ok: true;
    /** Per square root of a second. */
    readonly perSqrtSecond: number;
    /** Of the quote that decided: the volatilities of its two sides. */
    readonly low: number;
    readonly high: number;
    /** Quotes that said something. */
    readonly used: number;
  }
  | { readonly ok: false; readonly reason: string };

/** More quotes than any event has strikes. */
const QUOTES_MAX = 1_000;
/** The volatilities of bid and ask may differ by this factor. */
const SPREAD_MAX = 2.5;
/** At a standard deviation beyond this of the average itself, the drift of a lognormal outweighs what is asked for. */
const DEVIATION_MAX = 0.3;
/** Points at which the probability is looked at before a root is sought, evenly by logarithm: a ratio of 1.16. */
const SCAN = 64;
/** Halvings of such a step: to 1e-13 of the value. */
const HALVINGS = 40;

interface Candidate {
  readonly log: number;
  readonly low: number;
  readonly high: number;
}

/**
 * @example
 * ```ts
 * import { impliedFromQuotes } from "./implied_from_quotes.ts";
 * import { settlementAverageAbove } from "./settlement_average.ts";
 * import assert from "node:assert/strict";
 * const mid = settlementAverageAbove(84_000, 84_100, 0.0002, 600);
 * const rule = { strikeType: "greater", floorStrike: 84_100, capStrike: null, roundDigits: 12 } as const;
 * const state = { spot: 84_000, secondsToClose: 600, seenSum: 0, seenCount: 0 };
 * const implied = impliedFromQuotes(state, [{ rule, bid: mid - 0.005, ask: mid + 0.005 }]);
 * assert.ok(implied.ok);
 * assert.equal(implied.perSqrtSecond.toFixed(7), "0.0002000");
 * ```
 */
export function impliedFromQuotes(state: AverageState, quotes: readonly MarketQuote[]): ImpliedVolatility {
  const { spot, secondsToClose, seenCount } = state;
  if (!(spot > 0 && spot < Infinity)) return refused(`The spot must be above 0, not ${spot}`);
  if (!(secondsToClose > 0 && secondsToClose < Infinity)) {
    return refused(`There must be some time to the close, not ${secondsToClose} seconds`);
  }
  if (!Number.isFinite(state.seenSum) || !Number.isInteger(seenCount) || seenCount < 0 || seenCount >= 60) {
    return refused(`No part of an average: a sum of ${state.seenSum} over ${seenCount} values`);
  }
  if (quotes.length > QUOTES_MAX) return refused(`At most ${QUOTES_MAX} quotes, not ${quotes.length}`);
  const found: Candidate[] = [];
  let why = "There is no quote";
  for (const quote of quotes) {
    const each = impliedByOne(state, quote);
    if (typeof each === "string") why = each;
    else found.push(each);
  }
  if (found.length === 0) return refused(why);
  const { log, low, high } = weightedMedian(found);
  return { ok: true, perSqrtSecond: exponential(log), low, high, used: found.length };
}

const refused = (reason: string): ImpliedVolatility => ({ ok: false, reason });

/** What one quote implies, or why it implies nothing. */
function impliedByOne(state: AverageState, { rule, bid, ask }: MarketQuote): Candidate | string {
  if (!(bid > 0 && bid < ask && ask < 1)) return `Bid ${bid} and ask ${ask} are no two-sided quote`;
  const curve = probabilities(state, rule);
  if (curve === null) return "The market's rule says nothing about a number";
  const logs = [(bid + ask) / 2, bid, ask].map((probability) => crossing(state, rule, curve, probability));
  const [mid, atBid, atAsk] = logs;
  if (mid === null) return `No single volatility gives the mid ${(bid + ask) / 2}`;
  if (atBid === null || atAsk === null) return `Bid ${bid} and ask ${ask} leave the volatility open`;
  const low = exponential(Math.min(atBid, atAsk));
  const high = exponential(Math.max(atBid, atAsk));
  if (high > low * SPREAD_MAX) {
    return `Bid ${bid} and ask ${ask} allow volatilities from ${low.toExponential(2)} to ${high.toExponential(2)}`;
  }
  return { log: mid, low, high };
}

interface Curve {
  readonly logs: Float64Array;
  readonly probabilities: Float64Array;
}

const scratch = new SettlementAverage();

function probabilityAt(state: AverageState, rule: SettlementRule, log: number): number | null {
  const { spot, secondsToClose, seenSum, seenCount } = state;
  return scratch.prepare(spot, exponential(log), secondsToClose, seenSum, seenCount).probabilityOfYes(rule);
}

/** The probability over the whole range of volatilities. */
function probabilities(state: AverageState, rule: SettlementRule): Curve | null {
  const most = Math.min(SIGMA_MAX, DEVIATION_MAX / Math.sqrt(state.secondsToClose));
  const from = logarithm(SIGMA_MIN);
  const step = (logarithm(most) - from) / (SCAN - 1);
  const curve = { logs: new Float64Array(SCAN), probabilities: new Float64Array(SCAN) };
  for (let k = 0; k < SCAN; k++) {
    curve.logs[k] = from + k * step;
    const probability = probabilityAt(state, rule, curve.logs[k]);
    if (probability === null || Number.isNaN(probability)) return null;
    curve.probabilities[k] = probability;
  }
  return curve;
}

/** The logarithm of the one volatility that gives this probability; `null` where there is none, or more than one. */
function crossing(state: AverageState, rule: SettlementRule, curve: Curve, probability: number): number | null {
  let place = -1;
  for (let k = 0; k + 1 < SCAN; k++) {
    if ((curve.probabilities[k] < probability) === (curve.probabilities[k + 1] < probability)) continue;
    if (place >= 0) return null;
    place = k;
  }
  if (place < 0) return null;
  const rising = curve.probabilities[place] < probability;
  let low = curve.logs[place];
  let high = curve.logs[place + 1];
  for (let k = 0; k < HALVINGS; k++) {
    const middle = (low + high) / 2;
    const at = probabilityAt(state, rule, middle);
    if (at !== null && (at < probability) === rising) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Half of the weight lies on either side; a quote weighs 1 over the square of what its two sides leave open. */
function weightedMedian(candidates: readonly Candidate[]): Candidate {
  const sorted = [...candidates].sort((a, b) => a.log - b.log);
  const weights = sorted.map(({ low, high }) => 1 / Math.max(1e-6, logarithm(high / low) ** 2));
  const half = weights.reduce((sum, weight) => sum + weight, 0) / 2;
  let sum = 0;
  for (let k = 0; k < sorted.length; k++) {
    sum += weights[k];
    if (sum >= half) return sorted[k];
  }
  return sorted[sorted.length - 1];
}
