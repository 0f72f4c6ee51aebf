import assert from "node:assert/strict";
import fc from "fast-check";
import { WallClock } from "./clock.ts";

const START_MS = 1_791_295_080_000;

/** A machine whose two clocks are set by hand, in microseconds since its start; the system's is cut to milliseconds. */
function machine() {
  const state = { wall: 0, steady: 0 };
  const jumps: number[] = [];
  const options = {
    sources: {
      wallMs: () => START_MS + Math.floor(state.wall / 1_000),
      steadyMs: () => 5_000 + state.steady / 1_000,
    },
    onJump: (micros: number) => jumps.push(micros),
  };
  /** Both clocks run; the system's is also set by `wallExtra`. */
  const pass = (micros: number, wallExtra = 0) => {
    state.steady += micros;
    state.wall += micros + wallExtra;
  };
  return { state, jumps, options, pass };
}

const since = (clock: WallClock): number => clock.now() - START_MS * 1_000;

Deno.test("real time runs on in microseconds between the system's milliseconds", () => {
  const { options, pass, jumps } = machine();
  const clock = new WallClock(undefined, 1, options);
  const seen: number[] = [];
  for (let step = 0; step < 5; step++) {
    seen.push(since(clock));
    pass(333);
  }
  assert.deepEqual(seen, [0, 333, 666, 999, 1_332]);
  assert.deepEqual(jumps, []);
});

Deno.test("after a suspend or a step ahead real time is the system's again, and a jump of more than 1 s is told", () => {
  const { options, pass, jumps } = machine();
  const clock = new WallClock(undefined, 1, options);
  pass(10_000, 3_600_000_000);
  assert.equal(since(clock), 3_600_010_000);
  pass(250);
  assert.equal(since(clock), 3_600_010_250);
  pass(1_000, 900_000);
  assert.equal(since(clock), 3_600_911_000);
  assert.deepEqual(jumps, [3_600_000_000]);
});

Deno.test("where the system's time is set back, real time runs on, and follows again once it is overtaken", () => {
  const { options, pass, jumps } = machine();
  const clock = new WallClock(undefined, 1, options);
  pass(5_000_000, -3_000_000);
  assert.equal(since(clock), 5_000_000);
  pass(1_000_000);
  assert.equal(since(clock), 6_000_000);
  pass(1_000_000, 10_000_000);
  assert.equal(since(clock), 14_000_000);
  assert.deepEqual(jumps, [7_000_000]);
});

Deno.test("a clock with a simulated base or another speed follows nothing but the steady source", () => {
  for (const [base, speed, expected] of [[7, 1, 2_007], [START_MS * 1_000, 20, 40_000]] as const) {
    const { options, pass, jumps } = machine();
    const clock = new WallClock(base, speed, options);
    pass(2_000, 60_000_000);
    assert.equal(clock.now() - (base === 7 ? 0 : START_MS * 1_000), expected);
    assert.deepEqual(jumps, []);
  }
  const { options, pass } = machine();
  const clock = new WallClock(undefined, 20, options);
  pass(2_000, 60_000_000);
  assert.equal(since(clock), 40_000);
});

Deno.test("real time never goes backwards, never lags the system, and gains on the steady source only to follow", () => {
  const step = fc.tuple(fc.integer({ min: 0, max: 2_000_000 }), fc.integer({ min: -5_000_000, max: 5_000_000 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { state, options, pass } = machine();
      const clock = new WallClock(undefined, 1, options);
      let previous = 0;
      for (const [micros, extra] of steps) {
        pass(micros, extra);
        const now = since(clock);
        const wall = Math.floor(state.wall / 1_000) * 1_000;
        assert.ok(now >= previous && now >= wall);
        assert.equal(now, Math.max(previous + micros, wall));
        previous = now;
      }
    }),
    { seed: 10 },
  );
});

Deno.test("no clock is made at a speed at which time stands still, runs backwards or is over at once", () => {
  for (const speed of [0, -0, -1, NaN, Infinity, -Infinity]) {
    assert.throws(() => new WallClock(7, speed), RangeError, `${speed}`);
    assert.throws(() => new WallClock(undefined, speed), /^RangeError: Clock at speed .*: wanted a finite number/);
  }
});
