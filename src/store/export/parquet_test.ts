import assert from "node:assert/strict";
import fc from "fast-check";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { anyText } from "../../ops/terminal/text_fixture.ts";
import type { Cell, Column } from "./column.ts";
import { parquetSink } from "./parquet.ts";

const COLUMNS: readonly Column[] = [
  { name: "text", type: "text" },
  { name: "at", type: "time" },
  { name: "fee", type: "money" },
  { name: "price", type: "price" },
  { name: "count", type: "count" },
  { name: "number", type: "integer" },
  { name: "spot", type: "float" },
  { name: "taker", type: "flag" },
];

async function written(rows: readonly (readonly Cell[])[], columns = COLUMNS): Promise<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  const sink = parquetSink(columns, (bytes) => {
    pieces.push(bytes);
    return Promise.resolve();
  });
  for (let at = 0; at < rows.length; at += 500) await sink.write(rows.slice(at, at + 500));
  await sink.end();
  return await new Blob(pieces as BlobPart[]).arrayBuffer();
}

const EMPTY = COLUMNS.map(() => null);

Deno.test("what is written is read back: exact decimals, times in microseconds, nulls", async () => {
  const rows: Cell[][] = [
    ['=x, "y"\n\u{1f600}', 1_795_000_000_000_001, -1_250_001, 5_601, 12_345, -7, 84_000.123456789, true],
    [...EMPTY],
    ["", 0, 0, 0, 0, 0, 0, false],
  ];
  const file = await written(rows);
  const read = await parquetReadObjects({ file });
  assert.equal(read.length, 3);
  const [first, empty, zero] = read;
  assert.equal(first.text, '=x, "y"\n\u{1f600}');
  // The reader turns decimals into floats and times into Date; what is stored is exact (below).
  assert.equal(Math.round(first.fee * 1e6), -1_250_001);
  assert.equal(Math.round(first.price * 1e4), 5_601);
  assert.equal(Math.round(first.count * 1e2), 12_345);
  assert.equal(first.number, -7n);
  assert.equal(first.spot, 84_000.123456789);
  assert.equal(first.taker, true);
  assert.deepEqual(Object.values(empty).map((value) => value ?? null), EMPTY);
  assert.deepEqual([zero.text, zero.fee, zero.taker], ["", 0, false]);
});

Deno.test("the schema names the units: DECIMAL of each scale, timestamps of UTC in microseconds", async () => {
  const { schema } = parquetMetadata(await written([[...EMPTY]]));
  const elements = new Map(schema.slice(1).map((element) => [element.name, element]));
  for (const [name, scale] of [["fee", 6], ["price", 4], ["count", 2]] as const) {
    const { type, converted_type, precision, scale: found } = elements.get(name) ?? { type: "none" };
    assert.deepEqual([type, converted_type, precision, found], ["INT64", "DECIMAL", 18, scale]);
  }
  assert.equal(elements.get("at")?.converted_type, "TIMESTAMP_MICROS");
  assert.equal(elements.get("text")?.converted_type, "UTF8");
});

Deno.test("integers beyond what a float of dollars could hold are stored to the last digit", async () => {
  const fees = [9_007_199_254_740_991, -9_007_199_254_740_991, 9_007_199_254_740_990];
  const columns: Column[] = [{ name: "fee", type: "money" }];
  const file = await written(fees.map((fee) => [fee]), columns);
  const bytes = new DataView(file);
  const stored = fees.every((fee) => {
    for (let at = 0; at + 8 <= file.byteLength; at++) if (bytes.getBigInt64(at, true) === BigInt(fee)) return true;
    return false;
  });
  assert.ok(stored, "each integer stands in the file, eight bytes long");
});

Deno.test("rows of many groups come back in order, whatever they hold", async () => {
  const row = fc.tuple(
    fc.option(anyText(10).map((text) => text.toWellFormed())),
    fc.option(fc.integer({ min: 0, max: 2 ** 50 })),
    fc.option(fc.integer()),
    fc.option(fc.integer({ min: 0, max: 10_000 })),
    fc.option(fc.integer()),
    fc.option(fc.maxSafeInteger()),
    fc.option(fc.double({ noNaN: true })),
    fc.option(fc.boolean()),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 50 }), async (rows) => {
      const read = await parquetReadObjects({ file: await written(rows) });
      assert.deepEqual(read.map(({ text }) => text ?? null), rows.map(([text]) => text));
      assert.deepEqual(
        read.map(({ number }) => number ?? null),
        rows.map((cells) => cells[5] === null ? null : BigInt(cells[5])),
      );
      assert.deepEqual(read.map(({ spot }) => spot ?? null), rows.map((cells) => cells[6]));
    }),
    { seed: 15, numRuns: 200 },
  );
  const many = Array.from(
    { length: 45_000 },
    (_, k): Cell[] => [`row ${k}`, k, k, k % 10_000, k, k, k / 3, k % 2 === 0],
  );
  const file = await written(many);
  assert.equal(parquetMetadata(file).row_groups.length, 3);
  const read = await parquetReadObjects({ file, columns: ["number"] });
  assert.ok(read.every(({ number }, k) => number === BigInt(k)));
});
