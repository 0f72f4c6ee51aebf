import assert from "node:assert/strict";
import { aMarket, NOON } from "../../core/market_fixture.ts";
import type { OrderIntent } from "../../core/order.ts";
import { count, price } from "../../core/units.ts";
import { aReport } from "../../execution/order_fixture.ts";
import type { ChosenVenue } from "../../runner/venue_choice.ts";
import { type ExchangeOptions, type RunningExchange, startExchange } from "../../venues/exchange/server.ts";
import { TestClient } from "../../venues/exchange/client_fixture.ts";
import type { ApiFailure } from "../../venues/kalshi/failure.ts";
import type { KalshiRest } from "../../venues/kalshi/rest.ts";
import { OrderTrial } from "./order_trial.ts";
import { namesWith, withPatient } from "./patient_fixture.ts";

const OPTIONS: ExchangeOptions = { port: 0, seed: 5, speed: 1, faults: [], mode: "free", keyDirectory: null };

/** What the exchange itself has of our orders. */
async function ordersOf({ info, privateKeyPem }: RunningExchange) {
  const client = new TestClient(info, { keyId: info.key_id, pem: privateKeyPem, kind: "rsa" });
  const { orders } = await client.simulation("/sim/ledger");
  return { client, orders: Object.values(orders) as Record<string, string>[] };
}

async function orderReport(exchange: RunningExchange) {
  let found: { status: string; detail: string } | undefined;
  await withPatient(async (patient) => {
    await patient.visit(exchange.info, exchange.privateKeyPem);
    patient.order = true;
    const reports = await patient.examine();
    assert.deepEqual(namesWith(reports, "FAIL"), [], JSON.stringify(reports.get("test order")));
    found = reports.get("test order");
  });
  return found;
}

Deno.test("the order costs a cent at most, cannot take, expires, and is cancelled in the end", async () => {
  const exchange = await startExchange(OPTIONS);
  try {
    const report = await orderReport(exchange);
    assert.equal(report?.status, "PASS");
    const { orders } = await ordersOf(exchange);
    assert.equal(orders.length, 1);
    const [order] = orders;
    assert.equal(order.status, "canceled");
    assert.equal(order.initial_count_fp, "1.00");
    assert.equal(order.fill_count_fp, "0.00");
    const paid = Number(order.book_side === "bid" ? order.yes_price_dollars : order.no_price_dollars);
    assert.ok(paid > 0 && paid <= 0.01, String(paid));
    assert.ok(order.expiration_time);
  } finally {
    await exchange.stop();
  }
});

Deno.test("reads that lag behind the cancel are waited for", async () => {
  const exchange = await startExchange({ ...OPTIONS, faults: ["stale-get"] });
  try {
    assert.match((await orderReport(exchange))?.detail ?? "", /created, seen resting, cancelled$/);
  } finally {
    await exchange.stop();
  }
});

Deno.test("an order whose answer is lost is found by its client order id and cancelled", async () => {
  const exchange = await startExchange({ ...OPTIONS, faults: ["accept-then-timeout"] });
  try {
    // Every fifth order loses its answer: four before it.
    const { client } = await ordersOf(exchange);
    const { body: { markets: [{ ticker }] } } = await client.get("/markets?status=open&limit=1");
    for (let n = 0; n < 4; n++) {
      const { status } = await client.post("/portfolio/events/orders", {
        ticker,
        side: "bid",
        count: "1.00",
        price: "0.0010",
        time_in_force: "good_till_canceled",
        self_trade_prevention_type: "taker_at_cross",
        client_order_id: `before-${n}`,
        exchange_index: 2,
      });
      assert.equal(status, 201);
    }
    assert.match(
      (await orderReport(exchange))?.detail ?? "",
      /created \(found by its client order id: .*\), seen resting, cancelled$/,
    );
    const { orders } = await ordersOf(exchange);
    const ours = orders.filter((order) => order.client_order_id.startsWith("kbot-doctor-"));
    assert.deepEqual(ours.map(({ status }) => status), ["canceled"]);
  } finally {
    await exchange.stop();
  }
});

/** An exchange whose answers to creates are given; all else goes well. */
function trialWith(creates: readonly ApiFailure[]) {
  const sent: string[] = [];
  let status = "resting";
  const rest = {
    createOrder: ({ clientOrderId }: OrderIntent) => {
      const failure = creates[sent.push(clientOrderId) - 1];
      return Promise.resolve(failure ? { ok: false, failure } : { ok: true, value: { orderId: "o-1" } });
    },
    order: () => Promise.resolve({ ok: true, value: aReport({ status: status as "resting", fillCount: count(0) }) }),
    cancelOrder: () => {
      status = "canceled";
      return Promise.resolve({ ok: true, value: {} });
    },
  } as unknown as KalshiRest;
  const venue = { real: false, clock: { now: () => NOON }, speed: 1 } as unknown as ChosenVenue;
  const trial = new OrderTrial(rest, venue, { market: aMarket(), side: "bid", price: price(10) });
  return { trial, sent };
}

const refusedWith = (status: number, code: string): ApiFailure => ({
  kind: "http",
  status,
  code,
  message: code,
  details: "",
});
const TOO_MANY = refusedWith(429, "too_many_requests");
const DROPPED: ApiFailure = { kind: "unsent", code: "dropped_under_pressure", message: "Dropped" };

Deno.test("too many requests are waited out with the same order, three times at most; other refusals are final", async () => {
  const patient = trialWith([TOO_MANY, DROPPED]);
  const weary = trialWith([TOO_MANY, TOO_MANY, TOO_MANY]);
  const refused = trialWith([refusedWith(400, "insufficient_balance")]);
  const outcomes = await Promise.all([patient, weary, refused].map(({ trial }) => trial.run()));
  assert.deepEqual(outcomes.map(({ ok }) => ok), [true, false, false], JSON.stringify(outcomes));
  assert.deepEqual([patient, weary, refused].map(({ sent }) => sent.length), [3, 3, 1]);
  assert.equal(new Set(patient.sent).size, 1);
  const [, tired] = outcomes;
  assert.match(tired.ok ? "" : tired.remedy, /^Too many requests of this account/);
});
