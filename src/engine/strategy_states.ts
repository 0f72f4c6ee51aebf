/**
 * Whether each strategy trades.
 *
 * | phase | asked | what is sent | how it ends |
 * | --- | --- | --- | --- |
 * | `off` | no | nothing | a person starts it |
 * | `active` | yes | all that risk allows | a person stops it or winds it up, or it throws |
 * | `winding_up` | for exits, while it holds something | what closes | it holds nothing and has no order: then it is stopped |
 * | `stopped` | yes, to show what it would do | nothing; what rests is cancelled | a person starts it |
 * | `failed` | no | nothing; what rests is cancelled | a person starts it |
 *
 * @module
 */

import type { Micros } from "../core/units.ts";

export type StrategyPhase = "off" | "active" | "winding_up" | "stopped" | "failed";

export interface StrategyState {
  readonly phase: StrategyPhase;
  /** Who or what brought it there, in words; `""` at the start. */
  readonly reason: string;
  readonly since: Micros;
}

export class StrategyStates {
  readonly #states = new Map<string, StrategyState>();

  constructor(active: readonly string[], off: readonly string[], at: Micros) {
    for (const name of active) this.#states.set(name, { phase: "active", reason: "", since: at });
    for (const name of off) this.#states.set(name, { phase: "off", reason: "", since: at });
  }

  /** Every strategy, those that run from the start first. */
  get names(): readonly string[] {
    return [...this.#states.keys()];
  }

  has(name: string): boolean {
    return this.#states.has(name);
  }

  of(name: string): StrategyState | undefined {
    return this.#states.get(name);
  }

  phaseOf(name: string): StrategyPhase {
    return this.#states.get(name)?.phase ?? "off";
  }

  set(name: string, phase: StrategyPhase, reason: string, at: Micros): void {
    this.#states.set(name, { phase, reason, since: at });
  }

  /** Why nothing new of a strategy goes out, in words; `null` where it may. */
  obstacle(name: string): string | null {
    const state = this.#states.get(name);
    switch (state?.phase) {
      case "active":
        return null;
      case "winding_up":
        return `Strategy ${name} is being wound up`;
      case "failed":
        return `Strategy ${name} failed: ${state.reason}`;
      default:
        return `Strategy ${name} is stopped`;
    }
  }
}
