/**
 * `/metrics`: the Prometheus text format, version 0.0.4.
 * @module
 */

import type { EngineView, TradingStateView } from "../engine/view.ts";
import type { FeedStatus } from "../feeds/feed.ts";
import type { RunStatus } from "./status.ts";

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number | null];

interface Metric {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly samples: readonly Sample[];
}

const escapeLabel = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

function lineOf(name: string, [labels, value]: Sample): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}`;
}

function render(metrics: readonly Metric[]): string {
  const lines: string[] = [];
  for (const metric of metrics) {
    const samples = metric.samples.filter(([, value]) => value !== null && Number.isFinite(value));
    if (samples.length === 0) continue;
    lines.push(`# HELP ${metric.name} ${metric.help}`, `# TYPE ${metric.name} ${metric.type}`);
    for (const sample of samples) lines.push(lineOf(metric.name, sample));
  }
  return lines.join("\n") + "\n";
}

const gauge = (name: string, help: string, ...samples: readonly Sample[]): Metric => ({
  name,
  type: "gauge",
  help,
  samples,
});

const counter = (name: string, help: string, ...samples: readonly Sample[]): Metric => ({
  name,
  type: "counter",
  help,
  samples,
});

/** Decimal strings become floats here and only here: a metric is for looking at, not for counting money. */
const one = (value: string | number | boolean | null): Sample => [{}, value === null ? null : Number(value)];

const each = (label: string, counts: Readonly<Record<string, number>>): readonly Sample[] =>
  Object.entries(counts).map(([name, count]) => [{ [label]: name }, count] as const);

/** Of each limit, each halt and each strategy. */
function riskMetrics({ limits, halts, strategies }: EngineView): readonly Metric[] {
  return [
    gauge(
      "kbot_limit_used_ratio",
      "Used of each limit, 1 for all of it.",
      ...limits.map(({ name, used, limit }): Sample => [{ limit: name }, Number(used) / Number(limit)]),
    ),
    gauge(
      "kbot_halt",
      "1 for each halt in force.",
      ...halts.map(({ name, level, scope }): Sample => [{ name, level, scope }, 1]),
    ),
    gauge(
      "kbot_strategy_state",
      "What may be sent of each strategy: 0 all, 1 what closes, 2 cancels alone.",
      ...strategies.map(({ name, state }): Sample => [{ strategy: name }, STATES[state]]),
    ),
    gauge(
      "kbot_strategy_daily_pnl_dollars",
      "Profit and loss of each strategy's day.",
      ...strategies.map(({ name, dayPnl }): Sample => [{ strategy: name }, dayPnl === null ? null : Number(dayPnl)]),
    ),
    gauge(
      "kbot_strategy_stake_dollars",
      "Put at stake by each strategy.",
      ...strategies.map(({ name, inUse }): Sample => [{ strategy: name }, Number(inUse)]),
    ),
  ];
}

/** Of every channel that alerts go to, and of the tape. */
function outgoingMetrics({ alerts: { channels, unsaid }, tape }: RunStatus): readonly Metric[] {
  const of = (value: (channel: (typeof channels)[number]) => number): readonly Sample[] =>
    channels.map((channel) => [{ channel: channel.name, to: channel.to }, value(channel)] as const);
  return [
    counter("kbot_alerts_delivered_total", "Alerts that reached each channel.", ...of(({ delivered }) => delivered)),
    counter("kbot_alerts_queued_total", "Alerts severe enough for each channel.", ...of(({ queued }) => queued)),
    counter(
      "kbot_alerts_suppressed_total",
      "Alerts not severe enough for each channel.",
      ...of(({ suppressed }) => suppressed),
    ),
    counter("kbot_alerts_lost_total", "Alerts that each channel was never told.", ...of(({ lost }) => lost)),
    counter(
      "kbot_alerts_dropped_total",
      "The part of the lost alerts that was left out because too many waited.",
      ...of(({ dropped }) => dropped),
    ),
    counter("kbot_alert_attempts_failed_total", "Attempts by each channel that failed.", ...of(({ failed }) => failed)),
    counter(
      "kbot_alert_attempts_retried_total",
      "Attempts by each channel at a message that had failed before.",
      ...of(({ retried }) => retried),
    ),
    counter("kbot_alerts_unsaid_total", "Alerts that no channel was asked to say.", ...each("reason", unsaid)),
    gauge("kbot_alerts_waiting", "Alerts that wait for each channel.", ...of(({ waiting }) => waiting)),
    counter("kbot_tape_messages_total", "Messages put on the tape.", one(tape?.messages ?? null)),
    counter("kbot_tape_lost_total", "Messages that are not on the tape.", one(tape?.lost ?? null)),
  ];
}

/** Of every source of data beside the venue. */
function feedMetrics(feeds: readonly FeedStatus[]): readonly Metric[] {
  const of = (value: (feed: FeedStatus) => number | null): readonly Sample[] =>
    feeds.map((feed) => [{ feed: feed.name }, value(feed)] as const);
  const seconds = (ms: number | null): number | null => ms === null ? null : ms / 1_000;
  const refused = feeds.flatMap(({ name, refused }) =>
    Object.entries(refused).map(([reason, count]): Sample => [{ feed: name, reason }, count])
  );
  return [
    gauge("kbot_feed_up", "1 while data comes, by socket or by REST.", ...of(({ by }) => Number(by !== "none"))),
    gauge("kbot_feed_age_seconds", "Since the newest message.", ...of(({ ageMs }) => seconds(ageMs))),
    gauge(
      "kbot_feed_latency_seconds",
      "Arrival minus the source's own stamp.",
      ...of(({ latencyMs }) => seconds(latencyMs)),
    ),
    counter("kbot_feed_messages_total", "Messages and bodies heard.", ...of(({ messages }) => messages)),
    counter("kbot_feed_reconnects_total", "Connections made anew.", ...of(({ reconnects }) => reconnects)),
    counter("kbot_feed_refused_total", "Messages refused.", ...refused),
  ];
}

/** Of several bots that share an account; none where there is but one. */
function clusterMetrics(cluster: RunStatus["cluster"]): readonly Metric[] {
  if (cluster === null) return [];
  const { role, epoch, connected, behindMs, name, account } = cluster;
  return [
    gauge("kbot_cluster_leader", "1 while this bot leads its account.", [
      { name, account },
      Number(role === "leader"),
    ]),
    gauge("kbot_cluster_epoch", "Grows with every change of the leader.", one(epoch)),
    gauge("kbot_cluster_connected", "1 while NATS answers.", one(connected)),
    gauge(
      "kbot_cluster_behind_seconds",
      "For how long the other bots do not know the leader's newest.",
      one(behindMs === null ? 0 : behindMs / 1_000),
    ),
  ];
}

/** By rising strictness. */
const STATES: Readonly<Record<TradingStateView, number>> = { active: 0, reducing: 1, halted: 2 };

export function metricsText(view: EngineView, status: RunStatus, pages: number): string {
  const { account, counters } = view;
  const { venueHealth } = status;
  const { version, mode, venue } = status;
  return render([
    gauge("kbot_up", "1 while the process answers.", one(1)),
    gauge("kbot_info", "What runs, in labels.", [{ version, mode, venue, simulated: String(status.simulated) }, 1]),
    gauge("kbot_ready", "1 while the run can do its work.", one(status.ready.ok)),
    gauge("kbot_uptime_seconds", "Seconds since the run started.", one(status.uptimeSeconds)),
    gauge("kbot_halts", "Halts in force.", one(view.halts.length)),
    gauge("kbot_state", "What may be sent: 0 all, 1 what closes, 2 cancels alone.", one(STATES[view.state.state])),
    ...riskMetrics(view),
    counter("kbot_inputs_total", "Inputs the engine has taken.", one(counters.inputs)),
    counter("kbot_decisions_total", "Decisions the engine has made.", one(counters.decisions)),
    counter("kbot_orders_total", "Orders sent.", one(account.orders)),
    counter("kbot_fills_total", "Fills received.", one(account.fills)),
    counter("kbot_markets_settled_total", "Followed markets that settled, held or not.", one(account.settled)),
    counter("kbot_sequence_gaps_total", "Gaps in the sequence of market data.", one(counters.gaps)),
    counter("kbot_refusals_total", "Intents refused by risk.", ...each("reason", counters.refusals)),
    gauge("kbot_nav_dollars", "Net asset value.", one(account.nav)),
    gauge("kbot_cash_dollars", "Cash.", one(account.cash)),
    gauge("kbot_exposure_dollars", "Money at risk in positions and orders.", one(account.exposure)),
    gauge("kbot_daily_pnl_dollars", "Profit and loss of the day.", one(account.dailyPnl)),
    gauge("kbot_fees_dollars", "Fees paid.", one(account.fees)),
    gauge("kbot_markets_open", "Markets known and not ended.", one(view.markets.length)),
    gauge(
      "kbot_books_synced",
      "Order books that can be trusted.",
      one(view.markets.filter((market) => market.bookPhase === "synced").length),
    ),
    gauge(
      "kbot_index_age_seconds",
      "Age of each index value, by the run's clock.",
      ...view.indices.map(({ index, ageMs }) => [{ index }, ageMs === null ? null : ageMs / 1_000] as const),
    ),
    gauge(
      "kbot_index_dollars",
      "Each index.",
      ...view.indices.map(({ index, value }) => [{ index }, value] as const),
    ),
    gauge(
      "kbot_index_source",
      "1 for the source in use of each index.",
      ...view.indices.flatMap(({ index, source }) => source === null ? [] : [[{ index, source }, 1] as const]),
    ),
    gauge(
      "kbot_index_basis_dollars",
      "Mean difference of a source from the official one.",
      ...view.indices.flatMap(({ index, sources }) =>
        sources.map(({ source, basis }) => [{ index, source }, basis?.mean ?? null] as const)
      ),
    ),
    gauge("kbot_venue_connected", "1 while the venue's stream is connected.", one(venueHealth.connected)),
    counter("kbot_venue_requests_total", "Requests sent to the venue.", one(venueHealth.requests)),
    counter("kbot_venue_request_errors_total", "Requests that failed.", one(venueHealth.requestErrors)),
    counter("kbot_venue_frames_total", "Frames received from the venue.", one(venueHealth.frames)),
    counter("kbot_venue_refused_total", "Frames or bodies refused.", ...each("reason", venueHealth.refused)),
    gauge(
      "kbot_venue_request_latency_seconds",
      "Of the newest answered request.",
      one(venueHealth.requestLatencyMs === null ? null : venueHealth.requestLatencyMs / 1_000),
    ),
    gauge(
      "kbot_journal_lag_seconds",
      "How long the oldest line has waited for the journal.",
      one(status.lag.journalMs / 1_000),
    ),
    gauge("kbot_store_waiting_records", "Records that wait for the store.", one(status.lag.storeRecords)),
    ...clusterMetrics(status.cluster),
    ...feedMetrics(status.feeds),
    ...outgoingMetrics(status),
    gauge("kbot_live_pages", "Pages that follow the live updates.", one(pages)),
    gauge("process_resident_memory_bytes", "Memory that the process holds.", one(Deno.memoryUsage().rss)),
    gauge("process_start_time_seconds", "When the process began, since 1970.", one(performance.timeOrigin / 1_000)),
  ]);
}
