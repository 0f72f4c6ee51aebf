/**
 * What fed funds futures say of the coming FOMC meetings, by the method that CME publishes for its FedWatch tool
 * (KALSHI.md 11.8).
 *
 * A contract settles on 100 minus the average effective rate of its month. A month without a meeting is an anchor: its
 * average is the rate that holds all month, so it ends the month before and begins the one after. A month of N days whose
 * meeting leaves b of them at the old rate has
 *
 *     average = (b before + (N - b) after) / N
 *
 * The rate before the first meeting is that of the anchor before it, or the newest effective rate; then, meeting by
 * meeting, the rate after it is, whichever comes first:
 *
 * | method | where | rate after |
 * | --- | --- | --- |
 * | `next_month` | the next month is an anchor | its average |
 * | `split` | at least {@link LATE_DAYS} days of the month are left | solved from the month's own average |
 * | `back` | the next month has a meeting, the month behind it is an anchor | solved from the next month's average |
 *
 * A decision shows in the effective rates a day after it, and those are published a day later still. Until then contracts
 * priced after the statement tell by the same methods what was decided: a whole number of steps, or nothing is said.
 *
 * A month's last days hold too little of its average to be solved for: an error of half a basis point in a price would be
 * one of several in the rate.
 *
 * The change at a meeting lies between two adjacent moves of 25 basis points, and its probability is split between them
 * so that the expected move is the change: no third move, no view on risk premia. Moves of several meetings are taken as
 * independent, which gives the distribution of the target range's upper bound after each.
 * @module
 */

import type { FedFundsInput } from "../core/input.ts";
import { formatTime, type Micros, MICROS_PER_DAY, MICROS_PER_MINUTE } from "../core/units.ts";
import { FOMC_MEETINGS, type FomcMeeting } from "./fomc_meetings.ts";

/** A step of the target range, per cent a year. */
const STEP = 0.25;
const STEP_BASIS_POINTS = 25;
/** With fewer days left after a meeting, its month is not solved for the rate after it. */
export const LATE_DAYS = 7;
/** A change this close to a whole number of steps was meant to be one: far below a price's tick of a quarter basis point. */
const ON_STEP = 1e-6;
/** A larger change at one meeting, in steps, is no market's view but a wrong price. */
const STEPS_MAX = 8;
const MEETINGS_MAX = 20;
/** The month before the first coming meeting averages what holds now; contracts under wrong names show here. */
const ANCHOR_APART_MAX = STEP / 2;
/** Rates are published every business day; older ones say that something stands still. */
const EFFECTIVE_AGE_MAX = 7 * MICROS_PER_DAY;
/** So long after a statement its decision is in the prices. */
const IN_PRICES_AFTER = 15 * MICROS_PER_MINUTE;
/** What was decided is known: where contracts are further than this from a whole step, they are no contracts after it. */
const DECIDED_APART_MAX = 0.1;

export interface FedFundsOptions {
  /** Whether the day of the decision still counts at the old rate (the usual reading) or already at the new one. */
  readonly decisionDay: "old_rate" | "new_rate";
  /** In order of time. */
  readonly meetings: readonly FomcMeeting[];
}

export const FED_FUNDS_DEFAULTS: FedFundsOptions = { decisionDay: "old_rate", meetings: FOMC_MEETINGS };

/** A move of the target range in steps of 25 basis points, negative for a cut. */
export interface Move {
  readonly steps: number;
  readonly probability: number;
}

/** The upper bound of the target range, in basis points so that it compares exactly. */
export interface UpperBound {
  readonly basisPoints: number;
  readonly probability: number;
}

export interface MeetingOutlook {
  readonly meeting: FomcMeeting;
  /** Implied effective rate before and after, per cent a year. */
  readonly before: number;
  readonly after: number;
  readonly method: "next_month" | "split" | "back";
  /** One or two adjacent moves, ascending; probabilities sum to 1. */
  readonly moves: readonly Move[];
  /** After this meeting, ascending; probabilities sum to 1. */
  readonly upperBounds: readonly UpperBound[];
}

export interface FedOutlook {
  /** Coming meetings in order, as far as the contracts reach. */
  readonly meetings: readonly MeetingOutlook[];
  /** Why it ends where it does; `null` where every known meeting is in it. */
  readonly endsBecause: string | null;
}

export type FedOutlookResult =
  | { readonly ok: true; readonly value: FedOutlook }
  | { readonly ok: false; readonly reason: string };

const refused = (reason: string): { readonly ok: false; readonly reason: string } => ({ ok: false, reason });

const twoMeetingsIn = (month: string): string => `Two meetings in ${month}: their average cannot tell them apart`;

/** The month `ahead` months after another: `2026-12` and 1 give `2027-01`. */
function monthAfter(month: string, ahead: number): string {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + ahead, 1)).toISOString().slice(0, 7);
}

function daysIn(month: string): number {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).getUTCDate();
}

/** What an outlook is made of; `sourceTime` is when the prices were made. */
export type FedRates = Pick<FedFundsInput, "effective" | "target" | "futures" | "sourceTime">;

/** What the contracts of the months say, and which months have meetings. */
class Months {
  readonly #averages: ReadonlyMap<string, number>;
  readonly #meetings: ReadonlyMap<string, FomcMeeting>;
  readonly #decisionDayIsOld: boolean;

  constructor(futures: FedFundsInput["futures"], { meetings, decisionDay }: FedFundsOptions) {
    this.#averages = new Map(futures.map(({ month, price }) => [month, 100 - price]));
    this.#meetings = new Map(meetings.map((meeting) => [meeting.month, meeting]));
    this.#decisionDayIsOld = decisionDay === "old_rate";
  }

  average(month: string): number | null {
    return this.#averages.get(month) ?? null;
  }

  /** The rate that holds through a month without a meeting. */
  anchor(month: string): number | null {
    return this.#meetings.has(month) ? null : this.average(month);
  }

  /** Days of its month at the rate before a meeting, and at the rate after it. */
  days({ day, month }: FomcMeeting): { readonly old: number; readonly new: number } {
    const old = Number(day.slice(8)) - (this.#decisionDayIsOld ? 0 : 1);
    return { old, new: daysIn(month) - old };
  }

  /** The rate before the meeting of this month, from its own average and the anchor behind it. */
  before(month: string): number | null {
    const meeting = this.#meetings.get(month);
    const average = this.average(month);
    const after = this.anchor(monthAfter(month, 1));
    if (meeting === undefined || average === null || after === null) return null;
    const days = this.days(meeting);
    return days.old < LATE_DAYS ? null : (average * (days.old + days.new) - after * days.new) / days.old;
  }
}

/**
 * Outlook on every coming meeting that the contracts reach.
 *
 * @param now meetings whose statement is out count no more
 * @returns a reason where not even the first coming meeting can be told
 * @example
 * ```ts
 * import { fedOutlook } from "./fed_funds.ts";
 * import { micros, parseTime } from "../core/units.ts";
 * import assert from "node:assert/strict";
 * const outlook = fedOutlook({
 *   effective: { day: "2026-11-19", rate: 3.63 },
 *   target: { lower: 3.5, upper: 3.75 },
 *   futures: [{ month: "2026-11", price: 96.37 }, { month: "2026-12", price: 96.37 }],
 *   sourceTime: parseTime("2026-11-20T14:55:00Z") ?? micros(0),
 * }, parseTime("2026-11-20T15:00:00Z") ?? micros(0));
 * assert.ok(outlook.ok);
 * assert.deepEqual(outlook.value.meetings[0].upperBounds, [{ basisPoints: 375, probability: 1 }]);
 * ```
 */
export function fedOutlook(
  input: FedRates,
  now: Micros,
  options: FedFundsOptions = FED_FUNDS_DEFAULTS,
): FedOutlookResult {
  const months = new Months(input.futures, options);
  const start = startOf(input, now, options.meetings, months);
  if (!start.ok) return start;
  const coming = options.meetings.filter(({ decidedAt }) => decidedAt > now).slice(0, MEETINGS_MAX);
  if (coming.length === 0) return refused("No coming meeting is known");
  const twice = coming.find((meeting, k) => k > 0 && meeting.month === coming[k - 1].month);
  if (twice !== undefined) return refused(twoMeetingsIn(twice.month));
  const meetings: MeetingOutlook[] = [];
  let bounds: readonly UpperBound[] = [{ basisPoints: start.upper, probability: 1 }];
  const anchor = months.anchor(monthAfter(coming[0].month, -1)) ?? start.rate;
  if (!(Math.abs(anchor - start.rate) <= ANCHOR_APART_MAX)) {
    const implied = `${anchor.toFixed(2)} % before the meeting of ${coming[0].day}`;
    return refused(`Contracts imply a rate of ${implied}, while it is ${start.rate.toFixed(2)} %`);
  }
  let before = anchor;
  for (const meeting of coming) {
    const outlook = outlookOn(meeting, before, bounds, months);
    if (!outlook.ok) {
      return meetings.length === 0 ? outlook : { ok: true, value: { meetings, endsBecause: outlook.reason } };
    }
    meetings.push(outlook.value);
    bounds = outlook.value.upperBounds;
    before = outlook.value.after;
  }
  return { ok: true, value: { meetings, endsBecause: null } };
}

type Start = { readonly ok: true; readonly rate: number; readonly upper: number } | ReturnType<typeof refused>;

/** The rate and the range that hold now, or will from tomorrow on where that was decided today. */
function startOf(
  { effective, target, futures, sourceTime }: FedRates,
  now: Micros,
  meetings: readonly FomcMeeting[],
  months: Months,
): Start {
  if (effective === null) return refused("Effective rate unknown");
  if (target === null) return refused("Target range unknown");
  const upper = Math.round(target.upper * 100);
  if (upper % STEP_BASIS_POINTS !== 0 || !Number.isFinite(effective.rate)) {
    return refused(`Target range up to ${target.upper} % is not on a step of ${STEP} %`);
  }
  const wrong = futures.find(({ price }) => !Number.isFinite(price));
  if (wrong !== undefined) return refused(`Price of the contract for ${wrong.month} is no number`);
  const effectiveAt = Date.parse(`${effective.day}T00:00:00Z`) * 1_000;
  if (!(now - effectiveAt <= EFFECTIVE_AGE_MAX)) {
    return refused(`Effective rate is of ${effective.day}, which is too old`);
  }
  const decided = meetings.findLast(({ decidedAt }) => decidedAt <= now);
  // The range that a meeting decides holds from the day after it.
  if (decided === undefined || effective.day > decided.day) return { ok: true, rate: effective.rate, upper };
  const next = meetings.find(({ decidedAt }) => decidedAt > now);
  if (next?.month === decided.month) return refused(twoMeetingsIn(next.month));
  if (sourceTime < decided.decidedAt + IN_PRICES_AFTER) {
    const prices = `prices are of ${formatTime(sourceTime)}`;
    return refused(`Effective rate is of ${effective.day}, ${prices}: from before the decision of ${decided.day}`);
  }
  return afterDecision(decided, effective.rate, upper, months);
}

/** What a decision has made of the rate and the range, by the contracts alone. */
function afterDecision(decided: FomcMeeting, rate: number, upper: number, months: Months): Start {
  const found = rateAfter(decided, rate, months);
  if (found === null) return refused(`Contracts do not tell the rate after the meeting of ${decided.day}`);
  const change = (found.rate - rate) / STEP;
  const steps = Math.round(change);
  if (!(Math.abs(change - steps) <= DECIDED_APART_MAX && Math.abs(steps) <= STEPS_MAX)) {
    const implied = `${found.rate.toFixed(2)} % after ${rate.toFixed(2)} %`;
    return refused(
      `Contracts imply a rate of ${implied} on ${decided.day}, which is no decision in steps of ${STEP} %`,
    );
  }
  return { ok: true, rate: rate + steps * STEP, upper: upper + steps * STEP_BASIS_POINTS };
}

type OutlookOn = { readonly ok: true; readonly value: MeetingOutlook } | ReturnType<typeof refused>;

function outlookOn(
  meeting: FomcMeeting,
  before: number,
  bounds: readonly UpperBound[],
  months: Months,
): OutlookOn {
  const found = rateAfter(meeting, before, months);
  if (found === null) return refused(`Contracts do not tell the rate after the meeting of ${meeting.day}`);
  const { rate: after, method } = found;
  const moves = movesOf((after - before) / STEP);
  if (moves === null) {
    return refused(`Contracts imply a rate of ${after.toFixed(2)} % after ${before.toFixed(2)} % on ${meeting.day}`);
  }
  return { ok: true, value: { meeting, before, after, method, moves, upperBounds: moved(bounds, moves) } };
}

function rateAfter(
  meeting: FomcMeeting,
  before: number,
  months: Months,
): { readonly rate: number; readonly method: MeetingOutlook["method"] } | null {
  const next = monthAfter(meeting.month, 1);
  const anchor = months.anchor(next);
  if (anchor !== null) return { rate: anchor, method: "next_month" };
  const days = months.days(meeting);
  const average = months.average(meeting.month);
  if (days.new >= LATE_DAYS && average !== null) {
    return { rate: (average * (days.old + days.new) - before * days.old) / days.new, method: "split" };
  }
  const back = months.before(next);
  return back === null ? null : { rate: back, method: "back" };
}

/** A change in steps, between two adjacent whole ones; `null` for one that nobody expects. */
function movesOf(change: number): readonly Move[] | null {
  if (!(Math.abs(change) <= STEPS_MAX)) return null;
  const whole = Math.round(change);
  // `+ 0` makes a negative zero a plain one.
  if (Math.abs(change - whole) < ON_STEP) return [{ steps: whole + 0, probability: 1 }];
  const low = Math.floor(change);
  const share = change - low;
  return [{ steps: low + 0, probability: 1 - share }, { steps: low + 1, probability: share }];
}

/** The distribution after one more meeting. */
function moved(bounds: readonly UpperBound[], moves: readonly Move[]): readonly UpperBound[] {
  const probabilities = new Map<number, number>();
  for (const bound of bounds) {
    for (const { steps, probability } of moves) {
      const basisPoints = bound.basisPoints + steps * STEP_BASIS_POINTS;
      probabilities.set(basisPoints, (probabilities.get(basisPoints) ?? 0) + bound.probability * probability);
    }
  }
  return [...probabilities]
    .map(([basisPoints, probability]) => ({ basisPoints, probability }))
    .sort((a, b) => a.basisPoints - b.basisPoints);
}

/** The outlook on the meeting of this month, as tickers name it; `null` where there is none. */
const meetingOf = ({ meetings }: FedOutlook, year: number, month: number): MeetingOutlook | null =>
  meetings.find(({ meeting }) => meeting.month === `${year}-${month.toString().padStart(2, "0")}`) ?? null;

const within = (probability: number): number => Math.min(1, Math.max(0, probability));

/** KXFED: the upper bound is strictly above `threshold` per cent after the meeting of that month. */
export function upperBoundAbove(outlook: FedOutlook, year: number, month: number, threshold: number): number | null {
  const found = meetingOf(outlook, year, month);
  if (found === null || !Number.isFinite(threshold)) return null;
  const basisPoints = Math.round(threshold * 1e6) / 1e4;
  return within(
    found.upperBounds.reduce((sum, bound) => bound.basisPoints > basisPoints ? sum + bound.probability : sum, 0),
  );
}

/** KXFEDDECISION: what the meeting of that month does; 25 basis points exactly, or with 26 more than 25. */
export function decisionProbability(
  outlook: FedOutlook,
  year: number,
  month: number,
  move: "cut" | "hold" | "hike",
  basisPoints: number,
): number | null {
  const found = meetingOf(outlook, year, month);
  if (found === null) return null;
  const counts = countsFor(move, basisPoints);
  if (counts === null) return null;
  return within(found.moves.reduce((sum, each) => counts(each.steps) ? sum + each.probability : sum, 0));
}

/** Which steps make an outcome YES; `null` for an outcome that no market is on. */
function countsFor(move: "cut" | "hold" | "hike", basisPoints: number): ((steps: number) => boolean) | null {
  if (move === "hold") return basisPoints === 0 ? (steps) => steps === 0 : null;
  const sign = move === "cut" ? -1 : 1;
  if (basisPoints === STEP_BASIS_POINTS) return (steps) => steps === sign;
  return basisPoints === STEP_BASIS_POINTS + 1 ? (steps) => steps * sign > 1 : null;
}
