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

Deno.test("a strategy's budget and its days are known as they are written, and nonsense in them is found", () => {
  const budget = {
    kind: "budget",
    strategy: "latency",
    day: "2026-11-20",
    budget: 100_000_000,
    weight: 0.25,
    active: true,
    realised: -5,
    opening: 7,
    updatedAt: 9,
  };
  const day = { kind: "budget_day", strategy: "latency", day: "2026-11-19", pnl: -3, budget: 100, at: 9 };
  for (const record of [budget, day]) assert.equal(checkRecord(record), null);
  const wrong: [Record<string, unknown>, string][] = [
    [{ ...budget, budget: -1 }, ".budget"],
    [{ ...budget, weight: "much" }, ".weight"],
    [{ ...budget, active: 1 }, ".active"],
    [{ ...budget, opening: undefined }, ".opening"],
    [{ ...day, pnl: 0.5 }, ".pnl"],
    [{ ...day, day: "" }, ".day"],
  ];
  for (const [record, path] of wrong) assert.equal(checkRecord(record)?.path, path);
});

Deno.test("a strategy's row, and what a halt is of, are known as they are written, and nonsense in them is found", () => {
  const strategy = {
    ...{ kind: "strategy", name: "latency", phase: "stopped", reason: "", enabled: true, losses: 2 },
    ...{ since: 5, updatedAt: 9 },
  };
  const halt = { kind: "halt", name: "reduce", active: true, persistent: true, reason: "A person", at: 9 };
  for (const record of [strategy, halt, { ...halt, level: "reducing" }, { ...halt, strategy: "latency" }]) {
    assert.equal(checkRecord(record), null);
  }
  const wrong: [Record<string, unknown>, string][] = [
    [{ ...strategy, name: "" }, ".name"],
    [{ ...strategy, phase: "asleep" }, ".phase"],
    [{ ...strategy, losses: -1 }, ".losses"],
    [{ ...strategy, enabled: undefined }, ".enabled"],
    [{ ...halt, level: "halted" }, ".level"],
    [{ ...halt, index: 5 }, ".index"],
  ];
  for (const [record, path] of wrong) assert.equal(checkRecord(record)?.path, path);
});
