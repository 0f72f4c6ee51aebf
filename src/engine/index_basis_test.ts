import assert from "node:assert/strict";
import fc from "fast-check";
import { IndexBasis } from "./index_basis.ts";

const START = 1_800_000_000;

Deno.test("mean, deviation and count are those of the differences within the window", () => {
  const differences = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: -2_000, max: 2_000 })), {
    minLength: 1,
    maxLength: 300,
  });
  fc.assert(fc.property(differences, fc.constantFrom(10, 60, 300), (all, window) => {
    const basis = new IndexBasis(window);
    const bySecond = new Map<number, number>();
    let newest = 0;
    for (const [second, cents] of all) {
      basis.push(START + second, cents / 100);
      newest = Math.max(newest, second);
      // What is older than the ring does not come in any more.
      if (second > newest - 300) bySecond.set(second, cents / 100);
    }
    const within = [...bySecond].filter(([second]) => second > newest - window).map(([, difference]) => difference);
    const mean = within.reduce((sum, each) => sum + each, 0) / within.length;
    const squares = within.reduce((sum, each) => sum + (each - mean) ** 2, 0);
    const sd = within.length > 1 ? Math.sqrt(squares / (within.length - 1)) : 0;
    const figures = basis.figures(START + newest);
    assert.ok(figures !== null);
    assert.equal(figures.count, within.length);
    assert.equal(figures.last, bySecond.get(newest));
    assert.ok(Math.abs(figures.mean - mean) < 1e-9 && Math.abs(figures.sd - sd) < 1e-9);
  }));
});

Deno.test("nothing is known before the first difference, nor an hour after the last", () => {
  const basis = new IndexBasis(60);
  assert.equal(basis.figures(START), null);
  basis.push(START, 3);
  assert.deepEqual(basis.figures(START + 3_600), { last: 3, mean: 3, sd: 0, count: 1 });
  assert.equal(basis.figures(START + 3_601), null);
});
