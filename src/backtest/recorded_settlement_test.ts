import assert from "node:assert/strict";
import type { Market } from "../core/market.ts";
import { aMarket } from "../core/market_fixture.ts";
import { outcome, SETTLEMENT_SECONDS, settlementNumber } from "../core/settlement.ts";
import { type Micros, micros, MICROS_PER_SECOND, parseTime } from "../core/units.ts";
import { Engine } from "../engine/engine.ts";
import { engineOptions } from "../engine/engine_fixture.ts";
import type { MarketState } from "../engine/market_state.ts";
import { recordedData } from "./recording/recording_fixture.ts";
import { readSettlements } from "./recording/settlements.ts";
import { SpotTape } from "./recording/spot_tape.ts";
import { tableRows } from "./recording/table.ts";
import { SettlementCheck } from "./settlement_check.ts";

interface HourlyOutcome {
  readonly ticker: string;
  readonly closeTime: Micros;
  readonly strike: number;
  readonly result: "yes" | "no";
  /** Seconds of the index that were recorded within the last minute, and their mean. */
  readonly seconds: number;
  readonly mean: number;
}

async function hourlyOutcomes(path: string): Promise<HourlyOutcome[]> {
  const columns = [
    "ticker",
    "close_time_utc",
    "floor_strike",
    "result_inferred_from_pnl",
    "n_brti_seconds",
    "brti_avg60_rounded_inputs",
  ];
  const outcomes: HourlyOutcome[] = [];
  for await (const rows of tableRows(path, columns)) {
    for (const { fields } of rows) {
      const closeTime = parseTime(fields[1]);
      assert.ok(closeTime !== null && (fields[3] === "yes" || fields[3] === "no"));
      outcomes.push({
        ticker: fields[0],
        closeTime,
        strike: Number(fields[2]),
        result: fields[3],
        seconds: Number(fields[4]),
        mean: Number(fields[5]),
      });
    }
  }
  return outcomes;
}

const hourlyMarket = ({ ticker, closeTime, strike }: HourlyOutcome): Market =>
  aMarket({
    ticker,
    event: ticker.slice(0, ticker.lastIndexOf("-")),
    series: "KXBTCD",
    strikeType: "greater",
    floorStrike: strike,
    openTime: micros(closeTime - 3_600 * MICROS_PER_SECOND),
    closeTime,
  });

/** Runs an engine over the recorded index; each market is looked at a second after its close. */
async function settledBy(
  index: string,
  outcomes: readonly HourlyOutcome[],
  look: (state: MarketState, engine: Engine) => void,
) {
  const closes = new Map<number, HourlyOutcome[]>();
  for (const each of outcomes) closes.set(each.closeTime, [...closes.get(each.closeTime) ?? [], each]);
  let engine: Engine | null = null;
  let looked: number | null = null;
  for await (const rows of tableRows(index, ["ts_s", "brti_usd_rounded"])) {
    for (const { fields } of rows) {
      const at = micros(Number(fields[0]) * MICROS_PER_SECOND);
      engine ??= new Engine(engineOptions({ startedAt: at, strategies: [] }));
      const hour = micros(Math.ceil(at / 3_600e6) * 3_600e6);
      const past = micros(hour - 3_600e6);
      for (const each of closes.get(hour) ?? []) {
        if (!engine.markets.has(each.ticker)) engine.step({ type: "market", at, market: hourlyMarket(each) });
      }
      engine.step({
        type: "index",
        at,
        index: "BRTI",
        value: Number(fields[1]),
        sourceTime: at,
        source: "recorded",
        venueAverage: null,
      });
      if (at <= past || looked === past) continue;
      looked = past;
      for (const { ticker } of closes.get(past) ?? []) {
        const state = engine.markets.get(ticker);
        assert.ok(state !== undefined, ticker);
        look(state, engine);
      }
    }
  }
}

Deno.test("the engine settles thirty recorded hourly markets as they ended, by either convention", async () => {
  const index = await recordedData("spot/brti_1s_from_kalshi_perp.csv.gz");
  const table = await recordedData("spot/kxbtcd_outcomes_inferred.csv");
  if (index === null || table === null) return;
  const outcomes = await hourlyOutcomes(table);
  let agree = 0;
  let agreeByA = 0;
  await settledBy(index, outcomes, (state, engine) => {
    const recorded = outcomes.find(({ ticker }) => ticker === state.market.ticker);
    const progress = engine.settlements.progress(state);
    assert.ok(recorded !== undefined && progress?.b.mean != null && progress.a.mean !== null);
    // Not every second was recorded: what is missing is said, and the mean is of the others.
    assert.ok(Math.abs(progress.b.count - recorded.seconds) <= 1, `${recorded.ticker}: ${progress.b.count} seconds`);
    assert.equal(progress.missing, SETTLEMENT_SECONDS - progress.b.count);
    assert.ok(Math.abs(progress.b.mean - recorded.mean) < 1, `${recorded.ticker}: ${progress.b.mean}`);
    const by = (mean: number) => outcome("greater", settlementNumber(mean, 2), recorded.strike, null);
    if (by(progress.b.mean) === recorded.result) agree++;
    if (by(progress.a.mean) === recorded.result) agreeByA++;
  });
  assert.deepEqual([outcomes.length, agree, agreeByA], [30, 30, 30]);
});

Deno.test("Coinbase's trades settle every recorded 15-minute market that they cover as the exchange did", async () => {
  const trades = await recordedData("spot/coinbase_btcusd_trades.csv.gz");
  const table = await recordedData("kxbtc15m_ws/settlements_kxbtc15m.csv");
  if (trades === null || table === null) return;
  const check = new SettlementCheck((await readSettlements(table)).values());
  const tape = await SpotTape.open(trades, "BRTI");
  for (let more = true; more;) {
    const piece = await tape.until(micros(Number.MAX_SAFE_INTEGER));
    for (const value of piece.values) check.observe(value);
    more = piece.more;
  }
  await tape.close();
  const { checked, agree, agreeByA, differing, basisMean, basisSd } = check.finish();
  assert.deepEqual([checked, agree, agreeByA, differing], [24, 24, 24, []]);
  // One exchange is not the index: it lay 9.5 dollars below, give or take five.
  assert.deepEqual([basisMean?.toFixed(1), basisSd?.toFixed(1)], ["-9.5", "5.3"]);
});
