import assert from "node:assert/strict";
import { unpacked } from "./rows.ts";
import { comparing, numberOf } from "./sorting.ts";

Deno.test("a figure is read as the number that it shows", () => {
  for (
    const [text, wanted] of [
      ["−$1,234.50", -1234.5],
      ["+1.42¢", 1.42],
      ["58.7 %", 58.7],
      ["320", 320],
      ["n/a", null],
      ["", null],
    ] as const
  ) assert.equal(numberOf(text), wanted, text);
});

Deno.test("rows are sorted by number or text, and what is not known stands last either way", () => {
  const rows = [["b", "n/a"], ["c", "−$2.00"], ["a", "$10.00"], ["d", "$9.00"]];
  const order = (column: number, numeric: boolean, descending: boolean) =>
    rows.toSorted(comparing(column, numeric, descending)).map(([name]) => name).join("");
  assert.equal(order(1, true, true), "adcb");
  assert.equal(order(1, true, false), "cdab");
  assert.equal(order(0, false, false), "abcd");
  assert.equal(order(0, false, true), "dcba");
});

Deno.test("columns come back as rows, however they were packed", () => {
  assert.deepEqual(unpacked([["1", "2", "3"], { texts: ["x", "y"], places: [0, 1, 0] }]), [
    ["1", "x"],
    ["2", "y"],
    ["3", "x"],
  ]);
  assert.deepEqual(unpacked([]), []);
});
