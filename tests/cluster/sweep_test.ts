/** `kbot sweep --cluster` and `kbot worker` from outside, over a real cluster. */

import assert from "node:assert/strict";
import { writeRecording } from "../../src/backtest/search/sweep_recording_fixture.ts";
import type { SweepSummary } from "../../src/cli/sweep_summary.ts";
import { Kbot, runKbot, temporaryDirectory } from "../process.ts";
import { hasNatsServer, NO_NATS_SERVER } from "./nats_cluster.ts";
import { SweepStage } from "./sweep_stage.ts";

const CAN = await hasNatsServer();
if (!CAN) console.log(NO_NATS_SERVER);

Deno.test({
  name:
    "a sweep that is killed goes on where its workers were, and finds what threads here find; other data is refused",
  ignore: !CAN,
  fn: async () => {
    await using stage = await SweepStage.open({ markets: 8 });
    await Deno.mkdir(stage.at("other"));
    await writeRecording(stage.at("other"), { markets: 8, seed: 2, lateSeconds: 12 });
    const [worker, other] = [stage.startWorker(), stage.startWorker(stage.at("other"))];
    const asked = [...stage.sweepArgs, "--method", "bayes", "--trials", "12", "--folds", "2", "--objective", "pnl"];
    const clustered = [...asked, "--cluster", "--state", stage.at("state")];
    {
      await using killed = new Kbot(clustered);
      await killed.until(/^Trial \d+: \d+ fills/m);
      killed.signal("SIGKILL");
    }
    // It listens by now, and refuses the next one as well while that goes on.
    const refusal = /it has not the data set of this sweep, by what is in it/;
    await other.until(
      new RegExp(`^Does not take part in a sweep of settlement_edge from stage: ${refusal.source}`, "m"),
    );
    const { code, stdout, stderr } = await runKbot([...clustered, "--json"]);
    assert.equal(code, 0, stderr);
    const [summary, plain]: SweepSummary[] = await Promise.all([
      stdout,
      runKbot([...asked, "--workers", "2", "--state", stage.at("local"), "--json"]).then((ended) => ended.stdout),
    ].map(async (text) => JSON.parse(await text)));
    assert.deepEqual([summary.cluster, summary.workers, summary.kept > 0], [true, 1, true], stderr);
    assert.deepEqual([summary.search, summary.best, summary.warnings], [plain.search, plain.best, plain.warnings]);
    assert.match(stderr, new RegExp(`^Worker stage-\\w+ does not take part: ${refusal.source}`, "m"));
    worker.signal("SIGTERM");
    const ended = await worker.end();
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stdout, /^stage-\w+: \d+ trials in \d+ jobs of [12] sweeps, 0 failed$/m);
  },
});

Deno.test("without servers both commands say what is missing", async () => {
  await using folder = await temporaryDirectory();
  await Deno.writeTextFile(`${folder.path}/kbot.toml`, "");
  await Deno.writeTextFile(`${folder.path}/data.csv`, "a\n");
  await writeRecording(folder.path, { markets: 3, seed: 1, lateSeconds: 12 });
  const config = ["--config", `${folder.path}/kbot.toml`];
  const missing = "needs NATS servers: set servers and name in the section [cluster] of the configuration\n";
  const sweep = ["sweep", folder.path, "--strategy", "settlement_edge", "--cluster", "--state", `${folder.path}/state`];
  const cases: [readonly string[], number, string][] = [
    [["worker", "--data", folder.path], 2, `kbot worker ${missing}`],
    [sweep, 2, `--cluster ${missing}`],
    [["worker", "--data", "/no/such"], 1, "No data at /no/such: wanted is a journal, a tape or a recorded data set\n"],
  ];
  for (const [args, code, said] of cases) {
    const ended = await runKbot([...args, ...config]);
    assert.deepEqual([ended.code, ended.stderr], [code, said]);
  }
});
