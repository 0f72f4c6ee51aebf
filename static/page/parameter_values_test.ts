import assert from "node:assert/strict";
import { fieldText, fieldValue, kindOf } from "./parameter_values.ts";

for (
  const [value, text, kind] of [
    [0.25, "0.25", "number"],
    [-3, "-3", "number"],
    [true, "true", "choice"],
    [false, "false", "choice"],
    [["KXBTC15M", "KXETH15M"], "KXBTC15M, KXETH15M", "list"],
    [[], "", "list"],
    ["12.50", "12.50", "text"],
  ] as const
) {
  Deno.test(`${JSON.stringify(value)} stands in a field as ${text || "nothing"}, and comes back`, () => {
    assert.deepEqual([fieldText(value), kindOf(value)], [text, kind]);
    assert.deepEqual(fieldValue(kindOf(value), fieldText(value)), value);
  });
}

Deno.test("what is no number is no value for one", () => {
  for (const text of ["", "  ", "1,5", "0.1.2", "much", "NaN", "Infinity"]) {
    assert.equal(fieldValue("number", text), null, text);
  }
});

Deno.test("blanks around what is written do not count, and neither do empty items of a list", () => {
  assert.equal(fieldValue("number", " 0.5 "), 0.5);
  assert.deepEqual(fieldValue("list", "A,, B ,"), ["A", "B"]);
});
