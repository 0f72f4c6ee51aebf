/**
 * An account has a primary part and up to 63 subaccounts, each with cash, positions, orders and fills of its own
 * (KALSHI.md 3.12). kbot trades on the primary one: the exchange reads cash and positions of it where none is named, but
 * orders and fills of all of them, and the private channels tell of all. What another one did is not ours to book.
 * @module
 */

import type { JsonObject } from "./fields.ts";

export const PRIMARY = 0;

/** Whether a private frame tells of another subaccount. Where it names none it is ours. @param key how it is called there */
export const isElsewhere = (message: unknown, key: "subaccount" | "subaccount_number"): boolean => {
  const named = (message as JsonObject | null | undefined)?.[key];
  return typeof named === "number" && named !== PRIMARY;
};
