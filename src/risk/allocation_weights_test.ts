import assert from "node:assert/strict";
import fc from "fast-check";
import { money } from "../core/units.ts";
import type { Weights } from "./allocation.ts";
import {
  boundWeights,
  type DayResult,
  equalWeights,
  type Histories,
  performanceScore,
  performanceWeights,
  riskParityWeights,
  stepWeights,
  withJoiners,
} from "./allocation_weights.ts";

const dayName = (at: number): string => new Date(Date.UTC(2026, 0, 1 + at)).toISOString().slice(0, 10);

/** Days with these returns on a budget of $100. */
const days = (returns: readonly number[], from = 0): DayResult[] =>
  returns.map((value, at) => ({
    day: dayName(from + at),
    pnl: money(Math.round(value * 1e8)),
    budget: money(100_000_000),
  }));

/** A fixed sequence that looks like noise of this size. */
const noise = (count: number, size: number, phase = 0): number[] =>
  Array.from({ length: count }, (_, at) => size * Math.sin(12.9898 * (at + 1) + 78.233 * phase) * 1.3);

const histories = (map: Record<string, readonly DayResult[]>): Histories => new Map(Object.entries(map));
const partsOf = (weights: Weights): Record<string, string> =>
  Object.fromEntries([...weights].map(([name, weight]) => [name, weight.toFixed(4)]));

Deno.test("with few common days, a strategy gets the more the calmer it is", () => {
  const weights = riskParityWeights(["a", "b"], histories({ a: days(noise(12, 0.01)), b: days(noise(12, 0.03)) }));
  assert.deepEqual(partsOf(weights), { a: "0.7500", b: "0.2500" });
});

Deno.test("it is the return that counts, not the money: a larger budget is no wildness", () => {
  const calm = days(noise(12, 0.01));
  const large = calm.map(({ day, pnl, budget }) => ({ day, pnl: money(pnl * 9), budget: money(budget * 9) }));
  assert.deepEqual(partsOf(riskParityWeights(["a", "b"], histories({ a: calm, b: large }))), {
    a: "0.5000",
    b: "0.5000",
  });
});

Deno.test("a strategy of which too little is known is taken for the wildest, one that did nothing not for free of risk", () => {
  const names = ["new", "calm", "wild", "idle"];
  const weights = riskParityWeights(
    names,
    histories({
      new: days([0.5, -0.5]),
      calm: days(noise(15, 0.01)),
      wild: days(noise(15, 0.02)),
      idle: days(noise(15, 0)),
    }),
  );
  assert.equal(weights.get("new"), weights.get("wild"));
  // A tenth of the middle volatility, which is the wilder of the two known ones.
  assert.ok(Math.abs((weights.get("idle") ?? 0) / (weights.get("wild") ?? 1) - 10) < 1e-9);
  assert.deepEqual(partsOf(riskParityWeights(["x", "y"], new Map())), { x: "0.5000", y: "0.5000" });
  const idle = histories({ x: days(noise(30, 0)), y: days(noise(30, 0)) });
  assert.deepEqual(partsOf(riskParityWeights(["x", "y"], idle)), { x: "0.5000", y: "0.5000" });
});

Deno.test("days without a budget say nothing", () => {
  const without = days(noise(40, 0.9)).map((each) => ({ ...each, budget: money(0) }));
  const map = histories({ a: [...without, ...days(noise(12, 0.01), 50)], b: days(noise(12, 0.01), 50) });
  assert.deepEqual(partsOf(riskParityWeights(["a", "b"], map)), { a: "0.5000", b: "0.5000" });
  assert.deepEqual(partsOf(performanceWeights(["a", "b"], map, 20)), { a: "0.5000", b: "0.5000" });
});

Deno.test("two that move together share the part of one, where days enough show it", () => {
  const count = 40;
  const one = noise(count, 0.02);
  const other = noise(count, 0.02, 1);
  const map = histories({ a: days(one), copy: days(one), b: days(other) });
  const weights = riskParityWeights(["a", "copy", "b"], map);
  assert.ok((weights.get("b") ?? 0) > 1.25 * (weights.get("a") ?? 1), JSON.stringify(partsOf(weights)));
  assert.ok(Math.abs((weights.get("a") ?? 0) - (weights.get("copy") ?? 0)) < 1e-9);
});

Deno.test("with enough days each brings the same risk, by the covariances that are believed", () => {
  const returns = fc.array(fc.integer({ min: -1_000, max: 1_000 }).map((each) => each / 10_000), {
    minLength: 30,
    maxLength: 30,
  });
  fc.assert(
    fc.property(fc.array(returns, { minLength: 2, maxLength: 5 }), (series) => {
      const count = 30;
      const means = series.map((values) => values.reduce((sum, value) => sum + value, 0) / count);
      const covariance = (i: number, j: number) =>
        (i === j ? 1 : 0.8) *
        series[i].reduce((sum, value, at) => sum + (value - means[i]) * (series[j][at] - means[j]), 0) / (count - 1);
      const deviations = series.map((_, i) => Math.sqrt(covariance(i, i)));
      // The floor under calm ones would change what is believed.
      fc.pre(deviations.every((deviation) => deviation > 0.03));
      const names = series.map((_, i) => `s${i}`);
      const map = new Map(names.map((name, i) => [name, days(series[i])]));
      const weights = [...riskParityWeights(names, map).values()];
      const risks = weights.map((weight, i) =>
        weight * weights.reduce((sum, other, j) => sum + covariance(i, j) * other, 0)
      );
      const mean = risks.reduce((sum, risk) => sum + risk, 0) / risks.length;
      for (const risk of risks) assert.ok(Math.abs(risk / mean - 1) < 1e-4, risks.join());
    }),
    { numRuns: 200 },
  );
});

Deno.test("days that only some have cannot make the parts run away, opposite strategies included", () => {
  // Wild and exactly opposite on the days of both, calm on the others.
  const common = noise(30, 0.1);
  const map = histories({
    a: [...days(noise(90, 0.001), -90), ...days(common)],
    b: [...days(common.map((value) => -value)), ...days(noise(90, 0.001), 30)],
  });
  const weights = [...riskParityWeights(["a", "b"], map).values()];
  assert.ok(weights.every((weight) => weight > 0.4 && weight < 0.6), weights.join());
});

Deno.test("a strategy that did better for its risk gets more, and a few lucky days little", () => {
  const good = Array.from({ length: 60 }, (_, at) => at % 2 === 0 ? 0.03 : -0.01);
  const bad = good.map((value) => -value);
  const scores = [good, bad, good.slice(0, 4), good.map((value) => 10 * value)].map((each) =>
    performanceScore(days(each), 20)
  );
  assert.ok(scores[0] > 0.2 && scores[1] < -0.2, scores.join());
  assert.ok(Math.abs(scores[2]) < scores[0] / 2, "four days");
  assert.ok(Math.abs(scores[3] - scores[0]) < 1e-9, "ten times the stake is no merit");
  const weights = performanceWeights(["g", "b", "n"], histories({ g: days(good), b: days(bad) }), 20);
  const { g, b, n } = Object.fromEntries(weights);
  assert.ok(g > n && n > b, JSON.stringify(partsOf(weights)));
  assert.ok(Math.abs(g / n - Math.exp(2 * scores[0])) < 1e-9, "the documented formula");
});

Deno.test("newer days count more: half after the half-life", () => {
  const score = performanceScore(days([0, 0.02]), 1);
  // Weights 1/2 and 1: mean 0.02 x 2/3, deviation 0.02 x sqrt(2)/3, days (3/2)^2 / (5/4) = 1.8.
  assert.ok(Math.abs(score - Math.SQRT2 * 1.8 / 21.8) < 1e-12, `${score}`);
});

Deno.test("no days, one day and days all alike are no merit", () => {
  for (const returns of [[], [0.5], [0.01, 0.01, 0.01], [0, 0, 0]]) {
    assert.equal(performanceScore(days(returns), 20), 0);
  }
});

const anyWeights = fc.array(fc.double({ min: 1e-12, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 }).map(
  (list): Weights => {
    const sum = list.reduce((all, each) => all + each, 0);
    return new Map(list.map((each, at) => [`s${at}`, each / sum]));
  },
);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const sumOf = (weights: Weights): number => [...weights.values()].reduce((sum, weight) => sum + weight, 0);

Deno.test("bounded weights keep floor and ceiling, are 1 together where they can be, and keep their order", () => {
  fc.assert(
    fc.property(anyWeights, share, share, (weights, a, b) => {
      const [floor, ceiling] = [Math.min(a, b), Math.max(a, b)];
      const bounded = boundWeights(weights, floor, ceiling);
      const least = Math.min(floor, 1 / weights.size);
      const wanted = Math.min(1, Math.max(ceiling, least) * weights.size);
      assert.ok(Math.abs(sumOf(bounded) - wanted) < 1e-9, `${sumOf(bounded)} of ${wanted}`);
      assert.ok(sumOf(bounded) <= 1 + 1e-12);
      for (const [name, weight] of bounded) {
        assert.ok(weight >= least - 1e-9 && weight <= Math.max(ceiling, least) + 1e-9, `${weight}`);
        for (const [other, against] of bounded) {
          if ((weights.get(name) ?? 0) > (weights.get(other) ?? 0)) assert.ok(weight >= against - 1e-12);
        }
      }
    }),
    { numRuns: 1_000 },
  );
  assert.deepEqual(boundWeights(new Map(), 0.1, 0.5), new Map());
});

Deno.test("a step changes no part by more than it may, and adds nothing together", () => {
  fc.assert(
    fc.property(anyWeights, anyWeights, share, (a, b, step) => {
      const names = [...a.keys()].filter((name) => b.has(name));
      const next = stepWeights(withJoiners(a, names), withJoiners(b, names), step);
      for (const [name, weight] of next) {
        assert.ok(Math.abs(weight - (withJoiners(a, names).get(name) ?? 0)) <= step + 1e-12);
        assert.ok(weight >= 0);
      }
      assert.ok(sumOf(next) <= 1 + 1e-12);
    }),
  );
});

Deno.test("one that joins gets an equal part, for which the others make room; one that leaves leaves its own", () => {
  const before = new Map([["a", 0.6], ["b", 0.4]]);
  const three = withJoiners(before, ["a", "b", "c"]);
  assert.deepEqual(partsOf(three), { a: "0.4000", b: "0.2667", c: "0.3333" });
  assert.deepEqual(partsOf(withJoiners(before, ["a"])), { a: "0.6000" });
  assert.deepEqual(partsOf(withJoiners(new Map(), ["x", "y"])), partsOf(equalWeights(["x", "y"])));
});
