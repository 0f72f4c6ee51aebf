/**
 * Whether each strategy trades.
 *
 * | phase | asked | what is sent | how it ends |
 * | --- | --- | --- | --- |
 * | `off` | no | nothing | a person starts it |
 * | `active` | yes | all that risk allows | a person stops it or winds it up, it throws, or the exchange stops it |
 * | `winding_up` | for exits, while it holds something | what closes | it holds nothing and has no order: then it is stopped |
 * | `stopped` | yes, to show what it would do | nothing; what rests is cancelled | a person starts it |
 * | `failed` | no | nothing; what rests is cancelled | a person starts it |
 *
 * @module
 */

import type { Micros } from "../core/units.ts";

export type StrategyPhase = "off" | "active" | "winding_up" | "stopped" | "failed";

/** As it stands: the same object for the whole run, so that whoever asks often need not look it up. */
export interface StrategyState {
  readonly name: string;
  readonly phase: StrategyPhase;
  /** Who or what brought it there, in words; `""` at the start. */
  readonly reason: string;
  readonly since: Micros;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export class StrategyStates {
  readonly #states = new Map<string, Mutable<StrategyState>>();

  constructor(active: readonly string[], off: readonly string[], at: Micros) {
    for (const name of active) this.#states.set(name, { name, phase: "active", reason: "", since: at });
    for (const name of off) this.#states.set(name, { name, phase: "off", reason: "", since: at });
  }

  /** Every strategy, those that run from the start first. */
  get names(): readonly string[] {
    return [...this.#states.keys()];
  }

  /** The names of those that may open something. */
  get active(): readonly string[] {
    return this.names.filter((name) => this.of(name).phase === "active");
  }

  has(name: string): boolean {
    return this.#states.has(name);
  }

  of(name: string): StrategyState {
    const state = this.#states.get(name);
    if (state === undefined) throw new RangeError(`No strategy is called ${name}`);
    return state;
  }

  set(name: string, phase: StrategyPhase, reason: string, at: Micros): void {
    const state = this.#states.get(name);
    if (state !== undefined) Object.assign(state, { phase, reason, since: at });
  }
}

/** Why nothing of a strategy goes out, in words; `null` where something may. */
export function strategyObstacle({ name, phase, reason }: StrategyState): string | null {
  switch (phase) {
    case "active":
    case "winding_up":
      return null;
    case "failed":
      return `Strategy ${name} failed: ${reason}`;
    case "stopped":
    case "off":
      return `Strategy ${name} is stopped`;
  }
}
