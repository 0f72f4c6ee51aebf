/**
 * Whether a strategy lets order flow shift the probability that it acts on.
 * @module
 */

import { z } from "zod";
import { shiftedBy } from "../models/flow_signal.ts";
import type { StrategyView } from "./view.ts";

const FLOW_USES = ["off", "when_proven", "on"] as const;
export type FlowUse = (typeof FLOW_USES)[number];

/** The parameter of that name. Off: that it pays on settlement was never proven on recorded data. */
export const orderFlowParameter = () =>
  z.enum(FLOW_USES).default("off").meta({
    unit: "",
    text: "Whether order flow shifts the probability: never, while that did better out of sample, or always",
  });

/** Whether order flow has to be worked out for it. */
export const usesFlow = ({ order_flow }: { readonly order_flow: FlowUse }): boolean => order_flow !== "off";

/** The probability with what order flow adds to its log-odds, if that is to be used. */
export function withFlow(view: StrategyView, probability: number, use: FlowUse): number {
  if (use === "off") return probability;
  const { flow } = view;
  if (flow === null || (use === "when_proven" && !flow.proven)) return probability;
  return shiftedBy(probability, flow.shift);
}
