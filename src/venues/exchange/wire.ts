/**
 * How numbers and times look on Kalshi's wire (KALSHI.md 0.1).
 * @module
 */

import {
  type Count,
  formatCount,
  formatMoney,
  formatPrice,
  type Micros,
  MICROS_PER_MILLISECOND,
  MICROS_PER_SECOND,
  type Money,
  ONE_DOLLAR_PRICE,
  parsePrice,
  type Price,
} from "../../core/units.ts";
import type { Side } from "../../core/order.ts";

export const priceText = (value: number): string => formatPrice(value as Price);
export const countText = (value: number): string => formatCount(value as Count);
export const moneyText = (value: number): string => formatMoney(value as Money);

/** Dollars with four decimals, rounded towards minus infinity: how balances are printed. */
export const dollarsText = (value: number): string => priceText(Math.floor(value / 100));

export const noPrice = (yes: Price): Price => (ONE_DOLLAR_PRICE - yes) as Price;
/** The price of the other side, both as texts; a text that is no price stays as it is. */
export function noPriceText(text: string): string {
  const price = parsePrice(text);
  return price === null ? text : priceText(noPrice(price));
}

export const millis = (at: Micros): number => Math.floor(at / MICROS_PER_MILLISECOND);
export const seconds = (at: Micros): number => Math.floor(at / MICROS_PER_SECOND);

/**
 * RFC 3339 with as many fraction digits as needed, as Kalshi prints times: `2026-09-25T19:15:00Z`,
 * `2026-09-25T19:00:08.16622Z`.
 */
export function timeText(at: Micros): string {
  const whole = new Date(seconds(at) * 1_000).toISOString().slice(0, 19);
  const rest = at - seconds(at) * MICROS_PER_SECOND;
  if (rest === 0) return `${whole}Z`;
  return `${whole}.${rest.toString().padStart(6, "0").replace(/0+$/, "")}Z`;
}

/** The words for one direction (KALSHI.md 4.1). A bid is told as buying YES, an ask as buying NO. */
export interface DirectionFields {
  readonly side: "yes" | "no";
  readonly action: "buy";
  readonly outcome_side: "yes" | "no";
  readonly book_side: Side;
}

export function direction(side: Side): DirectionFields {
  const outcome = side === "bid" ? "yes" : "no";
  return { side: outcome, action: "buy", outcome_side: outcome, book_side: side };
}

/** `["0.4700","3.00"]` lists, ascending, of both sides in their own prices, as REST and snapshots have them. */
export function levelTexts(levels: readonly (readonly [Price, Count])[]): [string, string][] {
  return levels.map(([price, size]) => [priceText(price), countText(size)]);
}
