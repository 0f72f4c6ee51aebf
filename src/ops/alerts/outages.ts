/**
 * What is not as it should be, since when, and whether that has lasted long enough to be told.
 * @module
 */

import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";

export interface Outage {
  readonly name: string;
  readonly since: Micros;
  readonly detail: string;
  readonly told: boolean;
}

export class Outages {
  readonly #open = new Map<string, Outage>();
  readonly #max: number;
  #patience: number;

  /**
   * @param max how many are kept at once; more are not told
   * @param patience microseconds
   */
  constructor(max: number, patience: number) {
    this.#max = max;
    this.#patience = patience;
  }

  /** Told after another time from now on; what was told stays told. */
  set patience(micros: number) {
    this.#patience = micros;
  }

  /** It is not as it should be. Said again, the first time counts, and the newest detail. */
  begin(name: string, at: Micros, detail: string): void {
    const known = this.#open.get(name);
    if (known !== undefined) this.#open.set(name, { ...known, detail });
    else if (this.#open.size < this.#max) this.#open.set(name, { name, since: at, detail, told: false });
  }

  /** It is as it should be; what it was, `null` where nothing was. */
  end(name: string): Outage | null {
    const known = this.#open.get(name);
    this.#open.delete(name);
    return known ?? null;
  }

  /** Those that have lasted long enough and were not told: told from now on. */
  due(at: Micros): readonly Outage[] {
    const due = [...this.#open.values()].filter(({ told, since }) => !told && at - since >= this.#patience);
    for (const outage of due) this.#open.set(outage.name, { ...outage, told: true });
    return due;
  }
}

/** `40 s`, `12 min`, `3.5 h`. */
export function lasted(since: Micros, until: Micros): string {
  const seconds = Math.max(0, until - since) / MICROS_PER_SECOND;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
