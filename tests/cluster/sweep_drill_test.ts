/** Trials of a sweep on a real cluster, while workers and servers are killed. */

import assert from "node:assert/strict";
import { jetstreamManager } from "@nats-io/jetstream";
import { ClusterRunner } from "../../src/cluster/work/cluster_runner.ts";
import { WorkServers } from "../../src/cluster/work/work_servers.ts";
import { ANSWERS, JOBS, OFFERS } from "../../src/cluster/work/names.ts";
import type { Kbot } from "../process.ts";
import { until } from "../trading_stage.ts";
import { eventually, hasNatsServer, type NatsNode, NO_NATS_SERVER } from "./nats_cluster.ts";
import { drill, locally, SweepStage, trialsOf } from "./sweep_stage.ts";

const FULL = Deno.env.get("KBOT_TEST_FULL") === "1";
const CAN = await hasNatsServer();
if (!CAN) console.log(NO_NATS_SERVER);
if (!FULL) console.log("SKIPPED: the long drill of sweeps runs with KBOT_TEST_FULL=1");

/** What is done to the stage, one after the other. */
class Harm {
  readonly #stage: SweepStage;
  #last: Promise<void> = Promise.resolve();
  readonly done = { workers: 0, servers: 0, leaders: 0 };

  constructor(stage: SweepStage) {
    this.#stage = stage;
  }

  then(work: () => Promise<void>): void {
    this.#last = this.#last.then(work);
  }

  async end(): Promise<void> {
    await this.#last;
  }

  /** Another one takes its place, unless none shall. */
  killWorker(worker: Kbot, again = true): void {
    worker.signal("SIGKILL");
    this.done.workers++;
    if (again) this.#stage.startWorker();
  }

  /** One at a time: the next one dies when this one is back and has caught up. */
  async killServer(node: NatsNode, awayMs: number): Promise<void> {
    await node.kill();
    this.done.servers++;
    await new Promise((resolve) => setTimeout(resolve, awayMs));
    node.start();
    await this.#stage.cluster.untilHealthy();
  }

  async killLeader(stream: string, awayMs: number): Promise<void> {
    const leader = await this.#stage.cluster.leaderOf(stream);
    this.done.leaders++;
    await this.killServer(leader, awayMs);
  }
}

Deno.test({
  name: "a worker and the jobs' leader die: every trial is answered once, as threads here would answer it",
  ignore: !CAN,
  fn: async () => {
    await using stage = await SweepStage.open({ markets: 4 });
    const [first] = [stage.startWorker(), stage.startWorker(), stage.startWorker()];
    await Promise.all(stage.workers.map((worker) => worker.until(/Waits for sweeps/)));
    const pass = trialsOf(24);
    const harm = new Harm(stage);
    const { answers, stored, left } = await drill(stage, pass, (count) => {
      if (count === 1) harm.killWorker(first, false);
      if (count === 5) harm.then(() => harm.killLeader(JOBS, 0));
    });
    await harm.end();
    assert.deepEqual(harm.done, { workers: 1, servers: 1, leaders: 1 });
    assert.deepEqual(answers, await locally(stage, pass));
    assert.deepEqual({ ...stored, left }, { ever: 24, held: 24, left: 0 });
  },
});

Deno.test({
  name: "a sweep that is stopped takes back what nobody has begun",
  ignore: !CAN,
  fn: async () => {
    await using stage = await SweepStage.open({ markets: 3 });
    const connection = await stage.cluster.connect();
    const troubles: string[] = [];
    const onTrouble = (text: string) => void troubles.push(text);
    const servers = await WorkServers.open(connection, { replicas: 3, isOver: () => false, onTrouble });
    const { offer } = await stage.offered();
    const runner = await ClusterRunner.open({
      servers,
      sweep: "5eed",
      offer,
      gatherMs: 0,
      onProgress: () => {},
      onTrouble,
    });
    const answers = runner.run(trialsOf(20));
    const jsm = await eventually(() => jetstreamManager(connection.nats));
    const waiting = async () => (await eventually(() => jsm.streams.info(JOBS))).state.messages;
    await until("jobs to wait", async () => await waiting() >= 3, 120_000);
    await runner.leave(false);
    assert.deepEqual(
      new Set((await answers).map((each) => each.ok ? "" : each.reason)),
      new Set(["The sweep was stopped"]),
    );
    assert.equal(await waiting(), 0);
    assert.deepEqual(troubles, ["No worker takes part yet; the trials wait for one: kbot worker --data PATH"]);
    await connection.close();
  },
});

const TRIALS = 240;
/** A worker dies after every so many answers, and a server dies as soon as the last one is back. */
const WORKER_DIES_EVERY = 15;
const AWAY_MS = 2_000;

Deno.test({
  name: "workers are killed all the time and every server in turn: nothing is lost and nothing counts twice",
  ignore: !CAN || !FULL,
  fn: async () => {
    await using stage = await SweepStage.open({ markets: 8 });
    for (let k = 0; k < 3; k++) stage.startWorker();
    await Promise.all(stage.workers.map((worker) => worker.until(/Waits for sweeps/)));
    const pass = trialsOf(TRIALS);
    const harm = new Harm(stage);
    let over = false;
    const servers = (async () => {
      for (let turn = 0; !over; turn++) {
        if (turn % 2 === 0) await harm.killServer(stage.cluster.nodes[(turn / 2) % 3], AWAY_MS);
        else await harm.killLeader([JOBS, ANSWERS, OFFERS][((turn - 1) / 2) % 3], AWAY_MS);
      }
    })();
    const { answers, troubles, stored, left } = await drill(stage, pass, (count) => {
      if (count % WORKER_DIES_EVERY !== 0 || count === TRIALS) return;
      harm.killWorker(stage.workers[stage.workers.length - 3]);
    }).finally(() => over = true);
    await servers;
    console.log(`The drill of sweeps: ${JSON.stringify({ trials: TRIALS, ...harm.done, ...stored, left, troubles })}`);
    assert.ok(harm.done.workers >= 10 && harm.done.servers >= 4 && harm.done.leaders >= 2, JSON.stringify(harm.done));
    assert.deepEqual(answers, await locally(stage, pass));
    assert.deepEqual([stored.held, stored.ever], [TRIALS, TRIALS]);
  },
});
