/**
 * Cash from one shard to another (KALSHI.md 3.15), made sure of: its id lets the exchange recognise a repetition, so that a
 * lost answer, of which nobody knows whether the money moved, can be asked for again.
 * @module
 */

import { type ApiResult, isExplicit, isTooMany } from "./failure.ts";
import type { KalshiRest, TransferRequest } from "./rest.ts";

const TRIES = 3;

/** The transfer's id. A failure that is not explicit leaves open whether the money moved. */
export async function transferSurely(rest: KalshiRest, request: TransferRequest): Promise<ApiResult<string>> {
  for (let attempt = 1;; attempt++) {
    const moved = await rest.transfer(request);
    if (moved.ok || attempt >= TRIES) return moved;
    if (isExplicit(moved.failure) && !isTooMany(moved.failure)) return moved;
  }
}
