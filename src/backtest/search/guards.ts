/**
 * Whether the best of a search stands out from chance, in figures and in words.
 * @module
 */

import { deflatedSharpe, varianceByChance } from "../statistics/deflated_sharpe.ts";
import { sharpeOf } from "../statistics/moments.ts";
import { overfittingOf } from "../statistics/overfitting.ts";
import type { Objective } from "./choices.ts";

/** A trial as the guards see it. */
export interface JudgedTrial {
  readonly profits: Float64Array;
  /** It ran to its end. */
  readonly whole: boolean;
}

export interface Guards {
  readonly sharpe: number | null;
  readonly expectedBestByChance: number | null;
  readonly deflatedSharpe: number | null;
  readonly overfittingProbability: number | null;
  /** What speaks against the best, in words; empty where it stands out. */
  readonly warnings: readonly string[];
}

/** The true Sharpe ratio is above what chance shows with at least this probability, or the best does not stand out. */
export const SURE = 0.95;
/** Choosing is worth nothing where the choice fails so often; a choice by chance fails every second time. */
const OVERFITTED = 0.2;
/** Below this the figures themselves are hardly known. */
const PERIODS_FEW = 30;

/**
 * @param trials all that were tried, those that were given up too
 * @param best `null` where none could be judged
 */
export function guardsOf(trials: readonly JudgedTrial[], best: JudgedTrial | null, objective: Objective): Guards {
  if (best === null) {
    return {
      sharpe: null,
      expectedBestByChance: null,
      deflatedSharpe: null,
      overfittingProbability: null,
      warnings: ["No trial could be judged: none traded, or every one failed"],
    };
  }
  const whole = trials.filter((trial) => trial.whole).map(({ profits }) => profits);
  // One that never traded has shown nothing: as if it were 0.
  const sharpes = whole.map((profits) => sharpeOf(profits) ?? 0);
  const judged = deflatedSharpe(best.profits, varianceByChance(sharpes, best.profits.length), trials.length);
  const overfitting = overfittingOf(whole, objective === "pnl" ? "sum" : "sharpe");
  const probability = overfitting?.probability ?? null;
  const periods = best.profits.length;
  return {
    sharpe: judged?.sharpe ?? null,
    expectedBestByChance: judged?.expectedByChance ?? null,
    deflatedSharpe: judged?.probability ?? null,
    overfittingProbability: probability,
    warnings: [
      ...chanceWarning(judged, trials.length),
      ...(probability === null || probability <= OVERFITTED ? [] : [
        `Choosing among the trials tells little: what was best in one half of the time was no better than the median in the ` +
        `other in ${percent(probability)} of ${overfitting?.splits} ways to halve it`,
      ]),
      ...(whole.length >= 2 && overfitting === null
        ? [`${periods} moments of settlement are too few to tell how often the choice among trials fails`]
        : []),
      ...(periods < PERIODS_FEW
        ? [`Only ${periods} moments of settlement: whatever is said of them may be otherwise in the next ${periods}`]
        : []),
    ],
  };
}

function chanceWarning(judged: ReturnType<typeof deflatedSharpe>, trials: number): readonly string[] {
  const head = `The best of ${trials} trial${trials === 1 ? "" : "s"} does not stand out from chance`;
  if (judged === null) return [`${head}: it brought the same in every period, or too few are known`];
  const { sharpe, expectedByChance, probability } = judged;
  if (probability >= SURE) return [];
  return [
    `${head}: its Sharpe ratio of a period is ${sharpe.toFixed(3)}, the best of as many without any edge would show ` +
    `${expectedByChance.toFixed(3)}, and the probability that the true one is above that is ${percent(probability)}, ` +
    `less than ${percent(SURE)}`,
  ];
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
