import assert from "node:assert/strict";
import type { OrderIntent } from "../../core/order.ts";
import { type Count, type Micros, MICROS_PER_SECOND, type Price } from "../../core/units.ts";
import { SteppedClock, WallClock } from "../../ops/clock.ts";
import { KalshiRest } from "./rest.ts";
import type { RestOptions } from "./rest_calls.ts";
import { type Answer, NOBODY, ScriptedExchange } from "./scripted_exchange_fixture.ts";
import type { Signer } from "./signer.ts";

const SIGNER: Signer = {
  keyId: "k",
  headers: (method, path, nowMs) => Promise.resolve({ "x-signed": `${nowMs} ${method} ${path}` }),
};
const FEES = { type: "quadratic", multiplierMillionths: 1_000_000 } as const;
const INTENT: OrderIntent = {
  clientOrderId: "k-1",
  ticker: "KXBTC15M-26SEP251515-15",
  side: "bid",
  price: 5600 as Price,
  count: 100 as Count,
  timeInForce: "immediate_or_cancel",
  postOnly: false,
  reduceOnly: false,
  expiresAt: null,
  shard: 2,
  strategy: "s1",
  signal: "x",
};

async function withExchange(
  test: (exchange: ScriptedExchange, rest: KalshiRest) => Promise<void>,
  options: Partial<RestOptions> = {},
): Promise<void> {
  const exchange = await new ScriptedExchange().start();
  const rest = new KalshiRest({ base: exchange.rest, signer: SIGNER, clock: new WallClock(), ...options });
  try {
    await test(exchange, rest);
  } finally {
    rest.stop();
    await exchange.stop();
  }
}

const order = (id: number) => ({
  order_id: `o${id}`,
  client_order_id: `c${id}`,
  ticker: "T",
  book_side: "bid",
  status: "resting",
  yes_price_dollars: "0.5000",
  initial_count_fp: "1.00",
  fill_count_fp: "0.00",
  remaining_count_fp: "1.00",
});

Deno.test("a list is read to its last page, cursor by cursor", () =>
  withExchange(async (exchange, rest) => {
    exchange.on("GET /portfolio/orders", ({ query }) => {
      const page = Number(query.get("cursor") ?? "0");
      return { body: { orders: [order(page * 2), order(page * 2 + 1)], cursor: page < 2 ? String(page + 1) : "" } };
    });
    const result = await rest.orders({ ticker: "T", status: "resting" });
    assert.ok(result.ok);
    assert.deepEqual(result.value.items.map((item) => item.orderId), ["o0", "o1", "o2", "o3", "o4", "o5"]);
    const [first] = exchange.requests;
    assert.deepEqual(Object.fromEntries(first.query), { limit: "1000", ticker: "T", status: "resting" });
  }));

const LOOPS: [what: string, answer: (cursor: string, count: number) => unknown][] = [
  ["gives the same cursor again", (_cursor, count) => ({ orders: [order(count)], cursor: "same" })],
  ["takes a cursor for garbage and gives the first page again", (_cursor, count) => ({
    orders: [order(1)],
    cursor: `new ${count}`,
  })],
  ["never comes to an end", (_cursor, count) => ({ orders: [order(count)], cursor: `new ${count}` })],
];

for (const [what, page] of LOOPS) {
  Deno.test(`a list that ${what} is given up after a bounded number of pages`, () =>
    withExchange(async (exchange, rest) => {
      let count = 0;
      exchange.on("GET /portfolio/orders", ({ query }) => ({ body: page(query.get("cursor") ?? "", count++) }));
      // The pace of the basic tier would hold a hundred pages up for seconds.
      exchange.on("GET /account/limits", {
        body: {
          read: { refill_rate: 100_000, bucket_capacity: 100_000 },
          write: { refill_rate: 1, bucket_capacity: 1 },
        },
      });
      await rest.accountLimits();
      const result = await rest.orders({});
      assert.ok(!result.ok && result.failure.kind === "unreadable");
      assert.ok(count <= 100, `${count} pages`);
    }));
}

Deno.test("an item that cannot be read is left out and reported, and the others are there", () =>
  withExchange(async (exchange, rest) => {
    exchange.on("GET /portfolio/orders", { body: { orders: [order(1), { ...order(2), status: 7 }, 3], cursor: "" } });
    const result = await rest.orders({});
    assert.ok(result.ok);
    assert.deepEqual(result.value.items.map((item) => item.orderId), ["o1"]);
    assert.deepEqual(result.value.refused.map((refusal) => refusal.path), ["orders[1].status", "orders[2]"]);
  }));

Deno.test("requests are signed with their whole path, on wall time", () =>
  withExchange(async (exchange, rest) => {
    exchange.on("GET /portfolio/balance", { body: { balance_dollars: "1.0000" } });
    const before = Date.now();
    assert.ok((await rest.balance()).ok);
    const [signedMs, ...what] = String(exchange.requests[0].headers["x-signed"]).split(" ");
    assert.ok(before <= Number(signedMs) && Number(signedMs) <= Date.now(), `${signedMs}, asked at ${before}`);
    assert.deepEqual(what, ["GET", "/trade-api/v2/portfolio/balance"]);
  }));

Deno.test("a cancel always says where the order is", () =>
  withExchange(async (exchange, rest) => {
    exchange.on("DELETE /portfolio/events/orders/*", { body: { order_id: "o1", reduced_by: "1.00", ts_ms: 1 } });
    const result = await rest.cancelOrder({ orderId: "o1", ticker: "T-1", shard: 2 });
    assert.ok(result.ok);
    assert.equal(result.value.reducedBy, 100);
    assert.deepEqual(Object.fromEntries(exchange.requests[0].query), { exchange_index: "2", market_ticker: "T-1" });
  }));

Deno.test("cancel-all is content with an answer without a body", () =>
  withExchange(async (exchange, rest) => {
    exchange.on("DELETE /portfolio/events/orders", { status: 204 });
    assert.ok((await rest.cancelAll()).ok);
  }));

Deno.test("several books are asked for with their tickers repeated", () =>
  withExchange(async (exchange, rest) => {
    const orderbook_fp = { yes_dollars: [["0.4700", "3.00"]], no_dollars: [] };
    exchange.on("GET /markets/orderbooks", { body: { orderbooks: [{ ticker: "A", orderbook_fp }] } });
    const books = await rest.orderbooks(["A", "B"]);
    assert.ok(books.ok);
    assert.deepEqual(exchange.requests[0].query.getAll("tickers"), ["A", "B"]);
    assert.deepEqual(books.value.get("A"), { yes: [[4700, 300]], no: [] });
  }));

const FAILURES: [what: string, answer: Answer, kind: string][] = [
  ["an error status", { status: 400, body: { code: "bad_request", message: "bad request" } }, "http"],
  ["a server's failure", { status: 503, text: "<html>" }, "http"],
  ["a broken connection", "break", "network"],
  ["silence", "hang", "timeout"],
  ["a body that is cut off", { status: 201, text: '{"order_id":"o1","fill_count":' }, "unreadable"],
  ["a body that lacks a field", { status: 201, body: { order_id: "o1", fill_count: "0.00" } }, "unreadable"],
  ["a body that is a list", { status: 201, body: [] }, "unreadable"],
  ["a redirect", { status: 307, body: {} }, "network"],
];

for (const [what, answer, kind] of FAILURES) {
  Deno.test(`${what} in answer to a create is a failure of kind ${kind}`, () =>
    withExchange(async (exchange, rest) => {
      exchange.on("POST /portfolio/events/orders", answer);
      const result = await rest.createOrder(INTENT);
      assert.ok(!result.ok);
      assert.equal(result.failure.kind, kind, JSON.stringify(result.failure));
    }, answer === "hang" ? { timeoutMs: 300 } : {}));
}

Deno.test("a refused body names the field's path", () =>
  withExchange(async (exchange, rest) => {
    exchange.on("GET /markets/*", { body: { market: { ticker: "T", event_ticker: "T-1", status: "open" } } });
    const result = await rest.market("T", FEES);
    assert.ok(!result.ok && result.failure.kind === "unreadable");
    assert.match(result.failure.message, /market\.status: found "open"/);
  }));

Deno.test("an exchange that is not there is a network failure that names it", async () => {
  const base = `http://${NOBODY}/trade-api/v2`;
  const rest = new KalshiRest({ base, signer: null, clock: new WallClock() });
  const result = await rest.status();
  assert.ok(!result.ok && result.failure.kind === "network");
  assert.ok(result.failure.message.startsWith(new URL(base).origin), result.failure.message);
  assert.deepEqual([rest.health.requests, rest.health.errors], [1, 1]);
});

Deno.test("after 'too many requests' the next read waits for the clock", async () => {
  const exchange = await new ScriptedExchange().start();
  const start = 1_790_000_000_000_000 as Micros;
  const clock = new SteppedClock(start);
  const waits: boolean[] = [];
  const rest = new KalshiRest({
    base: exchange.rest,
    signer: null,
    clock,
    onWaiting: (waiting) => waits.push(waiting),
  });
  exchange.on("GET /exchange/status", { status: 429, body: { error: "too many requests" } });
  const first = await rest.status();
  assert.ok(!first.ok && first.failure.kind === "http" && first.failure.code === "too_many_requests");
  exchange.on("GET /exchange/status", { body: { exchange_active: true, trading_active: false } });
  const second = rest.status();
  assert.deepEqual(waits, [true]);
  clock.advanceTo((start + 2 * MICROS_PER_SECOND) as Micros);
  const answer = await second;
  assert.ok(answer.ok);
  assert.deepEqual(waits, [true, false]);
  assert.deepEqual([answer.value.exchangeActive, answer.value.tradingActive], [true, false]);
  await exchange.stop();
});

Deno.test("after stop nothing more is sent", () =>
  withExchange(async (exchange, rest) => {
    rest.stop();
    const result = await rest.createOrder(INTENT);
    assert.ok(!result.ok && result.failure.kind === "unsent");
    assert.equal(exchange.requests.length, 0);
  }));
