/**
 * What the spot exchanges say, the newest of each: shown, and summed up for strategies. Prices that settle nothing.
 * @module
 */

import type { SpotInput } from "../core/input.ts";
import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import type { SpotReading } from "../strategies/strategy.ts";

/** Exchanges times coins; more are not kept. */
const ROWS_MAX = 256;
/** Each exchange says something several times a second: an older word counts no more. */
const AGE_MAX = 5 * MICROS_PER_SECOND;

export class SpotPrices {
  readonly #byAsset = new Map<string, Map<string, SpotInput>>();
  /** The newest reading of each asset: an index tick asks for it for every market that it reprices. */
  readonly #readings = new Map<string, { readonly at: Micros; readonly reading: SpotReading | null }>();
  #rows = 0;

  /** Takes one word in; the reason where it is refused. */
  take(input: SpotInput): string | null {
    const { bid, ask, last, vwap, volume, weight } = input;
    const wrong = [bid, ask, last, vwap].find((price) => price !== null && !(price > 0 && price < 1e12));
    if (wrong !== undefined) return `${input.exchange}: ${wrong} is not a price`;
    if (!(volume >= 0 && weight >= 0 && weight <= 1 + 1e-9)) return `${input.exchange}: no volume or no share`;
    let exchanges = this.#byAsset.get(input.asset);
    if (exchanges?.has(input.exchange) !== true) {
      if (this.#rows >= ROWS_MAX) return `${input.exchange}: more than ${ROWS_MAX} prices`;
      this.#rows++;
    }
    if (exchanges === undefined) this.#byAsset.set(input.asset, exchanges = new Map());
    exchanges.set(input.exchange, input);
    this.#readings.delete(input.asset);
    return null;
  }

  /** The newest word of every exchange, in the order in which they were first heard. */
  *all(): Generator<SpotInput> {
    for (const exchanges of this.#byAsset.values()) yield* exchanges.values();
  }

  /**
   * Of those that can be believed now, together: they have a share in the composite index. Without one nobody knows who
   * can be believed, and the exchanges that never have one quote in USDT, whose distance from a dollar would pass for an
   * edge.
   */
  reading(asset: string, at: Micros): SpotReading | null {
    const known = this.#readings.get(asset);
    if (known?.at === at) return known.reading;
    const reading = this.#read(asset, at);
    if (this.#byAsset.has(asset)) this.#readings.set(asset, { at, reading });
    return reading;
  }

  #read(asset: string, at: Micros): SpotReading | null {
    let value = 0;
    let volume = 0;
    let age = Infinity;
    let exchanges = 0;
    let latency: number | null = null;
    const lasts: number[] = [];
    for (const spot of this.#byAsset.get(asset)?.values() ?? []) {
      const heardAgo = at - spot.at + (spot.age ?? Infinity);
      if (spot.state !== "live" || spot.weight === 0 || heardAgo > AGE_MAX) continue;
      exchanges++;
      age = Math.min(age, heardAgo);
      if (spot.latency !== null && spot.latency > (latency ?? -Infinity)) latency = spot.latency;
      if (spot.last !== null) lasts.push(spot.last);
      if (spot.vwap === null) continue;
      value += spot.vwap * spot.volume;
      volume += spot.volume;
    }
    if (exchanges === 0) return null;
    return { vwap: volume > 0 ? value / volume : null, last: middleOf(lasts), exchanges, age, latency };
  }
}

function middleOf(values: number[]): number | null {
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}
