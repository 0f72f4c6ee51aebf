import assert from "node:assert/strict";
import { join } from "node:path";
import { indexSettings, paperSettings, riskLimits, strategySettings } from "../../config/engine_settings.ts";
import { defaultConfig } from "../../config/schema.ts";
import { backtestEngine } from "../backtest.ts";
import { lineBatches } from "../recording/line_batches.ts";
import { recordedData, withFiles } from "../recording/recording_fixture.ts";
import { checkLookahead, type LookaheadResult } from "./lookahead.ts";
import { RecordedData } from "./recorded_data.ts";

const FULL = Deno.env.get("KBOT_TEST_FULL") === "1";
const gold = await recordedData("kxgold15m_ws");
const spot = await recordedData("spot/coinbase_btcusd_trades.csv.gz");
const bitcoin = await recordedData("kxbtc15m_ws");
const hourly = await recordedData("kxbtc_kxeth_hourly_ladder");

/** With a strategy that quotes where there is no model, so that something is decided everywhere. */
function check(path: string, spotPath: string | null, moments: number): Promise<LookaheadResult> {
  const config = defaultConfig();
  const quoting = { quote_unmodelled: true, min_spread: 0.02, min_edge: 0.002, buffer: 0 };
  const data = new RecordedData(path, spotPath);
  const options = {
    capital: config.paper.capital,
    engine: {
      version: "test",
      paper: paperSettings(config),
      index: indexSettings(config),
      risk: riskLimits(config),
      strategies: strategySettings(config).map((each) =>
        each.name === "market_maker" ? { ...each, enabled: true, parameters: { ...each.parameters, ...quoting } } : each
      ),
    },
  };
  return checkLookahead({
    open: (cut) => data.open(cut),
    engine: (startedAt) => backtestEngine(options, { startedAt }),
    moments,
    seed: 1,
  });
}

Deno.test({
  name: "the beginning of a recorded gold market is decided about without its future",
  ignore: gold === null,
  async fn() {
    const lines: string[] = [];
    for await (const batch of lineBatches(join(gold ?? "", "KXGOLD15M-26AUG051300-00.ndjson.gz"))) {
      lines.push(...batch.lines);
      if (lines.length >= 3_000) break;
    }
    const markets = await Deno.readTextFile(join(gold ?? "", "markets.csv"));
    await withFiles({ "x.ndjson.gz": lines.join("\n"), "markets.csv": markets }, async (folder) => {
      const { faults, decided, moments } = await check(folder, null, 3);
      assert.deepEqual(faults, []);
      assert.ok(decided > 10 && moments.length > 3, `${decided} decisions`);
    });
  },
});

for (
  const [name, path, prices] of [["gold", gold, null], ["bitcoin", bitcoin, spot], ["hourly", hourly, null]] as const
) {
  Deno.test({
    name: `whole recordings (${name}) are decided about without their future`,
    ignore: !FULL || path === null,
    async fn() {
      assert.deepEqual((await check(path ?? "", prices, 4)).faults, []);
    },
  });
}
