import assert from "node:assert/strict";
import fc from "fast-check";
import { coherence } from "./settlement_coherence.ts";
import { SettlementAverage } from "./settlement_average.ts";
import { type SettlementRule, yesInterval } from "./settlement_interval.ts";
import { LADDER_MARKETS_MAX, SettlementLadder } from "./settlement_ladder.ts";

const rule = (
  strikeType: SettlementRule["strikeType"],
  floorStrike: number | null,
  capStrike: number | null = null,
  roundDigits = 2,
): SettlementRule => ({ strikeType, floorStrike, capStrike, roundDigits });

function ladderOf(rules: readonly SettlementRule[]): SettlementLadder {
  const made = SettlementLadder.from(rules);
  assert.ok(made.ok, made.ok ? "" : made.reason);
  return made.ladder;
}

/** The shape of KXBTC: a tail below, bins of $100, a tail above. */
function bins(low: number, count: number): SettlementRule[] {
  const inside = Array.from({ length: count }, (_, k) => rule("between", low + 100 * k, low + 100 * k + 99.99));
  return [rule("less", null, low), ...inside, rule("greater", low + 100 * count - 0.01)];
}

const state = fc.record({
  spot: fc.double({ min: 83_000, max: 85_000, noNaN: true }),
  sigma: fc.double({ min: 1e-6, max: 0.01, noNaN: true }),
  seconds: fc.double({ min: 0, max: 4000, noNaN: true }),
  seen: fc.integer({ min: 0, max: 60 }),
});

Deno.test("every market of a ladder has the probability that it has by itself", () => {
  const rules = [
    ...bins(83_000, 20),
    ...["greater", "greater_or_equal"].map((type) => rule(type as "greater", 83_950.62)),
    rule("less_or_equal", null, 83_950.62),
  ];
  const ladder = ladderOf(rules);
  const average = new SettlementAverage();
  fc.assert(
    fc.property(state, ({ spot, sigma, seconds, seen }) => {
      average.prepare(spot, sigma, seconds, spot * seen, seen);
      const priced = ladder.price(average);
      rules.forEach((one, at) => {
        const alone = average.probabilityOfYes(one) ?? NaN;
        assert.ok(Math.abs(priced[at] - alone) < 1e-15, `${JSON.stringify(one)}: ${priced[at]}, alone ${alone}`);
      });
    }),
    { seed: 11, numRuns: 2000 },
  );
});

Deno.test("buckets that cover every number sum to one, and a threshold ladder never rises", () => {
  const buckets = bins(82_000, 98);
  const strikes = Array.from({ length: 100 }, (_, k) => rule("greater", 82_000 + 37.3 * k));
  const [bucketLadder, strikeLadder] = [ladderOf(buckets), ladderOf(strikes)];
  const average = new SettlementAverage();
  fc.assert(
    fc.property(state, ({ spot, sigma, seconds, seen }) => {
      average.prepare(spot, sigma, seconds, spot * seen, seen);
      const sum = bucketLadder.price(average).reduce((total, p) => total + p, 0);
      assert.ok(Math.abs(sum - 1) < 1e-12, `${sum}`);
      const priced = strikeLadder.price(average);
      for (let at = 1; at < priced.length; at++) assert.ok(priced[at] <= priced[at - 1]);
      const checked = coherence(strikes, [...priced], 0);
      assert.ok(checked.ok);
      assert.deepEqual(checked.value.violations, []);
    }),
    { seed: 12, numRuns: 1000 },
  );
});

Deno.test("a strike type without a number and an empty ladder are refused with a reason", () => {
  const cases: readonly (readonly [readonly SettlementRule[], RegExp])[] = [
    [[], /1 to 4096 strikes, found 0/],
    [[rule("greater", 1), rule(null, 84_000)], /Strike 1 of the ladder .* found no strike type with floor 84000/],
    [[rule("between", 84_000)], /Strike 0 .* cap none/],
    [[rule("custom", 1)], /custom/],
    [[rule("greater", NaN)], /floor NaN/],
    [[rule("greater", 1, null, 13)], /13 digits/],
    [new Array(LADDER_MARKETS_MAX + 1).fill(rule("greater", 1)), /found 4097/],
  ];
  for (const [rules, wanted] of cases) {
    const made = SettlementLadder.from(rules);
    assert.ok(!made.ok);
    assert.match(made.reason, wanted);
  }
});

Deno.test("what is no state of the average gives NaN for every market", () => {
  const ladder = ladderOf(bins(83_000, 3));
  assert.ok(ladder.price(new SettlementAverage().prepare(-1, 0.001, 60)).every(Number.isNaN));
  assert.ok(ladder.price(new SettlementAverage().prepare(84_000, NaN, 60)).every(Number.isNaN));
  // And it recovers.
  const sum = ladder.price(new SettlementAverage().prepare(83_100, 0.001, 60)).reduce((total, p) => total + p, 0);
  assert.ok(Math.abs(sum - 1) < 1e-12);
});

Deno.test("a bucket without room is never YES", () => {
  const ladder = ladderOf([rule("between", 100, 99)]);
  assert.deepEqual([...ladder.price(new SettlementAverage().prepare(100, 0.001, 60))], [0]);
});

Deno.test("the interval of every strike type has its rounding and its tie in its ends", () => {
  const cases: readonly (readonly [SettlementRule, number, number])[] = [
    [rule("greater", 92_799.99), 92_799.995, Infinity],
    [rule("greater_or_equal", 83_950.62), 83_950.615, Infinity],
    [rule("less", null, 74_200), -Infinity, 74_199.995],
    [rule("less_or_equal", null, 74_200), -Infinity, 74_200.005],
    [rule("between", 92_700, 92_799.99), 92_699.995, 92_799.995],
    [rule("between", 81, 82, 0), 80.5, 82.5],
    [rule("greater", 82, null, 0), 82.5, Infinity],
  ];
  for (const [terms, from, to] of cases) assert.deepEqual(yesInterval(terms), { from, to });
});
