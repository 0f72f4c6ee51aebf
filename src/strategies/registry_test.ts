import assert from "node:assert/strict";
import { z } from "zod";
import type { SearchRange } from "./parameters.ts";
import { STRATEGIES } from "./registry.ts";

Deno.test("every strategy has a name of its own, a title, and defaults for all its parameters", () => {
  assert.equal(new Set(STRATEGIES.map(({ name }) => name)).size, STRATEGIES.length);
  for (const { name, title, bind } of STRATEGIES) {
    assert.match(name, /^[a-z_]+$/);
    assert.notEqual(title, "");
    assert.equal(bind({}).name, name);
  }
});

Deno.test("parameters that are unknown or out of range are refused", () => {
  for (const { bind } of STRATEGIES) assert.throws(() => bind({ no_such_parameter: 1 }), { name: "ZodError" });
  const [edge] = STRATEGIES;
  for (const parameters of [{ min_edge: -0.01 }, { kelly_fraction: 1.5 }, { rest: "yes" }]) {
    assert.throws(() => edge.bind(parameters), { name: "ZodError" });
  }
});

Deno.test("settlement edge runs by itself, every other strategy waits to be switched on and says so", () => {
  const starts = STRATEGIES.filter(({ startsOff }) => startsOff !== true).map(({ name }) => name);
  assert.deepEqual(starts, ["settlement_edge"]);
  for (const { title, startsOff } of STRATEGIES) assert.equal(/off by default/.test(title), startsOff === true, title);
});

Deno.test("every parameter says in what unit it is and what it means", () => {
  for (const { name, parameters } of STRATEGIES) {
    assert.ok(parameters instanceof z.ZodObject);
    for (const [key, field] of Object.entries<z.ZodType>(parameters.shape)) {
      const { unit, text } = field.meta() ?? {};
      assert.ok(typeof unit === "string" && typeof text === "string" && text !== "", `${name}.${key}`);
    }
  }
});

Deno.test("every strategy declares what is worth searching: within the bounds, around the default", () => {
  for (const { name, parameters, bind } of STRATEGIES) {
    assert.ok(parameters instanceof z.ZodObject);
    const searched = Object.entries<z.ZodType>(parameters.shape).flatMap(([key, field]) => {
      const search = field.meta()?.search;
      return search === undefined ? [] : [{ key, field, search: search as SearchRange }];
    });
    assert.ok(searched.length >= 3, name);
    for (const { key, field, search: { low, high, scale } } of searched) {
      const value = field.parse(undefined);
      assert.ok(typeof value === "number" && low < value && value < high || value === high, `${name}.${key}`);
      assert.ok(scale === "linear" || low > 0, `${name}.${key}: no ratio of 0`);
      for (const end of [low, high]) assert.doesNotThrow(() => bind({ [key]: end }), `${name}.${key} = ${end}`);
    }
  }
});
