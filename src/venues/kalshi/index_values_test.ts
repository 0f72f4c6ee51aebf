import assert from "node:assert/strict";
import { FieldReader, UnknownFields } from "./fields.ts";
import { type IndexValue, readIndexValues } from "./index_values.ts";

const SECOND = 1_791_180_714;
const MS = SECOND * 1_000;

function read(body: Readonly<Record<string, unknown>>): { values: readonly IndexValue[]; refused: string | null } {
  const reader = new FieldReader();
  const values = readIndexValues(reader, body, "", new UnknownFields());
  return { values, refused: reader.refusal?.path ?? null };
}

const tick = (offsetMs: number, value: unknown) => ({ value, time: MS + offsetMs });
const relative = (values: readonly IndexValue[]) => values.map(({ second, value }) => [second - SECOND, value]);

const UNDERSTOOD: readonly [what: string, payload: readonly unknown[], expected: readonly (readonly number[])[]][] = [
  ["oldest first", [tick(0, "84826.69"), tick(1_000, "84827.00")], [[0, 84826.69], [1, 84827]]],
  ["newest first", [tick(1_000, "84827.00"), tick(0, "84826.69")], [[0, 84826.69], [1, 84827]]],
  ["values as numbers and times as texts", [{ value: 84826.69, time: String(MS) }], [[0, 84826.69]]],
  ["fields that nobody knows", [{ ...tick(0, "1.5"), repeatOfPreviousValue: true }], [[0, 1.5]]],
  [
    "points within a second beside that of the second",
    [tick(-400, "1"), tick(-200, "2"), tick(0, "3"), tick(200, "4"), tick(1_000, "5")],
    [[0, 3], [1, 5]],
  ],
  [
    "a second without a point of its own has the last one before it",
    [tick(0, "1"), tick(400, "2"), tick(800, "3"), tick(2_000, "4")],
    [[0, 1], [1, 3], [2, 4]],
  ],
  ["points after the last full second are left out", [tick(0, "1"), tick(600, "2")], [[0, 1]]],
  ["a second that is missing stays missing", [tick(0, "1"), tick(3_000, "2")], [[0, 1], [3, 2]]],
  ["nothing", [], []],
  [
    "rows that are no ticks beside one that is",
    [
      null,
      7,
      "x",
      [],
      {},
      tick(0, "NaN"),
      tick(0, "-1"),
      tick(0, 0),
      tick(0, Infinity),
      tick(0.5, "1"),
      {
        value: "1",
        time: -1_000,
      },
      { value: "1", time: 1e18 },
      { value: "1" },
      { time: MS },
      tick(2_000, "9"),
    ],
    [[2, 9]],
  ],
];

for (const [what, payload, expected] of UNDERSTOOD) {
  Deno.test(`past values are understood: ${what}`, () => {
    const { values, refused } = read({ data: { serverTime: "2026-10-05T06:11:54.992Z", payload } });
    assert.equal(refused, null);
    assert.deepEqual(relative(values), expected);
  });
}

const REFUSED: readonly [what: string, body: Readonly<Record<string, unknown>>, path: string][] = [
  ["no data", {}, "data"],
  ["data that is a list", { data: [] }, "data"],
  ["no payload", { data: { serverTime: "x" } }, "data.payload"],
  ["a payload that is an object, as in the documentation's example", { data: { payload: {} } }, "data.payload"],
  ["a payload of more ticks than any hour has", { data: { payload: new Array(100_001).fill(0) } }, "data.payload"],
  ["a payload without a single tick", { data: { payload: [{ price: "1" }, 2] } }, "data.payload[0]"],
];

for (const [what, body, path] of REFUSED) {
  Deno.test(`past values are refused: ${what}`, () => {
    assert.equal(read(body).refused, path);
  });
}
