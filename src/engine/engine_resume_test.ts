import assert from "node:assert/strict";
import type { OrderRecord, PositionRecord, ResumeState, StateRecord } from "../core/record.ts";
import { count, money, price } from "../core/units.ts";
import { after, anIntent, aReport, EVIDENCE, NOON } from "../execution/order_fixture.ts";
import {
  accept,
  anAccount,
  engineOptions,
  liveRig,
  OTHER,
  RESTING,
  Rig,
  settlementEdge,
  TICKER,
} from "./engine_fixture.ts";
import { FRESH } from "./options.ts";

/** What the store hands to the next run: the records folded, as store/ does it. */
function folded(rig: Rig): ResumeState {
  const newest = new Map<string, StateRecord>();
  const settled = new Set<string>();
  for (const { record } of rig.all("record")) {
    if (record.kind === "order") newest.set(`order ${record.clientOrderId}`, record);
    if (record.kind === "position") newest.set(`position ${record.ticker}`, record);
    if (record.kind === "halt") newest.set(`halt ${record.name}`, record);
    if (record.kind === "account") newest.set("account", record);
    if (record.kind === "settlement") settled.add(record.ticker);
  }
  const all = [...newest.values()];
  const trades = rig.records("trade");
  return {
    account: all.find((record) => record.kind === "account") ?? null,
    positions: all.filter((record) => record.kind === "position").filter(({ ticker }) => !settled.has(ticker)),
    openOrders: all.filter((record) => record.kind === "order")
      .filter(({ phase }) => phase === "sent" || phase === "unknown" || phase === "resting"),
    halts: all.filter((record) => record.kind === "halt").filter(({ active, persistent }) => active && persistent),
    recentTradeIds: trades.map(({ tradeId }) => tradeId).reverse(),
    lastFillAt: trades.map(({ at, executedAt = at }) => executedAt).sort((a, b) => b - a)[0] ?? null,
  };
}

Deno.test("a live run that ends before it heard of its account leaves none, and what the next one hears is no deposit", () => {
  const first = new Rig({ execution: "live", capital: null });
  first.market(1);
  first.operator(2, "kill");
  first.clock(3);
  assert.deepEqual(first.records("account"), []);
  const state = folded(first);
  assert.equal(state.account, null);
  const again = new Rig({ execution: "live", capital: null, startedAt: after(10), resume: state });
  for (const second of [11, 45, 80]) again.account(second, 1_000_000_000);
  const { ledger } = again.engine.desk;
  assert.deepEqual([ledger.startingCapital, ledger.cash], [1_000_000_000, 1_000_000_000]);
  assert.deepEqual(again.records("audit").filter(({ event }) => event === "reconciled"), []);
});

Deno.test("restart on paper: position, profit, fees, counts and the next client order id go on", () => {
  const first = new Rig().warmUp();
  first.clock(301);
  first.clock(302);
  const { desk } = first.engine;
  const again = new Rig({ startedAt: after(310), resume: folded(first) });
  const resumed = again.engine.desk;
  assert.deepEqual(resumed.ledger.position(TICKER), desk.ledger.position(TICKER));
  assert.deepEqual(
    [resumed.ledger.cash, resumed.ledger.realised, resumed.ledger.fees, resumed.totals],
    [desk.ledger.cash, desk.ledger.realised, desk.ledger.fees, desk.totals],
  );
  again.market(310);
  again.settled(901, "yes");
  const { position: held = 0, cost = 0 } = desk.ledger.position(TICKER) ?? {};
  assert.ok(held > 0);
  // A dollar for each contract.
  const [bought, paid] = [cost + desk.ledger.fees, held * 10_000];
  assert.equal(again.records("settlement")[0].pnl, paid - bought);
  assert.equal(resumed.ledger.cash, 10_000_000_000 - bought + paid);
  const ids = new Set(first.placed.map(({ clientOrderId }) => clientOrderId));
  const third = new Rig({ resume: folded(first) }).warmUp();
  assert.ok(third.placed.length > 0 && third.placed.every(({ clientOrderId }) => !ids.has(clientOrderId)));
});

Deno.test("restart on paper: an order of the last run is over", () => {
  const first = new Rig({ strategies: settlementEdge(RESTING) }).warmUp();
  first.clock(301);
  const state = folded(first);
  assert.equal(state.openOrders.length, 1);
  const again = new Rig({ resume: state });
  assert.equal(again.engine.desk.orders.openCount, 0);
  again.clock(302);
  assert.equal(again.records("order")[0].phase, "cancelled");
});

Deno.test("restart live: an open order is unknown, blocks its market, is asked for, and its fills count once", () => {
  const first = liveRig({ strategies: settlementEdge(RESTING) });
  accept(first, 301, 0, 5_000);
  first.fill(302, { orderId: "o-bot-1", price: price(4_910), count: count(400) });
  const state = folded(first);
  const again = liveRig({ strategies: settlementEdge(RESTING), resume: state });
  assert.equal(again.placed.length, 0);
  assert.deepEqual(again.all("find_order")[0], {
    type: "find_order",
    clientOrderId: "bot-1",
    orderId: "o-bot-1",
    ticker: TICKER,
  });
  again.fill(303, { orderId: "o-bot-1", price: price(4_910), count: count(400) });
  again.fill(303, { tradeId: "t-2", orderId: "o-bot-1", price: price(4_910), count: count(100) });
  assert.equal(again.engine.desk.ledger.position(TICKER)?.position, 500);
  const initialCount = first.placed[0].count;
  again.step({
    type: "order_update",
    at: after(304),
    order: aReport({ orderId: "o-bot-1", initialCount, fillCount: count(500), status: "canceled" }),
  });
  assert.equal(again.engine.desk.orders.openCount, 0);
  again.index(305, 84_200);
  assert.equal(again.placed[0].clientOrderId, "bot-2");
});

Deno.test("restart live: nothing is sent before the exchange told its account again", () => {
  const state = { ...FRESH, account: anAccount() };
  const rig = new Rig({ execution: "live", capital: null, resume: state }).warmUp();
  assert.equal(rig.placed.length, 0);
  rig.account(300.6, 1_000_000_000);
  rig.delta(300.7, "no", 4_900, 1);
  assert.equal(rig.placed.length, 1);
});

Deno.test("restart live: an order that was written down without the totals keeps its number to itself", () => {
  const order: OrderRecord = {
    kind: "order",
    ...anIntent({ clientOrderId: "bot-7", ticker: OTHER }),
    orderId: null,
    filled: count(0),
    phase: "sent",
    evidence: EVIDENCE,
    sentAt: NOON,
    updatedAt: NOON,
    reason: "",
  };
  const rig = liveRig({ resume: { ...FRESH, account: anAccount({ nextIntent: 7 }), openOrders: [order] } });
  assert.deepEqual(rig.placed.map(({ clientOrderId }) => clientOrderId), ["bot-8"]);
});

Deno.test("restart live: an order whose strategy does not run any more is cancelled once it is found to rest", () => {
  const order: OrderRecord = {
    kind: "order",
    ...anIntent({ strategy: "retired" }),
    orderId: "o-1",
    filled: count(0),
    phase: "resting",
    evidence: EVIDENCE,
    sentAt: NOON,
    updatedAt: NOON,
    reason: "",
  };
  const rig = liveRig({ resume: { ...FRESH, account: anAccount({ nextIntent: 2 }), openOrders: [order] } });
  rig.step({ type: "order_update", at: after(301), order: aReport() });
  rig.index(302, 84_200);
  assert.deepEqual(rig.all("cancel").map(({ orderId, reason }) => [orderId, reason]), [
    ["o-1", "Strategy retired does not run here"],
  ]);
});

Deno.test("first start live: contracts held in a market that is traded here are adopted at their mark, others are left alone", () => {
  const rig = new Rig({ execution: "live", capital: null });
  rig.market(1);
  rig.book(2, [[3_900, 100]], [[5_900, 100]]);
  rig.account(3, 1_000_000_000, [[TICKER, -1_000], ["KXHIGHNY-26NOV20-T50", 500]]);
  const { ledger, nav } = rig.engine.desk;
  assert.equal(ledger.position(TICKER)?.cost, 6_000_000);
  assert.equal(ledger.position("KXHIGHNY-26NOV20-T50"), undefined);
  assert.equal(nav, 1_006_000_000);
  assert.equal(nav, ledger.startingCapital, "what was there is no profit");
});

Deno.test("a deposit moves cash, capital and the day's start alike: neither profit nor room for a loss", () => {
  const rig = new Rig({ execution: "live", capital: null });
  for (const [seconds, balance] of [[1, 1_000_000_000], [60, 1_500_000_000], [120, 1_500_000_000]]) {
    rig.account(seconds, balance);
  }
  const { ledger, nav, dayStartNav } = rig.engine.desk;
  assert.deepEqual([ledger.cash, ledger.startingCapital, nav, dayStartNav], Array(4).fill(1_500_000_000));
  assert.deepEqual(rig.records("audit").filter(({ event }) => event === "reconciled").length, 1);
});

Deno.test("a position whose market has closed waits for its settlement, whatever the account says", () => {
  const rig = liveRig();
  accept(rig, 301, 0, 0);
  rig.fill(302, { orderId: "o-bot-1", price: price(5_100), count: count(1_000) });
  for (const seconds of [910, 970, 1_030]) rig.account(seconds, 1_004_900_000);
  const { ledger } = rig.engine.desk;
  assert.equal(ledger.position(TICKER)?.position, 1_000);
  rig.settled(1_040, "yes");
  assert.equal(ledger.cash, 1_004_900_000);
  assert.equal(ledger.startingCapital, 1_000_000_000);
});

Deno.test("what a position record says is the whole of it: its cost and profit survive as written", () => {
  const position: PositionRecord = {
    kind: "position",
    ticker: TICKER,
    position: count(-300),
    cost: money(1_500_000),
    realised: money(-77),
    fees: money(77),
    strategy: "settlement_edge",
    updatedAt: NOON,
  };
  const rig = new Rig({ resume: { ...FRESH, account: anAccount(), positions: [position] } });
  rig.market(1);
  rig.settled(901, "no");
  assert.equal(rig.records("settlement")[0].pnl, 3_000_000 - 1_500_000 - 77);
  assert.equal(engineOptions().resume, FRESH);
});

Deno.test("restart: executions are read from the last whole read on, not from the newest that was heard", () => {
  const first = liveRig();
  const account = { type: "account" as const, balance: money(1_000_000_000), positions: [] };
  first.step({ ...account, at: after(310), fillsReadTo: after(309) });
  first.fill(400, { orderId: "o-bot-1", tradeId: "t-2", executedAt: after(399) });
  const { fillsReadTo } = first.records("account").at(-1) ?? {};
  assert.equal(fillsReadTo, after(309));
  const again = new Rig({ execution: "live", capital: null, startedAt: after(900), resume: folded(first) });
  assert.equal(again.engine.desk.fillsSince, after(249), "a minute before it");
  again.step({ ...account, at: after(910), fillsReadTo: after(905) });
  again.step({ ...account, at: after(911), fillsReadTo: after(904) });
  assert.equal(again.engine.desk.fillsSince, after(845), "and never goes back");
});

Deno.test("a first start reads no executions of before it: what they led to is in the account", () => {
  const rig = new Rig({ execution: "live", capital: null, startedAt: after(600) });
  assert.equal(rig.engine.desk.fillsSince, after(600));
});
