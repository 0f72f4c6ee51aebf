/**
 * The one object that a run ends with.
 * @module
 */

import type { EngineView, PaperBoundsView } from "../engine/view.ts";
import { describePaperBounds } from "./paper_bounds_text.ts";

export interface RunSummary {
  readonly mode: "paper" | "live";
  readonly venue: string;
  readonly simulated: boolean;
  readonly run: string;
  readonly started: string;
  readonly ended: string;
  /** By the run's clock, which a simulated exchange may run faster than ours. */
  readonly seconds: number;
  readonly reason: string;
  readonly orders: number;
  readonly fills: number;
  readonly settled: number;
  readonly wins: number;
  readonly losses: number;
  /** Dollars, exact decimal strings. */
  readonly fees: string;
  readonly pnl: string;
  readonly cash: string;
  readonly nav: string;
  /** The same paper orders by the most pessimistic and the most optimistic fill model; `null` of a live run. */
  readonly paper_bounds: PaperBoundsView | null;
  readonly inputs: number;
  readonly gaps: number;
  readonly halts: readonly string[];
  readonly decision_hash: string;
  /** Orders of a live run that may still rest: the exchange has not said that they are over. */
  readonly orders_left: number;
  /** Why the journal could not be written to its end; `null` where it was. */
  readonly journal_trouble: string | null;
  readonly journal: string;
  readonly state: string;
  readonly url: string;
}

/** NAV less the capital it began with, both as exact decimal strings of dollars. */
export function summarise(
  view: EngineView,
  run: Pick<
    RunSummary,
    "mode" | "venue" | "simulated" | "run" | "started" | "seconds" | "reason" | "journal" | "state" | "url"
  >,
  pnl: string,
  { ordersLeft, journalTrouble }: { readonly ordersLeft: number; readonly journalTrouble: string | null },
): RunSummary {
  const { account, counters } = view;
  return {
    ...run,
    ended: view.at,
    orders: account.orders,
    fills: account.fills,
    settled: account.settled,
    wins: account.wins,
    losses: account.losses,
    fees: account.fees,
    pnl,
    cash: account.cash,
    nav: account.nav,
    paper_bounds: account.paperBounds,
    inputs: counters.inputs,
    gaps: counters.gaps,
    // Every run ends by shutting down; what is told is what stood in its way before.
    halts: view.halts.map((halt) => halt.name).filter((name) => name !== "shutdown"),
    decision_hash: view.decisionHash,
    orders_left: ordersLeft,
    journal_trouble: journalTrouble,
  };
}

/** The same for people. */
export function describeSummary(summary: RunSummary): string {
  const minutes = (summary.seconds / 60).toFixed(1);
  return [
    `${summary.simulated ? "SIMULATED EXCHANGE, play money. " : ""}${
      summary.mode === "paper" ? "Paper orders. " : ""
    }Ended: ${summary.reason}`,
    `  ran       ${minutes} minutes of ${summary.venue}, ${summary.started} to ${summary.ended}`,
    `  orders    ${summary.orders}, fills ${summary.fills}, markets settled ${summary.settled} (${summary.wins} won, ${summary.losses} lost)`,
    `  P&L       ${summary.pnl} dollars, fees ${summary.fees}, NAV ${summary.nav}`,
    ...(summary.paper_bounds === null ? [] : [`  bounds    ${describePaperBounds(summary.paper_bounds)}`]),
    `  journal   ${summary.journal}`,
    `  decisions ${summary.decision_hash}: check with  kbot replay ${summary.journal} --verify`,
    ...(summary.orders_left === 0 ? [] : [`  ORDERS    ${summary.orders_left} may still rest at the exchange`]),
    ...(summary.journal_trouble === null ? [] : [`  The journal is not complete: ${summary.journal_trouble}`]),
    ...(summary.halts.length > 0 ? [`  halted    ${summary.halts.join(", ")}`] : []),
  ].join("\n");
}
