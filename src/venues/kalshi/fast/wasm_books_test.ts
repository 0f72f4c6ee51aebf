import assert from "node:assert/strict";
import fc from "fast-check";
import { Book } from "../../../core/book.ts";
import type { BookDeltaInput, BookSnapshotInput, Level } from "../../../core/input.ts";
import type { Count, Micros, Price } from "../../../core/units.ts";
import { WasmBooks } from "./wasm_books.ts";

const AT = 1_790_000_000_000_000 as Micros;
const A = "KXA-26MAY25";
const B = "KXB-26MAY25-T1";

const point = (seq: number, sid = 2, connection = 1) => ({ connection, sid, seq });

const snapshot = (
  seq: number,
  ticker: string,
  yes: readonly Level[],
  no: readonly Level[] = [],
): BookSnapshotInput => ({
  type: "book_snapshot",
  at: AT,
  ticker,
  sequence: point(seq),
  yes,
  no,
  exchangeTime: null,
});

const delta = (seq: number, ticker: string, side: "yes" | "no", price: number, change: number): BookDeltaInput => ({
  type: "book_delta",
  at: AT,
  ticker,
  sequence: point(seq),
  side,
  price: price as Price,
  delta: change as Count,
  exchangeTime: null,
});

const level = (price: number, size: number): Level => [price as Price, size as Count];

Deno.test("a snapshot fills a book, changes change it, each market has its own", () => {
  const books = new WasmBooks();
  assert.equal(books.phase(A), "empty");
  books.take(snapshot(1, A, [level(4_700, 300), level(4_710, 150)], [level(4_800, 200)]));
  books.take(snapshot(2, B, []));
  books.take(delta(3, A, "yes", 4_710, -150));
  books.take(delta(4, B, "no", 105, 725));
  assert.deepEqual([books.best(A, "yes"), books.levels(A, "yes"), books.best(A, "no")], [4_700, 1, 4_800]);
  assert.deepEqual([books.best(B, "yes"), books.best(B, "no"), books.sizeAt(B, "no", 105 as Price)], [0, 105, 725]);
  books.take(snapshot(5, A, [level(100, 1)]));
  assert.deepEqual([books.best(A, "yes"), books.best(A, "no"), books.levels(A, "no")], [100, 0, 0]);
});

/** What comes after a synced book, and the phase that it leaves. */
const TROUBLES: readonly (readonly [name: string, after: readonly BookDeltaInput[], phase: string, size: number])[] = [
  ["a repeated change is passed over", [delta(1, A, "yes", 4_700, 500)], "synced", 300],
  ["a gap makes the book stale", [delta(3, A, "yes", 4_700, 500)], "stale", 300],
  ["a gap seen in another market does, too", [delta(3, B, "yes", 4_700, 500)], "stale", 300],
  ["a level below zero does, too", [delta(2, A, "yes", 4_700, -500)], "stale", 300],
  ["a stale book takes nothing", [delta(3, A, "no", 10, 1), delta(4, A, "yes", 4_700, 500)], "stale", 300],
  [
    "a change of a market without a book is no gap",
    [delta(2, B, "no", 10, 1), delta(3, A, "yes", 4_700, 1)],
    "synced",
    301,
  ],
];

for (const [name, after, phase, size] of TROUBLES) {
  Deno.test(`a book in WASM: ${name}`, () => {
    const books = new WasmBooks();
    books.take(snapshot(1, A, [level(4_700, 300)]));
    for (const each of after) books.take(each);
    assert.deepEqual([books.phase(A), books.sizeAt(A, "yes", 4_700 as Price)], [phase, size]);
    books.take(snapshot(10, A, [level(4_700, 7)]));
    assert.deepEqual([books.phase(A), books.sizeAt(A, "yes", 4_700 as Price)], ["synced", 7]);
  });
}

Deno.test("a reply that consumes a number leaves no gap", () => {
  const books = new WasmBooks();
  books.take(snapshot(1, A, [level(4_700, 300)]));
  assert.equal(books.observe(point(2)), "next");
  books.take(delta(3, A, "yes", 4_700, 1));
  assert.equal(books.phase(A), "synced");
  // A new connection counts from one again.
  assert.equal(books.observe(point(1, 1, 2)), "next");
});

Deno.test("two books that differ in a price, a size or a level disagree, unless one of them waits for a snapshot", () => {
  const books = new WasmBooks();
  books.take(snapshot(1, A, [level(4_700, 300), level(4_600, 5)], [level(4_800, 200)]));
  const own = (yes: readonly Level[], no: readonly Level[] = [level(4_800, 200)]): Book => {
    const book = new Book();
    book.replace(yes, no, AT);
    return book;
  };
  assert.equal(books.agreesWith(A, own([level(4_700, 300), level(4_600, 9)])), true, "what lies below is not compared");
  assert.equal(books.agreesWith(A, own([level(4_710, 300), level(4_600, 5)])), false);
  assert.equal(books.agreesWith(A, own([level(4_700, 301), level(4_600, 5)])), false);
  assert.equal(books.agreesWith(A, own([level(4_700, 300)])), false);
  assert.equal(books.agreesWith(A, own([])), false);
  assert.equal(books.agreesWith(A, own([level(4_700, 300), level(4_600, 5)], [])), false);
  const stale = own([]);
  stale.markStale("test");
  assert.equal(books.agreesWith(A, stale), true);
  assert.equal(books.agreesWith(B, own([])), true);
  books.markStale(A);
  assert.equal(books.agreesWith(A, own([])), true);
});

Deno.test("books in WASM are those of the engine after any changes", () => {
  const price = fc.oneof(fc.integer({ min: 1, max: 999 }).map((at) => at * 10), fc.integer({ min: 1, max: 9_999 }));
  const change = fc.record({
    market: fc.nat(2),
    side: fc.constantFrom("yes" as const, "no" as const),
    price,
    delta: fc.oneof(
      fc.integer({ min: -500, max: 500 }),
      fc.integer({ min: -2_000_000_000_000, max: 2_000_000_000_000 }),
    ),
    /** Now and then the market is dropped and comes back. */
    anew: fc.nat(20).map((n) => n === 0),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const books = new WasmBooks();
      const tickers = ["KXA-1", "KXA-2", "KXBTC15M-26MAY250300-00"];
      const own = new Map(tickers.map((ticker) => [ticker, new Book()]));
      let seq = 0;
      const begin = (ticker: string) => {
        books.take(snapshot(++seq, ticker, [level(5_000, 900)]));
        own.get(ticker)?.replace([level(5_000, 900)], [], AT);
      };
      tickers.forEach(begin);
      for (const { market, side, price: at, delta: by, anew } of changes) {
        const ticker = tickers[market];
        const book = own.get(ticker) ?? assert.fail();
        if (anew) {
          books.forget(ticker);
          begin(ticker);
        }
        books.take(delta(++seq, ticker, side, at, by));
        book.change(side, at as Price, by as Count, AT);
        assert.ok(books.agreesWith(ticker, book));
      }
      for (const [ticker, book] of own) {
        assert.equal(books.phase(ticker), book.phase);
        for (const side of ["yes", "no"] as const) {
          assert.equal(books.best(ticker, side), book[side].best);
          assert.equal(books.levels(ticker, side), book[side].levels);
          for (const [at, size] of book[side].top(1_000)) assert.equal(books.sizeAt(ticker, side, at), size);
        }
      }
    }),
    { seed: 29, numRuns: 200 },
  );
});

Deno.test("ten thousand markets have a book each, and those given back are used again", () => {
  const books = new WasmBooks();
  const names = Array.from({ length: 10_000 }, (_, k) => `KX${k.toString(36)}-26MAY25-T${k % 7}`);
  for (let round = 0; round < 4; round++) {
    names.forEach((name, k) =>
      books.take({ ...snapshot(1, name, [level((k % 999 + 1) * 10, k + 1 + round)]), sequence: null })
    );
    names.forEach((name, k) => {
      assert.equal(books.best(name, "yes"), (k % 999 + 1) * 10);
      assert.equal(books.sizeAt(name, "yes", (k % 999 + 1) * 10 as Price), k + 1 + round);
      assert.equal(books.levels(name, "yes"), 1);
    });
    if (round < 3) { for (const name of names) books.forget(name); }
  }
});

Deno.test("where there is no room for another book, nothing is said about its market", () => {
  const books = new WasmBooks();
  for (let k = 0; k < 16_384; k++) books.take({ ...snapshot(1, `K${k}`, []), sequence: null });
  assert.equal(books.phase("K16383"), "synced");
  books.take({ ...snapshot(1, "one more", [level(10, 1)]), sequence: null });
  assert.equal(books.phase("one more"), "empty");
  assert.equal(books.agreesWith("one more", new Book()), true);
});
