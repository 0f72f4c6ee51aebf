import assert from "node:assert/strict";
import {
  FORECAST_ERRORS,
  forecastErrorAt,
  type ForecastErrors,
  forecastErrorsError,
  learnForecastErrors,
} from "./forecast_errors.ts";

const TABLE: ForecastErrors = [
  { leadHours: 0, beyondF: 0, deviationF: 1 },
  { leadHours: 10, beyondF: 1, deviationF: 3 },
  { leadHours: 30, beyondF: 1, deviationF: 5 },
];

Deno.test("between rows an error is interpolated, beyond them it stays", () => {
  const cases: readonly (readonly [leadHours: number, beyondF: number, deviationF: number])[] = [
    [-5, 0, 1],
    [0, 0, 1],
    [5, 0.5, 2],
    [10, 1, 3],
    [20, 1, 4],
    [30, 1, 5],
    [500, 1, 5],
  ];
  for (const [lead, beyondF, deviationF] of cases) {
    const found = forecastErrorAt(TABLE, lead);
    assert.deepEqual([found.beyondF, found.deviationF], [beyondF, deviationF], `${lead} h`);
  }
});

Deno.test("the table that comes with it is one, and errors grow with the lead", () => {
  assert.equal(forecastErrorsError(FORECAST_ERRORS), null);
  FORECAST_ERRORS.slice(1).forEach(({ deviationF }, k) => assert.ok(deviationF > FORECAST_ERRORS[k].deviationF));
});

Deno.test("a wrong table is refused by its fault", () => {
  const cases: readonly (readonly [ForecastErrors, RegExp])[] = [
    [[], /1 to 200 rows, found 0/],
    [[TABLE[1], TABLE[0]], /found 0 h after 10 h/],
    [[{ ...TABLE[0], leadHours: NaN }], /found NaN h/],
    [[{ ...TABLE[0], deviationF: 0 }], /above 0 and at most 50 F, not 0/],
    [[{ ...TABLE[0], beyondF: Infinity }], /mean must be .* not Infinity/],
  ];
  for (const [table, wanted] of cases) assert.match(forecastErrorsError(table) ?? "", wanted);
});

Deno.test("outcomes teach the row that they are nearest to, against the weight of what it said", () => {
  const outcomes = Array.from({ length: 400 }, (_, k) => ({ leadHours: 9, beyondF: 2 + (k % 2 === 0 ? 1.5 : -1.5) }));
  const learnt = learnForecastErrors(TABLE, outcomes, 30);
  assert.ok(typeof learnt !== "string");
  assert.deepEqual([learnt[0], learnt[2]], [TABLE[0], TABLE[2]]);
  assert.ok(Math.abs(learnt[1].beyondF - 2) < 0.1 && Math.abs(learnt[1].deviationF - 1.5) < 0.2);
  const few = learnForecastErrors(TABLE, outcomes.slice(0, 4), 30);
  assert.ok(typeof few !== "string");
  assert.ok(Math.abs(few[1].deviationF - 3) < 0.2);
  assert.deepEqual(learnForecastErrors(TABLE, []), TABLE);
});

Deno.test("a wrong outcome teaches nothing and is named", () => {
  assert.match(String(learnForecastErrors(TABLE, [{ leadHours: NaN, beyondF: 0 }])), /from 0 hours, not NaN/);
  assert.match(String(learnForecastErrors(TABLE, [{ leadHours: 1, beyondF: 900 }])), /at most 50 F, not 900/);
  assert.match(String(learnForecastErrors(TABLE, [], 0)), /above 0 outcomes, not 0/);
  assert.match(String(learnForecastErrors([], [])), /found 0/);
});
