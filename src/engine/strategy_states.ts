/**
 * Whether each strategy trades.
 *
 * | phase | state | asked | what is sent | how it ends |
 * | --- | --- | --- | --- | --- |
 * | `off` | HALTED | no | nothing | a person starts it |
 * | `active` | ACTIVE | yes | all that risk allows | a person stops it or winds it up, it throws, or the exchange stops it |
 * | `winding_up` | REDUCING | for exits, while it holds something | what closes | it holds nothing and has no order: then it is stopped |
 * | `stopped` | HALTED | yes, to show what it would do | nothing; what rests is cancelled | a person starts it |
 * | `failed` | HALTED | no | nothing; what rests is cancelled | a person starts it |
 *
 * A phase is written down, and the next run begins with it, unless the configuration has switched the strategy on or off
 * since: whoever does that means it. With it the markets that the strategy lost in a row are remembered (risk/breakers.ts).
 * @module
 */

import type { StrategyPhase, StrategyRecord } from "../core/record.ts";
import type { Micros, Money } from "../core/units.ts";
import { lossesAfter } from "../risk/breakers.ts";
import type { TradingState } from "../risk/trading_state.ts";

export type { StrategyPhase } from "../core/record.ts";

/** As it stands: the same object for the whole run, so that whoever asks often need not look it up. */
export interface StrategyState {
  readonly name: string;
  readonly phase: StrategyPhase;
  /** Who or what brought it there, in words; `""` at the start. */
  readonly reason: string;
  readonly since: Micros;
  /** Markets settled with a loss since the last that was not. */
  readonly losses: number;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What the configuration says of a strategy. */
export interface StrategySwitch {
  readonly name: string;
  readonly enabled: boolean;
}

export class StrategyStates {
  readonly #states = new Map<string, Mutable<StrategyState>>();
  readonly #enabled = new Map<string, boolean>();
  readonly #names: readonly string[];
  /** Asked for every second, and changed by hand: made anew when it is asked for after a change. */
  #active: readonly string[] | null = null;
  #windingUp: readonly string[] | null = null;
  readonly #write: (record: StrategyRecord) => void;

  /**
   * @param resumed as an earlier run left them
   * @param write hears every change
   */
  constructor(
    strategies: readonly StrategySwitch[],
    resumed: readonly StrategyRecord[],
    at: Micros,
    write: (record: StrategyRecord) => void,
  ) {
    this.#write = write;
    const states = strategies.map(({ name, enabled }): Mutable<StrategyState> => {
      this.#enabled.set(name, enabled);
      const before = resumed.find((record) => record.name === name);
      const fresh = { name, phase: enabled ? "active" : "off", reason: "", since: at } as const;
      if (before === undefined) return { ...fresh, losses: 0 };
      const { phase, reason, since, losses } = before;
      return before.enabled === enabled ? { name, phase, reason, since, losses } : { ...fresh, losses };
    });
    for (const state of states) if (state.phase !== "off") this.#states.set(state.name, state);
    for (const state of states) if (state.phase === "off") this.#states.set(state.name, state);
    this.#names = [...this.#states.keys()];
  }

  /** Every strategy, those that run from the start first. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** The names of those that may open something. */
  get active(): readonly string[] {
    return this.#active ??= this.#namesIn("active");
  }

  /** The names of those that only close what they hold. */
  get windingUp(): readonly string[] {
    return this.#windingUp ??= this.#namesIn("winding_up");
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
    if (state === undefined) return;
    Object.assign(state, { phase, reason, since: at });
    this.#active = null;
    this.#windingUp = null;
    this.#keep(state, at);
  }

  /** A market of it settled; the markets that it lost in a row now. */
  settled(name: string, pnl: Money, at: Micros): number {
    const state = this.#states.get(name);
    if (state === undefined) return 0;
    const losses = lossesAfter(state.losses, pnl);
    if (losses !== state.losses) {
      state.losses = losses;
      this.#keep(state, at);
    }
    return losses;
  }

  /** Its losses count anew. */
  forgive(name: string, at: Micros): void {
    const state = this.#states.get(name);
    if (state === undefined || state.losses === 0) return;
    state.losses = 0;
    this.#keep(state, at);
  }

  #namesIn(phase: StrategyPhase): readonly string[] {
    return this.#names.filter((name) => this.of(name).phase === phase);
  }

  #keep({ name, phase, reason, losses, since }: StrategyState, at: Micros): void {
    const enabled = this.#enabled.get(name) ?? false;
    this.#write({ kind: "strategy", name, phase, reason, enabled, losses, since, updatedAt: at });
  }
}

/** What a phase lets out. */
export const STATE_OF: Readonly<Record<StrategyPhase, TradingState>> = {
  off: "halted",
  active: "active",
  winding_up: "reducing",
  stopped: "halted",
  failed: "halted",
};

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
