import assert from "node:assert/strict";
import fc from "fast-check";
import { type Coherence, coherence } from "./settlement_coherence.ts";
import type { SettlementRule } from "./settlement_interval.ts";

const rule = (
  strikeType: SettlementRule["strikeType"],
  floorStrike: number | null,
  capStrike: number | null = null,
): SettlementRule => ({ strikeType, floorStrike, capStrike, roundDigits: 2 });

function checked(rules: readonly SettlementRule[], probabilities: readonly number[]): Coherence {
  const result = coherence(rules, probabilities);
  assert.ok(result.ok, result.ok ? "" : result.reason);
  return result.value;
}

const above = (strike: number) => rule("greater", strike);
const partition = [rule("less", null, 100), rule("between", 100, 109.99), rule("greater", 109.99)];

Deno.test("what agrees is left as it is", () => {
  const falling = [0.9, 0.5, 0.5, 0.1];
  const strikes = [1, 2, 3, 4].map(above);
  assert.deepEqual(checked(strikes, falling), { shape: "thresholds", violations: [], repaired: falling });
  const whole = [0.25, 0.5, 0.25];
  assert.deepEqual(checked(partition, whole), { shape: "partition", violations: [], repaired: whole });
});

Deno.test("strikes out of order are named with their market, whatever the order of the list", () => {
  const { violations, repaired } = checked([above(120), above(100), above(110)], [0.5, 0.9, 0.25]);
  assert.deepEqual(violations, [{ kind: "rising", market: 0, after: 2, amount: 0.25 }]);
  assert.deepEqual(repaired, [0.375, 0.9, 0.375]);
});

Deno.test("below and above one strike must be each other's opposite", () => {
  const rules = [rule("less", null, 100), rule("greater_or_equal", 100), above(110)];
  assert.deepEqual(checked(rules, [0.75, 0.25, 0.125]).violations, []);
  const { violations, repaired } = checked(rules, [0.75, 0.5, 0.125]);
  assert.equal(violations.length, 1);
  assert.deepEqual(repaired, [0.625, 0.375, 0.125]);
});

Deno.test("buckets that do not sum to one are scaled", () => {
  const { violations, repaired } = checked(partition, [0.5, 0.5, 0.25]);
  assert.deepEqual(violations, [{ kind: "sum", sum: 1.25 }]);
  assert.deepEqual(repaired, [0.4, 0.4, 0.2]);
  assert.deepEqual(checked(partition, [0, 0, 0]).repaired, [1 / 3, 1 / 3, 1 / 3]);
});

Deno.test("what is no probability is named and brought into [0, 1]", () => {
  const { violations, repaired } = checked([above(1), above(2), above(3)], [1.5, NaN, -1]);
  assert.deepEqual(violations.map(({ kind }) => kind), Array(3).fill("not_a_probability"));
  assert.deepEqual(repaired, [1, 0.5, 0]);
});

Deno.test("markets that have nothing to agree on are refused with a reason", () => {
  const cases: readonly (readonly [readonly SettlementRule[], readonly number[], RegExp])[] = [
    [[], [], /without markets/],
    [[above(1)], [0.5, 0.5], /Found 2 probabilities for 1 markets/],
    [[above(1), rule("custom", 1)], [0.5, 0.5], /Market 1 .* no number/],
    [[above(1), rule("between", 2, 3)], [0.5, 0.1], /neither thresholds nor/],
    [[rule("less", null, 1), rule("between", 1, 2)], [0.5, 0.5], /neither thresholds nor/],
  ];
  for (const [rules, probabilities, wanted] of cases) {
    const result = coherence(rules, probabilities);
    assert.ok(!result.ok);
    assert.match(result.reason, wanted);
  }
});

Deno.test("a repair is coherent, and no falling sequence is nearer", () => {
  const given = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 12 });
  const other = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(given, other, (values, rival) => {
      const strikes = values.map((_, k) => above(100 + k));
      const { repaired } = checked(strikes, values);
      assert.deepEqual(checked(strikes, repaired).violations, []);
      const falling = rival.slice(0, values.length).sort((a, b) => b - a);
      const distance = (to: readonly number[]): number => to.reduce((sum, x, k) => sum + (x - values[k]) ** 2, 0);
      assert.ok(distance(repaired) <= distance(falling) + 1e-9);
    }),
    { seed: 31, numRuns: 3000 },
  );
});
