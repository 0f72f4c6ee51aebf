/**
 * Every strategy there is. Adding one is one file and one line here.
 * @module
 */

import type { z } from "zod";
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
  readonly parameters: z.ZodType;
  /** Throws a `ZodError` where the parameters are not valid: the configuration has checked them before. */
  bind(parameters: unknown): BoundStrategy;
}

function register<Parameters>(strategy: Strategy<Parameters>): Registration {
  return {
    name: strategy.name,
    title: strategy.title,
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
];
