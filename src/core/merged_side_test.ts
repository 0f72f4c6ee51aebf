import assert from "node:assert/strict";
import { MergedSide } from "./merged_side.ts";

type Level = readonly [price: number, size: number];

const sideOf = (...levels: readonly Level[]) => ({
  prices: Float64Array.from(levels, ([price]) => price),
  sizes: Float64Array.from(levels, ([, size]) => size),
  length: levels.length,
});

function merged(side: MergedSide): Level[] {
  while (side.advance());
  return Array.from({ length: side.length }, (_, at): Level => [side.prices[at], side.volumes[at]]);
}

Deno.test("levels come out best first, those of one price together", () => {
  const asks = new MergedSide("lowest");
  asks.add(0, sideOf([101, 1], [103, 2]));
  asks.add(2, sideOf([100, 4], [103, 8]));
  assert.deepEqual(merged(asks), [[100, 4], [101, 1], [103, 10]]);
  const bids = new MergedSide("highest");
  bids.add(0, sideOf([99, 1], [97, 2]));
  bids.add(1, sideOf([98, 4], [97, 8]));
  assert.deepEqual(merged(bids), [[99, 1], [98, 4], [97, 10]]);
});

Deno.test("the price of a volume is that of its last bit, a level counting no more than the cap", () => {
  const asks = new MergedSide("lowest");
  asks.add(0, sideOf([100, 1], [101, 9], [102, 5]));
  asks.walk(3);
  assert.deepEqual([0.5, 1, 1.5, 4, 4.5, 7].map((volume) => asks.priceOf(volume)), [100, 100, 101, 101, 102, 102]);
  assert.equal(asks.priceOf(7.5), NaN);
  assert.equal(asks.lastPrice, 102);
});

Deno.test("a volume that only rounding keeps from being there is there", () => {
  const asks = new MergedSide("lowest");
  asks.add(0, sideOf(...Array.from({ length: 10 }, (_, at): Level => [100 + at, 0.1]), [200, 1]));
  asks.walk(Infinity);
  assert.equal(asks.priceOf(1), 109, "ten tenths add up to a hair less than one");
});

Deno.test("each exchange has its share of the volume, of a capped level in proportion", () => {
  const asks = new MergedSide("lowest");
  asks.add(0, sideOf([100, 1], [101, 3]));
  asks.add(1, sideOf([101, 9], [102, 5]));
  asks.walk(4);
  assert.equal(asks.priceOf(6), 102);
  const own = new Float64Array(2);
  asks.share(6, own);
  assert.deepEqual([...own], [1 + 4 * 3 / 12, 4 * 9 / 12 + 1]);
});

Deno.test("a side of more levels than there is room for ends there, and can be used again", () => {
  const asks = new MergedSide("lowest");
  asks.add(0, sideOf(...Array.from({ length: 10_000 }, (_, at): Level => [100 + at, 1])));
  assert.equal(merged(asks).length, 8_192);
  asks.walk(Infinity);
  assert.equal(asks.priceOf(8_193), NaN);
  asks.clear();
  asks.add(1, sideOf([50, 2]));
  assert.deepEqual(merged(asks), [[50, 2]]);
});
