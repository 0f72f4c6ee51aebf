import assert from "node:assert/strict";
import fc from "fast-check";
import { sampleMarket } from "../../src/server/fake_sources.ts";
import {
  chooseMarkets,
  FILTERS,
  type MarketChoice,
  type MarketFilter,
  type MarketOrder,
  ORDERS,
} from "./market_choice.ts";

const CHOICE: MarketChoice = { search: "", filter: "all", order: "closes", descending: false };
const AT = ["2026-09-25T19:15:00.000Z", "2026-09-25T19:30:00.000Z"];

const MARKETS = [
  sampleMarket("KXBTC-A", { edge: 0.02, bid: "0.1000", closeTime: AT[1], whyNot: null }),
  sampleMarket("KXBTC-B", { edge: null, bid: null, closeTime: AT[0], whyNot: "Edge below the least wanted" }),
  sampleMarket("KXETH-C", {
    edge: -0.01,
    bid: "0.0900",
    closeTime: AT[0],
    bookPhase: "stale",
    whyNot: "Book is stale",
  }),
].map((market) => [market.ticker, market] as const);

const CASES: readonly (readonly [claim: string, choice: Partial<MarketChoice>, wanted: readonly string[]])[] = [
  ["the soonest to close come first, of those what is quoted on both sides", {}, ["KXETH-C", "KXBTC-B", "KXBTC-A"]],
  ["the greatest edge comes first, and none at all last", { order: "edge", descending: true }, [
    "KXBTC-A",
    "KXETH-C",
    "KXBTC-B",
  ]],
  ["without a bid a market is last whichever way", { order: "bid" }, ["KXETH-C", "KXBTC-A", "KXBTC-B"]],
  ["a search finds names in letters of either size", { search: " eth" }, ["KXETH-C"]],
  ["a search finds reasons", { search: "least wanted" }, ["KXBTC-B"]],
  ["what may trade", { filter: "tradable" }, ["KXBTC-A"]],
  ["what is held or ordered", { filter: "held" }, ["KXETH-C"]],
  ["what has an edge", { filter: "edge" }, ["KXBTC-A"]],
  ["whose book is not in order", { filter: "trouble" }, ["KXETH-C"]],
];

for (const [claim, choice, wanted] of CASES) {
  Deno.test(`the table of markets: ${claim}`, () => {
    const chosen = chooseMarkets(MARKETS, { ...CHOICE, ...choice }, new Set(["KXETH-C"]));
    assert.deepEqual(chosen.map(([ticker]) => ticker), wanted);
  });
}

Deno.test("every order gives the same rows the same way, whatever order they came in", () => {
  const anyMarket = fc.record({
    edge: fc.option(fc.double({ noNaN: false })),
    bid: fc.constantFrom("0.1000", "0.2000", null, "NaN"),
    strike: fc.option(fc.double()),
  });
  fc.assert(
    fc.property(
      fc.array(anyMarket, { maxLength: 12 }),
      fc.constantFrom(...Object.keys(ORDERS) as MarketOrder[]),
      fc.constantFrom(...Object.keys(FILTERS) as MarketFilter[]),
      fc.boolean(),
      (changes, order, filter, descending) => {
        const rows = changes.map((change, k) => [`T${k}`, sampleMarket(`T${k}`, change)] as const);
        const choice: MarketChoice = { search: "", filter, order, descending };
        const names = (from: typeof rows) => chooseMarkets(from, choice, new Set(["T1"])).map(([ticker]) => ticker);
        assert.deepEqual(names(rows), names(rows.toReversed()));
      },
    ),
    { seed: 20 },
  );
});
