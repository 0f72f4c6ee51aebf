import assert from "node:assert/strict";
import { confidenceObstacle, indexConfidence } from "./confidence.ts";
import type { IndexReading, SpotReading } from "./view.ts";

const trust = { max_index_age: 3, max_spot_gap: 15 };
const index: IndexReading = {
  value: 84_000,
  age: 500_000,
  lag: 0,
  volatility: 1e-4,
  source: "official",
  basisSd: 0,
  move: () => null,
};
const spot: SpotReading = { vwap: 84_000, last: 84_000, exchanges: 5, age: 0, latency: 0 };

const CASES: readonly (readonly [string, Partial<IndexReading>, Partial<SpotReading> | null, number])[] = [
  ["the official index, fresh, where the exchanges trade", {}, {}, 1],
  ["a second old is as fresh as it can be", { age: 1_000_000 }, {}, 1],
  ["half way to too old", { age: 2_000_000 }, {}, 0.75],
  ["too old", { age: 5_000_000 }, {}, 0.5],
  ["a composite stands for it", { source: "composite" }, {}, 0.8],
  ["one exchange stands for it", { source: "exchange" }, {}, 0.5],
  ["the exchanges trade five basis points away", {}, { vwap: 84_042 }, 2 / 3],
  ["the exchanges trade far away", {}, { vwap: 90_000 }, 0],
  ["nobody traded in the window: the newest trade counts", {}, { vwap: null, last: 84_042 }, 2 / 3],
  ["no exchange is heard", {}, null, 1],
];

for (const [name, change, traded, expected] of CASES) {
  Deno.test(`confidence in the index: ${name}`, () => {
    const confidence = indexConfidence({ ...index, ...change }, traded === null ? null : { ...spot, ...traded }, trust);
    assert.ok(Math.abs(confidence - expected) < 1e-9, `${confidence}`);
  });
}

Deno.test("too little confidence is a reason in words, enough is none", () => {
  assert.equal(confidenceObstacle(0.3, 0.3), null);
  assert.equal(confidenceObstacle(0.29, 0.3)?.code, "low_confidence");
  assert.equal(confidenceObstacle(0.29, 0.3)?.text, "Confidence 0.29 in the data, wanted 0.3");
});
