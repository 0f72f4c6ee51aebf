import assert from "node:assert/strict";
import { money } from "../core/units.ts";
import { calcKelly } from "./calc_kelly.ts";

const OPTIONS = {
  probability: 0.6,
  price: 0.5,
  fee: 0.0175,
  settlementFee: 0,
  fraction: 0.25,
  bankroll: money(10_000_000_000),
};

Deno.test("the documented example of calc kelly comes out to the last digit", () => {
  assert.equal(
    JSON.stringify(calcKelly(OPTIONS)),
    '{"full":0.170984,"applied":0.042746,"stake":"427.461140","contracts":"826.01"}',
  );
});

Deno.test("without an edge nothing is staked, and the full fraction says how far away it is", () => {
  assert.equal(
    JSON.stringify(calcKelly({ ...OPTIONS, probability: 0.5 })),
    '{"full":-0.036269,"applied":0,"stake":"0.000000","contracts":"0.00"}',
  );
});

Deno.test("options that are no bet are refused in words", () => {
  const cases: [Partial<typeof OPTIONS>, RegExp][] = [
    [{ probability: 1.5 }, /probability must be within 0 and 1/],
    [{ price: 0, fee: 0 }, /above 0/],
    [{ fraction: 2 }, /Fraction must be within 0 and 1, found 2/],
    [{ fraction: NaN }, /Fraction must be within/],
  ];
  for (const [wrong, expected] of cases) {
    const result = calcKelly({ ...OPTIONS, ...wrong });
    assert.ok("error" in result, JSON.stringify(wrong));
    assert.match(result.error, expected);
  }
});
