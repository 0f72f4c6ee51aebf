/**
 * A run among several bots that share an account: stands by while another leads, trades while it leads itself. Each of both
 * is a run of its own, with a journal of its own, that starts and ends as every run does; so a new leader begins with the
 * reconciliation that every start begins with.
 *
 * | what happens | what follows |
 * | --- | --- |
 * | the lease is free, or its holder was silent for a term and a margin | the run that stood by ends, and one that trades begins from what the leader before told |
 * | the lease is lost, or ends because NATS does not answer | nothing new leaves from that instant, what rests of our own is taken back, and a run that stands by begins |
 * | the process is to end | orders are cancelled as ever, the others are told the last, and the lease is given up: whoever stands by takes it at once |
 * | a defect ends a run | the same, and the process ends |
 *
 * @module
 */

import { getLogger } from "@logtape/logtape";
import { join } from "node:path";
import { loadClusterAccess } from "../cluster/access.ts";
import { type ClusterStatus, type Heritage, Leadership } from "../cluster/leadership.ts";
import type { LeaseRecord } from "../cluster/lease/lease_record.ts";
import { adopt, knowsAll } from "../cluster/state/adoption.ts";
import type { KillNotice } from "../cluster/state/shared_state.ts";
import { StateShare } from "../cluster/state/state_share.ts";
import type { TradeRecord } from "../core/record.ts";
import { FRESH } from "../engine/options.ts";
import type { Change } from "../server/sources.ts";
import { journalDirectory } from "../store/journal_files.ts";
import type { StateLock } from "../store/lock.ts";
import { claimIdentity, newInstance } from "./identity.ts";
import type { RunWatcher } from "./pump.ts";
import type { Reread } from "./reload.ts";
import type { RunRequest } from "./request.ts";
import type { Run } from "./run.ts";
import type { LeasedStart, RunLease } from "./run_lease.ts";
import { startRun } from "./start.ts";
import type { RunSummary } from "./summary.ts";
import { chooseVenue, venueRequest } from "./venue_choice.ts";

export type LeasedRunStart =
  | { readonly ok: true; readonly run: LeasedRun }
  | { readonly ok: false; readonly kind: "usage" | "failed"; readonly reason: string };

const logger = getLogger(["kbot", "cluster"]);
const TAKES_OVER = "it takes over: this bot leads now";

export class LeasedRun {
  readonly #lock: StateLock;
  #request: RunRequest;
  readonly #leadership: Leadership;
  readonly #began = performance.now();
  readonly #listeners = new Map<(what: Change) => void, () => void>();
  #run: Run | null = null;
  /** Of the run that trades. */
  #share: StateShare | null = null;
  #stopReason: string | null = null;
  /** A configuration that was read again while no run could take it; `null` for none. */
  #unread: { readonly reread: Reread; readonly via: string } | null = null;

  private constructor(request: RunRequest, leadership: Leadership) {
    this.#lock = request.lock;
    // One run after the other ends, and the directory stays ours.
    this.#request = onceConfirmed({ ...request, lock: { release: () => {} } });
    this.#leadership = leadership;
  }

  /** Connects, and starts the first run: one that trades where the lease is free, else one that stands by. */
  static async start(request: RunRequest, env: Readonly<Record<string, string>>): Promise<LeasedRunStart> {
    const { lock } = request;
    const refuse = (reason: string, kind: "usage" | "failed" = "failed"): LeasedRunStart => {
      lock.release();
      return { ok: false, kind, reason };
    };
    const { config } = request;
    if (request.execution === "live" && !config.venue.fast_orders) {
      return refuse(
        "[cluster] with real orders needs venue.fast_orders: fetch may send what was decided before",
        "usage",
      );
    }
    const access = await loadClusterAccess(config.cluster, env);
    if (!access.ok) return refuse(access.reason, "usage");
    const whose = await identify(request);
    if (!whose.ok) return refuse(whose.reason, whose.kind);
    const holder = crypto.randomUUID();
    let started: LeasedRun | null = null;
    const leadership = await Leadership.start({
      config: config.cluster,
      access: access.access,
      candidate: {
        holder,
        name: config.cluster.name ?? whose.instance,
        instance: whose.instance,
        execution: request.execution,
        venue: whose.venue,
      },
      onTaken: () => started?.leaseTaken(),
      onLost: (reason) => started?.leaseLost(reason),
      onKill: (notice) => started?.killedElsewhere(notice),
    });
    if (!leadership.ok) return refuse(leadership.reason, leadership.kind === "refused" ? "usage" : "failed");
    const run = started = new LeasedRun(request, leadership.leadership);
    const first = await run.#next();
    if (first !== null) {
      await leadership.leadership.stop();
      return refuse(first.reason, first.kind);
    }
    return { ok: true, run };
  }

  // --- what a run is asked ------------------------------------------------------------------------------------------

  get engine(): Run["engine"] {
    return this.#current.engine;
  }

  get url(): string {
    return this.#current.url;
  }

  /** Whatever run there is: who listens to it listens to the next one, too. */
  readonly pump = {
    onChange: (listener: (what: Change) => void): () => void => {
      this.#listeners.set(listener, this.#current.pump.onChange(listener));
      return () => {
        this.#listeners.get(listener)?.();
        this.#listeners.delete(listener);
      };
    },
  };

  stop(reason: string): void {
    this.#stopReason ??= reason;
    this.#run?.stop(reason);
  }

  fail(error: unknown): void {
    this.#stopReason ??= "a defect";
    this.#run?.fail(error);
  }

  async kill(): Promise<void> {
    await this.#run?.kill();
  }

  /** Between two runs it waits for the one that comes. */
  async reload(reread: Reread, via: string): Promise<void> {
    const run = this.#current;
    const { config } = run;
    this.#unread = await run.reload(reread, via) ? null : { reread, via };
    if (!reread.ok || run.config === config) return;
    this.#request = { ...this.#request, alerts: reread.channels };
  }

  /** Runs until the time is over or {@link stop} is called; the summary of the last run. */
  async untilEnd(): Promise<RunSummary> {
    try {
      for (;;) {
        const summary = await this.#current.untilEnd();
        await this.#ended();
        this.#leadership.lease.wanted = true;
        if (this.#stopReason !== null || (this.#secondsLeft ?? Infinity) <= 0) return summary;
        const refused = await this.#next();
        if (refused !== null) throw new Error(refused.reason);
      }
    } finally {
      await this.#ended();
      await this.#leadership.stop();
      this.#lock.release();
    }
  }

  // --- what the lease tells -----------------------------------------------------------------------------------------

  leaseTaken(): void {
    if (this.#share === null) this.#run?.stop(TAKES_OVER);
  }

  leaseLost(reason: string): void {
    if (this.#share === null) return;
    // Not before this run has ended: until then its own orders are being taken back.
    this.#leadership.lease.wanted = false;
    this.#run?.leaseLost(reason);
  }

  killedElsewhere({ id, name, via }: KillNotice): void {
    logger.warn("{text}", { text: `${name}, which stands by, was told to kill, by ${via}` });
    const run = this.#run;
    void run?.kill("cluster");
    // What is over, or cannot write it down, did not carry it out: whoever leads next has to.
    if (run?.engine.desk.halts.has("kill")) this.#share?.hear(id);
  }

  // --- from one run to the next -------------------------------------------------------------------------------------

  get #current(): Run {
    if (this.#run === null) throw new Error("No run was started");
    return this.#run;
  }

  get #secondsLeft(): number | null {
    const { forSeconds } = this.#request;
    return forSeconds === null ? null : forSeconds - (performance.now() - this.#began) / 1_000;
  }

  /** Starts the run that is due now; why that did not work, `null` where it did. */
  async #next(): Promise<Extract<LeasedRunStart, { readonly ok: false }> | null> {
    const { lease } = this.#leadership;
    for (;;) {
      const held = lease.forbidden() === null ? lease.held : null;
      const heritage = held === null ? null : await this.#leadership.inherit(held.epoch);
      if (heritage !== null && "reason" in heritage) return { ok: false, kind: "failed", reason: heritage.reason };
      // Lost meanwhile: this bot stands by.
      if (held !== null && heritage === null) continue;
      const role = held === null || heritage === null ? this.#standby() : this.#leader(held, heritage);
      const refused = await this.#start(role);
      if (refused !== null) return refused;
      if (role.role === "leader") await this.#leadership.listen();
      // What happened while it was being started.
      if (role.role === "leader" && role.forbidden() !== null) this.#run?.leaseLost("The lease was lost at once");
      if (role.role === "standby" && lease.forbidden() === null) this.#run?.stop(TAKES_OVER);
      return null;
    }
  }

  async #start(lease: RunLease): Promise<Extract<LeasedRunStart, { readonly ok: false }> | null> {
    const before = this.#run;
    const left = this.#secondsLeft;
    const started = await startRun({
      ...this.#request,
      // What was changed while the run before traded goes on to count.
      config: before?.config ?? this.#request.config,
      lease,
      forSeconds: left === null ? null : Math.max(0, left),
      // The page stays where it was.
      port: before === null ? this.#request.port : Number(new URL(before.url).port || this.#request.port),
      onServing: (serving) => before === null ? this.#request.onServing(serving) : undefined,
    });
    if (!started.ok) return started;
    this.#run = started.run;
    for (const listener of this.#listeners.keys()) this.#listeners.set(listener, started.run.pump.onChange(listener));
    if (this.#unread !== null) await this.reload(this.#unread.reread, this.#unread.via);
    if (this.#stopReason !== null) started.run.stop(this.#stopReason);
    return null;
  }

  /** A run is over: what the others have to know is told. */
  async #ended(): Promise<void> {
    const share = this.#share;
    this.#share = null;
    this.#leadership.listenNoMore();
    if (share === null) return;
    await share.close();
    const { untold } = share;
    if (untold.length === 0) return;
    this.#leadership.tellToKill(`halts that it could not tell: ${untold.map(({ name }) => name).join(", ")}`);
  }

  #leader(record: LeaseRecord, { shared, days, revisions }: Heritage): RunLease {
    const { epoch, name, instance, instances } = record;
    let trades: readonly TradeRecord[] = [];
    return {
      role: "leader",
      epoch,
      detail: shared === null ? "Nobody led before" : `${shared.name} led before, epoch ${shared.epoch}`,
      peers: instances,
      forbidden: () => {
        const { lease } = this.#leadership;
        return lease.held?.epoch === epoch ? lease.forbidden() : "this bot leads no more under that lease";
      },
      startFrom: async (own, at): Promise<LeasedStart> => {
        // Two bots that begin in the same second call their runs alike.
        const knows = shared === null ||
          (shared.instance === instance && knowsAll(own.resume, shared.resume) &&
            await hasRun(this.#request.stateDirectory, shared.run));
        const adoption = knows ? null : adopt(own.resume, shared, days, at);
        trades = adoption === null ? await own.store.listTrades({ limit: TRADES_TOLD }) : shared?.trades ?? [];
        if (adoption === null) return { resume: own.resume, records: [] };
        const { resume, records } = adoption;
        return { resume, records };
      },
      watch: (options): RunWatcher => {
        const { store, shareKeys: keys } = this.#leadership;
        const of = { epoch, name, instance, run: options.run };
        const { resume } = options;
        const share = new StateShare({ store, keys, of, heard: shared?.heard ?? null, resume, trades, revisions });
        this.#share = share;
        share.begin();
        return share;
      },
      status: () => this.#leadership.status(this.#share?.behind ?? null),
    };
  }

  /** The lease may be held already: until the run that trades has begun this bot stands by. */
  get #standbyStatus(): ClusterStatus {
    const status = this.#leadership.status(null);
    return status.role === "standby" ? status : { ...status, role: "standby", detail: "This bot takes over" };
  }

  #standby(): RunLease {
    const { lease, whyStandby } = this.#leadership;
    return {
      role: "standby",
      epoch: lease.seen?.epoch ?? 0,
      detail: `Stands by: ${whyStandby}`,
      peers: lease.seen?.instances ?? [],
      forbidden: () => "this bot stands by",
      startFrom: ({ resume: { strategies = [] } }): Promise<LeasedStart> =>
        Promise.resolve({ resume: { ...FRESH, strategies }, records: [] }),
      watch: (): RunWatcher => ({
        input: (input) => {
          if (input.type === "operator" && input.command === "kill") this.#leadership.tellToKill(input.via);
        },
        record: () => {},
        trouble: () => {},
      }),
      status: () => this.#standbyStatus,
    };
  }
}

/** Executions that are read again at a start are of the last minute: these are more. */
const TRADES_TOLD = 200;

/** Whether the journal of that run is in the state directory: then its store knows what the run knew. */
async function hasRun(stateDirectory: string, run: string): Promise<boolean> {
  try {
    return (await Deno.stat(join(journalDirectory(stateDirectory), run))).isDirectory;
  } catch {
    return false;
  }
}

/** Whose state directory it is, before anything else is opened there. */
async function identify(request: RunRequest): Promise<
  | { readonly ok: true; readonly instance: string; readonly venue: string }
  | { readonly ok: false; readonly kind: "usage" | "failed"; readonly reason: string }
> {
  const chosen = await chooseVenue(venueRequest(request));
  if (!chosen.ok) return chosen;
  const { execution, stateDirectory } = request;
  const wanted = { venue: chosen.venue.id, execution, instance: newInstance() };
  const claimed = await claimIdentity(stateDirectory, wanted);
  if (!claimed.ok) return { ok: false, kind: "usage", reason: claimed.reason };
  return { ok: true, instance: claimed.identity.instance, venue: chosen.venue.id };
}

/** A person types the phrase once, whatever becomes of the lease. */
function onceConfirmed(request: RunRequest): RunRequest {
  const { live } = request;
  let isConfirmed = false;
  return {
    ...request,
    live: {
      limitsAtDefault: live.limitsAtDefault,
      missing: async (venue) => isConfirmed ? null : await live.missing(venue),
      confirm: async (venue, atStake) => {
        const reason = isConfirmed ? null : await live.confirm(venue, atStake);
        isConfirmed = reason === null;
        return reason;
      },
    },
  };
}
