import assert from "node:assert/strict";
import { later } from "../scripted_source_fixture.ts";
import { JumpGuard } from "./jump_guard.ts";

Deno.test("prices within a tenth of the last one are believed, however far they wander together", () => {
  const guard = new JumpGuard();
  let price = 84_000;
  for (let second = 0; second < 40; second++) {
    assert.equal(guard.accepts(price, later(second)), true);
    price *= 0.91;
  }
});

Deno.test("a jump up or down is refused, and the next right price believed", () => {
  const guard = new JumpGuard();
  assert.equal(guard.accepts(100, later(0)), true);
  for (const wrong of [111, 89, 1, 1e9]) assert.equal(guard.accepts(wrong, later(1)), false);
  assert.equal(guard.accepts(109, later(1)), true);
});

Deno.test("a new price is believed after five that agree, over five seconds", () => {
  const guard = new JumpGuard();
  guard.accepts(100, later(0));
  assert.deepEqual([1, 2, 3, 4, 5].map((second) => guard.accepts(50 + second / 10, later(second))), [
    false,
    false,
    false,
    false,
    false,
  ]);
  assert.equal(guard.accepts(51, later(6)), true);
  assert.equal(guard.accepts(100, later(6)), false);
});

Deno.test("many at once are not enough, and neither are prices that do not agree", () => {
  const guard = new JumpGuard();
  guard.accepts(100, later(0));
  for (let count = 0; count < 1_000; count++) assert.equal(guard.accepts(50, later(1)), false);
  for (let second = 2; second < 55; second++) {
    assert.equal(guard.accepts(second % 2 === 0 ? 50 : 10, later(second)), false);
  }
});

Deno.test("a wrong price again and again is never believed while right ones come between", () => {
  const guard = new JumpGuard();
  guard.accepts(100, later(0));
  for (let second = 1; second < 1_000; second++) {
    assert.equal(guard.accepts(50, later(second)), false);
    assert.equal(guard.accepts(100, later(second)), true);
  }
});

Deno.test("after a minute without a price any is believed", () => {
  const guard = new JumpGuard();
  guard.accepts(100, later(0));
  assert.equal(guard.accepts(50, later(60)), false);
  assert.equal(guard.accepts(50, later(61)), true);
});
