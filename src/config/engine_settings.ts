/**
 * The configuration as the engine wants it: one function for each part of its options.
 * @module
 */

import {
  count,
  type Micros,
  MICROS_PER_MILLISECOND,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  ONE_CONTRACT,
} from "../core/units.ts";
import type { TransferRule } from "../engine/cash_transfers.ts";
import type { ExecutionSettings } from "../engine/execution_settings.ts";
import type { IndexSettings, SafetyRules, StrategySettings } from "../engine/options.ts";
import { type LatencyModel, parseLatency } from "../execution/latency.ts";
import type { PaperSettings } from "../execution/paper.ts";
import type { AllocationRules } from "../risk/allocation.ts";
import { type CanaryRule, canaryRule, endOfDay } from "../risk/canary.ts";
import type { RiskLimits } from "../risk/limits.ts";
import type { Pack } from "../packs/pack.ts";
import type { Config } from "./schema.ts";

/** The section `[risk]`. */
export function riskLimits({ risk }: Config): RiskLimits {
  return {
    order: risk.max_order_usd,
    trade: risk.max_trade_usd,
    market: risk.max_market_usd,
    openExposure: risk.max_open_exposure_usd,
    categoryPercent: risk.max_category_pct,
    correlatedPercent: risk.max_correlated_pct,
    correlation: {
      by: risk.correlated_by,
      groups: risk.group.map(({ name, series, max_pct: percent, same_day: sameDay }) => ({
        name,
        series,
        percent,
        sameDay,
      })),
    },
    dailyLoss: risk.daily_loss_usd,
    dailyLossPercent: risk.daily_loss_pct,
    priceCeiling: risk.price_ceiling,
    fairValueBound: risk.fair_value_bound,
  };
}

/** What of the section `[risk]` halts by itself, and how a drawdown is earned back. */
export function safetyRules({ risk }: Config): SafetyRules {
  return {
    breakers: {
      maxDrawdownPercent: risk.max_drawdown_pct,
      consecutiveLosses: risk.consecutive_losses,
      coolDown: risk.cool_down_min * MICROS_PER_MINUTE,
    },
    autoHalts: {
      apiErrorPercent: risk.max_api_error_pct,
      apiCallsMin: risk.api_calls_min,
      feedStale: Math.round(risk.feed_stale_s * MICROS_PER_SECOND),
      clockOffset: risk.max_clock_offset_ms * MICROS_PER_MILLISECOND,
    },
    recovery: { drawdownPercent: risk.recovery_drawdown_pct, fraction: risk.recovery_kelly_fraction },
  };
}

/** The same for a backtest, where no person lifts what a breaker halts: it has none but the day's loss. */
export const safetyWithoutPerson = (config: Config): SafetyRules => ({
  ...safetyRules(config),
  breakers: { maxDrawdownPercent: 0, consecutiveLosses: 0, coolDown: 0 },
});

/** How `[live]` bounds a first day that begins now; `null` where it does not. */
export function canarySettings({ live }: Config, now: Micros): CanaryRule | null {
  const { canary_usd: amount, canary_order_pct: orderPercent, canary_ends: ends } = live;
  return amount === null ? null : canaryRule(amount, orderPercent, ends === "day" ? endOfDay(now) : null);
}

/** The section `[allocation]`; `null` where strategies have no budgets of their own. */
export function allocationRules({ allocation }: Config): AllocationRules | null {
  const { method, strategies } = allocation;
  if (method === "none") return null;
  return {
    method,
    totalPercent: allocation.total_pct,
    totalUsd: allocation.total_usd,
    strategies: Object.entries(strategies).map(([name, { share_pct, usd }]) => ({ name, percent: share_pct, usd })),
    floorPercent: allocation.floor_pct,
    ceilingPercent: allocation.ceiling_pct,
    stepPercent: allocation.max_step_pct,
    halfLifeDays: allocation.half_life_days,
    hour: allocation.rebalance_hour,
    zone: allocation.rebalance_zone,
  };
}

/** How `[venue]` lets cash be moved; `null` where it does not. */
export function transferRule({ venue }: Config): TransferRule | null {
  return venue.auto_transfer ? { floor: venue.auto_transfer_floor_usd, most: venue.auto_transfer_max_usd } : null;
}

/** The section `[execution]`, as far as the engine works by it. */
export function executionSettings({ execution }: Config): ExecutionSettings {
  return {
    sizeTolerance: execution.size_tolerance_pct,
    repriceEvery: execution.min_reprice_ms * MICROS_PER_MILLISECOND,
    lease: execution.lease_s * MICROS_PER_SECOND,
    leaseRenewals: execution.lease_renewals_per_s,
    groupLimit: count(execution.group_contracts * ONE_CONTRACT),
  };
}

/** The section `[paper]` without the capital. */
export function paperSettings({ paper }: Config): PaperSettings {
  const latency = latencyOf(paper.order_latency, paper.latency_seed);
  return {
    latencyMs: paper.latency_ms,
    ...(latency === null ? {} : { latency }),
    slippage: paper.slippage,
    fills: {
      model: paper.fill_model,
      power: paper.fill_power,
      simpleFillPercent: paper.simple_fill_pct,
      simpleSlippageBp: paper.simple_slippage_bp,
      simpleSeed: paper.simple_seed,
    },
  };
}

/** The same for a backtest, which also delays what is heard: live that takes the time that it takes. */
export function simulatedPaperSettings(config: Config): PaperSettings {
  const feedLatency = latencyOf(config.paper.feed_latency, config.paper.latency_seed);
  return { ...paperSettings(config), ...(feedLatency === null ? {} : { feedLatency }) };
}

const latencyOf = (text: string | null, seed: number): LatencyModel | null =>
  text === null ? null : parseLatency(text, seed);

/** The section `[index]`. */
export function indexSettings({ index }: Config): IndexSettings {
  return {
    volatilityHalfLife: index.volatility_half_life,
    returnsMin: index.returns_min,
    volatilityModel: index.volatility_model,
    failover: {
      staleAfter: index.stale_after,
      recoverAfter: index.recover_after,
      correctBasis: index.correct_basis,
      basisWindow: index.basis_window,
      basisMin: index.basis_min,
      assumedBasis: index.assumed_basis_bp / 10_000,
    },
  };
}

/** The sections `[strategies.*]`, in the order of the registry and then of the packs, each of which is named by its hash. */
export function strategySettings({ strategies }: Config, packs: readonly Pack[] = []): StrategySettings[] {
  return Object.entries(strategies).map(([name, { enabled, ...parameters }]) => {
    const pack = packs.find(({ declaration }) => declaration.name === name);
    return { name, enabled, parameters, ...(pack === undefined ? {} : { pack: pack.sha256 }) };
  });
}
