import assert from "node:assert/strict";
import fc from "fast-check";
import { type Count, count, price } from "../core/units.ts";
import {
  ALL_AHEAD,
  byProbability,
  type CancelModel,
  DEFAULT_FILLS,
  fillModel,
  isDrawn,
  log2Behind,
  logBehind,
  NONE_AHEAD,
  power2Behind,
  power3Behind,
  powerBehind,
} from "./queue_models.ts";

const contracts = (whole: number): Count => count(Math.round(whole * 100));

/** With 100 contracts before us and 300 behind, 40 are cancelled: so many stood before us. */
const KNOWN: readonly (readonly [name: string, model: CancelModel, ahead: number])[] = [
  ["risk averse", NONE_AHEAD, 0],
  ["optimistic", ALL_AHEAD, 40],
  ["power 1", byProbability(powerBehind(1)), 40 * (1 - 300 / 400)],
  ["power 2", byProbability(powerBehind(2)), 40 * (1 - 9 / 10)],
  ["power 3", byProbability(powerBehind(3)), 1.42], // 40 / 28 = 1.428...
  ["power2 2", byProbability(power2Behind(2)), 40 * (1 - 9 / 16)],
  ["power3 2", byProbability(power3Behind(2)), 40 / 16],
  ["log", byProbability(logBehind), 17.88], // 40 ln 101 / (ln 101 + ln 301) = 17.8854...
  ["log2", byProbability(log2Behind), 1.91], // 40 (1 - ln 301 / ln 401) = 1.9143...
];

for (const [name, model, ahead] of KNOWN) {
  Deno.test(`${name}: of 40 contracts cancelled around us, ${ahead} stood before us`, () => {
    assert.equal(model(contracts(100), contracts(300), contracts(40)), contracts(ahead));
  });
}

/** As hftbacktest's documentation states them, in floats; the test's own words of the rule. */
const PUBLISHED: Readonly<Record<string, (n: number, front: number, back: number) => number>> = {
  power: (n, front, back) => Math.pow(back, n) / (Math.pow(back, n) + Math.pow(front, n)),
  power2: (n, front, back) => Math.pow(back, n) / Math.pow(back + front, n),
  power3: (n, front, back) => 1 - Math.pow(front / (front + back), n),
  log: (_n, front, back) => Math.log(1 + back) / (Math.log(1 + back) + Math.log(1 + front)),
  log2: (_n, front, back) => Math.log(1 + back) / Math.log(1 + back + front),
};

/** The front of the queue after `change` contracts left it without a trade: what the probability leaves to the front. */
function publishedFront(probability: number, front: number, back: number, change: number): number {
  return front - (1 - probability) * change + Math.min(0, back - probability * change);
}

for (const model of ["power", "power2", "power3", "log", "log2"] as const) {
  Deno.test(`${model} follows the published rule to 0.01 contract, and is never more hopeful`, () => {
    const size = fc.integer({ min: 0, max: 50_000_00 });
    fc.assert(
      fc.property(
        size,
        size,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(0.5, 1, 2, 3, 5),
        (front, back, part, n) => {
          fc.pre(front > 0);
          const change = Math.floor((front + back) * part);
          const { cancelledAhead } = fillModel({ ...DEFAULT_FILLS, model, power: n }, price(0));
          assert.ok(cancelledAhead !== null);
          const left = front - cancelledAhead(count(front), count(back), count(change));
          const probability = PUBLISHED[model](n, front / 100, back / 100);
          const expected = Math.max(0, publishedFront(probability, front, back, change));
          assert.ok(Number.isSafeInteger(left) && left >= 0 && left <= front, `${left}`);
          assert.ok(left > expected - 1e-5 && left < expected + 1 + 1e-5, `${left} where the rule says ${expected}`);
        },
      ),
      { numRuns: 2_000, seed: 20_261_120 },
    );
  });
}

Deno.test("no model takes more from before us than stood there, or than was cancelled, or less than behind us had no room for", () => {
  const size = fc.integer({ min: 0, max: 1_000_000 });
  const models = KNOWN.map(([, model]) => model);
  fc.assert(
    fc.property(size, size, size, fc.constantFrom(...models), (ahead, behind, cancelled, model) => {
      fc.pre(cancelled <= ahead + behind);
      const gone = model(count(ahead), count(behind), count(cancelled));
      assert.ok(gone >= 0 && gone <= Math.min(ahead, cancelled));
      // Risk aversion leaves that to the level itself, which then shows less than what was thought to be before us.
      if (model !== NONE_AHEAD) assert.ok(gone >= Math.min(ahead, cancelled - behind));
    }),
    { seed: 20_261_121 },
  );
});

Deno.test("powers beyond all floats leave the place as it is", () => {
  const model = byProbability(powerBehind(400));
  assert.equal(model(contracts(1e6), contracts(1e6), contracts(500)), 0);
});

Deno.test("the simple model draws about as many orders as it should, always the same ones, and others with another seed", () => {
  const ids = Array.from({ length: 10_000 }, (_, k) => `k00000000-${k + 1}`);
  const drawn = (seed: number) => ids.filter((id) => isDrawn(id, 70, seed));
  const first = drawn(0);
  assert.ok(Math.abs(first.length - 7_000) < 150, `${first.length} of 10,000`);
  assert.deepEqual(drawn(0), first);
  const both = drawn(1).filter((id) => isDrawn(id, 70, 0)).length;
  assert.ok(Math.abs(both - 4_900) < 150, `${both} of both seeds`);
  // Neighbours are independent: 49 of a hundred pairs are drawn both.
  const pairs = ids.filter((id, k) => k > 0 && isDrawn(id, 70, 0) && isDrawn(ids[k - 1], 70, 0)).length;
  assert.ok(Math.abs(pairs - 4_900) < 150, `${pairs} pairs`);
  assert.deepEqual([ids.filter((id) => isDrawn(id, 0, 0)).length, ids.filter((id) => isDrawn(id, 100, 0)).length], [
    0,
    10_000,
  ]);
});
