/**
 * What the server shows of a run, and how a person's commands reach its engine.
 * @module
 */

import type { Config } from "../config/schema.ts";
import { formatMoney, formatTime, MICROS_PER_SECOND } from "../core/units.ts";
import type { Engine } from "../engine/engine.ts";
import { NO_CASH } from "../engine/reconciliation.ts";
import type { ViewBuilder } from "../engine/view_builder.ts";
import type { FeedStatus } from "../feeds/feed.ts";
import type { OperatorAnswer, OperatorRequest, ParametersRequest, ServerSources } from "../server/sources.ts";
import type { AlertsStatus, RunStatus } from "../server/status.ts";
import { removeKillFile } from "../store/kill_file.ts";
import { statePaths } from "../store/state_directory.ts";
import type { StateStore } from "../store/store.ts";
import type { TapeStatus } from "../store/tape_writer.ts";
import type { Venue } from "../venues/venue.ts";
import { describeSweep, type KillSwitch } from "./kill_switch.ts";
import type { ClusterStatus } from "../cluster/leadership.ts";
import { clusterReasons } from "./run_lease.ts";
import { historySources } from "./history_sources.ts";
import { marketSources } from "./market_sources.ts";
import { PerformanceThread } from "./performance_thread.ts";
import { priceSources } from "./price_sources.ts";
import type { Pump } from "./pump.ts";
import type { Reload } from "./reload.ts";
import type { RunRequest } from "./request.ts";
import { strategyDeclarations } from "./strategy_declaration.ts";
import type { ChosenVenue } from "./venue_choice.ts";

interface SourceParts {
  readonly request: RunRequest;
  /** As it is in force: some of it changes while the run trades. */
  readonly config: () => Config;
  /** Other values for some keys of it; why not, `null` where they are taken. */
  readonly changeConfig: Reload["change"];
  readonly chosen: ChosenVenue;
  readonly engine: Engine;
  readonly views: ViewBuilder;
  readonly pump: Pump;
  readonly killSwitch: KillSwitch;
  readonly store: StateStore;
  readonly venue: Venue;
  readonly feeds: () => readonly FeedStatus[];
  readonly tape: () => TapeStatus | null;
  readonly alerts: () => AlertsStatus;
  readonly journal: string;
}

export function runSources(parts: SourceParts): ServerSources {
  const { request, chosen, engine, views, pump, store } = parts;
  const { log, packs } = request;
  const of = { execution: request.execution, venue: chosen.title, simulated: chosen.simulated };
  const figures = new PerformanceThread(statePaths(request.stateDirectory).store, of);
  const declarations = latest(parts.config, (config) => strategyDeclarations(config, packs));
  return {
    view: () => views.build(),
    status: () => status(parts),
    logs: (after, limit) => log.ring.after(after, limit),
    async portfolio(limit) {
      const records = await store.portfolio({ limit });
      return records.map(({ at, nav, cash }) => ({
        at: formatTime(at),
        nav: formatMoney(nav),
        cash: formatMoney(cash),
      }));
    },
    markets: marketSources(engine, views),
    prices: priceSources(engine, store),
    history: historySources(store, figures),
    strategy: (name) => declarations().get(name) ?? null,
    operate: (command) => operate(parts, command),
    changeParameters: (asked) => Promise.resolve(changeParameters(parts, asked)),
    onChange(listener) {
      const ends = [pump.onChange(listener), log.ring.onLine(() => listener("log"))];
      return () => ends.forEach((end) => end());
    },
  };

  async function operate({ chosen, killSwitch }: SourceParts, command: OperatorRequest): Promise<OperatorAnswer> {
    const { subject } = command;
    const elsewhere = command.command === "kill" ? null : standbyAnswer(request.lease?.status() ?? null);
    if (elsewhere !== null) return { accepted: false, text: elsewhere };
    if (subject !== null && !engine.strategies.has(subject)) {
      return {
        accepted: false,
        text: `No strategy is called ${subject}; there are: ${engine.strategies.names.join(", ")}`,
      };
    }
    const refused = command.command === "resume" || command.command === "start_strategy"
      ? engine.obstacleTo(command.command, subject)
      : null;
    if (refused !== null) {
      // The engine refuses it as well, and writes down that it was asked.
      pump.accept({ type: "operator", at: chosen.clock.now(), ...command });
      return { accepted: false, text: `Nothing is changed. ${refused}` };
    }
    if (command.command === "resume") {
      // First the file: while it is there, the kill comes back within a second.
      const removed = await removeKillFile(request.stateDirectory);
      if (!removed.ok) return { accepted: false, text: removed.reason };
    }
    if (command.command === "kill") {
      const trouble = await killSwitch.pull(command.via);
      if (trouble !== null) return { accepted: true, text: trouble };
    } else pump.accept({ type: "operator", at: chosen.clock.now(), ...command });
    const asked = `${command.command.replaceAll("_", " ")}${subject === null ? "" : ` ${subject}`}`;
    const handedOn = request.lease?.role === "standby" ? "; whoever leads is told, too" : "";
    return { accepted: true, text: `${asked}: done, ${stateText(engine)}${handedOn}` };
  }
}

/** A standby decides about nothing but the kill, which it hands on; `null` where this bot does not stand by. */
function standbyAnswer(cluster: ClusterStatus | null): string | null {
  if (cluster === null || cluster.role === "leader") return null;
  const who = cluster.leader === null ? "and nobody leads now: do it where the account is traded next" : "do it there";
  return `Nothing is changed. This bot stands by${cluster.leader === null ? "," : `; ${cluster.leader} leads:`} ${who}`;
}

/** What is made of a value that seldom changes: made anew where it has. */
function latest<From, To>(current: () => From, make: (from: From) => To): () => To {
  let from = current();
  let made = make(from);
  return () => {
    if (current() !== from) [from, made] = [current(), make(current())];
    return made;
  };
}

function changeParameters(
  { changeConfig, request }: SourceParts,
  { strategy, values, via }: ParametersRequest,
): OperatorAnswer {
  const elsewhere = standbyAnswer(request.lease?.status() ?? null);
  if (elsewhere !== null) return { accepted: false, text: elsewhere };
  const keys = Object.entries(values).map(([name, value]) => [`strategies.${strategy}.${name}`, value] as const);
  const refused = changeConfig(new Map(keys), via);
  if (refused !== null) return { accepted: false, text: `Nothing is changed. ${refused}` };
  return {
    accepted: true,
    text: keys.length === 0 ? "Nothing was to be changed" : "In force from the next decision on",
  };
}

/** What may be sent now, in words for whoever asked for something. */
function stateText({ desk: { halts } }: Engine): string {
  const standing = halts.list();
  if (standing.length === 0) return "trading is allowed";
  const reasons = standing.map(({ reason }) => reason).join("; ");
  if (halts.first !== null) return `halted: ${reasons}`;
  return halts.of(null).length > 0 ? `only what closes goes out: ${reasons}` : `trading is allowed, but: ${reasons}`;
}

function status(parts: SourceParts): RunStatus {
  const { request, chosen, engine, pump, store, venue, feeds, tape, alerts, journal } = parts;
  const health = venue.health();
  const now = chosen.clock.now();
  const reasons: string[] = [];
  if (!health.connected) reasons.push(health.trouble ?? "The venue is not connected");
  if (!engine.desk.ready) reasons.push("The account is not known yet");
  if (engine.desk.penniless) reasons.push(NO_CASH);
  const sweep = describeSweep(health.sweep);
  if (sweep !== null) reasons.push(sweep);
  if (pump.trouble !== null) reasons.push(pump.trouble);
  const cluster = request.lease?.status() ?? null;
  reasons.push(...clusterReasons(cluster));
  reasons.push(...pauses(engine));
  for (const { name, level, reason } of engine.desk.halts.of(null)) {
    // Said already, as it is now.
    if (name === "standby" && cluster?.role === "standby") continue;
    reasons.push(`${level === "halted" ? "Halted" : "Reducing"}: ${reason}`);
  }
  return {
    version: request.version,
    mode: request.execution,
    venue: chosen.title,
    simulated: chosen.simulated,
    run: engine.options.run,
    startedAt: formatTime(engine.options.startedAt),
    uptimeSeconds: (now - engine.options.startedAt) / MICROS_PER_SECOND,
    stateDirectory: request.stateDirectory,
    journal,
    lag: { journalMs: pump.journalLagMs, storeRecords: store.health().queued },
    venueHealth: health,
    feeds: feeds(),
    tape: tape(),
    alerts: alerts(),
    cluster,
    ready: { ok: reasons.length === 0, reasons },
    clock: { now: formatTime(now), speed: chosen.speed },
  };
}

/** Where the exchange takes no orders, in words: of the shards whose markets are followed. */
function pauses({ desk, markets }: Engine): readonly string[] {
  const shards = new Set([...markets.values()].filter(({ closed }) => !closed).map(({ market }) => market.shard));
  return [...shards].map((shard) => desk.pausedOn(shard)).filter((reason) => reason !== null);
}
