import assert from "node:assert/strict";
import { micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { DEFAULT_START } from "./exchange.ts";
import { FAULT_NAMES, parseFaults } from "./faults.ts";
import { type RunningExchange, startExchange } from "./server.ts";
import { TestClient } from "./client_fixture.ts";

async function withFault(
  fault: string,
  test: (exchange: RunningExchange, client: TestClient, ticker: string) => Promise<void>,
): Promise<void> {
  const options = { port: 0, seed: 3, speed: 1, faults: [fault], mode: "stepped" as const, keyDirectory: null };
  const exchange = await startExchange(options);
  const key = { keyId: exchange.info.key_id, pem: exchange.privateKeyPem, kind: "rsa" as const };
  const client = new TestClient(exchange.info, key);
  try {
    const ticker = [...exchange.exchange.markets.values()].find((market) => market.status === "active")?.ticker;
    await test(exchange, client, ticker ?? "");
  } finally {
    client.close();
    await exchange.stop();
  }
}

const resting = (ticker: string, id: string) => ({
  ticker,
  side: "bid",
  count: "1.00",
  price: "0.0010",
  time_in_force: "good_till_canceled",
  self_trade_prevention_type: "taker_at_cross",
  client_order_id: id,
});

const later = (seconds: number) => micros(DEFAULT_START + Math.round(seconds * MICROS_PER_SECOND));

Deno.test("an unknown fault is refused with the list of those that are known", () => {
  assert.throws(() => parseFaults(["seq-gap", "earthquake"]), (error: Error) => {
    assert.match(error.message, /"earthquake"/);
    for (const name of FAULT_NAMES) assert.ok(error.message.includes(name));
    return true;
  });
});

Deno.test("seq-gap leaves holes in the book's sequence and nowhere else", async () => {
  await withFault("seq-gap", async (exchange, client, ticker) => {
    const socket = await client.connect();
    socket.send({
      id: 1,
      cmd: "subscribe",
      params: { channels: ["orderbook_delta", "trade"], market_tickers: [ticker] },
    });
    await socket.until(() => socket.frames.length === 3);
    exchange.advance(later(115));
    await socket.until(() => socket.frames.length === exchange.framesSent());
    const holes = [1, 2].map((sid) => {
      const numbers = socket.frames.filter((frame) => frame.sid === sid).map((frame) => frame.seq as number);
      return numbers.filter((seq, k) => k > 0 && seq !== numbers[k - 1] + 1).length;
    });
    assert.ok(holes[0] > 0, "no hole in the book's sequence");
    assert.equal(holes[1], 0);
  });
});

Deno.test("socket-drop ends every connection after 20 simulated seconds", async () => {
  await withFault("socket-drop", async (exchange, client) => {
    const socket = await client.connect();
    exchange.advance(later(19));
    exchange.advance(later(21));
    await socket.until(() => socket.closed);
    const again = await client.connect();
    assert.equal(again.closed, false);
  });
});

Deno.test("accept-then-timeout takes every fifth order without answering; its client id is taken", async () => {
  await withFault("accept-then-timeout", async (_exchange, client, ticker) => {
    for (let k = 1; k <= 4; k++) {
      assert.equal((await client.post("/portfolio/events/orders", resting(ticker, `o-${k}`))).status, 201);
    }
    await assert.rejects(client.post("/portfolio/events/orders", resting(ticker, "o-5")));
    const again = await client.post("/portfolio/events/orders", resting(ticker, "o-5"));
    assert.deepEqual([again.status, again.body.error.code], [409, "order_already_exists"]);
    const ledger = await client.simulation("/sim/ledger");
    assert.equal(ledger.orders["o-5"].status, "resting");
  });
});

Deno.test("rate-429 refuses every seventh request with the recorded body", async () => {
  await withFault("rate-429", async (_exchange, client) => {
    const statuses: number[] = [];
    for (let k = 0; k < 14; k++) statuses.push((await client.get("/portfolio/balance")).status);
    assert.deepEqual(statuses.map((status, k) => status === 429 ? k + 1 : 0).filter((k) => k > 0), [7, 14]);
  });
});

Deno.test("stale-get shows an order as it was until 400 ms after a change", async () => {
  await withFault("stale-get", async (exchange, client, ticker) => {
    const { body } = await client.post("/portfolio/events/orders", resting(ticker, "s-1"));
    const path = `/portfolio/orders/${body.order_id}`;
    assert.equal((await client.get(path)).status, 404);
    exchange.advance(later(0.4));
    assert.equal((await client.get(path)).body.order.status, "resting");
    await client.delete(`/portfolio/events/orders/${body.order_id}?exchange_index=2`);
    assert.equal((await client.get(path)).body.order.status, "resting");
    assert.equal((await client.get("/portfolio/orders?status=resting")).body.orders.length, 1);
    exchange.advance(later(0.8));
    assert.equal((await client.get(path)).body.order.status, "canceled");
    assert.equal((await client.get("/portfolio/orders?status=resting")).body.orders.length, 0);
  });
});

/** Frames of a book subscription over some simulated time. */
async function bookFrames(fault: string, seconds: number) {
  const frames: { sid?: number; seq?: number; type: string; msg?: { code?: number } }[] = [];
  await withFault(fault, async (exchange, client, ticker) => {
    const socket = await client.connect();
    socket.send({ id: 1, cmd: "subscribe", params: { channels: ["orderbook_delta"], market_tickers: [ticker] } });
    await socket.until(() => socket.frames.length === 2);
    exchange.advance(later(seconds));
    await socket.until(() => socket.frames.length === exchange.framesSent());
    frames.push(...socket.frames);
  });
  return frames;
}

Deno.test("duplicate-delta sends a delta twice with one seq; none is missing", async () => {
  const numbers = (await bookFrames("duplicate-delta", 60)).flatMap((frame) => frame.seq ?? []);
  assert.ok(new Set(numbers).size < numbers.length, "nothing was sent twice");
  assert.deepEqual([...new Set(numbers)], [...Array(new Set(numbers).size).keys()].map((k) => k + 1));
});

Deno.test("reorder-delta lets two deltas change places; none is missing", async () => {
  const numbers = (await bookFrames("reorder-delta", 60)).flatMap((frame) => frame.seq ?? []);
  const swapped = numbers.filter((seq, k) => k > 0 && seq < numbers[k - 1]);
  assert.ok(swapped.length > 0, "everything came in order");
  assert.deepEqual([...numbers].sort((a, b) => a - b), numbers.map((_, k) => k + 1).slice(0, numbers.length));
});

for (const [fault, code] of [["buffer-overflow", 25], ["channel-error", 10]] as const) {
  Deno.test(`${fault} ends book subscriptions with error ${code}, and nothing follows`, async () => {
    const frames = await bookFrames(fault, 40);
    const last = frames[frames.length - 1];
    assert.deepEqual([last.type, last.sid, last.msg?.code], ["error", 1, code]);
  });
}

Deno.test("burst-429 refuses signed requests for 2 s in every 15", async () => {
  await withFault("burst-429", async (exchange, client) => {
    const statuses: number[] = [];
    for (const second of [1, 12.9, 13, 14.9, 15, 28.5]) {
      exchange.advance(later(second));
      statuses.push((await client.get("/portfolio/balance")).status);
    }
    assert.deepEqual(statuses, [200, 200, 429, 429, 200, 429]);
  });
});

Deno.test("accept-then-503 takes every fifth order and denies it; again it is a 409", async () => {
  await withFault("accept-then-503", async (_exchange, client, ticker) => {
    const statuses: number[] = [];
    for (const id of ["o-1", "o-2", "o-3", "o-4", "o-5", "o-5"]) {
      statuses.push((await client.post("/portfolio/events/orders", resting(ticker, id))).status);
    }
    assert.deepEqual(statuses, [201, 201, 201, 201, 503, 409]);
  });
});

Deno.test("cursor-loop never ends a list", async () => {
  await withFault("cursor-loop", async (_exchange, client) => {
    const first = (await client.get("/markets?status=open")).body;
    assert.notEqual(first.cursor, "");
    const again = (await client.get(`/markets?status=open&cursor=${first.cursor}`)).body;
    assert.deepEqual(again.markets[0].ticker, first.markets[0].ticker);
  });
});

Deno.test("short-history moves what is older than 10 minutes to /historical, and only there", async () => {
  await withFault("short-history", async (exchange, client, ticker) => {
    const market = exchange.exchange.markets.get(ticker);
    const taking = { ...resting(ticker, "h-1"), price: "0.9990", time_in_force: "immediate_or_cancel" };
    await client.post("/portfolio/events/orders", taking);
    const lists = async () => {
      const found: Record<string, number> = {};
      for (const kind of ["markets", "trades", "fills", "orders", "positions"]) {
        const live = kind === "markets" || kind === "trades"
          ? `/markets${kind === "trades" ? "/trades" : ""}`
          : `/portfolio/${kind}`;
        const filter = kind === "markets" ? `?tickers=${ticker}` : `?ticker=${ticker}&settlement_status=all`;
        for (const path of [live, `/historical/${kind}`]) {
          const { body } = await client.get(path + filter);
          found[path] = (body[kind] ?? body.market_positions).length > 0 ? 1 : 0;
        }
      }
      return found;
    };
    const before = await lists();
    exchange.advance(later(760));
    const after = await lists();
    for (const [path, had] of Object.entries(before)) {
      assert.equal(had, path.startsWith("/historical") ? 0 : 1, `before: ${path}`);
      assert.equal(after[path], path.startsWith("/historical") ? 1 : 0, `after: ${path}`);
    }
    assert.equal((await client.get(`/markets/${ticker}`)).status, 404);
    assert.equal((await client.get(`/historical/markets/${ticker}`)).body.market.status, "finalized");
    const range = `start_ts=${DEFAULT_START / 1e6 - 900}&end_ts=${DEFAULT_START / 1e6 + 900}&period_interval=1`;
    assert.equal((await client.get(`/series/KXBTC15M/markets/${ticker}/candlesticks?${range}`)).status, 404);
    const { body } = await client.get(`/historical/markets/${ticker}/candlesticks?${range}`);
    assert.deepEqual(Object.keys(body.candlesticks[0]).sort(), [
      "end_period_ts",
      "open_interest",
      "price",
      "volume",
      "yes_ask",
      "yes_bid",
    ]);
    assert.equal(market?.status, "finalized");
  });
});

Deno.test("faults are listed, switched on and off over HTTP, and time is moved", async () => {
  await withFault("stale-get", async (exchange, client) => {
    const post = async (path: string, body: unknown) => {
      const url = new URL(path, exchange.info.rest);
      const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
      return { status: response.status, body: await response.json() };
    };
    const on = async () =>
      (await client.simulation("/sim/faults")).faults.filter((fault: { on: boolean }) => fault.on)
        .map((fault: { name: string }) => fault.name);
    assert.deepEqual(await on(), ["stale-get"]);
    await post("/sim/faults", { name: "rate-429", on: true });
    await post("/sim/faults", { name: "stale-get", on: false });
    assert.deepEqual(await on(), ["rate-429"]);
    assert.equal((await post("/sim/faults", { name: "earthquake", on: true })).status, 400);
    const moved = await post("/sim/advance", { seconds: 2.5 });
    assert.deepEqual([moved.status, moved.body.now_us], [200, DEFAULT_START + 2_500_000]);
    assert.equal((await post("/sim/advance", { seconds: -1 })).status, 400);
  });
});
