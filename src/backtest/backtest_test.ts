import assert from "node:assert/strict";
import { indexSettings, paperSettings, riskLimits, strategySettings } from "../config/engine_settings.ts";
import { defaultConfig } from "../config/schema.ts";
import { backtest, type BacktestResult } from "./backtest.ts";

const DATA = new URL("../../../shared/data/", import.meta.url);
const METER = { seconds: () => 0, rssMb: () => 0 };

function here(): boolean {
  try {
    return Deno.statSync(DATA).isDirectory;
  } catch {
    console.log("Skipped: the recorded data is not on this machine");
    return false;
  }
}

async function run(path: string, spot: string | null): Promise<BacktestResult> {
  const config = defaultConfig();
  const result = await backtest({
    path: new URL(path, DATA).pathname,
    spot: spot === null ? null : new URL(spot, DATA).pathname,
    capital: config.paper.capital,
    engine: {
      version: "test",
      paper: paperSettings(config),
      index: indexSettings(config),
      risk: riskLimits(config),
      strategies: strategySettings(config),
    },
  }, METER);
  if ("error" in result) throw new Error(result.error);
  return result;
}

Deno.test({
  name: "recorded KXBTC15M sessions: no gaps, every checkpoint equal, every settlement as the rule says",
  ignore: !here(),
  async fn() {
    const result = await run("kxbtc15m_ws", "spot/coinbase_btcusd_trades.csv.gz");
    assert.equal(result.gaps, 0);
    assert.equal(result.frames_refused, 0);
    assert.equal(result.books_checked, 279);
    assert.equal(result.books_equal, 279);
    assert.equal(result.settlements_checked, 207);
    assert.equal(result.settlements_agree, 207);
    assert.equal(result.index_settlements_checked, 24);
    assert.equal(result.index_settlements_agree, 24);
    assert.deepEqual(result.index_settlements_margin_usd, [], "none of them differs");
    const margins = result.index_settlements_margins;
    assert.deepEqual([margins.length, margins.every(({ agrees }) => agrees)], [24, true]);
    for (const { average, strike, margin_usd } of margins) {
      assert.ok(margin_usd > 0 && Math.abs(Math.abs(average - strike) - margin_usd) < 0.005);
    }
    assert.deepEqual([result.markets, result.settled], [17, 17]);
    assert.ok(result.orders > 0 && result.brier !== null && result.brier < 0.25);
    const again = await run("kxbtc15m_ws", "spot/coinbase_btcusd_trades.csv.gz");
    assert.equal(again.decision_hash, result.decision_hash);
  },
});

Deno.test({
  name: "recorded KXGOLD15M tapes run with their gaps meaning nothing, and no index means no orders",
  ignore: !here(),
  async fn() {
    const result = await run("kxgold15m_ws", null);
    assert.deepEqual([result.markets, result.settled], [4, 4], "markets count as settled, held or not");
    assert.equal(result.gaps, 0);
    assert.equal(result.frames_refused, 0);
    assert.equal(result.settlements_checked, 4);
    assert.equal(result.settlements_agree, 4);
    assert.equal(result.orders, 0);
    assert.equal(result.brier, null);
  },
});

Deno.test("a path that is no recording is an error in words", async () => {
  const config = defaultConfig();
  const result = await backtest({
    path: "/nowhere/at/all",
    spot: null,
    capital: config.paper.capital,
    engine: {
      version: "test",
      paper: paperSettings(config),
      index: indexSettings(config),
      risk: riskLimits(config),
      strategies: strategySettings(config),
    },
  }, METER);
  assert.ok("error" in result);
  assert.match(result.error, /nowhere/);
});

Deno.test("a recording with bad lines is run without them and says how many, one of bad lines alone is an error", async () => {
  const folder = await Deno.makeTempDir({ prefix: "kbot-backtest-" });
  try {
    const frame = (seq: number, msg: object) => ({ type: "orderbook_delta", sid: 2, seq, msg });
    const change = { market_ticker: "KXBTC15M-X", price_dollars: "0.4500", delta_fp: "1.00", side: "yes" };
    const line = JSON.stringify({
      recv_ns: 1_778_478_300_000_000,
      frame: frame(2, { ...change, ts_ms: 1_778_478_300_000 }),
    });
    const path = `${folder}/a.ndjson`;
    await Deno.writeTextFile(path, `${line}\n{\n${line}\n`);
    const result = await run(path, null);
    assert.equal(result.frames_refused, 1);
    assert.match(result.problems[0], /a\.ndjson, line 2: found a text that is no JSON/);
    await Deno.writeTextFile(path, `{"recv_ns":1778478300000000,\n{\n`);
    await assert.rejects(run(path, null), /Nothing to run in .*a\.ndjson, line 1: found a text that is no JSON/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
