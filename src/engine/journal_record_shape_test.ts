import assert from "node:assert/strict";
import { count, price } from "../core/units.ts";
import { liveRig } from "./engine_fixture.ts";
import { checkRecord } from "./journal_record_shape.ts";

function aTrade(): Record<string, unknown> {
  const rig = liveRig();
  rig.fill(302, { clientOrderId: "bot-1", price: price(5_100), count: count(1_000) });
  const [trade] = rig.records("trade");
  return JSON.parse(JSON.stringify(trade));
}

Deno.test("a trade's row says when the exchange executed it; one of an older version may not, and nonsense is found", () => {
  const { executedAt, ...older } = aTrade();
  assert.equal(typeof executedAt, "number");
  assert.equal(checkRecord({ ...older, executedAt }), null);
  assert.equal(checkRecord(older), null);
  assert.equal(checkRecord({ ...older, executedAt: "noon" })?.path, ".executedAt");
  assert.equal(checkRecord({ ...older, executedAt: null })?.path, ".executedAt");
});
