/**
 * For tests: every call of the REST interface, what it is to send, an answer of the exchange, and what is to be read there.
 * @module
 */

import type { RestCase } from "./rest_case_bodies.ts";
import { ACCOUNT_CASES } from "./rest_cases_account.ts";
import { MARKET_CASES, PUBLIC_CASES } from "./rest_cases_public.ts";
import { WRITE_CASES } from "./rest_cases_writes.ts";

export { INTENT, TICKER } from "./rest_case_bodies.ts";
export type { RestCase } from "./rest_case_bodies.ts";

export const REST_CASES: readonly RestCase[] = [...PUBLIC_CASES, ...MARKET_CASES, ...ACCOUNT_CASES, ...WRITE_CASES];
