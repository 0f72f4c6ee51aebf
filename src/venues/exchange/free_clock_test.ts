import assert from "node:assert/strict";
import { type Micros, micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { FreeClock } from "./free_clock.ts";

const START = micros(1_000 * MICROS_PER_SECOND);

/** A clock whose wall time is told, and the moves that it made, in seconds. */
function rig(speed: number) {
  let wallMs = 0;
  const moves: number[] = [];
  const exchange = {
    now: START,
    advanceTo(to: Micros) {
      if (to > exchange.now) moves.push((to - exchange.now) / MICROS_PER_SECOND);
      exchange.now = to;
    },
  };
  const clock = new FreeClock(exchange, speed, () => wallMs);
  return {
    moves,
    /** So much wall time goes by without anybody looking; gives the simulated seconds since the start. */
    after: (ms: number): number => {
      wallMs += ms;
      return (clock.now() - START) / MICROS_PER_SECOND;
    },
    [Symbol.dispose]: () => clock.stop(),
  };
}

Deno.test("time goes at its speed, and every look moves the exchange up to it", () => {
  using clock = rig(10);
  assert.deepEqual([clock.after(100), clock.after(0), clock.after(2_500)], [1, 1, 26]);
  assert.deepEqual(clock.moves, [1, 25]);
});

Deno.test("what was missed while the machine stood still is caught up, a minute a look", () => {
  using clock = rig(10);
  assert.equal(clock.after(1_000), 10);
  assert.deepEqual([clock.after(20_000), clock.after(0), clock.after(0), clock.after(0)], [70, 130, 190, 210]);
  assert.equal(clock.after(100), 211, "and then it is on time again");
});

Deno.test("what was missed in more than a minute is left out", () => {
  using clock = rig(10);
  assert.equal(clock.after(3_600_000), 60);
  assert.deepEqual([clock.after(0), clock.after(1_000)], [60, 70]);
});

Deno.test("slower than the wall it leaves out what a minute's move does not cover", () => {
  using clock = rig(0.1);
  assert.equal(clock.after(600_000), 60);
  assert.equal(clock.after(610_000), 120);
  assert.equal(clock.after(10_000), 121);
});
