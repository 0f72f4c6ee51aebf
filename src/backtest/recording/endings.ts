/**
 * @module
 */

import type { Input, LifecycleInput } from "../../core/input.ts";
import { type Micros, micros } from "../../core/units.ts";
import { lifecycleInputs, type RecordedSettlement } from "./settlements.ts";

/** The settlements of markets that a recording showed, waiting for their time. */
export class Endings {
  readonly #settlements: ReadonlyMap<string, RecordedSettlement>;
  readonly #scheduled = new Set<string>();
  /** In order of time. */
  #waiting: LifecycleInput[] = [];

  constructor(settlements: ReadonlyMap<string, RecordedSettlement>) {
    this.#settlements = settlements;
  }

  /** Takes note of every market among these inputs. */
  schedule(inputs: readonly Input[]): void {
    for (const input of inputs) {
      if (input.type !== "market" || this.#scheduled.has(input.market.ticker)) continue;
      this.#scheduled.add(input.market.ticker);
      const settlement = this.#settlements.get(input.market.ticker);
      if (settlement === undefined) continue;
      for (const ending of lifecycleInputs(settlement)) {
        this.#waiting.push({ ...ending, at: micros(Math.max(ending.at, input.at)) });
      }
    }
    this.#waiting.sort((a, b) => a.at - b.at);
  }

  /** What happens up to this time. */
  due(until: number): readonly LifecycleInput[] {
    const later = this.#waiting.findIndex(({ at }) => at > until);
    return this.#waiting.splice(0, later < 0 ? this.#waiting.length : later);
  }

  /** When the last of them happens, `null` where none waits. */
  get last(): Micros | null {
    return this.#waiting.at(-1)?.at ?? null;
  }
}
