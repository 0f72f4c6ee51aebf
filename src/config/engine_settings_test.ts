import assert from "node:assert/strict";
import { DEFAULT_FAILOVER } from "../engine/index_choice.ts";
import { DEFAULT_FILLS } from "../execution/queue_models.ts";
import { DEFAULT_RECOVERY } from "../models/drawdown_recovery.ts";
import { STRATEGIES } from "../strategies/registry.ts";
import {
  allocationRules,
  executionSettings,
  indexSettings,
  paperSettings,
  riskLimits,
  safetyRules,
  safetyWithoutPerson,
  simulatedPaperSettings,
  strategySettings,
  transferRule,
} from "./engine_settings.ts";
import { CONFIG_SCHEMA, defaultConfig } from "./schema.ts";

Deno.test("each key of [risk], [paper] and [index] reaches the engine's options", () => {
  const config = CONFIG_SCHEMA.parse({
    risk: {
      max_order_usd: 1,
      max_market_usd: 2,
      max_trade_usd: 7,
      max_open_exposure_usd: 3,
      max_category_pct: 4,
      max_correlated_pct: 8,
      correlated_by: "close",
      group: [
        { name: "fed", series: ["KXFED*"], max_pct: 15 },
        { name: "heat", series: ["KXHIGHNY", "KXHIGHCHI"], max_pct: 9.5, same_day: true },
      ],
      daily_loss_usd: 5,
      daily_loss_pct: 6,
      price_ceiling: "0.7",
      fair_value_bound: "0.08",
    },
    paper: {
      latency_ms: 9,
      order_latency: "p50=40,max=300",
      feed_latency: "12.5",
      latency_seed: 5,
      slippage: "0.001",
      fill_model: "power2",
      fill_power: 2.5,
      simple_fill_pct: 60,
      simple_slippage_bp: 7,
      simple_seed: 8,
    },
    index: {
      volatility_half_life: 11,
      returns_min: 12,
      volatility_model: "selected",
      stale_after: 13,
      recover_after: 14,
      correct_basis: false,
      basis_window: 15,
      basis_min: 3,
      assumed_basis_bp: 16,
    },
  });
  assert.deepEqual(riskLimits(config), {
    order: 1_000_000,
    trade: 7_000_000,
    market: 2_000_000,
    openExposure: 3_000_000,
    categoryPercent: 4,
    correlatedPercent: 8,
    correlation: {
      by: "close",
      groups: [
        { name: "fed", series: ["KXFED*"], percent: 15, sameDay: false },
        { name: "heat", series: ["KXHIGHNY", "KXHIGHCHI"], percent: 9.5, sameDay: true },
      ],
    },
    dailyLoss: 5_000_000,
    dailyLossPercent: 6,
    priceCeiling: 7_000,
    fairValueBound: 800,
  });
  assert.deepEqual(paperSettings(config), {
    latencyMs: 9,
    latency: { kind: "quantiles", quantiles: [[0.5, 40_000], [1, 300_000]], seed: 5 },
    slippage: 10,
    fills: { model: "power2", power: 2.5, simpleFillPercent: 60, simpleSlippageBp: 7, simpleSeed: 8 },
  });
  assert.deepEqual(paperSettings(defaultConfig()).fills, DEFAULT_FILLS);
  assert.deepEqual(simulatedPaperSettings(config).feedLatency, { kind: "constant", micros: 12_500 });
  assert.deepEqual(indexSettings(config), {
    volatilityHalfLife: 11,
    returnsMin: 12,
    volatilityModel: "selected",
    failover: {
      staleAfter: 13,
      recoverAfter: 14,
      correctBasis: false,
      basisWindow: 15,
      basisMin: 3,
      assumedBasis: 0.0016,
    },
  });
});

Deno.test("each key of [execution] that the engine works by reaches its options", () => {
  const keys = { size_tolerance_pct: 5, min_reprice_ms: 300, lease_s: 60, lease_renewals_per_s: 4, group_contracts: 7 };
  assert.deepEqual(executionSettings(CONFIG_SCHEMA.parse({ execution: keys })), {
    sizeTolerance: 5,
    repriceEvery: 300_000,
    lease: 60_000_000,
    leaseRenewals: 4,
    groupLimit: 700,
  });
});

Deno.test("a lease is none, or long enough to be renewed", () => {
  for (const [lease_s, allowed] of [[0, true], [9, false], [10, true]] as const) {
    assert.equal(CONFIG_SCHEMA.safeParse({ execution: { lease_s } }).success, allowed);
  }
});

Deno.test("what [index] leaves out is as the engine has it by default", () => {
  assert.deepEqual(indexSettings(defaultConfig()).failover, DEFAULT_FAILOVER);
  assert.equal(indexSettings(defaultConfig()).volatilityModel, "ewma");
});

Deno.test("every strategy of the registry has a section, and its parameters bind", () => {
  const settings = strategySettings(defaultConfig());
  assert.deepEqual(settings.map((strategy) => strategy.name), STRATEGIES.map((strategy) => strategy.name));
  for (const [index, strategy] of STRATEGIES.entries()) {
    assert.equal(settings[index].enabled, strategy.startsOff !== true);
    strategy.bind(settings[index].parameters);
  }
});

Deno.test("a strategy's parameter is checked against its own declaration", () => {
  const section = (parameters: Record<string, unknown>) => ({ strategies: { settlement_edge: parameters } });
  const config = CONFIG_SCHEMA.parse(section({ enabled: false, min_edge: 0.05 }));
  const [settlementEdge] = strategySettings(config);
  assert.equal(settlementEdge.enabled, false);
  assert.equal(settlementEdge.parameters.min_edge, 0.05);
  assert.equal(CONFIG_SCHEMA.safeParse(section({ min_edge: 2 })).success, false);
  assert.equal(CONFIG_SCHEMA.safeParse(section({ min_egde: 0.05 })).success, false);
});

Deno.test("cash is moved only where [venue] allows it, with its floor and its bound", () => {
  assert.equal(transferRule(defaultConfig()), null);
  const allowed = { auto_transfer: true, auto_transfer_floor_usd: 20, auto_transfer_max_usd: "300.50" };
  assert.deepEqual(transferRule(CONFIG_SCHEMA.parse({ venue: allowed })), { floor: 20_000_000, most: 300_500_000 });
});

Deno.test("each key of [allocation] reaches the engine's options; without a method there are no budgets", () => {
  assert.equal(allocationRules(CONFIG_SCHEMA.parse({ allocation: { method: "none" } })), null);
  assert.equal(allocationRules(defaultConfig())?.method, "fixed");
  const [first, ...others] = STRATEGIES.map(({ name }) => name);
  const config = CONFIG_SCHEMA.parse({
    allocation: {
      method: "risk_parity",
      total_pct: 60,
      total_usd: "5000.50",
      floor_pct: 4,
      ceiling_pct: 40,
      max_step_pct: 3,
      half_life_days: 15,
      rebalance_hour: 17,
      rebalance_zone: "America/New_York",
      strategies: { [first]: { share_pct: 12.5, usd: 250 } },
    },
  });
  assert.deepEqual(allocationRules(config), {
    method: "risk_parity",
    totalPercent: 60,
    totalUsd: 5_000_500_000,
    strategies: [
      { name: first, percent: 12.5, usd: 250_000_000 },
      ...others.map((name) => ({ name, percent: 20, usd: null })),
    ],
    floorPercent: 4,
    ceilingPercent: 40,
    stepPercent: 3,
    halfLifeDays: 15,
    hour: 17,
    zone: "America/New_York",
  });
});

Deno.test("each key of [risk] about halts and recovery reaches the engine's options, and a backtest has no breakers", () => {
  const config = CONFIG_SCHEMA.parse({
    risk: {
      max_drawdown_pct: 21,
      consecutive_losses: 9,
      cool_down_min: 61,
      max_api_error_pct: 6,
      api_calls_min: 30,
      feed_stale_s: 4.5,
      max_clock_offset_ms: 750,
      recovery_drawdown_pct: 7,
      recovery_kelly_fraction: 0.2,
    },
  });
  const rest = {
    autoHalts: { apiErrorPercent: 6, apiCallsMin: 30, feedStale: 4_500_000, clockOffset: 750_000 },
    recovery: { drawdownPercent: 7, fraction: 0.2 },
  };
  const breakers = { maxDrawdownPercent: 21, consecutiveLosses: 9, coolDown: 61 * 60_000_000 };
  assert.deepEqual(safetyRules(config), { breakers, ...rest });
  assert.deepEqual(safetyWithoutPerson(config), {
    breakers: { maxDrawdownPercent: 0, consecutiveLosses: 0, coolDown: 0 },
    ...rest,
  });
  assert.deepEqual(safetyRules(defaultConfig()).recovery, DEFAULT_RECOVERY);
  assert.equal(CONFIG_SCHEMA.safeParse({ risk: { feed_stale_s: 1 } }).success, false);
});
