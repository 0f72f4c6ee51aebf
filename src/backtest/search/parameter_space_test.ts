import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { byRatio, contracts, dollars, evenly, flag, shareOfSome } from "../../strategies/parameters.ts";
import { STRATEGIES } from "../../strategies/registry.ts";
import { readSpace } from "./declared_space.ts";
import { type Dimension, ParameterSpace } from "./parameter_space.ts";
import { readRange } from "./parameter_text.ts";

const DECLARED = z.strictObject({
  edge: dollars(0.02, "An edge", byRatio(0.005, 0.08)),
  spread: dollars(0.1, "A spread", evenly(0, 0.2)),
  size: contracts(5, "A size"),
  share: shareOfSome(0.5, "A share"),
  slices: z.int().min(1).max(1_000).default(10).meta({ unit: "slices", text: "Slices" }),
  rest: flag(true, "A switch"),
  way: z.enum(["maker", "sniper", "twap"]).default("sniper").meta({ unit: "", text: "A way" }),
});

function space(...texts: readonly string[]) {
  const asked = texts.map((text) => readRange(text) ?? assert.fail(`${text} is no parameter`));
  return readSpace("example", DECLARED, asked);
}

function dimensions(...texts: readonly string[]): readonly Dimension[] {
  const found = space(...texts);
  assert.ok(found.ok, found.ok ? "" : found.problems.join("; "));
  return found.dimensions;
}

Deno.test("without a wish, what declares a range is searched, as it is declared", () => {
  assert.deepEqual(dimensions(), [
    { kind: "range", name: "edge", low: 0.005, high: 0.08, scale: "log", step: null },
    { kind: "range", name: "spread", low: 0, high: 0.2, scale: "linear", step: null },
  ]);
  for (const { name, parameters } of STRATEGIES) assert.ok(readSpace(name, parameters, []).ok, name);
  const whole = z.strictObject({ n: z.int().default(3).meta({ unit: "", text: "Of a pack", search: byRatio(1, 9) }) });
  assert.deepEqual(readSpace("pack", whole, []), {
    ok: true,
    dimensions: [{ kind: "range", name: "n", low: 1, high: 9, scale: "linear", step: 1 }],
  });
});

Deno.test("a wish names the parameters, and may say where to look", () => {
  assert.deepEqual(dimensions("size=1..9:2", "edge=0.01..0.02", "rest", "way", "slices=2..4", "spread=0.1,0.2"), [
    { kind: "range", name: "size", low: 1, high: 9, scale: "linear", step: 2 },
    { kind: "range", name: "edge", low: 0.01, high: 0.02, scale: "log", step: null },
    { kind: "choice", name: "rest", values: [false, true] },
    { kind: "choice", name: "way", values: ["maker", "sniper", "twap"] },
    { kind: "range", name: "slices", low: 2, high: 4, scale: "linear", step: 1 },
    { kind: "choice", name: "spread", values: [0.1, 0.2] },
  ]);
});

Deno.test("what is wrong with a wish is told", () => {
  const cases: [string, RegExp][] = [
    ["egde=0.1", /^Strategy example has no parameter egde: did you mean edge\?$/],
    ["nothing=1", /^Strategy example has no parameter nothing; it has edge, spread, size/],
    ["edge=0.1..2", /^--param edge: Found 0\.1\.\.2, allowed: numbers from 0 to 1$/],
    ["edge=0.2..0.1", /^--param edge: Found 0\.2\.\.0\.1, which goes nowhere/],
    ["edge=0.1..0.2:0.5", /^--param edge: Found the step 0\.5, allowed: above 0 and at most 0\.1$/],
    ["edge=0..1:0.0001", /^--param edge: Found 10001 values, allowed: at most 1000$/],
    ["edge=a,b", /^--param edge: Found a, allowed: numbers from 0 to 1$/],
    ["edge=0.1,0.1", /^--param edge: Found 0\.1 twice$/],
    ["share=0..1", /^--param share: Found 0\.\.1, allowed: numbers above 0 to 1$/],
    ["slices=1.5..3", /^--param slices: Found 1\.5\.\.3, allowed: whole numbers from 1 to 1000$/],
    ["slices=1.5", /^--param slices: Found 1\.5, allowed/],
    ["rest=0..1", /^--param rest: Found the range 0\.\.1, allowed: true, false$/],
    ["way=fast", /^--param way: Found fast, allowed: maker, sniper, twap$/],
    ["size", /^--param size: the strategy does not say what to search; give a range such as size=LOW\.\.HIGH/],
  ];
  for (const [text, problem] of cases) {
    const found = space(text);
    assert.ok(!found.ok, text);
    assert.match(found.problems.join("\n"), problem);
  }
  const twice = space("edge", "edge=0.1,0.2");
  assert.deepEqual(twice.ok ? [] : twice.problems, ["--param edge is given twice"]);
});

const EVERY = ["edge", "spread=0..0.2:0.03", "size=1..9", "slices=2..7", "rest", "way"] as const;

Deno.test("a point of the cube is a set of parameters that the strategy takes, and snapping it changes nothing more", () => {
  const cube = new ParameterSpace(dimensions(...EVERY));
  assert.equal(cube.dimensions, 5 + 3, "a word has a side for each of its values");
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }), (point) => {
      const parameters = cube.at(point);
      assert.deepEqual(Object.keys(parameters), cube.names);
      assert.ok(DECLARED.safeParse(parameters).success, JSON.stringify(parameters));
      const snapped = cube.snap(point);
      assert.deepEqual(cube.at(snapped), parameters);
      assert.deepEqual(cube.snap(snapped), snapped);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("both ends of every range are reached, and half way by ratio is the geometric mean", () => {
  const cube = new ParameterSpace(dimensions("edge", "spread", "slices=2..7"));
  assert.deepEqual(cube.at([0, 0, 0]), { edge: 0.005, spread: 0, slices: 2 });
  assert.deepEqual(cube.at([1, 1, 1]), { edge: 0.08, spread: 0.2, slices: 7 });
  assert.deepEqual(cube.at([0.5, 0.5, 0.5]), { edge: 0.02, spread: 0.1, slices: 5 });
  assert.deepEqual(cube.atTheEnd({ edge: 0.005, spread: 0.1, slices: 7 }), ["edge", "slices"]);
});

Deno.test("what lies outside of the space has no point", () => {
  const cube = new ParameterSpace(dimensions("edge", "way=maker,twap"));
  assert.equal(cube.pointOf({ edge: 0.2, way: "maker" }), null);
  assert.equal(cube.pointOf({ edge: 0.02, way: "sniper" }), null);
  assert.equal(cube.pointOf({ edge: 0.02 }), null);
  assert.deepEqual(cube.at(cube.pointOf({ edge: 0.02, way: "twap" }) ?? []), { edge: 0.02, way: "twap" });
});

Deno.test("a grid has every combination once, the last parameter fastest", () => {
  const cube = new ParameterSpace(dimensions("size=1..2:0.5", "way=maker,twap", "rest"));
  const grid = [...cube.grid()];
  assert.equal(grid.length, cube.gridSize);
  assert.equal(grid.length, 3 * 2 * 2);
  assert.deepEqual(grid.slice(0, 3), [
    { size: 1, way: "maker", rest: false },
    { size: 1, way: "maker", rest: true },
    { size: 1, way: "twap", rest: false },
  ]);
  assert.equal(new Set(grid.map((each) => JSON.stringify(each))).size, 12);
  const range = new ParameterSpace(dimensions("edge"));
  assert.deepEqual([...range.grid()].map(({ edge }) => edge), [0.005, 0.01, 0.02, 0.04, 0.08]);
});
