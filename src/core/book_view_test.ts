import assert from "node:assert/strict";
import fc from "fast-check";
import { Book } from "./book.ts";
import { PartialBook } from "./book_view.ts";
import { count, micros, price } from "./units.ts";

function bookOf(yes: readonly (readonly [number, number])[], no: readonly (readonly [number, number])[]): Book {
  const book = new Book();
  const levels = (from: readonly (readonly [number, number])[]) =>
    from.map(([at, n]) => [price(at), count(n)] as const);
  book.replace(levels(yes), levels(no), micros(1));
  return book;
}

Deno.test("what is not there is neither shown nor counted: a level of nothing else is skipped", () => {
  const book = bookOf([[5_000, 300], [4_900, 200], [4_800, 100]], [[4_700, 500]]);
  const own: Record<string, number> = { "yes 5000": 300, "yes 4900": 50, "no 4700": 100 };
  const view = new PartialBook(book, (side, at) => own[`${side} ${at}`] ?? 0);
  assert.deepEqual([view.bid, view.bidSize, view.ask, view.askSize], [4_900, 150, 5_300, 400]);
  assert.deepEqual(view.yes.top(5), [[4_900, 150], [4_800, 100]]);
  assert.equal(view.yes.below(price(4_900)), 4_800);
  assert.deepEqual([view.sizeAgainst("bid", price(5_300)), view.sizeAgainst("ask", price(5_000))], [400, 0]);
  assert.deepEqual([view.phase, view.isTradable, view.updatedAt], ["synced", true, 1]);
});

Deno.test("where nothing is left of a side it is empty", () => {
  const view = new PartialBook(bookOf([[5_000, 300]], []), () => 300);
  assert.deepEqual([view.bid, view.bidSize, view.ask, view.yes.best, view.yes.top(3)], [null, 0, null, 0, []]);
});

Deno.test("a partial book is the book that the others would make alone", () => {
  const side = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 99 }), fc.nat(50), fc.nat(50)), {
    maxLength: 12,
    selector: ([at]) => at,
  });
  fc.assert(
    fc.property(side, side, (yes, no) => {
      const whole = (levels: typeof yes) => levels.map(([at, others, own]) => [at * 100, others + own] as const);
      const alone = (levels: typeof yes) => levels.map(([at, others]) => [at * 100, others] as const);
      const book = bookOf(whole(yes), whole(no));
      const others = bookOf(alone(yes), alone(no));
      const ownAt = (from: typeof yes, at: number) => from.find(([each]) => each * 100 === at)?.[2] ?? 0;
      const view = new PartialBook(book, (of, at) => ownAt(of === "yes" ? yes : no, at));
      assert.deepEqual(
        [view.bid, view.bidSize, view.ask, view.askSize, view.yes.top(20), view.no.top(20)],
        [others.bid, others.bidSize, others.ask, others.askSize, others.yes.top(20), others.no.top(20)],
      );
    }),
  );
});
