import assert from "node:assert/strict";
import { indexSettings, paperSettings, riskLimits, strategySettings } from "../config/engine_settings.ts";
import { defaultConfig } from "../config/schema.ts";
import { parseMoney } from "../core/units.ts";
import { backtest, type BacktestResult } from "./backtest.ts";
import type { TradeOutcome } from "./findings.ts";

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

const REPORT = {
  title: "Test",
  simulatedMarket: false,
  provenance: { version: "test", command: [], data: [], settings: {} },
};

async function run(
  path: string,
  spot: string | null,
  report?: Parameters<typeof backtest>[0]["report"],
): Promise<BacktestResult> {
  const config = defaultConfig();
  const result = await backtest({
    path: new URL(path, DATA).pathname,
    spot: spot === null ? null : new URL(spot, DATA).pathname,
    capital: config.paper.capital,
    ...(report === undefined ? {} : { report }),
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

const sum = (texts: readonly string[]): number => texts.reduce((total, text) => total + (parseMoney(text) ?? NaN), 0);

/** What a report says is what the backtest and its ledger say, to the micro-dollar. */
function agree(
  { findings, pnl, fees, fills, sharpe, max_drawdown, calibration }: BacktestResult,
  told: TradeOutcome[],
): void {
  assert.ok(findings !== null);
  const { summary, attribution, by, days, trades, trades_left_out, equity, charts } = findings;
  assert.deepEqual([summary.pnl.value, attribution.total, summary.fees, attribution.fees], [pnl, pnl, fees, fees]);
  assert.equal(sum([attribution.model, attribution.execution]) - sum([fees]), sum([pnl]));
  for (const parts of [days, told]) assert.equal(sum(parts.map((each) => each.pnl)), sum([pnl]));
  for (const groups of Object.values(by)) assert.equal(sum(groups.map((group) => group.pnl.value)), sum([pnl]));
  assert.deepEqual([summary.fills, told.length, trades.length + trades_left_out], [fills, fills, fills]);
  assert.deepEqual([summary.sharpe.value, summary.max_drawdown], [sharpe, max_drawdown]);
  assert.deepEqual(findings.calibration.map(({ n }) => n), calibration.map(({ n }) => n));
  const { brier, brier_market: market, brier_difference: less } = summary;
  assert.ok(Math.abs((brier.value ?? NaN) - (market.value ?? NaN) - (less.value ?? NaN)) < 1e-12);
  assert.ok(summary.pnl.interval !== null && summary.pnl.interval[0] < summary.pnl.interval[1]);
  assert.ok(equity.length <= 2_000 && equity.every(({ at }, k) => k === 0 || equity[k - 1].at < at));
  assert.ok(
    charts.length === by.market.length && charts.every(({ points }) => points.length >= 10 && points.length <= 240),
  );
  for (const { side, price, contracts, fee, paid, pnl } of trades) {
    assert.ok(paid !== null);
    const signed = side === "bid" ? contracts : -contracts;
    assert.ok(Math.abs(signed * (paid - price) - Number(fee) - Number(pnl)) < 1e-6);
  }
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
    assert.equal(result.findings, null);
    const told: TradeOutcome[] = [];
    const again = await run("kxbtc15m_ws", "spot/coinbase_btcusd_trades.csv.gz", {
      ...REPORT,
      onTrades: (trades) => Promise.resolve(void told.push(...trades)),
    });
    assert.equal(again.decision_hash, result.decision_hash);
    agree(again, told);
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
