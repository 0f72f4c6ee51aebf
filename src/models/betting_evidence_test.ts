import assert from "node:assert/strict";
import { BettingEvidence } from "./betting_evidence.ts";
import { uniforms } from "./order_flow_fixture.ts";

const SETTINGS = { begin: 20, decay: 0.999 };
const LONG = Deno.env.get("KBOT_TEST_FULL") === "1";

/** Numbers of -1 and 1, above 0 with this probability. */
function evidenceOf(seed: number, up: number, numbers: number): BettingEvidence {
  const uniform = uniforms(seed);
  const evidence = new BettingEvidence(SETTINGS);
  for (let k = 0; k < numbers; k++) evidence.add(uniform() < up ? 1 : -1, 1);
  return evidence;
}

Deno.test("of runs without a drift at most one in W ever holds W, looked at after every number", () => {
  const runs = LONG ? 20_000 : 1_000;
  for (const wealth of [5, 20]) {
    let reached = 0;
    for (let seed = 0; seed < runs; seed++) {
      if (evidenceOf(seed, 0.5, 1_000).logMost >= Math.log(wealth)) reached++;
    }
    // Three standard deviations of a count above what is promised.
    const most = runs / wealth + 3 * Math.sqrt(runs / wealth);
    assert.ok(reached > 0 && reached <= most, `${reached} of ${runs} reached ${wealth}, at most ${most}`);
  }
});

Deno.test("numbers that are below 0 on average prove nothing", () => {
  for (let seed = 0; seed < 50; seed++) assert.ok(evidenceOf(seed, 0.4, 2_000).logMost < Math.log(200), `Seed ${seed}`);
});

Deno.test("a drift is found", () => {
  for (let seed = 0; seed < 50; seed++) assert.ok(evidenceOf(seed, 0.6, 2_000).logMost > Math.log(200), `Seed ${seed}`);
});

Deno.test("one number takes nine tenths of the wealth at most, and wealth that was held stays known", () => {
  const evidence = evidenceOf(1, 0.9, 500);
  const before = evidence.logWealth;
  evidence.add(-1, 1);
  assert.ok(evidence.logWealth >= before - Math.log(10) - 1e-12 && evidence.logWealth < before);
  assert.ok(evidence.logMost >= before);
  evidence.restart();
  assert.deepEqual([evidence.logWealth, evidence.logMost], [0, 0]);
});

Deno.test("a number below its bound is a defect of who says so", () => {
  const evidence = new BettingEvidence(SETTINGS);
  for (const [value, bound] of [[-1.1, 1], [NaN, 1], [0, NaN], [0, Infinity], [-1, 0]]) {
    assert.throws(() => evidence.add(value, bound), RangeError);
  }
});
