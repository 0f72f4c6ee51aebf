import assert from "node:assert/strict";
import fc from "fast-check";
import { readRange } from "./parameter_text.ts";

Deno.test("what may be typed for a parameter", () => {
  const cases: [string, ReturnType<typeof readRange>][] = [
    ["min_edge", { name: "min_edge", range: { kind: "declared" } }],
    ["min_edge=0.01..0.05", { name: "min_edge", range: { kind: "between", low: 0.01, high: 0.05, step: null } }],
    ["min_edge=.01..5e-2:0.01", { name: "min_edge", range: { kind: "between", low: 0.01, high: 0.05, step: 0.01 } }],
    ["shift=-2..+3:1", { name: "shift", range: { kind: "between", low: -2, high: 3, step: 1 } }],
    ["rest=true,false", { name: "rest", range: { kind: "values", texts: ["true", "false"] } }],
    ["max_spread=0.05", { name: "max_spread", range: { kind: "values", texts: ["0.05"] } }],
    ["peers=off,own_leg", { name: "peers", range: { kind: "values", texts: ["off", "own_leg"] } }],
  ];
  for (const [text, range] of cases) assert.deepEqual(readRange(text), range, text);
});

Deno.test("what may not", () => {
  const wrong = ["", "=1", "Min=1", "min_edge=", "min_edge=1..", "min_edge=..2", "min_edge=1..2:", "min_edge=1..2..3"];
  for (const text of [...wrong, "min_edge=1,,2", "min_edge=1 ,2", "min_edge=a b", "x=1..2:y"]) {
    assert.equal(readRange(text), null, text);
  }
});

Deno.test("any text is read or refused, and what is read has finite numbers", () => {
  const runs = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000;
  const near = fc.string({ unit: fc.constantFrom("a", "_", "=", ".", ".", ",", ":", "1", "9", "e", "-") });
  fc.assert(
    fc.property(fc.oneof(fc.string(), near, near.map((text) => `p=${text}`)), (text) => {
      const range = readRange(text)?.range;
      if (range?.kind !== "between") return;
      assert.ok([range.low, range.high, range.step ?? 0].every((each) => !Number.isNaN(each)));
    }),
    { numRuns: runs },
  );
});
