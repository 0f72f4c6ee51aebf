/**
 * Whether a volatility is to be believed beside the one before it: a value that has jumped must be said twice.
 * @module
 */

import type { Micros } from "../../core/units.ts";

/** Implied volatility doubles within hours in a crash, not between two looks a minute apart. */
const JUMP_RATIO = 1.5;
/** A second value this close to the jump confirms it. */
const CONFIRMATION_RATIO = 1.25;
/** What is told apart: assets times expiries, many times over. */
const SERIES_MAX = 200;

interface Known {
  readonly value: number;
  readonly time: Micros;
  /** A jump that nobody has confirmed yet. */
  readonly doubted: number | null;
}

const apart = (a: number, b: number): number => Math.max(a, b) / Math.min(a, b);

const confirms = (value: number, doubted: number | null): boolean =>
  doubted !== null && apart(value, doubted) <= CONFIRMATION_RATIO;

export class Plausibility {
  readonly #series = new Map<string, Known>();

  /** @returns why the value is not to be believed; `null` where it is, and then it is what later ones are held against */
  judge(series: string, value: number, time: Micros): string | null {
    const known = this.#series.get(series);
    if (known !== undefined && time < known.time) return "time before the last";
    if (known !== undefined && apart(value, known.value) > JUMP_RATIO && !confirms(value, known.doubted)) {
      this.#remember(series, { ...known, doubted: value });
      return "volatility jumped";
    }
    this.#remember(series, { value, time, doubted: null });
    return null;
  }

  /** The series that was heard of longest ago makes room. */
  #remember(series: string, known: Known): void {
    this.#series.delete(series);
    this.#series.set(series, known);
    if (this.#series.size <= SERIES_MAX) return;
    const [oldest] = this.#series.keys();
    this.#series.delete(oldest);
  }
}
