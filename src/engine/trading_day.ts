/**
 * What the profit and loss of a UTC day is counted from.
 * @module
 */

import { type Micros, type Money, money } from "../core/units.ts";
import { dayOf } from "./records.ts";

export class TradingDay {
  #name: string;
  #startNav: Money;
  #peakNav: Money;

  /** @param name the UTC day, as `2026-11-20` */
  constructor(name: string, startNav: Money, peakNav: Money) {
    this.#name = name;
    this.#startNav = startNav;
    this.#peakNav = peakNav;
  }

  get name(): string {
    return this.#name;
  }
  /** Net asset value that the day began with. */
  get startNav(): Money {
    return this.#startNav;
  }
  /** The highest net asset value ever seen. */
  get peakNav(): Money {
    return this.#peakNav;
  }

  /** Takes note of the time and the worth at it; true where another day began. */
  reach(at: Micros, nav: Money): boolean {
    if (nav > this.#peakNav) this.#peakNav = nav;
    const name = dayOf(at);
    if (name === this.#name) return false;
    this.#name = name;
    this.#startNav = nav;
    return true;
  }

  /** From here on, the day's profit and loss is counted anew. */
  restart(nav: Money): void {
    this.#startNav = nav;
  }

  /** Nothing that went before counts: neither a loss nor a peak. */
  begin(nav: Money): void {
    this.#startNav = nav;
    this.#peakNav = nav;
  }

  /** Money in or out is neither a profit nor a loss of the day. */
  transfer(amount: Money): void {
    this.#startNav = money(this.#startNav + amount);
    this.#peakNav = money(this.#peakNav + amount);
  }
}
