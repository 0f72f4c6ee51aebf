/**
 * What a calibration says: how good the engine's probabilities were, whether a recalibration would have helped, and how
 * every model compares with the market's own mid, moment by moment. Each comparison is made on the same markets.
 * @module
 */

import { formatTime, type Micros } from "../core/units.ts";
import { bootstrapMean } from "../models/bootstrap.ts";
import {
  type BrierDecomposition,
  brierOf,
  decomposeBrier,
  type Forecast,
  type GroupedForecast,
  logLossOf,
  meanScore,
  reliabilityWithIntervals,
  sharpness,
} from "../models/probability_scores.ts";
import { recalibrate, type Recalibration } from "../models/recalibration.ts";
import type { SelectionExplanation } from "../models/volatility_selection.ts";
import type { CoherenceFigures } from "./calibration_coherence.ts";
import type { FlowFigures } from "./calibration_flow.ts";
import type { Calibrated, Observation } from "./calibration_run.ts";
import { MOMENTS_MINUTES } from "./calibration_run.ts";

/** The same draws for every interval. */
const SEED = 1;

/** A mean and where it lies with 95 % confidence, `null` below two markets. */
export interface Estimate {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface ReliabilityFigures {
  readonly p_low: number;
  readonly p_high: number;
  readonly n: number;
  readonly markets: number;
  readonly mean_p: number | null;
  readonly yes_rate: number | null;
  /** Of the rate, by the number of markets. */
  readonly low: number | null;
  readonly high: number | null;
}

/** How good one source of probabilities was. */
export interface SourceFigures {
  readonly n: number;
  readonly markets: number;
  readonly brier: number;
  readonly log_loss: number;
  readonly sharpness: number;
  readonly decomposition: BrierDecomposition;
  readonly reliability: readonly ReliabilityFigures[];
}

export interface ComparisonRow {
  readonly model: string;
  /** Whether the basis that settled markets taught was taken off. */
  readonly basis: boolean;
  readonly n: number;
  readonly brier: number;
  readonly log_loss: number;
  /** The market's mid on the same markets. */
  readonly market_brier: number;
  readonly market_log_loss: number;
  /** Model less market: below 0 the model was better. */
  readonly brier_difference: Estimate;
  readonly log_loss_difference: Estimate;
}

export interface Comparison {
  /** To the close; `null` for all moments together. */
  readonly minutes: number | null;
  readonly rows: readonly ComparisonRow[];
}

export interface IndexFigures {
  readonly index: string;
  /** The recorded index less what settled, dollars; `null` where no market taught it. */
  readonly basis: { readonly mean: number; readonly sd: number; readonly markets: number } | null;
  readonly volatility: SelectionExplanation;
}

export interface CalibrationReport {
  readonly path: string;
  readonly spot: string | null;
  /** Whether the exchange was a simulated one; `null` where the source does not tell. */
  readonly simulated: boolean | null;
  readonly from: string;
  readonly to: string;
  readonly markets: number;
  readonly settled: number;
  readonly observations: number;
  readonly left_out: number;
  readonly moments_minutes: readonly number[];
  readonly bootstrap_seed: number;
  /** `null` where it held none. */
  readonly engine: SourceFigures | null;
  readonly market: SourceFigures | null;
  readonly recalibration: Recalibration | null;
  readonly comparisons: readonly Comparison[];
  /** Whether the engine's probabilities fit together. */
  readonly coherence: CoherenceFigures;
  /** What order flow would have added; `null` where no book was recorded. */
  readonly flow: FlowFigures | null;
  readonly indices: readonly IndexFigures[];
  readonly problems: readonly string[];
}

/** Puts it together; `null` where nothing was observed of which the end is known. */
export function reportOf(
  { path, spot, simulated }: Pick<CalibrationReport, "path" | "spot" | "simulated">,
  calibrated: Calibrated,
  problems: readonly string[],
): CalibrationReport | null {
  const { observations, markets, settled, leftOut, labs } = calibrated;
  if (observations.length === 0) return null;
  const engine = forecastsOf(observations, (each) => each.engine);
  const at = (place: number): Micros => observations[place].at;
  return {
    path,
    spot,
    simulated,
    from: formatTime(at(0)),
    to: formatTime(at(observations.length - 1)),
    markets,
    settled,
    observations: observations.length,
    left_out: leftOut,
    moments_minutes: MOMENTS_MINUTES,
    bootstrap_seed: SEED,
    engine: figuresOf(engine),
    market: figuresOf(forecastsOf(observations, (each) => each.market)),
    recalibration: engine.length === 0 ? null : recalibrate(engine),
    coherence: calibrated.coherence,
    flow: calibrated.flow,
    comparisons: [...MOMENTS_MINUTES, null].map((minutes) => compare(observations, minutes)),
    indices: [...labs].map(([index, lab]) => {
      const { basis } = lab;
      const known = basis !== null && basis.count > 0;
      return {
        index,
        basis: known ? { mean: basis.mean, sd: basis.sd, markets: basis.count } : null,
        volatility: lab.explain(),
      };
    }),
    problems,
  };
}

function forecastsOf(
  observations: readonly Observation[],
  probabilityOf: (observation: Observation) => number | null,
): GroupedForecast[] {
  const found: GroupedForecast[] = [];
  for (const each of observations) {
    const probability = probabilityOf(each);
    if (probability !== null) found.push({ probability, yes: each.yes, group: each.ticker });
  }
  return found;
}

function figuresOf(forecasts: readonly GroupedForecast[]): SourceFigures | null {
  const brier = meanScore(forecasts, brierOf);
  const logLoss = meanScore(forecasts, logLossOf);
  const spread = sharpness(forecasts);
  const decomposition = decomposeBrier(forecasts);
  if (brier === null || logLoss === null || spread === null || decomposition === null) return null;
  return {
    n: forecasts.length,
    markets: new Set(forecasts.map(({ group }) => group)).size,
    brier,
    log_loss: logLoss,
    sharpness: spread,
    decomposition,
    reliability: reliabilityWithIntervals(forecasts).map((row) => ({
      p_low: row.low,
      p_high: row.high,
      n: row.n,
      markets: row.groups,
      mean_p: row.meanProbability,
      yes_rate: row.yesRate,
      low: row.interval?.low ?? null,
      high: row.interval?.high ?? null,
    })),
  };
}

/** A model's and the market's probability of the same market at the same moment. */
interface Pair {
  readonly group: string;
  readonly model: Forecast;
  readonly market: Forecast;
}

function compare(observations: readonly Observation[], minutes: number | null): Comparison {
  const rows = new Map<string, { readonly model: string; readonly basis: boolean; readonly pairs: Pair[] }>();
  for (const observation of observations) {
    if (observation.market === null || (minutes !== null && observation.minutes !== minutes)) continue;
    const { yes, ticker } = observation;
    const market = { probability: observation.market, yes };
    const engine = { model: "engine", basis: false, probability: observation.engine };
    for (const { model, basis, probability } of [engine, ...observation.models]) {
      const key = `${model}|${basis}`;
      const row = rows.get(key) ?? { model, basis, pairs: [] };
      rows.set(key, row);
      if (probability !== null) row.pairs.push({ group: ticker, model: { probability, yes }, market });
    }
  }
  const filled = [...rows.values()].filter(({ pairs }) => pairs.length > 0);
  return { minutes, rows: filled.map(({ model, basis, pairs }) => rowOf(model, basis, pairs)) };
}

function rowOf(model: string, basis: boolean, pairs: readonly Pair[]): ComparisonRow {
  const models = pairs.map((pair) => pair.model);
  const markets = pairs.map((pair) => pair.market);
  const mean = (forecasts: readonly Forecast[], score: (forecast: Forecast) => number): number =>
    meanScore(forecasts, score) ?? NaN;
  return {
    model,
    basis,
    n: pairs.length,
    brier: mean(models, brierOf),
    log_loss: mean(models, logLossOf),
    market_brier: mean(markets, brierOf),
    market_log_loss: mean(markets, logLossOf),
    brier_difference: differenceOf(pairs, brierOf),
    log_loss_difference: differenceOf(pairs, logLossOf),
  };
}

/** What happens to one market at several moments is drawn together. */
function differenceOf(pairs: readonly Pair[], score: (forecast: Forecast) => number): Estimate {
  const groups = new Map<string, number[]>();
  let sum = 0;
  for (const { group, model, market } of pairs) {
    const difference = score(model) - score(market);
    sum += difference;
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [difference]);
    else known.push(difference);
  }
  const interval = bootstrapMean([...groups.values()], SEED);
  return { mean: sum / pairs.length, low: interval?.low ?? null, high: interval?.high ?? null };
}
