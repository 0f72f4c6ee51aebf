/**
 * Bots that share an account, each a process, at one simulated exchange and one cluster of NATS servers; and what the
 * exchange's own record says of them.
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { readJournal } from "../../src/store/journal_reader.ts";
import { ExchangeProcess } from "../exchange_process.ts";
import { type Ended, Kbot, runKbot, temporaryDirectory } from "../process.ts";
import { keepPort, type KeptPort } from "../ports.ts";
import { FIRST_ORDERS_MS, until } from "../trading_stage.ts";
import { NatsCluster } from "./nats_cluster.ts";

/**
 * Long enough for a machine that others use, too: a bot that gets no time for most of it loses the lease, as it should, and
 * the test only takes longer.
 */
export const LEASE_MS = 6_000;
const SEED = 5;
/** Of a process that starts, on such a machine. */
export const PATIENCE_MS = 240_000;
/** Of a page that is there; one that hangs answers nobody. */
const ANSWER_MS = 5_000;

interface LedgerOrder {
  readonly client_order_id: string;
  readonly status: string;
  readonly created_time: string;
}

interface Ledger {
  readonly shards: Readonly<Record<string, { readonly cash: string }>>;
  readonly orders: Readonly<Record<string, LedgerOrder>>;
  readonly fills: readonly { readonly trade_id: string }[];
  readonly conservation: { readonly missing: string };
}

/** What a bot says of itself. */
export interface BotStatus {
  readonly cluster: {
    readonly role: "leader" | "standby";
    readonly epoch: number;
    readonly leader: string | null;
    readonly connected: boolean;
    readonly detail: string | null;
    readonly behindMs: number | null;
  };
  readonly ready: { readonly ok: boolean; readonly reasons: readonly string[] };
}

/** The crypto markets' shard, where the cash lies. */
const SHARD = "2";

/** One bot; killed, it can be started anew with the same state. */
export class SharingBot {
  readonly name: string;
  readonly state: string;
  readonly #args: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  #process: Kbot | null = null;
  #url = "";

  constructor(name: string, state: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    this.name = name;
    this.state = state;
    this.#args = args;
    this.#env = env;
  }

  get isRunning(): boolean {
    return this.#process !== null;
  }

  get process(): Kbot {
    if (this.#process === null) throw new Error(`${this.name} does not run`);
    return this.#process;
  }

  get url(): string {
    return this.#url;
  }

  /** Resolves once its page is served. */
  async start(): Promise<void> {
    this.#process = new Kbot(this.#args, this.#env);
    const [, url] = await this.#process.until(/Status page: (http\S+)/, PATIENCE_MS);
    this.#url = url;
  }

  /** Runs it to its end, with another environment. */
  run(more: Readonly<Record<string, string>>): Promise<Ended> {
    return runKbot(this.#args, { ...this.#env, ...more });
  }

  /** As a power loss. */
  async kill(): Promise<void> {
    const { process } = this;
    this.#process = null;
    process.signal("SIGKILL");
    await process.end();
  }

  /** It may have ended by itself: then what made the test fail is the news, and not that. */
  async dispose(): Promise<void> {
    const { process } = this;
    this.#process = null;
    await process[Symbol.asyncDispose]();
  }

  /** In order; what it says last. */
  async stop(): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
    const { process } = this;
    process.signal("SIGCONT");
    process.signal("SIGTERM");
    const ended = await process.end();
    this.#process = null;
    return ended;
  }

  /** `null` while its page is not there: between two runs, or stopped. */
  async status(): Promise<BotStatus | null> {
    return await this.ask("/api/v1/status") as BotStatus | null;
  }

  async ask(path: string): Promise<unknown> {
    try {
      return await (await fetch(new URL(path, this.#url), { signal: AbortSignal.timeout(ANSWER_MS) })).json();
    } catch {
      return null;
    }
  }
}

export class SharedAccount implements AsyncDisposable {
  readonly nats: NatsCluster;
  readonly bots: readonly SharingBot[];
  readonly #ports: readonly KeptPort[];
  readonly #directory: { path: string } & AsyncDisposable;
  readonly #exchange: ExchangeProcess;

  private constructor(
    nats: NatsCluster,
    bots: readonly SharingBot[],
    ports: readonly KeptPort[],
    directory: { path: string } & AsyncDisposable,
    exchange: ExchangeProcess,
  ) {
    this.nats = nats;
    this.bots = bots;
    this.#ports = ports;
    this.#directory = directory;
    this.#exchange = exchange;
  }

  /** Nothing but NATS and the exchange runs yet. @param more of the bots' environment */
  static async start(
    names: readonly string[],
    { execution = "live", seed = SEED, more = {} }: {
      readonly execution?: "live" | "paper";
      readonly seed?: number;
      readonly more?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<SharedAccount> {
    const directory = await temporaryDirectory();
    const nats = await NatsCluster.start();
    const exchange = await ExchangeProcess.startInStep(10, "--seed", `${seed}`);
    const ports = names.map(keepPort);
    const bots = names.map((name, n) => {
      const state = join(directory.path, name);
      // Each run of it opens the page anew, where it was.
      const at = [...exchange.venue, "--port", `${ports[n].port}`, "--state", state, "--json"];
      return new SharingBot(name, state, [`--${execution}`, ...at], {
        ...exchange.env,
        KBOT_STRATEGIES__MARKET_MAKER__ENABLED: "true",
        KBOT_CLUSTER__SERVERS: JSON.stringify(nats.servers),
        KBOT_CLUSTER__NAME: name,
        KBOT_CLUSTER__LEASE_MS: `${LEASE_MS}`,
        ...more,
      });
    });
    return new SharedAccount(nats, bots, ports, directory, exchange);
  }

  ledger(): Promise<Ledger> {
    return this.#exchange.ledger();
  }

  bot(name: string): SharingBot {
    const found = this.bots.find((bot) => bot.name === name);
    if (found === undefined) throw new Error(`No bot is called ${name}`);
    return found;
  }

  /** Whoever leads, once one does that is none of these; how long that took, milliseconds. */
  async leader(but: readonly SharingBot[] = []): Promise<{ readonly bot: SharingBot; readonly ms: number }> {
    const began = performance.now();
    let found: SharingBot | null = null;
    const words = async () => {
      const said = await Promise.all(this.bots.map(async (bot) => [bot.name, (await bot.status())?.cluster]));
      return `a leader: ${JSON.stringify(said)}`;
    };
    await until(words, async () => {
      for (const bot of this.bots.filter((each) => each.isRunning && !but.includes(each))) {
        if ((await bot.status())?.cluster.role === "leader") found = bot;
      }
      return found !== null;
    }, PATIENCE_MS);
    if (found === null) throw new Error("Nobody leads");
    return { bot: found, ms: performance.now() - began };
  }

  /** How many orders the exchange took from a bot, by the epochs that they bear. */
  async ordersBy(): Promise<ReadonlyMap<number, number>> {
    const counts = new Map<number, number>();
    for (const id of Object.keys((await this.ledger()).orders)) {
      const { epoch } = bearerOf(id);
      counts.set(epoch, (counts.get(epoch) ?? 0) + 1);
    }
    return counts;
  }

  /** Waits until the exchange has taken an order of that epoch or a newer one; how long, milliseconds. */
  async untilOrders(epoch: number): Promise<number> {
    const began = performance.now();
    const has = async () => [...(await this.ordersBy()).keys()].some((each) => each >= epoch);
    const words = async () => {
      const said = await Promise.all(this.bots.map(async (bot) => {
        const risk = await bot.ask("/api/v1/risk") as { halts?: readonly { reason: string }[] } | null;
        const { cluster, ready } = await bot.status() ?? {};
        return [bot.name, cluster?.role, cluster?.epoch, ready?.reasons, risk?.halts?.map(({ reason }) => reason)];
      }));
      return `orders of epoch ${epoch}: ${JSON.stringify(said)}`;
    };
    await until(words, has, FIRST_ORDERS_MS);
    return performance.now() - began;
  }

  /** What the exchange's record must say, whatever happened. */
  async verify(): Promise<void> {
    neverTwoLeaders(await this.ledger());
  }

  /** The leader's own account and the exchange's come to say the same: no execution is missing, and none counted twice. */
  async untilMoneyAgrees(leader: SharingBot): Promise<void> {
    let said = "";
    const words = async () => {
      const told = [];
      for (const bot of this.bots) {
        for (const event of ["account", "reconciled", "foreign_fill"]) {
          told.push(`${bot.name}, ${event}: ${(await auditOf(bot, event)).join("; ") || "none"}`);
        }
      }
      return `the same money here and there: ${said}\n${told.join("\n")}`;
    };
    await until(words, async () => {
      const view = await leader.ask("/api/v1/account") as { account: { cash: string; fills: number } } | null;
      const { shards, fills } = await this.ledger();
      said = JSON.stringify([view?.account, shards[SHARD]?.cash, fills.length]);
      return Number(view?.account.cash) === Number(shards[SHARD]?.cash) && view?.account.fills === fills.length;
    }, PATIENCE_MS);
  }

  /**
   * The journals of every bot replay to the same decisions, and every store says what its journals say.
   * @param newest so many journals of each bot are replayed
   */
  async verifyStates(newest = Infinity): Promise<void> {
    for (const { name, state } of this.bots) {
      for (const run of (await journalsOf(state)).reverse().slice(0, newest)) {
        const replayed = await runKbot(["replay", run, "--verify"]);
        assert.equal(replayed.code, 0, `${name}, ${run}: ${replayed.stdout}${replayed.stderr}`);
      }
      for (const command of [["store", "check"], ["audit", "verify", "--journals"]]) {
        const checked = await runKbot([...command, "--state", state]);
        assert.equal(checked.code, 0, `${name}, ${command.join(" ")}: ${checked.stdout}${checked.stderr}`);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const bot of this.bots) if (bot.isRunning) await bot.dispose();
    for (const port of this.#ports) port[Symbol.dispose]();
    await this.#exchange[Symbol.asyncDispose]();
    await this.nats[Symbol.asyncDispose]();
    await this.#directory[Symbol.asyncDispose]();
  }
}

/** `k1a2b3c4de7-12`: the bot's word and the epoch. */
function bearerOf(clientOrderId: string): { readonly instance: string; readonly epoch: number } {
  const found = /^(k[0-9a-f]{8})e(\d+)-\d+$/.exec(clientOrderId);
  if (found === null) throw new Error(`An order that no leader sent: ${clientOrderId}`);
  return { instance: found[1], epoch: Number(found[2]) };
}

/** Never two that act: no order of an older epoch after the first one of a newer, and each epoch is of one bot. */
function neverTwoLeaders({ orders, conservation }: Ledger): void {
  const owners = new Map<number, string>();
  let newest = 0;
  const taken = Object.values(orders).sort((a, b) => a.created_time < b.created_time ? -1 : 1);
  for (const { client_order_id, created_time } of taken) {
    const { instance, epoch } = bearerOf(client_order_id);
    assert.equal(owners.get(epoch) ?? instance, instance, `epoch ${epoch} is of two bots: ${client_order_id}`);
    owners.set(epoch, instance);
    assert.ok(epoch >= newest, `${client_order_id} at ${created_time} after orders of epoch ${newest}`);
    newest = Math.max(newest, epoch);
  }
  assert.equal(Number(conservation.missing), 0);
}

async function journalsOf(state: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(join(state, "journal"))) found.push(join(state, "journal", name));
  return found.sort();
}

/** The texts of one event in all audit records of a bot, oldest first. */
export async function auditOf({ state }: SharingBot, event: string): Promise<string[]> {
  const found: string[] = [];
  for (const journal of await journalsOf(state)) {
    for await (const read of readJournal(journal)) {
      if (read.kind !== "entries") continue;
      for (const entry of read.entries) {
        if (entry.kind !== "action" || entry.action.type !== "record") continue;
        const { record } = JSON.parse(entry.text) as { record: { kind: string; event?: string; text?: string } };
        if (record.kind === "audit" && record.event === event) found.push(record.text ?? "");
      }
    }
  }
  return found;
}
