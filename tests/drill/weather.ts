/**
 * How bad a network is at a moment, and how that changes: calm spells, and storms in which most of what can go wrong does.
 * @module
 */

import { MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../../src/core/units.ts";
import type { Random } from "../../src/venues/exchange/random.ts";

/** Chances of what may befall one frame, one request, one second of a connection. */
export interface Weather {
  readonly name: string;
  /** Of a frame. */
  readonly drop: number;
  /** Of a frame about our own orders: those bear no numbers, so that nothing shows that one is missing. */
  readonly dropPrivate: number;
  readonly duplicate: number;
  readonly swap: number;
  readonly delay: number;
  /** A delayed frame is held back for up to this long, microseconds. */
  readonly delayMax: number;
  /** Of a connection, in each second. */
  readonly cut: number;
  /** Of an attempt to connect. */
  readonly refuseSocket: number;
  /** Of a request. */
  readonly refuse: number;
  readonly resetBefore: number;
  readonly failAfter: number;
  readonly resetAfter: number;
  readonly garble: number;
  readonly silence: number;
  readonly slow: number;
  /** A slow answer comes up to this much later, microseconds. */
  readonly slowMax: number;
}

export const CALM: Weather = {
  name: "calm",
  drop: 0,
  dropPrivate: 0,
  duplicate: 0,
  swap: 0,
  delay: 0,
  delayMax: 0,
  cut: 0,
  refuseSocket: 0,
  refuse: 0,
  resetBefore: 0,
  failAfter: 0,
  resetAfter: 0,
  garble: 0,
  silence: 0,
  slow: 0,
  slowMax: 0,
};

const ROUGH: Weather = {
  name: "rough",
  drop: 0.002,
  dropPrivate: 0.25,
  duplicate: 0.005,
  swap: 0.005,
  delay: 0.005,
  delayMax: 800 * MICROS_PER_MILLISECOND,
  cut: 0.004,
  refuseSocket: 0.2,
  refuse: 0.03,
  resetBefore: 0.02,
  failAfter: 0.06,
  resetAfter: 0.04,
  garble: 0.02,
  silence: 0.002,
  slow: 0.2,
  slowMax: 2 * MICROS_PER_SECOND,
};

const STORM: Weather = {
  name: "storm",
  drop: 0.05,
  dropPrivate: 0.6,
  duplicate: 0.05,
  swap: 0.05,
  delay: 0.1,
  delayMax: 10 * MICROS_PER_SECOND,
  cut: 0.05,
  refuseSocket: 0.5,
  refuse: 0.15,
  resetBefore: 0.1,
  failAfter: 0.2,
  resetAfter: 0.15,
  garble: 0.1,
  silence: 0.005,
  slow: 0.3,
  slowMax: 15 * MICROS_PER_SECOND,
};

const SPELLS: readonly (readonly [weather: Weather, meanSeconds: number])[] = [[CALM, 40], [ROUGH, 60], [STORM, 10]];

/** One spell of weather after the other. */
export class Forecast {
  readonly #random: Random;
  #weather: Weather = CALM;
  #until = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  at(now: number): Weather {
    if (now < this.#until) return this.#weather;
    const [weather, mean] = SPELLS[this.#random.integer(0, SPELLS.length - 1)];
    this.#weather = weather;
    this.#until = now + this.#random.exponential(mean) * MICROS_PER_SECOND;
    return weather;
  }
}
