import assert from "node:assert/strict";
import { readOptionChain, readVolatilityIndex } from "../../../feeds/deribit/answers.ts";
import { MICROS_PER_DAY } from "../../../core/units.ts";
import { DEFAULT_START } from "../exchange.ts";
import { startExchange } from "../server.ts";

const NOW_MS = DEFAULT_START / 1_000;
const SPAN = `start_timestamp=${NOW_MS - 600_000}&end_timestamp=${NOW_MS}&resolution=60`;

async function ask(path: string, faults: readonly string[] = []): Promise<{ status: number; body: unknown }> {
  const exchange = await startExchange({ port: 0, seed: 3, speed: 1, faults, mode: "stepped", keyDirectory: null });
  try {
    const answer = await fetch(`${exchange.info.feeds.deribit_rest}/api/v2/public/${path}`);
    return { status: answer.status, body: await answer.json() };
  } finally {
    await exchange.stop();
  }
}

const INVALID: readonly (readonly [path: string, param: string])[] = [
  [`get_volatility_index_data?${SPAN}`, "currency"],
  [`get_volatility_index_data?currency=DOGE&${SPAN}`, "currency"],
  ["get_volatility_index_data?currency=BTC", "start_timestamp"],
  ["get_volatility_index_data?currency=BTC&start_timestamp=1&resolution=60", "end_timestamp"],
  ["get_volatility_index_data?currency=BTC&start_timestamp=1&end_timestamp=2&resolution=7", "resolution"],
  ["get_book_summary_by_currency?kind=option", "currency"],
];
for (const [path, param] of INVALID) {
  Deno.test(`Deribit answers ${path} with what is wrong in it`, async () => {
    const { status, body } = await ask(path);
    assert.equal(status, 400);
    const { error } = body as { error: { code: number; data: { param: string } } };
    assert.deepEqual([error.code, error.data.param], [-32_602, param]);
    assert.deepEqual(readVolatilityIndex(body), { ok: false, reason: "error answer" });
  });
}

Deno.test("six expiries are listed, each with strikes around its forward, calls and puts", async () => {
  const { body } = await ask("get_book_summary_by_currency?currency=ETH&kind=option");
  const chain = readOptionChain(body, "ETH");
  assert.ok(chain.ok);
  assert.deepEqual(chain.value.refused, []);
  assert.equal(chain.value.smiles.length, 6);
  for (const { expiry, forward, points, time } of chain.value.smiles) {
    assert.equal(time, DEFAULT_START);
    assert.equal(expiry % MICROS_PER_DAY, MICROS_PER_DAY / 3, "8:00 UTC");
    assert.ok(expiry > DEFAULT_START);
    assert.equal(points.length, 50);
    const strikes = points.map((point) => point.strike);
    assert.ok(Math.min(...strikes) < forward && forward < Math.max(...strikes));
  }
});

Deno.test("there are no futures, and no candles of a span that does not reach to now", async () => {
  const { body } = await ask("get_book_summary_by_currency?currency=BTC&kind=future");
  assert.deepEqual(readOptionChain(body, "BTC"), { ok: true, value: { smiles: [], refused: [] } });
  const past = await ask("get_volatility_index_data?currency=BTC&start_timestamp=1&end_timestamp=2&resolution=60");
  assert.deepEqual(readVolatilityIndex(past.body), { ok: false, reason: "no candle" });
});

Deno.test("as an outlier its volatility is 6 % too high", async () => {
  const path = `get_volatility_index_data?currency=BTC&${SPAN}`;
  const [usual, high] = [await ask(path), await ask(path, ["feed-outlier:deribit"])].map(({ body }) => {
    const read = readVolatilityIndex(body);
    return read.ok ? read.value.percent : assert.fail(read.reason);
  });
  assert.ok(Math.abs(high / usual - 1.06) < 0.001, `${usual} ${high}`);
});
