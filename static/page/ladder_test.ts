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
  ladder(market, null, orders).map((
    { price, bid, ask, ownBid, ownAsk },
  ) => [price, bid, ask, ownBid?.left ?? 0, ownAsk?.left ?? 0]);

Deno.test("a ladder goes from the best offer down to the best bid, our orders among them", () => {
  assert.deepEqual(prices(MARKET, order({}), order({ side: "ask", price: "0.5600", filled: "0.00" })), [
    ["0.5600", null, "145.00", 0, 2_000],
    ["0.5400", "320.00", null, 0, 0],
    ["0.5300", null, null, 1_200, 0],
  ]);
});

Deno.test("the whole book stands in it where that is known, each size as a share of the largest", () => {
  const depth = {
    bids: [{ price: "0.5400", count: "320.00" }, { price: "0.5300", count: "640.00" }],
    asks: [{ price: "0.5600", count: "160.00" }],
  };
  const rows = ladder(MARKET, depth, [order({ queueAhead: "310.00" })]);
  assert.deepEqual(rows.map(({ price, bid, ask, share }) => [price, bid, ask, share]), [
    ["0.5600", null, "160.00", 0.25],
    ["0.5400", "320.00", null, 0.5],
    ["0.5300", "640.00", null, 1],
  ]);
  assert.deepEqual(rows[2].ownBid, { left: 1_200, ahead: 31_000 });
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

Deno.test("of several orders at one price the place of the first counts, as far as it is known", () => {
  const [, row] = ladder(
    MARKET,
    null,
    ["40.00", null, "15.50"].map((queueAhead) => order({ price: "0.5400", queueAhead })),
  );
  assert.deepEqual(row.ownBid, { left: 3_600, ahead: 1_550 });
});

Deno.test("an empty book has no row, and numbers that are none make none", () => {
  const empty = { ...MARKET, bid: null, bidSize: null, ask: null, askSize: null };
  assert.deepEqual(prices(empty), []);
  assert.deepEqual(prices(empty, order({ price: "NaN" }), order({ count: "NaN" })), []);
  const broken = ladder(MARKET, { bids: [{ price: "0.5400", count: "NaN" }], asks: [] }, []);
  assert.deepEqual(broken.map(({ share }) => share), [0]);
});
