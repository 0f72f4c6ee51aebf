/** The same journal gives the same decisions, whoever drives the engine: the run itself, a replay, a backtest. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { runKbot, temporaryDirectory } from "./process.ts";

const hashOf = (stdout: string): string => (JSON.parse(stdout) as { decision_hash: string }).decision_hash;

/** One series is enough, and quick. */
const SERIES = { KBOT_VENUE__SERIES: "KXBTC15M" };

async function succeeded(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runKbot(args, SERIES);
  assert.equal(code, 0, `kbot ${args.join(" ")}\n${stderr}`);
  return stdout;
}

Deno.test("a paper run, its replay and its backtest take the same decisions, and another fill model takes others", async () => {
  await using directory = await temporaryDirectory();
  const state = join(directory.path, "state");
  const ran = await succeeded(
    ["run", "--paper", "--venue", "sim", "--for", "4s", "--speed", "100", "--seed", "5", "--port", "0"].concat(
      ["--state", state, "--json"],
    ),
  );
  const { journal, decision_hash, fills, pnl } = JSON.parse(ran);
  assert.ok(fills > 0, "a run without fills would prove little");
  assert.equal(hashOf(await succeeded(["replay", journal, "--verify", "--json"])), decision_hash);
  const tested = JSON.parse(await succeeded(["backtest", journal, "--json"]));
  assert.deepEqual([tested.decision_hash, tested.fills, tested.pnl], [decision_hash, fills, pnl]);
  assert.deepEqual(tested.halts, []);
  const config = join(directory.path, "kbot.toml");
  await Deno.writeTextFile(config, "[paper]\nlatency_ms = 900\n");
  assert.notEqual(hashOf(await succeeded(["backtest", journal, "--json", "--config", config])), decision_hash);
});
