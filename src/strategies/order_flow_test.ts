import assert from "node:assert/strict";
import { type FlowUse, orderFlowParameter, usesFlow, withFlow } from "./order_flow.ts";
import { viewOf } from "./view_fixture.ts";
import type { FlowReading, StrategyView } from "./view.ts";

const reading = (proven: boolean): FlowReading => ({ shift: 0.1, proven, imbalance: 0.5, why: "" });
const SHIFTED = 1 / (1 + Math.exp(-0.1));

Deno.test("order flow shifts a probability only as far as it may", () => {
  const cases: [use: FlowUse, flow: FlowReading | null, wanted: number][] = [
    ["off", reading(true), 0.5],
    ["when_proven", reading(true), SHIFTED],
    ["when_proven", reading(false), 0.5],
    ["when_proven", null, 0.5],
    ["on", reading(false), SHIFTED],
    ["on", null, 0.5],
  ];
  for (const [use, flow, wanted] of cases) {
    const found = withFlow(viewOf({ view: { flow } }), 0.5, use);
    assert.ok(Math.abs(found - wanted) < 1e-12, `${use}, ${JSON.stringify(flow)}: ${found}`);
  }
});

Deno.test("who does not use it has nothing worked out, and does not even look", () => {
  const view: StrategyView = {
    ...viewOf(),
    get flow(): never {
      throw new Error("Order flow was looked at");
    },
  };
  assert.equal(withFlow(view, 0.3, "off"), 0.3);
  assert.deepEqual((["off", "when_proven", "on"] as const).map((order_flow) => usesFlow({ order_flow })), [
    false,
    true,
    true,
  ]);
});

Deno.test("it is off unless someone says so", () => {
  assert.equal(orderFlowParameter().parse(undefined), "off");
  assert.throws(() => orderFlowParameter().parse("sometimes"));
});
