/**
 * What the wires of several exchanges have in common.
 * @module
 */

import { type Micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../../../../core/units.ts";
import type { Book, Changes, Level, SpotMarket } from "./spot_market.ts";
import { changesBetween } from "./spot_market.ts";

export type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The object in a client's message; `null` where it is none. */
export function parseFields(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

/** A field that should be an object; an empty one otherwise. */
export const fieldsIn = (fields: Fields, name: string): Fields => {
  const value = fields[name];
  return isFields(value) ? value : {};
};

/** The texts of a field that should be a list. */
export function textsIn(fields: Fields, name: string): readonly string[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
}

export const textIn = (fields: Fields, name: string): string => {
  const value = fields[name];
  return typeof value === "string" ? value : "";
};

export const millis = (at: Micros): number => Math.floor(at / MICROS_PER_MILLISECOND);
export const seconds = (at: Micros): number => Math.floor(at / MICROS_PER_SECOND);

/** `2026-10-06T13:58:00.123Z` */
export const millisTime = (at: Micros): string => new Date(millis(at)).toISOString();

/** `2026-10-06T13:58:00.123456Z` */
export const microsTime = (at: Micros): string =>
  `${millisTime(at).slice(0, -1)}${(at % MICROS_PER_MILLISECOND).toString().padStart(3, "0")}Z`;

/** A level as most exchanges print it: price, then size; no size left is a plain 0 with the usual decimals. */
export const pair = (market: SpotMarket, { price, size }: Level): [string, string] => [
  market.priceText(price),
  market.sizeText(size),
];

export const pairs = (market: SpotMarket, levels: readonly Level[]): [string, string][] =>
  levels.map((level) => pair(market, level));

const cut = (book: Book, depth: number): Book => ({
  ...book,
  bids: book.bids.slice(0, depth),
  asks: book.asks.slice(0, depth),
});

/** Leaves out the removal of levels that are only out of sight. */
function seen(changes: readonly Level[], whole: readonly Level[]): Level[] {
  return changes.filter(({ price, size }) => size > 0 || !whole.some((level) => level.price === price));
}

/**
 * What changes for a client that sees so many levels on each side. Those that fall out of its sight are not told of: the
 * client has to cut its book itself.
 */
export function changesWithin(depth: number, before: Book, after: Book): Changes {
  const changes = changesBetween(cut(before, depth), cut(after, depth));
  return { bids: seen(changes.bids, after.bids), asks: seen(changes.asks, after.asks) };
}

/** A CRC-32 (ISO 3309), as zip has it. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** Of a text of ASCII characters. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at++) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ text.charCodeAt(at)) & 255];
  return (crc ^ 0xffffffff) >>> 0;
}
