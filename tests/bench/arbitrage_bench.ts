/**
 * The arbitrage scan's budget of DESIGN.md 7: 10,000 markets in ladders of 100, all three kinds, 50 us. Beside C and NumPy
 * it stands in arbitrage_bench_native.ts.
 */

import { SCAN, type Slot } from "../../src/models/arbitrage.ts";
import { count, price } from "../../src/core/units.ts";
import { makeBoard, makeFigures, makeGroups, MARKETS, openScanner } from "./arbitrage_bench_board.ts";

const figures = makeFigures();
const scanner = openScanner(makeGroups(figures), makeBoard(figures));
const slots = Array.from({ length: MARKETS }, (_, at) => scanner.slotOf(`S${at}`)).filter((at): at is Slot =>
  at !== null
);
const size = count(10_000);

for (const [name, kinds] of Object.entries(SCAN)) {
  Deno.bench(`arbitrage scan of 10,000 markets: ${name}`, { group: "arbitrage" }, () => {
    scanner.scan(kinds);
  });
}

Deno.bench("results of a scan, 64 of them", { group: "arbitrage" }, () => {
  scanner.results();
});

Deno.bench("10,000 changed quotes", { group: "arbitrage quotes" }, () => {
  for (const [at, slot] of slots.entries()) {
    scanner.setQuote(slot, price(figures.bid[at] * 100), size, price(figures.ask[at] * 100), size);
  }
});
