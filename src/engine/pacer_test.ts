import assert from "node:assert/strict";
import { z } from "zod";
import { count, price } from "../core/units.ts";
import { EVIDENCE } from "../execution/order_fixture.ts";
import type { Pace } from "../execution/slicing.ts";
import { STANDARD_HOOKS } from "../strategies/hooks.ts";
import type { Registration } from "../strategies/registry.ts";
import { accept, Rig } from "./engine_fixture.ts";

/** Wants to hold ten contracts in all, at a pace. */
const worker = (pace: Pace): Registration => ({
  name: "worker",
  title: "Worker",
  parameters: z.unknown(),
  bind: () => ({
    ...STANDARD_HOOKS,
    name: "worker",
    trades: () => true,
    decide: ({ ownPosition }) => ({
      targets: ownPosition >= 1_000 ? [] : [{
        side: "bid",
        price: price(4_000),
        count: count(1_000 - ownPosition),
        timeInForce: "immediate_or_cancel",
        postOnly: false,
        signal: "test",
        kelly: 0.1,
        depth: count(800),
        evidence: { ...EVIDENCE, modelProbability: 0.5 },
        pace,
      }],
      refusal: ownPosition >= 1_000 ? { code: "done", text: "Done" } : null,
      edge: 0.05,
      edgeSide: "yes",
    }),
  }),
});

function rigOf(pace: Pace): Rig {
  const strategies = [{ name: "worker", enabled: true, parameters: {} }];
  const rig = new Rig({ execution: "live", capital: null, strategies }, [worker(pace)]);
  rig.account(280, 1_000_000_000);
  rig.market(290);
  rig.book(300, [[3_000, 10_000]], [[6_000, 800]]);
  return rig;
}

/** The newest order is filled, so many contracts of it. */
function fill(rig: Rig, seconds: number, contracts: number): void {
  const order = rig.placed.at(-1);
  assert.ok(order !== undefined);
  const { clientOrderId } = order;
  accept(rig, seconds, contracts * 100, 0, clientOrderId);
  const tradeId = `t-${clientOrderId}`;
  rig.fill(seconds, {
    tradeId,
    clientOrderId,
    orderId: `o-${clientOrderId}`,
    price: price(4_000),
    count: count(contracts * 100),
  });
}

const sizes = (rig: Rig): readonly number[] => rig.placed.map(({ count }) => count / 100);

Deno.test("a large order is worked off in equal parts of its time, and a part that fell short is made up for", () => {
  const rig = rigOf({ kind: "twap", seconds: 40, slices: 4, depthShare: 0.5 });
  assert.deepEqual(sizes(rig), [3]);
  fill(rig, 300.5, 1);
  rig.clock(309);
  assert.deepEqual(sizes(rig), [3, 2], "what the first part could not get is tried for again");
  fill(rig, 309.5, 2);
  rig.clock(310);
  assert.deepEqual(sizes(rig), [3, 2, 2], "the second part");
  fill(rig, 310.5, 2);
  rig.clock(330);
  assert.deepEqual(sizes(rig), [3, 2, 2, 4], "all that is left, but no more than half of what is displayed");
  fill(rig, 330.5, 4);
  rig.clock(331);
  fill(rig, 331.5, 1);
  rig.clock(340);
  assert.deepEqual(sizes(rig), [3, 2, 2, 4, 1]);
});

Deno.test("an order that follows the volume goes as others trade", () => {
  const rig = rigOf({ kind: "vwap", volumeShare: 0.1, depthShare: 1 });
  assert.deepEqual(sizes(rig), []);
  const trade = (seconds: number, contracts: number) =>
    rig.step({
      type: "trade",
      at: rig.engine.now,
      ticker: rig.engine.markets.keys().next().value ?? "",
      tradeId: `public-${seconds}`,
      price: price(4_000),
      count: count(contracts * 100),
      takerSide: "bid",
      exchangeTime: rig.engine.now,
    });
  trade(301, 25);
  rig.clock(302);
  assert.deepEqual(sizes(rig), [2]);
  fill(rig, 302.5, 2);
  rig.clock(303);
  assert.deepEqual(sizes(rig), [2]);
  trade(304, 15);
  rig.clock(305);
  assert.deepEqual(sizes(rig), [2, 2]);
});

Deno.test("a whole that is not wanted any more ends, and the next one begins anew", () => {
  const pace: Pace = { kind: "twap", seconds: 40, slices: 4, depthShare: 1 };
  const rig = rigOf(pace);
  rig.operator(300.1, "stop_strategy", "worker");
  accept(rig, 300.2, 0, 0);
  rig.clock(339);
  rig.operator(339.5, "start_strategy", "worker");
  assert.deepEqual(sizes(rig), [3, 3], "and not everything, because 40 s have passed");
});
