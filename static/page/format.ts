/**
 * How numbers read on the page. Money and prices arrive as exact decimal strings and are rounded as integers; what
 * is no number says so, and what is absent is a dash.
 * @module
 */

import { parseCount, parseMoney, parsePrice } from "../../src/core/units.ts";

export const NONE = "–";
/** In place of what should be a number and is none. */
const NO_NUMBER = "n/a";
const MINUS = "−";

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ",");

/** `"10023.456789"` -> `"$10,023.46"`; with `signed`, `"+$23.46"`. Rounds half away from zero. */
export function money(text: string | null | undefined, signed = false): string {
  if (text === null || text === undefined) return NONE;
  const value = parseMoney(text);
  if (value === null) return NO_NUMBER;
  const cents = Math.floor((Math.abs(value) + 5_000) / 10_000);
  const amount = `$${grouped(String(Math.floor(cents / 100)))}.${String(cents % 100).padStart(2, "0")}`;
  if (cents === 0) return amount;
  return value < 0 ? MINUS + amount : signed ? `+${amount}` : amount;
}

/** `"0.5600"` -> `"56.0¢"`, `"0.0555"` -> `"5.55¢"`. */
export function cents(text: string | null | undefined): string {
  if (text === null || text === undefined) return NONE;
  const value = parsePrice(text);
  if (value === null) return NO_NUMBER;
  return `${(value / 100).toFixed(value % 10 === 0 ? 1 : 2)}¢`;
}

/** The middle of the two best prices, in dollars; `null` where a side is empty. */
export const middle = (bid: string | null, ask: string | null): number | null =>
  bid === null || ask === null ? null : (Number(bid) + Number(ask)) / 2;

/** The same in words: `"55.0¢"`. */
export function mid(bid: string | null, ask: string | null): string {
  const value = middle(bid, ask);
  return isNumber(value) ? `${(value * 100).toFixed(3).replace(/0{1,2}$/, "")}¢` : NONE;
}

/** Contracts: `"320.00"` -> `"320"`, `"64.50"` -> `"64.5"`. */
export function contracts(text: string | null | undefined): string {
  if (text === null || text === undefined) return NONE;
  const value = parseCount(text);
  if (value === null) return NO_NUMBER;
  const whole = grouped(String(Math.floor(Math.abs(value) / 100)));
  const rest = String(Math.abs(value) % 100).padStart(2, "0").replace(/0+$/, "");
  return (value < 0 ? MINUS : "") + whole + (rest === "" ? "" : `.${rest}`);
}

// Made once: a table asks for hundreds of them at a time.
const TWO_DECIMALS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const FOUR_DECIMALS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 4 });

/** An index or a strike: float dollars, as many decimals as it needs up to two, or four below $10. */
export function dollars(value: number | null | undefined): string {
  if (!isNumber(value)) return absent(value);
  return (Math.abs(value) < 10 ? FOUR_DECIMALS : TWO_DECIMALS).format(value);
}

/** `0.5873` -> `"58.7%"`. */
export const percent = (value: number | null | undefined): string =>
  isNumber(value) ? `${(value * 100).toFixed(1)}%` : absent(value);

/** A small share: `0.00012` -> `"+1.2 bp"`. */
export function basisPoints(share: number | null | undefined): string {
  if (!isNumber(share)) return absent(share);
  return signed(share, `${Math.abs(share * 10_000).toFixed(1)} bp`);
}

/** An edge in dollars per contract: `0.0142` -> `"+1.42¢"`. */
export function edge(value: number | null | undefined): string {
  if (!isNumber(value)) return absent(value);
  return signed(value, `${Math.abs(value * 100).toFixed(2)}¢`);
}

/** A figure behind its sign, which what is shown as zero has not: `"+1.42¢"`, `"0.00¢"`. */
export const signed = (value: number, size: string): string =>
  /[1-9]/.test(size) ? `${value < 0 ? MINUS : "+"}${size}` : size;

/** Both ends of it: `"33.0% to 78.0%"`; nothing where there is too little to tell. */
export const range = (interval: readonly [number, number] | null, text: (value: number) => string): string =>
  interval === null ? "" : `${text(interval[0])} to ${text(interval[1])}`;

/** Money that statistics came to, as a float. */
export const estimatedMoney = (value: number, withSign = false): string => money(value.toFixed(6), withSign);

/** A delay or an offset: `"34.2 ms"`, `"−2.0 ms"`, from a second on `"1.5 s"`. */
export function milliseconds(ms: number | null | undefined): string {
  if (!isNumber(ms)) return absent(ms);
  const size = Math.abs(ms);
  const text = size < 100 ? `${size.toFixed(1)} ms` : size < 1_000 ? `${size.toFixed(0)} ms` : age(size);
  return ms < 0 && !/^0(\.0)? ms$/.test(text) ? MINUS + text : text;
}

/** Milliseconds as an age: `"0.2 s"`, `"42 s"`, `"3 min"`. */
export function age(ms: number | null | undefined): string {
  if (!isNumber(ms)) return absent(ms);
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3_600)} h`;
}

/** Seconds as a countdown: `"8:20"`, `"1:02:05"`, `"3 d 4 h"`. */
export function countdown(seconds: number): string {
  if (!Number.isFinite(seconds)) return NO_NUMBER;
  const left = Math.max(0, Math.ceil(seconds));
  const two = (value: number): string => String(value).padStart(2, "0");
  if (left >= 172_800) return `${Math.floor(left / 86_400)} d ${Math.floor(left / 3_600) % 24} h`;
  if (left >= 3_600) return `${Math.floor(left / 3_600)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
  return `${Math.floor(left / 60)}:${two(left % 60)}`;
}

/** Seconds as a duration: `"1h 02m"`, `"42s"`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return NO_NUMBER;
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, "0");
  if (whole < 60) return `${whole}s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  if (whole < 86_400) return `${Math.floor(whole / 3_600)}h ${two(Math.floor(whole / 60) % 60)}m`;
  return `${Math.floor(whole / 86_400)}d ${two(Math.floor(whole / 3_600) % 24)}h`;
}

/** `"2026-09-25T19:00:00.584868Z"` -> `"19:00:00"`: everything on the page is UTC, and says so once. */
export const clockTime = (text: string): string => /T(\d\d:\d\d:\d\d)/.exec(text)?.[1] ?? NO_NUMBER;

/** `settlement_edge` -> `"settlement edge"`. */
export const words = (name: string): string => name.replaceAll("_", " ");

/** A decimal with two places at most, and with none where they are zero: `"2000.000000"` -> `"2,000"`. */
export const decimal = (text: string): string => money(text).replace("$", "").replace(/\.00$/, "");

/** To the last digit, for fees, which are often parts of a cent: `"0.003600"` -> `"$0.0036"`. */
export function exactMoney(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return NO_NUMBER;
  const rest = (match[3] ?? "").replace(/0+$/, "").padEnd(2, "0");
  return `${match[1] === "-" ? MINUS : ""}$${grouped(match[2])}.${rest}`;
}

const absent = (value: number | null | undefined): string => value === null || value === undefined ? NONE : NO_NUMBER;

export const isNumber = (value: number | null | undefined): value is number =>
  typeof value === "number" && Number.isFinite(value);

/** Below, at or above zero, for colour; from an exact decimal string. */
export function signOf(text: string | null | undefined): "loss" | "flat" | "gain" {
  const value = text === null || text === undefined ? null : parseMoney(text);
  if (value === null || value === 0) return "flat";
  return value < 0 ? "loss" : "gain";
}
