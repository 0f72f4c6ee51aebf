/**
 * What trading came to (backtest/findings.ts), as schemas: without its trades and charts, which have addresses of their own.
 * @module
 */

import { z } from "zod";
import type {
  Attribution,
  CalibrationBucket,
  DayFigures,
  EdgeBucket,
  EquityPoint,
  Findings,
  GroupFigures,
  Summary,
} from "../../backtest/findings.ts";
import { count, dollars, exactly, named, probability, share, time, words } from "./shape.ts";

/** Of one request: what `kbot report` shows of the same days. */
export type PerformanceView =
  & Pick<
    Findings,
    | "kind"
    | "title"
    | "simulated_fills"
    | "simulated_market"
    | "summary"
    | "attribution"
    | "by"
    | "edge"
    | "calibration"
    | "equity"
    | "days"
    | "warnings"
  >
  & {
    /** When it was worked out, by this machine's clock. */
    readonly computed_at: string;
  };

const interval = z.tuple([z.number(), z.number()]).nullable().describe("Holds it in 95 of 100 cases");
const estimate = named("Estimate", z.strictObject({ value: z.number().nullable(), interval }));
const moneyEstimate = named("MoneyEstimate", z.strictObject({ value: dollars, interval }));
const numberOfContracts = z.number().describe("Contracts");

const summary = named(
  "Summary",
  exactly<Summary>()(z.strictObject({
    from: time,
    to: time,
    markets: count,
    settled: count,
    events: count,
    orders: count,
    fills: count,
    contracts: numberOfContracts,
    starting_capital: dollars,
    nav: dollars,
    fees: dollars,
    pnl: moneyEstimate,
    roi: estimate,
    win_rate: estimate,
    sharpe: estimate,
    sortino: estimate,
    calmar: estimate,
    max_drawdown: share,
    turnover: z.number().nullable(),
    exposure_mean: share.nullable(),
    exposure_max: share.nullable(),
    brier: estimate,
    brier_market: estimate,
    brier_difference: estimate,
    log_loss: estimate,
    log_loss_market: estimate,
  })),
);

const group = named(
  "GroupFigures",
  exactly<GroupFigures>()(z.strictObject({
    name: z.string(),
    markets: count,
    fills: count,
    contracts: numberOfContracts,
    fees: dollars,
    pnl: moneyEstimate,
    win_rate: estimate,
    turnover: dollars,
    max_drawdown: dollars,
  })),
);

const attribution = exactly<Attribution>()(z.strictObject({
  model: dollars,
  execution: dollars,
  fees: dollars,
  total: dollars,
})).describe("Where profit and loss come from; the three add up to the whole");

const edgeBucket = exactly<EdgeBucket>()(z.strictObject({
  low: z.number(),
  high: z.number(),
  fills: count,
  contracts: numberOfContracts,
  edge: z.number(),
  realised: estimate,
}));

const calibrationBucket = named(
  "CalibrationBucket",
  exactly<CalibrationBucket>()(z.strictObject({
    p_low: probability,
    p_high: probability,
    n: count,
    mean_p: probability.nullable(),
    yes_rate: estimate,
  })),
);

const equityPoint = named(
  "EquityPoint",
  exactly<EquityPoint>()(z.strictObject({ at: time, nav: dollars, drawdown: share })),
);

const day = named(
  "Day",
  exactly<DayFigures>()(z.strictObject({
    day: z.string().describe("UTC, as 2026-11-20"),
    pnl: dollars,
    fees: dollars,
    fills: count,
  })),
);

const groups = z.array(group);

export const performance = named(
  "Performance",
  exactly<PerformanceView>()(z.strictObject({
    kind: z.enum(["backtest", "paper", "live"]),
    title: words,
    simulated_fills: z.boolean(),
    simulated_market: z.boolean(),
    summary,
    attribution,
    by: z.strictObject({
      strategy: groups,
      series: groups,
      market: groups,
      hour: groups,
      weekday: groups,
      signal: groups,
    }),
    edge: z.array(edgeBucket).describe("What was expected of executions, against what they brought"),
    calibration: z.array(calibrationBucket).describe("How often what was believed came true"),
    equity: z.array(equityPoint).describe(
      "Net asset value over time, thinned to what a screen shows, with its drawdown",
    ),
    days: z.array(day),
    warnings: z.array(words),
    computed_at: time,
  })),
);
