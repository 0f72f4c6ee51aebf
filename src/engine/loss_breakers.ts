/**
 * The breaker of each strategy (risk/breakers.ts): markets that it lost in a row. While it cools down only what closes goes out of
 * it; then a person starts it again.
 * @module
 */

import { type BreakerRules, coolDownReason, lossesReason } from "../risk/breakers.ts";
import type { Desk } from "./desk.ts";
import type { Step } from "./step.ts";
import type { StrategyResult } from "./strategy_flows.ts";
import type { StrategyStates } from "./strategy_states.ts";

const nameOf = (strategy: string): string => `consecutive_losses ${strategy}`;

export class LossBreakers {
  readonly #step: Step;
  readonly #desk: Desk;
  readonly #states: StrategyStates;
  readonly #rules: BreakerRules;

  /** @param rules at the start; the bound itself may be another one later ({@link Desk.breakers}) */
  constructor(step: Step, desk: Desk, states: StrategyStates, rules: BreakerRules) {
    this.#step = step;
    this.#desk = desk;
    this.#states = states;
    this.#rules = rules;
  }

  /** A market was paid out: what it came to for each strategy. */
  settled(results: readonly StrategyResult[]): void {
    for (const { strategy, pnl } of results) {
      if (!this.#states.has(strategy)) continue;
      const losses = this.#states.settled(strategy, pnl, this.#step.at);
      const reason = lossesReason(strategy, losses, this.#desk.breakers ?? this.#rules);
      if (reason !== null) this.#desk.halt(nameOf(strategy), reason, { strategy });
    }
  }

  /** Why a strategy may not be started yet, in words; `null` where it may. */
  startObstacle(strategy: string): string | null {
    const halt = this.#desk.halts.get(nameOf(strategy));
    const waits = halt === null ? null : coolDownReason(halt.since, this.#step.at, this.#rules);
    return halt === null || waits === null ? null : `${halt.reason}. ${waits}`;
  }

  /** A person starts it: its losses count anew. */
  started(strategy: string, who: string): void {
    this.#states.forgive(strategy, this.#step.at);
    const name = nameOf(strategy);
    if (this.#desk.halts.lift(name, who, this.#step.at)) this.#step.audit("resumed", null, `${name}: ${who}`);
  }
}
