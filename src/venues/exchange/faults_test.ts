import assert from "node:assert/strict";
import { micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { DEFAULT_START } from "./exchange.ts";
import { FAULT_NAMES, parseFaults } from "./faults.ts";
import { type RunningExchange, startExchange } from "./server.ts";
import { TestClient } from "./test_client.ts";

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
