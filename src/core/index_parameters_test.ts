import assert from "node:assert/strict";
import { assetOf, indexParametersOf } from "./index_parameters.ts";
import { SETTLEMENT_INDEX } from "./ticker.ts";

Deno.test("every index that a series settles on can be worked out", () => {
  for (const [series, index] of Object.entries(SETTLEMENT_INDEX)) {
    const asset = assetOf(index);
    assert.ok(asset !== null, `${series} settles on ${index}`);
    assert.equal(indexParametersOf(asset)?.index, index);
  }
});

Deno.test("what is no coin or no index has neither parameters nor a coin", () => {
  for (const name of ["", "XYZ", "toString", "BRTI"]) assert.equal(indexParametersOf(name), null);
  for (const name of ["", "BTC", "XYZUSD_RTI"]) assert.equal(assetOf(name), null);
});
