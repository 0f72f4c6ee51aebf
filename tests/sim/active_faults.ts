/**
 * Which faults of a plan strike at a moment. Each draws from a stream of its own, so that taking one out of the plan
 * leaves the others as they were.
 * @module
 */

import { Random } from "../../src/venues/exchange/random.ts";
import type { Fault, FaultKind, Plan } from "./plan.ts";

interface Active {
  readonly fault: Fault;
  readonly random: Random;
}

export class ActiveFaults {
  /** How often each kind struck. */
  readonly struck = new Map<FaultKind, number>();
  readonly #active = new Map<FaultKind, Active[]>();
  readonly #seed: number;

  constructor({ seed }: Plan) {
    this.#seed = seed;
  }

  begin(fault: Fault): void {
    const { kind, at, for: seconds } = fault;
    const random = Random.named(this.#seed, `fault ${kind} ${at} ${seconds}`);
    const active = this.#active.get(kind) ?? [];
    active.push({ fault, random });
    this.#active.set(kind, active);
  }

  end(fault: Fault): void {
    const left = (this.#active.get(fault.kind) ?? []).filter((each) => each.fault !== fault);
    if (left.length > 0) this.#active.set(fault.kind, left);
    else this.#active.delete(fault.kind);
  }

  /** Calm from now on. */
  endAll(): void {
    this.#active.clear();
  }

  has(kind: FaultKind): boolean {
    return this.#active.has(kind);
  }

  count(kind: FaultKind): void {
    this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1);
  }

  /** Whether this kind strikes now: at its full size with this probability. The stream and the size of what struck. */
  strikes(kind: FaultKind, most: number): Active | null {
    const active = this.#active.get(kind);
    if (active === undefined) return null;
    for (const each of active) {
      if (!each.random.chance((0.15 + 0.85 * each.fault.size) * most)) continue;
      this.count(kind);
      return each;
    }
    return null;
  }
}
