import assert from "node:assert/strict";
import type { Input } from "../../core/input.ts";
import { collect, recordedData, withFiles } from "./recording_fixture.ts";
import { openRecording, type Recording } from "./recording.ts";

async function opened(path: string): Promise<Recording> {
  const recording = await openRecording(path);
  if ("error" in recording) throw new Error(recording.error);
  return recording;
}

/** Counts of a whole data set, gone through as a backtest does. */
async function walked(recording: Recording): Promise<Record<string, number>> {
  const seen: Record<string, number> = { markets: 0, stale: 0, snapshots: 0, trades: 0, index: 0, settled: 0, back: 0 };
  let newest = 0;
  for await (const { inputs, lines } of recording.batches()) {
    assert.equal(inputs.length, lines.length);
    for (const input of inputs) {
      if (input.at < newest) seen.back++;
      newest = input.at;
      if (input.type === "market") seen.markets++;
      else if (input.type === "book_stale") seen.stale++;
      else if (input.type === "book_snapshot") seen.snapshots++;
      else if (input.type === "trade") seen.trades++;
      else if (input.type === "index") seen.index++;
      else if (input.type === "lifecycle" && input.event === "settled") seen.settled++;
    }
  }
  return seen;
}

async function dataSet(name: string): Promise<{ seen: Record<string, number>; recording: Recording } | null> {
  const path = await recordedData(name);
  if (path === null) return null;
  const recording = await opened(path);
  return { seen: await walked(recording), recording };
}

Deno.test("the recorded trade tape gives every trade and settles every market, and says that nothing can be bought", async () => {
  const read = await dataSet("kx15m_trades");
  if (read === null) return;
  const { seen, recording } = read;
  assert.deepEqual(
    [seen.trades, seen.markets, seen.settled, seen.snapshots, seen.back],
    [240_026 + 33_853, 92, 92, 0, 0],
  );
  assert.equal(recording.counts.refused, 0);
  assert.match(recording.counts.notes[0], /without books nothing can be traded/);
});

Deno.test("recorded polls that repeat are not believed again, and neither strike nor outcome is made up", async () => {
  const read = await dataSet("kx15m_tob");
  if (read === null) return;
  const { seen, recording } = read;
  assert.deepEqual([seen.markets, seen.settled, seen.back, recording.counts.refused], [269, 0, 0, 0]);
  assert.equal(seen.snapshots, 20_655 - 18_424);
  assert.ok(seen.stale > seen.markets, "every burst ends in a book that is not believed");
  assert.match(recording.counts.notes[0], /^18424 of 20655 rows repeat the one before them/);
  assert.equal(recording.counts.notes[2], "269 of 269 markets have no recorded strike: no model prices them");
});

Deno.test("recorded hourly ladders settle as the exchange's rule says, in order of time though their files are not", async () => {
  const read = await dataSet("kxbtc_kxeth_hourly_ladder");
  if (read === null) return;
  const { seen, recording } = read;
  assert.deepEqual([seen.markets, seen.settled, seen.back], [48_918, 45_236, 0]);
  assert.ok(seen.stale > 300, "each capture is believed for two seconds");
  // 42 captures that found no ladder, and the depth of one event that no ladder told of before.
  assert.equal(recording.counts.refused, 42 + 263);
  assert.equal(recording.settlements.size, 45_236);
});

Deno.test("recorded weather books and quotes bear their strikes, and settle by what was recorded", async () => {
  const read = await dataSet("weather");
  if (read === null) return;
  const { seen, recording } = read;
  assert.deepEqual([seen.markets, seen.settled, seen.back, recording.counts.refused], [1_456, 408, 0, 0]);
  assert.equal(seen.snapshots, 3_720 + 800 + 40_342 + 19_848 + 28_311 + 44_957 + 50_328 + 61_166);
  const bucket = recording.settlements.get("KXHIGHNY-25DEC05-B32.5");
  assert.deepEqual([bucket?.strikeType, bucket?.floorStrike, bucket?.capStrike, bucket?.result], [
    "between",
    32,
    33,
    "yes",
  ]);
  const tails = ["KXHIGHNY-25DEC05-T30", "KXHIGHNY-25DEC05-T37"].map((ticker) => recording.settlements.get(ticker));
  assert.deepEqual(tails.map((tail) => [tail?.strikeType, tail?.floorStrike, tail?.capStrike]), [
    ["less", null, 30],
    ["greater", 37, null],
  ]);
});

const TOB = "ts_s,ticker,yes_bid,yes_ask,yes_depth,no_depth,spot_usd,n_trades_60s\n";
const tob = (second: string, bid: string): string =>
  `${second},KXETH15M-26AUG170145-45,${bid},0.50,100.00,50.00,1897.37,0`;

Deno.test("a poll is believed for three seconds after it changed, and what repeats it renews nothing", async () => {
  const rows = [
    tob("1786945083.5", "0.4"),
    tob("1786945084.5", "0.4"),
    tob("1786945087.0", "0.4"),
    tob("1786945088.0", "0.41"),
  ];
  await withFiles({ "eth_tob.csv": TOB + rows.join("\n") }, async (folder) => {
    const all = await collect(await opened(folder));
    const told = all.filter(({ input }) => input.type === "book_snapshot" || input.type === "book_stale");
    assert.deepEqual(told.map(({ input, line }) => `${line} ${input.type} ${input.at}`), [
      "2 book_snapshot 1786945083500000",
      "0 book_stale 1786945086500000",
      "5 book_snapshot 1786945088000000",
      "0 book_stale 1786945091000000",
    ]);
    const [, stale] = told;
    assert.ok(stale.input.type === "book_stale" && stale.input.tickers.includes("KXETH15M-26AUG170145-45"));
    // The market closes, and nobody said how it ended.
    assert.deepEqual(all.at(-1)?.input.type, "clock");
  });
});

const outcome = (ticker: string, floor: number): object => ({
  ticker,
  strike_type: "between",
  floor_strike: floor,
  cap_strike: floor + 99.99,
  yes_bid: 0.3,
  yes_ask: 0.35,
  no_bid: 0.65,
  no_ask: 0.7,
});
const ladder = (captured: string): string =>
  JSON.stringify({
    captured_at: captured,
    series: "KXBTC",
    current: {
      status: "ok",
      event_ticker: "KXBTC-26JUL0302",
      open_time: "2026-07-03T05:00:00Z",
      close_time: "2026-07-03T06:00:00Z",
      outcomes: [outcome("KXBTC-26JUL0302-B61350", 61_300), outcome("KXBTC-26JUL0302-B61450", 61_400)],
    },
    spot: { price: 61_460.68 },
  });

Deno.test("captures are told in the order of their times, after they were taken, with strikes, exclusivity and endings", async () => {
  const files = {
    "crypto_hourly_2026-07-03.jsonl.gz": [ladder("2026-07-03T05:55:00+00:00"), ladder("2026-07-03T05:24:00+00:00")]
      .join("\n"),
    "settlements.csv": "event_ticker,close_time_utc,expiration_value,winning_ticker\n" +
      "KXBTC-26JUL0302,2026-07-03T06:00:00Z,61387.31,KXBTC-26JUL0302-B61350\n",
  };
  await withFiles(files, async (folder) => {
    const recording = await opened(folder);
    const all = (await collect(recording)).map(({ input }) => input);
    const types = all.map((input: Input) => input.type === "lifecycle" ? `${input.event} ${input.result}` : input.type);
    assert.deepEqual(
      types.join(),
      [
        ...["index", "market", "book_snapshot", "market", "book_snapshot", "book_stale"],
        ...["index", "book_snapshot", "book_snapshot", "book_stale", "clock", "clock"],
        ...["determined yes", "determined no", "settled yes", "settled no"],
      ].join(),
    );
    const [first, market] = all;
    assert.equal(new Date(first.at / 1_000).toISOString(), "2026-07-03T05:24:05.000Z");
    assert.ok(market.type === "market");
    const { floorStrike, capStrike, strikeType, exclusive, event } = market.market;
    assert.deepEqual([floorStrike, capStrike, strikeType, exclusive, event], [
      61_300,
      61_399.99,
      "between",
      true,
      "KXBTC-26JUL0302",
    ]);
    assert.equal(recording.settlements.get("KXBTC-26JUL0302-B61350")?.expirationValue, 61_387.31);
  });
});
