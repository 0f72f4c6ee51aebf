/**
 * The kinds of value a configuration has besides zod's own: exact dollars, addresses, names of series.
 * @module
 */

import { z } from "zod";
import { parseLatency, WANTED_LATENCY } from "../execution/latency.ts";
import {
  formatDecimal,
  formatPrice,
  type Money,
  money,
  ONE_DOLLAR,
  parseMoney,
  parsePrice,
  type Price,
} from "../core/units.ts";

/** In a schema's meta: how a value that was parsed is written in the file again. */
export const WRITTEN_AS = "writtenAs";
/** In a schema's meta: what an editor's JSON Schema says of it, where zod itself cannot tell. */
export const EDITOR_SCHEMA = "editorSchema";
/** In a schema's meta: whether a run takes another value without a restart, for a key or for all in a section. */
export const RELOADS = "reloads";

/** More than any account here will hold; far below what 2^53 micro-dollars can. */
export const LARGEST_AMOUNT = money(100_000_000 * ONE_DOLLAR);

const DIGITS_BELOW_A_CENT = 4;

/** $12.50 as `"12.50"`: no more digits than the amount needs, but whole cents. */
export function formatDollars(amount: Money): string {
  const text = formatDecimal(amount, 6);
  return text.slice(0, -DIGITS_BELOW_A_CENT) + text.slice(-DIGITS_BELOW_A_CENT).replace(/0+$/, "");
}

/**
 * An exact amount of dollars, written as text (`"12.50"`) or as a whole number (`12`). A fraction without quotes is a
 * binary float in TOML and is refused, because it may not be the amount that was meant.
 */
export function usd(least: Money, most: Money) {
  const range = `dollars from ${formatDollars(least)} to ${formatDollars(most)}`;
  const allowed = `${range}, as text like "12.50" or a whole number like 12`;
  return z.union([z.string(), z.number()]).transform((value, context): Money => {
    if (typeof value === "number" && !Number.isSafeInteger(value)) {
      context.addIssue({ code: "custom", message: `${range}; put a fraction in quotes: "${value}"` });
      return z.NEVER;
    }
    const amount = parseMoney(String(value));
    if (amount !== null && amount >= least && amount <= most) return amount;
    context.addIssue({ code: "custom", message: allowed });
    return z.NEVER;
  }).meta({
    allowed,
    [WRITTEN_AS]: formatDollars,
    [EDITOR_SCHEMA]: { anyOf: [AMOUNT_TEXT, wholeDollars(least, most)] },
  });
}

const AMOUNT_TEXT = { type: "string", pattern: "^[0-9]*\\.?[0-9]+$|^[0-9]+\\.$" };
const wholeDollars = (least: Money, most: Money) => ({
  type: "integer",
  minimum: Math.ceil(least / ONE_DOLLAR),
  maximum: Math.floor(most / ONE_DOLLAR),
});

/** A price of a contract in dollars, written as text: `"0.99"`. */
export function contractPrice(least: Price, most: Price) {
  const allowed = `a price from ${formatPrice(least)} to ${formatPrice(most)}, as text like "0.9900"`;
  return z.string().transform((text, context): Price => {
    const parsed = parsePrice(text);
    if (parsed !== null && parsed >= least && parsed <= most) return parsed;
    context.addIssue({ code: "custom", message: allowed });
    return z.NEVER;
  }).meta({
    allowed,
    [WRITTEN_AS]: formatPrice,
    [EDITOR_SCHEMA]: AMOUNT_TEXT,
  });
}

/** How long something takes in a simulation: milliseconds, or quantiles. */
export function latencyText() {
  return z.string().refine((text) => parseLatency(text, 0) !== null, { error: WANTED_LATENCY }).meta({
    allowed: `text: ${WANTED_LATENCY}`,
  });
}

/** An address with one of the given schemes, such as `https:`. User names, passwords and fragments are refused. */
export function address(schemes: readonly string[]) {
  const allowed = `an address that starts with ${schemes.map((scheme) => `${scheme}//`).join(" or ")}`;
  const pattern = `^(${schemes.map((scheme) => scheme.slice(0, -1)).join("|")})://`;
  return z.string().refine((text) => isAddress(text, schemes), { error: allowed }).meta({
    allowed,
    [EDITOR_SCHEMA]: { type: "string", pattern },
  });
}

function isAddress(text: string, schemes: readonly string[]): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return schemes.includes(url.protocol) && url.username === "" && url.password === "" && url.hash === "";
}

/** A series' ticker. */
export const SERIES = /^[A-Z0-9]{2,32}$/;
const MAX_SERIES = 64;

/** Kalshi series tickers, without repetition. */
export function seriesList() {
  const allowed = `a list of 1 to ${MAX_SERIES} different series such as "KXBTC15M"`;
  return z.array(z.string().regex(SERIES, { error: allowed })).min(1, { error: allowed }).max(MAX_SERIES, {
    error: allowed,
  }).refine((list) => new Set(list).size === list.length, { error: allowed }).meta({
    allowed,
    [EDITOR_SCHEMA]: { uniqueItems: true },
  });
}

/** A name in a cluster: letters that a key and a subject of NATS may have without meaning anything there. */
export const CLUSTER_WORD = /^[A-Za-z0-9_-]{1,64}$/;
export const CLUSTER_WORD_TEXT = "1 to 64 letters, digits, hyphens and underscores";

const HOST = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const MAX_HOSTS = 16;

/** Host names without scheme and port. */
export function hostList() {
  const allowed = `a list of at most ${MAX_HOSTS} host names such as "kbot.example"`;
  return z.array(z.string().regex(HOST, { error: allowed })).max(MAX_HOSTS, { error: allowed }).meta({ allowed });
}

/** Venues that kbot knows by name; anything else must be the REST address of an exchange. */
export const VENUE_NAMES = ["kalshi", "demo", "sim"] as const;

/** `"kalshi"`, `"demo"`, `"sim"`, or the REST address of an exchange that speaks the protocol. */
export function venueName() {
  const allowed = `"kalshi", "demo", "sim", or the REST address of an exchange (http:// or https://)`;
  const known: readonly string[] = VENUE_NAMES;
  return z.string().refine((text) => known.includes(text) || isAddress(text, ["http:", "https:"]), { error: allowed })
    .meta({
      allowed,
      [EDITOR_SCHEMA]: { anyOf: [{ enum: [...VENUE_NAMES] }, { type: "string", pattern: "^https?://" }] },
    });
}
