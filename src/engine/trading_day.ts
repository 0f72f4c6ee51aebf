/**
 * What the profit and loss of a UTC day is counted from, and what a drawdown is.
 *
 * Money in or out is neither a profit nor a loss. The day's profit and loss in dollars stays what it was: its start moves by
 * the amount. A share of a loss stays what it was: what it is counted from moves in proportion, or a withdrawal would make a
 * small loss a large part of what is left.
 * @module
 */

import { type Micros, MICROS_PER_DAY, type Money, money } from "../core/units.ts";
import { dayOf } from "./records.ts";

const MOST = BigInt(Number.MAX_SAFE_INTEGER);

/** Where they differ from the day's start and from the peak. */
export interface TradingDayBases {
  readonly dayBaseNav?: Money;
  readonly haltPeakNav?: Money;
}

export class TradingDay {
  #name: string;
  /** Of the day that was reached last, since 1970. */
  #number = -1;
  #startNav: Money;
  #baseNav: Money;
  #peakNav: Money;
  #haltPeakNav: Money;

  /** @param name the UTC day, as `2026-11-20` */
  constructor(name: string, startNav: Money, peakNav: Money, { dayBaseNav, haltPeakNav }: TradingDayBases = {}) {
    this.#name = name;
    this.#startNav = startNav;
    this.#baseNav = dayBaseNav ?? startNav;
    this.#peakNav = peakNav;
    this.#haltPeakNav = haltPeakNav ?? peakNav;
  }

  get name(): string {
    return this.#name;
  }
  /** Net asset value that the day began with. */
  get startNav(): Money {
    return this.#startNav;
  }
  /** What the day's loss is a share of. */
  get baseNav(): Money {
    return this.#baseNav;
  }
  /** The highest net asset value ever seen. */
  get peakNav(): Money {
    return this.#peakNav;
  }
  /** The highest since a person last lifted a drawdown's halt: a drawdown that halts is counted from it. */
  get haltPeakNav(): Money {
    return this.#haltPeakNav;
  }
  /** What has to be remembered beside the day's start and the peak. */
  get bases(): TradingDayBases {
    return {
      ...(this.#baseNav === this.#startNav ? {} : { dayBaseNav: this.#baseNav }),
      ...(this.#haltPeakNav === this.#peakNav ? {} : { haltPeakNav: this.#haltPeakNav }),
    };
  }

  /** Takes note of the time and the worth at it; true where another day began. */
  reach(at: Micros, nav: Money): boolean {
    if (nav > this.#peakNav) this.#peakNav = nav;
    if (nav > this.#haltPeakNav) this.#haltPeakNav = nav;
    // Asked every second: a name is made for another day only.
    const number = Math.floor(at / MICROS_PER_DAY);
    if (number === this.#number) return false;
    this.#number = number;
    const name = dayOf(at);
    if (name === this.#name) return false;
    this.#name = name;
    this.restart(nav);
    return true;
  }

  /** From here on, the day's profit and loss is counted anew. */
  restart(nav: Money): void {
    this.#startNav = nav;
    this.#baseNav = nav;
  }

  /** From here on, the drawdown that halts is counted anew. */
  restartPeak(nav: Money): void {
    this.#haltPeakNav = nav;
  }

  /** Nothing that went before counts: neither a loss nor a peak. */
  begin(nav: Money): void {
    this.restart(nav);
    this.#peakNav = nav;
    this.#haltPeakNav = nav;
  }

  /**
   * Money went in or out.
   * @param nav the worth before it; `null` moves all by the amount, as older versions did
   */
  transfer(amount: Money, nav: Money | null = null): void {
    const moved = (value: Money): Money => nav === null ? money(value + amount) : inProportion(value, amount, nav);
    this.#startNav = money(this.#startNav + amount);
    this.#baseNav = moved(this.#baseNav);
    this.#peakNav = moved(this.#peakNav);
    this.#haltPeakNav = moved(this.#haltPeakNav);
  }
}

/**
 * Rounded down, so that nothing trips by a rounding; by the amount where there is nothing to be in proportion to. A fortune that
 * goes into next to nothing ends at the largest amount there is.
 */
function inProportion(value: Money, amount: Money, nav: Money): Money {
  if (nav <= 0 || nav + amount <= 0) return money(Math.max(0, value + amount));
  const moved = BigInt(value) * BigInt(nav + amount) / BigInt(nav);
  return money(moved > MOST ? Number.MAX_SAFE_INTEGER : Number(moved));
}
