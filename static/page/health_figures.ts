/** What is told of a run's health, and from where on it is a warning. */

import type { StrategyStateView } from "../../src/engine/view.ts";
import type { FeedStatus, RunStatus } from "../../src/server/status.ts";
import type { Figure } from "./figures.ts";
import { milliseconds, NONE, words } from "./format.ts";
import type { Tone } from "./table.ts";

/** Of all requests; beyond it something is wrong with more than one of them. */
const ERROR_SHARE_MAX = 0.05;
/** By so much our clock may be off before orders' times are in doubt. */
const CLOCK_OFF_MS_MAX = 500;
/** What is written more than so far behind would be lost by a power cut. */
const JOURNAL_LAG_MS_MAX = 1_000;
const STORE_WAITING_MAX = 1_000;

export function healthFigures(
  { venueHealth, feeds, lag }: Pick<RunStatus, "venueHealth" | "feeds" | "lag">,
  strategies: readonly StrategyStateView[],
): readonly Figure[] {
  const { connected, trouble, requests, requestErrors, requestLatencyMs, clockOffsetMs } = venueHealth;
  const well = connected && trouble === null;
  const errors = requests === 0 ? 0 : requestErrors / requests;
  const active = strategies.filter(({ phase }) => phase === "active");
  const free = active.filter(({ state }) => state === "active");
  return [
    {
      name: "Exchange latency",
      text: well ? milliseconds(requestLatencyMs) : "not connected",
      sub: well ? "newest answer" : trouble ?? "",
      tone: well ? undefined : "bad",
    },
    {
      name: "Request errors",
      text: `${(errors * 100).toFixed(1)}%`,
      sub: `of ${requests.toLocaleString("en-US")}`,
      tone: warnIf(errors > ERROR_SHARE_MAX),
    },
    {
      name: "Clock offset",
      text: milliseconds(clockOffsetMs),
      sub: "the exchange's less ours",
      tone: warnIf(Math.abs(clockOffsetMs ?? 0) > CLOCK_OFF_MS_MAX),
    },
    sourcesFigure(feeds),
    {
      name: "Active strategies",
      text: `${active.length} of ${strategies.length}`,
      sub: free.length === active.length ? "all may trade" : `${free.length} may trade`,
      tone: warnIf(free.length < active.length),
    },
    {
      name: "Journal lag",
      text: milliseconds(lag.journalMs),
      sub: "oldest line waits",
      tone: warnIf(lag.journalMs > JOURNAL_LAG_MS_MAX),
    },
    {
      name: "Store lag",
      text: lag.storeRecords.toLocaleString("en-US"),
      sub: lag.storeRecords === 1 ? "record waits" : "records wait",
      tone: warnIf(lag.storeRecords > STORE_WAITING_MAX),
    },
  ];
}

/**
 * How many of them bring data, and of those that send by themselves the slowest. One that brings nothing without trouble has
 * nothing to bring: it connects still, or nothing that it has is followed.
 */
function sourcesFigure(feeds: readonly FeedStatus[]): Figure {
  const live = feeds.filter(({ by }) => by !== "none").length;
  const slowest = feeds.filter(({ by, latencyMs }) => by === "socket" && latencyMs !== null)
    .reduce<FeedStatus | null>((most, feed) => (most?.latencyMs ?? -1) >= (feed.latencyMs ?? -1) ? most : feed, null);
  return {
    name: "Sources",
    text: feeds.length === 0 ? NONE : `${live} of ${feeds.length}`,
    sub: slowest === null ? "" : `${words(slowest.name)} ${milliseconds(slowest.latencyMs)}`,
    title: "How many bring data, and the latency of the slowest that sends by itself",
    tone: feeds.some(({ by, trouble }) => by === "none" && trouble !== null) ? "bad" : undefined,
  };
}

const warnIf = (condition: boolean): Tone | undefined => condition ? "warn" : undefined;
