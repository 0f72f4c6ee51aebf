/**
 * The exchange's vocabularies for a direction, read as one side of the YES book (KALSHI.md 4.1).
 * @module
 */

import type { Side } from "../../core/order.ts";
import type { FieldReader, JsonObject } from "./fields.ts";

/** An order's side: `book_side`, or `outcome_side` which says the same in other words. */
export function readOrderSide(read: FieldReader, body: JsonObject, prefix: string): Side {
  if (body.book_side === undefined && body.outcome_side !== undefined) {
    return read.word(body, "outcome_side", prefix, ["yes", "no"]) === "yes" ? "bid" : "ask";
  }
  return read.word(body, "book_side", prefix, ["bid", "ask"]);
}

/**
 * A fill's side. Bodies from before May 2026 have the deprecated `side` alone, which names the side that was bought
 * even where `action` is `sell` (a sale of NO says `sell`, `yes`), so that it decides without `action`.
 */
export function readFillSide(read: FieldReader, body: JsonObject, prefix: string): Side {
  if (body.book_side !== undefined || body.outcome_side !== undefined) return readOrderSide(read, body, prefix);
  return read.word(body, "side", prefix, ["yes", "no"]) === "yes" ? "bid" : "ask";
}

/** The taker's side of a public trade; a taker of NO sells YES. */
export function readTakerSide(read: FieldReader, body: JsonObject, prefix: string): Side {
  if (body.taker_book_side !== undefined) return read.word(body, "taker_book_side", prefix, ["bid", "ask"]);
  const key = body.taker_outcome_side !== undefined ? "taker_outcome_side" : "taker_side";
  return read.word(body, key, prefix, ["yes", "no"]) === "yes" ? "bid" : "ask";
}
