/**
 * People and parts that stop the trading and let it go on again.
 *
 * | who | what begins or ends |
 * | --- | --- |
 * | a person: kill, reduce, resume | a halt that survives a restart and only a person lifts |
 * | a person: shutdown | a halt until the end of the run |
 * | a person: stop, start, wind up a strategy | strategy_states.ts says what; one that was off is asked for the first time |
 * | the journal or the store cannot be written | a halt until it can |
 * | a strategy's losses (breakers.ts) | a halt of that strategy, which its start lifts once it has cooled down |
 * | the exchange, by the fuse of a strategy (fuses.ts) | the strategy has failed, over a restart too, until a person starts it |
 * | a model gives a probability outside 0 to 1 (decisions.ts) | a halt that survives a restart and only a person lifts |
 * | the lease of the account, where several bots share it | a halt until this bot leads; of one that led, until the end of the run |
 * | the way to the exchange, its clock, an index (auto_halts.ts) | a halt until the cause is gone |
 *
 * Everything that rests is cancelled when the whole is halted. Every halt is a row of risk/halt_kinds.ts, and what a state lets
 * out and how it changes of risk/trading_state.ts.
 * @module
 */

import type { HealthInput, LeaseInput, OperatorInput } from "../core/input.ts";
import type { BoundStrategy } from "../strategies/registry.ts";
import type { Desk } from "./desk.ts";
import type { LossBreakers } from "./loss_breakers.ts";
import type { Markets } from "./markets.ts";
import type { Step } from "./step.ts";
import type { StrategyStates } from "./strategy_states.ts";

export class Controls {
  readonly #step: Step;
  readonly #desk: Desk;
  readonly #states: StrategyStates;
  readonly #markets: Markets;
  /** `null` in journals of versions without. */
  readonly #breakers: LossBreakers | null;
  /** Strategies that are off, by name: no market has heard of them before a person starts one. */
  readonly #off = new Map<string, BoundStrategy>();

  /** @param off the strategies that do not run from the start */
  constructor(
    step: Step,
    desk: Desk,
    states: StrategyStates,
    markets: Markets,
    breakers: LossBreakers | null,
    off: readonly BoundStrategy[],
  ) {
    this.#step = step;
    this.#breakers = breakers;
    this.#desk = desk;
    this.#states = states;
    this.#markets = markets;
    for (const strategy of off) this.#off.set(strategy.name, strategy);
  }

  operator(input: OperatorInput): void {
    const desk = this.#desk;
    const who = `by ${input.via}`;
    switch (input.command) {
      case "kill":
        if (!desk.halt("kill", `Kill switch, ${who}`)) desk.cancelAll(`Kill switch again, ${who}`);
        return;
      case "reduce":
        desk.halt("reduce", `Only what closes goes out, ${who}`);
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
      case "wind_up_strategy":
        return this.#switch(input.subject ?? "", input.command, who);
    }
  }

  health({ part, healthy, detail }: HealthInput): void {
    if (healthy) this.#desk.end(part, "Works again");
    else this.#desk.halt(part, `The ${part} cannot be written: ${detail}`);
  }

  lease({ role, epoch, detail }: LeaseInput): void {
    const desk = this.#desk;
    switch (role) {
      case "leader":
        desk.end("standby", detail);
        this.#step.audit("lease", null, `Leads, epoch ${epoch}: ${detail}`);
        return;
      case "standby":
        // Nothing is wrong: that is what a bot does beside one that leads.
        if (!desk.halts.raise("standby", detail, false, this.#step.at)) return;
        this.#step.audit("halted", null, detail);
        this.#step.log("info", detail);
        return desk.cancelAll(detail);
      case "lost":
        desk.halt("lease", detail);
        return;
    }
  }

  /** Strategies that the exchange stopped are stopped here, too. */
  heedFuses(): void {
    for (const { strategy, reason } of this.#desk.fuses.takeTripped()) {
      if (!this.#states.has(strategy)) continue;
      this.#states.set(strategy, "failed", reason, this.#step.at);
      this.#step.audit("strategy_failed", null, `${strategy}. ${reason}`);
      this.#step.log("error", `Strategy ${strategy} is stopped. ${reason}`);
      for (const order of this.#desk.orders.open()) {
        if (order.intent.strategy === strategy) this.#desk.cancel(order, reason);
      }
    }
  }

  /** Strategies that are wound up and hold nothing any more are done. */
  everySecond(): void {
    for (const name of this.#states.windingUp) {
      if (this.#isInvolved(name)) continue;
      this.#states.set(name, "stopped", "It was wound up", this.#step.at);
      this.#step.audit("strategy_stopped", null, `${name}, wound up: it holds nothing any more`);
    }
  }

  #isInvolved(strategy: string): boolean {
    const { ledger, orders } = this.#desk;
    for (const { intent } of orders.open()) if (intent.strategy === strategy) return true;
    for (const { ticker } of ledger.positions()) if (ledger.partOf(ticker, strategy) !== 0) return true;
    return false;
  }

  #switch(name: string, command: keyof typeof SWITCHED, who: string): void {
    if (!this.#states.has(name)) return;
    const { phase, event } = SWITCHED[command];
    // One that never ran has nothing to wind up, and none to stop.
    if (phase !== "active" && this.#off.has(name)) return;
    if (phase === "active") {
      const obstacle = this.#breakers?.startObstacle(name) ?? null;
      if (obstacle !== null) return this.#step.audit("start_refused", null, `${name}: ${obstacle}`);
      this.#breakers?.started(name, who);
      const first = this.#off.get(name);
      if (first !== undefined) this.#markets.join(first);
      this.#off.delete(name);
      this.#desk.fuses.started(name);
    }
    this.#states.set(name, phase, who, this.#step.at);
    this.#step.audit(event, null, `${name}, ${who}`);
  }
}

const SWITCHED = {
  start_strategy: { phase: "active", event: "strategy_started" },
  stop_strategy: { phase: "stopped", event: "strategy_stopped" },
  wind_up_strategy: { phase: "winding_up", event: "strategy_wound_up" },
} as const;
