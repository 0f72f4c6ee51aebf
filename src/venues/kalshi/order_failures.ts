/**
 * What a refusal says about the order that it was about (KALSHI.md 3.2).
 * @module
 */

import type { ApiFailure } from "./failure.ts";

/** A conflict whose body broke off may be this one, too: fetch repeats what a closing connection left unanswered. */
export const hasLanded = (failure: ApiFailure): boolean =>
  failure.kind === "http" &&
  (failure.code === "order_already_exists" || (failure.status === 409 && failure.code === ""));

/** A key that may not trade is worded in many ways: its status says it in one. */
export function codeOf(failure: ApiFailure): string {
  if (failure.kind === "http") {
    const { code, status } = failure;
    return code === "" || status === 401 || status === 403 ? `http_${status}` : code;
  }
  return failure.kind === "unsent" ? failure.code : failure.kind;
}

/** True where the order does not rest any more: cancelled, executed, unknown, or its market has closed (KALSHI.md 3.2). */
export function isGone(failure: ApiFailure): boolean {
  if (failure.kind !== "http") return false;
  const words = `${failure.code} ${failure.message} ${failure.details}`.toLowerCase();
  return failure.status === 404 || words.includes("market_inactive");
}
