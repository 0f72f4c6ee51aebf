/**
 * Every strategy there is. Adding one is one file and one line here.
 * @module
 */

import type { z } from "zod";
import type { Market } from "../core/market.ts";
import { arbitrage } from "./arbitrage.ts";
import { DEFAULT_RECOVERY, fractionInUse, type RecoveryRules } from "../models/drawdown_recovery.ts";
import { hourlyNo } from "./hourly_no.ts";
import { latency } from "./latency.ts";
import { marketMaker } from "./market_maker.ts";
import { rates } from "./rates.ts";
import { settlementEdge } from "./settlement_edge.ts";
import type {
  GroupOpinion,
  GroupStrategy,
  Hooks,
  MarketStrategy,
  Opinion,
  SettledMarket,
  Strategy,
} from "./strategy.ts";
import type { GroupView, StrategyView } from "./view.ts";
import { weather } from "./weather.ts";

interface Bound {
  readonly name: string;
  trades(series: string): boolean;
  /** Where absent it does not look at order flow. */
  readonly usesFlow?: boolean;
  readonly disconnected: Hooks<unknown>["disconnected"];
  windUp(view: StrategyView): Opinion;
  settled(settled: SettledMarket): string | null;
}

/** A strategy for one market at a time, with its parameters fixed. */
export interface BoundMarketStrategy extends Bound {
  decide(view: StrategyView): Opinion;
}

/** A strategy for groups of markets, with its parameters fixed. */
export interface BoundGroupStrategy extends Bound {
  groupOf(market: Market): string | null;
  decideGroup(view: GroupView): GroupOpinion;
}

/** A strategy with its parameters fixed. */
export type BoundStrategy = BoundMarketStrategy | BoundGroupStrategy;

/** A strategy as the configuration knows it. */
export interface Registration<Bound extends BoundStrategy = BoundStrategy> {
  readonly name: string;
  readonly title: string;
  /** Whether it is off until the configuration or a person switches it on; where absent it runs. */
  readonly startsOff?: boolean;
  readonly parameters: z.ZodType;
  /** Throws a `ZodError` where the parameters are not valid: the configuration has checked them before. */
  /** @param recovery as by default where absent */
  bind(parameters: unknown, recovery?: RecoveryRules): Bound;
}

/** Puts a strategy into the registry's form. */
export function register<Parameters>(strategy: MarketStrategy<Parameters>): Registration<BoundMarketStrategy>;
export function register<Parameters>(strategy: GroupStrategy<Parameters>): Registration<BoundGroupStrategy>;
export function register<Parameters>(strategy: Strategy<Parameters>): Registration {
  return {
    name: strategy.name,
    title: strategy.title,
    startsOff: strategy.startsOff ?? false,
    parameters: strategy.parameters,
    bind: (raw, recovery) => bound(strategy, strategy.parameters.parse(raw), recovery ?? DEFAULT_RECOVERY),
  };
}

/**
 * Has a strategy go on as another one of its name, wherever it is held: with other parameters, say. What it decides about
 * together stays together, for that hangs on no parameter.
 */
export function rebind(held: BoundStrategy, next: BoundStrategy): void {
  if (held.name !== next.name) throw new RangeError(`${next.name} cannot take the place of ${held.name}`);
  Object.assign(held, next);
}

function bound<Parameters>(
  strategy: Strategy<Parameters>,
  parameters: Parameters,
  recovery: RecoveryRules,
): BoundStrategy {
  const { name, trades, hooks } = strategy;
  const smaller = inRecovery(parameters, recovery);
  const common: Bound = {
    name,
    trades,
    usesFlow: strategy.usesFlow?.(parameters) ?? false,
    disconnected: hooks.disconnected,
    windUp: (view) => hooks.windUp(view, parameters),
    settled: (settled) => hooks.settled(settled, parameters),
  };
  return "decide" in strategy
    ? { ...common, decide: (view) => strategy.decide(view, view.recovering ? smaller : parameters) }
    : {
      ...common,
      groupOf: strategy.groupOf,
      decideGroup: (view) => strategy.decideGroup(view, view.recovering ? smaller : parameters),
    };
}

/** The same parameters, with the part of full Kelly that is used while a drawdown is earned back (REQUIREMENTS.md S8, K4). */
function inRecovery<Parameters>(parameters: Parameters, recovery: RecoveryRules): Parameters {
  if (typeof parameters !== "object" || parameters === null || !("kelly_fraction" in parameters)) return parameters;
  const { kelly_fraction: own } = parameters;
  return typeof own !== "number" ? parameters : {
    ...parameters,
    kelly_fraction: fractionInUse(own, true, recovery),
  };
}

export const STRATEGIES: readonly Registration[] = [
  register(settlementEdge),
  register(hourlyNo),
  register(latency),
  register(marketMaker),
  register(arbitrage),
  register(weather),
  register(rates),
];
