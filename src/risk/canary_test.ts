import assert from "node:assert/strict";
import fc from "fast-check";
import { type Micros, micros, MICROS_PER_SECOND, money, ONE_DOLLAR } from "../core/units.ts";
import { canaryAt, canaryRule, endOfDay } from "./canary.ts";

Deno.test("a canary counts until the UTC day that it began on is over, and one without an end for good", () => {
  const began = micros(Date.UTC(2026, 10, 20, 23, 59, 30) * 1_000);
  const midnight = micros(Date.UTC(2026, 10, 21) * 1_000);
  const rule = canaryRule(money(50 * ONE_DOLLAR), 20, endOfDay(began));
  assert.deepEqual(rule, { exposure: 50_000_000, order: 10_000_000, until: midnight });
  assert.equal(canaryAt(rule, began), rule);
  assert.equal(canaryAt(rule, micros(midnight - 1)), rule);
  assert.equal(canaryAt(rule, midnight), null);
  const lasting = canaryRule(money(50 * ONE_DOLLAR), 20, null);
  assert.equal(canaryAt(lasting, micros(midnight + 365 * 86_400 * MICROS_PER_SECOND)), lasting);
  assert.equal(canaryAt(undefined, began), null);
});

Deno.test("the end of a day is later than every moment of it, by a day at most", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 4e15 }), (at) => {
    const left = endOfDay(at as Micros) - at;
    assert.ok(left > 0 && left <= 86_400 * MICROS_PER_SECOND);
    assert.equal(endOfDay(at as Micros) % (86_400 * MICROS_PER_SECOND), 0);
  }));
});

Deno.test("the order's part is whole micro-dollars, rounded down", () => {
  assert.equal(canaryRule(money(1_000_001), 33, null).order, 330_000);
});
