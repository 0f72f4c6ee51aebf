/**
 * The volatility that Kalshi's own quotes imply: the one at which the closed form of the settlement average
 * (settlement_average.ts) comes nearest to the mids of one market, or of all markets of an event.
 *
 * Distances are measured in half-spreads, squared, and none counts more than `LOSS_MAX`: a crazy quote is outvoted. Not
 * every quote says something about volatility. At the money the probability is near one half whatever the volatility,
 * far from it 0 or 1, and that of a bucket beside the spot first rises and then falls. So an answer is given only where
 * all volatilities that are about as good lie close together: those whose loss is at most 1 above the least, or more where
 * the quotes are met less well. For a single market these are the volatilities between its bid and its ask.
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
    /** All that are about as good. */
    readonly low: number;
    readonly high: number;
    /** Quotes that it agrees with. */
    readonly used: number;
  }
  | { readonly ok: false; readonly reason: string };

/** More quotes than any event has strikes. */
const QUOTES_MAX = 1_000;
/** What is about as good may differ by this factor. */
const SPREAD_MAX = 2.5;
/** At a standard deviation beyond this of the average itself, the drift of a lognormal outweighs what is asked for. */
const DEVIATION_MAX = 0.3;
/** Volatilities tried first, evenly by logarithm: a ratio of 1.04 at most. */
const SCAN = 240;
/** Shrinks an interval of two such steps to 1e-10 of the value. */
const REFINEMENTS = 50;
/** Three half-spreads: a quote that lies farther off is none that this volatility agrees with. */
const LOSS_MAX = 9;
/** So many quotes are a ladder, in which one may be wrong. */
const LADDER_MIN = 4;
/** A quote that is tighter than the finest price step says no more. */
const HALF_SPREAD_MIN = 0.0005;
const GOLDEN = 0.6180339887498949;

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
  if (quotes.length === 0) return refused("There is no quote");
  const twoSided = quotes.filter(({ bid, ask }) => bid > 0 && bid < ask && ask < 1);
  if (twoSided.length === 0) return refused(`Bid ${quotes[0].bid} and ask ${quotes[0].ask} are no two-sided quote`);
  const telling = twoSided.filter(({ rule }) => average.probabilityOfYes(rule) !== null);
  if (telling.length === 0) return refused("The market's rule says nothing about a number");
  return fit(state, telling);
}

const refused = (reason: string): ImpliedVolatility => ({ ok: false, reason });

/** Prepared once, so that it can say of a rule whether it is one. */
const average = new SettlementAverage().prepare(1, 1e-4, 60);

/** How far this volatility is from the mids: each quote's squared distance in half-spreads, bounded, and their sum. */
function lossAt(state: AverageState, quotes: readonly MarketQuote[], log: number): number {
  const { spot, secondsToClose, seenSum, seenCount } = state;
  average.prepare(spot, exponential(log), secondsToClose, seenSum, seenCount);
  let loss = 0;
  for (const quote of quotes) loss += lossOf(quote);
  return loss;
}

/** Of one quote, at the volatility that the average is prepared with. */
function lossOf({ rule, bid, ask }: MarketQuote): number {
  const probability = average.probabilityOfYes(rule) ?? NaN;
  const distance = (probability - (bid + ask) / 2) / Math.max(HALF_SPREAD_MIN, (ask - bid) / 2);
  return distance * distance < LOSS_MAX ? distance * distance : LOSS_MAX;
}

function fit(state: AverageState, quotes: readonly MarketQuote[]): ImpliedVolatility {
  const from = logarithm(SIGMA_MIN);
  const most = logarithm(Math.min(SIGMA_MAX, DEVIATION_MAX / Math.sqrt(state.secondsToClose)));
  const step = (most - from) / (SCAN - 1);
  const losses = Array.from({ length: SCAN }, (_, k) => lossAt(state, quotes, from + k * step));
  const place = losses.indexOf(Math.min(...losses));
  const log = lowest(state, quotes, from + Math.max(0, place - 1) * step, from + Math.min(SCAN - 1, place + 1) * step);
  const least = lossAt(state, quotes, log);
  const used = quotes.filter((quote) => lossOf(quote) < LOSS_MAX).length;
  // A few quotes must be met between bid and ask; of a ladder, two thirds must be near.
  if (quotes.length < LADDER_MIN ? least > quotes.length : used * 3 <= quotes.length * 2) {
    return refused(`No single volatility gives these quotes: the best one agrees with ${used} of ${quotes.length}`);
  }
  // Quotes that are met less well than their spreads promise say accordingly less.
  const limit = least + Math.max(1, least / used);
  const good = losses.flatMap((loss, k) => loss <= limit ? [k] : []);
  const first = Math.min(...good, place);
  const last = Math.max(...good, place);
  if (first === 0 || last === SCAN - 1) return refused("The quotes leave the volatility open");
  // From the outermost good ones on, the loss passes the limit within a step.
  const low = edge(state, quotes, limit, Math.min(log, from + first * step), from + (first - 1) * step);
  const high = edge(state, quotes, limit, Math.max(log, from + last * step), from + (last + 1) * step);
  const range = { low: exponential(low), high: exponential(high) };
  if (range.high > range.low * SPREAD_MAX) {
    const words = `${range.low.toExponential(2)} to ${range.high.toExponential(2)}`;
    return refused(`The quotes allow volatilities from ${words} per root second`);
  }
  return { ok: true, perSqrtSecond: exponential(log), ...range, used };
}

/** Golden section: where between two volatilities the loss is least. */
function lowest(state: AverageState, quotes: readonly MarketQuote[], from: number, to: number): number {
  let [low, high] = [from, to];
  let left = high - GOLDEN * (high - low);
  let right = low + GOLDEN * (high - low);
  let [atLeft, atRight] = [lossAt(state, quotes, left), lossAt(state, quotes, right)];
  for (let k = 0; k < REFINEMENTS; k++) {
    if (atLeft <= atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - GOLDEN * (high - low);
      atLeft = lossAt(state, quotes, left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + GOLDEN * (high - low);
      atRight = lossAt(state, quotes, right);
    }
  }
  return (low + high) / 2;
}

/** Halving: where between a good and a bad volatility the loss passes the limit. */
function edge(state: AverageState, quotes: readonly MarketQuote[], limit: number, good: number, bad: number): number {
  let [inside, outside] = [good, bad];
  for (let k = 0; k < REFINEMENTS; k++) {
    const middle = (inside + outside) / 2;
    if (lossAt(state, quotes, middle) <= limit) inside = middle;
    else outside = middle;
  }
  return (inside + outside) / 2;
}
