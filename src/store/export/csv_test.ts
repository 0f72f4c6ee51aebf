import assert from "node:assert/strict";
import fc from "fast-check";
import type { Cell, Column, ColumnType } from "./column.ts";
import { csvCell, csvHeader, csvLine, csvText } from "./csv.ts";

/** A reader by the letter of RFC 4180, for one record. */
function readRecord(line: string): string[] {
  assert.ok(line.endsWith("\r\n"));
  const fields: string[] = [];
  let rest = line.slice(0, -2);
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)"/.exec(rest);
    const plain = /^[^",\r\n]*/.exec(rest);
    const raw = quoted?.[0] ?? plain?.[0] ?? "";
    fields.push(quoted === null ? raw : quoted[1].replaceAll('""', '"'));
    rest = rest.slice(raw.length);
    if (rest === "") return fields;
    assert.equal(rest[0], ",", `after ${JSON.stringify(raw)} of ${JSON.stringify(line)}`);
    rest = rest.slice(1);
  }
}

Deno.test("each type is written exactly", () => {
  const cases: [ColumnType, Cell, string][] = [
    ["money", -1_250_000, "-1.250000"],
    ["money", 1, "0.000001"],
    ["money", 9_007_199_254_740_991, "9007199254.740991"],
    ["price", 5_600, "0.5600"],
    ["count", 1_250, "12.50"],
    ["count", -1, "-0.01"],
    ["time", 1_795_000_000_000_001, "2026-11-18T11:06:40.000001Z"],
    ["integer", 42, "42"],
    ["float", 0.1, "0.1"],
    ["float", 84_000.123456789, "84000.123456789"],
    ["flag", true, "true"],
    ["flag", false, "false"],
    ["text", "", ""],
    ["text", null, ""],
    ["money", null, ""],
  ];
  for (const [type, value, text] of cases) assert.equal(csvCell({ name: "x", type }, value), text);
});

Deno.test("what is no whole number never stands in a column of exact ones", () => {
  for (const type of ["money", "price", "count", "integer", "time"] as const) {
    for (const value of [0.5, NaN, Infinity, 2 ** 53, "1", true]) {
      assert.throws(() => csvCell({ name: "fee", type }, value), /Column fee of type .* is no whole number/);
    }
  }
});

Deno.test("a text that a spreadsheet would take for a formula is made harmless, a negative number is not touched", () => {
  const cases: [string, string][] = [
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-2", "'-2"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ["\uff1d1", "'\uff1d1"],
    ["a=1", "a=1"],
    ["'=1", "'=1"],
  ];
  for (const [text, field] of cases) assert.equal(csvText(text), field);
  assert.equal(csvCell({ name: "pnl", type: "money" }, -60_000), "-0.060000");
});

Deno.test("any texts are read back by the letter of RFC 4180, a formula with its mark", () => {
  const runs = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000;
  const texts = fc.array(
    fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('"', ",", "\r", "\n", "=", " ", "a", "@") })),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(texts, (row) => {
      const columns = row.map((_, at): Column => ({ name: `c${at}`, type: "text" }));
      const read = readRecord(csvLine(columns, row));
      assert.equal(read.length, row.length);
      read.forEach((field, at) => {
        assert.ok(field === row[at] || field === `'${row[at]}`);
        assert.doesNotMatch(field, /^[=+\-@\t\r]/);
      });
    }),
    { seed: 14, numRuns: runs },
  );
});

Deno.test("the header is a record of the names", () => {
  assert.equal(csvHeader([{ name: "at", type: "time" }, { name: "fee", type: "money" }]), "at,fee\r\n");
});
