import assert from "node:assert/strict";
import { BasisLearner } from "./calibration_basis.ts";

const whole = (mean: number) => ({ mean, count: 60 });
const near = (found: number, wanted: number) =>
  assert.ok(Math.abs(found - wanted) < 1e-9, `${found}, wanted ${wanted}`);

Deno.test("before any market settled there is no difference, give or take what is assumed", () => {
  assert.deepEqual(new BasisLearner(8).basisAt(1_000), { mean: 0, sd: 8, count: 0 });
});

Deno.test("each market counts as much as the one that is assumed, half of it an hour later", () => {
  const learner = new BasisLearner(8);
  learner.settled(0, whole(80_010), 80_000);
  near(learner.basisAt(0).mean, 10 / 2);
  near(learner.basisAt(3_600).mean, 0.5 * 10 / 1.5);
  learner.settled(3_600, whole(80_020), 80_000);
  const { mean, sd, count } = learner.basisAt(3_600);
  near(mean, (0.5 * 10 + 20) / 2.5);
  near(sd, Math.sqrt((0.5 * (10 - mean) ** 2 + (20 - mean) ** 2 + mean ** 2 + 64) / 2.5));
  assert.equal(count, 2);
});

Deno.test("many markets that agree are believed, and after a day nothing is left of them", () => {
  const learner = new BasisLearner(8);
  for (let market = 0; market < 200; market++) learner.settled(market * 900, whole(79_990), 80_000);
  const { mean, sd } = learner.basisAt(200 * 900);
  assert.ok(mean < -8 && sd < 5, `${mean}, ${sd}`);
  const later = learner.basisAt(200 * 900 + 86_400);
  assert.ok(Math.abs(later.mean) < 1e-5 && Math.abs(later.sd - 8) < 1e-4, JSON.stringify(later));
});

Deno.test("a minute that is not whole teaches nothing", () => {
  const learner = new BasisLearner(8);
  learner.settled(0, { mean: 80_010, count: 59 }, 80_000);
  learner.settled(0, { mean: null, count: 0 }, 80_000);
  learner.settled(0, whole(80_010), NaN);
  assert.equal(learner.basisAt(0).count, 0);
});
