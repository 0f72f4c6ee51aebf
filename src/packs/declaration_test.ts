import assert from "node:assert/strict";
import fc from "fast-check";
import { describedParameters, readDeclaration } from "./declaration.ts";
import { PackError } from "./pack_error.ts";

const WHOLE = { name: "late", title: "Late", trades: ["KXBTC15M", "KXETH*"] };
const read = (declaration: unknown) => readDeclaration(JSON.stringify(declaration));

Deno.test("a pack trades the series that it names, and those that begin as it says", () => {
  const { trades } = read(WHOLE);
  const series = ["KXBTC15M", "KXBTC", "KXBTC15MX", "KXETH", "KXETH15M", "KXSOL15M"];
  assert.deepEqual(series.filter(trades), ["KXBTC15M", "KXETH", "KXETH15M"]);
});

Deno.test("parameters become checks with default, range, unit and text", () => {
  const declaration = read({
    ...WHOLE,
    parameters: {
      edge: { default: 0.02, min: 0, max: 1, unit: "dollars", text: "Least edge" },
      count: { default: 3, min: 1, whole: true, text: "How many" },
      rest: { default: true, text: "Whether to rest" },
      how: { default: "slow", oneOf: ["slow", "fast"], text: "How" },
    },
  });
  const { parameters } = declaration;
  assert.deepEqual(parameters.parse({}), { edge: 0.02, count: 3, rest: true, how: "slow" });
  assert.deepEqual(parameters.parse({ edge: 1, how: "fast" }), { edge: 1, count: 3, rest: true, how: "fast" });
  for (const wrong of [{ edge: 1.1 }, { edge: "1" }, { edge: NaN }, { count: 1.5 }, { count: 0 }, { rest: 1 }]) {
    assert.throws(() => parameters.parse(wrong), { name: "ZodError" }, JSON.stringify(wrong));
  }
  assert.throws(() => parameters.parse({ how: "medium" }), { name: "ZodError" });
  assert.throws(() => parameters.parse({ other: 1 }), { name: "ZodError" });
  assert.deepEqual(describedParameters(declaration)[0], {
    name: "edge",
    value: 0.02,
    unit: "dollars",
    text: "Least edge",
  });
});

Deno.test("a number may say where it is worth searching, within its bounds", () => {
  const edge = { default: 0.02, min: 0, max: 1, unit: "dollars", text: "Least edge" };
  const search = { low: 0.01, high: 0.1, scale: "log" };
  const { parameters } = read({ ...WHOLE, parameters: { edge: { ...edge, search }, plain: edge } });
  assert.deepEqual(parameters.shape.edge.meta()?.search, search);
  assert.equal(parameters.shape.plain.meta()?.search, undefined);
  for (const wrong of [{ low: 0.1, high: 0.1 }, { low: 0.1, high: 2 }, { low: 0, high: 0.1, scale: "log" }]) {
    assert.throws(
      () => read({ ...WHOLE, parameters: { edge: { ...edge, search: wrong } } }),
      /^PackError: parameters\.edge\.search: Found .*, allowed: low below high, both as the parameter allows them/,
    );
  }
});

Deno.test("every mistake in a declaration is refused with its place, what was found and what is allowed", () => {
  const word = "a word of small letters, digits and _, but not enabled or constructor";
  const parameter = (value: unknown, key = "edge") => ({ ...WHOLE, parameters: { [key]: value } });
  const series = '1 to 64 series such as "KXBTC15M", or "KXBTC*" for all that begin so';
  const cases: readonly (readonly [declaration: unknown, words: string])[] = [
    [{ ...WHOLE, name: "Late Yes" }, `default export.name: Found "Late Yes", allowed: ${word}`],
    [{ ...WHOLE, name: "constructor" }, `default export.name: Found "constructor", allowed: ${word}`],
    [{ ...WHOLE, name: undefined }, `default export.name: Found nothing, allowed: ${word}`],
    [
      { ...WHOLE, title: "a\nb" },
      'default export.title: Found "a\\nb", allowed: a text of 1 to 100 characters in one line',
    ],
    [{ ...WHOLE, trades: [] }, `default export.trades: Found [], allowed: ${series}`],
    [{ ...WHOLE, trades: "KXBTC15M" }, `default export.trades: Found "KXBTC15M", allowed: ${series}`],
    [{ ...WHOLE, trades: ["*x"] }, `default export.trades.0: Found "*x", allowed: ${series}`],
    [
      { ...WHOLE, more: ["nav"] },
      'default export.more.0: Found "nav", allowed: a list of orders, peer, climate, fedFunds',
    ],
    [
      { ...WHOLE, author: "x" },
      'default export: Found the unknown "author", allowed: name, title, trades, more, parameters',
    ],
    [{ ...WHOLE, parameters: [] }, "default export.parameters: Found [], allowed: an object of parameters"],
    [parameter({ default: 1, text: "x" }, "enabled"), `parameters.enabled: Found "enabled", allowed: ${word}`],
    [parameter(1), "parameters.edge.default: Found nothing, allowed: a number, true, false or a text"],
    [
      parameter({ default: null, text: "x" }),
      "parameters.edge.default: Found object, allowed: a number, true, false or a text",
    ],
    [
      parameter({ default: 1 }),
      "parameters.edge.text: Found nothing, allowed: a text of 1 to 200 characters in one line",
    ],
    [parameter({ default: 1, text: "x", max: "2" }), 'parameters.edge.max: Found "2", allowed: a number'],
    [
      parameter({ default: 3, text: "x", max: 2 }),
      "parameters.edge.default: Found 3, allowed: what the parameter itself allows",
    ],
    [
      parameter({ default: 1.5, whole: true, text: "x" }),
      "parameters.edge.default: Found 1.5, allowed: what the parameter itself allows",
    ],
    [
      parameter({ default: "c", oneOf: ["a"], text: "x" }),
      'parameters.edge.default: Found "c", allowed: what the parameter itself allows',
    ],
    [parameter({ default: "c", text: "x" }), "parameters.edge.oneOf: Found nothing, allowed: 1 to 64 words"],
    [
      {
        ...WHOLE,
        parameters: Object.fromEntries(Array.from({ length: 65 }, (_, k) => [`p${k}`, { default: 1, text: "x" }])),
      },
      "parameters: Found 65, allowed: at most 64",
    ],
  ];
  for (const [declaration, words] of cases) {
    assert.throws(() => read(declaration), (error) => {
      assert.ok(error instanceof PackError, String(error));
      assert.equal(error.message, words);
      return true;
    });
  }
});

Deno.test("whatever a file declares, it is a declaration or a PackError", () => {
  const parameters = fc.dictionary(
    fc.string(),
    fc.oneof(fc.jsonValue(), fc.record({ default: fc.jsonValue(), text: fc.string() })),
  );
  const declarations = fc.oneof(
    fc.jsonValue(),
    fc.record({ name: fc.string(), title: fc.string(), trades: fc.jsonValue(), parameters: fc.jsonValue() }),
    parameters.map((all) => ({ ...WHOLE, parameters: all })),
  );
  fc.assert(
    fc.property(declarations, (declaration) => {
      try {
        read(declaration).parameters.parse({});
      } catch (error) {
        assert.ok(error instanceof PackError, String(error));
      }
    }),
    { numRuns: Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000 },
  );
});
