/**
 * From a request to a run that may begin: every refusal happens here, in words, with nothing left open behind it.
 * @module
 */

import {
  allocationRules,
  canarySettings,
  executionSettings,
  indexSettings,
  paperSettings,
  riskLimits,
  safetyRules,
  strategySettings,
  transferRule,
} from "../config/engine_settings.ts";
import type { StateRecord } from "../core/record.ts";
import type { RestatedRecords } from "../engine/journal.ts";
import type { EngineOptions } from "../engine/options.ts";
import { loadPairMap } from "../feeds/polymarket/shipped_pairs.ts";
import { keepCopies } from "../packs/pack_copies.ts";
import { newRunId } from "../store/journal_files.ts";
import { openJournal } from "../store/journal_writer.ts";
import { lockStateDirectory, type StateLock } from "../store/lock.ts";
import { prepareStateDirectory, statePaths } from "../store/state_directory.ts";
import { claimIdentity, newInstance, seededInstance } from "./identity.ts";
import { openAudit } from "./opened_audit.ts";
import { type Opened, openState } from "./opened_state.ts";
import { passLiveGate } from "./live_gate.ts";
import { Recorder, tapeSettings } from "./recorder.ts";
import { RunTraces } from "./run_traces.ts";
import type { RunRequest } from "./request.ts";
import { leasedInstance } from "./run_lease.ts";
import { Run } from "./run.ts";
import { chooseFeed } from "./feed_choice.ts";
import { chooseVenue, type ChosenVenue, venueRequest } from "./venue_choice.ts";

/** `usage`: what was asked for is wrong. `failed`: it was right, and something did not work. */
export type RunStart =
  | { readonly ok: true; readonly run: Run }
  | { readonly ok: false; readonly kind: "usage" | "failed"; readonly reason: string };

export type ClaimedState =
  | { readonly ok: true; readonly lock: StateLock; readonly notice: string | null }
  | { readonly ok: false; readonly reason: string };

/** `kbot status` and `kbot top` hold the lock for a moment to see whether a bot does: that refuses no start. */
const LOCK_TRIES = 6;
const LOCK_PAUSE_MS = 100;

/** Makes or checks the state directory and locks it: before anything else may write there. */
export async function claimState(directory: string): Promise<ClaimedState> {
  const prepared = await prepareStateDirectory(directory);
  if (!prepared.ok) return prepared;
  let locked = await lockStateDirectory(directory);
  // Counted, not timed: a machine that stands still for a moment tries no less often.
  for (let tries = 1; !locked.ok && locked.held && tries < LOCK_TRIES; tries++) {
    await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
    locked = await lockStateDirectory(directory);
  }
  return locked.ok ? { ok: true, lock: locked.lock, notice: prepared.notice } : locked;
}

/**
 * Opens everything; the reason, in words for the person who started it, where something refuses. The lock of the request
 * is given back then, and by the run at its end.
 */
export async function startRun(request: RunRequest): Promise<RunStart> {
  const closing: (() => unknown)[] = [() => request.lock.release()];
  const refuse = async (reason: string, kind: "usage" | "failed" = "failed"): Promise<RunStart> => {
    for (const close of closing.reverse()) await close();
    return { ok: false, kind, reason };
  };
  const { config } = request;
  const chosen = await chooseFeed(config, request.execution) ?? await chooseVenue(venueRequest(request));
  if (!chosen.ok) return refuse(chosen.reason, chosen.kind);
  const { venue } = chosen;
  closing.push(() => venue.embedded?.exchange.stop());
  closing.push(() => venue.relay?.connection.close());
  const gate = await passLiveGate(request, venue);
  if (!gate.ok) return refuse(gate.reason, gate.kind);

  const { polymarket } = config.feeds;
  const pairs = polymarket.enabled ? await loadPairMap(polymarket.pairs ?? undefined) : null;
  if (pairs?.ok === false) return refuse(pairs.errors.join("\n"), "usage");

  const identity = await claimIdentity(request.stateDirectory, {
    venue: venue.id,
    execution: request.execution,
    instance: venue.embedded === null ? newInstance() : seededInstance(request.seed),
  });
  if (!identity.ok) return refuse(identity.reason, "usage");
  const opened = await openState(request.stateDirectory, venue.embedded !== null, request.version);
  if (!opened.ok) return refuse(opened.reason);
  closing.push(() => opened.state.store.close());

  const audit = await openAudit(request.stateDirectory, config.store.sync !== "never");
  if (!audit.ok) return refuse(audit.reason);
  closing.push(() => audit.trail.close());

  const unkept = await keepCopies(request.stateDirectory, request.packs);
  if (unkept !== null) return refuse(unkept);

  const leased = await request.lease?.startFrom(opened.state, venue.clock.now());
  const state = leased === undefined ? opened.state : { ...opened.state, resume: leased.resume };
  const options = engineOptions(request, venue, identity.identity.instance, state);
  const restated = restatedBy(options.run, opened.state.restated, leased?.records ?? []);
  const header = {
    version: request.version,
    run: options.run,
    started: new Date().toISOString(),
    config: options,
    ...(restated === null ? {} : { restated }),
  };
  const journal = openJournal(request.stateDirectory, header, {
    sync: config.store.sync,
    rotateBytes: config.journal.rotate_mb * 1024 * 1024,
  });
  if (!journal.ok) return refuse(journal.reason);
  // A run that never began leaves no journal behind.
  closing.push(async () => {
    await journal.writer.close();
    await Deno.remove(journal.writer.directory, { recursive: true }).catch(() => {});
  });

  if (leased !== undefined && leased.records.length > 0) {
    const told = opened.state.store.apply(leased.records, { run: options.run, line: HEADER_LINE });
    if (!told.ok) return refuse(told.reason);
  }

  const recorder = config.record.raw
    ? await Recorder.start({
      directory: statePaths(request.stateDirectory).tapes,
      version: request.version,
      venue: venue.title,
      simulated: venue.simulated,
      hasSocket: venue.signer !== null,
      ...tapeSettings(config),
    })
    : null;
  closing.push(() => recorder?.close());
  const traces = await RunTraces.open(config.trace.endpoint, {
    "service.version": request.version,
    "service.instance.id": options.run,
    "kbot.execution": request.execution,
    "kbot.venue": venue.title,
    "kbot.simulated": venue.simulated,
  });
  closing.push(() => traces?.close());

  const run = new Run({
    request,
    chosen: venue,
    state,
    journal: journal.writer,
    header,
    audit: audit.trail,
    options,
    recorder,
    traces,
    pairs: pairs?.map,
  });
  const served = await run.serve();
  if (served !== null) return refuse(served);
  return { ok: true, run };
}

/** Of a run's journal. */
const HEADER_LINE = 1;

/** What the journal's header tells of before the run: what an earlier journal lost, and what another bot told this one. */
function restatedBy(
  run: string,
  lost: RestatedRecords | null,
  told: readonly StateRecord[],
): RestatedRecords | null {
  if (told.length === 0) return lost;
  return { run, line: HEADER_LINE, records: [...lost?.records ?? [], ...told] };
}

function engineOptions(request: RunRequest, venue: ChosenVenue, instance: string, state: Opened): EngineOptions {
  const { config, execution, lease } = request;
  return {
    version: request.version,
    run: newRunId(Date.now(), state.newestRun),
    startedAt: venue.clock.now(),
    execution,
    instance: leasedInstance(instance, lease),
    ...(lease === undefined ? {} : { peers: lease.peers }),
    // Whoever stands by has no account.
    capital: execution === "paper" && lease?.role !== "standby" ? config.paper.capital : null,
    paper: paperSettings(config),
    risk: riskLimits(config),
    canary: execution === "live" ? canarySettings(config, venue.clock.now()) : null,
    allocation: allocationRules(config),
    index: indexSettings(config),
    safety: safetyRules(config),
    remembersTakeOver: true,
    orders: executionSettings(config),
    strategies: strategySettings(config, request.packs),
    transfers: execution === "live" && lease?.role !== "standby" ? transferRule(config) : null,
    resume: state.resume,
  };
}
