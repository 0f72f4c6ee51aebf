import assert from "node:assert/strict";
import { indexSettings, paperSettings, riskLimits } from "../config/engine_settings.ts";
import { defaultConfig } from "../config/schema.ts";
import { type Micros, money } from "../core/units.ts";
import { Engine } from "../engine/engine.ts";
import { FRESH } from "../engine/options.ts";
import { latePack, lateYes } from "../packs/pack_fixture.ts";
import { registryWith } from "../packs/registry_of.ts";
import { type Registration, STRATEGIES } from "../strategies/registry.ts";
import { openRecording } from "./recording/recording.ts";
import { recordedData } from "./recording/recording_fixture.ts";

/** A pack takes some ten thousandths of a second for each: the first windows are enough, the whole is for the full tests. */
const INPUTS_MAX = Deno.env.get("KBOT_TEST_FULL") === "1" ? Infinity : 120_000;

function engineAt(at: Micros, registry: readonly Registration[]): Engine {
  const config = defaultConfig();
  return new Engine({
    version: "test",
    run: "packs",
    startedAt: at,
    execution: "paper",
    instance: "k00000000",
    capital: money(10_000_000_000),
    paper: paperSettings(config),
    risk: riskLimits(config),
    index: indexSettings(config),
    strategies: [{ name: "late_yes", enabled: true, parameters: { min_edge: 0.01, max_seconds: 600 } }],
    resume: FRESH,
  }, registry);
}

Deno.test("on recorded sessions a pack decides as the same strategy in TypeScript, step by step", async () => {
  const folder = await recordedData("kxbtc15m_ws");
  const spot = await recordedData("spot/coinbase_btcusd_trades.csv.gz");
  if (folder === null || spot === null) return;
  const recording = await openRecording(folder, { spot });
  assert.ok(!("error" in recording));
  const pack = await latePack();
  let engines: { readonly packed: Engine; readonly written: Engine } | null = null;
  let inputs = 0;
  for await (const batch of recording.batches()) {
    for (const input of batch.inputs) {
      engines ??= {
        packed: engineAt(input.at, registryWith([pack])),
        written: engineAt(input.at, [...STRATEGIES, lateYes]),
      };
      assert.deepEqual(engines.packed.step(input), engines.written.step(input));
      inputs++;
    }
    if (inputs >= INPUTS_MAX) break;
  }
  assert.ok(engines !== null);
  const { packed, written } = engines;
  assert.equal(packed.decisionHash, written.decisionHash);
  const { orders, fills } = packed.desk.totals;
  assert.ok(orders > 0 && fills > 0, `${orders} orders and ${fills} fills after ${inputs} inputs`);
  assert.deepEqual(packed.desk.halts.list(), []);
});
