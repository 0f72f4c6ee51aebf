import assert from "node:assert/strict";
import { join } from "node:path";
import { micros } from "../../core/units.ts";
import { lineBatches } from "../recording/line_batches.ts";
import { withFiles } from "../recording/recording_fixture.ts";
import { type Cut, cutCopy, timeOf } from "./cut_data.ts";

const UNTIL = micros(1_778_477_863_500_000);
const FRAMES = [
  '{"recv_ns":1778477863278419968,"frame":{"side":"yes","price":"0.5000"}}',
  '{"recv_ns":1778477863500900000,"frame":{"side":"yes","price":"0.5100"}}',
  '{"recv_ns":1778477863501000000,"frame":{"side":"yes","yes_bid":"0.52"}}',
  '{"recv_ns":1778477864000000000,"frame":{"side":"no"}}',
  '{"recv_ns":1778478864000000000,"frame":{"side":"no"}}',
].join("\n");
const MARKETS = [
  "ticker,open_time_utc,close_time_utc,floor_strike,expiration_value,result",
  "A,2026-05-11T05:15:00Z,2026-05-11T05:30:00Z,80818.21,80791.61,no",
  "B,2026-05-11T05:30:00Z,2026-05-11T05:45:00Z,80818.21,80891.61,yes",
  "C,2026-05-11T05:45:00Z,2026-05-11T06:00:00Z,80900.00,80791.61,no",
].join("\n");
const PRICES = [
  "exchange_ts_us,recv_ns,price_usd,trade_id",
  "1778477863400000,1778477863545325056,81131.29,7",
  "1778477863600000,1778477863645325056,81131.30,8",
].join("\n");

async function cutFiles(future: Cut["future"]): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  const files = { "x.ndjson.gz": FRAMES, "markets.csv": MARKETS, "spot.csv": PRICES, "read.me": "whole" };
  await withFiles(files, async (from) => {
    await withFiles({}, async (into) => {
      const { path, whole } = await cutCopy(from, into, { until: UNTIL, future });
      assert.deepEqual(whole, ["read.me"]);
      for (const name of Object.keys(files)) {
        const lines: string[] = [];
        for await (const batch of lineBatches(join(path, name))) lines.push(...batch.lines);
        found[name] = lines;
      }
    });
  });
  return found;
}

Deno.test("what lies in folders of folders is cut, too", () =>
  withFiles({}, async (from) => {
    const day = join("kalshi", "KXBTC15M", "2026-05-11");
    await Deno.mkdir(join(from, day), { recursive: true });
    await Deno.writeTextFile(join(from, day, "spot.csv"), PRICES);
    await withFiles({}, async (into) => {
      const { path, whole } = await cutCopy(from, into, { until: UNTIL, future: "absent" });
      assert.deepEqual(whole, []);
      const kept = (await Deno.readTextFile(join(path, day, "spot.csv"))).trim().split("\n");
      assert.deepEqual(kept, PRICES.split("\n").slice(0, 2));
    });
  }));

Deno.test("what came later is left out: lines, rows, how markets ended, and markets that open later", async () => {
  const found = await cutFiles("absent");
  assert.deepEqual(found["x.ndjson.gz"], [
    ...FRAMES.split("\n").slice(0, 2),
    '{"recv_ns":1778477863501000000,"frame":{"side":"no","no_bid":"0.52"}}',
  ], "a line of nonsense keeps the file going past the cut");
  assert.deepEqual(found["markets.csv"].slice(1), [
    "A,2026-05-11T05:15:00Z,2026-05-11T05:30:00Z,80818.21,80791.61,no",
    "B,2026-05-11T05:30:00Z,2026-05-11T05:45:00Z,80818.21,,",
  ]);
  assert.deepEqual(found["spot.csv"], PRICES.split("\n").slice(0, 2));
});

Deno.test("or nonsense stands in its place for a while, and what was before is untouched", async () => {
  const found = await cutFiles("nonsense");
  assert.deepEqual(found["x.ndjson.gz"].slice(0, 2), FRAMES.split("\n").slice(0, 2));
  assert.deepEqual(found["x.ndjson.gz"].slice(2), [
    '{"recv_ns":1778477863501000000,"frame":{"side":"no","no_bid":"0.52"}}',
    '{"recv_ns":1778477864000000000,"frame":{"side":"yes"}}',
  ]);
  assert.equal(found["markets.csv"][1], MARKETS.split("\n")[1]);
  assert.equal(found["markets.csv"][2], "B,2026-05-11T05:30:00Z,2026-05-11T05:45:00Z,80818.21,88980.77,no");
  assert.equal(found["spot.csv"][2], "1778477863600000,1778477863645325056,89244.43,8");
});

Deno.test("a frame is as old as the exchange stamped it, one without a stamp as the one before it", async () => {
  const lines = [
    '{"recv_ms":1778477863900,"event":{"type":"a","ts_ms":1778477863400}}',
    '{"recv_ms":1778477863910,"event":{"type":"b"}}',
    '{"recv_ms":1778477863920,"event":{"type":"c","ts_ms":1778477863600}}',
    '{"recv_ms":1778477863930,"event":{"type":"d"}}',
  ];
  await withFiles({ "x.ndjson": lines.join("\n") }, async (from) => {
    await withFiles({}, async (into) => {
      const { path } = await cutCopy(join(from, "x.ndjson"), into, { until: UNTIL, future: "absent" });
      assert.deepEqual((await Deno.readTextFile(path)).trimEnd().split("\n"), lines.slice(0, 3));
    });
  });
});

Deno.test("times are read in whatever unit they stand", () => {
  const whole = micros(1_778_477_863_000_000);
  for (
    const text of ["1778477863", "1778477863000", "1778477863000000", "1778477863000000000", "2026-05-11T05:37:43Z"]
  ) {
    assert.equal(timeOf(text), whole, text);
  }
  assert.deepEqual(["", "84000.5", "12345", "yes"].map(timeOf), [null, null, null, null]);
});
