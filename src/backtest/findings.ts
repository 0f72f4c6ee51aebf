/**
 * What came of trading, as a report shows it: of a backtest, of paper days or of live ones. It is data alone, as JSON, so that
 * the page, the HTML report, the command line and a table read the same figures.
 *
 * Money is in dollars as exact decimal text (`"-12.340000"`), a time is ISO 8601 in UTC, a share is a fraction of 1, a price or a
 * probability is in dollars of YES. `null` says that there is too little to tell, never zero.
 * @module
 */

import type { PaperBoundsView } from "../engine/view.ts";

/** A figure with the interval that holds it in 95 of 100 cases, by bootstrap; `null` where there is too little for one. */
export interface Estimate {
  readonly value: number | null;
  readonly interval: readonly [low: number, high: number] | null;
}

/** The same for an amount of dollars, whose value is exact. */
export interface MoneyEstimate {
  readonly value: string;
  readonly interval: readonly [low: number, high: number] | null;
}

export type FindingsKind = "backtest" | "paper" | "live";

/** What is needed to do it again. */
export interface Provenance {
  readonly version: string;
  /** As it was typed, secrets left out; empty where no command made it. */
  readonly command: readonly string[];
  readonly data: readonly DataFile[];
  /** Every setting that differs from its default, by its key. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly decision_hash: string | null;
  /** From which every interval's draws follow; absent where none was drawn. */
  readonly bootstrap_seed?: number;
}

export interface DataFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Summary {
  readonly from: string;
  readonly to: string;
  readonly markets: number;
  readonly settled: number;
  readonly events: number;
  readonly orders: number;
  readonly fills: number;
  readonly contracts: number;
  readonly starting_capital: string;
  readonly nav: string;
  readonly fees: string;
  readonly pnl: MoneyEstimate;
  readonly roi: Estimate;
  /** Of traded markets, those that brought something. */
  readonly win_rate: Estimate;
  /** The ratios are a year's, of hourly values: `null` below a week of them. */
  readonly sharpe: Estimate;
  readonly sortino: Estimate;
  readonly calmar: Estimate;
  readonly max_drawdown: number;
  /** Dollars bought and sold, over the mean NAV. */
  readonly turnover: number | null;
  /** At stake, as a fraction of NAV. */
  readonly exposure_mean: number | null;
  readonly exposure_max: number | null;
  /** Of the model, of the market's own mid at the same moments, and the model's less the market's: below zero the model is better. */
  readonly brier: Estimate;
  readonly brier_market: Estimate;
  readonly brier_difference: Estimate;
  readonly log_loss: Estimate;
  readonly log_loss_market: Estimate;
}

/** One strategy, market, hour (UTC), weekday, signal or series. */
export interface GroupFigures {
  readonly name: string;
  readonly markets: number;
  readonly fills: number;
  readonly contracts: number;
  readonly fees: string;
  readonly pnl: MoneyEstimate;
  readonly win_rate: Estimate;
  readonly turnover: string;
  readonly max_drawdown: string;
}

/**
 * Where profit and loss come from. Of each execution: `model` is what the outcome is worth above the mid when it was decided,
 * `execution` what that mid was worth above the price paid, `fees` what was paid for it, above zero where it cost something:
 * `total` is `model + execution - fees`.
 */
export interface Attribution {
  readonly model: string;
  readonly execution: string;
  readonly fees: string;
  readonly total: string;
}

/** Executions whose expected edge, dollars a contract after fees, lay in one range; what they brought, dollars a contract. */
export interface EdgeBucket {
  readonly low: number;
  readonly high: number;
  readonly fills: number;
  readonly contracts: number;
  readonly edge: number;
  readonly realised: Estimate;
}

export interface CalibrationBucket {
  readonly p_low: number;
  readonly p_high: number;
  readonly n: number;
  readonly mean_p: number | null;
  readonly yes_rate: Estimate;
}

export interface EquityPoint {
  readonly at: string;
  readonly nav: string;
  /** Below the highest so far, as a fraction of it. */
  readonly drawdown: number;
}

export interface DayFigures {
  /** UTC, as `2026-11-20`. */
  readonly day: string;
  readonly pnl: string;
  readonly fees: string;
  readonly fills: number;
}

/** One execution, with what it came to: its market's payout, or its mark while that is not known. */
export interface TradeOutcome {
  readonly at: string;
  readonly ticker: string;
  readonly strategy: string;
  readonly signal: string;
  readonly side: "bid" | "ask";
  readonly price: number;
  readonly contracts: number;
  readonly fee: string;
  readonly is_taker: boolean;
  readonly model_probability: number | null;
  /** The mid when it was decided. */
  readonly market_probability: number | null;
  readonly edge: number | null;
  readonly spot: number | null;
  readonly strike: number | null;
  /** What one YES contract paid; `null` while that is not known. */
  readonly paid: number | null;
  readonly pnl: string;
}

/** Charts of one report, of the markets that moved most, so that it stays small: the trades tell of every market. */
export const CHARTED_MARKETS_MAX = 20;

/** A market that was traded, as it is drawn: its underlying against the strike, its quotes, what was traded. */
export interface MarketChart {
  readonly ticker: string;
  readonly title: string;
  readonly strike: number | null;
  readonly close: string;
  readonly result: string;
  readonly settlement: number | null;
  readonly pnl: string;
  /** Thinned to what a screen shows. */
  readonly points: readonly ChartPoint[];
  readonly trades: readonly TradeOutcome[];
}

export interface ChartPoint {
  readonly at: string;
  readonly price: number | null;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly probability: number | null;
}

/** A search over parameters; `null` in findings of one run. */
export interface SearchFindings {
  readonly method: string;
  readonly objective: string;
  readonly trials: readonly SearchTrial[];
  /** Parameters that were searched by their ratio, not by their difference. */
  readonly by_ratio: readonly string[];
  /** Sharpe ratio of a period that the best of so many trials would show by chance alone, and the probability that the true one is above it. */
  readonly expected_best_by_chance: number | null;
  readonly deflated_sharpe: number | null;
  /** How often what was best in one half of the time was no better than the median in the other. */
  readonly overfitting_probability: number | null;
  readonly walk_forward: readonly WalkForwardFold[];
}

export interface SearchTrial {
  readonly number: number;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly objective: number | null;
  readonly pnl: string | null;
  readonly fills: number;
  readonly stopped_early: boolean;
}

export interface WalkForwardFold {
  readonly train_from: string;
  readonly train_to: string;
  readonly test_from: string;
  readonly test_to: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly train_objective: number | null;
  readonly test_objective: number | null;
  readonly test_pnl: string | null;
}

export interface Findings {
  readonly kind: FindingsKind;
  readonly title: string;
  /** Fills were made by a model, not by the exchange. */
  readonly simulated_fills: boolean;
  /** Market data was made by a simulator, not recorded. */
  readonly simulated_market: boolean;
  readonly provenance: Provenance;
  readonly summary: Summary;
  readonly attribution: Attribution;
  readonly by: {
    readonly strategy: readonly GroupFigures[];
    readonly series: readonly GroupFigures[];
    readonly market: readonly GroupFigures[];
    readonly hour: readonly GroupFigures[];
    readonly weekday: readonly GroupFigures[];
    readonly signal: readonly GroupFigures[];
  };
  readonly edge: readonly EdgeBucket[];
  readonly calibration: readonly CalibrationBucket[];
  readonly equity: readonly EquityPoint[];
  readonly days: readonly DayFigures[];
  readonly trades: readonly TradeOutcome[];
  /** Executions beyond those in `trades`. */
  readonly trades_left_out: number;
  readonly charts: readonly MarketChart[];
  readonly fill_models: PaperBoundsView | null;
  readonly search: SearchFindings | null;
  /** What the owner should not overlook, in words. */
  readonly warnings: readonly string[];
  /** What could not be used of the data, and how many. */
  readonly problems: readonly string[];
  /** What the data does not tell, and how that was taken. */
  readonly notes: readonly string[];
}
