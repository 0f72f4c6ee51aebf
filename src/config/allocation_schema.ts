/**
 * The section `[allocation]`: what each strategy may put at stake.
 * @module
 */

import { z } from "zod";
import { money } from "../core/units.ts";
import { ALLOCATION_METHODS, ALLOCATION_ZONES } from "../risk/allocation.ts";
import type { Registration } from "../strategies/registry.ts";
import { LARGEST_AMOUNT, usd } from "./fields.ts";

const optionalUsd = () => usd(money(0), LARGEST_AMOUNT).nullable().default(null);

const strategyBudget = z.strictObject({
  share_pct: z.number().min(0).max(100).default(20).describe(
    "With method fixed, what the strategy may put at stake, in percent of NAV",
  ),
  usd: optionalUsd().describe(
    "With method fixed, what it may put at stake instead of share_pct; with the others, the most that it ever gets",
  ),
});

type StrategyBudgetSections = Readonly<Record<string, z.output<typeof strategyBudget>>>;

/** One section for each strategy, named like it. */
const strategyBudgets = (
  strategies: readonly Registration[],
): z.ZodType<StrategyBudgetSections, Record<string, unknown>> =>
  z.strictObject(
    Object.fromEntries(strategies.map(({ name, title }) => [name, strategyBudget.prefault({}).describe(title)])),
  );

export const allocation = (strategies: readonly Registration[]) =>
  z.strictObject({
    method: z.enum(["none", ...ALLOCATION_METHODS]).default("fixed").describe(
      "How money is parted between strategies: none, where only the limits of [risk] count; fixed; risk_parity, the same " +
        "risk for each; performance, more to those that did better for their risk",
    ),
    total_pct: z.number().min(0).max(100).default(100).describe(
      "Most that all budgets are together, in percent of NAV",
    ),
    total_usd: optionalUsd().describe(
      "Most that all budgets are together, in dollars, where total_pct would be more",
    ),
    floor_pct: z.number().min(0).max(100).default(5).describe(
      "Least part of the total that a strategy gets with risk_parity and performance, in percent",
    ),
    ceiling_pct: z.number().positive().max(100).default(50).describe(
      "Largest part of the total that a strategy gets with risk_parity and performance, in percent",
    ),
    max_step_pct: z.number().positive().max(100).default(5).describe(
      "How far its part may move in a day with these, in percent of the total",
    ),
    half_life_days: z.number().min(1).max(60).default(20).describe(
      "With performance, days after which a day counts half",
    ),
    rebalance_hour: z.int().min(0).max(23).default(0).describe("Hour at which the day of the budgets begins"),
    rebalance_zone: z.enum(ALLOCATION_ZONES).default("UTC").describe("Whose clock shows that hour"),
    strategies: strategyBudgets(strategies).prefault({}).describe("Budgets of the strategies"),
  }).refine(({ floor_pct, ceiling_pct }) => floor_pct <= ceiling_pct, {
    path: ["floor_pct"],
    error: "at most ceiling_pct",
  });
