import assert from "node:assert/strict";
import fc from "fast-check";
import { micros, MICROS_PER_MINUTE } from "../../core/units.ts";
import type { Period } from "./survey.ts";
import { foldsOf } from "./walk_forward.ts";

const QUARTER = 15 * MICROS_PER_MINUTE;
/** What a settlement takes after the close. */
const PAID_AFTER = 8_100_000;

/** Quarter-hours, one after the other. */
const quarters = (count: number): Period[] =>
  Array.from({ length: count }, (_, k) => ({
    open: micros(k * QUARTER),
    close: micros((k + 1) * QUARTER),
    settled: micros((k + 1) * QUARTER + PAID_AFTER),
    tickers: [`T${k}`],
  }));

Deno.test("a market that was open at the border belongs to neither side", () => {
  const folds = foldsOf(quarters(12), 3, 0);
  assert.deepEqual(folds.map(({ train, test, purged }) => ({ train, test, purged })), [
    { train: 3, test: [4, 5], purged: 1 },
    { train: 6, test: [7, 8], purged: 1 },
    { train: 9, test: [10, 11], purged: 1 },
  ]);
  const [first] = folds;
  assert.equal(first.border, 3 * QUARTER + PAID_AFTER, "the training ends when its last market was paid out");
  assert.deepEqual([first.trainFrom, first.testFrom, first.testTo], [0, first.border, 6 * QUARTER + PAID_AFTER]);
});

Deno.test("the embargo keeps away more", () => {
  const folds = foldsOf(quarters(12), 3, QUARTER);
  assert.deepEqual(folds.map(({ test }) => test), [[5], [8], [11]]);
  assert.deepEqual(foldsOf(quarters(12), 3, 10 * QUARTER).map(({ test }) => test), [[], [], []]);
});

Deno.test("a market that runs across several blocks is in no test that began within it", () => {
  const periods = quarters(12);
  // It closes last, and opened at the beginning.
  periods[11] = { ...periods[11], open: micros(0) };
  assert.deepEqual(foldsOf(periods, 3, 0).map(({ test }) => test), [[4, 5], [7, 8], [10]]);
});

Deno.test("too few periods make no fold, and what was never paid out ends what can be used", () => {
  assert.deepEqual(foldsOf(quarters(7), 3, 0), []);
  assert.deepEqual(foldsOf(quarters(12), 0, 0), []);
  assert.deepEqual(foldsOf([], 3, 0), []);
  const open = quarters(12).map((period, k) => k === 11 ? { ...period, settled: null } : period);
  assert.deepEqual(foldsOf(open, 3, 0).map(({ train }) => train), [2, 5, 8]);
});

Deno.test("whatever the markets, nothing of a test was open when its training was over, and no period is tested twice", () => {
  const market = fc.record({ close: fc.integer({ min: 1, max: 400 }), life: fc.nat(60), pays: fc.nat(20) });
  fc.assert(
    fc.property(
      fc.array(market, { maxLength: 60 }),
      fc.integer({ min: 1, max: 6 }),
      fc.nat(30),
      (markets, count, embargo) => {
        const periods = markets.sort((a, b) => a.close - b.close).map(({ close, life, pays }, k): Period => ({
          open: micros(Math.max(0, close - life)),
          close: micros(close),
          settled: micros(close + pays),
          tickers: [`T${k}`],
        }));
        const folds = foldsOf(periods, count, embargo);
        const tested = folds.flatMap(({ test }) => test);
        assert.equal(new Set(tested).size, tested.length);
        for (const { train, border, test } of folds) {
          for (const { settled } of periods.slice(0, train)) assert.ok(settled !== null && settled <= border);
          for (const k of test) assert.ok(k >= train && periods[k].open >= border + embargo);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
