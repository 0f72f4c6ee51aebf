/**
 * The section `[live]`: what trading with real money needs beside a key and a phrase.
 * @module
 */

import { z } from "zod";
import { money, ONE_DOLLAR } from "../core/units.ts";
import { LARGEST_AMOUNT, usd } from "./fields.ts";

export const live = z.strictObject({
  canary_usd: usd(money(ONE_DOLLAR), LARGEST_AMOUNT).nullable().default(null).describe(
    "Most that a live run may have at risk on its first day, whatever the limits of [risk] say; as --canary",
  ),
  canary_order_pct: z.number().min(1).max(100).default(20).describe(
    "Most that one order may cost meanwhile, in percent of canary_usd",
  ),
  canary_ends: z.enum(["day", "never"]).default("day").describe(
    "When canary_usd ceases to count: with the UTC day that the run began on, or never",
  ),
  paper_state: z.string().min(1).nullable().default(null).describe(
    "State directory of the paper trading at the same venue that min_paper_days and max_brier are judged by",
  ),
  min_paper_days: z.int().min(0).max(365).default(0).describe(
    "Days with settled paper trades without which no real money is traded; 0 asks for none",
  ),
  max_brier: z.number().gt(0).max(1).nullable().default(null).describe(
    "Greatest Brier score of the probabilities that those trades rested on with which real money is traded: 0 is perfect, " +
      "0.25 knows nothing",
  ),
}).refine(
  ({ paper_state, min_paper_days, max_brier }) => paper_state !== null || (min_paper_days === 0 && max_brier === null),
  {
    path: ["paper_state"],
    error: "the directory of a paper run, where min_paper_days or max_brier is set",
  },
);
