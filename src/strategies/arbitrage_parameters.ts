/**
 * What can be set of the arbitrage strategy.
 * @module
 */

import { z } from "zod";
import { byRatio, contracts, dollars, evenly, flag, fraction, seconds, shareOfSome } from "./parameters.ts";

const YEAR = 31_622_400;

/** Dollars, 0 to 100,000. */
const amount = (value: number, text: string) =>
  z.number().min(0).max(100_000).default(value).meta({ unit: "dollars", text });

export const arbitrageParameters = z.strictObject({
  outcomes: flag(true, "Whether to look for outcomes of an event that cost less together than they pay"),
  strikes: flag(true, "Whether to look for strikes of a ladder that are out of order"),
  peers: z.enum(["off", "report", "own_leg"]).default("report").meta({
    unit: "",
    text:
      "What becomes of a gap to the other venue, where no order can be sent: it is shown, or our own leg is bought as " +
      "a bet. own_leg turns sets off: what is held is a bet then, and no part of a set",
  }),
  unquoted_legs: z.enum(["refuse", "leave_out"]).default("refuse").meta({
    unit: "",
    text:
      "What becomes of NO of every outcome where one is not offered: it is refused, or NO of the others is bought, " +
      "which is as safe",
  }),
  leg_order: z.enum(["fill_or_kill", "immediate_or_cancel"]).default("fill_or_kill").meta({
    unit: "",
    text: "Whether a leg fills whole or not at all, or as far as it can",
  }),
  min_edge: dollars(
    0.005,
    "Least net earnings of a set, one contract of each leg, with the worst fees",
    byRatio(0.001, 0.03),
  ),
  min_aroc: z.number().min(0).max(1_000).default(0.1).meta({
    unit: "per year",
    text: "Least annual return on the capital that a set binds until it settles",
  }),
  max_price: dollars(0.98, "A leg that costs more counts as one that is not offered"),
  depth_share: shareOfSome(1, "Part of what is displayed of each leg to take at most", evenly(0.2, 1)),
  max_contracts: contracts(100, "Largest position in each leg", byRatio(10, 300)),
  nav_share: shareOfSome(0.1, "Most of NAV that one set may bind"),
  fills_per_leg: z.number().int().min(1).max(1_000).default(10).meta({
    unit: "fills",
    text: "In how many fills a leg may come, for its worst fee",
  }),
  max_leg_loss: amount(25, "Most that a set may lose where only some legs fill and are closed at the stress price"),
  stress_slippage: dollars(0.03, "How far behind the displayed price the stress price lies"),
  repair_seconds: seconds(
    20,
    3_600,
    "How long a set that is not whole waits for a price within repair_max_loss",
    byRatio(5, 120),
  ),
  repair_max_loss: dollars(
    0.03,
    "Most that completing or closing may cost a contract against the middle, fees included",
  ),
  worst_loss: dollars(
    0.25,
    "The same after repair_seconds; after as long again what is too much is closed at the touch",
  ),
  cooldown: seconds(1, 3_600, "After an order in an event, how long no further set of it is bought"),
  min_seconds: seconds(60, YEAR, "Nearer to the close no set is bought"),
  max_seconds: seconds(YEAR, YEAR, "Farther from the close no set is bought"),
  pair_confidence: fraction(0.9, "How far a pair is believed to settle alike on both venues; part of its score"),
  peer_buffer: dollars(0.02, "Taken off a gap for the other venue's fees and for rules that differ"),
  max_peer_age: seconds(10, 600, "An older quote of the other venue is stale"),
  bet_kelly_fraction: fraction(0.1, "Part of full Kelly that a bet on our own leg uses"),
  bet_contracts: contracts(20, "Largest position of such a bet in a market"),
});

export type ArbitrageParameters = z.infer<typeof arbitrageParameters>;
