/**
 * What `kbot status` reads of a running bot's API, and its words.
 * @module
 */

import { z } from "zod";
import { describePaperBounds } from "../runner/paper_bounds_text.ts";
import type { RunFile } from "../runner/run_file.ts";

const PAPER_FIGURES = z.object({ fills: z.number(), contracts: z.string(), fees: z.string(), pnl: z.string() });

/** Amounts stay the exact strings that the API prints. What is not shown is let through unread. */
export const STATUS_SHAPES = z.object({
  status: z.looseObject({
    version: z.string(),
    mode: z.enum(["paper", "live"]),
    venue: z.string(),
    simulated: z.boolean(),
    run: z.string(),
    uptimeSeconds: z.number(),
    stateDirectory: z.string(),
    journal: z.string(),
    ready: z.object({ ok: z.boolean(), reasons: z.array(z.string()) }),
    venueHealth: z.looseObject({
      paths: z.object({ data: z.string(), orders: z.string() }),
      cashByShard: z.record(z.string(), z.string()),
      sweep: z.looseObject({ confirmed: z.string().nullable() }).nullish(),
    }),
    feeds: z.array(z.looseObject({ name: z.string(), trouble: z.string().nullable() })),
    alerts: z.looseObject({
      channels: z.array(z.looseObject({ name: z.string(), lost: z.number(), trouble: z.string().nullable() })),
    }).nullish(),
  }),
  account: z.looseObject({
    at: z.string(),
    account: z.looseObject({
      cash: z.string(),
      nav: z.string(),
      exposure: z.string(),
      dailyPnl: z.string(),
      realised: z.string(),
      unrealised: z.string(),
      fees: z.string(),
      orders: z.number(),
      fills: z.number(),
      settled: z.number(),
      paperBounds: z.object({
        model: z.string(),
        trades: z.number(),
        pessimistic: PAPER_FIGURES,
        chosen: PAPER_FIGURES,
        optimistic: PAPER_FIGURES,
      }).nullish(),
    }),
  }),
  risk: z.looseObject({
    state: z.object({ state: z.enum(["active", "reducing", "halted"]), reason: z.string() }),
    halts: z.array(z.looseObject({
      name: z.string(),
      reason: z.string(),
      since: z.string(),
      level: z.enum(["reducing", "halted"]),
      scope: z.string(),
      subject: z.string().nullable(),
      ends: z.string(),
    })),
    limits: z.array(z.looseObject({ name: z.string(), used: z.string(), limit: z.string() })),
  }),
});

export type RunningStatus = z.output<typeof STATUS_SHAPES>;

/** 3_725 -> `1 h 2 min`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3_600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

/** `-0.923200` -> `-$0.9232`: exact, whole cents at least. */
export function inDollars(amount: string): string {
  const [whole, fraction = ""] = amount.replace("-", "").split(".");
  const digits = fraction.replace(/0+$/, "").padEnd(2, "0");
  return `${amount.startsWith("-") ? "-" : ""}$${whole}.${digits}`;
}

/** `11 orders, 1 fill, 0 settled`. */
export function tally(counts: { readonly orders: number; readonly fills: number; readonly settled: number }): string {
  const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  return `${plural(counts.orders, "order")}, ${plural(counts.fills, "fill")}, ${counts.settled} settled`;
}

type RunningHalt = RunningStatus["risk"]["halts"][number];

const haltText = ({ level, scope, subject, since, name, reason, ends }: RunningHalt): string =>
  `${level === "halted" ? "Halted" : "Reducing"} since ${since}${
    subject === null ? "" : ` (${scope} ${subject})`
  }: ${name}: ${reason}. Ends: ${ends}`;

export function describeRunning({ status, account, risk }: RunningStatus, run: RunFile): string {
  const money = account.account;
  const mode = `${status.mode.toUpperCase()}${status.simulated ? ", SIMULATED EXCHANGE" : ""} at ${status.venue}`;
  const { paths, cashByShard } = status.venueHealth;
  const shards = Object.entries(cashByShard).map(([shard, cash]) => `${inDollars(cash)} on shard ${shard}`);
  const confirmed = status.venueHealth.sweep?.confirmed;
  const troubled = status.feeds.filter(({ trouble }) => trouble !== null);
  const untold = (status.alerts?.channels ?? []).filter(({ lost, trouble }) => lost > 0 || trouble !== null);
  const ready = status.ready.ok ? "ready" : `not ready: ${status.ready.reasons.join("; ")}`;
  return [
    `${mode}, ${ready}`,
    `Run ${status.run}, up ${durationText(status.uptimeSeconds)}, process ${run.pid}, kbot ${status.version}`,
    `NAV ${inDollars(money.nav)}, cash ${inDollars(money.cash)}, at risk ${inDollars(money.exposure)}`,
    `Today ${inDollars(money.dailyPnl)}, realised ${inDollars(money.realised)}, ` +
    `unrealised ${inDollars(money.unrealised)}, fees ${inDollars(money.fees)}`,
    tally(money),
    ...(money.paperBounds == null ? [] : [`By fill model: ${describePaperBounds(money.paperBounds)}`]),
    `Data by ${paths.data}; orders by ${paths.orders}`,
    ...(shards.length === 0 ? [] : [`Cash by shard: ${shards.join(", ")}`]),
    ...troubled.map(({ name, trouble }) => `Source in trouble: ${name}: ${trouble}`),
    ...untold.map(({ name, lost, trouble }) =>
      `Alerts by ${name}: ${lost} not told${trouble === null ? "" : `, ${trouble}`}`
    ),
    ...risk.limits.filter(({ name }) => name.startsWith("Canary")).map(({ name, used, limit }) =>
      `${name}: ${inDollars(used)} of ${inDollars(limit)} at risk`
    ),
    ...(risk.halts.length === 0
      ? ["No halts"]
      : [`State: ${risk.state.state.toUpperCase()}`, ...risk.halts.map(haltText)]),
    ...(confirmed == null ? [] : [`The exchange confirmed at ${confirmed} that no order rests`]),
    `Page ${run.url}, journal ${status.journal}`,
  ].join("\n");
}
