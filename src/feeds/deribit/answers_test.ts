import assert from "node:assert/strict";
import fc from "fast-check";
import { formatTime, parseTime } from "../../core/units.ts";
import { readOptionChain, readVolatilityIndex } from "./answers.ts";
import { formatOptionName, parseOptionName } from "./instrument.ts";
import { Plausibility } from "./plausible.ts";

const ROUNDS = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000;
const SEED = 20261120;
const OPEN_MS = 1_793_000_000_000;
const at = (text: string) => parseTime(text) ?? assert.fail(`No time: ${text}`);

const answer = (result: unknown): unknown => ({ jsonrpc: "2.0", result, usIn: 1, usOut: 2, usDiff: 1, testnet: false });
const candles = (...data: unknown[]): unknown => answer({ data, continuation: null });
const GOOD = [OPEN_MS, 44.1, 44.6, 43.9, 44.21];

const INDEX_CASES: readonly { readonly claim: string; readonly body: unknown; readonly reads: number | string }[] = [
  {
    claim: "the newest candle's close is the index",
    body: candles([OPEN_MS - 60_000, 40, 41, 39, 40.5], GOOD),
    reads: 44.21,
  },
  {
    claim: "the newest candle counts wherever it stands",
    body: candles(GOOD, [OPEN_MS - 60_000, 40, 41, 39, 40.5]),
    reads: 44.21,
  },
  { claim: "a candle without a move is one", body: candles([OPEN_MS, 50, 50, 50, 50]), reads: 50 },
  { claim: "no candle is refused", body: candles(), reads: "no candle" },
  {
    claim: "a candle that is too short is refused",
    body: candles([OPEN_MS, 44, 45, 43]),
    reads: "volatility index candle",
  },
  {
    claim: "a close outside its candle is refused",
    body: candles([OPEN_MS, 44, 45, 43, 46]),
    reads: "volatility index candle",
  },
  {
    claim: "a text for a number is refused",
    body: candles([OPEN_MS, "44", 45, 43, 44]),
    reads: "volatility index candle",
  },
  {
    claim: "a negative volatility is refused",
    body: candles([OPEN_MS, -44, 45, -45, -44]),
    reads: "volatility index candle",
  },
  {
    claim: "a fraction of a millisecond is refused",
    body: candles([OPEN_MS + 0.5, 44, 45, 43, 44]),
    reads: "volatility index candle",
  },
  {
    claim: "a volatility of 1,001 % is refused",
    body: candles([OPEN_MS, 1001, 1001, 1001, 1001]),
    reads: "volatility out of range",
  },
  {
    claim: "a volatility of half a percent is refused",
    body: candles([OPEN_MS, 0.5, 0.5, 0.5, 0.5]),
    reads: "volatility out of range",
  },
  { claim: "1,001 candles are refused", body: candles(...Array(1001).fill(GOOD)), reads: "too many candles" },
  { claim: "an answer without data is refused", body: answer({}), reads: "volatility index without data" },
  { claim: "an answer without a result is refused", body: { jsonrpc: "2.0" }, reads: "answer without a result" },
  { claim: "a null result is refused", body: answer(null), reads: "volatility index without data" },
  {
    claim: "an error is refused",
    body: { jsonrpc: "2.0", error: { message: "Invalid params", code: -32602 }, testnet: false },
    reads: "error answer",
  },
  { claim: "a list is refused", body: [1, 2], reads: "no JSON object" },
  { claim: "nothing is refused", body: null, reads: "no JSON object" },
];

for (const { claim, body, reads } of INDEX_CASES) {
  Deno.test(`volatility index: ${claim}`, () => {
    const found = readVolatilityIndex(body);
    assert.equal(found.ok ? found.value.percent : found.reason, reads);
  });
}

/** One row with every field that Deribit sends for an option. */
const option = (name: string, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  volume: 12.4,
  underlying_price: 84_100.5,
  underlying_index: "BTC-27NOV26",
  quote_currency: "BTC",
  price_change: null,
  open_interest: 121.8,
  mid_price: 0.01975,
  mark_price: 0.01984559,
  mark_iv: 45.5,
  low: 0.0095,
  last: 0.0205,
  interest_rate: 0,
  instrument_name: name,
  high: 0.0295,
  estimated_delivery_price: 84_056.29,
  creation_timestamp: OPEN_MS,
  bid_price: 0.0185,
  base_currency: "BTC",
  ask_price: null,
  ...changes,
});

Deno.test("an option chain is read expiry by expiry, soonest first, with the median forward and the newest time", () => {
  const found = readOptionChain(
    answer([
      option("BTC-25DEC26-84000-C", { underlying_price: 84_500 }),
      option("BTC-27NOV26-85000-P", { mark_iv: 46, creation_timestamp: OPEN_MS + 5, underlying_price: 84_200 }),
      option("BTC-27NOV26-84000-C", { underlying_price: 1 }),
      option("BTC-27NOV26-83000-C"),
    ]),
    "BTC",
  );
  assert.ok(found.ok);
  assert.deepEqual(found.value.refused, []);
  assert.deepEqual(found.value.smiles.map((smile) => formatTime(smile.expiry)), [
    "2026-11-27T08:00:00.000000Z",
    "2026-12-25T08:00:00.000000Z",
  ]);
  assert.deepEqual(found.value.smiles[0].points.map((point) => point.strike), [85_000, 84_000, 83_000]);
  assert.equal(found.value.smiles[0].forward, 84_100.5);
  assert.equal(found.value.smiles[0].time, (OPEN_MS + 5) * 1_000);
});

const ROW_CASES: readonly { readonly claim: string; readonly row: unknown; readonly reads: string | null }[] = [
  { claim: "without a volatility", row: option("BTC-27NOV26-84000-C", { mark_iv: null }), reads: null },
  { claim: "of another underlying", row: option("BTC_USDC-27NOV26-84000-C"), reads: null },
  {
    claim: "with a text for its volatility",
    row: option("BTC-27NOV26-84000-C", { mark_iv: "45" }),
    reads: "option volatility",
  },
  {
    claim: "with a volatility of zero",
    row: option("BTC-27NOV26-84000-C", { mark_iv: 0 }),
    reads: "option volatility",
  },
  {
    claim: "with a volatility of 5,000 %",
    row: option("BTC-27NOV26-84000-C", { mark_iv: 5000 }),
    reads: "option volatility",
  },
  {
    claim: "without a forward",
    row: option("BTC-27NOV26-84000-C", { underlying_price: null }),
    reads: "underlying price",
  },
  {
    claim: "without a time",
    row: option("BTC-27NOV26-84000-C", { creation_timestamp: undefined }),
    reads: "option time",
  },
  { claim: "that is a future", row: option("BTC-27NOV26"), reads: "option name" },
  { claim: "of a day that no calendar has", row: option("BTC-31FEB26-84000-C"), reads: "option name" },
  { claim: "of month nothing", row: option("BTC-27FOO26-84000-C"), reads: "option name" },
  {
    claim: "without a name",
    row: option("BTC-27NOV26-84000-C", { instrument_name: 7 }),
    reads: "option without a name",
  },
  { claim: "that is no object", row: 5, reads: "option that is no object" },
];

for (const { claim, row, reads } of ROW_CASES) {
  Deno.test(`option chain: a row ${claim} is left out, the others are not`, () => {
    const found = readOptionChain(answer([row, option("BTC-27NOV26-90000-C")]), "BTC");
    assert.ok(found.ok);
    assert.deepEqual(found.value.refused, reads === null ? [] : [reads]);
    assert.deepEqual(found.value.smiles.map((smile) => smile.points.length), [1]);
  });
}

Deno.test("an option chain that is no list, or far too long, is refused whole", () => {
  assert.deepEqual(readOptionChain(answer({}), "BTC"), { ok: false, reason: "book summary without a list" });
  assert.deepEqual(readOptionChain(answer(Array(10_001).fill(0)), "BTC"), { ok: false, reason: "too many options" });
});

Deno.test("option names are read and written", () => {
  const name = "ETH-7MAR27-2600-P";
  const parsed = parseOptionName(name) ?? assert.fail("not read");
  assert.deepEqual(parsed, { underlying: "ETH", expiry: at("2027-03-07T08:00:00Z"), strike: 2600, kind: "put" });
  assert.equal(formatOptionName(parsed), name);
  assert.equal(parseOptionName("XRP_USDC-30AUG24-0d6250-C")?.strike, 0.625);
});

Deno.test("a volatility that jumps is believed when it is said twice, and then the way back is a jump", () => {
  const judge = new Plausibility();
  const times = [1, 2, 3, 4, 5, 5, 4].map((second) => at(`2026-11-20T00:00:0${second}Z`));
  const values = [50, 60, 120, 130, 60, 130, 130];
  assert.deepEqual(values.map((value, step) => judge.judge("a", value, times[step])), [
    ...[null, null, "volatility jumped", null, "volatility jumped", null, "time before the last"],
  ]);
});

Deno.test("two jumps that do not agree confirm nothing", () => {
  const judge = new Plausibility();
  const time = at("2026-11-20T00:00:00Z");
  assert.deepEqual([50, 120, 300, 110, 52].map((value) => judge.judge("a", value, time)), [
    ...[null, "volatility jumped", "volatility jumped", "volatility jumped", null],
  ]);
});

Deno.test("what is remembered of volatilities is bounded", () => {
  const judge = new Plausibility();
  const time = at("2026-11-20T00:00:00Z");
  for (let series = 0; series <= 200; series++) judge.judge(`${series}`, 50, time);
  assert.equal(judge.judge("0", 500, time), null, "the oldest is forgotten");
  assert.equal(judge.judge("200", 500, time), "volatility jumped", "the newest is not");
});

Deno.test(`${ROUNDS} spoiled answers are read or refused, never believed half`, () => {
  const odd = fc.oneof(
    fc.constantFrom<unknown>(null, true, -1, 0, 1e300, 2 ** 53, "", "NaN", "45", [], {}, [[]], -0, 0.1),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const spoiled = fc.record({ row: fc.nat(2), key: fc.constantFrom(...Object.keys(option("x"))), value: odd });
  fc.assert(
    fc.property(spoiled, fc.nat(4), odd, ({ row, key, value }, place, inCandle) => {
      const rows = ["BTC-27NOV26-84000-C", "BTC-27NOV26-85000-P", "BTC-25DEC26-85000-P"].map((name) => option(name));
      rows[row][key] = value;
      const chain = readOptionChain(answer(rows), "BTC");
      assert.ok(chain.ok);
      for (const { forward, points, expiry, time } of chain.value.smiles) {
        assert.ok(forward > 0 && forward < Infinity && Number.isSafeInteger(expiry) && Number.isSafeInteger(time));
        for (const point of points) assert.ok(point.strike > 0 && point.volatility >= 1 && point.volatility <= 1_000);
      }
      const candle: unknown[] = [...GOOD];
      candle[place] = inCandle;
      const index = readVolatilityIndex(candles(candle));
      if (index.ok) assert.ok(index.value.percent >= 1 && index.value.percent <= 1_000);
      readOptionChain(inCandle, "BTC");
      readVolatilityIndex(answer(inCandle));
    }),
    { numRuns: ROUNDS, seed: SEED },
  );
});
