import assert from "node:assert/strict";
import { type Micros, micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { DEFAULT_START } from "./exchange.ts";
import { type ExchangeOptions, type RunningExchange, startExchange } from "./server.ts";
import { TestClient, TestSocket } from "./client_fixture.ts";

interface Running {
  readonly exchange: RunningExchange;
  readonly client: TestClient;
  /** The KXBTC15M market that trades. */
  readonly ticker: string;
}

/** Runs a test against an exchange of its own and clears up, whatever becomes of the test. */
async function withExchange(
  options: Partial<ExchangeOptions>,
  test: (running: Running) => Promise<void>,
): Promise<void> {
  const exchange = await startExchange({
    port: 0,
    seed: 7,
    speed: 1,
    faults: [],
    mode: "stepped",
    keyDirectory: null,
    ...options,
  });
  const client = new TestClient(exchange.info, {
    keyId: exchange.info.key_id,
    pem: exchange.privateKeyPem,
    kind: "rsa",
  });
  try {
    const { body } = await client.get("/markets?series_ticker=KXBTC15M&status=open");
    await test({ exchange, client, ticker: body.markets[0].ticker });
  } finally {
    client.close();
    await exchange.stop();
  }
}

const orderOn = (ticker: string, changes: Record<string, unknown> = {}) => ({
  ticker,
  side: "bid",
  count: "10.00",
  price: "0.0010",
  time_in_force: "good_till_canceled",
  self_trade_prevention_type: "taker_at_cross",
  ...changes,
});

const later = (seconds: number): Micros => micros(DEFAULT_START + seconds * MICROS_PER_SECOND);

Deno.test("public reads need no key, private reads do", async () => {
  await withExchange({}, async ({ exchange, ticker }) => {
    for (const path of ["/exchange/status", "/series/KXBTC15M", `/markets/${ticker}/orderbook`, "/events?limit=1"]) {
      const response = await fetch(exchange.info.rest + path);
      assert.equal(response.status, 200, path);
      await response.body?.cancel();
    }
    const response = await fetch(`${exchange.info.rest}/portfolio/balance`);
    assert.equal(response.status, 401);
    assert.equal((await response.json()).error.code, "signature_is_missing_from_headers");
  });
});

Deno.test("the Ed25519 key opens the same doors", async () => {
  await withExchange({}, async ({ exchange }) => {
    const { key_id } = exchange.info.ed25519;
    const client = new TestClient(exchange.info, {
      keyId: key_id,
      pem: exchange.ed25519PrivateKeyPem,
      kind: "ed25519",
    });
    assert.equal((await client.get("/portfolio/balance?subaccount=0")).body.balance, 1_000_000);
    const socket = await client.connect();
    assert.equal(socket.closed, false);
    client.close();
  });
});

Deno.test("a market's body has the fields and types of a recorded one", async () => {
  await withExchange({}, async ({ client, ticker }) => {
    const { body } = await client.get(`/markets/${ticker}`);
    const { market } = body;
    assert.deepEqual(
      [market.exchange_index, market.strike_type, market.status, market.market_type, market.settlement_timer_seconds],
      [2, "greater_or_equal", "active", "binary", 1],
    );
    assert.equal(typeof market.floor_strike, "number");
    assert.match(market.yes_sub_title, /^Target Price: \$\d{2},\d{3}\.\d\d$/);
    assert.deepEqual(market.price_ranges[0], { start: "0.0000", end: "0.1000", step: "0.0010" });
    for (const name of ["yes_bid_dollars", "yes_ask_dollars", "no_bid_dollars", "no_ask_dollars"]) {
      assert.match(market[name], /^[01]\.\d{4}$/, name);
    }
    const { body: event } = await client.get(`/events/${market.event_ticker}`);
    assert.equal(event.markets[0].ticker, ticker);
    const unopened = await client.get("/markets?series_ticker=KXBTC15M&status=unopened&limit=3");
    for (const each of unopened.body.markets) {
      assert.equal("floor_strike" in each, false);
      assert.equal(each.yes_sub_title, "Target price: TBD");
    }
    assert.equal((await client.get("/markets/KXNONE-1")).status, 404);
  });
});

Deno.test("lists come in pages that join without a gap; a garbage cursor gives the first; limits are not clamped", async () => {
  await withExchange({}, async ({ client }) => {
    const whole = (await client.get("/markets?series_ticker=KXETH15M&limit=1000")).body.markets;
    const joined = [];
    let cursor = "";
    for (let page = 0; page < 20; page++) {
      const { body } = await client.get(`/markets?series_ticker=KXETH15M&limit=30&cursor=${cursor}`);
      joined.push(...body.markets);
      cursor = body.cursor;
      if (cursor === "") break;
    }
    assert.deepEqual(joined.map((market) => market.ticker), whole.map((market: { ticker: string }) => market.ticker));
    const garbage = await client.get("/markets?series_ticker=KXETH15M&limit=1&cursor=garbage");
    assert.deepEqual([garbage.status, garbage.body.markets[0].ticker], [200, whole[0].ticker]);
    const beyond = await client.get("/markets?limit=1001");
    assert.equal(beyond.status, 400);
    assert.match(beyond.body.msg, /'Limit' failed on the 'lte' tag/);
  });
});

Deno.test("an order's life over REST: created, read, duplicate refused, cancelled, gone", async () => {
  await withExchange({}, async ({ client, ticker }) => {
    const created = await client.post("/portfolio/events/orders", orderOn(ticker, { client_order_id: "c-1" }));
    assert.equal(created.status, 201);
    assert.deepEqual([created.body.fill_count, created.body.remaining_count], ["0.00", "10.00"]);
    assert.equal("average_fill_price" in created.body, false);
    const id = created.body.order_id;
    const read = (await client.get(`/portfolio/orders/${id}`)).body.order;
    assert.deepEqual([read.status, read.yes_price_dollars, read.no_price_dollars], ["resting", "0.0010", "0.9990"]);
    const again = await client.post("/portfolio/events/orders", orderOn(ticker, { client_order_id: "c-1" }));
    assert.deepEqual([again.status, again.body], [409, {
      error: { code: "order_already_exists", message: "order already exists" },
    }]);
    const bare = await client.delete(`/portfolio/events/orders/${id}`);
    assert.deepEqual([bare.status, bare.body.error.code], [404, "not_found"]);
    const cancelled = await client.delete(`/portfolio/events/orders/${id}?market_ticker=${ticker}`);
    assert.deepEqual([cancelled.status, cancelled.body.reduced_by], [200, "10.00"]);
    const listed = (await client.get(`/portfolio/orders?ticker=${ticker}&status=canceled`)).body.orders;
    assert.deepEqual(listed.map((order: { client_order_id: string }) => order.client_order_id), ["c-1"]);
    assert.equal((await client.get("/portfolio/orders?status=all")).status, 400);
    assert.equal((await client.delete("/portfolio/events/orders")).status, 204);
  });
});

Deno.test("numbers where strings are wanted, and text that is no JSON, get the flat 400", async () => {
  await withExchange({}, async ({ client, ticker }) => {
    const number = await client.post("/portfolio/events/orders", orderOn(ticker, { count: 10 }));
    assert.deepEqual([number.status, number.body], [400, {
      code: "bad_request",
      message: "bad request",
      details: "json: cannot unmarshal number into Go struct field CreateOrderV2Request.count of type string",
    }]);
    const broken = await client.post("/portfolio/events/orders", "{");
    assert.deepEqual([broken.status, broken.body.code], [400, "bad_request"]);
    const legacy = await client.post("/portfolio/orders", {});
    assert.deepEqual([legacy.status, legacy.body.error.code], [410, "legacy_endpoint"]);
  });
});

Deno.test("a trade shows alike in the answer, the frames, the fills, the position, the balance and the ledger", async () => {
  await withExchange({}, async ({ exchange, client, ticker }) => {
    const socket = await client.connect();
    socket.send({ id: 1, cmd: "subscribe", params: { channels: ["fill", "user_orders", "market_positions"] } });
    await socket.until(() => socket.frames.length === 3);
    const order = orderOn(ticker, { price: "0.9990", time_in_force: "immediate_or_cancel", client_order_id: "t-1" });
    const { body: taken } = await client.post("/portfolio/events/orders", order);
    assert.equal(taken.fill_count, "10.00");
    await socket.until(() => socket.ofType("user_order").length === 1);
    const fills = (await client.get("/portfolio/fills")).body.fills;
    const framed = socket.ofType("fill").map((frame) => frame.msg);
    assert.deepEqual(
      framed.map((fill) => [fill.trade_id, fill.count_fp, fill.yes_price_dollars, fill.fee_cost]).reverse(),
      fills.map((
        fill: Record<string, string>,
      ) => [fill.trade_id, fill.count_fp, fill.yes_price_dollars, fill.fee_cost]),
    );
    const [position] = (await client.get("/portfolio/positions")).body.market_positions;
    assert.equal(position.position_fp, "10.00");
    const ledger = await client.simulation("/sim/ledger");
    assert.equal(ledger.orders["t-1"].status, "executed");
    assert.equal(ledger.orders["t-1"].fills.length, fills.length);
    assert.deepEqual(ledger.conservation, { missing: "0.000000", contracts: 0 });
    const { body: balance } = await client.get("/portfolio/balance");
    const spent = Number(position.market_exposure_dollars) + Number(position.fees_paid_dollars);
    assert.ok(Math.abs(Number(balance.balance_dollars) - (10_000 - spent)) < 1e-6);
    assert.equal(balance.balance_breakdown.at(-1).exchange_index, 2);

    exchange.advance(later(130));
    const [settlement] = (await client.get("/portfolio/settlements")).body.settlements;
    assert.equal(settlement.ticker, ticker);
    const won = settlement.market_result === "yes";
    assert.deepEqual([settlement.revenue, settlement.value], won ? [1_000, 100] : [0, 0]);
    const after = (await client.get("/portfolio/balance")).body.balance_dollars;
    assert.ok(Math.abs(Number(after) - (10_000 - spent + (won ? 10 : 0))) < 1e-6);
  });
});

Deno.test("a batch answers item by item", async () => {
  await withExchange({}, async ({ client, ticker }) => {
    const orders = [orderOn(ticker), orderOn(ticker, { price: "0.5050" }), orderOn(ticker, { side: "buy" })];
    const { status, body } = await client.post("/portfolio/events/orders/batched", { orders });
    assert.equal(status, 201);
    assert.deepEqual(body.orders.map((each: { error?: { code: string } }) => each.error?.code ?? "placed"), [
      "placed",
      "invalid_price",
      "invalid_parameters",
    ]);
    const cancels = [{ order_id: body.orders[0].order_id, market_ticker: ticker }, {
      order_id: "x",
      exchange_index: 2,
    }];
    const cancelled = await client.call("DELETE", "/portfolio/events/orders/batched", { orders: cancels });
    assert.deepEqual(cancelled.body.orders.map((each: { reduced_by: string }) => each.reduced_by), [
      "10.00",
      "0.00",
    ]);
  });
});

Deno.test("one item with a number where a text is wanted refuses the whole batch, and nothing of it is done", async () => {
  await withExchange({}, async ({ client, ticker }) => {
    const path = "/portfolio/events/orders/batched";
    const created = await client.post(path, { orders: [orderOn(ticker), orderOn(ticker, { count: 1 })] });
    assert.deepEqual([created.status, created.body.code], [400, "bad_request"]);
    assert.match(created.body.details, /cannot unmarshal number/);
    assert.deepEqual((await client.get("/portfolio/orders")).body.orders, []);
    const { order_id } = (await client.post("/portfolio/events/orders", orderOn(ticker))).body;
    const orders = [{ order_id, market_ticker: ticker }, { order_id: 7 }];
    const cancelled = await client.call("DELETE", path, { orders });
    assert.deepEqual([cancelled.status, cancelled.body.code], [400, "bad_request"]);
    assert.equal((await client.get("/portfolio/orders?status=resting")).body.orders.length, 1);
  });
});

Deno.test("cash moved from shard 0 to 2 can be traded with there", async () => {
  await withExchange({ faults: ["cash-on-shard-0"] }, async ({ client, ticker }) => {
    const refused = await client.post("/portfolio/events/orders", orderOn(ticker));
    assert.deepEqual([refused.status, refused.body.error.code], [400, "insufficient_balance"]);
    const moved = await client.post("/portfolio/intra_exchange_instance_transfer", {
      source: "event_contract",
      destination: "event_contract",
      amount: 1_000_000,
      source_exchange_shard: 0,
      destination_exchange_shard: 2,
    });
    assert.equal(moved.status, 200);
    assert.equal((await client.get("/portfolio/balance?exchange_index=2")).body.balance_dollars, "100.0000");
    assert.equal((await client.post("/portfolio/events/orders", orderOn(ticker))).status, 201);
  });
});

Deno.test("the rate limit answers 429 once the bucket is empty, and refills with simulated time", async () => {
  await withExchange({ tier: "basic" }, async ({ exchange, client, ticker }) => {
    const statuses: number[] = [];
    for (let k = 0; k < 21; k++) statuses.push((await client.post("/portfolio/events/orders", orderOn(ticker))).status);
    assert.deepEqual(statuses, [...Array(20).fill(201), 429]);
    const refused = await client.post("/portfolio/events/orders", orderOn(ticker));
    assert.deepEqual(refused.body, { error: "too many requests" });
    // The crypto shard has a bucket of its own for writes that name it.
    assert.equal((await client.post("/portfolio/events/orders", orderOn(ticker, { exchange_index: 2 }))).status, 201);
    exchange.advance(later(1));
    assert.equal((await client.post("/portfolio/events/orders", orderOn(ticker))).status, 201);
    assert.deepEqual((await client.get("/account/limits")).body.write, { bucket_capacity: 200, refill_rate: 100 });
  });
});

Deno.test("an upgrade without a valid signature fails with 401", async () => {
  if (/^2\.[0-4]\./.test(Deno.version.deno)) {
    console.log("skipped: Deno 2.4 can answer an upgrade with nothing but 101");
    return;
  }
  await withExchange({}, async ({ exchange }) => {
    await assert.rejects(TestSocket.open(exchange.info.ws, {}), /refused with 401/);
    const unknown = new TestClient(exchange.info, { keyId: "nobody", pem: exchange.privateKeyPem, kind: "rsa" });
    await assert.rejects(unknown.connect(), /refused with 401/);
  });
});

Deno.test("the server pings with the body heartbeat", async () => {
  await withExchange({ heartbeatMs: 20 }, async ({ client }) => {
    const socket = await client.connect();
    await socket.until(() => socket.pings.length >= 2);
    assert.equal(socket.pings[0], "heartbeat");
  });
});

Deno.test("over a real socket: every frame counted arrives, seq has no hole, and time comes only from advance", async () => {
  await withExchange({}, async ({ exchange, client, ticker }) => {
    const socket = await client.connect();
    socket.send({
      id: 1,
      cmd: "subscribe",
      params: { channels: ["orderbook_delta", "trade"], market_tickers: [ticker] },
    });
    socket.send({ id: 2, cmd: "subscribe", params: { channels: ["cfbenchmarks_value"], index_ids: ["all"] } });
    await socket.until(() => socket.frames.length === 4);
    assert.equal(exchange.now(), DEFAULT_START);
    for (let second = 1; second <= 20; second++) exchange.advance(later(second));
    await socket.until(() => socket.frames.length === exchange.framesSent());
    for (const sid of [1, 2, 3]) {
      const numbers = socket.frames.filter((frame) => frame.sid === sid).map((frame) => frame.seq);
      assert.ok(numbers.length > 0);
      assert.deepEqual(numbers, numbers.map((_, k) => k + 1));
    }
    assert.equal(socket.ofType("cfbenchmarks_value").length, 40);
  });
});

Deno.test("two exchanges with one seed send the same text, whatever the size of the steps", async () => {
  const texts: string[][] = [];
  for (const step of [0.05, 1]) {
    await withExchange({}, async ({ exchange, client, ticker }) => {
      const socket = await client.connect();
      const params = { channels: ["orderbook_delta", "ticker", "trade"], market_tickers: [ticker] };
      socket.send({ id: 1, cmd: "subscribe", params });
      await socket.until(() => socket.frames.length === 4);
      for (let at = step; at <= 10 + 1e-9; at += step) exchange.advance(later(Math.round(at * 1_000) / 1_000));
      await socket.until(() => socket.frames.length === exchange.framesSent());
      texts.push(socket.texts);
    });
  }
  assert.ok(texts[0].length > 100);
  assert.deepEqual(texts[0], texts[1]);
});

Deno.test("the clock page and the Date header tell simulated time", async () => {
  await withExchange({}, async ({ exchange, client }) => {
    exchange.advance(later(5));
    const { headers } = await client.get("/exchange/status");
    assert.equal(headers.get("date"), "Tue, 06 Oct 2026 13:58:05 GMT");
    const clock = await client.simulation("/sim/clock");
    assert.deepEqual([clock.simulated, clock.now_us, clock.mode], [true, DEFAULT_START + 5_000_000, "stepped"]);
  });
});

Deno.test("in free mode time goes by itself", async () => {
  await withExchange({ mode: "free", speed: 100 }, async ({ exchange, client }) => {
    const socket = await client.connect();
    socket.send({ id: 1, cmd: "subscribe", params: { channels: ["cfbenchmarks_value"], index_ids: ["BRTI"] } });
    await socket.until(() => socket.ofType("cfbenchmarks_value").length >= 3);
    assert.ok(exchange.now() > DEFAULT_START);
    assert.throws(() => exchange.advance(later(1)), /stepped mode/);
  });
});

Deno.test("private keys are written for their owner alone", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await withExchange({ keyDirectory: `${directory}/keys` }, async ({ exchange }) => {
      for (const path of [exchange.info.private_key_file, exchange.info.ed25519.private_key_file]) {
        assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
        assert.match(await Deno.readTextFile(path), /^-----BEGIN PRIVATE KEY-----\n/);
      }
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a wrong option stops the start with words", async () => {
  const base = { port: 0, seed: 1, speed: 1, faults: [], mode: "stepped" as const, keyDirectory: null };
  await assert.rejects(
    startExchange({ ...base, faults: ["flood"] }),
    /Unknown fault "flood": the faults are cash-on-shard-0/,
  );
  await assert.rejects(startExchange({ ...base, speed: 0 }), /Speed must be above 0/);
  await withExchange({}, async ({ exchange }) => {
    const port = Number(new URL(exchange.info.rest).port);
    await assert.rejects(startExchange({ ...base, port }));
  });
});

Deno.test("with deflate frames arrive compressed and are the same", async () => {
  await withExchange({ deflate: true }, async ({ exchange, client, ticker }) => {
    const socket = await client.connect();
    assert.match(socket.extensions, /permessage-deflate/);
    const params = { channels: ["orderbook_delta"], market_tickers: [ticker] };
    socket.send({ id: 1, cmd: "subscribe", params });
    await socket.until(() => socket.frames.length === 2);
    exchange.advance(later(3));
    await socket.until(() => socket.frames.length === exchange.framesSent());
    assert.ok(socket.frames.length > 10);
    assert.deepEqual(socket.frames.slice(1).map((frame) => frame.seq), socket.frames.slice(1).map((_, k) => k + 1));
  });
});

Deno.test("candlesticks need a period that exists, and at most 5,000 of them", async () => {
  await withExchange({}, async ({ client, ticker }) => {
    const path = (query: string) => `/series/KXBTC15M/markets/${ticker}/candlesticks?${query}`;
    const now = DEFAULT_START / MICROS_PER_SECOND;
    assert.equal((await client.get(path(`start_ts=${now - 60}&end_ts=${now}&period_interval=5`))).status, 400);
    assert.equal((await client.get(path(`end_ts=${now}&period_interval=1`))).status, 400);
    const wide = await client.get(path(`start_ts=${now - 300_060}&end_ts=${now}&period_interval=1`));
    assert.deepEqual([wide.status, wide.body.details], [400, "max candlesticks: 5000"]);
    const hour = await client.get(path(`start_ts=${now - 3_600}&end_ts=${now + 3_600}&period_interval=60`));
    assert.equal(hour.body.candlesticks.length, 1);
    const carried = await client.get(
      path(`start_ts=${now + 1}&end_ts=${now + 60}&period_interval=1&include_latest_before_start=true`),
    );
    assert.equal(carried.body.candlesticks.length, 1);
    assert.equal(carried.body.candlesticks[0].volume_fp, "0.00");
    assert.deepEqual(Object.keys(carried.body.candlesticks[0].price), ["previous_dollars"]);
  });
});

Deno.test("money moves between subaccounts and shards, once for one client id", async () => {
  await withExchange({}, async ({ client }) => {
    assert.equal((await client.post("/portfolio/subaccounts", {})).body.subaccount_number, 1);
    const move = {
      client_transfer_id: "once",
      from_subaccount: 0,
      to_subaccount: 1,
      amount_cents: 1_234,
      exchange_index: 2,
    };
    for (const _ of [1, 2]) assert.equal((await client.post("/portfolio/subaccounts/transfer", move)).status, 200);
    const balance = async (subaccount: number) =>
      (await client.get(`/portfolio/balance?subaccount=${subaccount}`)).body.balance_dollars;
    assert.deepEqual([await balance(0), await balance(1)], ["9987.6600", "12.3400"]);
    const tooMuch = { ...move, client_transfer_id: "more", from_subaccount: 1, to_subaccount: 0, amount_cents: 1_235 };
    assert.equal(
      (await client.post("/portfolio/subaccounts/transfer", tooMuch)).body.error.code,
      "insufficient_balance",
    );
    assert.equal((await client.get("/portfolio/balance?subaccount=64")).status, 400);
    assert.equal((await client.get("/portfolio/balance?subaccount=5")).status, 404);
    const { conservation } = await client.simulation("/sim/ledger");
    assert.deepEqual(conservation, { missing: "0.000000", contracts: 0 });
  });
});
