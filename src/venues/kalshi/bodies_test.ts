import assert from "node:assert/strict";
import type { FeeSchedule } from "../../core/market.ts";
import type { OrderIntent } from "../../core/order.ts";
import type { Count, Micros, Price } from "../../core/units.ts";
import { readMarket, readOrderbook, readSeries, readTradeBody } from "./bodies.ts";
import { balanceOn, readBalance, readFill, readLimits, readOrder, readPosition } from "./bodies_account.ts";
import { createBody, readCancelled, readCreated } from "./bodies_orders.ts";
import type { BodyReader } from "./body_reader.ts";
import { FieldReader, isObject, type JsonObject, UnknownFields } from "./fields.ts";

const SHARED = new URL("../../../../shared/", import.meta.url);
const FEES: FeeSchedule = { type: "quadratic", multiplierMillionths: 1_000_000 };
const asMarket: BodyReader<unknown> = (read, body, path, unknown) => readMarket(read, body, path, unknown, FEES);

function readWith<T>(reader: BodyReader<T>, body: JsonObject, unknown = new UnknownFields()): T {
  const read = new FieldReader();
  const value = reader(read, body, "", unknown);
  assert.equal(read.refusal, null, JSON.stringify(read.refusal));
  return value;
}

function refusedPath(reader: BodyReader<unknown>, body: JsonObject): string | null {
  const read = new FieldReader();
  reader(read, body, "", new UnknownFields());
  return read.refusal?.path ?? null;
}

function recorded(path: string): unknown {
  try {
    return JSON.parse(Deno.readTextFileSync(new URL(path, SHARED)));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log(`Skipped: no recorded body at ${path}`);
    return null;
  }
}

function listIn(body: unknown, key: string): readonly JsonObject[] {
  const list = Array.isArray(body) ? body : isObject(body) ? body[key] : [];
  assert.ok(Array.isArray(list) && list.length > 0, key);
  return list as JsonObject[];
}

const MARKET = {
  ticker: "KXBTC15M-26SEP251515-15",
  event_ticker: "KXBTC15M-26SEP251515",
  status: "active",
  open_time: "2026-09-25T19:00:00Z",
  close_time: "2026-09-25T19:15:00Z",
  strike_type: "greater_or_equal",
  floor_strike: 83950.62,
  custom_strike: { round_digits: "2" },
  exchange_index: 2,
  expiration_value: "",
  result: "",
  price_ranges: [
    { start: "0.0000", end: "0.1000", step: "0.0010" },
    { start: "0.1000", end: "0.9000", step: "0.0100" },
    { start: "0.9000", end: "1.0000", step: "0.0010" },
  ],
};

Deno.test("a market body becomes a market; its series is what its event begins with", () => {
  assert.deepEqual(readWith(asMarket, MARKET), {
    ticker: "KXBTC15M-26SEP251515-15",
    event: "KXBTC15M-26SEP251515",
    series: "KXBTC15M",
    status: "active",
    openTime: Date.UTC(2026, 8, 25, 19) * 1000,
    closeTime: Date.UTC(2026, 8, 25, 19, 15) * 1000,
    strikeType: "greater_or_equal",
    floorStrike: 83950.62,
    capStrike: null,
    roundDigits: 2,
    priceRanges: [{ start: 0, end: 1000, step: 10 }, { start: 1000, end: 9000, step: 100 }, {
      start: 9000,
      end: 10000,
      step: 10,
    }],
    shard: 2,
    fees: FEES,
    result: "",
    expirationValue: null,
    settlementValue: null,
  });
});

Deno.test("a market before its open has no strike, and a settled one its number and payout", () => {
  const { floor_strike: _strike, ...before } = MARKET;
  assert.equal((readWith(asMarket, before) as { floorStrike: unknown }).floorStrike, null);
  const settled = readWith(asMarket, {
    ...MARKET,
    status: "finalized",
    result: "no",
    expiration_value: "83950.62",
    settlement_value_dollars: "0.0000",
  }) as Record<string, unknown>;
  assert.deepEqual([settled.expirationValue, settled.settlementValue, settled.result], [83950.62, 0, "no"]);
});

Deno.test("a position limit that a market states is read, and none where it states none", () => {
  const limitOf = (fields: JsonObject) =>
    (readWith(asMarket, { ...MARKET, ...fields }) as { positionLimit?: number }).positionLimit;
  assert.deepEqual(
    [limitOf({}), limitOf({ risk_limit_cents: null }), limitOf({ risk_limit_cents: 2_500_000 })],
    [undefined, undefined, 25_000_000_000],
  );
});

const WRONG_MARKETS: [string, JsonObject, string][] = [
  ["no ticker", { ...MARKET, ticker: undefined }, "ticker"],
  ["a status nobody knows", { ...MARKET, status: "open" }, "status"],
  ["a time without zone", { ...MARKET, open_time: "2026-09-25T19:00:00" }, "open_time"],
  ["a day that does not exist", { ...MARKET, close_time: "2026-02-30T19:00:00Z" }, "close_time"],
  ["a strike that is a text", { ...MARKET, floor_strike: "83950.62" }, "floor_strike"],
  ["no grid", { ...MARKET, price_ranges: undefined }, "price_ranges"],
  ["an empty grid", { ...MARKET, price_ranges: [] }, "price_ranges"],
  ["a step of zero", grid({ start: "0.0000", end: "1.0000", step: "0.0000" }), "price_ranges[0]"],
  ["a range that ends before it starts", grid({ start: "1.0000", end: "0.0000", step: "0.0100" }), "price_ranges[0]"],
  [
    "a range no whole number of steps long",
    grid({ start: "0.0000", end: "1.0000", step: "0.0300" }),
    "price_ranges[0]",
  ],
  ["a step that is a number", grid({ start: "0.0000", end: "1.0000", step: 0.01 }), "price_ranges[0].step"],
  ["a hole in its grid", {
    ...MARKET,
    price_ranges: [MARKET.price_ranges[0], MARKET.price_ranges[2]],
  }, "price_ranges[1].start"],
  ["a shard that is a text", { ...MARKET, exchange_index: "2" }, "exchange_index"],
  ["digits that are none", { ...MARKET, custom_strike: { round_digits: "two" } }, "custom_strike.round_digits"],
  ["a position limit that is a text", { ...MARKET, risk_limit_cents: "2500000" }, "risk_limit_cents"],
  ["a position limit below nothing", { ...MARKET, risk_limit_cents: -1 }, "risk_limit_cents"],
  ["a result nobody knows", { ...MARKET, result: "void" }, "result"],
];

function grid(range: unknown): JsonObject {
  return { ...MARKET, price_ranges: [range] };
}

for (const [what, body, path] of WRONG_MARKETS) {
  Deno.test(`a market with ${what} is refused at ${path}`, () => {
    assert.equal(refusedPath(asMarket, body), path);
  });
}

Deno.test("a series' multiplier becomes millionths", () => {
  const body = { ticker: "KXBTC15M", title: "x", fee_type: "quadratic", fee_multiplier: 0.5, exchange_index: 2 };
  assert.deepEqual(readWith(readSeries, body), {
    ticker: "KXBTC15M",
    title: "x",
    fees: { type: "quadratic", multiplierMillionths: 500_000 },
    shard: 2,
  });
  assert.equal(refusedPath(readSeries, { ...body, fee_multiplier: "1" }), "fee_multiplier");
  assert.equal(refusedPath(readSeries, { ...body, fee_multiplier: -1 }), "fee_multiplier");
  assert.equal(refusedPath(readSeries, { ...body, fee_type: "free" }), "fee_type");
});

Deno.test("a book is read in both its spellings, and missing sides are empty", () => {
  const full = { orderbook_fp: { yes_dollars: [["0.4700", "3.00"]], no_dollars: [["0.4800", "3.00"]] } };
  assert.deepEqual(readWith(readOrderbook, full), { yes: [[4700, 300]], no: [[4800, 300]] });
  assert.deepEqual(readWith(readOrderbook, { orderbook: {} }), { yes: [], no: [] });
  assert.deepEqual(readWith(readOrderbook, { orderbook_fp: { yes_dollars: null } }), { yes: [], no: [] });
  assert.equal(refusedPath(readOrderbook, {}), "orderbook_fp");
});

Deno.test("cash counts on the shard that is traded on, and truncated cents are never read", () => {
  const body = {
    balance: 9801,
    balance_dollars: "98.0186",
    balance_breakdown: [{ exchange_index: 0, balance: "90.0000" }, { exchange_index: 2, balance: "8.0186" }],
  };
  const balance = readWith(readBalance, body);
  assert.equal(balance.total, 98_018_600);
  assert.equal(balanceOn(balance, [2]), 8_018_600);
  assert.equal(balanceOn(balance, [1]), 0);
  assert.equal(balanceOn(readWith(readBalance, { balance_dollars: "98.0186" }), [2, 3]), 98_018_600);
  assert.equal(refusedPath(readBalance, { balance: 9801 }), "balance_dollars");
});

Deno.test("old fills, where a sale names the side that was bought, give the side of the YES book", () => {
  const fill = {
    trade_id: "t",
    order_id: "o",
    ticker: "X-1",
    count_fp: "1.00",
    yes_price_dollars: "0.9280",
    is_taker: true,
    fee_cost: "0.012000",
    created_time: "2026-05-07T17:55:56.06924Z",
  };
  const sides: [JsonObject, string][] = [
    [{ action: "sell", side: "yes" }, "bid"],
    [{ action: "buy", side: "no" }, "ask"],
    [{ action: "buy", side: "no", book_side: "bid" }, "bid"],
    [{ outcome_side: "no" }, "ask"],
  ];
  for (const [words, side] of sides) assert.equal(readWith(readFill, { ...fill, ...words }).side, side);
  assert.equal(refusedPath(readFill, fill), "side");
});

Deno.test("the body of a create is V2 to the letter", () => {
  const intent: OrderIntent = {
    clientOrderId: "k-1",
    ticker: MARKET.ticker,
    side: "ask",
    price: 5600 as Price,
    count: 50 as Count,
    timeInForce: "good_till_canceled",
    postOnly: true,
    reduceOnly: false,
    expiresAt: 1_790_000_000_999_999 as Micros,
    shard: 2,
    strategy: "s1",
    signal: "x",
  };
  assert.deepEqual(createBody(intent), {
    ticker: MARKET.ticker,
    side: "ask",
    count: "0.50",
    price: "0.5600",
    time_in_force: "good_till_canceled",
    self_trade_prevention_type: "taker_at_cross",
    client_order_id: "k-1",
    exchange_index: 2,
    post_only: true,
    expiration_time: 1_790_000_000,
  });
  const plain = createBody({ ...intent, postOnly: false, expiresAt: null, reduceOnly: true });
  assert.ok(!("post_only" in plain) && !("expiration_time" in plain));
  assert.equal(plain.reduce_only, true);
});

const RECORDED: [path: string, key: string, reader: BodyReader<unknown>, itself?: boolean][] = [
  ["kalshi/samples/taranti1-2026-09-25/markets_open_KXBTC15M.json", "markets", asMarket],
  ["kalshi/samples/taranti1-2026-09-25/markets_settled_KXBTC15M.json", "markets", asMarket],
  ["kalshi/samples/taranti1-2026-09-25/markets_open_KXBTC.json", "markets", asMarket],
  ["kalshi/samples/taranti1-2026-09-25/markets_settled_KXBTC.json", "markets", asMarket],
  ["kalshi/samples/taranti1-2026-09-25/markets_settled_KXBTCD.json", "markets", asMarket],
  ["kalshi/samples/fortuna-demo-2026-06/fills__after_taker.json", "fills", readFill],
  ["kalshi/samples/fortuna-demo-2026-06/portfolio__orders_list.json", "orders", readOrder],
  ["kalshi/samples/fortuna-demo-2026-06/portfolio__positions.json", "market_positions", readPosition],
  ["kalshi/samples/fortuna-demo-2026-06/trades__public_recorded.json", "trades", readTradeBody],
  ["data/rest_fixtures/portfolio_fills_kxbtc15m.json", "fills", readFill],
  ["data/rest_fixtures/portfolio_market_positions.json", "market_positions", readPosition],
  ["data/rest_fixtures/trades_KXBTC15M-26APR271445-45_first200_reassembled.json", "trades", readTradeBody],
];

for (const [path, key, reader] of RECORDED) {
  Deno.test(`every body recorded in ${path} is understood, and no field of it is unknown`, () => {
    const body = recorded(path);
    if (body === null) return;
    const unknown = new UnknownFields();
    for (const item of listIn(body, key)) readWith(reader, item, unknown);
    assert.deepEqual(unknown.counts(), {});
  });
}

Deno.test("the recorded answers about one order, the account and a series are understood", () => {
  const demo = "kalshi/samples/fortuna-demo-2026-06";
  const series = recorded("kalshi/samples/taranti1-2026-09-25/series_KXBTC15M.json");
  const created = recorded(`${demo}/orders__create_v2_taker_ioc.json`);
  const cancelled = recorded(`${demo}/orders__cancel_v2.json`);
  const order = recorded(`${demo}/orders__get_after_create.json`);
  const limits = recorded(`${demo}/account__limits.json`);
  const balance = recorded(`${demo}/auth__balance_ok.json`);
  const book = recorded(`${demo}/orderbook__base.json`);
  if (!isObject(series) || !isObject(created) || !isObject(cancelled) || !isObject(order)) return;
  if (!isObject(limits) || !isObject(balance) || !isObject(book)) return;
  assert.deepEqual(readWith(readSeries, series.series as JsonObject).fees, FEES);
  const taker = readWith(readCreated, created);
  assert.deepEqual([taker.fillCount, taker.remainingCount], [100, 0]);
  assert.equal(readWith(readCancelled, cancelled).reducedBy, 100);
  assert.equal(readWith(readOrder, order.order as JsonObject).status, "resting");
  assert.deepEqual(readWith(readLimits, limits).write, { refillPerSecond: 100, capacity: 100 });
  assert.equal(readWith(readBalance, balance).total, 98_018_600);
  assert.deepEqual(readWith(readOrderbook, book), { yes: [[4700, 300]], no: [[4800, 300]] });
});
