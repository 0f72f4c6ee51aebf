/**
 * What an alert is: one thing that a person should hear of, wherever they are.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import type { AlertEvent } from "./alert_table.ts";

/** Least first. */
export const SEVERITIES = ["info", "warning", "critical"] as const;

export type Severity = (typeof SEVERITIES)[number];

/** Whether something of this severity is told where `least` is asked for. */
export const reaches = (severity: Severity, least: Severity): boolean =>
  SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);

export interface Alert {
  /** Rises by one in a run, from 1. */
  readonly number: number;
  readonly event: AlertEvent;
  readonly severity: Severity;
  /** What it is about: `halt feed_stale BRTI`. Alerts about one subject are told together (repeats.ts). */
  readonly subject: string;
  readonly text: string;
  /** By the run's clock. */
  readonly at: Micros;
  /** How often it happened since it was said last. */
  readonly count: number;
}

/** Whose alerts these are: stands in front of every message, so that play money is never taken for real. */
export interface Sender {
  /** `SIMULATED EXCHANGE`, `PAPER`, `LIVE`. */
  readonly mode: string;
  /** `Kalshi`, `Kalshi demo`, ... */
  readonly venue: string;
  readonly run: string;
}

/** What is told of the run: paper or live, and whether the exchange is simulated. */
export function senderOf(
  { execution, simulated, venue, run }: {
    readonly execution: "paper" | "live";
    readonly simulated: boolean;
    readonly venue: string;
    readonly run: string;
  },
): Sender {
  const words = [...(simulated ? ["SIMULATED EXCHANGE"] : []), ...(execution === "paper" ? ["PAPER"] : [])];
  return { mode: words.length === 0 ? "LIVE" : words.join(", "), venue, run };
}
