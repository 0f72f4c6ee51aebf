import assert from "node:assert/strict";
import fc from "fast-check";
import type { Side } from "../../core/order.ts";
import { type Count, count, type Price, price } from "../../core/units.ts";
import { type MatchableOrder, MatchingBook } from "./matching.ts";

interface TestOrder extends MatchableOrder {
  readonly name: string;
}

function order(name: string, side: Side, at: number, size: number, owner = 1): TestOrder {
  return { name, owner, side, price: price(at), remaining: count(size) };
}

function bookOf(...orders: TestOrder[]): MatchingBook<TestOrder> {
  const book = new MatchingBook<TestOrder>();
  for (const each of orders) book.rest(each);
  return book;
}

const matched = (book: MatchingBook<TestOrder>, taker: TestOrder, prevention: "taker_at_cross" | "maker") =>
  book.match(taker, prevention).steps.map((step) => `${step.type} ${step.maker.name} ${step.count}`);

Deno.test("the best price trades first, and at one price the oldest order", () => {
  const book = bookOf(
    order("late", "ask", 5000, 100),
    order("worse", "ask", 5200, 100),
    order("later", "ask", 5000, 100),
    order("best", "ask", 4900, 50),
  );
  assert.deepEqual(matched(book, order("taker", "bid", 5100, 200, 2), "taker_at_cross"), [
    "match best 50",
    "match late 100",
    "match later 50",
  ]);
  assert.deepEqual(book.levels("ask"), [[5200, 100], [5000, 50]]);
});

Deno.test("an order that was made smaller keeps its place, and one that came back stands last", () => {
  const first = order("first", "bid", 4000, 300);
  const second = order("second", "bid", 4000, 100);
  const book = bookOf(first, second);
  book.reduce(first, count(200));
  assert.equal(book.ahead(second), 100);
  book.remove(first);
  book.rest(first);
  assert.equal(book.ahead(second), 0);
  assert.equal(book.ahead(first), 100);
});

Deno.test("taker_at_cross stops at the owner's own order and leaves it", () => {
  const book = bookOf(
    order("other", "ask", 5000, 100, 2),
    order("own", "ask", 5000, 100, 1),
    order("far", "ask", 5100, 100, 2),
  );
  const taker = order("taker", "bid", 6000, 400, 1);
  const outcome = book.match(taker, "taker_at_cross");
  assert.equal(outcome.stoppedBySelf, true);
  assert.equal(outcome.steps.length, 1);
  assert.equal(taker.remaining, 300);
  assert.deepEqual(book.levels("ask"), [[5100, 100], [5000, 100]]);
});

Deno.test("maker mode takes the owner's own order away and goes on", () => {
  const book = bookOf(order("own", "ask", 5000, 100, 1), order("other", "ask", 5100, 100, 2));
  assert.deepEqual(matched(book, order("taker", "bid", 6000, 100, 1), "maker"), [
    "maker_cancelled own 100",
    "match other 100",
  ]);
  assert.equal(book.best("ask"), null);
});

Deno.test("what a price can trade counts other owners only", () => {
  const book = bookOf(
    order("own", "bid", 5000, 100, 1),
    order("other", "bid", 4900, 70, 2),
    order("low", "bid", 4000, 10, 2),
  );
  assert.equal(book.fillable("ask", price(4900), 1), 70);
  assert.equal(book.meetsOwn("ask", price(5000), 1), true);
  assert.equal(book.meetsOwn("ask", price(5100), 1), false);
});

const anyOrder = fc.record({
  side: fc.constantFrom<Side>("bid", "ask"),
  at: fc.integer({ min: 1, max: 30 }),
  size: fc.integer({ min: 1, max: 500 }),
  owner: fc.integer({ min: 1, max: 4 }),
  prevention: fc.constantFrom("taker_at_cross" as const, "maker" as const),
  rests: fc.boolean(),
  cancels: fc.nat(20),
});

Deno.test("whatever arrives: never crossed, no contract appears or is lost, levels add up", () => {
  fc.assert(
    fc.property(fc.array(anyOrder, { maxLength: 80 }), (arrivals) => {
      const book = new MatchingBook<TestOrder>();
      const resting: TestOrder[] = [];
      for (const [number, arrival] of arrivals.entries()) {
        const taker = order(`${number}`, arrival.side, arrival.at * 100, arrival.size, arrival.owner);
        const { steps, stoppedBySelf } = book.match(taker, arrival.prevention);
        const traded = steps.reduce((sum, step) => sum + (step.type === "match" ? step.count : 0), 0);
        assert.equal(traded + taker.remaining, arrival.size);
        for (const step of steps) {
          if (step.type === "match") assert.notEqual(step.maker.owner, taker.owner);
        }
        if (arrival.rests && !stoppedBySelf && taker.remaining > 0) {
          book.rest(taker);
          resting.push(taker);
        }
        const victim = resting.at(arrival.cancels);
        if (victim !== undefined) assert.equal(book.remove(victim), victim.remaining > 0);
        if (victim !== undefined) resting.splice(resting.indexOf(victim), 1);
        checkBook(book, resting.filter((each) => each.remaining > 0));
      }
    }),
    { seed: 42, numRuns: 200 },
  );
});

function checkBook(book: MatchingBook<TestOrder>, resting: readonly TestOrder[]): void {
  const bid = book.best("bid");
  const ask = book.best("ask");
  if (bid !== null && ask !== null) assert.ok(bid < ask, `crossed: ${bid} ${ask}`);
  for (const side of ["bid", "ask"] as const) {
    const sums = new Map<Price, number>();
    for (const each of resting) {
      if (each.side === side) sums.set(each.price, (sums.get(each.price) ?? 0) + each.remaining);
    }
    const wanted = [...sums].sort(([a], [b]) => (side === "bid" ? a - b : b - a)) as [Price, Count][];
    assert.deepEqual(book.levels(side), wanted);
  }
}
