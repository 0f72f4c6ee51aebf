import assert from "node:assert/strict";
import { Book } from "../core/book.ts";
import { aMarket } from "../core/market_fixture.ts";
import { type Count, micros, type Price } from "../core/units.ts";
import { QuoteHistory } from "./quote_history.ts";

const SECOND = 1_000_000;

function quoted(bid: number, probability: number, closed = false) {
  const book = new Book();
  book.replace([[bid as Price, 100 as Count]], [], micros(1));
  return { market: aMarket(), book, probability, closed };
}

Deno.test("a market's whole life is told in a bounded number of points, evenly", () => {
  const history = new QuoteHistory();
  for (let second = 0; second < 4 * 3_600; second++) {
    history.look(micros(second * SECOND), new Map([["A", quoted(4_000 + second % 100, 0.5)]]));
  }
  const points = history.of("A");
  assert.ok(points.length > 80 && points.length <= 160, `${points.length} points`);
  assert.equal(points[0].at, 0);
  assert.ok(points[points.length - 1].at > 3.9 * 3_600 * SECOND);
  const gaps = new Set(points.slice(1).map(({ at }, k) => at - points[k].at));
  assert.equal(gaps.size, 1, `${[...gaps]}`);
  assert.deepEqual([points[0].bid, points[0].ask, points[0].probability], [4_000, null, 0.5]);
});

Deno.test("each point is told as it was, also after others have gone", () => {
  const history = new QuoteHistory();
  const [from, to] = [1_790_000_000, 1_790_000_500];
  for (let second = from; second < to; second++) {
    history.look(micros(second * SECOND), new Map([["A", quoted(1 + second % 5_000, (second % 1_000) / 1_000)]]));
    const points = history.of("A");
    assert.equal(points[0].at, from * SECOND);
    for (const { at, bid, ask, probability } of points) {
      const then = at / SECOND;
      assert.deepEqual([bid, ask, probability], [1 + then % 5_000, null, (then % 1_000) / 1_000], `${then - from} s`);
    }
  }
});

Deno.test("a closed market is told no further, a probability that is none is not told, and what has gone is forgotten", () => {
  const history = new QuoteHistory();
  history.look(micros(0), new Map([["A", quoted(4_000, NaN)], ["B", quoted(4_000, 0.4)]]));
  history.look(micros(2 * SECOND), new Map([["A", quoted(4_100, NaN, true)], ["B", quoted(4_100, 0.4)]]));
  assert.deepEqual(history.of("A").map(({ bid, probability }) => [bid, probability]), [[4_000, null]]);
  assert.equal(history.of("B").length, 2);
  history.look(micros(3 * SECOND), new Map([["A", quoted(4_100, NaN, true)]]));
  assert.deepEqual(history.of("B"), []);
});
