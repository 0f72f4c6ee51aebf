import assert from "node:assert/strict";
import fc from "fast-check";
import { hashOf, routeOf } from "./route.ts";

Deno.test("every market's address leads to that market", () => {
  const anyTicker = fc.oneof(
    fc.string({ minLength: 1, unit: "grapheme", maxLength: 40 }),
    fc.constant("KXBTC-26SEP2515-T92799.99"),
  );
  fc.assert(
    fc.property(anyTicker, (ticker) => {
      assert.deepEqual(routeOf(hashOf({ kind: "market", ticker })), { kind: "market", ticker });
    }),
    { seed: 22 },
  );
});

for (
  const [claim, hash, wanted] of [
    ["no address is the overview", "", { kind: "overview" }],
    ["a market without a name is the overview", "#/market/", { kind: "overview" }],
    ["a view that is not known is the overview", "#/moon", { kind: "overview" }],
    ["a name that cannot be read is the overview", "#/market/%E0%A4%A", { kind: "overview" }],
    ["a name without an end is the overview", `#/market/${"x".repeat(401)}`, { kind: "overview" }],
    ["a place on the page is no view", "#halts", null],
  ] as const
) Deno.test(claim, () => assert.deepEqual(routeOf(hash), wanted));
