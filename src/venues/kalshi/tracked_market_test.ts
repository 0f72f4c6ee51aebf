import assert from "node:assert/strict";
import type { Market } from "../../core/market.ts";
import { aMarket } from "../../core/market_fixture.ts";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import * as tracked from "./tracked_market.ts";

const OPEN = 1_790_000_000_000_000 as Micros;
const at = (seconds: number): Micros => (OPEN + seconds * MICROS_PER_SECOND) as Micros;
const MARKET = aMarket({ openTime: OPEN, closeTime: at(900) });

const LOOKS: [what: string, market: Partial<Market>, seconds: number, looks: boolean][] = [
  ["waits for its open", { status: "initialized", floorStrike: null }, -1, false],
  ["should have opened", { status: "initialized", floorStrike: null }, 0, true],
  ["should have opened a minute ago", { status: "initialized" }, 60, false],
  ["has opened without its strike", { floorStrike: null }, 3, true],
  ["still has no strike after a minute", { floorStrike: null }, 61, false],
  ["is open with its strike", {}, 3, false],
  ["is open and needs no strike", { strikeType: "custom", floorStrike: null }, 3, false],
  ["is below a cap it does not name", { strikeType: "less", floorStrike: null }, 3, true],
  ["should have closed", {}, 900, true],
  ["is closed", { status: "closed" }, 901, false],
  ["is finalized", { status: "finalized" }, 901, false],
];

for (const [what, fields, seconds, looks] of LOOKS) {
  Deno.test(`a market that ${what} is ${looks ? "" : "not "}looked at every second`, () => {
    assert.equal(tracked.needsLook({ ...MARKET, ...fields }, at(seconds)), looks);
  });
}

Deno.test("a market's next moments are a minute before its open, its open and its close", () => {
  const moments = [-100, -60, 0, 900].map((seconds) => tracked.nextMoment(MARKET, at(seconds)));
  assert.deepEqual(moments, [at(-60), at(0), at(900), null]);
});

Deno.test("a book is wanted from a minute before the open until the market has settled", () => {
  const wanted = (status: Market["status"], seconds: number) =>
    tracked.isBookWanted({ ...MARKET, status }, at(seconds));
  assert.equal(wanted("initialized", -61), false);
  assert.equal(wanted("initialized", -60), true);
  for (const status of ["active", "inactive", "closed", "determined", "disputed", "amended"] as const) {
    assert.equal(wanted(status, 1_000), true, status);
  }
  assert.equal(wanted("finalized", 1_000), false);
});

Deno.test("a body that lags does not take a known strike away, and a newer one replaces it", () => {
  const without = { ...MARKET, strikeType: null, floorStrike: null };
  assert.equal(tracked.mergeMarket(MARKET, without).floorStrike, 84000);
  assert.equal(tracked.mergeMarket(MARKET, { ...MARKET, floorStrike: 84001 }).floorStrike, 84001);
  assert.equal(tracked.mergeMarket(undefined, without).floorStrike, null);
});

Deno.test("a body tells how the market ended once it has a result", () => {
  const ending = (fields: Partial<Market>) => tracked.endingOf({ ...MARKET, ...fields }, OPEN)?.event ?? null;
  assert.equal(ending({ status: "closed" }), null);
  assert.equal(ending({ status: "determined", result: "yes" }), "determined");
  assert.equal(ending({ status: "finalized", result: "no" }), "settled");
  assert.equal(ending({ status: "finalized", result: "" }), null);
});
