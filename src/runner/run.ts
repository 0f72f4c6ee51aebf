/**
 * A run that is under way: engine, venue, page and timers, until its last journal line.
 * @module
 */

import { getLogger } from "@logtape/logtape";
import { MINUTES_KEPT } from "../core/price_history.ts";
import {
  formatMoney,
  formatTime,
  type Micros,
  micros,
  MICROS_PER_MILLISECOND,
  MICROS_PER_SECOND,
  money,
} from "../core/units.ts";
import type { VenueAction } from "../core/action.ts";
import { Engine } from "../engine/engine.ts";
import type { JournalHeader } from "../engine/journal.ts";
import type { EngineOptions } from "../engine/options.ts";
import { ViewBuilder } from "../engine/view_builder.ts";
import { within } from "../ops/within.ts";
import { startServer } from "../server/server.ts";
import type { ServerSources } from "../server/sources.ts";
import { compressPastRuns } from "../store/journal_compress.ts";
import type { PairMap } from "../feeds/polymarket/pair_map.ts";
import { registryWith } from "../packs/registry_of.ts";
import type { JournalWriter } from "../store/journal_writer.ts";
import type { AuditTrail } from "../store/audit/audit_trail.ts";
import { statePaths } from "../store/state_directory.ts";
import { storeRetention } from "./store_retention.ts";
import { loadToken } from "../store/token.ts";
import { RunFeeds } from "./feeds.ts";
import { ConcernLogs, LATENCY_EVERY_MS } from "./concern_logs.ts";
import { KILL_FILE_LOOK_MS, KillSwitch } from "./kill_switch.ts";
import { Lockstep } from "./lockstep.ts";
import { NetworkNotice } from "./network_notice.ts";
import type { Opened } from "./opened_state.ts";
import { Pump } from "./pump.ts";
import type { Recorder } from "./recorder.ts";
import type { RunRequest } from "./request.ts";
import { leasedVenue } from "./run_lease.ts";
import { RunAlerts, type RunSight } from "./run_alerts.ts";
import { Reload, type Reread } from "./reload.ts";
import { runLeftBehind, writeRunFile } from "./run_file.ts";
import { runSources } from "./sources.ts";
import type { RunTraces } from "./run_traces.ts";
import { openVenue, type RunVenue } from "./run_venue.ts";
import { type RunSummary, summarise } from "./summary.ts";
import { VolatilitySelection } from "./volatility_selection.ts";
import type { ChosenVenue } from "./venue_choice.ts";
import { VenueWatch } from "./venue_watch.ts";

/** Between two hand-overs of the journal's buffer to the kernel, where no order forces one. */
const FLUSH_EVERY_MS = 20;
/** Where nothing else says that time passes. */
const TICK_EVERY = MICROS_PER_SECOND / 10;
const STORE_CHECK_MS = 1_000;
const SYNC_EVERY_MS = 1_000;
/** How long open orders may take to be cancelled at the end: by our own clock, in lockstep by the run's. */
const SHUTDOWN_PATIENCE = 3 * MICROS_PER_SECOND;
/** How long requests may take to be answered at the end, by our own clock. */
const SHUTDOWN_WALL_MS = 3_000;

/** What was opened for a run. */
export interface RunParts {
  readonly request: RunRequest;
  readonly chosen: ChosenVenue;
  readonly state: Opened;
  readonly journal: JournalWriter;
  /** The journal's first line. */
  readonly header: JournalHeader;
  readonly audit: AuditTrail;
  readonly options: EngineOptions;
  readonly recorder: Recorder | null;
  /** `null` where nothing is traced. */
  readonly traces: RunTraces | null;
  /** Which markets elsewhere mirror which of the venue's. */
  readonly pairs: PairMap | undefined;
}

/** A run that is under way. */
export class Run {
  readonly engine: Engine;
  readonly pump: Pump;
  readonly #request: RunRequest;
  readonly #chosen: ChosenVenue;
  readonly #state: Opened;
  readonly #journal: JournalWriter;
  readonly #audit: AuditTrail;
  readonly #views: ViewBuilder;
  readonly #venue: RunVenue;
  /** What of the engine's wishes may reach the venue does so by this. */
  readonly #orders: Pick<RunVenue, "perform">;
  /** `null` where nothing is put on a tape. */
  readonly #recorder: Recorder | null;
  readonly #traces: RunTraces | null;
  readonly #feeds: RunFeeds;
  readonly #volatility: VolatilitySelection;
  readonly #lockstep: Lockstep | null;
  readonly #killSwitch: KillSwitch;
  readonly #reload: Reload;
  readonly #network: NetworkNotice;
  readonly #alerts: RunAlerts;
  readonly #concerns: ConcernLogs;
  readonly #venueWatch: VenueWatch;
  readonly #timers: ReturnType<typeof setTimeout>[] = [];
  readonly #ending = new AbortController();
  #server: { readonly url: string; stop(): Promise<void> } | null = null;
  #sources: ServerSources | null = null;
  /** The run before, where it had no end. */
  #leftBehind: string | null = null;
  #stopReason: string | null = null;
  /** A defect that ended the run; told once everything is closed. */
  #failure: { readonly error: unknown } | null = null;
  #wake: () => void = () => {};

  constructor({ request, chosen, state, journal, header, audit, options, recorder, traces, pairs }: RunParts) {
    const { lease } = request;
    this.#request = request;
    this.#chosen = chosen;
    this.#state = state;
    this.#journal = journal;
    this.#audit = audit;
    this.#recorder = recorder;
    this.#traces = traces;
    this.engine = new Engine(options, registryWith(request.packs));
    this.#views = new ViewBuilder(this.engine);
    this.#alerts = new RunAlerts({
      request,
      chosen,
      engine: this.engine,
      onAlert: () => this.pump.notify("health"),
    });
    this.#concerns = new ConcernLogs({
      run: options.run,
      mode: options.execution,
      simulated: chosen.simulated,
    });
    this.pump = new Pump({
      engine: this.engine,
      views: this.#views,
      journal,
      store: state.store,
      audit,
      header,
      watchers: [
        this.#alerts,
        this.#concerns,
        ...(traces === null ? [] : [traces]),
        ...(lease === undefined ? [] : [lease.watch(options)]),
      ],
      onFailure: (error) => this.fail(error),
    });
    this.#venue = openVenue({
      request,
      chosen,
      engine: this.engine,
      recorder,
      sink: (input) => {
        recorder?.input(input);
        this.pump.accept(input);
      },
    });
    this.#orders = leasedVenue(lease, this.#venue, () => this.engine);
    this.#feeds = new RunFeeds({
      request,
      chosen,
      sink: (input) => this.pump.accept(input),
      stored: async (asset, since) => {
        const minutes = await state.store.priceMinutes({ asset, limit: MINUTES_KEPT });
        return minutes.filter(({ start }) => start >= since);
      },
      pairs,
      markets: () => this.engine.markets.values().map(({ market }) => market),
      onRaw: recorder?.raw,
    });
    this.#volatility = new VolatilitySelection({
      indices: this.engine.indices,
      settings: options.index,
      clock: chosen.clock,
      sink: (input) => this.pump.accept(input),
    });
    this.#venueWatch = new VenueWatch(this.#venue, (input) => this.pump.accept(input));
    this.#killSwitch = new KillSwitch({
      engine: this.engine,
      pump: this.pump,
      venue: this.#orders,
      clock: chosen.clock,
      stateDirectory: request.stateDirectory,
    });
    this.#network = new NetworkNotice(chosen.title, (level, text) => logger[level]("{text}", { text }));
    this.#reload = new Reload({
      request,
      real: chosen.real,
      engine: this.engine,
      pump: this.pump,
      alerts: this.#alerts,
      clock: chosen.clock,
    });
    this.pump.connect(this.#delayed((action) => this.#orders.perform(action)));
    this.#lockstep = chosen.embedded === null ? null : new Lockstep({
      exchange: chosen.embedded.exchange,
      // What the venue is asked because of a forecast is waited for after it.
      sources: [this.#volatility, this.#venue, this.#feeds],
      clock: chosen.embedded.clock,
      speed: request.speed,
      onTick: (at) => {
        this.#feeds.release();
        this.#tell(at);
      },
      onOver: () => this.stop("the tape is over"),
    });
  }

  get url(): string {
    return this.#server?.url ?? "";
  }

  /** On recorded data orders are as long under way as on paper: so they meet the same book. */
  #delayed(perform: (action: VenueAction) => void): (action: VenueAction) => void {
    const { latencyMs } = this.engine.options.paper;
    const { clock } = this.#chosen;
    if (!this.#chosen.recorded || latencyMs === 0) return perform;
    return (action) => void clock.after(latencyMs * MICROS_PER_MILLISECOND, () => perform(action));
  }

  /** Serves the page; the reason where that is refused. */
  async serve(): Promise<string | null> {
    const token = await loadToken(this.#request.stateDirectory);
    if (!token.ok) return token.reason;
    const sources = runSources({
      request: this.#request,
      config: () => this.#reload.config,
      changeConfig: (values, via) => this.#reload.change(values, via),
      chosen: this.#chosen,
      engine: this.engine,
      views: this.#views,
      pump: this.pump,
      killSwitch: this.#killSwitch,
      store: this.#state.store,
      venue: this.#venue,
      feeds: () => this.#feeds.status(),
      tape: () => this.#recorder?.status() ?? null,
      alerts: () => this.#alerts.status(),
      journal: this.#journal.directory,
    });
    const server = await startServer({
      hostname: this.#request.host,
      port: this.#request.port,
      allowedHosts: this.#request.config.server.allowed_hosts,
      token: token.token,
      sources,
    });
    if (!server.ok) return server.reason;
    this.#server = server;
    this.#sources = sources;
    this.#leftBehind = await runLeftBehind(this.#runFile);
    const { run, startedAt } = this.engine.options;
    const trouble = await writeRunFile(this.#runFile, { url: server.url, run, startedAt: formatTime(startedAt) });
    if (trouble !== null) {
      await server.stop();
      return trouble;
    }
    this.#request.onServing({ url: server.url, tokenPath: token.path, newToken: token.created ? token.token : null });
    return null;
  }

  /**
   * Trades until the time is over or {@link stop} is called, ends in order, and returns the summary.
   * @throws what broke the run, after its orders were cancelled and its journal closed
   */
  async untilEnd(): Promise<RunSummary> {
    try {
      this.#begin();
      await this.#trade();
    } catch (error) {
      this.fail(error);
    }
    const summary = await this.#end(this.#stopReason ?? "the time given was over");
    if (this.#failure !== null) throw this.#failure.error;
    return summary;
  }

  async #trade(): Promise<void> {
    const { forSeconds, speed } = this.#request;
    if (this.#lockstep !== null) {
      const start = this.#chosen.clock.now();
      await this.#lockstep.run(
        forSeconds === null ? null : micros(Math.round(start + forSeconds * speed * MICROS_PER_SECOND)),
      );
    } else {
      await this.#wallTime(forSeconds);
    }
  }

  /** Something is broken: the orders are cancelled without asking the engine, and the run ends. */
  fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { error };
    logger.fatal("{text}", {
      text: `A defect ended the run: ${error instanceof Error ? error.message : String(error)}`,
    });
    this.#alerts.broke(error);
    this.stop("a defect");
  }

  /** The configuration was read again: what may be taken is. False where the run is at its end and takes nothing more. */
  async reload(reread: Reread, via: string): Promise<boolean> {
    if (this.#ending.signal.aborted) return false;
    await this.#reload.take(reread, via);
    return true;
  }

  /** A signal to kill, or a bot that stands by: nothing more is sent, what rests is cancelled, and the run goes on. */
  async kill(via: "signal" | "cluster" = "signal"): Promise<void> {
    const trouble = await this.#killSwitch.pull(via);
    if (trouble !== null) logger.error("{text}", { text: trouble });
  }

  /** The lease is over: nothing new leaves from here on, what rests of our own is taken back, and the run ends. */
  leaseLost(reason: string): void {
    const epoch = this.#request.lease?.epoch ?? 0;
    this.pump.accept({ type: "lease", at: this.#chosen.clock.now(), role: "lost", epoch, detail: reason });
    this.stop(reason);
  }

  /** The configuration as it counts now. */
  get config(): RunRequest["config"] {
    return this.#reload.config;
  }

  stop(reason: string): void {
    this.#stopReason ??= reason;
    this.#lockstep?.stop();
    this.#wake();
  }

  get #runFile(): string {
    return statePaths(this.#request.stateDirectory).run;
  }

  #begin(): void {
    this.#tellRole();
    this.pump.accept({ type: "clock", at: this.#chosen.clock.now() });
    this.#look();
    this.#venue.start();
    this.#killSwitch.begin();
    if (this.#sources !== null) this.#alerts.begin(this.#sources, this.#leftBehind);
    this.#feeds.start();
    this.#every(FLUSH_EVERY_MS, () => {
      this.pump.flush();
      this.#concerns.flush();
    });
    this.#every(STORE_CHECK_MS, () => this.#look());
    this.#every(LATENCY_EVERY_MS, () => this.#concerns.latency(this.pump.times, this.#sight()));
    this.#every(KILL_FILE_LOOK_MS, () => this.#killSwitch.look());
    if (this.#request.config.store.sync === "second") this.#every(SYNC_EVERY_MS, () => void this.pump.sync());
    if (this.#lockstep === null) this.#tick();
    void compressPastRuns(this.#request.stateDirectory, this.engine.options.run, this.#ending.signal);
    const { clock } = this.#chosen;
    const stop = storeRetention(this.#state.store, this.#audit, clock, this.#request.config.store);
    this.#ending.signal.addEventListener("abort", stop);
  }

  /** Before anything else is decided. */
  #tellRole(): void {
    const { lease } = this.#request;
    if (lease === undefined) return;
    const { role, epoch, detail } = lease;
    this.pump.accept({ type: "lease", at: this.#chosen.clock.now(), role, epoch, detail });
  }

  #every(ms: number, task: () => void): void {
    this.#timers.push(setInterval(task, ms));
  }

  #tick(): void {
    this.#chosen.clock.after(TICK_EVERY, () => {
      if (this.#ending.signal.aborted) return;
      this.#venue.beat?.();
      this.#tell(this.#chosen.clock.now());
      this.#tick();
    });
  }

  /** Tells the time to all that go by it. */
  #tell(at: Micros): void {
    this.pump.accept({ type: "clock", at });
    this.#venueWatch.tick(at);
    this.#views.tick();
    this.#volatility.tick(at);
  }

  /** Once a second: the store, the page's health. */
  #look(): void {
    this.pump.checkStore();
    const sight = this.#sight();
    this.#alerts.look(sight);
    if (this.#lockstep === null) this.#network.look(this.#chosen.clock.now(), sight.venue, sight.feeds);
    this.pump.notify("health");
  }

  #sight(): RunSight {
    return { venue: this.#venue.health(), feeds: this.#feeds.status() };
  }

  async #wallTime(forSeconds: number | null): Promise<void> {
    if (this.#stopReason !== null) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (forSeconds !== null) this.#timers.push(setTimeout(resolve, forSeconds * 1_000));
    });
  }

  /** Cancels what rests, waits for the answers, and closes everything. */
  async #end(reason: string): Promise<RunSummary> {
    const { clock, simulated, title } = this.#chosen;
    const asked = clock.now();
    this.#ending.abort();
    if (this.#failure === null) {
      const via = this.#stopReason === null ? "time" : "signal";
      this.pump.accept({ type: "operator", at: asked, command: "shutdown", subject: null, via });
      await this.#untilNothingRests(asked);
    } else if (this.engine.options.execution === "live") {
      // The engine cannot be asked any more: what rests is cancelled without it.
      this.#orders.perform({ type: "cancel_all", execution: "live", reason: "A defect ended the run" });
      if (this.#lockstep === null) await within(SHUTDOWN_WALL_MS, this.#venue.swept());
    }
    await within(SHUTDOWN_WALL_MS, this.#venue.idle());
    const ordersLeft = this.#ordersLeft();
    for (const timer of this.#timers) clearInterval(timer);
    this.#volatility.stop();
    await Promise.all([this.#venue.stop(), this.#feeds.stop()]);
    await this.#recorder?.close();
    await this.#server?.stop();
    const { engine } = this;
    const pnl = formatMoney(money(engine.desk.nav - engine.desk.ledger.startingCapital));
    const summary = summarise(
      this.#views.build(),
      {
        mode: engine.options.execution,
        venue: title,
        simulated,
        run: engine.options.run,
        started: formatTime(engine.options.startedAt),
        seconds: (engine.now - engine.options.startedAt) / MICROS_PER_SECOND,
        reason,
        journal: this.#journal.directory,
        state: this.#request.stateDirectory,
        url: this.url,
      },
      pnl,
      { ordersLeft, journalTrouble: await this.pump.end(reason) },
    );
    this.#concerns.latency(this.pump.times, this.#sight());
    await this.#traces?.close();
    await this.#alerts.end(summary);
    await this.#state.store.close();
    await this.#chosen.embedded?.exchange.stop();
    await Deno.remove(this.#runFile).catch(() => {});
    this.#request.lock.release();
    return summary;
  }

  /** Live orders of which the exchange has not said that they are over: they may rest, and fill, without anybody watching. */
  #ordersLeft(): number {
    const { options, desk } = this.engine;
    if (options.execution !== "live") return 0;
    const left = [...desk.orders.open()].map(({ intent }) => intent);
    if (left.length === 0) return 0;
    const named = left.slice(0, NAMED_MAX).map(({ ticker, clientOrderId }) => `${clientOrderId} in ${ticker}`);
    const more = left.length > NAMED_MAX ? ", ..." : "";
    logger.error(
      "{count} orders may still rest at the exchange, which has not confirmed that they are cancelled ({orders}): cancel " +
        "them there, or start kbot again with this state, which finds out",
      { count: left.length, orders: named.join(", ") + more },
    );
    return left.length;
  }

  async #untilNothingRests(asked: Micros): Promise<void> {
    const { clock } = this.#chosen;
    const began = performance.now();
    const waited = () =>
      this.#lockstep === null ? (performance.now() - began) * MICROS_PER_MILLISECOND : clock.now() - asked;
    while (this.engine.desk.orders.openCount > 0 && waited() < SHUTDOWN_PATIENCE) {
      if (this.#lockstep !== null) await this.#lockstep.step();
      else {
        await new Promise((resolve) => setTimeout(resolve, 20));
        this.pump.accept({ type: "clock", at: clock.now() });
      }
    }
  }
}

/** How many orders one line of the log names. */
const NAMED_MAX = 10;

const logger = getLogger(["kbot", "run"]);
