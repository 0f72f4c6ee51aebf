/**
 * What order flow (order_flow.ts) says about a probability. By Bayes' rule the log-odds of YES after an observation are those
 * before it plus the logarithm of the likelihood ratio, P(flow | YES) / P(flow | NO); that is taken as linear in the flow's
 * parts x, and bounded:
 *
 *     logit(p after) = logit(p before) + shift,    shift = weights . x
 *
 * The weights are learnt from what the mid m did a horizon later. A price that already held what the flow says would be its own
 * best forecast, so they are 0 until the data say otherwise. They are those of a logistic regression whose outcome is the
 * later mid (I. Good, "Probability and the weighing of evidence", 1950; P. McCullagh & J. Nelder, "Generalized linear
 * models", 1989, 2.5, one step from the mid itself), by recursive least squares with a prior that shrinks them to 0:
 *
 *     (m later - m) / sqrt(m (1 - m)) = weights . x sqrt(m (1 - m)) + noise
 *
 * Every shift is judged on a move that the weights had not seen. It may be used while this is proven:
 *
 * | rule | why |
 * | --- | --- |
 * | `shift x move` of the mid is above 0 on average, with evidence of 200 to 1 (betting_evidence.ts) | looked at after every sample, yet flow that says nothing is believed in at most 1 of 200 runs |
 * | and the log loss against the later mid is less than the mid's own by two standard errors | right in direction, but too bold, is no gain |
 * | taken back when the newer log losses are more than the mid's by a standard error; then twice the evidence is wanted | a market changes; all the times together it is wrong in 1 of 100 runs |
 *
 * Samples of one moment are one number of the evidence, whichever market they come from: their moves depend on each other.
 * What holds for the next mid holds for the settlement as far as that mid is a fair price of it; `kbot calibrate` judges both.
 * @module
 */

import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import { BettingEvidence } from "./betting_evidence.ts";
import { exponential, logarithm } from "./elementary.ts";
import { FadingMean } from "./fading_mean.ts";
import { FLOW_PARTS, type OrderFlow } from "./order_flow.ts";
import { RecursiveLeastSquares } from "./recursive_least_squares.ts";

/** The largest shift, log-odds: 5 points of an even chance. */
export const FLOW_SHIFT_MAX = 0.2;
/** A mid nearer to 0 or 1, or of quotes farther apart, is no probability to learn from. */
const MID_MIN = 0.03;
const SPREAD_MAX = 0.1;
const STANDARD_ERRORS = 2;
const SAMPLES_BEFORE_STAKES = 60;
/** However often a proof was taken back, no more than this is wanted. */
const EVIDENCE_MAX = 1e9;

export interface FlowSettings {
  /** To the move that is learnt and judged, seconds. */
  readonly horizonSeconds: number;
  /** Of each weight before anything is learnt, in units of the variance of the mid's own noise. */
  readonly priorVariance: number;
  /** What a sample leaves of the weight of those before it, when weights are learnt. */
  readonly forgetting: number;
  /** Half of what was judged is forgotten after so many moments. */
  readonly halfLifeMoments: number;
  /** Moments judged before anything may be proven. */
  readonly momentsMin: number;
  /** To one, for the first proof. */
  readonly evidence: number;
}

/** With a moment each 5 s: half of what was judged fades in four hours, of what was learnt in a day of one market at a time. */
export const FLOW_DEFAULTS: FlowSettings = {
  horizonSeconds: 5,
  priorVariance: 0.5,
  forgetting: 0.99996,
  halfLifeMoments: 2_880,
  momentsMin: 120,
  evidence: 200,
};

/** What stands behind a signal, as plain data. */
export interface FlowExplanation {
  readonly proven: boolean;
  readonly why: string;
  readonly horizonSeconds: number;
  /** Moments judged. */
  readonly moments: number;
  /** By how much the log loss was less than that of the mid, newer ones weighing more, and its standard error. */
  readonly gain: number | null;
  readonly standardError: number | null;
  /** To one, that it says something, and what is wanted. */
  readonly evidence: number;
  readonly evidenceWanted: number;
  /** Log-odds for each of {@link FLOW_PARTS} at its largest. */
  readonly weights: readonly number[];
}

/** What is learnt from the markets of one kind, and whether it may be used. */
export class FlowSignal {
  readonly #settings: FlowSettings;
  readonly #weights: RecursiveLeastSquares;
  readonly #evidence: BettingEvidence;
  readonly #gains = new FadingMean();
  readonly #decay: number;
  readonly #regressors = new Float64Array(FLOW_PARTS.length);
  #wanted: number;
  #proven = false;
  #moves = 0;
  #bounds = 0;
  #gain = 0;
  #samples = 0;

  constructor(given: Partial<FlowSettings> = {}) {
    const settings = { ...FLOW_DEFAULTS, ...given };
    assertSettings(settings);
    const { priorVariance, forgetting, halfLifeMoments, evidence } = settings;
    this.#settings = settings;
    this.#decay = exponential(-Math.LN2 / halfLifeMoments);
    this.#weights = new RecursiveLeastSquares({ coefficients: FLOW_PARTS.map(() => 0), priorVariance, forgetting });
    this.#evidence = new BettingEvidence({ begin: SAMPLES_BEFORE_STAKES, decay: this.#decay });
    this.#wanted = evidence;
  }

  get horizonSeconds(): number {
    return this.#settings.horizonSeconds;
  }

  /** Whether it did better out of sample, and still does. */
  get proven(): boolean {
    return this.#proven;
  }

  /** Log-odds to be added, by what was learnt so far. */
  shiftOf(parts: Float64Array): number {
    return Math.min(FLOW_SHIFT_MAX, Math.max(-FLOW_SHIFT_MAX, this.#weights.predict(parts)));
  }

  /**
   * Judges a shift on the mid that it was made for and on the one a horizon later, then learns from that move.
   *
   * @param before strictly between 0 and 1
   */
  judge(parts: Float64Array, shift: number, before: number, after: number): void {
    const move = after - before;
    const shifted = shiftedBy(before, shift);
    this.#samples++;
    this.#moves += shift * move;
    // The mid may fall to 0, or rise to 1: what is right almost always, and now and then all wrong, is no evidence.
    this.#bounds += shift > 0 ? shift * before : -shift * (1 - before);
    this.#gain += after * logarithm(shifted / before) + (1 - after) * logarithm((1 - shifted) / (1 - before));
    const root = Math.sqrt(before * (1 - before));
    for (let k = 0; k < parts.length; k++) this.#regressors[k] = parts[k] * root;
    this.#weights.learn(this.#regressors, move / root);
  }

  /** All samples of one moment were judged. */
  endMoment(): void {
    const samples = this.#samples;
    if (samples === 0) return;
    // What rounding may take a sum below its bound must not look like a defect.
    this.#evidence.add(Math.max(this.#moves, -this.#bounds) / samples, this.#bounds / samples);
    this.#gains.add(this.#gain / samples, this.#decay);
    this.#samples = 0;
    this.#moves = 0;
    this.#bounds = 0;
    this.#gain = 0;
    this.#weigh();
  }

  explain(): FlowExplanation {
    const { mean, standardError, count } = this.#gains;
    return {
      proven: this.#proven,
      why: this.why,
      horizonSeconds: this.#settings.horizonSeconds,
      moments: count,
      gain: mean,
      standardError,
      evidence: exponential(this.#evidence.logMost),
      evidenceWanted: this.#wanted,
      weights: this.#weights.coefficients,
    };
  }

  /** Why it is proven, or why it is not. */
  get why(): string {
    const { horizonSeconds, momentsMin } = this.#settings;
    const { mean, standardError, count } = this.#gains;
    if (mean === null || standardError === null || count < momentsMin) {
      return `${count} of ${momentsMin} moments judged`;
    }
    const [low, high] = [mean - STANDARD_ERRORS * standardError, mean + STANDARD_ERRORS * standardError];
    return `Log loss of the mid ${horizonSeconds} s later less by ${told(mean)} (${told(low)} to ${told(high)}) ` +
      `over ${count} moments; evidence ${exponential(this.#evidence.logMost).toPrecision(3)}, wanted ${this.#wanted}`;
  }

  #weigh(): void {
    const { mean, standardError, count } = this.#gains;
    if (mean === null || standardError === null) return;
    if (this.#proven) {
      if (mean + standardError >= 0) return;
      this.#proven = false;
      this.#evidence.restart();
      this.#wanted = Math.min(2 * this.#wanted, EVIDENCE_MAX);
      return;
    }
    const enough = count >= this.#settings.momentsMin && this.#evidence.logMost >= logarithm(this.#wanted);
    this.#proven = enough && mean > STANDARD_ERRORS * standardError;
  }
}

/** A market's flow at a moment, kept until the mid of a horizon later is known. */
export class FlowSample {
  readonly #parts = new Float64Array(FLOW_PARTS.length);
  #at = 0;
  #before = NaN;
  #shift = 0;

  /** Of YES, when it was taken; NaN where none waits. */
  get before(): number {
    return this.#before;
  }

  /** Log-odds that were to be added then. */
  get shift(): number {
    return this.#shift;
  }

  /** Takes a new one, if the market's quotes can be taken for a probability. */
  take(flow: OrderFlow, at: Micros, signal: FlowSignal): void {
    const { mid } = flow;
    this.drop();
    if (!(flow.isTwoSided && flow.spread <= SPREAD_MAX && mid >= MID_MIN && mid <= 1 - MID_MIN)) return;
    flow.read(at, this.#parts);
    this.#at = at;
    this.#before = mid;
    this.#shift = signal.shiftOf(this.#parts);
  }

  /** Has the one that waits judged by what the mid is now. False where there is none, or its time is long over. */
  settle(flow: OrderFlow, at: Micros, signal: FlowSignal): boolean {
    const late = at - this.#at >= 2 * signal.horizonSeconds * MICROS_PER_SECOND;
    const after = flow.mid;
    const judged = !Number.isNaN(this.#before) && !Number.isNaN(after) && !late;
    if (judged) signal.judge(this.#parts, this.#shift, this.#before, after);
    this.drop();
    return judged;
  }

  drop(): void {
    this.#before = NaN;
  }
}

/**
 * The probability whose log-odds are so much more than those of another one, which may be 0 or 1: that stays.
 *
 * @example
 * ```ts
 * import { shiftedBy } from "./flow_signal.ts";
 * import assert from "node:assert/strict";
 * assert.equal(shiftedBy(0.5, 0.1).toFixed(4), "0.5250");
 * ```
 */
export function shiftedBy(probability: number, shift: number): number {
  const odds = probability * exponential(shift);
  return odds / (odds + 1 - probability);
}

const told = (gain: number): string => gain.toExponential(1);

function assertSettings({ horizonSeconds, halfLifeMoments, momentsMin, evidence }: FlowSettings): void {
  if (!(Number.isInteger(horizonSeconds) && horizonSeconds >= 1)) {
    throw new RangeError(`horizonSeconds must be a whole number from 1, not ${horizonSeconds}`);
  }
  if (!(halfLifeMoments >= 1 && halfLifeMoments < Infinity)) {
    throw new RangeError(`halfLifeMoments must be from 1, not ${halfLifeMoments}`);
  }
  if (!(Number.isInteger(momentsMin) && momentsMin >= 2)) {
    throw new RangeError(`momentsMin must be a whole number from 2, not ${momentsMin}`);
  }
  if (!(evidence >= 1 && evidence <= EVIDENCE_MAX)) {
    throw new RangeError(`evidence must be from 1 to ${EVIDENCE_MAX}, not ${evidence}`);
  }
}
