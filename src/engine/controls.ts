/**
 * People and parts that stop the trading and let it go on again.
 *
 * | who | what begins or ends |
 * | --- | --- |
 * | a person: kill, resume | a halt that survives a restart and only a person lifts |
 * | a person: shutdown | a halt until the end of the run |
 * | a person: stop, start a strategy | nothing of that strategy is sent; one that was off is asked for the first time |
 * | the journal or the store cannot be written | a halt until it can |
 * | a model gives a probability outside 0 to 1 (decisions.ts) | a halt that survives a restart and only a person lifts |
 *
 * Everything that rests is cancelled when a halt begins.
 * @module
 */

import type { HealthInput, OperatorInput } from "../core/input.ts";
import type { BoundStrategy } from "../strategies/registry.ts";
import type { Decisions } from "./decisions.ts";
import type { Desk } from "./desk.ts";
import type { Markets } from "./markets.ts";
import type { Step } from "./step.ts";

export class Controls {
  readonly #step: Step;
  readonly #desk: Desk;
  readonly #decisions: Decisions;
  readonly #markets: Markets;
  readonly #strategies: readonly string[];
  /** Strategies that are off, by name: no market has heard of them before a person starts one. */
  readonly #off = new Map<string, BoundStrategy>();

  /**
   * @param strategies the names of all that can be started and stopped
   * @param off those among them that do not run from the start
   */
  constructor(
    step: Step,
    desk: Desk,
    decisions: Decisions,
    markets: Markets,
    strategies: readonly string[],
    off: readonly BoundStrategy[],
  ) {
    this.#step = step;
    this.#desk = desk;
    this.#decisions = decisions;
    this.#markets = markets;
    this.#strategies = strategies;
    for (const strategy of off) {
      this.#off.set(strategy.name, strategy);
      decisions.stopped.add(strategy.name);
    }
  }

  operator(input: OperatorInput): void {
    const desk = this.#desk;
    const who = `by ${input.via}`;
    switch (input.command) {
      case "kill":
        if (desk.halts.raise("kill", `Kill switch, ${who}`, true, this.#step.at)) desk.halted(`Kill switch, ${who}`);
        return;
      case "resume":
        return desk.resume(`Lifted ${who}`);
      case "shutdown":
        if (desk.halts.raise("shutdown", `Shutting down, ${who}`, false, this.#step.at)) {
          desk.cancelAll(`Shutting down, ${who}`);
        }
        return;
      case "stop_strategy":
      case "start_strategy":
        return this.#switch(input.subject ?? "", input.command === "start_strategy", who);
    }
  }

  health({ part, healthy, detail }: HealthInput): void {
    const { halts } = this.#desk;
    const reason = `The ${part} cannot be written: ${detail}`;
    if (healthy) halts.lift(part, "Works again", this.#step.at);
    else if (halts.raise(part, reason, false, this.#step.at)) this.#desk.halted(reason);
  }

  #switch(name: string, start: boolean, who: string): void {
    if (!this.#strategies.includes(name)) return;
    if (start) {
      const first = this.#off.get(name);
      if (first !== undefined) this.#markets.join(first);
      this.#off.delete(name);
      this.#decisions.stopped.delete(name);
    } else {
      this.#decisions.stopped.add(name);
    }
    this.#step.audit(start ? "strategy_started" : "strategy_stopped", null, `${name}, ${who}`);
  }
}
