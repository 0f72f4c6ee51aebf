import assert from "node:assert/strict";
import { count, type Micros, micros, MICROS_PER_SECOND, price } from "../core/units.ts";
import { after, anIntent, EVIDENCE, NOON } from "../execution/order_fixture.ts";
import type { OrderState } from "../execution/order_state.ts";
import { Orders } from "../execution/orders.ts";
import { accept, liveRig, RESTING, Rig, settlementEdge } from "./engine_fixture.ts";
import { PLAIN_EXECUTION } from "./execution_settings.ts";
import { Leases } from "./leases.ts";

const LEASE = 120 * MICROS_PER_SECOND;
const FOR_EVER = (): Micros | null => null;

/** Orders that rest and expire at these seconds after noon; `null` for never. */
function resting(expiries: readonly (number | null)[]): { orders: Orders; named: OrderState[] } {
  const orders = new Orders();
  const named = expiries.map((seconds, index) => {
    const expiresAt = seconds === null ? null : after(seconds);
    const order = orders.send(anIntent({ clientOrderId: `bot-${index}`, expiresAt }), EVIDENCE, NOON);
    orders.accepted(order, `o-${index}`, count(0), count(1_000), NOON);
    return order;
  });
  return { orders, named };
}

const idsOf = (orders: readonly OrderState[]): string[] => orders.map(({ intent }) => intent.clientOrderId);

Deno.test("a lease ends at a whole second, never early", () => {
  const leases = new Leases({ lease: LEASE, leaseRenewals: 2 });
  assert.equal(leases.expiry(after(0)), after(120));
  assert.equal(leases.expiry(micros(after(0) + 1)), after(121));
  assert.equal(new Leases({ lease: 0, leaseRenewals: 2 }).expiry(NOON), null);
});

Deno.test("an order is due when half of its lease is over, those that end soonest first, and so many a second", () => {
  const leases = new Leases({ lease: LEASE, leaseRenewals: 2 });
  const { orders } = resting([110, 90, 100, 200]);
  assert.deepEqual(idsOf(leases.due(orders.open(), FOR_EVER, after(29))), []);
  assert.deepEqual(idsOf(leases.due(orders.open(), FOR_EVER, after(30))), ["bot-1"]);
  assert.deepEqual(idsOf(leases.due(orders.open(), FOR_EVER, after(50))), ["bot-1", "bot-2"]);
});

Deno.test("an order without expiry gets one, after those that end", () => {
  const leases = new Leases({ lease: LEASE, leaseRenewals: 2 });
  const { orders } = resting([null, 50]);
  assert.deepEqual(idsOf(leases.due(orders.open(), FOR_EVER, after(0))), ["bot-1", "bot-0"]);
});

Deno.test("an order whose market closes first is not renewed", () => {
  const leases = new Leases({ lease: LEASE, leaseRenewals: 2 });
  const { orders } = resting([50]);
  assert.deepEqual(leases.due(orders.open(), () => after(49), after(0)), []);
  assert.equal(leases.due(orders.open(), () => after(50), after(0)).length, 1);
});

Deno.test("an order with a change or a cancel under way, or refused a moment ago, is not renewed", () => {
  const leases = new Leases({ lease: LEASE, leaseRenewals: 9 });
  const { orders, named: [changing, cancelling, refused] } = resting([50, 50, 50, 50]);
  const dearer = { ...changing.terms, price: price(5_100) };
  orders.askChange(changing, "amend", dearer, after(1));
  orders.askCancel(cancelling, after(1), "Gone");
  orders.askChange(refused, "amend", dearer, after(1));
  orders.changeFailed(refused, false, "No", after(2));
  assert.deepEqual(idsOf(leases.due(orders.open(), FOR_EVER, after(2.5))), ["bot-3"]);
  assert.deepEqual(idsOf(leases.due(orders.open(), FOR_EVER, after(3))), ["bot-2", "bot-3"]);
});

Deno.test("with two renewals a second and leases of two minutes, 120 orders of one second are kept alive", () => {
  const leases = new Leases({ lease: LEASE, leaseRenewals: 2 });
  const { orders } = resting(Array.from({ length: 120 }, () => 120));
  for (let second = 0; second < 600; second++) {
    for (const order of leases.due(orders.open(), FOR_EVER, after(second))) {
      const terms = { ...order.terms, expiresAt: leases.expiry(after(second)) };
      assert.ok(orders.askChange(order, "amend", terms, after(second)));
      orders.changed(order, order.orderId ?? "", terms, count(0), terms.count, after(second));
    }
    for (const { terms } of orders.open()) assert.ok((terms.expiresAt ?? 0) > after(second), `second ${second}`);
  }
});

// --- in the engine --------------------------------------------------------------------------------------------------

const orders = { ...PLAIN_EXECUTION, lease: LEASE, leaseRenewals: 2 };

/** Live, with one order that rests; the index goes on, so that it stays wanted. */
function leased(): Rig {
  const rig = liveRig({ strategies: settlementEdge(RESTING), orders });
  accept(rig, 301, 0, rig.placed[0].count);
  return rig;
}

function go(rig: Rig, from: number, to: number): void {
  for (let second = from; second <= to; second++) rig.index(second, second % 2 === 0 ? 84_200 : 84_205);
}

Deno.test("live: what rests has a lease, and is renewed by its expiry alone while it is wanted", () => {
  const rig = leased();
  assert.equal(rig.placed[0].expiresAt, after(421));
  go(rig, 302, 360);
  assert.equal(rig.all("amend").length, 0);
  go(rig, 361, 361);
  const [{ terms, orderId, reason }] = rig.all("amend");
  const { price: at, count: size } = rig.placed[0];
  assert.deepEqual([terms, orderId, reason], [
    { price: at, count: size, expiresAt: after(481) },
    "o-bot-1",
    "Still wanted",
  ]);
  const change = { clientOrderId: "bot-1", orderId, terms, fillCount: count(0), remainingCount: size };
  rig.step({ type: "order_changed", at: after(361.2), ...change });
  go(rig, 362, 420);
  assert.equal(rig.all("amend").length, 1);
  go(rig, 421, 421);
  assert.equal(rig.all("amend").length, 2);
  assert.equal(rig.all("cancel").length, 0);
});

Deno.test("live: an order whose renewal is refused again and again dies, and is placed anew while it is wanted", () => {
  const rig = leased();
  let answered = 0;
  for (let second = 302; second <= 421; second++) {
    go(rig, second, second);
    for (; answered < rig.all("amend").length; answered++) {
      const refusal = { clientOrderId: "bot-1", gone: false, code: "invalid_order", reason: "No" };
      rig.step({ type: "change_failed", at: after(second), ...refusal });
    }
  }
  assert.ok(answered > 3 && answered < 10, `${answered} renewals`);
  assert.equal(rig.placed.length, 1);
  rig.step({
    type: "order_update",
    at: after(421.5),
    order: {
      orderId: "o-bot-1",
      clientOrderId: "bot-1",
      ticker: rig.placed[0].ticker,
      side: "bid",
      price: rig.placed[0].price,
      status: "canceled",
      initialCount: rig.placed[0].count,
      fillCount: count(0),
      remainingCount: count(0),
    },
  });
  go(rig, 422, 422);
  assert.deepEqual(rig.placed.map(({ expiresAt }) => expiresAt), [after(421), after(542)]);
});

Deno.test("live: an order that expired without a word is asked for", () => {
  const rig = leased();
  rig.operator(302, "stop_strategy", "settlement_edge");
  rig.step({ type: "cancel_failed", at: after(303), clientOrderId: "bot-1", gone: false, reason: "503" });
  rig.clock(424);
  assert.equal(rig.all("find_order").length, 0);
  rig.clock(425);
  assert.equal(rig.all("find_order").length, 1);
});

Deno.test("paper: an order is kept alive by renewals, and one that is not dies at its expiry", () => {
  const strategies = settlementEdge(RESTING);
  const rig = new Rig({ strategies, orders }).warmUp();
  go(rig, 301, 500);
  assert.equal(rig.placed.length, 1);
  assert.ok(rig.all("amend").length >= 2);
  const dying = new Rig({ strategies, orders: { ...orders, leaseRenewals: 0 } }).warmUp();
  go(dying, 301, 500);
  assert.deepEqual(dying.placed.map(({ expiresAt }) => expiresAt), [after(421), after(541)]);
});
