/**
 * Reads the texts of Polymarket's market socket (KALSHI.md 11.9) and of the CLOB's `/book`. One text holds one event or a
 * list of them; the answer to `PING` is the text `PONG`.
 *
 * | event | what becomes of it |
 * | --- | --- |
 * | `book` | replaces a token's book; the levels come worst first |
 * | `price_change` | levels' new sizes, and the best bid and ask that follow from them |
 * | `best_bid_ask` | the same check without a change |
 * | `market_resolved` | the market is over |
 * | `last_trade_price`, `tick_size_change`, and whatever else comes | nothing |
 * @module
 */

import { type Micros, microsFromMilliseconds, type Price } from "../../core/units.ts";
import { readPrice, readSize } from "./decimals.ts";
import type { BookSide, TokenLevel } from "./token_book.ts";

/** A level's change with the touch that the venue has after it; sides without orders are `null`. */
export interface LevelChange {
  readonly token: string;
  readonly side: BookSide;
  readonly level: TokenLevel;
}

export interface Touch {
  readonly token: string;
  readonly bid: Price | null;
  readonly ask: Price | null;
}

export type MarketEvent =
  | {
    readonly type: "book";
    readonly token: string;
    readonly bids: readonly TokenLevel[];
    readonly asks: readonly TokenLevel[];
    readonly time: Micros;
  }
  | {
    readonly type: "changes";
    readonly changes: readonly LevelChange[];
    /** After all changes, one for each token that the message told it of. */
    readonly touches: readonly Touch[];
    readonly time: Micros;
  }
  | { readonly type: "resolved"; readonly tokens: readonly string[]; readonly time: Micros }
  | { readonly type: "ignored" }
  /** `tokens` are those that it was about, as far as that can be told: their books have missed something. */
  | { readonly type: "refused"; readonly reason: string; readonly tokens: readonly string[] };

/** Above what one market has at the finest tick, both sides. */
const LEVELS_MAX = 10_000;
const CHANGES_MAX = 1_000;
const EVENTS_MAX = 1_000;
const ONE = 10_000;
const TIME = /^\d{12,14}$/;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads a whole text of the socket, parsed. */
export function readMessage(message: unknown): readonly MarketEvent[] {
  if (!Array.isArray(message)) return [readEvent(message)];
  const events: readonly unknown[] = message;
  if (events.length > EVENTS_MAX) return [refused("too many events", [])];
  return events.map(readEvent);
}

/** Reads one event. */
function readEvent(event: unknown): MarketEvent {
  if (!isObject(event)) return refused("event that is no object", []);
  switch (event.event_type) {
    case "book":
      return readBook(event);
    case "price_change":
      return readChanges(event);
    case "best_bid_ask":
      return readTouch(event);
    case "market_resolved":
      return readResolved(event);
    default:
      return typeof event.event_type === "string" ? { type: "ignored" } : refused("event without a type", []);
  }
}

/** Reads a book, from the socket or from `/book`, where it has no `event_type`. */
export function readBook(body: unknown): MarketEvent {
  if (!isObject(body) || typeof body.asset_id !== "string") return refused("book without a token", []);
  const tokens = [body.asset_id];
  const bids = readLevels(body.bids);
  const asks = readLevels(body.asks);
  const time = readTime(body.timestamp);
  if (bids === null || asks === null) return refused("book level", tokens);
  if (time === null) return refused("book time", tokens);
  return { type: "book", token: body.asset_id, bids, asks, time };
}

function readLevels(rows: unknown): TokenLevel[] | null {
  if (!Array.isArray(rows) || rows.length > LEVELS_MAX) return null;
  const levels: TokenLevel[] = [];
  for (const row of rows as readonly unknown[]) {
    const level = isObject(row) ? readLevel(row) : null;
    if (level === null) return null;
    levels.push(level);
  }
  return levels;
}

/** Nobody rests at 0 or at 1. */
function readLevel(row: Readonly<Record<string, unknown>>): TokenLevel | null {
  const price = readPrice(row.price);
  const size = readSize(row.size);
  return price === null || size === null || price === 0 || price === ONE ? null : [price, size];
}

function readChanges(event: Readonly<Record<string, unknown>>): MarketEvent {
  const rows: unknown = event.price_changes;
  if (!Array.isArray(rows) || rows.length > CHANGES_MAX) return refused("price changes", []);
  const tokens = tokensOf(rows);
  const changes: LevelChange[] = [];
  const touches = new Map<string, Touch>();
  for (const row of rows as readonly unknown[]) {
    if (!isObject(row) || typeof row.asset_id !== "string") return refused("price change", tokens);
    const level = readLevel(row);
    const side = row.side === "BUY" ? "bid" : row.side === "SELL" ? "ask" : null;
    if (level === null || side === null) return refused("price change", tokens);
    changes.push({ token: row.asset_id, side, level });
    const touch = row.best_bid === undefined && row.best_ask === undefined ? undefined : touchOf(row.asset_id, row);
    if (touch === null) return refused("best bid or ask", tokens);
    if (touch !== undefined) touches.set(touch.token, touch);
  }
  const time = readTime(event.timestamp);
  if (time === null) return refused("price change time", tokens);
  return { type: "changes", changes, touches: [...touches.values()], time };
}

function readTouch(event: Readonly<Record<string, unknown>>): MarketEvent {
  if (typeof event.asset_id !== "string") return refused("best bid or ask", []);
  const touch = touchOf(event.asset_id, event);
  const time = readTime(event.timestamp);
  if (touch === null || time === null) return refused("best bid or ask", [event.asset_id]);
  return { type: "changes", changes: [], touches: [touch], time };
}

/** A side without orders has its best at the end of the scale, or none. */
function touchOf(token: string, row: Readonly<Record<string, unknown>>): Touch | null {
  const bid = row.best_bid === "" || row.best_bid == null ? 0 as Price : readPrice(row.best_bid);
  const ask = row.best_ask === "" || row.best_ask == null ? ONE as Price : readPrice(row.best_ask);
  if (bid === null || ask === null) return null;
  return { token, bid: bid === 0 ? null : bid, ask: ask === ONE || ask === 0 ? null : ask };
}

function readResolved(event: Readonly<Record<string, unknown>>): MarketEvent {
  const tokens: unknown = event.assets_ids;
  const time = readTime(event.timestamp);
  if (!Array.isArray(tokens) || tokens.length > CHANGES_MAX || time === null) return refused("resolution", []);
  return { type: "resolved", tokens: tokens.filter((token) => typeof token === "string"), time };
}

function readTime(value: unknown): Micros | null {
  return typeof value === "string" && TIME.test(value) ? microsFromMilliseconds(Number(value)) : null;
}

const tokensOf = (rows: readonly unknown[]): string[] => [
  ...new Set(rows.flatMap((row) => isObject(row) && typeof row.asset_id === "string" ? [row.asset_id] : [])),
];

const refused = (reason: string, tokens: readonly string[]): MarketEvent => ({ type: "refused", reason, tokens });
