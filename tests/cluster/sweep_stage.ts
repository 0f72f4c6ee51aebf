/**
 * A sweep whose trials are run by real workers, processes of their own, over a real cluster of NATS servers: what a test starts,
 * kills and compares.
 * @module
 */

import assert from "node:assert/strict";
import { jetstreamManager } from "@nats-io/jetstream";
import { basisOf } from "../../src/backtest/search/basis.ts";
import { SweepPool, type TrialRan } from "../../src/backtest/search/sweep_pool.ts";
import { writeRecording } from "../../src/backtest/search/sweep_recording_fixture.ts";
import type { PassAsked, TrialSettings } from "../../src/backtest/search/trial.ts";
import { buildName } from "../../src/cli/build_name.ts";
import { parseCommandLine } from "../../src/cli/command_line.ts";
import { lookAt } from "../../src/cli/sweep_data.ts";
import { checkSweep, engineOf } from "../../src/cli/sweep_request.ts";
import { ClusterRunner } from "../../src/cluster/work/cluster_runner.ts";
import { ANSWERS, JOBS } from "../../src/cluster/work/names.ts";
import { encodeOffer } from "../../src/cluster/work/offer.ts";
import { WorkServers } from "../../src/cluster/work/work_servers.ts";
import { Kbot, temporaryDirectory } from "../process.ts";
import { eventually, NatsCluster } from "./nats_cluster.ts";

/** A worker that was killed is noticed so late. */
export const ACK_WAIT_MS = 2_000;

export interface StageOptions {
  /** Markets of the recording: how long a trial takes. */
  readonly markets: number;
}

export class SweepStage implements AsyncDisposable {
  readonly cluster: NatsCluster;
  readonly workers: Kbot[] = [];
  readonly #folder: { path: string } & AsyncDisposable;

  private constructor(cluster: NatsCluster, folder: { path: string } & AsyncDisposable) {
    this.cluster = cluster;
    this.#folder = folder;
  }

  static async open({ markets }: StageOptions): Promise<SweepStage> {
    const stage = new SweepStage(await NatsCluster.start(), await temporaryDirectory());
    await Deno.mkdir(stage.at("data"));
    await writeRecording(stage.at("data"), { markets, seed: 1, lateSeconds: 12 });
    const config = `[cluster]\nservers = ${JSON.stringify(stage.cluster.servers)}\nname = "stage"\n`;
    await Deno.writeTextFile(stage.at("kbot.toml"), config, { mode: 0o600 });
    return stage;
  }

  at(name: string): string {
    return `${this.#folder.path}/${name}`;
  }

  /** A worker of one thread; it is ready once it says that it waits. */
  startWorker(data = this.at("data")): Kbot {
    const worker = new Kbot(["worker", "--data", data, "--threads", "1", "--config", this.at("kbot.toml")]);
    this.workers.push(worker);
    return worker;
  }

  /** What every sweep here is asked with. */
  get sweepArgs(): readonly string[] {
    return ["sweep", this.at("data"), "--spot", this.at("data/prices.csv"), "--strategy", "settlement_edge"].concat([
      "--config",
      this.at("kbot.toml"),
    ]);
  }

  /** The settings of such a sweep, and what it says to workers. */
  async offered(): Promise<{ readonly settings: TrialSettings; readonly offer: Parameters<WorkServers["offer"]>[1] }> {
    const parsed = parseCommandLine(this.sweepArgs);
    assert.ok(parsed.ok && parsed.command?.kind === "sweep");
    const asked = await checkSweep(parsed.command, []);
    const engine = engineOf(asked);
    const data = await lookAt(asked, engine);
    const common = { engine, capital: asked.loaded.config.paper.capital, strategy: "settlement_edge" };
    const settings = { ...common, objective: "pnl" as const, periods: data.periods.map(({ tickers }) => tickers) };
    const basis = basisOf({ ...data, settings, packs: [] });
    const head = { sweep: SWEEP, build: buildName(), strategy: "settlement_edge", from: "stage", ...data.identity };
    const { periods: _, ...rest } = settings;
    const offer = encodeOffer(head, { settings: rest, basis, packs: [] });
    assert.ok(!("error" in offer));
    return { settings, offer };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const worker of this.workers) await worker[Symbol.asyncDispose]();
    await this.cluster[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
}

const SWEEP = "5eed";

/** Trials that all differ. */
export const trialsOf = (count: number): PassAsked => ({
  trials: Array.from({ length: count }, (_, k) => ({
    number: k + 1,
    parameters: { min_edge: (k + 1) / 1_000, rest: k % 2 === 0 },
  })),
  until: null,
  tickers: null,
  borders: [],
});

export interface Drilled {
  readonly answers: readonly TrialRan[];
  readonly troubles: readonly string[];
  /** Answers that the servers ever took, and those that they hold. */
  readonly stored: { readonly ever: number; readonly held: number };
  /** Jobs that are left behind. */
  readonly left: number;
}

/** Has trials run by the workers that are there, and tells after how many answers it is. */
export async function drill(
  stage: SweepStage,
  pass: PassAsked,
  onAnswer: (count: number) => void,
): Promise<Drilled> {
  const connection = await stage.cluster.connect();
  const troubles: string[] = [];
  try {
    const { offer } = await stage.offered();
    const onTrouble = (text: string) => void troubles.push(text);
    const servers = await WorkServers.open(connection, { replicas: 3, isOver: () => false, onTrouble });
    const options = { servers, sweep: SWEEP, offer, ackWaitMs: ACK_WAIT_MS, lookMs: 1_000 };
    const runner = await ClusterRunner.open({ ...options, onProgress: () => {}, onTrouble });
    let count = 0;
    const answers = await runner.run(pass, () => onAnswer(++count));
    // Its own check of the servers would fail while they elect a leader.
    const jsm = await jetstreamManager(connection.nats, { checkAPI: false });
    const { state } = await eventually(() => jsm.streams.info(ANSWERS));
    await runner.leave(true);
    const { state: jobs } = await eventually(() => jsm.streams.info(JOBS));
    return { answers, troubles, stored: { ever: state.last_seq, held: state.messages }, left: jobs.messages };
  } finally {
    await connection.close();
  }
}

/** The same trials by threads of this process. */
export async function locally(stage: SweepStage, pass: PassAsked): Promise<readonly TrialRan[]> {
  const { settings } = await stage.offered();
  const setup = { path: stage.at("data"), spot: stage.at("data/prices.csv"), settings, packs: [] };
  const pool = new SweepPool({ workers: 2, setup, onProgress: () => {}, onTrouble: (text) => assert.fail(text) });
  try {
    return await pool.run(pass);
  } finally {
    pool.close();
  }
}
