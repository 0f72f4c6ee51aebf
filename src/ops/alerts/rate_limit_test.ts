import assert from "node:assert/strict";
import { MessageRate } from "./rate_limit.ts";

Deno.test("three messages go at once, two more where they are critical, then one in each part of the hour", () => {
  const rate = new MessageRate(60, 0);
  for (let each = 0; each < 3; each++) {
    assert.equal(rate.waitMs(false, 0), 0);
    rate.spend(0);
  }
  assert.equal(rate.waitMs(false, 0), 60_000);
  for (let each = 0; each < 2; each++) {
    assert.equal(rate.waitMs(true, 0), 0);
    rate.spend(0);
  }
  assert.equal(rate.waitMs(true, 0), 60_000);
  assert.equal(rate.waitMs(true, 60_000), 0);
});

Deno.test("a clock that is set back gives no messages away", () => {
  const rate = new MessageRate(1, 1_000_000);
  for (let each = 0; each < 5; each++) rate.spend(1_000_000);
  assert.ok(rate.waitMs(true, 0) > 0);
  assert.ok(rate.waitMs(true, 1_000_000) > 0);
});
