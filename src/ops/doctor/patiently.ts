/**
 * A request of the doctor's: "too many requests" is an answer to be waited out, not a finding.
 * @module
 */

import type { ApiFailure, ApiResult } from "../../venues/kalshi/failure.ts";

const TRIES = 3;

const isTooMany = (failure: ApiFailure): boolean => failure.kind === "http" && failure.status === 429;

/** Asks again after a 429; the client itself waits a second or more before it lets the next request go. */
export async function patiently<T>(call: () => Promise<ApiResult<T>>): Promise<ApiResult<T>> {
  let result = await call();
  for (let n = 1; n < TRIES && !result.ok && isTooMany(result.failure); n++) result = await call();
  return result;
}
