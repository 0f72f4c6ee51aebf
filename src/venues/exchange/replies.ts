/**
 * The shapes of answers: pages, and the error bodies that coexist on the real exchange (KALSHI.md 3.1).
 * @module
 */

import { errorObject, type Refusal } from "./refusal.ts";
import type { FieldProblem } from "./request_fields.ts";

/** Tells the server to break the connection instead of answering; never leaves the process. */
export const NO_ANSWER_HEADER = "x-exchange-no-answer";

export const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

export const refusalReply = (refusal: Refusal): Response => json({ error: errorObject(refusal) }, refusal.status);

/** The flat body of a request that could not be read. */
export const badRequest = (details: string): Response =>
  json({ code: "bad_request", message: "bad request", details }, 400);

/** A request's problem as an answer. */
export const problemReply = (problem: FieldProblem): Response =>
  "refused" in problem ? refusalReply(problem) : badRequest(problem.badRequest);

/** The body of a query parameter that failed its check. */
export function badParameter(operation: string, field: string, tag: string): Response {
  const detail = `Key: '${operation}Params.${field}' Error:Field validation for '${field}' failed on the '${tag}' tag`;
  return json({ msg: `Parameter validation failed for ${operation}: ${detail}` }, 400);
}

export const tooManyRequests = (): Response => json({ error: "too many requests" }, 429);

export const noAnswer = (): Response => new Response(null, { status: 503, headers: { [NO_ANSWER_HEADER]: "1" } });

const CURSOR_LENGTH_MAX = 256;

function encodeCursor(key: string): string {
  return btoa(key).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** A cursor that names nothing, and so leads to the first page: what the fault `cursor-loop` ends lists with. */
export const LOOPING_CURSOR = encodeCursor("from the start");

function decodeCursor(cursor: string): string | null {
  if (cursor.length > CURSOR_LENGTH_MAX) return null;
  try {
    return atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return null;
  }
}

/** `limit` of a query: whole, `low` to `high`, no clamping (KALSHI.md 3.1). The tag that failed otherwise. */
export function readLimit(
  text: string | undefined,
  standard: number,
  low: number,
  high: number,
): number | "gte" | "lte" {
  if (text === undefined || text === "") return standard;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (limit < low) return "gte";
  return limit > high ? "lte" : limit;
}

/**
 * One page of a list and the cursor of the next, `""` after the last. A cursor that names nothing here gives the first
 * page, as on the real exchange.
 */
export function page<Item>(
  items: readonly Item[],
  limit: number,
  cursor: string | undefined,
  keyOf: (item: Item) => string,
): { readonly items: readonly Item[]; readonly cursor: string } {
  const key = cursor === undefined || cursor === "" ? null : decodeCursor(cursor);
  const start = key === null ? 0 : items.findIndex((item) => keyOf(item) === key) + 1;
  const part = items.slice(start, start + limit);
  const last = part.at(-1);
  return { items: part, cursor: last !== undefined && start + limit < items.length ? encodeCursor(keyOf(last)) : "" };
}
