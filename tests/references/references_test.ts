/**
 * The models against values that QuantLib, NumPy, SciPy and plain Python made (references.py): each within its own
 * stated error, and not one left out.
 */

import assert from "node:assert/strict";
import { MODELS, type Values } from "./models.ts";
import { readReferences, type Reference } from "./stored.ts";

const { references } = readReferences(new URL("./references.json", import.meta.url));

/** How many there must be: a reference that is lost does not go unnoticed. */
const COUNTS: Readonly<Record<string, number>> = {
  kelly: 8,
  fed_funds: 1,
  digital: 72,
  random_walk: 5,
  last_value_greeks: 6,
  wilson: 8,
  scores: 2,
  garch: 3,
  smile: 5,
  har: 2,
  average: 45,
  wild_average: 15,
  ladder: 1,
  greeks: 4,
  monte_carlo: 16,
  moments: 3,
  deflated_sharpe: 4,
  overfitting: 8,
  gaussian_process: 3,
};

/** A simulated value may lie this many of its standard errors away: one in two million does. */
const DEVIATIONS = 5;

function compare({ name, values, errors, origin }: Reference, ours: Values, allowed: (key: string) => number): void {
  assert.deepEqual(Object.keys(ours.values).sort(), Object.keys(values).sort(), name);
  for (const [key, wanted] of Object.entries(values)) {
    const found = ours.values[key];
    const error = DEVIATIONS * Math.hypot(errors[key], ours.errors?.[key] ?? 0) + allowed(key);
    const distance = Math.abs(found - wanted);
    assert.ok(distance <= error, `${name}, ${key}: ${found}, wanted ${wanted} within ${error} (${origin})`);
  }
}

Deno.test("no reference is missing, none is there twice, and each says where it comes from", () => {
  const counts = Object.fromEntries(
    Map.groupBy(references, ({ model }) => model).entries().map(([model, all]) => {
      assert.equal(new Set(all.map(({ name }) => name)).size, all.length, model);
      return [model, all.length];
    }),
  );
  assert.deepEqual(counts, COUNTS);
  for (const { name, origin } of references) assert.match(origin, /^(Python|QuantLib|NumPy|SciPy) \d.*: ./, name);
  assert.deepEqual(Object.keys(MODELS).sort(), Object.keys(COUNTS).sort());
});

for (const [model, { claim, ours, allowed }] of Object.entries(MODELS)) {
  Deno.test(`${claim} as independent programs have it`, () => {
    const own = references.filter((reference) => reference.model === model);
    assert.equal(own.length, COUNTS[model]);
    for (const reference of own) {
      compare(reference, ours(reference.given), (key) => allowed(key, reference));
    }
  });
}

Deno.test("a value that is off fails its comparison", () => {
  for (const reference of references) {
    const [key, value] = Object.entries(reference.values)[0];
    const { allowed } = MODELS[reference.model];
    const off = 1.1 * (DEVIATIONS * reference.errors[key] + allowed(key, reference));
    const ours = { values: { ...reference.values, [key]: value + off } };
    assert.throws(() => compare(reference, ours, (each) => allowed(each, reference)), /wanted/, reference.name);
    const { [key]: _, ...fewer } = reference.values;
    assert.throws(
      () => compare(reference, { values: fewer }, (each) => allowed(each, reference)),
      assert.AssertionError,
    );
  }
});
