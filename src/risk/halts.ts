/**
 * Why less than everything may be sent. A persistent halt survives a restart and needs a person; the others lift themselves
 * when their cause is gone (halt_kinds.ts).
 * @module
 */

import type { HaltRecord } from "../core/record.ts";
import type { Micros } from "../core/units.ts";
import { type HaltKind, kindOf } from "./halt_kinds.ts";

export interface Halt {
  readonly name: string;
  readonly reason: string;
  readonly persistent: boolean;
  readonly since: Micros;
  readonly level: HaltKind["level"];
  /** The strategy that it is of, or the index whose markets; both `null` where it is of the whole. */
  readonly strategy: string | null;
  readonly index: string | null;
}

/** What a halt is of, where it is not of the whole. */
export interface HaltSubject {
  readonly strategy?: string;
  readonly index?: string;
}

/** The halts that stand. `onChange` hears each one once when it begins and once when it ends. */
export class Halts {
  readonly #active = new Map<string, Halt>();
  readonly #onChange: (record: HaltRecord) => void;

  constructor(resumed: readonly HaltRecord[], onChange: (record: HaltRecord) => void) {
    this.#onChange = onChange;
    for (const record of resumed) {
      if (record.active) this.#active.set(record.name, haltOf(record));
    }
  }

  /** The oldest one that lets nothing of the whole out. */
  get first(): Halt | null {
    if (this.#active.size === 0) return null;
    for (const halt of this.#active.values()) if (isWhole(halt) && halt.level === "halted") return halt;
    return null;
  }

  list(): readonly Halt[] {
    return [...this.#active.values()];
  }

  has(name: string): boolean {
    return this.#active.has(name);
  }

  get(name: string): Halt | null {
    return this.#active.get(name) ?? null;
  }

  /** The strictest that keeps back what a strategy would send in a market on an index: of those the oldest. */
  over(strategy: string, index: string | null): Halt | null {
    if (this.#active.size === 0) return null;
    let found: Halt | null = null;
    for (const halt of this.#active.values()) {
      const applies = isWhole(halt) || halt.strategy === strategy || (index !== null && halt.index === index);
      if (!applies) continue;
      if (halt.level === "halted") return halt;
      found ??= halt;
    }
    return found;
  }

  /** The oldest one that lets nothing out in markets on an index, whatever strategy. */
  on(index: string | null): Halt | null {
    if (index === null || this.#active.size === 0) return null;
    for (const halt of this.#active.values()) if (halt.index === index && halt.level === "halted") return halt;
    return null;
  }

  /** Those of the whole, or of one strategy. */
  of(strategy: string | null): readonly Halt[] {
    return this.list().filter((halt) => strategy === null ? isWhole(halt) : halt.strategy === strategy);
  }

  raise(name: string, reason: string, persistent: boolean, at: Micros, subject: HaltSubject = {}): boolean {
    if (this.#active.has(name)) return false;
    const { level } = kindOf(name);
    const graded = level === "reducing" ? { level } : {};
    const record: HaltRecord = { kind: "halt", name, active: true, persistent, ...graded, ...subject, reason, at };
    this.#active.set(name, haltOf(record));
    this.#onChange(record);
    return true;
  }

  lift(name: string, reason: string, at: Micros): boolean {
    const halt = this.#active.get(name);
    if (halt === undefined) return false;
    this.#active.delete(name);
    const { persistent, level, strategy, index } = halt;
    this.#onChange({
      kind: "halt",
      name,
      active: false,
      persistent,
      ...(level === "reducing" ? { level } : {}),
      ...(strategy === null ? {} : { strategy }),
      ...(index === null ? {} : { index }),
      reason,
      at,
    });
    return true;
  }
}

const isWhole = ({ strategy, index }: Halt): boolean => strategy === null && index === null;

const haltOf = ({ name, reason, persistent, at, level, strategy, index }: HaltRecord): Halt => ({
  name,
  reason,
  persistent,
  since: at,
  level: level ?? "halted",
  strategy: strategy ?? null,
  index: index ?? null,
});

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
