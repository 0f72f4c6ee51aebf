import assert from "node:assert/strict";
import type { HaltRecord } from "../core/record.ts";
import { micros, money, price } from "../core/units.ts";
import { dailyLossReason, Halts, modelReason } from "./halts.ts";
import type { RiskLimits } from "./limits.ts";

const AT = micros(1_000_000);

Deno.test("a halt is told of once when it begins and once when it ends", () => {
  const records: HaltRecord[] = [];
  const halts = new Halts([], (record) => records.push(record));
  assert.equal(halts.any, false);
  assert.equal(halts.raise("kill", "A person", true, AT), true);
  assert.equal(halts.raise("kill", "Again", true, AT), false);
  assert.equal(halts.has("kill"), true);
  assert.equal(halts.first?.reason, "A person");
  assert.equal(halts.lift("kill", "Lifted", AT), true);
  assert.equal(halts.lift("kill", "Lifted", AT), false);
  assert.equal(halts.any, false);
  assert.deepEqual(records.map(({ name, active, persistent, reason }) => [name, active, persistent, reason]), [
    ["kill", true, true, "A person"],
    ["kill", false, true, "Lifted"],
  ]);
});

Deno.test("what its records say stands again after a restart, and what was lifted does not", () => {
  const records: HaltRecord[] = [];
  const before = new Halts([], (record) => records.push(record));
  before.raise("daily_loss", "Lost 1", true, AT);
  before.raise("kill", "A person", true, AT);
  before.lift("kill", "Lifted", AT);
  const newest = new Map(records.map((record) => [record.name, record]));
  const again = new Halts([...newest.values()], () => assert.fail("a halt that stood before is no news"));
  assert.deepEqual(again.list().map(({ name }) => name), ["daily_loss"]);
  assert.equal(again.list()[0].since, AT);
});

const limits = (dailyLoss: number, dailyLossPercent: number): RiskLimits => ({
  order: money(0),
  trade: money(0),
  market: money(0),
  openExposure: money(0),
  categoryPercent: 20,
  correlatedPercent: 25,
  dailyLoss: money(dailyLoss),
  dailyLossPercent,
  priceCeiling: price(9_900),
  fairValueBound: price(0),
});

const LOSSES: readonly (readonly [
  claim: string,
  nav: number,
  start: number,
  RiskLimits,
  reason: string | null,
])[] = [
  ["a gain is no loss", 11_000_000, 10_000_000, limits(1_000_000, 10), null],
  ["a loss of nothing halts nothing, even where nothing is allowed", 10_000_000, 10_000_000, limits(0, 0), null],
  ["just below the amount", 9_000_001, 10_000_000, limits(1_000_000, 50), null],
  [
    "the amount",
    9_000_000,
    10_000_000,
    limits(1_000_000, 50),
    "Lost 1.000000 since the day began, allowed 1.000000",
  ],
  ["just below the percentage", 9_000_001, 10_000_000, limits(5_000_000, 10), null],
  [
    "the percentage",
    9_000_000,
    10_000_000,
    limits(5_000_000, 10),
    "Lost 1.000000 since the day began, allowed 10 % of 10.000000",
  ],
];

for (const [claim, nav, start, allowed, reason] of LOSSES) {
  Deno.test(`daily loss: ${claim}`, () => assert.equal(dailyLossReason(money(nav), money(start), allowed), reason));
}

Deno.test("a number from 0 to 1 is a probability, and nothing else is", () => {
  for (const good of [0, -0, Number.MIN_VALUE, 0.5, 1 - Number.EPSILON, 1]) {
    assert.equal(modelReason("The model", "T", good), null);
  }
  for (const bad of [NaN, Infinity, -Infinity, -Number.MIN_VALUE, 1 + Number.EPSILON, 1.2]) {
    assert.equal(
      modelReason("The model", "T", bad),
      `The model gives T the probability ${bad}: a probability is a number from 0 to 1`,
    );
  }
});
