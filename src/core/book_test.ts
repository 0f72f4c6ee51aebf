import assert from "node:assert/strict";
import fc from "fast-check";
import { Book } from "./book.ts";
import type { Level } from "./input.ts";
import { count, micros, price } from "./units.ts";

const level = (at: number, size: number): Level => [price(at), count(size)];
const at = micros(1);

Deno.test("a new book is empty and ignores changes until its snapshot", () => {
  const book = new Book();
  assert.equal(book.phase, "empty");
  book.awaitSnapshot();
  assert.equal(book.phase, "syncing");
  assert.equal(book.change("yes", price(5000), count(100), at), "ignored");
  assert.equal(book.bid, null);
  assert.equal(book.ask, null);
});

Deno.test("a snapshot with one side missing makes a synced book with that side empty", () => {
  const book = new Book();
  book.replace([level(4700, 300)], [], at);
  assert.equal(book.phase, "synced");
  assert.equal(book.bid, 4700);
  assert.equal(book.ask, null);
  assert.equal(book.askSize, 0);
  assert.equal(book.isTradable, true);
});

Deno.test("the YES ask is one dollar less the best NO bid, and sizes carry over", () => {
  const book = new Book();
  book.replace([level(4700, 300)], [level(100, 5), level(4800, 275)], at);
  assert.equal(book.ask, 5200);
  assert.equal(book.askSize, 275);
  assert.equal(book.sizeAgainst("bid", price(5200)), 275);
  assert.equal(book.sizeAgainst("ask", price(4700)), 300);
});

Deno.test("a change below zero changes nothing and makes the book stale until a snapshot", () => {
  const book = new Book();
  book.replace([level(4700, 300)], [level(4800, 275)], at);
  assert.equal(book.change("yes", price(4700), count(-301), at), "negative");
  assert.equal(book.phase, "stale");
  assert.match(book.staleReason, /below zero/);
  assert.equal(book.bidSize, 300);
  assert.equal(book.change("yes", price(4700), count(10), at), "ignored");
  book.replace([level(4600, 1)], [], at);
  assert.equal(book.phase, "synced");
  assert.equal(book.staleReason, "");
});

Deno.test("a locked or crossed book is kept but is not tradable", () => {
  const book = new Book();
  book.replace([level(5200, 100)], [level(4800, 100)], at);
  assert.equal(book.isCrossed, true);
  assert.equal(book.isTradable, false);
  book.change("no", price(4800), count(-100), at);
  assert.equal(book.isTradable, true);
});

Deno.test("sub-cent and centi-cent prices keep what the book held before", () => {
  const book = new Book();
  book.replace([level(50, 100), level(4700, 300)], [], at);
  assert.equal(book.change("yes", price(4703), count(50), at), "applied");
  assert.deepEqual(book.yes.top(5), [[4703, 50], [4700, 300], [50, 100]]);
  assert.equal(book.yes.total, 450);
  assert.equal(book.yes.levels, 3);
});

Deno.test("best price, level count and total agree with a plain map after any changes", () => {
  const change = fc.record({
    at: fc.oneof(fc.integer({ min: 1, max: 99 }).map((cents) => cents * 100), fc.integer({ min: 1, max: 9_999 })),
    delta: fc.integer({ min: -500, max: 500 }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const book = new Book();
      book.replace([], [], at);
      const plain = new Map<number, number>();
      for (const { at: where, delta } of changes) {
        const after = (plain.get(where) ?? 0) + delta;
        if (after < 0) continue;
        assert.equal(book.change("yes", price(where), count(delta), at), "applied");
        if (after === 0) plain.delete(where);
        else plain.set(where, after);
        assert.equal(book.yes.best, Math.max(0, ...plain.keys()));
      }
      assert.equal(book.yes.levels, plain.size);
      assert.equal(book.yes.total, [...plain.values()].reduce((sum, size) => sum + size, 0));
    }),
    { seed: 7 },
  );
});
