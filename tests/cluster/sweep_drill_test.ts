/** Trials of a sweep on a real cluster, while workers and servers are killed. */

import assert from "node:assert/strict";
import { JOBS } from "../../src/cluster/work/names.ts";
import type { Kbot } from "../process.ts";
import { hasNatsServer, type NatsNode, NO_NATS_SERVER } from "./nats_cluster.ts";
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
    await using stage = await SweepStage.open({ markets: 8 });
    const [first] = [stage.startWorker(), stage.startWorker(), stage.startWorker()];
    await Promise.all(stage.workers.map((worker) => worker.until(/Waits for sweeps/)));
    const pass = trialsOf(60);
    const harm = new Harm(stage);
    const { answers, stored, left } = await drill(stage, pass, (count) => {
      if (count === 1) harm.killWorker(first, false);
      if (count === 9) harm.then(() => harm.killLeader(JOBS, 0));
    });
    await harm.end();
    assert.deepEqual(harm.done, { workers: 1, servers: 1, leaders: 1 });
    assert.deepEqual(answers, await locally(stage, pass));
    assert.deepEqual({ ...stored, left }, { ever: 60, held: 60, left: 0 });
  },
});
