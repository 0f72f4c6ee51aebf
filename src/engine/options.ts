/**
 * All that an engine is told before its first input. It is the journal's first line, so that a replay starts alike.
 * @module
 */

import type { ResumeState } from "../core/record.ts";
import type { Micros, Money } from "../core/units.ts";
import type { PaperSettings } from "../execution/paper.ts";
import type { RecoveryRules } from "../models/drawdown_recovery.ts";
import type { AllocationRules } from "../risk/allocation.ts";
import type { AutoHaltRules } from "../risk/auto_halts.ts";
import type { BreakerRules } from "../risk/breakers.ts";
import type { CanaryRule } from "../risk/canary.ts";
import type { RiskLimits } from "../risk/limits.ts";
import type { TransferRule } from "./cash_transfers.ts";
import type { ExecutionSettings } from "./execution_settings.ts";
import type { FailoverSettings } from "./index_choice.ts";

export const VOLATILITY_MODELS = ["ewma", "selected"] as const;
export type VolatilityModel = (typeof VOLATILITY_MODELS)[number];

export interface IndexSettings {
  /** Half-life of the exponentially weighted volatility, seconds. */
  readonly volatilityHalfLife: number;
  /** One-second returns that must have been heard before there is a volatility. */
  readonly returnsMin: number;
  /**
   * What markets are priced with: the exponentially weighted volatility, or that of the forecaster which did best so far.
   * The first where absent, as in journals of older versions.
   */
  readonly volatilityModel?: VolatilityModel;
  /** Which source is believed when; as by default where absent, as in journals of older versions. */
  readonly failover?: FailoverSettings;
}

export interface StrategySettings {
  readonly name: string;
  readonly enabled: boolean;
  /** As the strategy's own declaration has it; absent ones take their defaults. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** SHA-256 of the file that it is, where it is a pack: a replay needs the very same. */
  readonly pack?: string;
}

/** What halts a run or a strategy by itself, and how a drawdown is earned back. */
export interface SafetyRules {
  readonly breakers: BreakerRules;
  readonly autoHalts: AutoHaltRules;
  readonly recovery: RecoveryRules;
}

export interface EngineOptions {
  readonly version: string;
  /** Names the run; its journal's directory bears it. */
  readonly run: string;
  readonly startedAt: Micros;
  readonly execution: "paper" | "live";
  /** Begins every client order id of this state directory: ids are never reused on an account. */
  readonly instance: string;
  /**
   * Words that begin the ids of all bots that trade this account in turn, this one among them, each followed by the epoch
   * under which it sent an order (`k1a2b3c4de7-12`): what rests of theirs and is not remembered is taken back. Absent where
   * there is but one.
   */
  readonly peers?: readonly string[];
  /** Paper: the bankroll of a fresh state. Live: `null`, the account says. */
  readonly capital: Money | null;
  readonly paper: PaperSettings;
  readonly risk: RiskLimits;
  /** What bounds a first live day; absent or `null`: nothing but the limits. */
  readonly canary?: CanaryRule | null;
  /** Budgets of the strategies; absent or `null`: none has one, and only the limits of `risk` count. */
  readonly allocation?: AllocationRules | null;
  readonly index: IndexSettings;
  readonly strategies: readonly StrategySettings[];
  /** How cash may be moved to the shard that is traded on; absent or `null`: not at all. */
  readonly transfers?: TransferRule | null;
  /**
   * Absent in journals of older versions: then there are no breakers but the day's loss, no halts that end by themselves but
   * those of the journal and the store, and the strategies' phases are not written down.
   */
  readonly safety?: SafetyRules;
  /** How orders are worked; without leases and fuses where absent, as in journals of older versions. */
  readonly orders?: ExecutionSettings;
  /**
   * Whether it is remembered when an account was taken over, and what was executed before that counts for nothing; absent in
   * journals of older versions, which replay as they were decided.
   */
  readonly remembersTakeOver?: boolean;
  readonly resume: ResumeState;
}

/** A start from nothing. */
export const FRESH: ResumeState = {
  account: null,
  positions: [],
  openOrders: [],
  halts: [],
  recentTradeIds: [],
  lastFillAt: null,
};
