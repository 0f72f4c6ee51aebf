import assert from "node:assert/strict";
import { count, price } from "../../core/units.ts";
import { WallClock } from "../../ops/clock.ts";
import { startExchange } from "../exchange/server.ts";
import { KalshiRest } from "./rest.ts";
import { createSigner } from "./signer.ts";

const CRYPTO = 2;

Deno.test("a group of the crypto shard is limited, triggered, reset and ended where it is, and not elsewhere", async () => {
  const exchange = await startExchange({
    port: 0,
    seed: 7,
    speed: 1,
    faults: [],
    mode: "stepped",
    keyDirectory: null,
    tier: "prestige",
  });
  const signer = await createSigner(exchange.info.key_id, exchange.privateKeyPem);
  const rest = new KalshiRest({ base: exchange.info.rest, signer, clock: new WallClock() });
  const told = async <T>(call: Promise<{ ok: true; value: T } | { ok: false; failure: unknown }>): Promise<T> => {
    const result = await call;
    return result.ok ? result.value : assert.fail(JSON.stringify(result.failure));
  };
  try {
    const { id, shard } = await told(rest.createOrderGroup(count(1_000), CRYPTO));
    assert.equal(shard, CRYPTO);
    const place = { id, shard: CRYPTO };
    const market = [...exchange.exchange.markets.values()].find(({ status }) => status === "active");
    const ticker = market?.ticker ?? assert.fail("No market is open");
    const intent = {
      clientOrderId: "g-1",
      ticker,
      side: "bid",
      price: price(10),
      count: count(100),
      timeInForce: "good_till_canceled",
      postOnly: false,
      reduceOnly: false,
      expiresAt: null,
      shard: CRYPTO,
      strategy: "test",
      signal: "test",
    } as const;
    await told(rest.createOrder(intent, null, { orderGroupId: id }));
    await told(rest.limitOrderGroup(place, count(500)));
    assert.equal((await told(rest.orderGroup(id))).limit, 500);
    const elsewhere = await rest.triggerOrderGroup({ id, shard: 0 });
    assert.ok(!elsewhere.ok && elsewhere.failure.kind === "http" && elsewhere.failure.status === 404);
    assert.equal((await told(rest.orders({ status: "resting" }))).items.length, 1);
    await told(rest.triggerOrderGroup(place));
    assert.equal((await told(rest.orders({ status: "resting" }))).items.length, 0);
    assert.equal((await told(rest.orderGroup(id))).autoCancel, false);
    await told(rest.resetOrderGroup(place));
    assert.equal((await told(rest.orderGroup(id))).autoCancel, true);
    await told(rest.deleteOrderGroup(place));
    const gone = await rest.orderGroup(id);
    assert.ok(!gone.ok && gone.failure.kind === "http" && gone.failure.status === 404);
  } finally {
    rest.stop();
    await exchange.stop();
  }
});
