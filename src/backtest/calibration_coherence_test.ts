import assert from "node:assert/strict";
import { aMarket } from "../core/market_fixture.ts";
import { micros } from "../core/units.ts";
import { CoherenceCheck } from "./calibration_coherence.ts";

const AT = micros(1_778_457_600_000_000);
const above = (floorStrike: number, event = "E") => {
  return aMarket({ ticker: `${event}-T${floorStrike}`, event, strikeType: "greater", floorStrike, capStrike: null });
};
const below = (capStrike: number) => {
  return aMarket({ ticker: `E-B${capStrike}`, event: "E", strikeType: "less", floorStrike: null, capStrike });
};

Deno.test("a falling ladder is coherent, one that rises is told with its strikes", () => {
  const check = new CoherenceCheck();
  for (const [strike, probability] of [[1, 0.9], [3, 0.2], [2, 0.5]]) check.take(AT, above(strike), probability);
  check.take(micros(AT + 1), above(1), 0.4);
  check.take(micros(AT + 1), above(2), 0.6);
  assert.deepEqual(check.finish(), {
    ladders: 2,
    incoherent: 1,
    outside: 0,
    problems: ["E greater: Above 2 has probability 0.6, more than 0.4 above 1"],
  });
});

Deno.test("markets below a strike must rise with it", () => {
  const check = new CoherenceCheck();
  check.take(AT, below(1), 0.3);
  check.take(AT, below(2), 0.6);
  assert.deepEqual(check.finish(), { ladders: 1, incoherent: 0, outside: 0, problems: [] });
  const wrong = new CoherenceCheck();
  wrong.take(AT, below(1), 0.6);
  wrong.take(AT, below(2), 0.3);
  assert.equal(wrong.finish().incoherent, 1);
});

Deno.test("different events, and different moments, are no ladder", () => {
  const check = new CoherenceCheck();
  check.take(AT, above(1, "A"), 0.1);
  check.take(AT, above(2, "B"), 0.9);
  check.take(micros(AT + 1), above(2, "A"), 0.9);
  assert.deepEqual(check.finish(), { ladders: 0, incoherent: 0, outside: 0, problems: [] });
});

Deno.test("what is no probability is told and left out", () => {
  const check = new CoherenceCheck();
  for (const probability of [1.01, -0.01, NaN]) check.take(AT, above(1), probability);
  const { outside, problems } = check.finish();
  assert.equal(outside, 3);
  assert.deepEqual(problems[0], "E-T1: A probability must be within 0 and 1, found 1.01");
});
