/**
 * Everything that alerts: how severe it is, and what is said. Each row has a test of its name (alert_table_test.ts and
 * watch_test.ts).
 * @module
 */

import type { Severity } from "./alert.ts";

export interface AlertKind {
  readonly severity: Severity;
  /** What is said; words in braces are filled in. */
  readonly text: string;
  /** Told each time, however often: no two of them are the same. */
  readonly each?: true;
}

/**
 * Critical: money may be lost, or nothing is traded until a person acts. Warning: something does not work as it should and
 * kbot goes on. Info: good to know.
 */
export const ALERTS = {
  // --- the run ---
  run_began: { each: true, severity: "info", text: "kbot {version} began to trade, run {run}" },
  run_ended: {
    each: true,
    severity: "info",
    text: "Ended: {reason}. Orders {orders}, fills {fills}, P&L {pnl}, NAV {nav} dollars",
  },
  run_broke: { each: true, severity: "critical", text: "A defect ended the run: {error}" },
  run_died: {
    each: true,
    severity: "warning",
    text: "The run before, {run}, had no end: its process was killed, or the machine lost power",
  },
  config_reloaded: { each: true, severity: "info", text: "The configuration was read again. {detail}" },
  config_refused: {
    each: true,
    severity: "warning",
    text: "The configuration was read again, and nothing of it was taken: {reason}",
  },
  orders_left: { severity: "critical", text: "{count} orders may still rest at the exchange after the end of the run" },
  daily_summary: {
    each: true,
    severity: "info",
    text: "Since {since}: P&L {pnl} dollars, fills {fills}, settled {settled}. NAV {nav}, at risk {exposure}",
  },

  // --- halts ---
  killed: { severity: "critical", text: "KILLED. {reason}. Nothing new is sent until kbot resume" },
  reducing: {
    severity: "warning",
    text: "Only what closes positions is sent. {reason}. It stays so until kbot resume",
  },
  daily_loss: { severity: "critical", text: "Halted by the day's loss. {reason}. It stays so until kbot resume" },
  drawdown: { severity: "critical", text: "Halted by the drawdown. {reason}. It stays so until kbot resume" },
  model_broken: { severity: "critical", text: "Halted by a broken model. {reason}. It stays so until kbot resume" },
  cannot_write: {
    severity: "critical",
    text: "The {part} cannot be written: {detail}. Nothing new is sent until it can",
  },
  writes_again: { severity: "info", text: "The {part} can be written again" },
  api_errors: { severity: "critical", text: "Halted by errors of the exchange. {reason}. It ends by itself" },
  clock_offset: { severity: "critical", text: "Halted by this machine's clock. {reason}. It ends by itself" },
  index_stale: { severity: "warning", text: "Halted on {subject}. {reason}. It ends by itself" },
  losing_streak: {
    severity: "warning",
    text: "Strategy {subject} only closes what it holds. {reason}. It stays so until a person starts it again",
  },
  halted: { severity: "critical", text: "Halted, {halt}. {reason}" },
  halt_over: { severity: "info", text: "Over after {lasted}: {halt}. {reason}" },

  standing_by: { severity: "info", text: "Stands by and sends nothing. {reason}" },
  lease_lost: { severity: "critical", text: "Leads no more, and sends nothing new. {reason}" },

  // --- strategies ---
  strategy_failed: { severity: "critical", text: "A strategy failed and is stopped: {detail}" },
  strategy_switched: { severity: "info", text: "A strategy was {done}: {detail}" },
  drawdown_recovery: { severity: "warning", text: "Drawdown recovery: {detail}" },

  // --- orders and the account ---
  order_unknown: {
    severity: "warning",
    text:
      "The exchange has not said for {seconds} s what became of {orders}; nothing more is sent for its market meanwhile",
  },
  order_known: { severity: "info", text: "The exchange has said what became of {orders}" },
  cancels_unconfirmed: {
    severity: "critical",
    text: "Orders may still rest: cancelling them for {seconds} s ({reason}), not yet confirmed by the exchange",
  },
  cancels_confirmed: { severity: "info", text: "The exchange has confirmed that no order rests" },
  reconciled: { severity: "warning", text: "The account differed and was taken over from the exchange: {detail}" },
  foreign: { severity: "warning", text: "Not of this state: {detail}" },
  fills_missing: { severity: "warning", text: "Executions were never heard of: {detail}" },
  settlement_differs: { severity: "warning", text: "A settlement is not what was computed: {detail}" },
  transfer: { severity: "info", text: "Moving cash: {detail}" },
  fill: {
    each: true,
    severity: "info",
    text: "{deed} {count} of {ticker} at {price}, {cost} dollars at stake ({strategy})",
  },

  // --- the exchange and the feeds ---
  exchange_paused: { severity: "warning", text: "{detail}" },
  exchange_open: { severity: "info", text: "{detail}" },
  disconnected: { severity: "critical", text: "No connection to {link} for {seconds} s: {detail}" },
  connected: { severity: "info", text: "Connected to {link} again after {lasted}" },
  feed_out: { severity: "warning", text: "No data from {feed} for {seconds} s: {detail}" },
  feed_back: { severity: "info", text: "Data from {feed} again after {lasted}" },
  index_source: { severity: "warning", text: "Index {detail}" },

  test: { severity: "info", text: "A test: alerts reach you here" },
} as const satisfies Readonly<Record<string, AlertKind>>;

export const kindOfAlert = (event: AlertEvent): AlertKind => ALERTS[event];

export type AlertEvent = keyof typeof ALERTS;

export const ALERT_EVENTS: readonly AlertEvent[] = Object.keys(ALERTS).filter(isEvent);

export function isEvent(name: string): name is AlertEvent {
  return Object.hasOwn(ALERTS, name);
}

type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** What must be known to say it: one text for each word in braces. */
export type AlertValues<Event extends AlertEvent> = Readonly<
  Record<NamesIn<(typeof ALERTS)[Event]["text"]>, string>
>;

/** Reasons come from an exchange, a feed or an error: none may fill a message on its own. */
const VALUE_LENGTH_MAX = 500;
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/**
 * Says it. Values are put on one line and cut.
 *
 * @example
 * ```ts
 * import { alertText } from "./alert_table.ts";
 * import assert from "node:assert/strict";
 * assert.equal(alertText("writes_again", { part: "journal" }), "The journal can be written again");
 * ```
 */
export function alertText<Event extends AlertEvent>(event: Event, values: AlertValues<Event>): string {
  const known = new Map<string, string>(Object.entries<string>(values));
  return ALERTS[event].text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = known.get(name);
    if (value === undefined) throw new RangeError(`Alert ${event} lacks ${name}`);
    const line = value.replace(CONTROLS, " ").trim();
    return line.length <= VALUE_LENGTH_MAX ? line : `${line.slice(0, VALUE_LENGTH_MAX)}...`;
  });
}
