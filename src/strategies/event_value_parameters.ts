/**
 * What can be set of every strategy that bets on what a model says of an event (event_value.ts).
 * @module
 */

import { z } from "zod";
import type { Pace } from "../execution/slicing.ts";
import { byRatio, contracts, dollars, evenly, fraction, seconds, shareOfSome } from "./parameters.ts";

/** These are the same in each; what else a strategy needs it declares beside them. */
export const eventValueShape = {
  execution: z.enum(["sniper", "maker", "twap", "vwap"]).default("sniper").meta({
    unit: "",
    text:
      "Whether it takes what is offered at once, at a limit that protects (sniper), rests post-only orders (maker), or takes " +
      "more than is offered now in slices, by time (twap) or as others trade (vwap)",
  }),
  pace_seconds: seconds(600, 86_400, "With twap, the time in which a whole order is worked off"),
  pace_slices: z.int().min(1).max(1_000).default(10).meta({
    unit: "slices",
    text: "With twap, in how many equal parts",
  }),
  pace_volume_share: shareOfSome(0.1, "With vwap, the part of what others trade to take at most"),
  min_edge: dollars(0.03, "Least net edge per contract; the model's doubt is added to it", byRatio(0.01, 0.1)),
  target_edge: dollars(
    0.08,
    "Smaller edges get smaller sizes, down to a tenth at min_edge; the doubt is added here, too",
    evenly(0.03, 0.2),
  ),
  max_edge: dollars(0.3, "A larger edge is not believed: others know something that the model does not"),
  doubt_weight: z.number().min(0).max(10).default(1).meta({
    unit: "times",
    text: "How much of the model's doubt is asked for as edge: what the bet is worth less under other suppositions",
  }),
  exit_edge: dollars(
    0.04,
    "What is held is closed where that is worth so much more than to keep it, net",
    byRatio(0.01, 0.15),
  ),
  buffer: dollars(0.005, "Taken off every edge for those who know more"),
  slippage: z.number().min(0).max(0.05).default(0.01).meta({
    unit: "dollars",
    text: "How far behind the best price a sniper's limit may lie, as long as the edge is enough there",
  }),
  kelly_fraction: fraction(0.25, "Part of full Kelly to use, for all bets on an event together", byRatio(0.05, 0.5)),
  kelly_mode: z.enum(["scale", "cap"]).default("scale").meta({
    unit: "",
    text: "Whether that part scales what full Kelly stakes, or caps it",
  }),
  max_contracts: contracts(50, "Largest position in a market"),
  event_budget: z.number().min(0).max(100_000).default(100).meta({
    unit: "dollars",
    text:
      "Most that one event may bind; what is held counts as it is offered now, or what it is worth where that is more",
  }),
  min_depth: contracts(1, "Fewer contracts displayed within the limit are left alone by a sniper"),
  depth_share: shareOfSome(0.5, "Part of what is displayed within the limit that a sniper, or a slice, takes at most"),
  min_aroc: z.number().min(0).max(1_000).default(0.1).meta({
    unit: "per year",
    text: "Least annual return on the capital that a bet binds until it is paid out",
  }),
  min_price: dollars(0.03, "Cheaper contracts are not bought", byRatio(0.01, 0.15)),
  max_price: dollars(0.95, "Dearer contracts are not bought"),
  cooldown: seconds(5, 3_600, "After an order in an event, how long no further one is sent there"),
} as const;

export const eventValueParameters = z.strictObject(eventValueShape);

export type EventValueParameters = z.infer<typeof eventValueParameters>;

/** How a large order is worked off; `undefined` where it goes whole. */
export function paceOf(parameters: EventValueParameters): Pace | undefined {
  const { execution, pace_seconds, pace_slices, pace_volume_share, depth_share: depthShare } = parameters;
  switch (execution) {
    case "twap":
      return { kind: "twap", seconds: pace_seconds, slices: pace_slices, depthShare };
    case "vwap":
      return { kind: "vwap", volumeShare: pace_volume_share, depthShare };
    case "sniper":
    case "maker":
      return undefined;
  }
}
