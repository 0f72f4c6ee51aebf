/** `kbot sweep` from outside, over a recording that is made up. */

import assert from "node:assert/strict";
import { parquetReadObjects } from "hyparquet";
import { writeRecording } from "../src/backtest/search/sweep_recording_fixture.ts";
import type { SweepSummary } from "../src/cli/sweep_summary.ts";
import { Kbot, runKbot, temporaryDirectory } from "./process.ts";

const MARKETS = 8;
const EDGES = 8;

Deno.test("a grid that is stopped by Ctrl-C goes on where it was, and is written as tables and as a page", async () => {
  await using folder = await temporaryDirectory();
  const at = (name: string) => `${folder.path}/${name}`;
  await Deno.mkdir(at("data"));
  await writeRecording(at("data"), { markets: MARKETS, seed: 1, lateSeconds: 12 });
  const grid = ["--method", "grid", "--param", `min_edge=0.01..0.0${EDGES}:0.01`, "--param", "rest=true,false"];
  const asked = ["sweep", at("data"), "--spot", at("data/prices.csv"), "--strategy", "settlement_edge", ...grid].concat(
    ["--objective", "pnl", "--folds", "0", "--workers", "1", "--state", at("state")],
    ["--csv", at("csv"), "--parquet", at("parquet"), "--report", at("sweep.html")],
  );
  {
    await using stopped = new Kbot(asked);
    await stopped.until(/^Trial \d+: \d+ fills/m);
    stopped.signal("SIGINT");
    const { code, stderr } = await stopped.end();
    assert.equal(code, 1);
    assert.match(stderr, /Stopped after \d+ runs, which are kept in .*state\/sweeps: the same command goes on/);
  }
  const { code, stdout, stderr } = await runKbot([...asked, "--json"]);
  assert.equal(code, 0, stderr);
  const summary: SweepSummary = JSON.parse(stdout);
  const { kept, ran, periods, search, best, findings } = summary;
  assert.ok(kept > 0 && ran > 0, `${kept} known, ${ran} ran`);
  assert.deepEqual([kept + ran, periods, search.trials.length], [2 * EDGES, MARKETS, 2 * EDGES]);
  assert.deepEqual(search.trials.slice(0, 2).map(({ parameters }) => parameters), [
    { min_edge: 0.01, rest: true },
    { min_edge: 0.01, rest: false },
  ]);
  assert.deepEqual([findings?.summary.pnl.value, findings?.search], [best?.pnl, search]);
  assert.equal(findings?.provenance.settings["strategies.settlement_edge.rest"], best?.parameters.rest);
  const csv = (await Deno.readTextFile(at("csv/trials.csv"))).trim().split("\r\n");
  assert.equal(csv[0], "number,min_edge,rest,objective,pnl,orders,fills,stopped_early,failure");
  assert.equal(csv[1].split(",")[4], search.trials[0].pnl);
  const parquet = await Deno.readFile(at("parquet/trials.parquet"));
  const rows = await parquetReadObjects({ file: parquet.buffer });
  assert.deepEqual(rows.map(({ min_edge }) => min_edge), search.trials.map(({ parameters }) => parameters.min_edge));
  assert.match(await Deno.readTextFile(at("sweep.html")), /Search over parameters/);
});
