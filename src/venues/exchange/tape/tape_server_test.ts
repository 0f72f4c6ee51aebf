import assert from "node:assert/strict";
import { dirname } from "node:path";
import { micros, MICROS_PER_SECOND, parseTime } from "../../../core/units.ts";
import { withFiles } from "../../../backtest/recording/recording_fixture.ts";
import { seriesOn } from "./recorded_moments.ts";
import { startTape } from "./tape_server.ts";

const TICKER = "KXBTC15M-26MAY110830-30";
const START = parseTime("2026-05-11T12:29:00Z") ?? micros(0);
const CLOSE = parseTime("2026-05-11T12:30:00Z") ?? micros(0);
const OPTIONS = { port: 0, seed: 1, speed: 1, faults: [], mode: "stepped", keyDirectory: null } as const;

const SETTLEMENTS = `ticker,open_time_utc,close_time_utc,floor_strike,expiration_value,expiration_value_source,result
${TICKER},2026-05-11T12:15:00Z,2026-05-11T12:30:00Z,81087.33,81100.5,kalshi_api,yes
`;

function tape(): string {
  const lines: unknown[] = [];
  const push = (line: Record<string, unknown>) => lines.push({ recv_ns: START * 1_000, ...line });
  push({
    control: "watch_market",
    market_ticker: TICKER,
    info: { strike: 81087.33, close_time: "2026-05-11T12:30:00Z" },
  });
  push({ control: "ws_connected", market_ticker: TICKER, info: {} });
  let seq = 0;
  const frame = (type: string, seconds: number, msg: Record<string, unknown>) =>
    push({
      frame: {
        type,
        sid: 2,
        seq: ++seq,
        msg: { market_ticker: TICKER, ts_ms: START / 1_000 + seconds * 1_000, ...msg },
      },
    });
  frame("orderbook_snapshot", 0, { yes_dollars_fp: [["0.4800", "10.00"]], no_dollars_fp: [["0.4900", "5.00"]] });
  const change = (seconds: number, by: string) =>
    frame("orderbook_delta", seconds, { side: "yes", price_dollars: "0.4800", delta_fp: by });
  change(1, "2.50");
  change(2, "-4.00");
  return lines.map((line) => JSON.stringify(line)).join("\n") + "\n";
}

const SPOT = "exchange_ts_us,recv_ns,price_usd,trade_id\n" +
  [-2, -1, 0, 1, 2, 3].map((k) => `${START + k * MICROS_PER_SECOND},0,${81_000 + k},${k + 9}`).join("\n") + "\n";

Deno.test("a recording is played on time: market, book, index, close and result", async () => {
  await withFiles({ "tape.ndjson": tape(), "settlements_x.csv": SETTLEMENTS, "spot.csv": SPOT }, async (folder) => {
    const request = { path: `${folder}/tape.ndjson`, spot: `${folder}/spot.csv` };
    assert.deepEqual(await seriesOn(request), { names: ["KXBTC15M"] });
    const running = await startTape(OPTIONS, request);
    const { exchange } = running;
    const to = async (time: number) => {
      const over = await running.readOn(micros(time));
      running.advance(micros(time));
      return over;
    };
    try {
      assert.equal(exchange.now, START - 5 * MICROS_PER_SECOND, "it is there before its first market");
      assert.equal(exchange.markets.size, 0);
      await to(START);
      const market = exchange.markets.get(TICKER) ?? assert.fail("no market");
      const bids = () => market.book.levels("bid").map(([price, size]) => `${price} ${size}`).join();
      assert.deepEqual([market.status, market.floorStrike, bids()], ["active", 81087.33, "4800 1000"]);
      await to(START + 1.5 * MICROS_PER_SECOND);
      assert.equal(bids(), "4800 1250");
      assert.equal(exchange.index.value("BRTI", START / MICROS_PER_SECOND + 1), 81_001);
      assert.equal(exchange.index.value("BRTI", START / MICROS_PER_SECOND + 2), null, "not before its time");
      await to(START + 3 * MICROS_PER_SECOND);
      assert.equal(bids(), "", "the tape has ended: nobody knows what stands there");
      await to(CLOSE);
      assert.equal(market.status, "closed");
      assert.equal(await to(CLOSE + 10 * MICROS_PER_SECOND), true);
      assert.deepEqual([market.status, market.result, market.expirationValue], ["finalized", "yes", 81100.5]);
      assert.equal(exchange.houseLedger().missing, 0);
    } finally {
      await running.stop();
    }
  });
});

Deno.test("where there is nothing to play, the reason is told", async () => {
  await withFiles({ "notes.txt": "" }, async (folder) => {
    const nothing = /No recording at .*: found no file that ends in \.ndjson or \.ndjson\.gz/;
    await assert.rejects(startTape(OPTIONS, { path: folder, spot: null }), nothing);
    await assert.rejects(startTape(OPTIONS, { path: `${folder}/none`, spot: null }), /nothing is there/);
    await assert.rejects(
      startTape({ ...OPTIONS, mode: "free" }, { path: dirname(folder), spot: null }),
      /stepped mode alone/,
    );
  });
});
