/** `kbot sweep` from outside, over a recording that is made up. */

import assert from "node:assert/strict";
import { parquetReadObjects } from "hyparquet";
import { writeRecording } from "../src/backtest/search/sweep_recording_fixture.ts";
import type { SweepSummary } from "../src/cli/sweep_summary.ts";
import { Kbot, runKbot, temporaryDirectory } from "./process.ts";

const MARKETS = 8;

async function recording(folder: string): Promise<readonly string[]> {
  await Deno.mkdir(`${folder}/data`);
  await writeRecording(`${folder}/data`, { markets: MARKETS, seed: 1, lateSeconds: 12 });
  return [`${folder}/data`, "--spot", `${folder}/data/prices.csv`, "--strategy", "settlement_edge"];
}

async function summaryOf(args: readonly string[]): Promise<SweepSummary> {
  const { code, stdout, stderr } = await runKbot(["sweep", ...args, "--json"]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

Deno.test("a sweep that is stopped by Ctrl-C goes on where it was, and ends as one that was not", async () => {
  await using folder = await temporaryDirectory();
  const data = await recording(folder.path);
  const asked = [...data, "--stop-early", "--trials", "12", "--folds", "1", "--workers", "2"];
  const whole = await summaryOf([...asked, "--out", `${folder.path}/whole`]);
  assert.deepEqual([whole.kept, whole.periods, whole.search.trials.length], [0, MARKETS, 12]);
  const state = ["--state", `${folder.path}/state`];
  {
    await using stopped = new Kbot(["sweep", ...asked, ...state]);
    await stopped.until(/^Trial \d+: \d+ fills/m);
    stopped.signal("SIGINT");
    const { code, stderr } = await stopped.end();
    assert.equal(code, 1);
    assert.match(stderr, /Stopped after \d+ runs, which are kept in .*state\/sweeps: the same command goes on/);
  }
  const resumed = await summaryOf([...asked, ...state]);
  assert.ok(resumed.kept > 0 && resumed.ran > 0, `${resumed.kept} known, ${resumed.ran} ran`);
  assert.deepEqual(resumed.search, whole.search);
  assert.equal(resumed.findings?.provenance.decision_hash, whole.findings?.provenance.decision_hash);
});

/** As if a strategy had decided otherwise when its trials were kept. */
async function change(path: string): Promise<void> {
  using kv = await Deno.openKv(path);
  for await (const { key, value } of kv.list<unknown>({ prefix: ["trial"] })) {
    if (value instanceof Float64Array) await kv.set(key, value.map((each) => each + 1));
  }
}

Deno.test("a grid is written as tables and as a page, its best with all that a backtest tells, and money exact", async () => {
  await using folder = await temporaryDirectory();
  const data = await recording(folder.path);
  const out = (name: string) => `${folder.path}/${name}`;
  const grid = ["--method", "grid", "--param", "min_edge=0.01..0.02:0.01", "--param", "rest=true,false"];
  const files = ["--csv", out("csv"), "--parquet", out("parquet"), "--report", out("sweep.html")];
  const asked = [...data, ...grid, "--objective", "pnl", "--folds", "0", "--out", out("kept")];
  const summary = await summaryOf([...asked, ...files]);
  assert.deepEqual([summary.ran, summary.kept, summary.search.trials.length], [4, 0, 4]);
  assert.equal(summary.findings?.summary.pnl.value, summary.best?.pnl);
  assert.deepEqual(summary.findings?.search, summary.search);
  assert.equal(summary.findings?.provenance.settings["strategies.settlement_edge.rest"], summary.best?.parameters.rest);
  assert.deepEqual(summary.search.trials.slice(0, 2).map(({ parameters }) => parameters), [
    { min_edge: 0.01, rest: true },
    { min_edge: 0.01, rest: false },
  ]);
  const csv = (await Deno.readTextFile(out("csv/trials.csv"))).trim().split("\r\n");
  assert.equal(csv[0], "number,min_edge,rest,objective,pnl,orders,fills,stopped_early,failure");
  assert.equal(csv[1].split(",")[4], summary.search.trials[0].pnl);
  const parquet = await Deno.readFile(out("parquet/trials.parquet"));
  const rows = await parquetReadObjects({ file: parquet.buffer });
  assert.deepEqual(rows.map(({ min_edge }) => min_edge), [0.01, 0.01, 0.02, 0.02]);
  assert.match(await Deno.readTextFile(out("sweep.html")), /Search over parameters/);
  await change(out("kept/trials.kv"));
  const changed = await runKbot(["sweep", ...asked]);
  assert.equal(changed.code, 1);
  assert.match(changed.stderr, /The results kept in .* are of another program than this one, and are forgotten/);
  const again = await runKbot(["sweep", ...asked, "--workers", "1"]);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stdout, /^Sweep of settlement_edge over .*: recorded market data, simulated fills$/m);
  assert.match(again.stdout, /^ {2}trials +4 by grid, seed 1, 0 runs known from before; 8 moments of settlement$/m);
  assert.match(again.stdout, /^ {2}WARNING +Only 8 moments of settlement/m);
});
