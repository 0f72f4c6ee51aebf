import assert from "node:assert/strict";
import type { Micros } from "../../core/units.ts";
import { MICROS_PER_MINUTE } from "../../core/units.ts";
import { later } from "../scripted_source_fixture.ts";
import { SpotAsset } from "./spot_asset.ts";

/** An asset that has a book of one level a side and a trade. */
function listening(): SpotAsset {
  const asset = new SpotAsset("BTC", MICROS_PER_MINUTE);
  asset.connected(later(0));
  asset.bookBegins();
  asset.level("bid", 99, 2);
  asset.level("ask", 101, 3);
  assert.equal(asset.bookEnds(later(1), later(1)), null);
  assert.equal(asset.trade(100, 1, later(1), later(1)), null);
  return asset;
}

/** The best bid of a book that is in sync, `null` without one. */
const bidOf = (asset: SpotAsset): number | null => asset.book?.bid ?? null;

const NOT_POSITIVE: readonly number[] = [0, -1, NaN, Infinity, -Infinity];

Deno.test("a price that is no positive number is refused wherever it comes, and changes nothing", () => {
  const asset = listening();
  for (const price of NOT_POSITIVE) {
    assert.equal(asset.trade(price, 1, null, later(2)), "price is not positive");
    assert.equal(asset.lastPrice(price, null, later(2)), "price is not positive");
    assert.equal(asset.quoted(price, 1, 101, 1, null, later(2)), "price is not positive");
    assert.equal(asset.quoted(99, 1, price, 1, null, later(2)), "price is not positive");
  }
  assert.deepEqual(asset.last, { price: 100, at: later(1) });
  assert.equal(asset.heardAt, later(1));
  assert.deepEqual(asset.vwap(later(2)), { price: 100, volume: 1 });
});

Deno.test("a trade's size must be positive, a quote's not negative", () => {
  const asset = listening();
  for (const size of NOT_POSITIVE) {
    assert.equal(asset.trade(100, size, null, later(2)), "size of a trade is not positive");
    const refused = asset.quoted(99, size, 101, 1, null, later(2));
    assert.equal(refused, size === 0 ? null : "size of a quote is negative");
  }
});

for (const [side, price, size] of [["bid", NaN, 1], ["ask", 0, 1], ["bid", 99, -1], ["ask", 101, NaN]] as const) {
  Deno.test(`a level of ${size} at ${price} puts the book out of sync until it begins anew`, () => {
    const asset = listening();
    assert.notEqual(asset.level(side, price, size), null);
    assert.equal(bidOf(asset), null);
    assert.equal(asset.level("bid", 98, 1), null);
    assert.equal(asset.bookEnds(null, later(2)), null);
    assert.deepEqual([asset.book, asset.bookAt, asset.isLost], [null, null, true]);
    asset.bookBegins();
    asset.level("bid", 99, 1);
    asset.bookEnds(null, later(3));
    assert.equal(bidOf(asset), 99);
  });
}

Deno.test("an absurd jump is refused, and the next trade at the old price is not", () => {
  const asset = listening();
  assert.equal(asset.trade(1_000, 1, null, later(2)), "price jumped");
  assert.equal(asset.quoted(999, 1, 1_001, 1, null, later(2)), "price jumped");
  assert.equal(asset.trade(101, 1, null, later(2)), null);
  assert.deepEqual(asset.last, { price: 101, at: later(2) });
});

Deno.test("a book that jumps is not given out until the price has shown to be meant", () => {
  const asset = listening();
  const moveTo = (bid: number, at: Micros) => {
    asset.bookBegins();
    asset.level("bid", bid, 1);
    asset.level("ask", bid + 2, 1);
    return asset.bookEnds(at, at);
  };
  assert.equal(moveTo(199, later(2)), "book jumped");
  assert.equal(bidOf(asset), null);
  for (let second = 3; second < 7; second++) assert.equal(moveTo(199, later(second)), null);
  assert.equal(bidOf(asset), null);
  moveTo(199, later(8));
  assert.equal(bidOf(asset), 199);
});

const stamps: readonly [string, number, string | null][] = [
  ["no time at all", NaN, "time is none"],
  ["a fraction", later(2) + 0.5, "time is none"],
  ["two minutes ahead", later(122), "time is ahead of the clock"],
  ["half a minute ahead", later(32), null],
  ["two days ago", later(-172_800), "time is long past"],
  ["a minute before the trade before it", later(-59), "trade older than those before it"],
  ["two seconds before the trade before it", later(-1), null],
];
for (const [name, time, expected] of stamps) {
  Deno.test(`a trade stamped with ${name} is ${expected === null ? "counted" : "refused"}`, () => {
    const asset = listening();
    assert.equal(asset.trade(100.5, 1, time as Micros, later(2)), expected);
    assert.equal(asset.vwap(later(2))?.volume, expected === null ? 2 : 1);
  });
}

Deno.test("a trade that comes a little late is counted, but is not the last price", () => {
  const asset = listening();
  asset.trade(102, 1, later(4), later(4));
  asset.trade(98, 1, later(2), later(4));
  assert.equal(asset.last?.price, 102);
  assert.deepEqual(asset.vwap(later(4)), { price: 100, volume: 3 });
});

Deno.test("a book's wrong stamp is refused and its levels kept; a stamp from before the last book loses it", () => {
  const asset = listening();
  asset.level("bid", 99.5, 1);
  assert.equal(asset.bookEnds(later(500), later(2)), "time is ahead of the clock");
  assert.equal(bidOf(asset), 99.5);
  assert.equal(asset.bookEnds(later(-60), later(3)), "book older than the one before it");
  assert.equal(bidOf(asset), null);
});

Deno.test("trades that are told again on a new connection are counted once", () => {
  const asset = listening();
  asset.trade(102, 1, later(5), later(5));
  asset.connected(later(10));
  assert.equal(asset.trade(100, 1, later(1), later(11)), null);
  assert.equal(asset.trade(102, 1, later(5), later(11)), null);
  assert.equal(asset.trade(104, 2, later(8), later(11)), null);
  assert.deepEqual(asset.vwap(later(11)), { price: (100 + 102 + 208) / 4, volume: 4 });
  assert.equal(asset.last?.price, 104);
});

Deno.test("a new connection takes the book away, and leaves price and trades", () => {
  const asset = listening();
  asset.quoted(98, 1, 102, 1, null, later(2));
  assert.equal(asset.quote?.bid, 99);
  asset.connected(later(10));
  assert.equal(bidOf(asset), null);
  assert.deepEqual(asset.quote, { bid: 98, bidSize: 1, ask: 102, askSize: 1, at: later(2) });
  assert.equal(asset.last?.price, 100);
});

Deno.test("a book that has not gone on for long gives way to a newer quote", () => {
  const asset = listening();
  asset.quoted(98, 1, 102, 1, null, later(5));
  assert.equal(asset.quote?.bid, 99);
  asset.quoted(98, 1, 102, 1, null, later(7));
  assert.equal(asset.quote?.bid, 98);
});

Deno.test("latency is measured by what happened on this connection only", () => {
  const asset = listening();
  assert.equal(asset.latency, 0);
  asset.connected(later(10));
  asset.trade(100, 1, later(5), later(11));
  assert.equal(asset.latency, 0);
  asset.trade(100, 1, later(11.5), later(11.7));
  assert.equal(asset.latency, 200_000);
});

Deno.test("a crossed book is given out, says so itself, and since when", () => {
  const asset = listening();
  assert.equal(asset.crossedSince, null);
  asset.level("bid", 101, 1);
  asset.bookEnds(null, later(2));
  asset.bookEnds(null, later(3));
  assert.equal(asset.book?.crossed, true);
  assert.equal(asset.crossedSince, later(2));
  asset.level("bid", 101, 0);
  asset.bookEnds(null, later(4));
  assert.equal(asset.crossedSince, null);
});

Deno.test("an empty side is told as such in book and quote", () => {
  const asset = listening();
  asset.level("ask", 101, 0);
  asset.bookEnds(null, later(2));
  assert.equal(asset.book?.oneSided, true);
  assert.deepEqual(asset.quote, { bid: 99, bidSize: 2, ask: null, askSize: 0, at: later(2) });
});

Deno.test("a book is shallow once fewer than a quarter of its levels are known to have no hole among them", () => {
  const asset = new SpotAsset("BTC", MICROS_PER_MINUTE);
  asset.bookBegins();
  asset.level("bid", 999, 1);
  for (let level = 1; level <= 1_500; level++) asset.level("ask", 1_000 + level / 10, 1);
  asset.bookEnds(null, later(1));
  assert.equal(asset.isShallow, false);
  for (let level = 1; level <= 750; level++) asset.level("ask", 1_000 + level / 10, 0);
  for (let level = 1; level <= 750; level++) asset.level("ask", 1_200 + level / 10, 1);
  asset.bookEnds(null, later(2));
  assert.equal(asset.isShallow, false);
  asset.level("ask", 1_000 + 751 / 10, 0);
  asset.bookEnds(null, later(3));
  assert.equal(asset.isShallow, true);
});

Deno.test("a book that has fewer levels than it could have is not shallow", () => {
  assert.equal(listening().isShallow, false);
});
