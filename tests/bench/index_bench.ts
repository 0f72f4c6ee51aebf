/**
 * The composite index: seven whole books at once, within 200 us (a fifth of a thousandth of its second).
 */

import { CompositeIndex } from "../../src/core/composite_index.ts";
import { indexParametersOf } from "../../src/core/index_parameters.ts";
import { SpotBook } from "../../src/core/spot_book.ts";

const EXCHANGES = 7;

/** A book of so many levels a side, a dollar or two apart, its sizes uneven and a few of them large. */
function bookOf(levels: number, exchange: number): SpotBook {
  const book = new SpotBook();
  for (let level = 0; level < levels; level++) {
    const distance = 0.5 + level * (1 + (exchange + level) % 3 / 2);
    const size = (level * 37 + exchange * 11) % 53 === 0 ? 40 : 0.05 + (level * 7 + exchange * 3) % 17 / 10;
    book.set("bid", 84_000 + exchange - distance, size);
    book.set("ask", 84_000 + exchange + distance, size);
  }
  return book;
}

for (const levels of [50, 200, 1_000]) {
  const parameters = indexParametersOf("BTC");
  if (parameters === null) throw new Error("No index of BTC");
  const index = new CompositeIndex(parameters, EXCHANGES);
  const books = Array.from({ length: EXCHANGES }, (_, exchange) => bookOf(levels, exchange));
  Deno.bench(`composite index, ${EXCHANGES} books of ${levels} levels`, { group: "composite index" }, () => {
    for (let exchange = 0; exchange < EXCHANGES; exchange++) {
      const { bids, asks } = books[exchange];
      index.offer(exchange, bids, asks, 0);
    }
    if (index.value() === null) throw new Error("No index");
  });
}
