/**
 * The arbitrage scan's budget of DESIGN.md 7: 10,000 markets in ladders of 100, all three kinds, 50 us. Beside C and NumPy
 * it stands in arbitrage_bench_native.ts. And what the strategy makes of a ladder, its quotes read anew.
 */

import { SCAN, type Slot } from "../../src/models/arbitrage.ts";
import { count, price } from "../../src/core/units.ts";
import { arbitrage } from "../../src/strategies/arbitrage.ts";
import { groupOf, ladder } from "../../src/strategies/arbitrage_fixture.ts";
import { register } from "../../src/strategies/registry.ts";
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

const RUNGS = 100;
/** Strikes in order, none of them worth a set, or the last two out of order. */
const rungs = (last: number) =>
  groupOf(
    ladder(
      Array.from({ length: RUNGS }, (_, at) => at === RUNGS - 1 ? [last, last + 2] : [97 - at * 0.9, 99 - at * 0.9]),
    ),
  );
const strategy = register(arbitrage).bind({});

for (const [name, last] of [["without a set", 5], ["with one", 30]] as const) {
  const view = rungs(last);
  Deno.bench(`decision about a ladder of 100 markets, ${name}`, { group: "arbitrage strategy" }, () => {
    strategy.decideGroup(view);
  });
}
