/**
 * What markets say about themselves: titles, sub-titles and rules, worded as the real ones are (KALSHI.md 8).
 * @module
 */

import { easternOffset } from "../../core/ticker.ts";
import { type Micros, MICROS_PER_MINUTE } from "../../core/units.ts";
import type { ListedMarket } from "./listed_market.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `83,950.62`; whole dollars without decimals where `short`. */
export function dollarsWithCommas(value: number, short = false): string {
  const [whole, cents] = value.toFixed(2).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return short && cents === "00" ? grouped : `${grouped}.${cents}`;
}

interface EasternWords {
  /** `3:15 PM EDT`. */
  readonly time: string;
  /** `3 PM EDT`. */
  readonly hour: string;
  /** `Sep 25, 2026`. */
  readonly day: string;
}

function easternWords(at: Micros): EasternWords {
  const offset = easternOffset(at);
  const wall = new Date((at + offset) / 1_000);
  const zone = offset === -4 * 60 * MICROS_PER_MINUTE ? "EDT" : "EST";
  const hour = wall.getUTCHours() % 12 || 12;
  const minute = wall.getUTCMinutes().toString().padStart(2, "0");
  const half = wall.getUTCHours() < 12 ? "AM" : "PM";
  return {
    time: `${hour}:${minute} ${half} ${zone}`,
    hour: `${hour} ${half} ${zone}`,
    day: `${MONTHS[wall.getUTCMonth()]} ${wall.getUTCDate()}, ${wall.getUTCFullYear()}`,
  };
}

const isLadder = (market: ListedMarket): boolean => market.series.shape !== "up_down";

/** What a ladder's market is called: `$92,800 or above`. */
function strikeWords({ floorStrike, terms }: ListedMarket): string {
  if (terms.strikeType === "less") return `$${dollarsWithCommas((terms.capStrike ?? 0) - 0.01)} or below`;
  if (terms.strikeType === "greater") return `$${dollarsWithCommas((floorStrike ?? 0) + 0.01, true)} or above`;
  return `$${dollarsWithCommas(floorStrike ?? 0, true)} to ${dollarsWithCommas(terms.capStrike ?? 0, true)}`;
}

export function yesSubTitle(market: ListedMarket): string {
  if (isLadder(market)) return strikeWords(market);
  return market.floorStrike === null ? "Target price: TBD" : `Target Price: $${dollarsWithCommas(market.floorStrike)}`;
}

/** Stays "TBD" for ever in quarter-hour markets, as on the real exchange. */
export const noSubTitle = (market: ListedMarket): string =>
  isLadder(market) ? strikeWords(market) : "Target price: TBD";

export function marketTitle(market: ListedMarket): string {
  const { day } = easternWords(market.closeTime);
  switch (market.series.shape) {
    case "up_down":
      return `${market.series.coin} price up in next 15 mins?`;
    case "above":
      return `Bitcoin price on ${day}?`;
    case "range":
      return `Bitcoin price range on ${day}?`;
  }
}

export function rulesPrimary(market: ListedMarket): string {
  const { indexName } = market.series;
  const average = `the simple average of the sixty seconds of CF Benchmarks' ${indexName} before`;
  const close = easternWords(market.closeTime);
  if (isLadder(market)) {
    const { strikeType, capStrike } = market.terms;
    const asked = strikeType === "less"
      ? `below ${capStrike}`
      : strikeType === "greater"
      ? `above ${market.floorStrike}`
      : `between ${market.floorStrike}-${capStrike}`;
    return `If ${average} ${close.hour} is ${asked} at ${close.hour} on ${close.day}, then the market resolves to Yes.`;
  }
  const open = easternWords(market.openTime);
  return `If ${average} ${close.time} on ${close.day} is at least ${average} ${open.time} on ${open.day}, ` +
    "then the market resolves to Yes.";
}

export const RULES_SECONDARY =
  "SIMULATED EXCHANGE. At the last minute before expiration, 60 RTI prices are collected. " +
  "The official and final value is the average of these prices, rounded to the nearest 2 decimal places.";

export function eventTitle(market: ListedMarket): string {
  if (isLadder(market)) return marketTitle(market);
  const target = market.floorStrike === null ? "" : ` · $${dollarsWithCommas(market.floorStrike)} target`;
  return `${market.series.coin} 15 min${target}`;
}

export function eventSubTitle(market: ListedMarket): string {
  const open = easternWords(market.openTime);
  const close = easternWords(market.closeTime);
  return isLadder(market)
    ? `On ${close.day} at ${close.hour}`
    : `${open.time} on ${open.day} to ${close.time} on ${close.day}`;
}
