/**
 * The query parameter `subaccount`: 0 to 63 (KALSHI.md 3.12).
 * @module
 */

import type { Context } from "hono";
import { SUBACCOUNT_MAX } from "./members.ts";
import { badParameter } from "./replies.ts";

/** @param standard what its absence means: 0 for most writes, `null` for all of them on most reads */
export function readSubaccount<Standard extends number | null>(
  context: Context,
  standard: Standard,
): number | Standard | Response {
  const text = context.req.query("subaccount");
  if (text === undefined || text === "") return standard;
  const number = /^\d{1,3}$/.test(text) ? Number(text) : -1;
  if (number < 0) return badParameter("Subaccount", "Subaccount", "gte");
  return number > SUBACCOUNT_MAX ? badParameter("Subaccount", "Subaccount", "lte") : number;
}
