import assert from "node:assert/strict";
import type { PlaceAction } from "../../core/action.ts";
import { INTENT, NO_ANSWER_MS, withVenue } from "./scripted_run_fixture.ts";

const placed = (id: string) => ({
  order_id: `o-${id}`,
  client_order_id: id,
  fill_count: "0.00",
  remaining_count: "1.00",
  ts_ms: 1,
});

Deno.test("the legs of a basket leave in one request, and each is answered by itself", () =>
  withVenue({}, (exchange) =>
    exchange.on("POST /portfolio/events/orders/batched", {
      status: 201,
      body: {
        orders: [placed("k-1"), { error: { code: "insufficient_balance", message: "x" } }, placed("k-3")],
      },
    }), async (run) => {
    for (const clientOrderId of ["k-1", "k-2", "k-3"]) {
      const leg: PlaceAction = {
        type: "place",
        execution: "live",
        intent: { ...INTENT, clientOrderId },
        orderGroupId: "g-1",
        basket: { id: "7 A", legs: 3 },
      };
      run.venue.perform(leg);
    }
    await run.until("order_accepted", (input) => input.clientOrderId === "k-1");
    await run.until("order_accepted", (input) => input.clientOrderId === "k-3");
    const { clientOrderId, code } = await run.until("order_rejected");
    assert.deepEqual([clientOrderId, code], ["k-2", "insufficient_balance"]);
    assert.equal(run.exchange.seen("POST /portfolio/events/orders/batched").length, 1);
    assert.equal(run.exchange.seen("POST /portfolio/events/orders").length, 0);
  }));

Deno.test("a basket whose request nobody answers leaves every leg unknown", () =>
  withVenue(
    { requestTimeoutMs: NO_ANSWER_MS },
    (exchange) => exchange.on("POST /portfolio/events/orders/batched", "hang"),
    async (run) => {
      await run.until("account");
      for (const clientOrderId of ["k-1", "k-2"]) {
        const basket = { id: "7 A", legs: 2 };
        run.venue.perform({ type: "place", execution: "live", intent: { ...INTENT, clientOrderId }, basket });
      }
      for (const id of ["k-1", "k-2"]) await run.until("order_unknown", (input) => input.clientOrderId === id);
    },
  ));
