/**
 * A search over a strategy's parameters: proposes trials, has them run, and judges what came of them. The same seed makes the same
 * search, whatever the number of Workers and however often it was stopped in between.
 * @module
 */

import { formatMoney, formatTime, type Micros, micros, type Money, money } from "../../core/units.ts";
import type { SearchFindings, WalkForwardFold } from "../findings.ts";
import type { Method } from "./choices.ts";
import { type Guards, guardsOf } from "./guards.ts";
import { objectiveOf, orNothing } from "./objective.ts";
import type { Parameters, ParameterSpace } from "./parameter_space.ts";
import { Proposer } from "./proposer.ts";
import type { Period } from "./survey.ts";
import type { Border, PassAsked, TrialResult, TrialSettings } from "./trial.ts";
import type { TrialBook } from "./trial_book.ts";
import { type Fold, foldsOf } from "./walk_forward.ts";

export interface SweepOptions {
  readonly settings: TrialSettings;
  readonly space: ParameterSpace;
  /** All parameters of the strategy as they are configured. */
  readonly configured: Readonly<Record<string, unknown>>;
  readonly method: Method;
  /** At most so many, in each search: with `bayes` every fold makes its own. */
  readonly trials: number;
  readonly seed: number;
  readonly periods: readonly Period[];
  /** Of the walk-forward validation; 0 for none. */
  readonly folds: number;
  /** Micros after a border in which no market of a test may open. */
  readonly embargo: number;
  /** Whether trials are given up that are worse than the median of those before them. */
  readonly stopEarly: boolean;
  /** Whether somebody wants it to end. */
  isStopped(): boolean;
}

export interface SweepTrial {
  readonly number: number;
  readonly parameters: Parameters;
  /** `null` where it failed. */
  readonly result: TrialResult | null;
  readonly objective: number | null;
  /** Why there is no result; `null` where there is one. */
  readonly failure: string | null;
}

export interface SweepOutcome {
  readonly trials: readonly SweepTrial[];
  /** Of those that ran to their end. */
  readonly best: SweepTrial | null;
  readonly guards: Guards;
  readonly search: SearchFindings;
  /** What the owner should not overlook. */
  readonly warnings: readonly string[];
  /** Somebody ended it before its end. */
  readonly stopped: boolean;
}

/** Trials of a round where those of earlier rounds say when to give up. */
const STOPPING_ROUND = 8;
/** At these parts of the periods a trial may be given up, if each leaves so many to judge by. */
const STOPPING_PARTS = [1 / 4, 1 / 2, 3 / 4] as const;
const STOPPING_PERIODS_MIN = 4;
/** Fewer trials than these have no median worth the name. */
const STOPPING_TRIALS_MIN = 4;

/** What a search knows of a trial: by the whole of its time, or by a training's. */
interface Search {
  readonly pass: Pick<PassAsked, "until" | "tickers">;
  judge(result: TrialResult): number | null;
}

export class Sweep {
  readonly #options: SweepOptions;
  readonly #book: TrialBook;

  constructor(options: SweepOptions, book: TrialBook) {
    this.#options = options;
    this.#book = book;
  }

  /** How many runs it comes to at most, those known already among them. */
  get runsAtMost(): number {
    const { method, trials } = this.#options;
    const folds = this.#folds().length;
    return trials + folds + (method === "bayes" ? folds * trials : 0);
  }

  /** @throws what keeps the results says */
  async run(): Promise<SweepOutcome> {
    const { settings: { objective, capital } } = this.#options;
    const trials = await this.#search({
      pass: { until: null, tickers: null },
      judge: ({ profits }) => objectiveOf(objective, profits, capital),
    }, this.#options.stopEarly);
    const folds = this.#options.isStopped()
      ? []
      : await Promise.all(this.#folds().map((fold) => this.#walk(fold, trials)));
    const judged = trials.flatMap(({ result }) =>
      result === null ? [] : [{ profits: result.profits, whole: result.through === null }]
    );
    const best = bestOf(trials.filter(({ result }) => result?.through === null));
    const guards = guardsOf(
      judged,
      best?.result === undefined || best.result === null ? null : { profits: best.result.profits, whole: true },
      objective,
    );
    return {
      trials,
      best,
      guards,
      search: this.#findings(trials, guards, folds.map(({ told }) => told)),
      warnings: [...guards.warnings, ...this.#warnings(trials, best, folds)],
      stopped: this.#options.isStopped(),
    };
  }

  async #search(search: Search, stopEarly: boolean): Promise<SweepTrial[]> {
    const { method, space, trials: most, seed, configured } = this.#options;
    const round = stopEarly ? STOPPING_ROUND : null;
    const proposer = new Proposer({ method, space, trials: most, seed, configured, round });
    const trials: SweepTrial[] = [];
    while (!this.#options.isStopped()) {
      const proposed = proposer.next(trials);
      if (proposed.length === 0) break;
      const asked = proposed.map((parameters, k) => ({ number: trials.length + k + 1, parameters }));
      const borders = stopEarly ? this.#borders(trials) : [];
      const answers = await this.#book.ask({ ...search.pass, trials: asked, borders });
      asked.forEach(({ number, parameters }, k) => {
        const ran = answers[k];
        const result = ran.ok ? ran.result : null;
        const objective = result === null || result.stoppedEarly ? null : search.judge(result);
        trials.push({ number, parameters, result, objective, failure: ran.ok ? null : ran.reason });
      });
    }
    return trials;
  }

  /** Where the next round's trials are given up: below the median of the trials that came so far. */
  #borders(trials: readonly SweepTrial[]): Border[] {
    const { periods, settings: { objective, capital } } = this.#options;
    return STOPPING_PARTS.flatMap((part): Border[] => {
      const count = Math.floor(periods.length * part);
      const paidOut = paidOutBy(periods.slice(0, count));
      if (count < STOPPING_PERIODS_MIN || paidOut === null) return [];
      const at = micros(paidOut + 1);
      const values = trials.flatMap(({ result }) =>
        result === null || (result.through !== null && result.through < at)
          ? []
          : [orNothing(objectiveOf(objective, result.profits.subarray(0, count), capital))]
      ).sort((a, b) => a - b);
      if (values.length < STOPPING_TRIALS_MIN) return [];
      return [{ at, periods: count, least: values[(values.length - 1) >> 1] }];
    });
  }

  #folds(): readonly Fold[] {
    const { periods, folds, embargo } = this.#options;
    return foldsOf(periods, folds, embargo);
  }

  async #walk(fold: Fold, trials: readonly SweepTrial[]): Promise<Walked> {
    const { settings: { objective, capital }, periods, method } = this.#options;
    const judge = ({ profits }: TrialResult) => objectiveOf(objective, profits.subarray(0, fold.train), capital);
    // What is proposed by all of the time has seen the test: a fold makes a search of its own, which ends at its border.
    const candidates = method === "bayes"
      ? await this.#search({ pass: { until: fold.border, tickers: null }, judge }, false)
      : trials.map((trial): SweepTrial => {
        const { result } = trial;
        return { ...trial, objective: result?.through === null ? judge(result) : null };
      });
    const chosen = bestOf(candidates);
    const tickers = fold.test.flatMap((period) => periods[period].tickers);
    const told: WalkForwardFold = {
      train_from: formatTime(fold.trainFrom),
      train_to: formatTime(fold.border),
      test_from: formatTime(fold.testFrom),
      test_to: formatTime(fold.testTo),
      parameters: chosen?.parameters ?? {},
      train_objective: chosen?.objective ?? null,
      test_objective: null,
      test_pnl: null,
    };
    if (chosen === null || tickers.length === 0 || this.#options.isStopped()) return { told, profit: null };
    const [ran] = await this.#book.ask({ trials: [chosen], until: fold.testTo, tickers, borders: [] });
    if (!ran.ok) return { told, profit: null };
    const profits = Float64Array.from(fold.test, (period) => ran.result.profits[period]);
    const profit = sumOf(profits);
    return {
      told: { ...told, test_objective: objectiveOf(objective, profits, capital), test_pnl: formatMoney(profit) },
      profit,
    };
  }

  #findings(trials: readonly SweepTrial[], guards: Guards, folds: readonly WalkForwardFold[]): SearchFindings {
    return {
      method: this.#options.method,
      objective: this.#options.settings.objective,
      trials: trials.map(({ number, parameters, result, objective }) => ({
        number,
        parameters,
        objective,
        pnl: result === null ? null : formatMoney(sumOf(result.profits)),
        fills: result?.fills ?? 0,
        stopped_early: result?.stoppedEarly ?? false,
      })),
      by_ratio: this.#options.space.byRatio,
      expected_best_by_chance: guards.expectedBestByChance,
      deflated_sharpe: guards.deflatedSharpe,
      overfitting_probability: guards.overfittingProbability,
      walk_forward: folds,
    };
  }

  #warnings(trials: readonly SweepTrial[], best: SweepTrial | null, folds: readonly Walked[]): string[] {
    const { space, folds: wanted } = this.#options;
    const warnings: string[] = [];
    const profit = best?.result === undefined || best.result === null ? null : sumOf(best.result.profits);
    if (profit !== null && profit <= 0) {
      warnings.push(`Even the best trial earned nothing: ${formatMoney(profit)} dollars`);
    }
    const ends = best === null ? [] : space.atTheEnd(best.parameters);
    if (ends.length > 0) {
      warnings.push(`The best lies at the end of what was searched: ${ends.join(", ")}; what is better may lie beyond`);
    }
    const known = folds.flatMap((fold) => fold.profit === null ? [] : [fold.profit]);
    const sum = money(known.reduce((all, each) => all + each, 0));
    if (known.length > 0 && sum <= 0) {
      warnings.push(
        `What was chosen by the past earned nothing after it: ${formatMoney(sum)} dollars, all folds together`,
      );
    }
    if (wanted > 0 && folds.length === 0) {
      warnings.push(`Too few settlements for ${wanted} folds: no walk-forward was made`);
    }
    const stopped = trials.filter(({ result }) => result?.stoppedEarly === true).length;
    if (stopped > 0) {
      warnings.push(`Trials given up early: ${stopped}; overfitting is judged by the others, which flatters it`);
    }
    const failed = trials.filter(({ failure }) => failure !== null);
    if (failed.length > 0) {
      warnings.push(`Trials that failed: ${failed.length}, the first because: ${failed[0].failure}`);
    }
    return warnings;
  }
}

interface Walked {
  readonly told: WalkForwardFold;
  /** Of the test; `null` where there was none. */
  readonly profit: Money | null;
}

/** Of equals the first. */
function bestOf(trials: readonly SweepTrial[]): SweepTrial | null {
  return trials.reduce<SweepTrial | null>(
    (best, trial) => orNothing(trial.objective) > orNothing(best?.objective ?? null) ? trial : best,
    null,
  );
}

/** Profits are whole micro-dollars. */
export const sumOf = (profits: Float64Array): Money => money(profits.reduce((all, each) => all + each, 0));

/** When all of them were paid out; `null` where that is not known of each. */
function paidOutBy(periods: readonly Period[]): Micros | null {
  return periods.reduce<Micros | null>(
    (last, { settled }) => last === null || settled === null ? null : settled > last ? settled : last,
    micros(0),
  );
}
