/**
 * How good probabilities were, in memory that does not grow with their number: while a market's outcome is open, its
 * forecasts are summed up for both.
 * @module
 */

import { brierOf, logLossOf, wilsonInterval } from "../../models/probability_scores.ts";
import type { CalibrationBucket, Estimate } from "../findings.ts";
import { Clusters } from "./clusters.ts";

const BINS = 10;

/** What one forecaster's forecasts of one market score, if it ends as NO and as YES. */
class Scores {
  count = 0;
  readonly brier = [0, 0];
  readonly logLoss = [0, 0];

  add(probability: number): void {
    this.count++;
    for (const outcome of [0, 1]) {
      const forecast = { probability, yes: outcome === 1 };
      this.brier[outcome] += brierOf(forecast);
      this.logLoss[outcome] += logLossOf(forecast);
    }
  }
}

/** The forecasts of one market. */
class Held {
  readonly all = new Scores();
  /** At moments at which the market's own mid was there to compare with. */
  readonly model = new Scores();
  readonly market = new Scores();
  readonly bins = Array.from({ length: BINS }, () => ({ n: 0, sum: 0 }));
}

export interface CalibrationRow {
  readonly p_low: number;
  readonly p_high: number;
  readonly n: number;
  readonly mean_p: number | null;
  readonly yes_rate: number | null;
}

/** Plain, as `kbot backtest --json` has always printed them. */
export interface CalibrationFigures {
  readonly brier: number | null;
  readonly log_loss: number | null;
  readonly calibration: readonly CalibrationRow[];
}

export interface ForecastFigures {
  readonly brier: Estimate;
  readonly brier_market: Estimate;
  readonly brier_difference: Estimate;
  readonly log_loss: Estimate;
  readonly log_loss_market: Estimate;
  readonly calibration: readonly CalibrationBucket[];
}

/** Markets whose outcome is open and whose forecasts are kept: more than an exchange lists of what can be priced. */
const OPEN_MAX = 100_000;

export class ForecastScores {
  readonly #open = new Map<string, Held>();
  readonly #brier = new Clusters();
  readonly #logLoss = new Clusters();
  readonly #modelBrier = new Clusters();
  readonly #marketBrier = new Clusters();
  readonly #difference = new Clusters();
  readonly #modelLogLoss = new Clusters();
  readonly #marketLogLoss = new Clusters();
  readonly #bins = Array.from({ length: BINS }, () => ({ n: 0, sum: 0, yes: 0, markets: 0 }));

  /** @param mid the market's own at the same moment; `null` where it had none */
  add(ticker: string, probability: number, mid: number | null): void {
    let held = this.#open.get(ticker);
    if (held === undefined) {
      if (this.#open.size >= OPEN_MAX) return;
      this.#open.set(ticker, held = new Held());
    }
    held.all.add(probability);
    const bin = held.bins[Math.min(BINS - 1, Math.floor(probability * BINS))];
    bin.n++;
    bin.sum += probability;
    if (mid === null) return;
    held.model.add(probability);
    held.market.add(mid);
  }

  /** How a market ended; nothing is judged of one that ended as neither. */
  judge(ticker: string, result: string): void {
    const held = this.#open.get(ticker);
    if (held === undefined || (result !== "yes" && result !== "no")) return;
    this.#open.delete(ticker);
    const yes = result === "yes" ? 1 : 0;
    const { all, model, market } = held;
    this.#brier.add(ticker, all.brier[yes], all.count);
    this.#logLoss.add(ticker, all.logLoss[yes], all.count);
    if (model.count > 0) {
      this.#modelBrier.add(ticker, model.brier[yes], model.count);
      this.#marketBrier.add(ticker, market.brier[yes], model.count);
      this.#difference.add(ticker, model.brier[yes] - market.brier[yes], model.count);
      this.#modelLogLoss.add(ticker, model.logLoss[yes], model.count);
      this.#marketLogLoss.add(ticker, market.logLoss[yes], model.count);
    }
    held.bins.forEach(({ n, sum }, k) => {
      if (n === 0) return;
      const bin = this.#bins[k];
      bin.n += n;
      bin.sum += sum;
      bin.yes += n * yes;
      bin.markets++;
    });
  }

  /** Of every forecast, whether the market had a mid or not. */
  calibrationFigures(): CalibrationFigures {
    return {
      brier: this.#brier.value,
      log_loss: this.#logLoss.value,
      calibration: this.#bins.map(({ n, sum, yes }, k) => ({
        p_low: k / BINS,
        p_high: (k + 1) / BINS,
        n,
        mean_p: n === 0 ? null : sum / n,
        yes_rate: n === 0 ? null : yes / n,
      })),
    };
  }

  /** Scores of model and market at the same moments; the model's alone where the market never had a mid. */
  figures(): ForecastFigures {
    const compared = this.#modelBrier.count > 0;
    return {
      brier: (compared ? this.#modelBrier : this.#brier).mean(),
      brier_market: this.#marketBrier.mean(),
      brier_difference: this.#difference.mean(),
      log_loss: (compared ? this.#modelLogLoss : this.#logLoss).mean(),
      log_loss_market: this.#marketLogLoss.mean(),
      calibration: this.#bins.map(({ n, sum, yes, markets }, k) => {
        const { low, high } = wilsonInterval(n === 0 ? 0 : yes / n * markets, markets);
        return {
          p_low: k / BINS,
          p_high: (k + 1) / BINS,
          n,
          mean_p: n === 0 ? null : sum / n,
          yes_rate: { value: n === 0 ? null : yes / n, interval: n === 0 ? null : [low, high] as const },
        };
      }),
    };
  }
}
