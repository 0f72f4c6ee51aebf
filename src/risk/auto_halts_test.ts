import assert from "node:assert/strict";
import fc from "fast-check";
import { micros, MICROS_PER_SECOND } from "../core/units.ts";
import {
  ApiErrors,
  type AutoHaltRules,
  clockReason,
  clockSign,
  feedReason,
  feedSign,
  Latch,
  leastOffset,
} from "./auto_halts.ts";

const RULES: AutoHaltRules = {
  apiErrorPercent: 5,
  apiCallsMin: 20,
  feedStale: 5 * MICROS_PER_SECOND,
  clockOffset: 1 * MICROS_PER_SECOND,
};
const at = (seconds: number) => micros(1_800_000_000_000_000 + Math.round(seconds * MICROS_PER_SECOND));

const API: readonly (readonly [claim: string, calls: number, failed: number, sign: string])[] = [
  ["none asked, none failed", 0, 0, "good"],
  ["five of a hundred are allowed", 100, 5, "between"],
  ["six are not", 100, 6, "bad"],
  ["of too few nothing is concluded", 19, 19, "between"],
  ["of just enough it is", 20, 2, "bad"],
  ["half of what is allowed is good", 80, 2, "good"],
  ["a little more is neither", 79, 2, "between"],
];

for (const [claim, calls, failed, sign] of API) {
  Deno.test(`API errors: ${claim}`, () => {
    const errors = new ApiErrors();
    errors.take(calls, failed, at(0));
    assert.equal(errors.sign(at(0), RULES), sign);
    assert.equal(errors.sign(at(0), { ...RULES, apiErrorPercent: 0 }), "good", "no bound");
  });
}

Deno.test("API errors: the window holds sixty seconds, whatever falls into which", () => {
  const event = fc.record({ second: fc.nat(300), calls: fc.nat(50), failed: fc.nat(50) });
  fc.assert(fc.property(fc.array(event, { maxLength: 40 }), fc.nat(400), (events, later) => {
    const sorted = events.toSorted((a, b) => a.second - b.second);
    const errors = new ApiErrors();
    for (const { second, calls, failed } of sorted) errors.take(calls, failed, at(second));
    const now = Math.max(later, sorted.at(-1)?.second ?? 0);
    const inside = sorted.filter(({ second }) => second > now - 60);
    assert.deepEqual(errors.counts(at(now)), {
      calls: inside.reduce((sum, each) => sum + each.calls, 0),
      failed: inside.reduce((sum, each) => sum + each.failed, 0),
    });
  }));
});

const CLOCKS: readonly (readonly [claim: string, low: number, high: number, sign: string])[] = [
  ["it may agree", -3_000_000, 100_000, "good"],
  ["certainly a little off", 500_001, 600_000, "between"],
  ["exactly the bound", 1_000_000, 1_200_000, "between"],
  ["certainly slow", 1_000_001, 9_000_000, "bad"],
  ["certainly fast", -9_000_000, -1_000_001, "bad"],
];

for (const [claim, low, high, sign] of CLOCKS) {
  Deno.test(`clock offset: ${claim}`, () => {
    assert.equal(clockSign({ low, high }, RULES), sign);
    assert.equal(clockSign({ low, high }, { ...RULES, clockOffset: 0 }), "good", "no bound");
  });
}

Deno.test("clock offset: what was not measured begins nothing, and ends nothing", () => {
  assert.equal(clockSign(null, RULES), "between");
  assert.equal(leastOffset({ low: -5, high: 7 }), 0);
  assert.match(
    clockReason({ low: 2_500_000, high: 3_000_000 }, RULES),
    /clock is 2\.5 s or more slow .*allowed is 1000 ms/,
  );
  assert.match(clockReason({ low: -3_000_000, high: -2_500_000 }, RULES), /clock is 2\.5 s or more fast/);
});

Deno.test("a feed that is fresh again and not yet for long is not said to be old", () => {
  assert.equal(
    feedReason("BRTI", 5_100_000, RULES),
    "The newest value of BRTI is 5.1 s old, allowed are 5 s",
  );
  for (const age of [100_000, 4_500_000]) {
    assert.equal(
      feedReason("BRTI", age, RULES),
      "BRTI was older than 5 s a moment ago: it has to stay fresh for 5 s",
    );
  }
});

Deno.test("stale feed: older than the bound begins, four fifths of it end, and nothing is said of what was never heard", () => {
  const signs = [4_000_000, 4_000_001, 5_000_000, 5_000_001, Infinity].map((age) => feedSign(age, RULES));
  assert.deepEqual(signs, ["good", "between", "between", "bad", "between"]);
  assert.equal(feedSign(99_000_000, { ...RULES, feedStale: 0 }), "good", "no bound");
});

Deno.test("what comes and goes halts once, and ends once it has been good for long enough", () => {
  const latch = new Latch(3 * MICROS_PER_SECOND);
  const told = [
    "good",
    "bad",
    "good",
    "good",
    "bad",
    "good",
    "between",
    "good",
    "good",
    "good",
    "good",
    "good",
  ] as const;
  const seen = told.map((sign, second) => latch.see(sign, at(second)));
  assert.deepEqual(seen.map(Number), [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
});
