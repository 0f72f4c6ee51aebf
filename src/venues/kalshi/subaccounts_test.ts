import assert from "node:assert/strict";
import type { Input } from "../../core/input.ts";
import type { OrderIntent } from "../../core/order.ts";
import { count, type Micros, money, price } from "../../core/units.ts";
import { WallClock } from "../../ops/clock.ts";
import { startExchange } from "../exchange/server.ts";
import { parseFrame } from "./frames.ts";
import { KalshiRest } from "./rest.ts";
import { createSigner } from "./signer.ts";
import { KalshiVenue } from "./venue.ts";

const CRYPTO = 2;

async function eventually(holds: () => boolean, what: string): Promise<void> {
  for (let round = 0; !holds(); round++) {
    if (round > 12_000) assert.fail(`Never: ${what}`);
    await new Promise((look) => setTimeout(look, 5));
  }
}

/** An order that trades at once. */
const taking = (clientOrderId: string, ticker: string): OrderIntent => ({
  clientOrderId,
  ticker,
  side: "bid",
  price: price(9_900),
  count: count(100),
  timeInForce: "immediate_or_cancel",
  postOnly: false,
  reduceOnly: false,
  expiresAt: null,
  shard: CRYPTO,
  strategy: "test",
  signal: "test",
});

for (const frames of ["json", "wasm"] as const) {
  Deno.test(`what another subaccount trades is not told as ours, by ${frames} frames or by REST`, async () => {
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
    const clock = new WallClock();
    const other = new KalshiRest({ base: exchange.info.rest, signer, clock });
    const inputs: Input[] = [];
    const fills = () => inputs.flatMap((input) => input.type === "fill" ? [input.fill] : []);
    const venue = new KalshiVenue({
      name: "sim",
      rest: exchange.info.rest,
      ws: exchange.info.ws,
      signer,
      series: ["KXBTC15M"],
      simulated: true,
      clock,
      sink: (input) => inputs.push(input),
      log: () => {},
      lockstep: false,
      trade: true,
      frames,
      fillsSince: 0 as Micros,
    });
    try {
      const { desk, markets } = exchange.exchange;
      desk.members.create()?.deposit(CRYPTO, money(1_000_000_000));
      const open = [...markets.values()].find(({ status }) => status === "active");
      const ticker = open?.ticker ?? assert.fail("No market is open");
      venue.start();
      await eventually(() => inputs.some(({ type }) => type === "account"), "the account is told");
      const theirs = await other.createOrder(taking("theirs", ticker), null, { subaccount: 1 });
      assert.ok(theirs.ok && theirs.value.fillCount > 0, JSON.stringify(theirs));
      venue.perform({ type: "place", execution: "live", intent: taking("ours", ticker) });
      await eventually(() => fills().some(({ clientOrderId }) => clientOrderId === "ours"), "our fill is told");
      const before = fills().length;
      venue.perform({ type: "fetch_fills", since: 0 as Micros });
      await eventually(() => fills().length > before, "our fill is told again");
      await venue.idle();
      const ours = new Set(
        desk.fills.filter(({ order }) => order.clientOrderId === "ours").map((fill) => fill.tradeId),
      );
      assert.deepEqual(new Set(fills().map(({ tradeId }) => tradeId)), ours);
      const orders = inputs.flatMap((input) => input.type === "order_update" ? [input.order.clientOrderId] : []);
      assert.ok(!orders.includes("theirs"), orders.join(" "));
    } finally {
      other.stop();
      await venue.stop();
      await exchange.stop();
    }
  });
}

Deno.test("a private frame of another subaccount is ignored by name, and one that names none is ours", () => {
  const kindOf = (type: string, msg: Record<string, unknown>) => {
    const parsed = parseFrame(JSON.stringify({ type, sid: 1, msg }), 0 as Micros, 1);
    return parsed.kind === "ignored" ? parsed.type : parsed.kind;
  };
  assert.equal(kindOf("fill", { subaccount: 1 }), "fill of another subaccount");
  assert.equal(kindOf("user_order", { subaccount_number: 63 }), "user_order of another subaccount");
  for (const subaccount of [0, undefined, null, "1"]) {
    assert.equal(kindOf("fill", { subaccount }), "refused", "it is read, and lacks all else");
    assert.equal(kindOf("user_order", { subaccount_number: subaccount }), "refused");
  }
});
