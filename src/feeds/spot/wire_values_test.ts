import assert from "node:assert/strict";
import fc from "fast-check";
import { arrayOf, decimalOf, idOf, isoTimeOf, microsOf, millisOf, objectOf } from "./wire_values.ts";

Deno.test("numbers are read from texts and numbers, and everything else is none", () => {
  const read: readonly [unknown, number][] = [
    ["84000.10", 84_000.1],
    [84_000.1, 84_000.1],
    ["0", 0],
    ["-1.5", -1.5],
    ["0.00000001", 1e-8],
    ["1E-8", 1e-8],
    ["5e3", 5_000],
  ];
  for (const [value, number] of read) assert.equal(decimalOf(value), number, String(value));
  const wrong = ["", " ", " 1", "1 ", "0x10", "1_000", "1,000", "Infinity", "NaN", ".5", "5.", "--1", "9".repeat(31)];
  for (const value of [...wrong, null, undefined, true, [], ["1"], {}, 1n]) {
    assert.ok(Number.isNaN(decimalOf(value)), String(value));
  }
});

Deno.test("times are read to the microsecond, whatever number of digits they have", () => {
  const second = Date.parse("2023-03-04T03:37:20Z") * 1_000;
  const read: readonly [string, number][] = [
    ["2023-03-04T03:37:20.799258Z", second + 799_258],
    ["2023-03-04T03:37:20.799258999Z", second + 799_258],
    ["2023-03-04T03:37:20.7Z", second + 700_000],
    ["2023-03-04T03:37:20Z", second],
  ];
  for (const [text, time] of read) assert.equal(isoTimeOf(text), time, text);
  for (
    const wrong of [
      "2023-03-04",
      "2023-13-04T03:37:20Z",
      "2023-03-04T03:37:20",
      "9999-12-31T23:59:59Z",
      "now",
      "",
      null,
      5,
      {},
    ]
  ) {
    assert.ok(Number.isNaN(isoTimeOf(wrong)), String(wrong));
  }
  assert.equal(millisOf("1655330221424"), 1_655_330_221_424_000);
  assert.equal(microsOf("1583691851934000"), 1_583_691_851_934_000);
  assert.ok(Number.isNaN(millisOf(null)) && Number.isNaN(microsOf("soon")));
});

Deno.test("every moment that is written is read back", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 4_000_000_000_000_000 }), (time) => {
    const text = new Date(Math.floor(time / 1_000)).toISOString().replace(
      "Z",
      String(time % 1_000).padStart(3, "0") + "Z",
    );
    assert.equal(isoTimeOf(text), time);
  }));
});

Deno.test("objects and arrays are told apart from all else", () => {
  assert.equal(objectOf(null), null);
  assert.equal(objectOf([]), null);
  assert.equal(objectOf("x"), null);
  assert.deepEqual(objectOf({ a: 1 }), { a: 1 });
  assert.deepEqual(arrayOf({ length: 3 }), []);
  assert.deepEqual(arrayOf([1]), [1]);
});

Deno.test("ids are whole numbers that a number can hold", () => {
  for (const id of [82_047_307, "82047307", "122258166738"]) assert.equal(idOf(id), Number(id));
  for (const wrong of [1.5, "1.5", "9007199254740993", null, "", NaN]) assert.ok(Number.isNaN(idOf(wrong)));
});
