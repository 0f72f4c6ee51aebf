import assert from "node:assert/strict";
import fc from "fast-check";
import { collect, withFiles } from "./recording_fixture.ts";
import { openRecording } from "./recording.ts";

const FULL = Deno.env.get("KBOT_TEST_FULL") === "1";
const SEED = 20_261_120;

const ladder = {
  captured_at: "2026-07-03T05:24:00+00:00",
  series: "KXBTC",
  current: {
    status: "ok",
    open_time: "2026-07-03T05:00:00Z",
    close_time: "2026-07-03T06:00:00Z",
    outcomes: [{
      ticker: "KXBTC-26JUL0302-B61350",
      strike_type: "between",
      floor_strike: 61_300,
      cap_strike: 61_399.99,
      yes_bid: 0.3,
      no_bid: 0.65,
    }],
  },
  spot: { price: 61_460.68 },
};
const weather = {
  captured_at: "2026-07-16T01:29:11.72+00:00",
  close_time: "2026-07-17T05:59:00Z",
  ticker: "KXHIGHAUS-26JUL16-T91",
  strike_type: "greater",
  floor_strike: 91,
  cap_strike: null,
  raw_orderbook: { yes_dollars: [["0.0100", "117.00"]], no_dollars: [["0.9800", "7.00"]] },
};
const depth = {
  captured_at: ladder.captured_at,
  ticker: "KXBTC-26JUL0302-B61350",
  yes_bids: [[0.3, 1.5]],
  no_bids: [],
};

/** Every kind of recording that is no frames, whole. */
const SOUND: readonly Readonly<Record<string, string>>[] = [
  {
    "crypto_hourly_2026-07-03.jsonl": JSON.stringify(ladder),
    "orderbook_depth_2026-07-03.jsonl": JSON.stringify(depth),
  },
  { "kalshi_weather_books_2026-07-16.jsonl": JSON.stringify(weather) },
  {
    "kxhighny_tob_25DEC05.csv": "timestamp,market_ticker,best_yes_bid,best_no_bid\n" +
      "2025-12-04T12:27:16.079996,KXHIGHNY-25DEC05-T37,1,96\n2025-12-04T12:27:16.08,KXHIGHNY-25DEC05-B32.5,45,54\n",
  },
  {
    "a_tob.csv": "ts_s,ticker,yes_bid,yes_ask,yes_depth,no_depth,spot_usd\n" +
      "1786945083.973,KXETH15M-26AUG170145-45,0.093,0.094,11364.05,314806.98,1897.375\n",
  },
  {
    "b_trades.csv": "ticker,created_us,yes_price,count,taker_side\n" +
      "KXBTC15M-26APR271445-45,1777314601160462,0.4900,30.00,no\n",
  },
  {
    "markets.csv": "ticker,open_time,close_time,strike_type,floor_strike,result\n" +
      "KXBTC15M-26MAY110145-45,2026-05-11T05:30:00Z,2026-05-11T05:45:00Z,greater_or_equal,80938.41,no\n",
    "quotes.csv": "time,ticker,yes_bid,yes_ask\n2026-05-11T05:31:00Z,KXBTC15M-26MAY110145-45,0.44,0.46\n",
    "prices.csv": "time,index,value\n1778477460000000,BRTI,80901\n",
  },
];

/** Cuts a text somewhere, or puts something else there. */
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(12),
  put: fc.oneof(
    fc.constantFrom(
      "",
      ",",
      '"',
      "\n",
      "\r\n",
      "-",
      "0",
      "9".repeat(20),
      "1e400",
      "null",
      "{}",
      "[]",
      "Z",
      "\u0000",
      "\uFEFF",
    ),
    fc.string({ maxLength: 6 }),
  ),
});

Deno.test("however a recording is damaged, it is read or refused in words, in order of time, and never crashes", async () => {
  const damaged = fc.record({
    which: fc.nat(SOUND.length - 1),
    file: fc.nat(3),
    mutations: fc.array(mutation, { minLength: 1, maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(damaged, async ({ which, file, mutations }) => {
      const files = Object.entries(SOUND[which]);
      const [name, whole] = files[file % files.length];
      let text = whole;
      for (const { at, length, put } of mutations) {
        const from = Math.floor(at * text.length);
        text = text.slice(0, from) + put + text.slice(from + length);
      }
      await withFiles({ ...SOUND[which], [name]: text }, async (folder) => {
        const recording = await openRecording(folder);
        if ("error" in recording) return assert.match(recording.error, /^(?:Recording|No recording) /);
        let newest = 0;
        for (const { input } of await collect(recording)) {
          assert.ok(Number.isSafeInteger(input.at) && input.at >= newest, `${input.type} at ${input.at}`);
          newest = input.at;
          if (input.type !== "book_snapshot") continue;
          for (const [price, size] of [...input.yes, ...input.no]) {
            assert.ok(Number.isInteger(price) && price > 0 && price < 10_000 && Number.isInteger(size) && size >= 0);
          }
        }
        assert.ok(recording.counts.refused >= 0);
      });
    }),
    { numRuns: FULL ? 10_000 : 300, seed: SEED },
  );
});
