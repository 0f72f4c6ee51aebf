/**
 * One run, from an empty process to its last journal line: state, engine, venue, page, and an orderly end.
 * @module
 */

import { join } from "node:path";
import { getLogger } from "@logtape/logtape";
import type { Config } from "../config/schema.ts";
import { indexSettings, paperSettings, riskLimits, strategySettings } from "../config/engine_settings.ts";
import type { Credentials } from "../config/credentials.ts";
import type { ResumeState } from "../core/record.ts";
import { formatMoney, formatTime, type Micros, micros, MICROS_PER_SECOND, money } from "../core/units.ts";
import { Engine } from "../engine/engine.ts";
import { type EngineOptions, FRESH } from "../engine/options.ts";
import { ViewBuilder } from "../engine/view_builder.ts";
import type { RunningLog } from "../ops/log.ts";
import { startServer } from "../server/server.ts";
import { compressPastRuns } from "../store/journal_compress.ts";
import { listRuns, newRunId } from "../store/journal_files.ts";
import { type JournalWriter, openJournal } from "../store/journal_writer.ts";
import { openKvStore } from "../store/kv_store.ts";
import { lockStateDirectory, type StateLock } from "../store/lock.ts";
import { recover } from "../store/recover.ts";
import { prepareStateDirectory, statePaths } from "../store/state_directory.ts";
import type { StateStore } from "../store/store.ts";
import { loadToken } from "../store/token.ts";
import { KalshiVenue } from "../venues/kalshi/venue.ts";
import { claimIdentity, newInstance, seededInstance } from "./identity.ts";
import { Lockstep } from "./lockstep.ts";
import { Pump } from "./pump.ts";
import { runSources } from "./sources.ts";
import { type RunSummary, summarise } from "./summary.ts";
import { chooseVenue, type ChosenVenue } from "./venue_choice.ts";

export interface RunRequest {
  readonly execution: "paper" | "live";
  readonly version: string;
  readonly config: Config;
  readonly credentials: Credentials | null;
  readonly stateDirectory: string;
  /** How long to run by our own clock, seconds; `null` until stopped. A simulated exchange runs `speed` times as long. */
  readonly forSeconds: number | null;
  readonly speed: number;
  readonly seed: number;
  readonly host: string;
  readonly port: number;
  /** Asked before orders may go to one of Kalshi's own hosts. */
  readonly confirmLive: (venue: string) => Promise<string | null>;
  readonly log: RunningLog;
  /** Called once the page is served. */
  readonly onServing: (
    serving: { readonly url: string; readonly tokenPath: string; readonly newToken: string | null },
  ) => void;
}

export type RunStart =
  | { readonly ok: true; readonly run: Run }
  | { readonly ok: false; readonly reason: string };

const logger = getLogger(["kbot", "run"]);

/** Between two hand-overs of the journal's buffer to the kernel, where no order forces one. */
const FLUSH_EVERY_MS = 20;
/** Where nothing else says that time passes. */
const TICK_EVERY = MICROS_PER_SECOND / 10;
const STORE_CHECK_MS = 1_000;
/** How long open orders may take to be cancelled at the end, by the run's clock. */
const SHUTDOWN_PATIENCE = 3 * MICROS_PER_SECOND;
/** How long requests may take to be answered at the end, by our own clock. */
const SHUTDOWN_WALL_MS = 3_000;
const KILL_FILE = "KILL";

interface Opened {
  readonly lock: StateLock;
  readonly store: StateStore;
  readonly resume: ResumeState;
  readonly newestRun: string | null;
}

/** Opens everything; the reason, in words for the person who started it, where something refuses. */
export async function startRun(request: RunRequest): Promise<RunStart> {
  const closing: (() => unknown)[] = [];
  const refuse = async (reason: string): Promise<RunStart> => {
    for (const close of closing.reverse()) await close();
    return { ok: false, reason };
  };
  const prepared = await prepareStateDirectory(request.stateDirectory);
  if (!prepared.ok) return refuse(prepared.reason);
  if (prepared.notice !== null) logger.warn("{text}", { text: prepared.notice });
  const locked = await lockStateDirectory(request.stateDirectory);
  if (!locked.ok) return refuse(locked.reason);
  closing.push(() => locked.lock.release());

  const { config } = request;
  const chosen = await chooseVenue({
    name: config.venue.name,
    ws: config.venue.ws,
    credentials: request.credentials,
    seed: request.seed,
    speed: request.speed,
  });
  if (!chosen.ok) return refuse(chosen.reason);
  const { venue } = chosen;
  closing.push(() => venue.embedded?.exchange.stop());
  const refusal = await mayTrade(request, venue);
  if (refusal !== null) return refuse(refusal);

  const identity = await claimIdentity(request.stateDirectory, {
    venue: venue.id,
    execution: request.execution,
    instance: venue.embedded === null ? newInstance() : seededInstance(request.seed),
  });
  if (!identity.ok) return refuse(identity.reason);
  const opened = await openState(request.stateDirectory, venue.embedded !== null, locked.lock);
  if (!opened.ok) return refuse(opened.reason);
  closing.push(() => opened.state.store.close());

  const options = engineOptions(request, venue, identity.identity.instance, opened.state);
  const header = {
    version: request.version,
    run: options.run,
    started: new Date().toISOString(),
    config: options,
  };
  const journal = openJournal(request.stateDirectory, header, {
    fsync: config.journal.fsync,
    rotateBytes: config.journal.rotate_mb * 1024 * 1024,
  });
  if (!journal.ok) return refuse(journal.reason);
  closing.push(() => journal.writer.close());

  const run = new Run(request, venue, opened.state, journal.writer, options);
  const served = await run.serve();
  if (served !== null) return refuse(served);
  return { ok: true, run };
}

/** The two deliberate acts before orders may go to a real host; the reason where one is missing. */
async function mayTrade(request: RunRequest, venue: ChosenVenue): Promise<string | null> {
  if (request.execution === "paper") return null;
  if (venue.signer === null) {
    return `Live trading at ${venue.title} needs credentials: set KBOT_KALSHI_KEY_ID and KBOT_KALSHI_PRIVATE_KEY_FILE, ` +
      "or venue.key_id and venue.private_key_file in kbot.toml";
  }
  return venue.real ? await request.confirmLive(venue.title) : null;
}

type OpenedState = { readonly ok: true; readonly state: Opened } | { readonly ok: false; readonly reason: string };

async function openState(directory: string, fresh: boolean, lock: StateLock): Promise<OpenedState> {
  const path = statePaths(directory).store;
  // The embedded exchange is born anew with every run: what an earlier one's account held does not exist any more.
  if (fresh) { for (const end of ["", "-wal", "-shm"]) await Deno.remove(path + end).catch(() => {}); }
  const store = await openKvStore(path);
  if (!store.ok) return store;
  const recovered = await recoverState(directory, store.store, fresh);
  if (typeof recovered === "object" && recovered !== null && "reason" in recovered) {
    await store.store.close();
    return { ok: false, reason: recovered.reason };
  }
  const resume = fresh ? FRESH : await store.store.loadResumeState();
  return { ok: true, state: { lock, store: store.store, resume, newestRun: recovered } };
}

async function recoverState(
  directory: string,
  store: StateStore,
  fresh: boolean,
): Promise<string | null | { reason: string }> {
  if (fresh) {
    return (await listRuns(directory)).at(-1) ?? null;
  }
  const recovered = await recover(directory, store);
  if (!recovered.ok) return { reason: recovered.reason };
  for (const text of [...recovered.repaired, ...recovered.warnings]) logger.warn("{text}", { text });
  if (recovered.applied > 0) {
    logger.info("The last run ended without a goodbye: {n} records were taken up from its journal", {
      n: recovered.applied,
    });
  }
  return recovered.newestRun;
}

function engineOptions(request: RunRequest, venue: ChosenVenue, instance: string, state: Opened): EngineOptions {
  const { config, execution } = request;
  return {
    version: request.version,
    run: newRunId(Date.now(), state.newestRun),
    startedAt: venue.clock.now(),
    execution,
    instance,
    capital: execution === "paper" ? config.paper.capital : null,
    paper: paperSettings(config),
    risk: riskLimits(config),
    index: indexSettings(config),
    strategies: strategySettings(config),
    resume: state.resume,
  };
}

/** A run that is under way. */
export class Run {
  readonly engine: Engine;
  readonly pump: Pump;
  readonly #request: RunRequest;
  readonly #chosen: ChosenVenue;
  readonly #state: Opened;
  readonly #journal: JournalWriter;
  readonly #views: ViewBuilder;
  readonly #venue: KalshiVenue;
  readonly #lockstep: Lockstep | null;
  readonly #timers: ReturnType<typeof setTimeout>[] = [];
  readonly #ending = new AbortController();
  #server: { readonly url: string; stop(): Promise<void> } | null = null;
  #stopReason: string | null = null;
  #wake: () => void = () => {};

  constructor(request: RunRequest, chosen: ChosenVenue, state: Opened, journal: JournalWriter, options: EngineOptions) {
    this.#request = request;
    this.#chosen = chosen;
    this.#state = state;
    this.#journal = journal;
    this.engine = new Engine(options);
    this.#views = new ViewBuilder(this.engine);
    this.pump = new Pump({ engine: this.engine, views: this.#views, journal, store: state.store, run: options.run });
    const { resume } = options;
    this.#venue = new KalshiVenue({
      name: chosen.title,
      rest: chosen.host.rest,
      ws: chosen.host.ws,
      signer: chosen.signer,
      series: request.config.venue.series,
      simulated: chosen.simulated,
      clock: chosen.clock,
      sink: (input) => this.pump.accept(input),
      log: venueLog,
      lockstep: chosen.embedded !== null,
      trade: request.execution === "live",
      follow: [...resume.positions.map((each) => each.ticker), ...resume.openOrders.map((each) => each.ticker)],
      fillsSince: this.engine.desk.fillsSince,
      warmUpSeconds: options.index.returnsMin,
    });
    this.pump.connect((action) => this.#venue.perform(action));
    this.#lockstep = chosen.embedded === null ? null : new Lockstep({
      exchange: chosen.embedded.exchange,
      venue: this.#venue,
      clock: chosen.embedded.clock,
      speed: request.speed,
      onTick: (at) => this.pump.accept({ type: "clock", at }),
    });
  }

  get url(): string {
    return this.#server?.url ?? "";
  }

  /** Serves the page; the reason where that is refused. */
  async serve(): Promise<string | null> {
    const token = await loadToken(this.#request.stateDirectory);
    if (!token.ok) return token.reason;
    const sources = runSources({
      request: this.#request,
      chosen: this.#chosen,
      engine: this.engine,
      views: this.#views,
      pump: this.pump,
      store: this.#state.store,
      venue: this.#venue,
      journal: this.#journal.directory,
    });
    const server = await startServer({
      hostname: this.#request.host,
      port: this.#request.port,
      token: token.token,
      sources,
    });
    if (!server.ok) return server.reason;
    this.#server = server;
    const runFile = {
      pid: Deno.pid,
      url: server.url,
      run: this.engine.options.run,
      startedAt: formatTime(this.engine.options.startedAt),
    };
    await Deno.writeTextFile(this.#runFile, JSON.stringify(runFile) + "\n", { mode: 0o600 });
    this.#request.onServing({ url: server.url, tokenPath: token.path, newToken: token.created ? token.token : null });
    return null;
  }

  /** Trades until the time is over or {@link stop} is called, ends in order, and returns the summary. */
  async untilEnd(): Promise<RunSummary> {
    this.#begin();
    const { forSeconds, speed } = this.#request;
    if (this.#lockstep !== null) {
      const start = this.#chosen.clock.now();
      await this.#lockstep.run(
        forSeconds === null ? null : micros(Math.round(start + forSeconds * speed * MICROS_PER_SECOND)),
      );
    } else {
      await this.#wallTime(forSeconds);
    }
    return await this.#end(this.#stopReason ?? "the time given was over");
  }

  stop(reason: string): void {
    this.#stopReason ??= reason;
    this.#lockstep?.stop();
    this.#wake();
  }

  get #runFile(): string {
    return join(this.#request.stateDirectory, "run.json");
  }

  #begin(): void {
    this.pump.accept({ type: "clock", at: this.#chosen.clock.now() });
    this.#venue.start();
    this.#every(FLUSH_EVERY_MS, () => this.pump.flush());
    this.#every(STORE_CHECK_MS, () => this.#look());
    if (this.#request.config.journal.fsync === "interval") {
      this.#every(this.#request.config.journal.fsync_ms, () => void this.pump.sync());
    }
    if (this.#lockstep === null) this.#tick();
    void compressPastRuns(this.#request.stateDirectory, this.engine.options.run, this.#ending.signal);
  }

  #every(ms: number, task: () => void): void {
    this.#timers.push(setInterval(task, ms));
  }

  #tick(): void {
    this.#chosen.clock.after(TICK_EVERY, () => {
      if (this.#stopReason !== null) return;
      this.pump.accept({ type: "clock", at: this.#chosen.clock.now() });
      this.#tick();
    });
  }

  /** Once a second: the store, the kill file, the page's health. */
  #look(): void {
    this.pump.checkStore();
    this.pump.notify("health");
    if (this.engine.desk.halts.has("kill")) return;
    try {
      Deno.statSync(join(this.#request.stateDirectory, KILL_FILE));
    } catch {
      return;
    }
    this.pump.accept({ type: "operator", at: this.#chosen.clock.now(), command: "kill", subject: null, via: "file" });
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
    this.pump.accept({ type: "operator", at: asked, command: "shutdown", subject: null, via: "signal" });
    await this.#untilNothingRests(asked);
    await within(SHUTDOWN_WALL_MS, this.#venue.idle());
    for (const timer of this.#timers) clearInterval(timer);
    await this.#venue.stop();
    const { engine } = this;
    const pnl = formatMoney(money(engine.desk.nav - engine.desk.ledger.startingCapital));
    const summary = summarise(this.#views.build(), {
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
    }, pnl);
    await this.pump.end(reason);
    await this.#server?.stop();
    await this.#state.store.close();
    await this.#chosen.embedded?.exchange.stop();
    await Deno.remove(this.#runFile).catch(() => {});
    this.#state.lock.release();
    return summary;
  }

  async #untilNothingRests(asked: Micros): Promise<void> {
    const { clock } = this.#chosen;
    while (this.engine.desk.orders.openCount > 0 && clock.now() - asked < SHUTDOWN_PATIENCE) {
      if (this.#lockstep !== null) await this.#lockstep.step();
      else {
        await new Promise((resolve) => setTimeout(resolve, 20));
        this.pump.accept({ type: "clock", at: clock.now() });
      }
    }
  }
}

/** Waits for something, but not for ever. */
async function within(ms: number, task: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([task, timeout]).finally(() => clearTimeout(timer));
}

const venueLogger = getLogger(["kbot", "venue"]);

function venueLog(level: "debug" | "info" | "warn" | "error", text: string): void {
  venueLogger[level]("{text}", { text });
}
