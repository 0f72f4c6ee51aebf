/**
 * The indices that markets settle on, and the probabilities that follow from them.
 * @module
 */

import type { IndexInput } from "../core/input.ts";
import { MICROS_PER_SECOND } from "../core/units.ts";
import type { IndexReading } from "../strategies/strategy.ts";
import { IndexState } from "./index_state.ts";
import type { MarketState } from "./market_state.ts";
import type { IndexSettings } from "./options.ts";
import type { Step } from "./step.ts";

/** Far more indices than any series settles on. */
const INDICES_MAX = 64;

export class Indices {
  readonly #step: Step;
  readonly #settings: IndexSettings;
  readonly #byName = new Map<string, IndexState>();

  constructor(step: Step, settings: IndexSettings) {
    this.#step = step;
    this.#settings = settings;
  }

  get byName(): ReadonlyMap<string, IndexState> {
    return this.#byName;
  }

  /** Takes one value in. False where it changes nothing: refused, or one index too many. */
  take(input: IndexInput): boolean {
    let index = this.#byName.get(input.index);
    if (index === undefined) {
      if (this.#byName.size >= INDICES_MAX) return false;
      index = new IndexState(input.index, this.#settings);
      this.#byName.set(input.index, index);
    }
    const refused = index.take(input);
    if (refused !== null) this.#step.log("warn", `Index value refused: ${refused}`);
    return refused === null;
  }

  /** What a market's index says now; `null` where none is followed for it. */
  readingFor({ index }: MarketState): IndexReading | null {
    return index === null ? null : this.#byName.get(index)?.reading(this.#step.at) ?? null;
  }

  /** P(YES) by the closed form, NaN where something it needs is missing. */
  probabilityOfYes({ index, market }: MarketState): number {
    const state = index === null ? undefined : this.#byName.get(index);
    const average = state?.averageAt(Math.floor(market.closeTime / MICROS_PER_SECOND));
    return average?.probabilityOfYes(market) ?? NaN;
  }
}
