import assert from "node:assert/strict";
import type { OrderGroupAction } from "../../core/action.ts";
import { count } from "../../core/units.ts";
import { INTENT, withVenue } from "./scripted_run_fixture.ts";

const create: OrderGroupAction = {
  type: "order_group",
  command: "create",
  strategy: "s1",
  shard: 2,
  groupId: null,
  limit: count(50_000),
};
const reset: OrderGroupAction = { ...create, command: "reset", groupId: "g-1" };
const GROUPS = "/portfolio/order_groups";
const refused = { status: 400, body: { error: { code: "invalid_parameters", message: "too many order groups" } } };

Deno.test("a group is made on its shard with its limit, and told", () =>
  withVenue(
    {},
    (exchange) =>
      exchange.on(`POST ${GROUPS}/create`, { status: 201, body: { order_group_id: "g-1", exchange_index: 2 } }),
    async (run) => {
      run.venue.perform(create);
      const { strategy, shard, groupId, event } = await run.until("order_group");
      assert.deepEqual([strategy, shard, groupId, event], ["s1", 2, "g-1", "created"]);
      const [{ body }] = run.exchange.seen(`POST ${GROUPS}/create`);
      assert.deepEqual(body, { contracts_limit_fp: "500.00", exchange_index: 2 });
    },
  ));

Deno.test("a group that cannot be made is told as failed, with the exchange's reason", () =>
  withVenue({}, (exchange) => exchange.on(`POST ${GROUPS}/create`, refused), async (run) => {
    run.venue.perform(create);
    const { groupId, event, reason } = await run.until("order_group");
    assert.deepEqual([groupId, event], [null, "failed"]);
    assert.match(reason, /too many order groups/);
  }));

for (const [answer, expected] of [[{ body: {} }, "reset"], [{ status: 404, body: {} }, "failed"]] as const) {
  Deno.test(`a reset that is answered with ${JSON.stringify(answer)} is told as ${expected}`, () =>
    withVenue({}, (exchange) => exchange.on(`PUT ${GROUPS}/g-1/reset`, answer), async (run) => {
      run.venue.perform(reset);
      assert.equal((await run.until("order_group")).event, expected);
      assert.equal(run.exchange.seen(`PUT ${GROUPS}/g-1/reset`)[0].query.get("exchange_index"), "2");
    }));
}

Deno.test("the trigger of a group that was made here is told, that of another one is not", () =>
  withVenue(
    {},
    (exchange) =>
      exchange.on(`POST ${GROUPS}/create`, { status: 201, body: { order_group_id: "g-1", exchange_index: 2 } }),
    async (run) => {
      run.venue.perform(create);
      await run.until("order_group");
      await run.until("account");
      const frame = (order_group_id: string, event_type: string) => ({
        type: "order_group_updates",
        msg: { event_type, order_group_id, ts_ms: 1_790_000_000_000 },
      });
      run.exchange.sendOn("order_group_updates", frame("g-7", "triggered"));
      run.exchange.sendOn("order_group_updates", frame("g-1", "reset"));
      run.exchange.sendOn("order_group_updates", frame("g-1", "triggered"));
      const { strategy, groupId } = await run.until("order_group", ({ event }) => event === "triggered");
      assert.deepEqual([strategy, groupId], ["s1", "g-1"]);
      assert.equal(run.inputs.filter(({ type }) => type === "order_group").length, 2);
    },
  ));

const placed = (id: string) => ({
  order_id: `o-${id}`,
  client_order_id: id,
  fill_count: "0.00",
  remaining_count: "1.00",
  ts_ms: 1,
});

Deno.test("an order bears its group", () =>
  withVenue(
    {},
    (exchange) => exchange.on("POST /portfolio/events/orders", { status: 201, body: placed("k-1") }),
    async (run) => {
      run.venue.perform({ type: "place", execution: "live", intent: INTENT, orderGroupId: "g-1" });
      await run.until("order_accepted");
      const [{ body }] = run.exchange.seen("POST /portfolio/events/orders");
      assert.equal((body as { order_group_id: string }).order_group_id, "g-1");
    },
  ));
