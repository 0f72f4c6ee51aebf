/**
 * One simulation: kbot from its start to its end on a simulated machine, against the simulated exchange, under the faults
 * of a plan. Everything happens in one turn of the real event loop, in an order that only the plan decides.
 * @module
 */

import { loadConfig } from "../../src/config/load.ts";
import type { Config } from "../../src/config/schema.ts";
import { Secret } from "../../src/config/secret.ts";
import type { OperatorCommand } from "../../src/core/input.ts";
import { MICROS_PER_SECOND, parseTime } from "../../src/core/units.ts";
import { LogRing } from "../../src/ops/log_ring.ts";
import type { Run } from "../../src/runner/run.ts";
import { NO_CHANNELS } from "../../src/runner/run_alerts.ts";
import { claimState, startRun } from "../../src/runner/start.ts";
import { Random } from "../../src/venues/exchange/random.ts";
import { ActiveFaults } from "./active_faults.ts";
import { DatabaseFile } from "./database.ts";
import { SimulatedDisk, type WriteFate } from "./disk.ts";
import { type Cancel, EventQueue } from "./event_queue.ts";
import { ExchangeHost, HOST, KEY_ID } from "./exchange_host.ts";
import { FeedSocket, fetchOver } from "./client_ends.ts";
import { Link } from "./link.ts";
import { enter, type World } from "./machine.ts";
import { compare, openMatters, replayAll } from "./outcome.ts";
import { type Fault, isExchangeFault, type Plan } from "./plan.ts";
import { SimulatedProcess } from "./process.ts";
import { ServerEnd } from "./server_end.ts";
import { type Problem, type Rule, Watch } from "./watch.ts";

export interface Result {
  readonly problems: readonly Problem[];
  /** Simulated. */
  readonly seconds: number;
  readonly orders: number;
  readonly fills: number;
  readonly lives: number;
  /** How often which fault struck. */
  readonly struck: ReadonlyMap<string, number>;
  /** How often each rule was looked at. */
  readonly checks: ReadonlyMap<Rule, number>;
  /** Tells two courses of events apart. */
  readonly fingerprint: string;
}

export interface SimulationOptions {
  /** Hears what happens, in words. */
  readonly trace?: (text: string) => void;
}

const STATE = "/sim/state";
const CONFIG = "/sim/kbot.toml";
/** An Ed25519 key that signs nothing: PKCS#8 of 32 zeros. */
const KEY = `-----BEGIN PRIVATE KEY-----\n${
  btoa(String.fromCharCode(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20) + "\0".repeat(32))
}\n-----END PRIVATE KEY-----\n`;
/** After the storm: the longest pause between two tries of anything is a minute. */
const CALM_SECONDS_MAX = 300;
const END_SECONDS_MAX = 60;
const LOOK_EVERY = 500_000;
/** Operations after the moment of a death within which it strikes. */
const DEATH_WITHIN = 400;
const JUMP_SECONDS_MAX = 25;

/** Whose switch a person turns. */
const strategyOf = ({ size }: Fault): string => size < 0.7 ? "settlement_edge" : "market_maker";

type RunMicrotasks = () => void;

/** Runs everything that waits for a promise and nothing else, at once: what an event loop does between two events. */
const drain: RunMicrotasks = (() => {
  // deno-lint-ignore no-explicit-any -- the runtime's own hook, without a type
  const { core } = (Deno as any)[(Deno as any).internal];
  if (typeof core?.runMicrotasks !== "function") throw new Error("This Deno cannot be stepped: core.runMicrotasks");
  return () => core.runMicrotasks();
})();

export class Simulation implements World {
  readonly disk = new SimulatedDisk();
  readonly database = new DatabaseFile();
  process: SimulatedProcess | null = null;
  readonly #plan: Plan;
  readonly #options: SimulationOptions;
  readonly #queue = new EventQueue();
  readonly #faults: ActiveFaults;
  readonly #host: ExchangeHost;
  readonly #watch: Watch;
  readonly #random: Random;
  readonly #links = new Set<Link>();
  readonly #startAt: number;
  #run: Run | null = null;
  #config: Config | null = null;
  #lives = 0;
  #wallOffset = 0;
  #jumped = false;
  /** The storm is over; whoever ends now is not started again. */
  #ending = false;
  #ended = false;
  #cancelBoot: Cancel = () => {};
  #hash = 0;

  constructor(plan: Plan, options: SimulationOptions = {}) {
    this.#plan = plan;
    this.#options = options;
    this.#startAt = parseTime(plan.start) ?? 0;
    this.#faults = new ActiveFaults(plan);
    this.#random = Random.named(plan.seed, "simulation");
    this.#host = new ExchangeHost(plan, this.#queue, this.#faults);
    this.#watch = new Watch({
      exchange: this.#host.exchange,
      caps: plan.tightCaps
        ? { order: 20e6, market: 60e6, exposure: 90e6 }
        : { order: 100e6, market: 400e6, exposure: 900e6 },
      now: () => this.#queue.now,
      engine: () => this.process?.dead === false ? this.#run?.engine ?? null : null,
    });
    this.disk.listen(this.#watch);
    this.#host.onRequest = (request) => {
      this.#note(`arrives ${request.method} ${request.target} ${request.body}`);
      this.#watch.arrives(request);
    };
    if (options.trace !== undefined) this.#tellExchange(options.trace);
  }

  /** Runs all of it. To be called from a turn of the event loop of its own. */
  run(): Result {
    enter(this);
    try {
      this.#perform();
    } catch (error) {
      this.#watch.problem("defect", `The simulation broke: ${error instanceof Error ? error.stack : error}`);
    } finally {
      this.process?.die("the end");
      enter(null);
    }
    const { desk } = this.#host.exchange;
    return {
      problems: this.#watch.problems,
      seconds: this.#queue.now / MICROS_PER_SECOND,
      orders: desk.orders.length,
      fills: desk.fills.length,
      lives: this.#lives,
      struck: this.#faults.struck,
      checks: this.#watch.checks,
      fingerprint: `${this.#hash} ${this.#queue.now} ${desk.account.totalCash}`,
    };
  }

  #perform(): void {
    for (const fault of this.#plan.faults) this.#schedule(fault);
    this.#keepLooking();
    this.#loadConfig();
    this.#boot();
    this.#advance(this.#plan.storm, () => false);
    if (this.#failed) return;
    this.#calm();
    let open = "";
    const calm = this.#advance(CALM_SECONDS_MAX, () => {
      const engine = this.#engine;
      open = engine === null ? "nothing runs" : openMatters(engine, this.#host.exchange, this.#watch.books);
      return open === "";
    });
    if (this.#failed) return;
    this.#watch.checked("rest");
    if (!calm) return this.#problem("rest", `After ${CALM_SECONDS_MAX} s of calm ${open}`);
    this.#ending = true;
    this.#run?.stop("the simulation is over");
    drain();
    this.#watch.checked("rest");
    if (!this.#advance(END_SECONDS_MAX, () => this.#ended) && !this.#failed) {
      return this.#problem("rest", `It did not end within ${END_SECONDS_MAX} s`);
    }
    if (this.#failed) return;
    compare(this.database, this.#host.exchange, this.#watch);
    replayAll(this.disk, this.#watch);
  }

  // What a process sees of the world.

  get steady(): number {
    return this.#queue.now;
  }

  get wall(): number {
    return this.#startAt + this.#queue.now + this.#wallOffset;
  }

  writeFate(length: number): WriteFate {
    if (this.#faults.has("disk-full")) {
      this.#faults.count("disk-full");
      return { bytes: 0, error: new Error("No space left on device (os error 28)") };
    }
    const struck = this.#faults.strikes("disk-error", 0.5);
    if (struck === null) return { bytes: length, error: null };
    const bytes = struck.random.integer(0, length);
    return struck.random.chance(0.3) && bytes > 0
      ? { bytes, error: null }
      : { bytes, error: new Error("Input/output error (os error 5)") };
  }

  commitFate(): Error | null {
    return this.#faults.strikes("store-error", 0.9) === null ? null : new Error("database is locked");
  }

  connect(process: SimulatedProcess): Promise<unknown> {
    const refused = this.#faults.has("maintenance") || this.#faults.strikes("socket-refuse", 0.5) !== null;
    return new Promise((resolve, reject) => {
      process.later(this.#host.latency() * 2, () => {
        if (refused) return reject(new Deno.errors.ConnectionRefused("Connection refused (os error 111)"));
        const link = new Link({
          process,
          queue: this.#queue,
          latency: () => this.#host.latency(),
          readMax: () => this.#faults.strikes("slow-reads", 0.5)?.random.integer(1, 200) ?? Infinity,
          onWrite: (bytes) => this.#leaves(bytes),
        });
        this.#links.add(link);
        new ServerEnd(link, this.#host);
        resolve(link);
      });
    });
  }

  fetch(process: SimulatedProcess, url: URL, init: RequestInit): Promise<Response> {
    const target = url.hostname === HOST ? url.pathname + url.search : FeedSocket.restTarget(url);
    const headers = Object.fromEntries(new Headers(init.headers));
    const body = typeof init.body === "string" ? init.body : "";
    const request = { method: init.method ?? "GET", target, headers, body };
    this.#watch.leaves(request);
    return fetchOver({ process, queue: this.#queue, host: this.#host, request, signal: init.signal ?? null });
  }

  webSocket(process: SimulatedProcess, url: string): object {
    return new FeedSocket(process, this.#queue, this.#host, url);
  }

  #leaves(bytes: Uint8Array): void {
    if (bytes[0] !== 0x50) return;
    const text = new TextDecoder().decode(bytes);
    const [first, body = ""] = [text.slice(0, text.indexOf("\r\n")), text.split("\r\n\r\n", 2)[1]];
    const [method, target = ""] = first.split(" ");
    if (target.startsWith("/")) this.#watch.leaves({ method, target, headers: {}, body });
  }

  // The life of processes.

  #loadConfig(): void {
    const { series, frames, fastOrders, sync, marketMaker, spot, tightCaps, nervous = false } = this.#plan;
    const text = `
[venue]
name = "http://${HOST}/trade-api/v2"
ws = "ws://${HOST}/trade-api/ws/v2"
series = ${JSON.stringify(series)}
sign_ahead_ms = 0
fast_orders = ${fastOrders}
frames = "${frames}"
[index]
returns_min = 20
volatility_half_life = 60
live_ms = 0
[risk]
max_order_usd = "${tightCaps ? 20 : 100}"
max_trade_usd = "${tightCaps ? 40 : 200}"
max_market_usd = "${tightCaps ? 60 : 400}"
max_open_exposure_usd = "${tightCaps ? 90 : 900}"
max_category_pct = 100
max_correlated_pct = 100
daily_loss_usd = "9000"
daily_loss_pct = 90
consecutive_losses = ${nervous ? 1 : 0}
cool_down_min = 0
fair_value_bound = "0.05"
[execution]
lease_s = 30
queue_poll_s = 10
[feeds]
spot = ${spot ? '["coinbase"]' : "[]"}
price_history = ${spot}
implied_volatility = false
[feeds.weather]
enabled = false
[feeds.polymarket]
enabled = false
[store]
sync = "${sync}"
[strategies.settlement_edge]
min_edge = 0.005
baseline_extra_edge = 0.002
rest_edge = 0.002
cooldown = 0.1
max_contracts = 400
[strategies.market_maker]
enabled = ${marketMaker}
min_spread = 0.02
min_edge = 0.002
min_seconds = 10
`;
    this.disk.append(CONFIG, this.disk.open(CONFIG, { create: true }), 0, new TextEncoder().encode(text));
    this.process = new SimulatedProcess("reader", this.#plan.seed, this.#queue, () => {});
    void loadConfig({ file: CONFIG, env: {} }).then((loaded) => {
      if (loaded.ok) this.#config = loaded.config;
      else this.#problem("defect", `Configuration: ${JSON.stringify(loaded.errors)}`);
    });
    this.#advance(1, () => this.#config !== null);
    if (this.#config === null) throw new Error("The configuration was not loaded");
  }

  #boot(): void {
    if (this.#ended || this.process?.dead === false && this.#lives > 0) return;
    this.#lives++;
    const name = `life ${this.#lives}`;
    const process = new SimulatedProcess(name, this.#plan.seed, this.#queue, (what) => this.#died(process, what));
    this.process = process;
    this.#watch.born();
    this.#note(`${name} begins`);
    this.#main(process).then(
      (text) => this.#exit(process, text),
      (error) => {
        if (process.dead) return;
        this.#problem("defect", `A run broke: ${error instanceof Error ? error.stack : String(error)}`);
        this.#exit(process, "a defect");
      },
    );
  }

  /** What `kbot run --live` does. */
  async #main(process: SimulatedProcess): Promise<string> {
    const config = this.#config as Config;
    const claimed = await claimState(STATE);
    if (!claimed.ok) return claimed.reason;
    const started = await startRun({
      execution: "live",
      version: "0.0.0-simulation",
      config,
      packs: [],
      credentials: { keyId: KEY_ID, privateKey: new Secret(KEY), privateKeyFile: "/sim/key.pem" },
      stateDirectory: STATE,
      forSeconds: null,
      speed: 1,
      seed: this.#plan.seed,
      tape: null,
      host: "127.0.0.1",
      port: 0,
      live: { limitsAtDefault: [], missing: () => Promise.resolve(null), confirm: () => Promise.resolve(null) },
      log: { ring: new LogRing(16), file: null, trouble: null, setLevel: () => {}, close: () => Promise.resolve() },
      alerts: NO_CHANNELS,
      lock: claimed.lock,
      onServing: () => {},
    });
    if (!started.ok) return started.reason;
    if (process.dead) return "dead";
    this.#run = started.run;
    if (this.#ending) started.run.stop("the simulation is over");
    const summary = await started.run.untilEnd();
    return `ended in order: ${summary.orders_left} orders left, ${summary.journal_trouble ?? "journal whole"}`;
  }

  #died(process: SimulatedProcess, what: string): void {
    this.#note(`the process dies ${what}`);
    this.#run = null;
    this.disk.unlock(process);
    for (const link of this.#links) link.abandon();
    this.#links.clear();
    if (this.#ended) return;
    this.#cancelBoot();
    this.#cancelBoot = this.#queue.after(this.#random.between(0.2, 4) * MICROS_PER_SECOND, () => this.#boot());
  }

  #exit(process: SimulatedProcess, text: string): void {
    this.#note(`exits: ${text}`);
    if (process.dead) return;
    if (this.#ending && text.startsWith("ended in order: 0")) this.#ended = true;
    process.die(`by itself: ${text}`);
  }

  get #engine() {
    return this.process?.dead === false ? this.#run?.engine ?? null : null;
  }

  // Faults.

  #schedule(fault: Fault): void {
    this.#queue.after(fault.at * MICROS_PER_SECOND, () => this.#strike(fault));
    this.#queue.after((fault.at + fault.for) * MICROS_PER_SECOND, () => this.#relent(fault));
  }

  #strike(fault: Fault): void {
    if (this.#calmed) return;
    const { kind, size } = fault;
    this.#note(`fault ${kind} of size ${size} for ${fault.for} s`);
    switch (kind) {
      case "socket-cut":
        this.#faults.count(kind);
        return this.#host.cutSockets();
      case "clock-jump":
        this.#faults.count(kind);
        this.#jumped = true;
        this.#wallOffset += Math.round((size * 2 - 1) * JUMP_SECONDS_MAX * MICROS_PER_SECOND);
        return;
      case "death":
        this.#faults.count(kind);
        return size < 0.1 ? this.process?.die("at once") : this.process?.dieWithin(Math.floor(size * DEATH_WITHIN));
      case "power-loss":
        // With `second` an order may be lost with the second: that is what a person chose.
        if (this.#plan.sync !== "every") return;
        this.#faults.count(kind);
        this.process?.die("as the power fails");
        return this.disk.losePower(this.#random);
      case "kill":
        this.#faults.count(kind);
        return this.#operator("kill");
      case "reduce":
        this.#faults.count(kind);
        return this.#operator("reduce");
      case "stop-strategy":
      case "wind-up-strategy":
        this.#faults.count(kind);
        return this.#operator(kind === "stop-strategy" ? "stop_strategy" : "wind_up_strategy", strategyOf(fault));
      case "kill-file":
        this.#faults.count(kind);
        if (this.disk.isDirectory(STATE)) this.disk.open(`${STATE}/KILL`, { create: true });
        return;
      case "stop":
        this.#faults.count(kind);
        return this.#run?.stop("a person");
      default:
        this.#faults.begin(fault);
        if (isExchangeFault(kind)) {
          this.#faults.count(kind);
          this.#host.turn(kind, true);
        }
        if (kind === "maintenance") {
          this.#faults.count(kind);
          this.#host.cutSockets();
        }
    }
  }

  #relent(fault: Fault): void {
    if (this.#calmed) return;
    const { kind } = fault;
    this.#faults.end(fault);
    if (isExchangeFault(kind) && !this.#faults.has(kind)) this.#host.turn(kind, false);
    if (kind === "kill" || kind === "kill-file" || kind === "reduce") this.#resume();
    if (kind === "stop-strategy" || kind === "wind-up-strategy") this.#operator("start_strategy", strategyOf(fault));
  }

  #resume(): void {
    try {
      this.disk.remove(`${STATE}/KILL`, false);
    } catch {
      // Nobody had killed it by file.
    }
    this.#operator("resume");
  }

  #operator(command: OperatorCommand, subject: string | null = null): void {
    const engine = this.#engine;
    if (engine === null) return;
    this.#run?.pump.accept({ type: "operator", at: engine.now, command, subject, via: "cli" });
  }

  #calmed = false;

  /** Nothing goes wrong any more, and nothing new is traded. */
  #calm(): void {
    this.#note("calm");
    this.#calmed = true;
    this.#faults.endAll();
    this.#host.calm();
    this.#wallOffset = 0;
    // Whoever sets a clock back starts the programs again that had believed it.
    if (this.#jumped) this.process?.die("with the clock set right");
    this.#keepKilled();
  }

  #keepKilled(): void {
    const engine = this.#engine;
    if (engine !== null && !engine.desk.halts.has("kill")) this.#operator("kill");
    this.#queue.after(LOOK_EVERY, () => this.#keepKilled());
  }

  // Time.

  /** Lets time pass until something holds, for so many seconds at most; whether it does. */
  #advance(seconds: number, holds: () => boolean): boolean {
    const end = this.#queue.now + seconds * MICROS_PER_SECOND;
    let looked = this.#queue.now;
    drain();
    while (this.#queue.step(end)) {
      drain();
      if (this.#queue.now - looked < LOOK_EVERY / 2) continue;
      looked = this.#queue.now;
      if (this.#failed) return false;
      if (holds()) return true;
    }
    return holds();
  }

  get #failed(): boolean {
    return this.#watch.problems.length > 0;
  }

  #keepLooking(): void {
    this.#watch.look();
    this.#queue.after(LOOK_EVERY, () => this.#keepLooking());
  }

  #problem(rule: Rule, text: string): void {
    this.#watch.problem(rule, text);
  }

  /** What happens, for the fingerprint and for those who look on. */
  #note(text: string): void {
    const { now } = this.#queue;
    this.#hash = (Math.imul(this.#hash, 31) + now) | 0;
    for (let at = 0; at < text.length; at++) this.#hash = (Math.imul(this.#hash, 31) + text.charCodeAt(at)) | 0;
    this.#options.trace?.(`${(now / MICROS_PER_SECOND).toFixed(6)} ${text}`);
  }

  /** For whoever reads a trace: what becomes of orders at the exchange. */
  #tellExchange(trace: (text: string) => void): void {
    this.#host.exchange.listen((event) => {
      const at = (this.#queue.now / MICROS_PER_SECOND).toFixed(6);
      if (event.type === "order") {
        const { clientOrderId, status, filled, remaining, reason } = event.order;
        trace(`${at} exchange: order ${clientOrderId} ${status}, ${filled} filled, ${remaining} remain ${reason}`);
      } else if (event.type === "fill") {
        trace(`${at} exchange: fill ${event.fill.tradeId} of ${event.fill.order.clientOrderId}: ${event.fill.count}`);
      } else if (event.type === "lifecycle") trace(`${at} exchange: ${event.market.ticker} ${event.kind}`);
    });
  }
}
