import assert from "node:assert/strict";
import { join } from "node:path";
import { recordedWorld } from "../backtest/calibration_fixture.ts";
import { withFiles } from "../backtest/recording/recording_fixture.ts";
import { calibrate } from "./calibrate.ts";
import type { CalibrateCommand } from "./command.ts";

const WORLD = recordedWorld({ seed: 91, markets: 8, sigma: 5e-5, basis: 0 });

const command = (asked: Partial<CalibrateCommand>): CalibrateCommand => ({
  kind: "calibrate",
  path: ".",
  spot: undefined,
  plot: undefined,
  config: undefined,
  state: undefined,
  json: true,
  ...asked,
});

Deno.test("calibrate prints its table, gives one object to programs, and writes the diagram", async () => {
  await withFiles(WORLD, async (folder) => {
    const plot = join(folder, "reliability.svg");
    const reply = await calibrate(command({ path: folder, spot: join(folder, "spot_x.csv"), plot }));
    assert.equal(reply.exitCode, 0, reply.problems.join("\n"));
    assert.match(
      reply.text ?? "",
      /^Calibration on .* with prices of .*spot_x\.csv\n {2}40 moments of 8 settled markets/,
    );
    for (const minutes of [10, 5, 2, 1, 0.5]) {
      assert.match(reply.text ?? "", new RegExp(`^${minutes} min before the close: model against`, "m"));
    }
    assert.match(reply.text ?? "", /^ {2}har less basis +8 +0\.\d{4} +0\.\d{4} {2}[+-]0\.\d{4} \([+-].*\)/m);
    const json = JSON.parse(JSON.stringify(reply.json));
    assert.deepEqual([json.markets, json.settled, json.observations, json.problems], [8, 8, 40, []]);
    assert.deepEqual(json.moments_minutes, [10, 5, 2, 1, 0.5]);
    assert.equal(json.indices[0].volatility.scores.length, 10);
    assert.match(await Deno.readTextFile(plot), /^<svg /);
  });
});

Deno.test("what stands in the way is told, with the exit code that DESIGN.md 4 gives it", async () => {
  await withFiles({ ...WORLD, "bad.toml": "[risk]\nmax_order_usd = -1\n" }, async (folder) => {
    const frames = join(folder, "a.ndjson");
    const cases: [asked: Partial<CalibrateCommand>, exitCode: number, problem: RegExp][] = [
      [{ path: join(folder, "nothing") }, 1, /^No recording at .*nothing: nothing is there$/],
      [{ path: folder, spot: join(folder, "nothing.csv") }, 1, /nothing\.csv/],
      [{ path: folder, config: join(folder, "bad.toml") }, 2, /bad\.toml.*max_order_usd/s],
      [{ path: folder, plot: join(folder, "no", "such", "r.svg") }, 1, /^The plot cannot be written to .*r\.svg: /],
    ];
    for (const [asked, exitCode, problem] of cases) {
      const reply = await calibrate(command(asked));
      assert.deepEqual([reply.exitCode, reply.text], [exitCode, null], reply.problems.join("\n"));
      assert.match(reply.problems.join("\n"), problem);
    }
    // One file alone, with its sidecars.
    assert.equal((await calibrate(command({ path: frames }))).exitCode, 0);
  });
  await withFiles({ "a.ndjson": WORLD["a.ndjson"] }, async (folder) => {
    const reply = await calibrate(command({ path: folder }));
    assert.equal(reply.exitCode, 1);
    assert.match(reply.problems[0], /^Nothing to judge in .*: of 1 markets and 0 settlements none was seen/);
  });
});
