import assert from "node:assert/strict";
import type { OrderView } from "../../src/engine/view.ts";
import { ladder, type LadderMarket } from "./ladder.ts";

const MARKET: LadderMarket = { ticker: "T", bid: "0.5400", bidSize: "320.00", ask: "0.5600", askSize: "145.00" };

const order = (changes: Partial<OrderView>): OrderView => ({
  clientOrderId: "k-1",
  orderId: null,
  ticker: "T",
  side: "bid",
  price: "0.5300",
  count: "20.00",
  filled: "8.00",
  phase: "resting",
  strategy: "s",
  signal: "s",
  queueAhead: null,
  sentAt: "2026-09-25T19:00:00Z",
  ...changes,
});

const prices = (market: LadderMarket, ...orders: OrderView[]) =>
  ladder(market, orders).map(({ price, bid, ask, ownBid, ownAsk }) => [price, bid, ask, ownBid, ownAsk]);

Deno.test("a ladder goes from the best offer down to the best bid, our orders among them", () => {
  assert.deepEqual(prices(MARKET, order({}), order({ side: "ask", price: "0.5600", filled: "0.00" })), [
    ["0.5600", null, "145.00", 0, 2_000],
    ["0.5400", "320.00", null, 0, 0],
    ["0.5300", null, null, 1_200, 0],
  ]);
});

Deno.test("orders at one price stand together, and what is over or of another market is left out", () => {
  assert.deepEqual(
    prices(
      MARKET,
      order({ price: "0.5400", filled: "0.00", count: "1.50" }),
      order({ price: "0.5400", filled: "0.00", count: "2.00", phase: "unknown" }),
      order({ phase: "cancelled" }),
      order({ count: "8.00" }),
      order({ ticker: "U" }),
    ),
    [["0.5600", null, "145.00", 0, 0], ["0.5400", "320.00", null, 350, 0]],
  );
});

Deno.test("an empty book has no row, and numbers that are none make none", () => {
  const empty = { ...MARKET, bid: null, bidSize: null, ask: null, askSize: null };
  assert.deepEqual(prices(empty), []);
  assert.deepEqual(prices(empty, order({ price: "NaN" }), order({ count: "NaN" })), []);
});
