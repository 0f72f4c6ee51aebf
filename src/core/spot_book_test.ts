import assert from "node:assert/strict";
import fc from "fast-check";
import { SpotBook, type SpotSide } from "./spot_book.ts";

const levelsOf = (side: SpotSide): [number, number][] =>
  Array.from(side.prices.subarray(0, side.length), (price, at) => [price, side.sizes[at]]);

Deno.test("a new book is one-sided and has no mid", () => {
  const book = new SpotBook();
  assert.deepEqual([book.bid, book.ask, book.mid, book.oneSided, book.crossed], [null, null, null, true, false]);
});

Deno.test("levels stand best first on both sides, whatever order they come in", () => {
  const book = new SpotBook();
  for (const price of [99, 101, 100]) {
    book.set("bid", price, price / 10);
    book.set("ask", price + 10, 1);
  }
  assert.deepEqual(levelsOf(book.bids), [[101, 10.1], [100, 10], [99, 9.9]]);
  assert.deepEqual(levelsOf(book.asks), [[109, 1], [110, 1], [111, 1]]);
  assert.deepEqual([book.bid, book.ask, book.mid], [101, 109, 105]);
});

Deno.test("size 0 takes a level away, and an unknown level away from nothing", () => {
  const book = new SpotBook();
  book.set("bid", 100, 1);
  assert.equal(book.set("bid", 99, 0), true);
  assert.equal(book.set("bid", 100, 0), true);
  assert.equal(book.bids.length, 0);
});

Deno.test("a locked or crossed book says so, and a one-sided one is not crossed", () => {
  const book = new SpotBook();
  book.set("bid", 100, 1);
  assert.equal(book.crossed, false);
  book.set("ask", 100, 1);
  assert.equal(book.crossed, true);
  book.set("ask", 100, 0);
  book.set("ask", 100.01, 1);
  assert.equal(book.crossed, false);
});

Deno.test("the worst level falls off when the side is full, and the side says how far it is whole", () => {
  const book = new SpotBook(2);
  book.set("bid", 100, 1);
  book.set("bid", 99, 1);
  assert.equal(book.bids.fallen, null);
  assert.equal(book.set("bid", 98, 1), false);
  assert.equal(book.bids.fallen, 98);
  assert.equal(book.set("bid", 101, 2), true);
  assert.deepEqual(levelsOf(book.bids), [[101, 2], [100, 1]]);
  assert.deepEqual([book.bids.fallen, book.whole("bid")], [99, 2]);
  book.set("bid", 101, 0);
  book.set("bid", 98.5, 1);
  assert.deepEqual(levelsOf(book.bids), [[100, 1], [98.5, 1]]);
  assert.equal(book.whole("bid"), 1);
  book.clear();
  assert.deepEqual([book.bids.length, book.bids.fallen, book.whole("bid")], [0, null, 0]);
});

Deno.test("what can be no level is a bug and throws, and changes nothing", () => {
  const book = new SpotBook();
  for (const price of [0, -1, NaN, Infinity]) assert.throws(() => book.set("bid", price, 1), /No level has price/);
  for (const size of [-1, NaN, Infinity]) assert.throws(() => book.set("ask", 1, size), /No level has price/);
  for (const depth of [0, 1.5, -3]) assert.throws(() => new SpotBook(depth), /whole number of levels/);
  assert.equal(book.oneSided, true);
});

Deno.test("after any changes the book equals a sorted map that forgets its worst level", () => {
  const change = fc.record({
    side: fc.constantFrom<"bid" | "ask">("bid", "ask"),
    price: fc.integer({ min: 1, max: 60 }).map((cents) => 84_000 + cents / 100),
    size: fc.oneof(fc.constant(0), fc.double({ min: 1e-8, max: 50, noNaN: true })),
    clear: fc.integer({ min: 0, max: 99 }).map((throwOf) => throwOf === 0),
  });
  const depths = fc.integer({ min: 1, max: 20 });
  fc.assert(
    fc.property(depths, fc.array(change, { maxLength: 300 }), (depth, changes) => {
      const book = new SpotBook(depth);
      const { prices, sizes } = book.bids;
      const plain = { bid: new Map<number, number>(), ask: new Map<number, number>() };
      const fallen: Record<"bid" | "ask", number[]> = { bid: [], ask: [] };
      const sorted = (side: "bid" | "ask") =>
        [...plain[side]].sort(([one], [other]) => side === "bid" ? other - one : one - other);
      for (const { side, price, size, clear } of changes) {
        if (clear) {
          book.clear();
          for (const each of [plain.bid, plain.ask]) each.clear();
          fallen.bid = [];
          fallen.ask = [];
        }
        book.set(side, price, size);
        if (size === 0) plain[side].delete(price);
        else plain[side].set(price, size);
        for (const [worst] of sorted(side).slice(depth)) {
          plain[side].delete(worst);
          fallen[side].push(worst);
        }
        assert.deepEqual(levelsOf(book.bids), sorted("bid"));
        assert.deepEqual(levelsOf(book.asks), sorted("ask"));
        assert.equal(book.bids.fallen, fallen.bid.length === 0 ? null : Math.max(...fallen.bid));
        assert.equal(book.asks.fallen, fallen.ask.length === 0 ? null : Math.min(...fallen.ask));
        const before = Math.min(...fallen.ask);
        assert.equal(book.whole("ask"), sorted("ask").filter(([at]) => at < before).length);
      }
      assert.ok(prices === book.bids.prices && sizes === book.bids.sizes && prices.length === depth);
    }),
    { seed: 3, numRuns: 500 },
  );
});
