import assert from "node:assert/strict";
import fc from "fast-check";
import { type Line, span, widthOfLine } from "./line.ts";
import { type Column, Table } from "./table.ts";
import { anyText, RUNS } from "./text_fixture.ts";

interface Row {
  readonly name: string;
  readonly bid: string;
  readonly why: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: "", align: "left", least: 6, most: 12, rank: 0, cut: "middle", read: (row) => span(row.name) },
  { title: "BID", align: "right", least: 5, most: 5, rank: 1, read: (row) => span(row.bid) },
  { title: "WHY", align: "left", least: 8, most: 30, rank: 2, read: (row) => span(row.why) },
];
const ROWS: readonly Row[] = [
  { name: "ABC-12", bid: "5.0¢", why: "too little" },
  { name: "ABCDEFGH-123456", bid: "99.0¢", why: "" },
];

const textOf = (line: Line): string => line.map(({ text }) => text).join("");
const drawn = (width: number): string[] => {
  const table = new Table(COLUMNS, ROWS, width);
  return [textOf(table.head(span("MARKETS"))), ...ROWS.map((row) => textOf(table.row(row)))];
};

Deno.test("columns get what their texts want as far as there is room, and the least important go first", () => {
  assert.deepEqual(drawn(60), [
    "MARKETS         BID  WHY       ",
    "ABC-12         5.0¢  too little",
    "ABCDEF…23456  99.0¢            ",
  ]);
  assert.deepEqual(drawn(24), ["MARKETS    BID  WHY     ", "ABC-12    5.0¢  too lit…", "ABC…456  99.0¢          "]);
  assert.deepEqual(drawn(16), ["MARKETS      BID", "ABC-12      5.0¢", "ABCD…3456  99.0¢"]);
  assert.deepEqual(drawn(4), ["MAR…", "AB…2", "AB…6"]);
});

Deno.test("a narrower column that matters less takes the place of one that does not fit", () => {
  const wide: Column<Row> = {
    title: "WIDE",
    align: "left",
    least: 40,
    most: 40,
    rank: 1,
    read: (row) => span(row.why),
  };
  const [name, bid] = COLUMNS;
  const line = textOf(new Table([name, wide, { ...bid, rank: 2 }], ROWS, 20).row(ROWS[0]));
  assert.equal(line.trimEnd(), "ABC-12         5.0¢");
});

Deno.test("a column that is to be whole first is so before those that matter less get any room", () => {
  const [name, ...rest] = COLUMNS;
  const first = (width: number, wholeBefore: number) =>
    textOf(new Table([{ ...name, most: 20, wholeBefore }, ...rest], ROWS, width).row(ROWS[1])).trimEnd();
  assert.equal(first(24, 9), "ABC…456  99.0¢");
  assert.equal(first(24, 2), "ABCDEFGH-123456  99.0¢");
  assert.equal(first(34, 2), "ABCDEFGH-123456  99.0¢");
});

Deno.test("no row is wider than what there is, whatever stands in it", () => {
  const text = anyText(40);
  const row = fc.record({ name: text, bid: text, why: text });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 80 }), (rows, width) => {
      const table = new Table(COLUMNS, rows, width);
      for (const line of [table.head(span("MARKETS")), ...rows.map((each) => table.row(each))]) {
        assert.ok(widthOfLine(line) <= width);
      }
    }),
    RUNS,
  );
});
