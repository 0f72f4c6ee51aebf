import assert from "node:assert/strict";
import fc from "fast-check";
import { ANNUALISED_SECONDS, atTheMoney, perRootSecond, type SmilePoint } from "./implied_volatility.ts";

const SEED = 20261120;

Deno.test("annualised percent becomes a deviation per square root of a second, by a year of 365 days", () => {
  assert.equal(ANNUALISED_SECONDS, 31_536_000);
  const perSecond = perRootSecond(57.3);
  assert.ok(Math.abs(perSecond * Math.sqrt(31_536_000) - 0.573) < 1e-15);
  assert.ok(Math.abs(perSecond - 0.000102036) < 1e-8, `${perSecond}`);
});

const at = (strike: number, volatility: number): SmilePoint => ({ strike, volatility });

const CASES: readonly { readonly claim: string; points: SmilePoint[]; forward: number; answer: number | null }[] = [
  {
    claim: "a strike at the forward is the answer",
    points: [at(90, 50), at(100, 40), at(110, 45)],
    forward: 100,
    answer: 40,
  },
  {
    claim: "a call and a put at one strike count with their mean",
    points: [at(100, 40), at(100, 42)],
    forward: 100,
    answer: 41,
  },
  {
    claim: "halfway in the logarithm is halfway between the volatilities",
    points: [at(100, 40), at(400, 60)],
    forward: 200,
    answer: 50,
  },
  {
    claim: "only the neighbours count, in whatever order they come",
    points: [at(400, 60), at(10, 900), at(100, 40), at(9_000, 900)],
    forward: 200,
    answer: 50,
  },
  { claim: "a forward below all strikes has no answer", points: [at(100, 40), at(110, 40)], forward: 99, answer: null },
  {
    claim: "a forward above all strikes has no answer",
    points: [at(100, 40), at(110, 40)],
    forward: 111,
    answer: null,
  },
  { claim: "no strikes, no answer", points: [], forward: 100, answer: null },
  { claim: "a forward of zero has no answer", points: [at(100, 40)], forward: 0, answer: null },
  { claim: "a forward that is no number has no answer", points: [at(100, 40)], forward: NaN, answer: null },
  {
    claim: "points that are no numbers are left out",
    points: [at(100, NaN), at(NaN, 40), at(-5, 40), at(100, 0), at(100, 40), at(100, Infinity)],
    forward: 100,
    answer: 40,
  },
];

for (const { claim, points, forward, answer } of CASES) {
  Deno.test(claim, () => {
    const found = atTheMoney(points, forward);
    if (answer === null || found === null) assert.equal(found, answer);
    else assert.ok(Math.abs(found - answer) < 1e-9, `${found} for ${answer}`);
  });
}

Deno.test("the answer lies between the volatilities of the strikes around the forward", () => {
  const point = fc.record({
    strike: fc.double({ min: 1, max: 1e6, noNaN: true }),
    volatility: fc.integer({ min: 1, max: 500 }),
  });
  fc.assert(
    fc.property(fc.array(point, { maxLength: 40 }), fc.double({ min: 1, max: 1e6, noNaN: true }), (points, forward) => {
      const found = atTheMoney(points, forward);
      const below = points.filter((each) => each.strike <= forward);
      const above = points.filter((each) => each.strike >= forward);
      assert.equal(found === null, below.length === 0 || above.length === 0);
      if (found === null) return;
      const nearest = [Math.max(...below.map((each) => each.strike)), Math.min(...above.map((each) => each.strike))];
      const around = points.filter((each) => nearest.includes(each.strike)).map((each) => each.volatility);
      assert.ok(found >= Math.min(...around) - 1e-9 && found <= Math.max(...around) + 1e-9, `${found} of ${around}`);
    }),
    { numRuns: 2_000, seed: SEED },
  );
});
