/**
 * How numbers read in a report. Money arrives as exact decimal text and is rounded as integers; what cannot be read is shown
 * as it came, and what is not known is `n/a`.
 * @module
 */

import { parseMoney } from "../../core/units.ts";

export const NONE = "n/a";
const MINUS = "−";

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ",");

/** The sign in front of an amount: a plus only where gains and losses stand side by side. */
const signed = (negative: boolean, zero: boolean, amount: string, plus: boolean): string =>
  zero ? amount : negative ? MINUS + amount : plus ? `+${amount}` : amount;

/** `"10023.456789"` -> `"$10,023.46"`; with `plus`, `"+$23.46"`. Rounds half away from zero. */
export function money(text: string, plus = false): string {
  const value = parseMoney(text);
  if (value === null) return text;
  const cents = Math.floor((Math.abs(value) + 5_000) / 10_000);
  const amount = `$${grouped(String(Math.floor(cents / 100)))}.${String(cents % 100).padStart(2, "0")}`;
  return signed(value < 0, cents === 0, amount, plus);
}

/** To the last digit, for fees, which are often parts of a cent: `"0.003600"` -> `"$0.0036"`. */
export function exactMoney(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return text;
  const rest = (match[3] ?? "").replace(/0+$/, "").padEnd(2, "0");
  return `${match[1] === "-" ? MINUS : ""}$${grouped(match[2])}.${rest}`;
}

/** Dollars for drawing, where a float does no harm; `null` where the text is no amount. */
export function dollarsOf(text: string): number | null {
  const value = parseMoney(text);
  return value === null ? null : value / 1_000_000;
}

/** An estimate's end in dollars: `-12.3` -> `"−$12.30"`. */
export function dollars(value: number, plus = false): string {
  const text = Math.abs(value).toFixed(2);
  const [whole, cents] = text.split(".");
  return signed(value < 0, Number(text) === 0, `$${grouped(whole)}.${cents}`, plus);
}

/** An index or a strike on an axis. */
export const axisLevel = (value: number, step: number): string => axisDollars(value, step).replace("$", "");

/** For an axis: as many decimals as `step` needs. */
export function axisDollars(value: number, step: number): string {
  const digits = step >= 1 ? 0 : Math.min(6, Math.ceil(-Math.log10(step)));
  const text = Math.abs(value).toFixed(digits);
  const [whole, rest] = text.split(".");
  return signed(value < 0, Number(text) === 0, `$${grouped(whole)}${rest === undefined ? "" : `.${rest}`}`, false);
}

/** `0.5873` -> `"58.7 %"`; the sign stays in the number's line. */
export const percent = (value: number, digits = 1): string => `${figure(value * 100, digits)}\u00a0%`;

/** `-1.234` -> `"−1.23"`. */
export function figure(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  const [whole, rest] = text.split(".");
  return signed(
    value < 0,
    Number(text) === 0,
    rest === undefined ? grouped(whole) : `${grouped(whole)}.${rest}`,
    false,
  );
}

/** A price or probability in dollars of YES: `0.56` -> `"56.0¢"`, `0.0555` -> `"5.55¢"`. */
export function cents(value: number): string {
  const hundredths = Math.round(value * 10_000);
  return `${figure(hundredths / 100, hundredths % 10 === 0 ? 1 : 2)}¢`;
}

/** An edge in dollars a contract: `0.0142` -> `"+1.42¢"`. */
export function edge(value: number): string {
  const text = Math.abs(value * 100).toFixed(2);
  return signed(value < 0, Number(text) === 0, `${text}¢`, true);
}

/** Contracts and counts: `12345.5` -> `"12,345.5"`. */
export function amount(value: number): string {
  if (!Number.isFinite(value)) return NONE;
  const [whole, rest = ""] = Math.abs(value).toFixed(2).split(".");
  const decimals = rest.replace(/0+$/, "");
  return `${value < 0 ? MINUS : ""}${grouped(whole)}${decimals === "" ? "" : `.${decimals}`}`;
}

/** `1 fill`, `2,000 fills`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${amount(value)} ${value === 1 ? one : many}`;

/** An index, a spot price or a strike, in dollars or degrees. */
export function level(value: number): string {
  const [whole, rest] = Math.abs(value).toFixed(Math.abs(value) < 10 ? 4 : 2).split(".");
  return `${value < 0 ? MINUS : ""}${grouped(whole)}.${rest}`;
}

export function bytes(value: number): string {
  if (value < 1_000) return `${value} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let scaled = value / 1_000;
  let unit = 0;
  while (scaled >= 1_000 && unit < units.length - 1) {
    scaled /= 1_000;
    unit++;
  }
  return `${scaled.toFixed(scaled < 10 ? 1 : 0)} ${units[unit]}`;
}

/** `"2026-09-25T19:00:00.584868Z"` -> `"2026-09-25 19:00:00"`: every time of a report is UTC, and it says so. */
export const moment = (text: string): string =>
  /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)/.exec(text)?.slice(1).join(" ") ?? text;

/** Milliseconds since 1970 for drawing; `null` where the text is no time. */
export function millisecondsOf(text: string): number | null {
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** `settlement_edge` -> `settlement edge`. */
export const words = (name: string): string => name.replaceAll("_", " ");

/** For colour, of an amount. */
export function toneOf(text: string): "gain" | "loss" | "flat" {
  const value = parseMoney(text);
  return value === null || value === 0 ? "flat" : value < 0 ? "loss" : "gain";
}

/** A setting or a parameter as it would be typed. */
export const settingText = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value) ?? NONE;
