/**
 * The indices that markets settle on, and the probabilities that follow from them.
 * @module
 */

import { assetOf } from "../core/index_parameters.ts";
import type { IndexInput, VolatilityForecastInput } from "../core/input.ts";
import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import type { IndexReading } from "../strategies/strategy.ts";
import { INDEX_SOURCES } from "./index_choice.ts";
import { IndexState } from "./index_state.ts";
import type { MarketState } from "./market_state.ts";
import type { IndexSettings } from "./options.ts";
import type { Step } from "./step.ts";

/** Far more indices than any series settles on. */
const INDICES_MAX = 64;
/** A source that went wrong says so five times a second. */
const REFUSED_TOLD_EVERY = 60 * MICROS_PER_SECOND;

export class Indices {
  readonly #step: Step;
  readonly #settings: IndexSettings;
  readonly #byName = new Map<string, IndexState>();
  /** Of each source of each index: until when its refused values are only counted, and how many were since then. */
  readonly #silences = new Map<string, { until: number; refused: number }>();

  constructor(step: Step, settings: IndexSettings) {
    this.#step = step;
    this.#settings = settings;
  }

  get byName(): ReadonlyMap<string, IndexState> {
    return this.#byName;
  }

  /** Takes one value in. False where it was refused, or is of one index too many. */
  take(input: IndexInput): boolean {
    let index = this.#byName.get(input.index);
    if (index === undefined) {
      if (this.#byName.size >= INDICES_MAX) return false;
      index = new IndexState(input.index, this.#settings);
      this.#byName.set(input.index, index);
    }
    const refused = index.take(input);
    if (refused !== null) this.#tellRefused(input, refused);
    this.#tellSwitch(index);
    return refused === null;
  }

  /** What the selected volatility forecaster of an asset says. */
  select(forecast: VolatilityForecastInput): void {
    for (const index of this.#byName.values()) {
      if (assetOf(index.name) === forecast.asset) index.select(forecast);
    }
  }

  /** Time passes: sources that fell silent are left. */
  advance(): void {
    for (const index of this.#byName.values()) {
      index.advance(this.#step.at);
      this.#tellSwitch(index);
    }
  }

  /** How old the newest value of each is, micros. */
  *ages(at: Micros): Generator<{ readonly name: string; readonly age: number }> {
    for (const index of this.#byName.values()) yield { name: index.name, age: index.age(at) };
  }

  /** Whether what markets are priced on comes from this value's source, or may. */
  isBelieved({ index, source }: IndexInput): boolean {
    return source === "official" || this.#byName.get(index)?.source === source;
  }

  /** The value as it is believed: a second of the source in use, less its known difference; else `null`. */
  believed(input: IndexInput): IndexInput | null {
    const index = this.#byName.get(input.index);
    if (index === undefined || input.live === true || index.source !== input.source) return null;
    const second = Math.floor(input.sourceTime / MICROS_PER_SECOND);
    const value = index.valueAt(second);
    return value === null ? null : value === input.value ? input : { ...input, value };
  }

  /** What a market's index says now; `null` where none is followed for it. */
  readingFor({ index }: MarketState): IndexReading | null {
    return index === null ? null : this.#byName.get(index)?.reading(this.#step.at) ?? null;
  }

  /** P(YES) by the closed form, as it gives it; `null` where something it needs is missing. */
  probabilityOfYes({ index, market }: MarketState): number | null {
    const state = index === null ? undefined : this.#byName.get(index);
    const average = state?.averageAt(Math.floor(market.closeTime / MICROS_PER_SECOND));
    return average?.probabilityOfYes(market) ?? null;
  }

  #tellRefused({ index, source }: IndexInput, reason: string): void {
    const key = `${index} ${source}`;
    const silence = this.#silences.get(key) ?? { until: -Infinity, refused: 0 };
    this.#silences.set(key, silence);
    silence.refused++;
    if (this.#step.at < silence.until) return;
    const others = silence.refused === 1 ? "" : `, and ${silence.refused - 1} others since this was said last`;
    this.#step.log("warn", `Index value refused: ${reason}${others}`);
    silence.until = this.#step.at + REFUSED_TOLD_EVERY;
    silence.refused = 0;
  }

  #tellSwitch(index: IndexState): void {
    const switched = index.takeSwitch();
    if (switched === null) return;
    const text = `${index.name}: from ${switched.from} to ${switched.to}. ${switched.why}`;
    const isBetter = INDEX_SOURCES.indexOf(switched.to) < INDEX_SOURCES.indexOf(switched.from);
    this.#step.log(isBetter ? "info" : "warn", `Index ${text}`);
    this.#step.audit("index_source", null, text);
  }
}
