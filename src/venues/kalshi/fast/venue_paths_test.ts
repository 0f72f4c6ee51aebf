import assert from "node:assert/strict";
import type { Input } from "../../../core/input.ts";
import type { OrderIntent } from "../../../core/order.ts";
import { type Count, type Micros, MICROS_PER_SECOND, type Price } from "../../../core/units.ts";
import { SteppedClock } from "../../../ops/clock.ts";
import { type RunningExchange, startExchange } from "../../exchange/server.ts";
import type { Frames } from "../frames.ts";
import { createSigner } from "../signer.ts";
import { KalshiVenue } from "../venue.ts";

const SECONDS = 34;

/** Waits until nothing is under way and every frame that was sent has been handed on. */
async function settle(venue: KalshiVenue, exchange: RunningExchange): Promise<void> {
  await venue.idle();
  for (let round = 0; venue.framesReceived() !== exchange.framesSent(); round++) {
    assert.ok(round < 10_000, `${venue.framesReceived()} of ${exchange.framesSent()} frames came`);
    await new Promise((look) => setTimeout(look, round < 10 ? 0 : 5));
    await venue.idle();
  }
}

/** All inputs of a run in lockstep with orders and cancels, by one of the ways. */
async function inputsOf(fast: boolean, frames: Frames, faults: readonly string[]): Promise<Input[]> {
  const exchange = await startExchange({ port: 0, seed: 9, speed: 1, faults, mode: "stepped", keyDirectory: null });
  const clock = new SteppedClock(exchange.now());
  const inputs: Input[] = [];
  const venue = new KalshiVenue({
    name: "sim",
    rest: exchange.info.rest,
    ws: exchange.info.ws,
    signer: await createSigner(exchange.info.key_id, exchange.privateKeyPem),
    series: ["KXBTC15M"],
    simulated: true,
    clock,
    sink: (input) => inputs.push(input),
    log: () => {},
    lockstep: true,
    trade: true,
    signAheadMs: fast ? 1_000 : 0,
    fastOrders: fast,
    frames,
  });
  venue.start();
  await settle(venue, exchange);
  const start = clock.now();
  for (let tenth = 1; tenth <= SECONDS * 10; tenth++) {
    const next = start + tenth * MICROS_PER_SECOND / 10 as Micros;
    clock.advanceTo(next);
    await settle(venue, exchange);
    exchange.advance(next);
    await settle(venue, exchange);
    if (tenth % 20 === 0) act(venue, inputs, tenth);
    await settle(venue, exchange);
  }
  await venue.stop();
  await exchange.stop();
  return inputs;
}

/** Places an order in the market that trades, or cancels the newest order that rests. */
function act(venue: KalshiVenue, inputs: readonly Input[], n: number): void {
  const open = inputs.findLast((input) => input.type === "book_delta");
  const found = inputs.findLast((input) => input.type === "market" && input.market.ticker === open?.ticker);
  if (found?.type !== "market") return;
  const { ticker, shard } = found.market;
  const accepted = inputs.findLast((input) => input.type === "order_accepted" && input.remainingCount > 0);
  if (n % 60 === 0 && accepted?.type === "order_accepted") {
    const { orderId, clientOrderId } = accepted;
    return venue.perform({ type: "cancel", execution: "live", orderId, clientOrderId, ticker, shard, reason: "test" });
  }
  const intent: OrderIntent = {
    ...INTENT,
    ticker,
    shard,
    clientOrderId: `t-${n}`,
    price: (n % 40 === 0 ? 9_700 : 10) as Price,
  };
  venue.perform({ type: "place", execution: "live", intent });
}

const INTENT: Omit<OrderIntent, "ticker" | "shard" | "clientOrderId" | "price"> = {
  strategy: "test",
  signal: "test",
  side: "bid",
  count: 200 as Count,
  timeInForce: "good_till_canceled",
  postOnly: false,
  reduceOnly: false,
  expiresAt: null,
};

for (const faults of [[], ["seq-gap"], ["accept-then-503", "channel-error"]]) {
  Deno.test(`a run sees the same inputs by the fast ways and by the ordinary ones (${faults.join(", ") || "no fault"})`, async () => {
    const reference = await inputsOf(false, "json", faults);
    const seen = new Set(reference.map((input) => input.type));
    for (const type of ["book_delta", "book_snapshot", "order_accepted", "order_cancelled", "index"] as const) {
      assert.ok(seen.has(type), `${type} among ${[...seen]}`);
    }
    for (const frames of ["bytes", "wasm"] as const) {
      const fast = await inputsOf(true, frames, faults);
      // Ids of the exchange are its own and the same; so is everything else.
      assert.equal(fast.length, reference.length, frames);
      fast.forEach((input, k) => assert.deepEqual(input, reference[k], `${frames}, input ${k}`));
    }
  });
}
