/**
 * Why nothing new may be sent. A persistent halt survives a restart and needs a person; the others lift themselves when
 * their cause is gone.
 * @module
 */

import type { HaltRecord } from "../core/record.ts";
import { formatMoney, type Micros, type Money } from "../core/units.ts";
import type { RiskLimits } from "./limits.ts";

export interface Halt {
  readonly name: string;
  readonly reason: string;
  readonly persistent: boolean;
  readonly since: Micros;
}

/** The halts that stand. `onChange` hears each one once when it begins and once when it ends. */
export class Halts {
  readonly #active = new Map<string, Halt>();
  readonly #onChange: (record: HaltRecord) => void;

  constructor(resumed: readonly HaltRecord[], onChange: (record: HaltRecord) => void) {
    this.#onChange = onChange;
    for (const { name, reason, persistent, at, active } of resumed) {
      if (active) this.#active.set(name, { name, reason, persistent, since: at });
    }
  }

  get any(): boolean {
    return this.#active.size > 0;
  }

  /** The oldest one that stands. */
  get first(): Halt | null {
    for (const halt of this.#active.values()) return halt;
    return null;
  }

  list(): readonly Halt[] {
    return [...this.#active.values()];
  }

  has(name: string): boolean {
    return this.#active.has(name);
  }

  raise(name: string, reason: string, persistent: boolean, at: Micros): boolean {
    if (this.#active.has(name)) return false;
    this.#active.set(name, { name, reason, persistent, since: at });
    this.#onChange({ kind: "halt", name, active: true, persistent, reason, at });
    return true;
  }

  lift(name: string, reason: string, at: Micros): boolean {
    const halt = this.#active.get(name);
    if (halt === undefined) return false;
    this.#active.delete(name);
    this.#onChange({ kind: "halt", name, active: false, persistent: halt.persistent, reason, at });
    return true;
  }
}

/** The halt of a model that cannot be right. */
export const MODEL_HALT = "model";

/**
 * What is wrong with a probability of YES, in words; `null` where it is one. A model that gives anything else is broken, and
 * its other answers are worth no more.
 *
 * @param who whose probability it is
 */
export function modelReason(who: string, ticker: string, probability: number): string | null {
  if (probability >= 0 && probability <= 1) return null;
  return `${who} gives ${ticker} the probability ${probability}: a probability is a number from 0 to 1`;
}

/** The day's loss in words where it passed a limit, `null` while trading may go on. */
export function dailyLossReason(nav: Money, dayStartNav: Money, limits: RiskLimits): string | null {
  const loss = dayStartNav - nav;
  if (loss <= 0) return null;
  if (loss >= limits.dailyLoss) {
    return `Lost ${formatMoney(loss as Money)} since the day began, allowed ${formatMoney(limits.dailyLoss)}`;
  }
  if (loss * 100 >= dayStartNav * limits.dailyLossPercent) {
    return `Lost ${formatMoney(loss as Money)} since the day began, allowed ${limits.dailyLossPercent} % of ${
      formatMoney(dayStartNav)
    }`;
  }
  return null;
}
