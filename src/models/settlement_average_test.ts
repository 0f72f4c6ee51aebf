import assert from "node:assert/strict";
import fc from "fast-check";
import { outcome, settlementNumber } from "../core/settlement.ts";
import { SettlementAverage, settlementAverageAbove, type SettlementRule } from "./settlement_average.ts";

const TRUTH = new URL("../../../shared/reference/settlement_average_truth.csv", import.meta.url);

function readTruth(): string | null {
  try {
    return Deno.readTextFileSync(TRUTH);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Variance of the mean of n Brownian values at lead + 1, ..., lead + n seconds. */
function varianceWeight(lead: number, n: number): number {
  let weight = 0;
  for (let k = 0; k < n; k++) weight += (2 * (n - k) - 1) * (lead + 1 + k);
  return weight / (n * n);
}

Deno.test("every simulated probability of the reference is met within 2e-6", () => {
  const text = readTruth();
  if (text === null) {
    console.log(`Skipped: ${TRUTH.pathname} is not here`);
    return;
  }
  const rows = text.trim().split("\n").slice(1);
  assert.ok(rows.length > 100);
  for (const row of rows) {
    const [tau, sigma, d, truth] = row.split(",").map(Number);
    const n = Math.min(tau, 60);
    const strike = Math.exp(d * sigma * Math.sqrt(varianceWeight(tau - n, n)));
    // The reference averages what is still to come; the seen part at the spot turns that into the whole minute.
    const seen = 60 - n;
    const ours = settlementAverageAbove(1, (n * strike + seen) / 60, sigma, tau, seen, seen);
    assert.ok(Math.abs(ours - truth) < 2e-6, `tau ${tau} sigma ${sigma} d ${d}: ${ours}, wanted ${truth}`);
  }
});

Deno.test("the largest error against the reference is below 1e-6, which is twice its standard error", () => {
  const text = readTruth();
  if (text === null) {
    console.log(`Skipped: ${TRUTH.pathname} is not here`);
    return;
  }
  let largest = { error: 0, standardError: 0, row: "" };
  for (const row of text.trim().split("\n").slice(1)) {
    const [tau, sigma, d, truth, standardError] = row.split(",").map(Number);
    const n = Math.min(tau, 60);
    const strike = Math.exp(d * sigma * Math.sqrt(varianceWeight(tau - n, n)));
    const seen = 60 - n;
    const error = Math.abs(settlementAverageAbove(1, (n * strike + seen) / 60, sigma, tau, seen, seen) - truth);
    if (error > largest.error) largest = { error, standardError, row };
  }
  console.log(`largest error ${largest.error.toExponential(2)} at ${largest.row}`);
  assert.ok(largest.error < 1e-6, `${largest.error} at ${largest.row}`);
});

Deno.test("without bound of time or volatility the price is nearly surely near zero", () => {
  for (const strike of [1, 90, 100, 110]) {
    for (const [sigma, seconds] of [[3, 60], [3, 300], [50, 60], [1e3, 60], [1e200, 600], [0.001, 1e12]]) {
      const p = settlementAverageAbove(100, strike, sigma, seconds);
      assert.ok(p >= 0 && p < 0.2, `sigma ${sigma}, ${seconds} s, strike ${strike}: ${p}`);
    }
    assert.equal(settlementAverageAbove(100, strike, 50, 300), 0);
  }
  // What was seen stays seen.
  assert.equal(settlementAverageAbove(100, 49, 50, 30, 30 * 100, 30), 1);
});

Deno.test("with one value to come, strikes at equal log distances from its median are alike", () => {
  const sigma = 0.002;
  const median = 100 * Math.exp(-sigma * sigma * 300 / 2);
  const average = new SettlementAverage().prepare(100, sigma, 300, 0, 0);
  // A mean of sixty is not quite symmetric: its skewness of a few thousandths shows, and no more.
  for (const distance of [0.001, 0.01, 0.03, 0.1]) {
    const sum = average.above(median * Math.exp(distance)) + average.above(median * Math.exp(-distance));
    assert.ok(Math.abs(sum - 1) < 0.003, `${distance}: ${sum}`);
  }
  const last = new SettlementAverage().prepare(100, sigma, 1, 59 * 100, 59);
  const middle = 100 * Math.exp(-sigma * sigma / 2);
  for (const distance of [0.0001, 0.001, 0.004]) {
    const strike = (value: number): number => (5900 + value) / 60;
    const sum = last.above(strike(middle * Math.exp(distance))) + last.above(strike(middle * Math.exp(-distance)));
    assert.ok(Math.abs(sum - 1) < 1e-9, `${distance}: ${sum}`);
  }
});

Deno.test("above and its opposite are one, at any state", () => {
  const average = new SettlementAverage();
  fc.assert(
    fc.property(state, fc.integer({ min: 0, max: 4 }), ({ spot, sigma, seconds, seen, seenAt, low }, roundDigits) => {
      average.prepare(spot, sigma, seconds, spot * seenAt * seen, seen);
      const at = spot * low;
      const yes = (terms: SettlementRule) => average.probabilityOfYes(terms) ?? NaN;
      const strict = yes(rule("greater", at, null, roundDigits)) + yes(rule("less_or_equal", null, at, roundDigits));
      const loose = yes(rule("greater_or_equal", at, null, roundDigits)) + yes(rule("less", null, at, roundDigits));
      assert.equal(strict, 1);
      assert.equal(loose, 1);
    }),
    { seed: 4, numRuns: 2000 },
  );
});

Deno.test("the examples of DESIGN.md 4", () => {
  assert.equal(settlementAverageAbove(84_000, 84_100, 0.0002, 600).toFixed(7), "0.3998870");
  assert.equal(settlementAverageAbove(84_000, 84_010, 0.0002, 25, 84_020.5 * 35, 35).toFixed(3), "0.537");
});

Deno.test("with one value to come the mean is exactly lognormal", () => {
  const sigma = 0.001;
  const seen = 59 * 100;
  // Half of all outcomes lie above the median spot e^(-sigma^2/2).
  const median = (seen + 100 * Math.exp(-sigma * sigma / 2)) / 60;
  assert.ok(Math.abs(settlementAverageAbove(100, median, sigma, 1, seen, 59) - 0.5) < 1e-9);
});

Deno.test("a seen part moves the strike of the rest", () => {
  const whole = settlementAverageAbove(50_000, 50_030, 0.0003, 20, 40 * 50_050, 40);
  const rest = settlementAverageAbove(
    50_000,
    (60 * 50_030 - 40 * 50_050 + 40 * 50_000) / 60,
    0.0003,
    20,
    40 * 50_000,
    40,
  );
  assert.ok(Math.abs(whole - rest) < 1e-12);
});

Deno.test("values lost in a gap count at the spot", () => {
  const withGap = settlementAverageAbove(50_000, 50_010, 0.0002, 20, 30 * 50_040, 30);
  const filled = settlementAverageAbove(50_000, 50_010, 0.0002, 20, 30 * 50_040 + 10 * 50_000, 40);
  assert.ok(Math.abs(withGap - filled) < 1e-12);
});

Deno.test("fractional seconds lie between the whole ones", () => {
  const at = (seconds: number, seen: number) =>
    settlementAverageAbove(84_000, 84_020, 0.0002, seconds, 84_000 * seen, seen);
  assert.ok(at(25.75, 34) < at(26, 34) && at(25.25, 34) < at(25.75, 34));
  assert.ok(at(300.5, 0) < at(301, 0) && at(300, 0) < at(300.5, 0));
  // One value due in a moment, at the spot, is as good as seen.
  assert.ok(Math.abs(at(25.000001, 34) - at(25, 35)) < 1e-6);
});

Deno.test("no value to come: the mean is known, and a tie is not above", () => {
  const average = new SettlementAverage();
  for (const seconds of [0, -1, -3600]) {
    average.prepare(99, 0.01, seconds, 60 * 100, 60);
    assert.equal(average.above(99.99), 1);
    assert.equal(average.above(100), 0);
    assert.equal(average.above(100.01), 0);
  }
  // Ten values never came: they count at the spot.
  average.prepare(106, 0.01, 0, 50 * 100, 50);
  assert.equal(average.above(100.999), 1);
  assert.equal(average.above(101), 0);
});

Deno.test("volatility zero keeps the price where it is", () => {
  assert.equal(settlementAverageAbove(100, 99.99, 0, 600), 1);
  assert.equal(settlementAverageAbove(100, 100, 0, 600), 0);
  assert.equal(settlementAverageAbove(100, 100.01, 0, 600), 0);
  assert.equal(settlementAverageAbove(100, 100.5, 0, 30, 30 * 101.01, 30), 1);
});

Deno.test("a strike that the seen part already exceeds, or not above zero, is certain", () => {
  assert.equal(settlementAverageAbove(100, 0, 0.001, 600), 1);
  assert.equal(settlementAverageAbove(100, -5, 0.001, 600), 1);
  assert.equal(settlementAverageAbove(100, 50, 0.001, 10, 50 * 61, 50), 1);
  assert.equal(settlementAverageAbove(100, Infinity, 0.001, 600), 0);
  assert.equal(settlementAverageAbove(100, -Infinity, 0.001, 600), 1);
});

Deno.test("tiny and huge volatilities give probabilities", () => {
  for (const sigma of [1e-300, 1e-160, 1e-12, 1e-8, 0.02, 0.05, 0.5, 3]) {
    for (const strike of [1, 99, 100, 101, 1e6]) {
      const p = settlementAverageAbove(100, strike, sigma, 600);
      assert.ok(p >= 0 && p <= 1, `sigma ${sigma} strike ${strike}: ${p}`);
    }
  }
});

Deno.test("the power series and the plain sums meet where one takes over from the other", () => {
  const seam = Math.sqrt(0.02 / 60);
  for (const ratio of [0.9, 0.99, 1, 1.02, 1.2]) {
    const series = settlementAverageAbove(100, 100 * ratio, seam * (1 - 1e-9), 300);
    const sums = settlementAverageAbove(100, 100 * ratio, seam * (1 + 1e-9), 300);
    assert.ok(Math.abs(series - sums) < 1e-7, `${ratio}: ${series} and ${sums}`);
  }
});

Deno.test("what is not a state of the average gives NaN", () => {
  const cases: readonly (readonly [number, number, number, number, number])[] = [
    [0, 0.001, 600, 0, 0],
    [-1, 0.001, 600, 0, 0],
    [NaN, 0.001, 600, 0, 0],
    [Infinity, 0.001, 600, 0, 0],
    [100, -0.001, 600, 0, 0],
    [100, NaN, 600, 0, 0],
    [100, 0.001, NaN, 0, 0],
    [100, 0.001, Infinity, 0, 0],
    [100, 0.001, 30, 6100, 61],
    [100, 0.001, 30, 100, -1],
    [100, 0.001, 30, 150, 1.5],
    [100, 0.001, 30, NaN, 30],
  ];
  for (const [spot, sigma, seconds, sum, count] of cases) {
    const p = settlementAverageAbove(spot, 100, sigma, seconds, sum, count);
    assert.ok(Number.isNaN(p), `${[spot, sigma, seconds, sum, count]} gave ${p}`);
  }
  assert.ok(Number.isNaN(settlementAverageAbove(100, NaN, 0.001, 600)));
});

const state = fc.record({
  spot: fc.double({ min: 0.01, max: 200_000, noNaN: true }),
  sigma: fc.double({ min: 1e-5, max: 0.01, noNaN: true }),
  seconds: fc.double({ min: 0.01, max: 4000, noNaN: true }),
  seen: fc.integer({ min: 0, max: 60 }),
  seenAt: fc.double({ min: 0.97, max: 1.03, noNaN: true }),
  low: fc.double({ min: 0.9, max: 1.1, noNaN: true }),
  step: fc.double({ min: 0, max: 0.1, noNaN: true }),
});

Deno.test("a higher strike is never likelier, and every answer is a probability", () => {
  const average = new SettlementAverage();
  fc.assert(
    fc.property(state, ({ spot, sigma, seconds, seen, seenAt, low, step }) => {
      average.prepare(spot, sigma, seconds, spot * seenAt * seen, seen);
      const lower = average.above(spot * low);
      const upper = average.above(spot * (low + step));
      assert.ok(lower >= 0 && lower <= 1 && upper >= 0 && upper <= 1);
      assert.ok(upper <= lower + 1e-15);
    }),
    { seed: 2, numRuns: 5000 },
  );
});

const rule = (
  strikeType: SettlementRule["strikeType"],
  floorStrike: number | null,
  capStrike: number | null = null,
  roundDigits = 2,
): SettlementRule => ({ strikeType, floorStrike, capStrike, roundDigits });

Deno.test("rounding and ties decide a known mean as the exchange would", () => {
  const cases: readonly (readonly [mean: number, rule: SettlementRule, yes: 0 | 1])[] = [
    // KXBTC15M: at least the price to beat, a tie is YES.
    [83_950.62, rule("greater_or_equal", 83_950.62), 1],
    [83_950.615, rule("greater_or_equal", 83_950.62), 1],
    [83_950.6149, rule("greater_or_equal", 83_950.62), 0],
    // KXBTCD: strictly above X.99.
    [92_799.99, rule("greater", 92_799.99), 0],
    [92_799.9949, rule("greater", 92_799.99), 0],
    [92_799.995, rule("greater", 92_799.99), 1],
    // KXBTC: tails and an inclusive range.
    [74_199.9949, rule("less", null, 74_200), 1],
    [74_199.995, rule("less", null, 74_200), 0],
    [74_200.0049, rule("less_or_equal", null, 74_200), 1],
    [74_200.005, rule("less_or_equal", null, 74_200), 0],
    [92_699.9949, rule("between", 92_700, 92_799.99), 0],
    [92_699.995, rule("between", 92_700, 92_799.99), 1],
    [92_799.9949, rule("between", 92_700, 92_799.99), 1],
    [92_799.995, rule("between", 92_700, 92_799.99), 0],
    // A strike finer than the rounding is only met by the next unit.
    [0.124, rule("greater_or_equal", 0.123, null, 2), 0],
    [0.125, rule("greater_or_equal", 0.123, null, 2), 1],
    [0.5, rule("greater", 0, null, 0), 1],
    [0.4999, rule("greater", 0, null, 0), 0],
  ];
  const average = new SettlementAverage();
  for (const [mean, terms, yes] of cases) {
    average.prepare(mean, 0.001, 0, 60 * mean, 60);
    assert.equal(average.probabilityOfYes(terms), yes, `${mean} ${JSON.stringify(terms)}`);
    average.prepare(mean, 0, 100);
    assert.equal(average.probabilityOfYes(terms), yes, `${mean} unmoving, ${JSON.stringify(terms)}`);
  }
});

Deno.test("a known mean of two-decimal values is decided as core/settlement.ts decides it", () => {
  const average = new SettlementAverage();
  const types = ["greater", "greater_or_equal", "less", "less_or_equal", "between"] as const;
  const cents = fc.record({
    sum: fc.integer({ min: 60 * 8_395_000, max: 60 * 8_395_010 }),
    floor: fc.integer({ min: 8_395_000, max: 8_395_010 }),
    width: fc.integer({ min: 0, max: 4 }),
    roundDigits: fc.integer({ min: 0, max: 3 }),
    strikeType: fc.constantFrom(...types),
  });
  fc.assert(
    fc.property(cents, ({ sum, floor, width, roundDigits, strikeType }) => {
      const terms = rule(strikeType, floor / 100, (floor + width) / 100, roundDigits);
      const settled = settlementNumber(sum / 6000, roundDigits);
      const wanted = outcome(strikeType, settled, terms.floorStrike, terms.capStrike) === "yes" ? 1 : 0;
      assert.equal(average.prepare(84_000, 0.001, 0, sum / 100, 60).probabilityOfYes(terms), wanted);
    }),
    { seed: 3, numRuns: 5000 },
  );
});

Deno.test("rules that divide the outcomes add up to one", () => {
  const average = new SettlementAverage().prepare(92_750, 0.0002, 240);
  const sum = (...rules: SettlementRule[]) =>
    rules.reduce((total, r) => total + (average.probabilityOfYes(r) ?? NaN), 0);
  const close = (actual: number) => assert.ok(Math.abs(actual - 1) < 1e-12, `${actual}`);
  close(sum(rule("less", null, 92_700), rule("between", 92_700, 92_799.99), rule("greater", 92_799.99)));
  close(sum(rule("greater", 92_760), rule("less_or_equal", null, 92_760)));
  close(sum(rule("greater_or_equal", 92_760), rule("less", null, 92_760)));
});

Deno.test("rounding moves the strike by half a unit", () => {
  const average = new SettlementAverage().prepare(100, 0.0001, 90);
  assert.equal(average.probabilityOfYes(rule("greater_or_equal", 100)), average.above(99.995));
  assert.equal(average.probabilityOfYes(rule("greater", 100)), average.above(100.005));
  assert.equal(average.probabilityOfYes(rule("greater", 100, null, 0)), average.above(100.5));
});

Deno.test("a rule without a number has no probability", () => {
  const average = new SettlementAverage().prepare(100, 0.0001, 90);
  const rules = [
    rule(null, 100),
    rule("custom", 100),
    rule("functional", 100),
    rule("structured", 100),
    rule("greater", null),
    rule("greater_or_equal", null, 100),
    rule("less", 100),
    rule("less_or_equal", 100),
    rule("between", 100),
    rule("between", null, 100),
    rule("greater", 100, null, -1),
    rule("greater", 100, null, 13),
    rule("greater", 100, null, 1.5),
  ];
  for (const terms of rules) assert.equal(average.probabilityOfYes(terms), null, JSON.stringify(terms));
});
