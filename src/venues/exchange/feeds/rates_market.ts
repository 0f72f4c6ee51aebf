/**
 * The simulated money market: what the Committee decides at each meeting, what the market expects of the coming ones, and
 * the futures prices that follow exactly. A function of seed and time alone.
 *
 * The effective rate sits 12 basis points below the upper bound. A decision takes effect on the day after it. Expectations
 * of a meeting wander a little every ten minutes and never leave 5 to 60 % for a cut of 25 basis points.
 * @module
 */

import { type Micros, MICROS_PER_DAY, MICROS_PER_MINUTE } from "../../../core/units.ts";
import { FOMC_MEETINGS, type FomcMeeting } from "../../../models/fomc_meetings.ts";
import { Random } from "../random.ts";

const STEP = 0.25;
/** The range before the first simulated decision. */
const FIRST_UPPER = 3.75;
const FIRST_DECISION = "2026-10-01";
const BELOW_UPPER = 0.12;
const RATE_MIN = STEP;
const WANDERS_EVERY = 10 * MICROS_PER_MINUTE;
const CUT_MIN = 0.05;
const CUT_MAX = 0.6;
/** Contracts listed, the month of today among them. */
const CONTRACTS = 14;
/** A price's tick. */
const TICK = 0.0025;

const DAY_MS = MICROS_PER_DAY / 1_000;

const monthOf = (at: number, ahead: number): string => {
  const date = new Date(Math.floor(at / 1_000));
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead, 1)).toISOString().slice(0, 7);
};

/** Every day of a month, as `2026-12-09`. */
function daysOf(month: string): readonly string[] {
  const first = Date.parse(`${month}-01T00:00:00Z`);
  const days: string[] = [];
  for (let at = first; days.length < 31; at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    if (!day.startsWith(month)) break;
    days.push(day);
  }
  return days;
}

export class RatesMarket {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Market-implied probability of a cut at a meeting. */
  cutProbability(meeting: FomcMeeting, at: Micros): number {
    const usual = Random.named(this.#seed, `feeds/rates/meeting/${meeting.day}`).between(0.15, 0.45);
    const step = Math.floor(at / WANDERS_EVERY);
    const unrest = Random.named(this.#seed, `feeds/rates/wander/${meeting.day}/${step}`).normal() * 0.01;
    return Math.min(CUT_MAX, Math.max(CUT_MIN, usual + unrest));
  }

  /** Upper bound of the range on a day, by the decisions before it. */
  upperOn(day: string): number {
    let upper = FIRST_UPPER;
    for (const meeting of FOMC_MEETINGS) {
      if (meeting.day < FIRST_DECISION || meeting.day >= day) continue;
      const cut = Random.named(this.#seed, `feeds/rates/decision/${meeting.day}`).chance(1 / 3);
      if (cut && upper > RATE_MIN) upper -= STEP;
    }
    return upper;
  }

  /** Upper bound of the range that a meeting decides: it holds from the day after it. */
  upperAfter({ day }: FomcMeeting): number {
    const next = new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS);
    return this.upperOn(next.toISOString().slice(0, 10));
  }

  effectiveOn(day: string): number {
    return Number((this.upperOn(day) - BELOW_UPPER).toFixed(2));
  }

  /** The newest business day whose rate is published at this time: at 13:00 UTC for the one before. */
  publishedDay(at: Micros): string {
    const publishing = Math.floor(at / 1_000) - 13 * 3_600_000;
    let day = new Date(publishing - DAY_MS);
    while (day.getUTCDay() === 0 || day.getUTCDay() === 6) day = new Date(day.getTime() - DAY_MS);
    return day.toISOString().slice(0, 10);
  }

  /** What the market expects the effective rate of a day to be; of days that are past, what it was. */
  #expectedOn(day: string, at: Micros): number {
    const coming = FOMC_MEETINGS.filter(({ decidedAt, day: decision }) => decidedAt > at && decision < day);
    const known = this.effectiveOn(coming.length === 0 ? day : coming[0].day);
    return known - coming.reduce((sum, meeting) => sum + STEP * this.cutProbability(meeting, at), 0);
  }

  /** Contracts of this month and the next ones. */
  futures(at: Micros): readonly { readonly month: string; readonly price: number }[] {
    return Array.from({ length: CONTRACTS }, (_, ahead) => {
      const month = monthOf(at, ahead);
      const days = daysOf(month);
      const average = days.reduce((sum, day) => sum + this.#expectedOn(day, at), 0) / days.length;
      return { month, price: Number((Math.round((100 - average) / TICK) * TICK).toFixed(4)) };
    });
  }
}
