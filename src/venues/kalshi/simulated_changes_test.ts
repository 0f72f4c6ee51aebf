import assert from "node:assert/strict";
import { count, micros, MICROS_PER_SECOND, price } from "../../core/units.ts";
import { WallClock } from "../../ops/clock.ts";
import type { ListedMarket } from "../exchange/listed_market.ts";
import { type RunningExchange, startExchange } from "../exchange/server.ts";
import type { ApiResult } from "./failure.ts";
import { KalshiRest } from "./rest.ts";
import { createSigner } from "./signer.ts";

interface Scene {
  readonly exchange: RunningExchange;
  readonly rest: KalshiRest;
  readonly market: ListedMarket;
}

async function withExchange(test: (scene: Scene) => Promise<void>): Promise<void> {
  const options = { port: 0, seed: 7, speed: 1, faults: [], keyDirectory: null, tier: "prestige" } as const;
  const exchange = await startExchange({ ...options, mode: "stepped" });
  const signer = await createSigner(exchange.info.key_id, exchange.privateKeyPem);
  const rest = new KalshiRest({ base: exchange.info.rest, signer, clock: new WallClock() });
  const market = [...exchange.exchange.markets.values()].find(({ status }) => status === "active");
  try {
    await test({ exchange, rest, market: market ?? assert.fail("No market is open") });
  } finally {
    rest.stop();
    await exchange.stop();
  }
}

async function told<T>(call: Promise<ApiResult<T>>): Promise<T> {
  const result = await call;
  return result.ok ? result.value : assert.fail(JSON.stringify(result.failure));
}

/** Bids at one cent, where nobody else of the simulation stands in the way for long. */
const bid = ({ market }: Scene, clientOrderId: string, change: { expiresAt?: number } = {}) => ({
  clientOrderId,
  ticker: market.ticker,
  side: "bid" as const,
  price: price(100),
  count: count(1_000),
  timeInForce: "good_till_canceled" as const,
  postOnly: true,
  reduceOnly: false,
  expiresAt: change.expiresAt === undefined ? null : micros(change.expiresAt),
  shard: market.shard,
  strategy: "test",
  signal: "test",
});

/** A whole second from now on. */
const inSeconds = ({ exchange }: Scene, seconds: number) =>
  micros((Math.ceil(exchange.exchange.now / MICROS_PER_SECOND) + seconds) * MICROS_PER_SECOND);

Deno.test("a renewal by expiry alone keeps the place, moves the end, and the old end comes and goes", () =>
  withExchange(async (scene) => {
    const { exchange, rest, market } = scene;
    await told(rest.createOrder(bid(scene, "first")));
    const { orderId } = await told(rest.createOrder(bid(scene, "k-1", { expiresAt: inSeconds(scene, 10) })));
    await told(rest.createOrder(bid(scene, "last")));
    const place = async () =>
      (await told(rest.queuePositions({ tickers: [market.ticker] }))).find((each) => each.orderId === orderId)?.ahead;
    const before = await place();
    const terms = { price: price(100), count: count(1_000), expiresAt: inSeconds(scene, 20) };
    const where = { orderId, ticker: market.ticker, side: "bid", shard: market.shard, clientOrderId: "k-1" } as const;
    const { remainingCount, fillCount } = await told(rest.amendOrder({ ...where, ...terms }));
    assert.deepEqual([remainingCount, fillCount], [1_000, 0]);
    assert.equal(await place(), before);
    const listed = async () =>
      (await told(rest.orders({ ticker: market.ticker }))).items.find((each) => each.orderId === orderId);
    assert.equal((await listed())?.expiresAt, terms.expiresAt, "and the list says so");
    exchange.advance(inSeconds(scene, 11));
    assert.equal((await listed())?.status, "resting");
    exchange.advance(inSeconds(scene, 10));
    assert.equal((await listed())?.status, "canceled");
  }));

Deno.test("less by an amend or a decrease keeps the place, more and another price lose it", () =>
  withExchange(async (scene) => {
    const { rest, market } = scene;
    const { orderId } = await told(rest.createOrder(bid(scene, "k-1")));
    await told(rest.createOrder(bid(scene, "last")));
    const place = async () =>
      (await told(rest.queuePositions({ tickers: [market.ticker] }))).find((each) => each.orderId === orderId)?.ahead;
    const where = { orderId, ticker: market.ticker, side: "bid", shard: market.shard, clientOrderId: "k-1" } as const;
    const first = await place();
    await told(rest.amendOrder({ ...where, price: price(100), count: count(800), expiresAt: null }));
    assert.equal(await place(), first);
    const { remainingCount } = await told(rest.decreaseOrder({ ...where, change: { to: count(500) } }));
    assert.equal(remainingCount, 500);
    assert.equal(await place(), first);
    await told(rest.amendOrder({ ...where, price: price(100), count: count(600), expiresAt: null }));
    assert.equal(await place(), (first ?? 0) + 1_000);
  }));
