import assert from "node:assert/strict";
import { count, micros, price } from "../../core/units.ts";
import type { MemberOrder } from "./order.ts";
import type { CreateOrder, Placed } from "./order_requests.ts";
import { type QuietExchange, quietExchange } from "./quiet_exchange_fixture.ts";
import type { Refusal } from "./refusal.ts";

function create(quiet: QuietExchange, changes: Partial<CreateOrder>): Placed | Refusal {
  return quiet.exchange.desk.create(quiet.request(changes), quiet.exchange.now);
}

function place(quiet: QuietExchange, changes: Partial<CreateOrder>): MemberOrder {
  const placed = create(quiet, changes);
  if ("refused" in placed) assert.fail(`refused: ${placed.code} ${placed.details}`);
  return placed.order;
}

const address = (quiet: QuietExchange, order: MemberOrder) => ({
  orderId: order.id,
  subaccount: 0,
  shard: null,
  ticker: quiet.market.ticker,
});

const REFUSALS: readonly [string, Partial<CreateOrder>, string, number][] = [
  ["a market nobody knows", { ticker: "KXNONE-1" }, "not_found", 404],
  ["a market of another shard", { shard: 0 }, "not_found", 404],
  ["a price off the grid", { price: price(5_050) }, "invalid_price", 400],
  ["a price of a dollar", { price: price(10_000) }, "invalid_price", 400],
  ["no contracts", { count: count(0) }, "invalid_order_size", 400],
  ["post only at a price that trades", { postOnly: true, price: price(6_000) }, "invalid_order", 400],
  ["an expiry that has passed", { expiresAt: micros(1) }, "invalid_order", 400],
  [
    "an expiry on immediate-or-cancel",
    {
      expiresAt: micros(9e15),
      timeInForce: "immediate_or_cancel",
    },
    "invalid_order",
    400,
  ],
  ["more than the shard's cash", { count: count(10_000_000) }, "insufficient_balance", 400],
  [
    "fill-or-kill without enough to fill",
    {
      timeInForce: "fill_or_kill",
      price: price(6_000),
      count: count(100_000),
    },
    "fill_or_kill_insufficient_resting_volume",
    409,
  ],
  ["reduce-only without a position", { reduceOnly: true }, "invalid_order", 400],
];

for (const [what, changes, code, status] of REFUSALS) {
  Deno.test(`refused: ${what}`, () => {
    const quiet = quietExchange();
    quiet.offer("ask", 6_000, 10);
    const placed = create(quiet, changes);
    assert.ok("refused" in placed, "was accepted");
    assert.deepEqual([placed.code, placed.status], [code, status]);
    assert.equal(quiet.exchange.desk.orders.length, 0);
  });
}

Deno.test("orders before the open and after the close, cancels included, get MARKET_INACTIVE", () => {
  const quiet = quietExchange();
  quiet.exchange.advanceTo(micros(quiet.market.closeTime - 1));
  const order = place(quiet, { price: price(10) });
  const later = [...quiet.exchange.markets.values()].find((market) => market.status === "initialized");
  assert.ok(later !== undefined);
  const early = create(quiet, { ticker: later.ticker });
  assert.ok("refused" in early && early.code === "MARKET_INACTIVE");
  quiet.exchange.advanceTo(quiet.market.closeTime);
  assert.deepEqual([order.status, order.reason], ["canceled", "CloseCancel"]);
  const late = create(quiet, {});
  assert.ok("refused" in late && late.code === "MARKET_INACTIVE");
  const cancelled = quiet.exchange.desk.cancel(address(quiet, order), quiet.exchange.now);
  assert.ok("refused" in cancelled && cancelled.code === "MARKET_INACTIVE");
});

Deno.test("a client order id is taken for ever, also after its order was cancelled", () => {
  const quiet = quietExchange();
  const order = place(quiet, { clientOrderId: "once" });
  quiet.exchange.desk.cancel(address(quiet, order), quiet.exchange.now);
  const again = create(quiet, { clientOrderId: "once" });
  assert.ok("refused" in again && again.code === "order_already_exists" && again.status === 409);
});

Deno.test("a refused order does not take its client order id", () => {
  const quiet = quietExchange();
  assert.ok("refused" in create(quiet, { clientOrderId: "mine", price: price(5_050) }));
  place(quiet, { clientOrderId: "mine" });
});

Deno.test("a taker pays the makers' prices and the taker fee, and its answer carries the fills", () => {
  const quiet = quietExchange();
  quiet.offer("ask", 5_000, 4);
  quiet.offer("ask", 5_200, 10);
  const placed = create(quiet, { price: price(9_900), timeInForce: "immediate_or_cancel" });
  assert.ok("fills" in placed);
  assert.deepEqual(placed.fills.map((fill) => [fill.price, fill.count, fill.isTaker]), [[5_000, 400, true], [
    5_200,
    600,
    true,
  ]]);
  assert.equal(placed.order.status, "executed");
  assert.equal(placed.order.takerCost, 5_120_000);
  // 0.07 x 4 x 0.5 x 0.5 = 0.07; 0.07 x 6 x 0.52 x 0.48 = 0.104832, to the account's $0.0001: 0.1049.
  assert.equal(placed.order.takerFees, 70_000 + 104_900);
  assert.equal(quiet.exchange.desk.account.cash(2), 10_000_000_000 - 5_120_000 - 174_900);
});

Deno.test("a maker pays no fee and is told of each execution", () => {
  const quiet = quietExchange();
  const told: string[] = [];
  quiet.exchange.listen((event) => {
    if (event.type === "fill") told.push(`fill ${event.fill.count}`);
    if (event.type === "order") told.push(`${event.order.status} ${event.order.remaining} ${event.reason}`);
  });
  const order = place(quiet, {});
  quiet.offer("ask", 5_000, 4);
  quiet.offer("ask", 5_000, 6);
  assert.deepEqual(told, ["resting 1000 ", "fill 400", "resting 600 Trade", "fill 600", "executed 0 Trade"]);
  assert.equal(order.makerFees, 0);
  assert.equal(order.makerCost, 5_000_000);
});

Deno.test("what immediate-or-cancel does not fill is dropped", () => {
  const quiet = quietExchange();
  quiet.offer("ask", 5_000, 4);
  const order = place(quiet, { timeInForce: "immediate_or_cancel" });
  assert.deepEqual([order.status, order.filled, order.remaining], ["canceled", 400, 0]);
  assert.equal(quiet.market.book.best("bid"), null);
});

Deno.test("taker_at_cross cancels the taker's rest and leaves the own maker; maker mode does the opposite", () => {
  const quiet = quietExchange();
  const resting = place(quiet, { side: "bid", price: price(5_000) });
  const taker = place(quiet, { side: "ask", price: price(5_000) });
  assert.deepEqual([taker.status, taker.filled, taker.reason], ["canceled", 0, "SelfTradeCancel"]);
  assert.equal(resting.status, "resting");
  const winner = place(quiet, { side: "ask", price: price(5_000), prevention: "maker" });
  assert.deepEqual([resting.status, resting.reason], ["canceled", "SelfTradeCancel"]);
  assert.equal(winner.status, "resting");
});

Deno.test("a fill-or-kill that meets its owner's own order behaves like immediate-or-cancel", () => {
  const quiet = quietExchange();
  quiet.offer("ask", 4_900, 2);
  place(quiet, { side: "ask", price: price(5_000) });
  const order = place(quiet, { timeInForce: "fill_or_kill" });
  assert.deepEqual([order.status, order.filled], ["canceled", 200]);
});

Deno.test("an order leaves by itself when it expires", () => {
  const quiet = quietExchange();
  const expiresAt = micros(quiet.exchange.now + 3_000_000);
  const order = place(quiet, { expiresAt, price: price(10) });
  quiet.exchange.advanceTo(micros(expiresAt - 1));
  assert.equal(order.status, "resting");
  quiet.exchange.advanceTo(expiresAt);
  assert.deepEqual([order.status, order.reason], ["canceled", "ExpiryCancel"]);
});

Deno.test("a cancel needs the market or the crypto shard, otherwise there is no such order", () => {
  const quiet = quietExchange();
  const { desk, now } = quiet.exchange;
  const order = place(quiet, {});
  const bare = desk.cancel({ orderId: order.id, subaccount: 0, shard: null, ticker: null }, now);
  assert.ok("refused" in bare && bare.code === "not_found" && bare.status === 404);
  const cancelled = desk.cancel({ orderId: order.id, subaccount: 0, shard: 2, ticker: null }, now);
  assert.ok("order" in cancelled && cancelled.reducedBy === 1_000);
  const again = desk.cancel({ orderId: order.id, subaccount: 0, shard: 2, ticker: null }, now);
  assert.ok("refused" in again && again.code === "not_found");
});

Deno.test("cash on shard 0 cannot back a crypto order", () => {
  const quiet = quietExchange(["cash-on-shard-0"]);
  const placed = create(quiet, {});
  assert.ok("refused" in placed && placed.code === "insufficient_balance");
  assert.equal(quiet.exchange.desk.available(0), 10_000_000_000);
});

Deno.test("resting orders bind cash; an ask binds the price of NO; closing a position binds nothing", () => {
  const quiet = quietExchange();
  const { desk } = quiet.exchange;
  place(quiet, { side: "bid", price: price(4_000) });
  assert.equal(desk.available(2), 10_000_000_000 - 4_000_000);
  place(quiet, { side: "ask", price: price(7_000) });
  assert.equal(desk.available(2), 10_000_000_000 - 4_000_000 - 3_000_000);
  quiet.offer("ask", 4_000, 10);
  // The bid is filled: its cash is spent now, and the ask would only close what it bought.
  assert.equal(desk.account.contracts(quiet.market.ticker), 1_000);
  assert.equal(desk.available(2), 10_000_000_000 - 4_000_000);
});

Deno.test("a reduce-only order is cut to the position and leaves with it", () => {
  const quiet = quietExchange();
  quiet.offer("ask", 5_000, 5);
  place(quiet, { timeInForce: "immediate_or_cancel", count: count(500) });
  const exit = place(quiet, { side: "ask", price: price(8_000), reduceOnly: true, count: count(2_000) });
  assert.equal(exit.remaining, 500);
  quiet.offer("bid", 5_000, 3);
  place(quiet, { side: "ask", price: price(5_000), count: count(300), timeInForce: "immediate_or_cancel" });
  assert.deepEqual([exit.status, exit.remaining], ["resting", 200]);
  quiet.offer("bid", 5_000, 2);
  place(quiet, { side: "ask", price: price(5_000), count: count(200), timeInForce: "immediate_or_cancel" });
  assert.deepEqual([exit.status, exit.reason], ["canceled", "ReduceOnlyCancel"]);
});

Deno.test("an amendment keeps its place for less, loses it for more, and trades where it crosses", () => {
  const quiet = quietExchange();
  const { desk, now } = quiet.exchange;
  const order = place(quiet, { count: count(1_000) });
  quiet.offer("bid", 5_000, 3);
  assert.ok("order" in desk.amend(quiet.amendment(order.id, { count: count(600) }), now));
  assert.deepEqual([quiet.market.book.ahead(order), order.remaining], [0, 600]);
  assert.ok("order" in desk.amend(quiet.amendment(order.id, { count: count(900) }), now));
  assert.deepEqual([quiet.market.book.ahead(order), order.remaining], [300, 900]);
  quiet.offer("ask", 5_500, 2);
  const crossed = desk.amend(quiet.amendment(order.id, { price: price(5_500), count: count(900) }), now);
  assert.ok("fills" in crossed && crossed.fills.length === 1);
  assert.deepEqual([order.filled, order.remaining, order.price], [200, 700, 5_500]);
});

Deno.test("a decrease keeps the place; to nothing it cancels", () => {
  const quiet = quietExchange();
  const { desk, now } = quiet.exchange;
  const order = place(quiet, {});
  assert.ok("id" in desk.decrease(address(quiet, order), count(300), null, now));
  assert.equal(order.remaining, 700);
  const tooMuch = desk.decrease(address(quiet, order), null, count(800), now);
  assert.ok("refused" in tooMuch);
  desk.decrease(address(quiet, order), null, count(0), now);
  assert.equal(order.status, "canceled");
});

Deno.test("cancel-all takes everything that rests", () => {
  const quiet = quietExchange();
  const orders = [4_000, 4_100, 4_200].map((at) => place(quiet, { price: price(at) }));
  assert.equal(quiet.exchange.desk.cancelAll(null, quiet.exchange.now), null);
  assert.deepEqual(orders.map((order) => order.status), ["canceled", "canceled", "canceled"]);
  assert.equal(quiet.market.book.best("bid"), null);
});

Deno.test("a sweep is told as one delta per order hit, then the taker's rest, then the trades, at one time", () => {
  const quiet = quietExchange();
  quiet.offer("ask", 5_000, 1);
  quiet.offer("ask", 5_000, 2);
  quiet.offer("ask", 5_100, 3);
  const told: string[] = [];
  quiet.exchange.listen((event) => {
    if (event.type === "book") told.push(`${event.side} ${event.price} ${event.delta}`);
    if (event.type === "trade") told.push(`trade ${event.trade.price} ${event.trade.count}`);
  });
  place(quiet, { price: price(5_100), count: count(1_000) });
  assert.deepEqual(told, [
    "ask 5000 -100",
    "ask 5000 -200",
    "ask 5100 -300",
    "bid 5100 400",
    "trade 5000 100",
    "trade 5000 200",
    "trade 5100 300",
  ]);
});

Deno.test("one sweep through two reduce-only orders never turns the position round", () => {
  const quiet = quietExchange();
  quiet.offer("ask", 5_000, 10);
  place(quiet, { price: price(5_000) });
  const [near, far] = [6_000, 6_100].map((at) => place(quiet, { side: "ask", price: price(at), reduceOnly: true }));
  quiet.offer("bid", 6_200, 15);
  assert.equal(quiet.exchange.desk.account.contracts(quiet.market.ticker), 0);
  assert.deepEqual([near.status, near.filled], ["executed", 1_000]);
  assert.deepEqual([far.status, far.reason, far.filled], ["canceled", "ReduceOnlyCancel", 0]);
});

Deno.test("an amendment that would make a post-only order trade cancels it", () => {
  const quiet = quietExchange();
  quiet.offer("ask", 5_000, 1);
  const order = place(quiet, { price: price(4_000), postOnly: true });
  const amended = quiet.exchange.desk.amend(quiet.amendment(order.id, { price: price(5_000) }), quiet.exchange.now);
  assert.ok("order" in amended);
  assert.deepEqual([order.status, order.reason, order.filled], ["canceled", "PostOnlyCrossCancel", 0]);
});

Deno.test("an amendment names its order rightly or not at all", () => {
  const quiet = quietExchange();
  const order = place(quiet, { price: price(4_000), clientOrderId: "mine" });
  const refusals: readonly [Parameters<QuietExchange["amendment"]>[1], string][] = [
    [{ clientOrderId: "other" }, "order_id_and_client_order_id_mismatch"],
    [{ side: "ask" }, "order_side_mismatch"],
    [{ shard: 0 }, "not_found"],
    [{ subaccount: 1 }, "not_found"],
    [{ expiresAt: micros(1) }, "invalid_order"],
    [{ price: price(5_050) }, "invalid_price"],
    [{ count: count(0) }, "invalid_order_size"],
  ];
  for (const [changes, code] of refusals) {
    const amended = quiet.exchange.desk.amend(quiet.amendment(order.id, changes), quiet.exchange.now);
    assert.ok("refused" in amended && amended.code === code, code);
  }
  assert.equal(order.status, "resting");
});

Deno.test("a subaccount has money, positions and orders of its own, and never trades with its owner", () => {
  const quiet = quietExchange();
  const { desk } = quiet.exchange;
  const subaccount = desk.members.create() ?? assert.fail("no subaccount");
  const poor = create(quiet, { subaccount: 1 });
  assert.ok("refused" in poor && poor.code === "insufficient_balance");
  subaccount.deposit(2, desk.account.cash(2));
  quiet.offer("ask", 5_000, 3);
  place(quiet, { subaccount: 1, price: price(5_000) });
  assert.deepEqual([subaccount, desk.account].map((each) => each.contracts(quiet.market.ticker)), [300, 0]);
  const met = place(quiet, { side: "ask", price: price(5_000) });
  assert.deepEqual([met.status, met.reason], ["canceled", "SelfTradeCancel"]);
  const missing = create(quiet, { subaccount: 2 });
  assert.ok("refused" in missing && missing.code === "not_found");
});
