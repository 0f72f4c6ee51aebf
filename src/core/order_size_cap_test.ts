import assert from "node:assert/strict";
import fc from "fast-check";
import { OrderSizeCap, SAMPLE_MAX } from "./order_size_cap.ts";

function capOf(sizes: readonly number[], cap = new OrderSizeCap()): number {
  cap.clear();
  for (const size of sizes) cap.add(size);
  return cap.value;
}

/** By sorting everything. */
function plainCap(sizes: readonly number[]): number {
  const sorted = sizes.toSorted((a, b) => a - b);
  const k = Math.floor(sorted.length / 100);
  const kept = sorted.slice(k, sorted.length - k);
  const winsorised = sorted.map((_, at) => sorted[Math.min(Math.max(at, k), sorted.length - 1 - k)]);
  const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
  const centre = mean(winsorised);
  const squares = winsorised.reduce((sum, size) => sum + (size - centre) ** 2, 0);
  return mean(kept) + 5 * (sizes.length > 1 ? Math.sqrt(squares / (sizes.length - 1)) : 0);
}

const size = fc.oneof(fc.double({ min: 1e-6, max: 10, noNaN: true }), fc.double({ min: 1e-6, max: 1e6, noNaN: true }));

Deno.test("the cap is that of the sorted sample, whatever the order of the sizes", () => {
  const reused = new OrderSizeCap();
  fc.assert(fc.property(fc.array(size, { minLength: 1, maxLength: 700 }), (sizes) => {
    const plain = plainCap(sizes);
    assert.ok(Math.abs(capOf(sizes, reused) / plain - 1) < 1e-9);
    assert.ok(Math.abs(capOf(sizes.toReversed(), reused) / plain - 1) < 1e-9);
  }));
});

Deno.test("without a sample nothing is capped, and one size is its own cap", () => {
  assert.equal(capOf([]), Infinity);
  assert.equal(capOf([3]), 3);
});

Deno.test("of a hundred sizes one giant moves nothing, two do", () => {
  const sizes = Array.from({ length: 100 }, () => 2);
  assert.equal(capOf([...sizes.slice(1), 1e9]), 2);
  assert.ok(capOf([...sizes.slice(2), 1e9, 1e9]) > 1e6);
});

Deno.test("what exceeds the largest sample is left out", () => {
  const sizes = Array.from({ length: SAMPLE_MAX }, (_, at) => 1 + at % 7);
  assert.equal(capOf([...sizes, 1e9, 1e9]), capOf(sizes));
});
