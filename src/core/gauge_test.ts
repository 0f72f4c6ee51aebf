import assert from "node:assert/strict";
import { gaugeOf } from "./gauge.ts";

for (
  const [used, limit, share, state] of [
    ["0.000000", "500.000000", 0, "free"],
    ["399.000000", "500.000000", 0.798, "free"],
    ["400.000000", "500.000000", 0.8, "near"],
    ["499.500000", "500.000000", 0.999, "near"],
    ["500.000000", "500.000000", 1, "reached"],
    ["750.000000", "500.000000", 1.5, "reached"],
    ["0.000000", "0.000000", null, "reached"],
    ["NaN", "500.000000", null, "reached"],
    ["1.000000", "NaN", null, "reached"],
  ] as const
) {
  Deno.test(`${used} of ${limit} is ${state}`, () => assert.deepEqual(gaugeOf(used, limit), { share, state }));
}
