/**
 * Kalshi's tickers, read and built (KALSHI.md 8 to 10). Times in them are US Eastern wall time of the close.
 *
 * | kind | example |
 * | --- | --- |
 * | quarter_hour | `KXBTC15M-26SEP251515-15` |
 * | hourly | `KXBTCD-26SEP2515-T92799.99`, `KXBTC-26SEP2515-B92750` |
 * | daily | `KXHIGHNY-26SEP16-B81.5`, `KXLOWTCHI-26JAN20-T-5` |
 * | fed_rate | `KXFED-26DEC-T3.50` |
 * | fed_decision | `KXFEDDECISION-26DEC-C25` |
 * | other | anything else of the exchange's alphabet |
 * @module
 */

import { easternMoments, easternWallTime, isWallTime } from "./eastern_time.ts";
import type { Micros } from "./units.ts";

export { easternOffset } from "./eastern_time.ts";

interface Named {
  /** The ticker up to its first dash. */
  readonly series: string;
  readonly event: string;
}

/**
 * A close time told by an Eastern wall clock. In the hour that autumn repeats the text fits two moments; `closeTime`
 * is then the first (daylight time) and `repeatedCloseTime` the second. Only the market's own `close_time` decides.
 */
interface Closing {
  readonly closeTime: Micros;
  readonly repeatedCloseTime: Micros | null;
}

/**
 * The number in a ladder's market ticker. `T` is a threshold (above or below: only the market's `strike_type` tells),
 * `B` a bin named by its middle.
 */
export interface TickerStrike {
  readonly letter: "T" | "B";
  readonly value: number;
}

export interface QuarterHourTicker extends Named, Closing {
  readonly kind: "quarter_hour";
}

export interface HourlyTicker extends Named, Closing {
  readonly kind: "hourly";
  readonly strike: TickerStrike;
}

/** The climate day; when such a market closes differs by city (KALSHI.md 9). */
export interface DailyTicker extends Named {
  readonly kind: "daily";
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly strike: TickerStrike;
}

/** Upper bound of the target range strictly above `threshold` per cent after the meeting of that month. */
export interface FedRateTicker extends Named {
  readonly kind: "fed_rate";
  readonly year: number;
  readonly month: number;
  readonly threshold: number;
}

/** One outcome of a meeting: basis points of a cut or hike (26 means more than 25), 0 for a hold. */
export interface FedDecisionTicker extends Named {
  readonly kind: "fed_decision";
  readonly year: number;
  readonly month: number;
  readonly move: "cut" | "hold" | "hike";
  readonly basisPoints: number;
}

export interface OtherTicker extends Named {
  readonly kind: "other";
}

export type ParsedTicker =
  | QuarterHourTicker
  | HourlyTicker
  | DailyTicker
  | FedRateTicker
  | FedDecisionTicker
  | OtherTicker;

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"] as const;
const CENTURY = 2_000;
const TICKER_LENGTH_MAX = 128;

const ALPHABET = /^[A-Z0-9.]+(?:-[A-Z0-9.]+)+$/;
const QUARTER_HOUR_SERIES = /^[A-Z0-9]+15M$/;
const TIMED = /^(\d\d)([A-Z]{3})(\d\d)(\d\d)?(\d\d)?$/;
const MEETING = /^(\d\d)([A-Z]{3})$/;
const STRIKE = /^([TB])(-?\d+(?:\.\d+)?)$/;
const DECISION = /^([CH])(\d{1,3})$/;

/** The series of any ticker: what stands before the first dash. */
export function seriesOf(ticker: string): string {
  const dash = ticker.indexOf("-");
  return dash < 0 ? ticker : ticker.slice(0, dash);
}

/**
 * Reads a market ticker.
 *
 * @returns `null` where the text is no ticker, or where it has a known shape and an impossible content: a day that
 * does not exist, a time in the hour that spring skips, a minute that contradicts its event
 */
export function parseTicker(ticker: string): ParsedTicker | null {
  if (ticker.length > TICKER_LENGTH_MAX || !ALPHABET.test(ticker)) return null;
  const parts = partsOf(ticker);
  const [series, when, last] = parts;
  if (parts.length !== 3) {
    return { kind: "other", series, event: parts.length === 2 ? ticker : parts.slice(0, -1).join("-") };
  }
  const named = { series, event: `${series}-${when}` };
  if (series === "KXFED" || series === "KXFEDDECISION") return parseFed(named, when, last);
  const time = TIMED.exec(when);
  if (time === null) return QUARTER_HOUR_SERIES.test(series) ? null : { kind: "other", ...named };
  return parseTimed(named, time, last);
}

/** What stands between the dashes; that of a strike below zero is its sign. */
function partsOf(ticker: string): readonly string[] {
  const parts = ticker.split("-");
  const strike = parts.slice(-2).join("-");
  return parts.length > 3 && STRIKE.test(strike) ? [...parts.slice(0, -2), strike] : parts;
}

function parseTimed(named: Named, time: RegExpExecArray, last: string): ParsedTicker | null {
  const [, yy, monthName, dd, hh, mm] = time;
  const month = monthNumber(monthName);
  if (month === null) return null;
  const wall = { year: CENTURY + +yy, month, day: +dd, hour: +(hh ?? 0), minute: +(mm ?? 0) };
  if (!isWallTime(wall)) return null;
  const strike = parseStrike(last);
  if (QUARTER_HOUR_SERIES.test(named.series)) {
    const closing = closingAt(wall);
    if (mm === undefined || mm !== last || wall.minute % 15 !== 0 || closing === null) return null;
    return { kind: "quarter_hour", ...named, ...closing };
  }
  if (strike === null || mm !== undefined) return { kind: "other", ...named };
  if (hh === undefined) {
    return { kind: "daily", ...named, year: wall.year, month: wall.month, day: wall.day, strike };
  }
  const closing = closingAt(wall);
  return closing === null ? null : { kind: "hourly", ...named, ...closing, strike };
}

function parseFed(named: Named, when: string, last: string): ParsedTicker | null {
  const meeting = MEETING.exec(when);
  const month = meeting === null ? null : monthNumber(meeting[2]);
  if (meeting === null || month === null) return null;
  const year = CENTURY + +meeting[1];
  if (named.series === "KXFED") {
    const strike = parseStrike(last);
    if (strike === null || strike.letter !== "T") return null;
    return { kind: "fed_rate", ...named, year, month, threshold: strike.value };
  }
  const decision = DECISION.exec(last);
  if (decision === null) return null;
  const basisPoints = +decision[2];
  if (basisPoints === 0 && decision[1] === "C") return null;
  const move = basisPoints === 0 ? "hold" : decision[1] === "C" ? "cut" : "hike";
  return { kind: "fed_decision", ...named, year, month, move, basisPoints };
}

function closingAt(wall: Parameters<typeof easternMoments>[0]): Closing | null {
  const [closeTime, repeatedCloseTime] = easternMoments(wall);
  return closeTime === undefined ? null : { closeTime, repeatedCloseTime: repeatedCloseTime ?? null };
}

function parseStrike(text: string): TickerStrike | null {
  const match = STRIKE.exec(text);
  return match === null ? null : { letter: match[1] === "T" ? "T" : "B", value: +match[2] };
}

function monthNumber(name: string): number | null {
  const at = MONTHS.findIndex((month) => month === name);
  return at < 0 ? null : at + 1;
}

const twoDigits = (value: number): string => value.toString().padStart(2, "0");

/** `26SEP2515` for an event that closes in that hour, with minutes `26SEP251515`, a day `26SEP25`. */
function eventTime(closeTime: Micros, precision: "day" | "hour" | "minute"): string {
  const wall = easternWallTime(closeTime);
  const day = twoDigits(wall.year % 100) + MONTHS[wall.month - 1] + twoDigits(wall.day);
  if (precision === "day") return day;
  const hour = day + twoDigits(wall.hour);
  return precision === "hour" ? hour : hour + twoDigits(wall.minute);
}

/**
 * The tickers of the 15-minute window that closes then. The two windows an hour apart in the hour that autumn
 * repeats get one and the same name here: what the exchange calls the second is not known.
 *
 * @example
 * ```ts
 * import { quarterHourTicker } from "./ticker.ts";
 * import { parseTime } from "./units.ts";
 * import assert from "node:assert/strict";
 * const close = parseTime("2026-09-25T19:15:00Z");
 * assert.ok(close !== null);
 * assert.equal(quarterHourTicker("KXBTC15M", close).market, "KXBTC15M-26SEP251515-15");
 * ```
 */
export function quarterHourTicker(series: string, closeTime: Micros): { event: string; market: string } {
  const event = `${series}-${eventTime(closeTime, "minute")}`;
  return { event, market: `${event}-${event.slice(-2)}` };
}

/** Event and market ticker of an hourly ladder; `strike` is printed as the exchange does: `T92799.99`, `B92750`. */
export function hourlyTicker(
  series: string,
  closeTime: Micros,
  strike: TickerStrike,
): { event: string; market: string } {
  const event = `${series}-${eventTime(closeTime, "hour")}`;
  return { event, market: `${event}-${strike.letter}${strike.value}` };
}

/**
 * Event and market ticker of a daily temperature.
 * @param day the climate day, as `2026-09-16`
 */
export function dailyTicker(series: string, day: string, strike: TickerStrike): { event: string; market: string } {
  const [year, month, date] = day.split("-").map(Number);
  const event = `${series}-${twoDigits(year % 100)}${MONTHS[month - 1]}${twoDigits(date)}`;
  return { event, market: `${event}-${strike.letter}${strike.value}` };
}

/**
 * Event and market ticker on a meeting of the Fed.
 * @param month of the meeting, as `2026-12`
 * @param outcome `T3.50` for a threshold, `C25`, `H0` and the like for a decision
 */
export function meetingTicker(series: string, month: string, outcome: string): { event: string; market: string } {
  const [year, number] = month.split("-").map(Number);
  const event = `${series}-${twoDigits(year % 100)}${MONTHS[number - 1]}`;
  return { event, market: `${event}-${outcome}` };
}

/** The index that settles a series (KALSHI.md 5.9, 8). */
export const SETTLEMENT_INDEX: Readonly<Record<string, string>> = {
  KXBTC15M: "BRTI",
  KXBTCD: "BRTI",
  KXBTC: "BRTI",
  KXETH15M: "ETHUSD_RTI",
  KXETHD: "ETHUSD_RTI",
  KXETH: "ETHUSD_RTI",
  KXSOL15M: "SOLUSD_RTI",
  KXXRP15M: "XRPUSD_RTI",
  KXDOGE15M: "DOGEUSD_RTI",
  KXBNB15M: "BNBUSD_RTI",
  KXHYPE15M: "HYPEUSD_RTI",
  KXNEAR15M: "NEARUSD_RTI",
  KXZEC15M: "ZECUSD_RTI",
};

/** The id of the index whose 60-second average settles a series; `null` for every series that settles otherwise. */
export const settlementIndexOf = (series: string): string | null =>
  Object.hasOwn(SETTLEMENT_INDEX, series) ? SETTLEMENT_INDEX[series] : null;
