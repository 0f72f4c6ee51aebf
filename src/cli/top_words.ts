/**
 * How figures read in `kbot top`. Money and prices arrive as exact decimal texts and are rounded as integers; what is no number
 * says so, and what is absent is a dash.
 * @module
 */

import { parseCount, parseMoney, parsePrice } from "../core/units.ts";
import type { Tone } from "../ops/terminal/line.ts";

export const NONE = "-";
/** In place of what should be a number and is none. */
const NO_NUMBER = "n/a";

type Maybe<T> = T | null | undefined;

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ",");
const two = (value: number): string => String(value).padStart(2, "0");

/** `"-10023.456789"` -> `"-$10,023.46"`; with `signed`, `"+$23.46"`. Rounds half away from zero. */
export function money(text: Maybe<string>, signed = false): string {
  if (text === null || text === undefined) return NONE;
  const value = parseMoney(text);
  if (value === null) return NO_NUMBER;
  const cents = Math.floor((Math.abs(value) + 5_000) / 10_000);
  const amount = `$${grouped(String(Math.floor(cents / 100)))}.${two(cents % 100)}`;
  if (cents === 0) return amount;
  return value < 0 ? `-${amount}` : signed ? `+${amount}` : amount;
}

/** `"0.5600"` -> `"56.0¢"`, `"0.0555"` -> `"5.55¢"`. */
export function cents(text: Maybe<string>): string {
  if (text === null || text === undefined) return NONE;
  const value = parsePrice(text);
  if (value === null) return NO_NUMBER;
  return `${(value / 100).toFixed(value % 10 === 0 ? 1 : 2)}¢`;
}

/** Contracts: `"320.00"` -> `"320"`, `"1064.50"` -> `"1,064.5"`. */
export function contracts(text: Maybe<string>): string {
  if (text === null || text === undefined) return NONE;
  const value = parseCount(text);
  if (value === null) return NO_NUMBER;
  const whole = grouped(String(Math.floor(Math.abs(value) / 100)));
  const rest = two(Math.abs(value) % 100).replace(/0+$/, "");
  return (value < 0 ? "-" : "") + whole + (rest === "" ? "" : `.${rest}`);
}

const isNumber = (value: Maybe<number>): value is number => typeof value === "number" && Number.isFinite(value);

const absent = (value: Maybe<number>): string => value === null || value === undefined ? NONE : NO_NUMBER;

/** Made once: each costs more than many numbers. */
const TWO_DECIMALS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const FOUR_DECIMALS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 4 });

/** An index or a strike: two decimals, or four below $10. */
export function dollars(value: Maybe<number>): string {
  if (!isNumber(value)) return absent(value);
  return (Math.abs(value) < 10 ? FOUR_DECIMALS : TWO_DECIMALS).format(value);
}

/** `0.5873` -> `"58.7%"`. */
export const percent = (value: Maybe<number>): string =>
  isNumber(value) ? `${(value * 100).toFixed(1)}%` : absent(value);

/** An edge in dollars per contract: `0.0142` -> `"+1.42¢"`. */
export function edge(value: Maybe<number>): string {
  if (!isNumber(value)) return absent(value);
  return `${value < 0 ? "-" : "+"}${Math.abs(value * 100).toFixed(2)}¢`;
}

/** Milliseconds as an age: `"85 ms"`, `"4.2 s"`, `"42 s"`, `"3 min"`. */
export function age(ms: Maybe<number>): string {
  if (!isNumber(ms)) return absent(ms);
  const seconds = Math.abs(ms) / 1_000;
  const sign = ms < 0 ? "-" : "";
  if (seconds < 1) return `${sign}${Math.round(seconds * 1_000)} ms`;
  if (seconds < 10) return `${sign}${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${sign}${Math.floor(seconds)} s`;
  if (seconds < 7_200) return `${sign}${Math.floor(seconds / 60)} min`;
  return `${sign}${Math.floor(seconds / 3_600)} h`;
}

/** Seconds as a countdown: `"8:20"`, `"1:02:05"`, `"3 d 4 h"`, `"113 d"`. */
export function countdown(seconds: number): string {
  if (!Number.isFinite(seconds)) return NO_NUMBER;
  const left = Math.max(0, Math.ceil(seconds));
  if (left >= 864_000) return `${Math.floor(left / 86_400)} d`;
  if (left >= 172_800) return `${Math.floor(left / 86_400)} d ${Math.floor(left / 3_600) % 24} h`;
  if (left >= 3_600) return `${Math.floor(left / 3_600)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
  return `${Math.floor(left / 60)}:${two(left % 60)}`;
}

/** `"2026-09-25T19:00:00.584868Z"` -> `"19:00:00"`: all times are UTC. */
export const clockTime = (text: Maybe<string>): string => /T(\d\d:\d\d:\d\d)/.exec(text ?? "")?.[1] ?? NONE;

/** No date there is lies further from 1970, in milliseconds. */
const DATE_MS_MAX = 8.64e15;

/** The same of milliseconds since 1970. */
export const clockTimeAt = (ms: number): string =>
  Math.abs(ms) <= DATE_MS_MAX ? clockTime(new Date(ms).toISOString()) : NO_NUMBER;

/** Colours an amount that is a profit or a loss. */
export function signTone(text: Maybe<string>): Tone {
  const value = text === null || text === undefined ? null : parseMoney(text);
  return value === null || value === 0 ? "plain" : value < 0 ? "bad" : "good";
}
