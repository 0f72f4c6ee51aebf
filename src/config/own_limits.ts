/**
 * Which limits somebody has set: real money is not traded within limits that nobody has thought about.
 * @module
 */

import type { Origin } from "./config_error.ts";

/** What bounds an order, all that is at risk, and a day's loss. */
export const OWN_LIMITS = ["risk.max_order_usd", "risk.max_open_exposure_usd", "risk.daily_loss_usd"] as const;

/** Those of {@link OWN_LIMITS} that are at their defaults, because no file, variable or flag sets them. */
export const limitsAtDefault = (origins: ReadonlyMap<string, Origin>): readonly string[] =>
  OWN_LIMITS.filter((key) => (origins.get(key)?.kind ?? "default") === "default");
