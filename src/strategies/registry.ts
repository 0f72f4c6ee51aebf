/**
 * Every strategy there is. Adding one is one file and one line here.
 * @module
 */

import type { z } from "zod";
import { hourlyNo } from "./hourly_no.ts";
import { latency } from "./latency.ts";
import { marketMaker } from "./market_maker.ts";
import { settlementEdge } from "./settlement_edge.ts";
import type { Opinion, Strategy, StrategyView } from "./strategy.ts";

/** A strategy with its parameters fixed. */
export interface BoundStrategy {
  readonly name: string;
  trades(series: string): boolean;
  decide(view: StrategyView): Opinion;
}

/** A strategy as the configuration knows it. */
export interface Registration {
  readonly name: string;
  readonly title: string;
  /** Whether it is off until the configuration or a person switches it on; where absent it runs. */
  readonly startsOff?: boolean;
  readonly parameters: z.ZodType;
  /** Throws a `ZodError` where the parameters are not valid: the configuration has checked them before. */
  bind(parameters: unknown): BoundStrategy;
}

/** Puts a strategy into the registry's form. */
export function register<Parameters>(strategy: Strategy<Parameters>): Registration {
  return {
    name: strategy.name,
    title: strategy.title,
    startsOff: strategy.startsOff ?? false,
    parameters: strategy.parameters,
    bind(raw) {
      const parameters = strategy.parameters.parse(raw);
      return {
        name: strategy.name,
        trades: strategy.trades,
        decide: (view) => strategy.decide(view, parameters),
      };
    },
  };
}

export const STRATEGIES: readonly Registration[] = [
  register(settlementEdge),
  register(hourlyNo),
  register(latency),
  register(marketMaker),
];
