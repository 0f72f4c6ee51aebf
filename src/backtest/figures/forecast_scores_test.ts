import assert from "node:assert/strict";
import fc from "fast-check";
import { brierOf, logLossOf, meanScore, reliability } from "../../models/probability_scores.ts";
import { ForecastScores } from "./forecast_scores.ts";

function scoresOf(
  held: readonly (readonly [probability: number, yes: boolean, mid?: number | null])[],
): ForecastScores {
  const scores = new ForecastScores();
  held.forEach(([probability, yes, mid = null], k) => {
    scores.add(`M${k}`, probability, mid);
    scores.judge(`M${k}`, yes ? "yes" : "no");
  });
  return scores;
}

Deno.test("Brier score and log loss by hand", () => {
  const { brier, log_loss, calibration } = scoresOf([[0.8, true], [0.3, false], [1, true]]).calibrationFigures();
  assert.ok(Math.abs((brier ?? NaN) - (0.04 + 0.09 + 0) / 3) < 1e-12);
  assert.ok(Math.abs((log_loss ?? NaN) - (-Math.log(0.8) - Math.log(0.7)) / 3) < 1e-5);
  assert.deepEqual(calibration[8], { p_low: 0.8, p_high: 0.9, n: 1, mean_p: 0.8, yes_rate: 1 });
  assert.equal(calibration[9].n, 1, "a probability of one falls into the last bin");
  assert.equal(calibration[0].mean_p, null);
});

Deno.test("a wrong certainty costs much, but not infinitely much", () => {
  const { log_loss } = scoresOf([[1, false]]).calibrationFigures();
  assert.ok(log_loss !== null && log_loss > 10 && log_loss < 20);
});

Deno.test("nothing to judge gives null, not zero; a market that ended as neither is not judged", () => {
  const scores = new ForecastScores();
  assert.equal(scores.calibrationFigures().brier, null);
  scores.add("A", 0.5, 0.5);
  scores.judge("A", "scalar");
  assert.equal(scores.calibrationFigures().brier, null);
  assert.deepEqual(scores.figures().brier_difference, { value: null, interval: null });
});

Deno.test("sums while the outcome is open give what all forecasts together would", () => {
  const market = fc.record({
    yes: fc.boolean(),
    held: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }),
  });
  fc.assert(
    fc.property(fc.array(market, { minLength: 1, maxLength: 20 }), (markets) => {
      const scores = new ForecastScores();
      markets.forEach(({ held }, k) => held.forEach((probability) => scores.add(`M${k}`, probability, null)));
      markets.forEach(({ yes }, k) => scores.judge(`M${k}`, yes ? "yes" : "no"));
      const all = markets.flatMap(({ yes, held }) => held.map((probability) => ({ probability, yes })));
      const { brier, log_loss, calibration } = scores.calibrationFigures();
      assert.ok(Math.abs((brier ?? NaN) - (meanScore(all, brierOf) ?? NaN)) < 1e-9);
      assert.ok(Math.abs((log_loss ?? NaN) - (meanScore(all, logLossOf) ?? NaN)) < 1e-9);
      const rows = reliability(all);
      calibration.forEach(({ n, mean_p, yes_rate }, k) => {
        assert.deepEqual([n, yes_rate], [rows[k].n, rows[k].yesRate]);
        if (mean_p !== null) assert.ok(Math.abs(mean_p - (rows[k].meanProbability ?? NaN)) < 1e-9);
      });
    }),
    { numRuns: 200 },
  );
});

Deno.test("model and market are judged at the same moments, and no others", () => {
  const scores = new ForecastScores();
  scores.add("A", 0.9, 0.6);
  scores.add("A", 0.1, null);
  scores.judge("A", "yes");
  scores.add("B", 0.2, 0.1);
  scores.judge("B", "no");
  const { brier, brier_market, brier_difference, calibration } = scores.figures();
  assert.ok(Math.abs((brier.value ?? NaN) - (0.01 + 0.04) / 2) < 1e-12);
  assert.ok(Math.abs((brier_market.value ?? NaN) - (0.16 + 0.01) / 2) < 1e-12);
  assert.ok(Math.abs((brier_difference.value ?? NaN) - (0.05 - 0.17) / 2) < 1e-12);
  assert.equal(calibration.reduce((sum, { n }) => sum + n, 0), 3, "the table has every forecast");
  const { calibration: plain } = scores.calibrationFigures();
  assert.equal(plain.reduce((sum, { n }) => sum + n, 0), 3);
});

Deno.test("many forecasts of one market are one piece of evidence", () => {
  const few = new ForecastScores();
  const many = new ForecastScores();
  for (let market = 0; market < 8; market++) {
    for (let k = 0; k < 100; k++) {
      many.add(`M${market}`, 0.75, 0.7);
      if (k === 0) few.add(`M${market}`, 0.75, 0.7);
    }
    for (const scores of [few, many]) scores.judge(`M${market}`, market < 6 ? "yes" : "no");
  }
  const interval = (scores: ForecastScores) => {
    const found = scores.figures().brier.interval;
    assert.ok(found !== null);
    return found[1] - found[0];
  };
  assert.ok(Math.abs(interval(few) - interval(many)) < 1e-9);
  assert.deepEqual(few.figures().calibration[7].yes_rate.interval, many.figures().calibration[7].yes_rate.interval);
});
