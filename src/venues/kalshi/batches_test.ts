import assert from "node:assert/strict";
import { INTENT } from "./rest_cases.ts";
import { fakeRest, jsonAnswer } from "./rest_fixture.ts";

const intents = (count: number) => Array.from({ length: count }, (_, k) => ({ ...INTENT, clientOrderId: `k-${k}` }));

interface Batch {
  readonly orders: readonly { readonly client_order_id?: string; readonly order_id?: string }[];
}

/** An exchange whose write bucket holds so much; the batch of that number fails whole. */
function rig(capacity: number, failing = -1) {
  const sizes: number[] = [];
  const { rest } = fakeRest(({ line, body }) => {
    if (line === "GET /account/limits") {
      const write = { refill_rate: 200, bucket_capacity: capacity };
      return jsonAnswer({ read: { refill_rate: 200, bucket_capacity: 200 }, write });
    }
    const { orders } = body as Batch;
    sizes.push(orders.length);
    if (sizes.length - 1 === failing) return jsonAnswer({ error: { code: "service_unavailable", message: "x" } }, 503);
    const answers = orders.map(({ client_order_id, order_id }) =>
      client_order_id === undefined
        ? { order_id, reduced_by: "1.00" }
        : { order_id: `o-${client_order_id}`, client_order_id, fill_count: "0.00", remaining_count: "1.00" }
    );
    return jsonAnswer({ orders: answers }, 201);
  });
  return { rest, sizes };
}

Deno.test("a batch that costs more than the bucket holds leaves in parts that fit, and comes back in its order", async () => {
  const { rest, sizes } = rig(100);
  await rest.accountLimits();
  const created = await rest.createOrders(intents(25));
  assert.ok(created.ok);
  assert.deepEqual(sizes, [10, 10, 5]);
  assert.deepEqual(
    created.value.map((each) => each.ok && each.value.clientOrderId),
    intents(25).map((i) => i.clientOrderId),
  );
});

Deno.test("cancels cost less, so that more of them fit, as many as the account's own bucket holds", async () => {
  const places = Array.from({ length: 25 }, (_, k) => ({ orderId: `o-${k}`, ticker: "T", shard: 2 }));
  const basic = rig(100);
  assert.ok((await basic.rest.cancelOrders(places)).ok);
  assert.deepEqual(basic.sizes, [25]);
  const small = rig(30);
  await small.rest.accountLimits();
  const cancelled = await small.rest.cancelOrders(places);
  assert.ok(cancelled.ok);
  assert.deepEqual(small.sizes, [15, 10]);
  assert.deepEqual(cancelled.value.map((each) => each.ok && each.value.orderId), places.map(({ orderId }) => orderId));
});

Deno.test("where one part fails whole, that is the result of each of its orders, and of no other", async () => {
  const { rest, sizes } = rig(100, 1);
  await rest.accountLimits();
  const created = await rest.createOrders(intents(25));
  assert.ok(created.ok);
  assert.deepEqual(sizes, [10, 10, 5]);
  assert.deepEqual(created.value.map((each) => each.ok), intents(25).map((_, k) => k < 10 || k >= 20));
});

Deno.test("what can never fit is refused with the reason, and nothing is sent", async () => {
  const { rest, sizes } = rig(5);
  await rest.accountLimits();
  const created = await rest.createOrder(INTENT);
  assert.ok(!created.ok && created.failure.kind === "unsent");
  assert.deepEqual([created.failure.code, created.failure.message], [
    "too_much",
    "POST /portfolio/events/orders costs 10 tokens, more than the account may ever spend at once",
  ]);
  const batch = await rest.createOrders(intents(2));
  assert.ok(batch.ok && batch.value.every((each) => !each.ok && each.failure.kind === "unsent"));
  assert.deepEqual(sizes, []);
});

Deno.test("a part that would wait longer than an order may is dropped, as a single order is", async () => {
  const { rest, sizes } = rig(100);
  const created = await rest.createOrders(intents(25));
  assert.ok(created.ok);
  assert.deepEqual(sizes, [10, 5]);
  const dropped = created.value.filter((each) => !each.ok && each.failure.kind === "unsent");
  assert.equal(dropped.length, 10);
});

Deno.test("a batch fits the tier that was asked for, too", async () => {
  const lines: string[] = [];
  const { rest } = fakeRest(({ line, body }) => {
    lines.push(line);
    if (line === "POST /account/api_usage_level/upgrade") return jsonAnswer(null, 201);
    const size = { refill_rate: 300, bucket_capacity: 900 };
    if (line === "GET /account/limits") return jsonAnswer({ usage_tier: "advanced", read: size, write: size });
    return jsonAnswer({ orders: (body as Batch).orders.map(() => ({ error: { code: "x", message: "x" } })) }, 201);
  });
  const limits = await rest.upgradeTier();
  assert.ok(limits.ok && limits.value.tier === "advanced");
  await rest.createOrders(intents(25));
  assert.deepEqual(lines, [
    "POST /account/api_usage_level/upgrade",
    "GET /account/limits",
    "POST /portfolio/events/orders/batched",
  ]);
});
