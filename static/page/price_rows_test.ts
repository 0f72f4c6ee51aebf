import assert from "node:assert/strict";
import { sampleView } from "../../src/server/fake_sources.ts";
import { priceRows } from "./price_rows.ts";

const { prices: [price], indices: [index] } = sampleView();
const BRTI = { ...index, value: 84_000 };

for (
  const [claim, changes, value, wanted] of [
    ["above the index", { bid: 84_041, ask: 84_043 }, 84_000, 0.0005],
    ["on the index", { bid: 83_999, ask: 84_001 }, 84_000, 0],
    ["without a bid", { bid: null }, 84_000, null],
    ["with a bid that is no number", { bid: NaN }, 84_000, null],
    ["that is down", { state: "down" }, 84_000, null],
    ["that is stale", { state: "stale" }, 84_000, null],
    ["without an index", { asset: "DOGE" }, 84_000, null],
    ["beside an index that is not known", {}, null, null],
    ["beside an index of zero", {}, 0, null],
  ] as const
) {
  Deno.test(`an exchange ${claim} is ${wanted ?? "no known distance"} off`, () => {
    const [{ offIndex }] = priceRows([{ ...price, ...changes }], [{ ...BRTI, value }]);
    assert.equal(offIndex === null ? null : Number(offIndex.toFixed(9)), wanted);
  });
}
