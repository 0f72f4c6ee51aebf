/**
 * Once a day at a time of day: what was earned since the last summary, or since the run began.
 *
 * The engine counts the profit of a UTC day; here the days are put together, because the time of the summary is the user's.
 * @module
 */

import {
  formatMoney,
  formatTime,
  type Micros,
  MICROS_PER_MILLISECOND,
  MICROS_PER_SECOND,
  type Money,
  money,
} from "../../core/units.ts";
import type { AlertValues } from "./alert_table.ts";
import { type MinuteOfDay, ZoneClock } from "./quiet_hours.ts";

/** Least between two summaries. */
const APART = 12 * 3_600 * MICROS_PER_SECOND;

/** How the account stands. */
export interface AccountFigures {
  readonly at: Micros;
  /** Of the UTC day so far. */
  readonly dayPnl: Money;
  readonly nav: Money;
  readonly exposure: Money;
  /** Since the account was opened here. */
  readonly fills: number;
  readonly settled: number;
}

export class DailySummary {
  readonly #clock: ZoneClock;
  readonly #minute: MinuteOfDay;
  #since: AccountFigures | null = null;
  #last: AccountFigures | null = null;
  /** Of UTC days that ended since then, and of what was before a day was counted anew. */
  #carried = 0;
  #minuteSeen: MinuteOfDay | null = null;
  #told: Micros | null = null;

  constructor(minute: MinuteOfDay, zone: string) {
    this.#minute = minute;
    this.#clock = new ZoneClock(zone);
  }

  /** Looks at the account; the summary where it is time for one. */
  look(now: AccountFigures): AlertValues<"daily_summary"> | null {
    const since = this.#since ??= now;
    const last = this.#last ?? now;
    if (dayOf(now.at) !== dayOf(last.at)) this.recount();
    this.#last = now;
    const { minute } = this.#clock.at(now.at / MICROS_PER_MILLISECOND);
    const before = this.#minuteSeen;
    this.#minuteSeen = minute;
    if (before === null || !passed(before, minute, this.#minute)) return null;
    // On the day on which an hour comes twice, once is enough.
    if (this.#told !== null && now.at - this.#told < APART) return null;
    this.#told = now.at;
    this.#since = now;
    const pnl = money(this.#carried + now.dayPnl - since.dayPnl);
    this.#carried = 0;
    return {
      since: `${formatTime(since.at).slice(0, 16)}Z`,
      pnl: formatMoney(pnl),
      fills: String(now.fills - since.fills),
      settled: String(now.settled - since.settled),
      nav: formatMoney(now.nav),
      exposure: formatMoney(now.exposure),
    };
  }

  /** The day's profit is counted from zero again: at midnight UTC, and where a person lifted a halt by the day's loss. */
  recount(): void {
    this.#carried += this.#last?.dayPnl ?? 0;
  }
}

const dayOf = (at: Micros): string => formatTime(at).slice(0, 10);

/** Where the wall clock seems to have gone back by up to so much, it was set back: to standard time. */
const SET_BACK_MAX = 120;
const DAY_MINUTES = 1_440;

/** Whether the wall clock came to `wanted` after `before`, and at `now` at the latest, over midnight too. */
function passed(before: MinuteOfDay, now: MinuteOfDay, wanted: MinuteOfDay): boolean {
  const back = (before - now + DAY_MINUTES) % DAY_MINUTES;
  if (back <= SET_BACK_MAX) return false;
  return before < now ? before < wanted && wanted <= now : wanted > before || wanted <= now;
}
