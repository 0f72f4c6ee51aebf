import assert from "node:assert/strict";
import { count, price } from "../core/units.ts";
import { after } from "../execution/order_fixture.ts";
import { accept, liveRig, RESTING, Rig, settlementEdge, standingOf, stateOf, TICKER } from "./engine_fixture.ts";

Deno.test("a gap makes the book stale, asks for it, and lets no order out until the snapshot", () => {
  const rig = new Rig();
  rig.market(290);
  for (let second = 290; second <= 300; second++) rig.index(second, second % 2 === 0 ? 84_200 : 84_205);
  rig.book(300.2, [[4_000, 10_000]], [[100, 10_000]], 1);
  rig.delta(300.3, "no", 4_900, 10_000, 3);
  assert.equal(stateOf(rig).book.phase, "stale");
  assert.deepEqual(rig.all("resync").map(({ tickers }) => tickers), [[TICKER]]);
  assert.equal(rig.engine.gaps, 1);
  rig.delta(300.4, "yes", 4_900, 10_000, 4);
  assert.equal(rig.placed.length, 0);
  assert.match(standingOf(rig).opinion?.refusal?.text ?? "", /stale/);
  rig.book(300.5, [[4_900, 10_000]], [[4_900, 10_000]], 5);
  assert.equal(rig.placed.length, 1);
});

Deno.test("repeated frames are not applied again", () => {
  const rig = new Rig();
  rig.market(1);
  rig.book(2, [[4_900, 100]], [[4_900, 100]], 1);
  rig.delta(3, "yes", 4_900, 50, 2);
  rig.delta(3, "yes", 4_900, 50, 2);
  rig.book(4, [[100, 1]], [[100, 1]], 1);
  assert.equal(stateOf(rig).book.bidSize, 150);
});

Deno.test("input sequence: a reply consumes its number, and a hole before it is a gap", () => {
  const rig = new Rig();
  rig.market(1);
  rig.book(2, [[4_900, 100]], [[4_900, 100]], 1);
  rig.step({ type: "sequence", at: after(3), sequence: { connection: 0, sid: 1, seq: 2 } });
  rig.delta(4, "yes", 4_900, 50, 3);
  assert.equal(stateOf(rig).book.phase, "synced");
  rig.step({ type: "sequence", at: after(5), sequence: { connection: 0, sid: 1, seq: 5 } });
  assert.equal(stateOf(rig).book.phase, "stale");
});

Deno.test("a change of a book that waits for its snapshot asks for it, once in five seconds", () => {
  const rig = new Rig();
  rig.market(1);
  for (const second of [2, 3, 4, 6.9, 7, 8, 11.9, 12]) rig.delta(second, "yes", 4_900, 50);
  assert.equal(rig.all("resync").length, 3);
});

Deno.test("a change below zero makes the book stale and asks for it", () => {
  const rig = new Rig();
  rig.market(1);
  rig.book(2, [[4_900, 100]], [[4_900, 100]]);
  rig.delta(3, "yes", 4_900, -101);
  assert.equal(stateOf(rig).book.phase, "stale");
  assert.deepEqual(rig.all("resync").map(({ tickers }) => tickers), [[TICKER]]);
});

Deno.test("a stale book of a quiet market is asked for again every five seconds", () => {
  const rig = new Rig();
  rig.market(1);
  rig.book(2, [[4_900, 100]], [[4_900, 100]]);
  rig.step({ type: "book_stale", at: after(3), tickers: [TICKER], reason: "An unreadable frame" });
  for (let second = 4; second <= 14; second++) rig.clock(second);
  assert.equal(rig.all("resync").length, 3);
  rig.book(15, [[4_900, 100]], [[4_900, 100]]);
  rig.clock(30);
  assert.equal(rig.all("resync").length, 3);
});

Deno.test("input book_stale for all: every book is stale at once, and resting orders are cancelled", () => {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  assert.equal(rig.placed[0].postOnly, true);
  accept(rig, 301, 0, rig.placed[0].count);
  rig.step({ type: "book_stale", at: after(302), tickers: "all", reason: "Connection lost" });
  assert.equal(stateOf(rig).book.phase, "stale");
  assert.deepEqual(rig.all("cancel").map(({ clientOrderId }) => clientOrderId), ["bot-1"]);
});

Deno.test("input trade: it fills the paper order that it reaches", () => {
  const rig = new Rig({ strategies: settlementEdge(RESTING) }).warmUp();
  const [order] = rig.placed;
  assert.deepEqual([order.side, order.postOnly, order.price], ["bid", true, 4_910]);
  rig.clock(300.6);
  rig.step({
    type: "trade",
    at: after(300.7),
    ticker: TICKER,
    tradeId: "x",
    price: price(4_910),
    count: count(300),
    takerSide: "ask",
    exchangeTime: after(300.7),
  });
  assert.equal(rig.engine.desk.ledger.position(TICKER)?.position, 300);
  const [trade] = rig.records("trade");
  assert.deepEqual([trade.isTaker, trade.fee, trade.signal], [false, 0, "baseline_gap"]);
  for (let second = 301; second < 310; second++) {
    rig.index(second, 84_200);
    rig.delta(second + 0.5, "yes", 100, 1);
  }
  assert.equal(rig.placed.length, 1, "it stays as long as it is wanted, cooldown or not");
  assert.equal(rig.all("cancel").length, 0);
});

Deno.test("input index: markets on it are repriced, an index that jumps by a tenth is refused", () => {
  const rig = new Rig().warmUp();
  const before = stateOf(rig).probability;
  assert.ok(before > 0.9);
  rig.index(301, 84_000);
  assert.ok(stateOf(rig).probability < before);
  const priced = stateOf(rig).probability;
  rig.index(302, 94_000);
  assert.equal(rig.engine.indices.get("BRTI")?.value, 84_000);
  assert.equal(stateOf(rig).probability, priced);
  rig.index(303, 3_000, "ETHUSD_RTI");
  assert.equal(stateOf(rig).probability, priced, "another index is another market's");
});
