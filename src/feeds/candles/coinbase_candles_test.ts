import assert from "node:assert/strict";
import fc from "fast-check";
import { startOfMinute } from "../../core/price_history.ts";
import { candlesUrl, readCandleRows } from "./coinbase_candles.ts";

const MINUTE = 29_500_000;
const SECONDS = MINUTE * 60;
const row = (minute: number): number[] => [SECONDS + minute * 60, 99, 102, 100, 101, 3.5];

Deno.test("a row's columns are time, low, high, open, close, volume", () => {
  assert.deepEqual(readCandleRows([row(0)], MINUTE, MINUTE), {
    ok: true,
    candles: [{
      start: startOfMinute(MINUTE),
      open: 100,
      high: 102,
      low: 99,
      close: 101,
      source: "coinbase",
      volume: 3.5,
    }],
    refused: [],
  });
});

Deno.test("rows come out oldest first, each minute once, and none that was not asked for", () => {
  const read = readCandleRows([row(3), row(2), row(2), row(0), row(-1), row(9)], MINUTE, MINUTE + 3);
  assert.ok(read.ok);
  assert.deepEqual(read.candles.map(({ start }) => start / 60e6 - MINUTE), [0, 2, 3]);
});

Deno.test("a row that is none is left out with its reason, the others stay", () => {
  const cases: [unknown, string][] = [
    [null, "row without its columns"],
    [[SECONDS, 1, 2], "row without its columns"],
    [[SECONDS, "99", 102, 100, 101, 1], "column that is no number"],
    [[SECONDS, null, 102, 100, 101, 1], "column that is no number"],
    [[SECONDS + 1, 99, 102, 100, 101, 1], "time of no whole minute"],
    [[-60, 99, 102, 100, 101, 1], "time of no whole minute"],
    [[SECONDS, 0, 102, 100, 101, 1], "prices out of order"],
    [[SECONDS, 99, 100.5, 100, 101, 1], "prices out of order"],
    [[SECONDS, 99, 102, 100, 101, -1], "prices out of order"],
  ];
  for (const [bad, reason] of cases) {
    const read = readCandleRows([bad, row(1)], MINUTE, MINUTE + 1);
    assert.ok(read.ok);
    assert.deepEqual([read.candles.length, read.refused], [1, [reason]]);
  }
});

Deno.test("an answer that is no list, or far too long, is refused whole", () => {
  assert.deepEqual(readCandleRows({ message: "NotFound" }, 0, 9), { ok: false, reason: "not a list of candles" });
  const many = Array.from({ length: 302 }, (_, k) => row(k));
  assert.deepEqual(readCandleRows(many, MINUTE, MINUTE + 299), { ok: false, reason: "too many candles" });
});

Deno.test("whatever the answer is, only candles that make sense come out of it", () => {
  const runs = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000;
  const cell = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(SECONDS, SECONDS + 60, 100, 101), fc.jsonValue());
  const rows = fc.oneof(
    fc.array(fc.oneof(fc.array(cell, { maxLength: 8 }), fc.jsonValue()), { maxLength: 4 }),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(rows, (body) => {
      const read = readCandleRows(body, MINUTE, MINUTE + 299);
      if (!read.ok) return;
      for (const { start, open, high, low, close, volume } of read.candles) {
        assert.ok(start % 60e6 === 0 && low > 0 && low <= open && low <= close && open <= high && close <= high);
        assert.ok(volume >= 0 && Number.isFinite(high));
      }
    }),
    { numRuns: runs },
  );
});

Deno.test("the address names product, minute and both ends", () => {
  assert.equal(
    candlesUrl("https://x.example", "BTC", 0, 299),
    "https://x.example/products/BTC-USD/candles?granularity=60&start=1970-01-01T00%3A00%3A00Z&end=1970-01-01T04%3A59%3A00Z",
  );
});
