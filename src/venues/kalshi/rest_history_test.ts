import assert from "node:assert/strict";
import { type Micros, MICROS_PER_MINUTE } from "../../core/units.ts";
import { TICKER } from "./rest_cases.ts";
import { fakeRest, jsonAnswer, type SentRequest } from "./rest_fixture.ts";

const CUTOFF_SECONDS = 1_785_110_400;
const at = (minutes: number): Micros => CUTOFF_SECONDS * 1_000_000 + minutes * MICROS_PER_MINUTE as Micros;
const second = (minutes: number) => CUTOFF_SECONDS + minutes * 60;
const CUTOFF = {
  market_settled_ts: "2026-07-27T00:00:00Z",
  trades_created_ts: "2026-07-27T00:00:00Z",
  orders_updated_ts: "2026-09-11T00:00:00Z",
};
const NOT_FOUND = () => jsonAnswer({ error: { code: "not_found", message: "not found" } }, 404);

/** Candles, one a minute, of a source that knows those from one minute to another. */
function candles(from: number, to: number, historical: boolean) {
  return ({ line }: SentRequest) => {
    const query = new URL(line.split(" ")[1], "http://x").searchParams;
    const [start, end] = [Number(query.get("start_ts")), Number(query.get("end_ts"))];
    const all = Array.from({ length: to - from + 1 }, (_, index) => second(from + index));
    const found = all.filter((time) => time >= start && time <= end);
    if (found.length > 5_000) return jsonAnswer({ msg: "max candlesticks: 5000" }, 400);
    return jsonAnswer({
      ticker: TICKER,
      candlesticks: found.map((end_period_ts) => ({
        end_period_ts,
        price: {},
        ...(historical ? { volume: "1.00", open_interest: "1.00" } : { volume_fp: "2.00", open_interest_fp: "1.00" }),
      })),
    });
  };
}

function exchange(
  live: (request: SentRequest) => Response,
  historical: (request: SentRequest) => Response,
) {
  return fakeRest((request) => {
    if (request.line.startsWith("GET /historical/cutoff")) return jsonAnswer(CUTOFF);
    return request.line.startsWith("GET /historical/") ? historical(request) : live(request);
  });
}

Deno.test("candles of a market that was settled before the cutoff come from the past alone", async () => {
  const { rest, sent } = exchange(NOT_FOUND, candles(-30, -15, true));
  const result = await rest.candles(TICKER, at(-30), at(-15), 1);
  assert.ok(result.ok);
  assert.equal(result.value.length, 16);
  assert.deepEqual(sent.map(({ line }) => line), [
    "GET /historical/cutoff",
    `GET /historical/markets/${TICKER}/candlesticks?start_ts=${second(-30)}&end_ts=${second(-15)}&period_interval=1`,
  ]);
});

Deno.test("candles of a market that lives come from the live list, which may lack what is asked for from the past", async () => {
  const { rest, sent } = exchange(candles(0, 15, false), NOT_FOUND);
  const inside = await rest.candles(TICKER, at(1), at(15), 1);
  assert.ok(inside.ok);
  assert.equal(inside.value.length, 15);
  assert.equal(sent.length, 2);
  const across = await rest.candles(TICKER, at(-5), at(15), 1);
  assert.ok(across.ok);
  assert.deepEqual(across.value.map(({ end }) => end), Array.from({ length: 16 }, (_, index) => at(index)));
});

Deno.test("candles that both lists hold are told once, as the live one has them", async () => {
  const { rest } = exchange(candles(-3, 5, false), candles(-8, 0, true));
  const result = await rest.candles(TICKER, at(-8), at(5), 1);
  assert.ok(result.ok);
  assert.deepEqual(
    result.value.map(({ end, volume }) => [end, volume]),
    Array.from({ length: 14 }, (_, index) => [at(index - 8), index < 5 ? 100 : 200]),
  );
});

Deno.test("more candles than one answer holds are read in pieces, none left out and none twice", async () => {
  const { rest, sent } = exchange(candles(0, 12_000, false), NOT_FOUND);
  const result = await rest.candles(TICKER, at(1), at(12_000), 1);
  assert.ok(result.ok);
  assert.equal(result.value.length, 12_000);
  assert.equal(sent.length, 4);
  const tooMuch = await rest.candles(TICKER, at(1), at(3_000_000), 1);
  assert.ok(!tooMuch.ok && tooMuch.failure.kind === "unsent" && tooMuch.failure.code === "too_much");
});

Deno.test("a market that neither list knows is not found, and any other failure is said as it is", async () => {
  const unknown = await exchange(NOT_FOUND, NOT_FOUND).rest.candles(TICKER, at(-1), at(1), 1);
  assert.ok(!unknown.ok && unknown.failure.kind === "http" && unknown.failure.status === 404);
  const broken = await exchange(() => jsonAnswer({}, 503), candles(-5, 0, true)).rest.candles(TICKER, at(-1), at(1), 1);
  assert.ok(!broken.ok && broken.failure.kind === "http" && broken.failure.status === 503);
});

/** Trades, one a minute, newest first, of a source that knows those from one minute to another. */
function trades(from: number, to: number) {
  return ({ line }: SentRequest) => {
    const query = new URL(line.split(" ")[1], "http://x").searchParams;
    const wanted = (time: number) => time >= Number(query.get("min_ts")) && time <= Number(query.get("max_ts"));
    const minutes = Array.from({ length: to - from + 1 }, (_, index) => to - index).filter((each) =>
      wanted(second(each))
    );
    const start = Number(query.get("cursor") ?? 0);
    return jsonAnswer({
      trades: minutes.slice(start, start + 5).map((minute) => ({
        trade_id: `t${minute}`,
        ticker: TICKER,
        yes_price_dollars: "0.5000",
        count_fp: "1.00",
        taker_side: "yes",
        created_time: new Date(second(minute) * 1_000).toISOString(),
      })),
      cursor: start + 5 < minutes.length ? String(start + 5) : "",
    });
  };
}

Deno.test("trades across the cutoff come from both lists, each once, oldest first", async () => {
  const { rest } = exchange(trades(-2, 20), trades(-20, 1));
  const result = await rest.tradesBetween({ ticker: TICKER }, at(-7), at(9));
  assert.ok(result.ok);
  assert.deepEqual(
    result.value.items.map(({ tradeId }) => tradeId),
    Array.from({ length: 17 }, (_, index) => `t${index - 7}`),
  );
});

Deno.test("a page of trades that fails in the middle means that there is no result", async () => {
  let answers = 0;
  const whole = trades(0, 20);
  const { rest } = exchange((request) => answers++ === 2 ? jsonAnswer({}, 500) : whole(request), NOT_FOUND);
  const result = await rest.tradesBetween({ ticker: TICKER }, at(0), at(20));
  assert.ok(!result.ok && result.failure.kind === "http" && result.failure.status === 500);
});
