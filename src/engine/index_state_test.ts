import assert from "node:assert/strict";
import type { IndexInput } from "../core/input.ts";
import { after } from "../execution/order_fixture.ts";
import { settlementAverageAbove } from "../models/settlement_average.ts";
import { IndexState } from "./index_state.ts";

const NOON_SECOND = after(0) / 1_000_000;
const settings = { volatilityHalfLife: 60, returnsMin: 3 };

const tick = (second: number, value: number, arrived = second): IndexInput => ({
  type: "index",
  at: after(arrived),
  index: "BRTI",
  value,
  sourceTime: after(second),
  source: "official",
  venueAverage: null,
});

function after100(): IndexState {
  const index = new IndexState("BRTI", settings);
  for (let second = 90; second <= 100; second++) assert.equal(index.take(tick(second, 84_000 + second)), null);
  return index;
}

const REFUSED: readonly (readonly [claim: string, input: IndexInput, reason: RegExp])[] = [
  ["zero", tick(101, 0), /is not a price/],
  ["below zero", tick(101, -5), /is not a price/],
  ["not a number", tick(101, NaN), /is not a price/],
  ["endless", tick(101, Infinity), /is not a price/],
  ["a jump by more than a tenth", tick(101, 92_600), /jumped from 84100 to 92600/],
  ["a drop by more than a tenth", tick(101, 75_000), /jumped/],
  ["stamped in the future", tick(200, 84_100, 101), /in the future/],
];

for (const [claim, input, reason] of REFUSED) {
  Deno.test(`an index value is refused: ${claim}`, () => {
    const index = after100();
    assert.match(index.take(input) ?? "", reason);
    assert.equal(index.value, 84_100);
    assert.equal(index.second, NOON_SECOND + 100);
  });
}

Deno.test("after five minutes of silence a value far away is believed", () => {
  const index = after100();
  assert.notEqual(index.take(tick(399, 100_000)), null);
  assert.equal(index.take(tick(400, 100_000)), null);
  assert.equal(index.value, 100_000);
});

Deno.test("after a silence longer than its half-life volatility is measured anew, after a shorter one it goes on", () => {
  const shorter = after100();
  shorter.take(tick(160, 84_100));
  assert.ok(shorter.volatility !== null);
  const index = after100();
  const known: boolean[] = [];
  for (let second = 161; second <= 165; second++) {
    index.take(tick(second, 84_100 + second % 2));
    known.push(index.volatility !== null);
  }
  assert.deepEqual(known, [false, false, false, true, true], "of three returns, as at the start");
});

Deno.test("a late value fills its second and is not the newest", () => {
  const index = new IndexState("BRTI", settings);
  index.take(tick(10, 84_000));
  index.take(tick(12, 84_010));
  assert.equal(index.take(tick(11, 84_005, 12.5)), null);
  assert.equal(index.value, 84_010);
  assert.equal(index.reading(after(13))?.move(1)?.toFixed(6), ((84_010 / 84_005 - 1) * 10_000).toFixed(6));
});

Deno.test("age counts from the stamp or the arrival, whichever is longer ago; lag from stamp to arrival", () => {
  const index = new IndexState("BRTI", settings);
  index.take(tick(10, 84_000, 11.5));
  const reading = index.reading(after(12));
  assert.equal(reading?.age, 2_000_000);
  assert.equal(reading?.lag, 1_500_000);
  assert.equal(reading?.move(5), null, "the past is not known");
  assert.equal(reading?.volatility, null);
});

Deno.test("there is no reading and no average before the first value and its volatility", () => {
  const index = new IndexState("BRTI", settings);
  assert.equal(index.reading(after(1)), null);
  assert.equal(index.averageAt(NOON_SECOND + 900), null);
  index.take(tick(1, 84_000));
  assert.equal(index.averageAt(NOON_SECOND + 900), null);
});

Deno.test("inside the last minute what was seen is no longer random, and a lost second counts at the one before", () => {
  const index = new IndexState("BRTI", settings);
  for (let second = 800; second <= 870; second++) {
    if (second !== 850) index.take(tick(second, 84_000 + (second % 2) * 4));
  }
  const seen = { sum: 0, count: 0 };
  index.seen(NOON_SECOND + 900, seen);
  // Seconds 841 to 870: 15 of 84,004 and 14 of 84,000, and of 850 what 849 was.
  assert.equal(seen.count, 30);
  assert.equal(seen.sum, 16 * 84_004 + 14 * 84_000);
  const sigma = index.volatility;
  assert.ok(sigma !== null);
  assert.equal(
    index.averageAt(NOON_SECOND + 900)?.above(84_001),
    settlementAverageAbove(84_000, 84_001, sigma, 30, seen.sum, seen.count),
  );
});

Deno.test("seconds of the last minute lost before the first known one count at that one", () => {
  const index = new IndexState("BRTI", settings);
  const seen = { sum: 0, count: 0 };
  index.take(tick(830, 84_000));
  index.seen(NOON_SECOND + 900, seen);
  assert.deepEqual(seen, { sum: 0, count: 0 });
  for (const [second, value] of [[845, 84_100], [846, 84_200], [849, 84_300]]) index.take(tick(second, value));
  index.seen(NOON_SECOND + 900, seen);
  assert.deepEqual(seen, { sum: 5 * 84_100 + 3 * 84_200 + 84_300, count: 9 });
});

Deno.test("an average that was asked for before is not the answer after another value", () => {
  const index = after100();
  const before = index.averageAt(NOON_SECOND + 900)?.above(84_200) ?? NaN;
  index.take(tick(101, 84_300));
  const afterwards = index.averageAt(NOON_SECOND + 900)?.above(84_200) ?? NaN;
  assert.ok(afterwards > before);
  assert.notEqual(index.averageAt(NOON_SECOND + 1_800)?.above(84_200), afterwards, "nor for another close");
});
