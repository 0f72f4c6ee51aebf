/**
 * Profit and loss by UTC day: how the net asset value changed, so that what is still open counts at its mark.
 * @module
 */

import { formatMoney, formatTime, type Micros, micros, MICROS_PER_DAY, type Money, money } from "../../core/units.ts";
import type { DayFigures } from "../findings.ts";

/** More than ten years; later days are added to the last. */
const DAYS_MAX = 4_000;

interface Day {
  pnl: number;
  fees: number;
  fills: number;
}

export class Days {
  readonly #days = new Map<number, Day>();
  #nav: Money | null = null;

  /** Values in order of time; the first is what it began with. */
  nav(at: Micros, nav: Money): void {
    const before = this.#nav ?? nav;
    this.#nav = nav;
    this.#day(at).pnl += nav - before;
  }

  executed(at: Micros, fee: Money): void {
    const day = this.#day(at);
    day.fees += fee;
    day.fills++;
  }

  figures(): DayFigures[] {
    return [...this.#days].sort(([a], [b]) => a - b).map(([number, { pnl, fees, fills }]) => ({
      day: formatTime(micros(number * MICROS_PER_DAY)).slice(0, 10),
      pnl: formatMoney(money(pnl)),
      fees: formatMoney(money(fees)),
      fills,
    }));
  }

  #day(at: Micros): Day {
    const number = Math.floor(at / MICROS_PER_DAY);
    const known = this.#days.get(number);
    if (known !== undefined) return known;
    const day = { pnl: 0, fees: 0, fills: 0 };
    if (this.#days.size >= DAYS_MAX) return [...this.#days.values()].at(-1) ?? day;
    this.#days.set(number, day);
    return day;
  }
}
