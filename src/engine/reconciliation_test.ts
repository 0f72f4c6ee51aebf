import assert from "node:assert/strict";
import type { OrderRecord, PositionRecord } from "../core/record.ts";
import { count, money, price } from "../core/units.ts";
import { after, anIntent, aReport, EVIDENCE, NOON } from "../execution/order_fixture.ts";
import type { OrderState } from "../execution/order_state.ts";
import { accept, anAccount, liveRig, RESTING, Rig, settlementEdge, stateOf, TICKER } from "./engine_fixture.ts";
import { FRESH } from "./options.ts";

type Report = Parameters<typeof aReport>[0];

/** The order `bot-1` as the engine has it. */
function first(rig: Rig): OrderState {
  return rig.engine.desk.orders.get("bot-1") ?? assert.fail("bot-1 is not remembered");
}

const update = (rig: Rig, seconds: number, change: Report = {}) =>
  rig.step({ type: "order_update", at: after(seconds), order: aReport({ orderId: "o-bot-1", ...change }) });
const absent = (rig: Rig, seconds: number) =>
  rig.step({ type: "order_absent", at: after(seconds), clientOrderId: "bot-1" });
const lost = (rig: Rig, seconds: number, reason = "Time-out") =>
  rig.step({ type: "order_unknown", at: after(seconds), clientOrderId: "bot-1", reason });
const held = (rig: Rig) => rig.engine.desk.ledger.position(TICKER)?.position ?? 0;
const audits = (rig: Rig, event: string) => rig.records("audit").filter((record) => record.event === event);

/** Live, with one order of 50 contracts that wants to take at 0.51, sent at 300.5 and not answered. */
const taking = () => liveRig();
/** Live, with one order that rests at 0.491. */
function resting(): Rig {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  accept(rig, 301, 0, rig.placed[0].count);
  assert.equal(first(rig).phase, "resting");
  return rig;
}

/** 10 contracts bought at 0.51 and nothing open; the strategy is stopped so that nothing else happens. */
function holdingTen(): Rig {
  const rig = taking();
  rig.operator(300.9, "stop_strategy", "settlement_edge");
  accept(rig, 301, 0, 0);
  rig.fill(302, { orderId: "o-bot-1", price: price(5_100), count: count(1_000) });
  assert.equal(rig.engine.desk.ledger.cash, 1_000_000_000 - 5_100_000);
  return rig;
}

/** Reads of the account that say the same for more than 30 seconds. */
function reads(rig: Rig, from: number, balance: number, positions: readonly (readonly [string, number])[]): void {
  for (const seconds of [from, from + 15, from + 31]) rig.account(seconds, balance, positions);
}

const openBefore: OrderRecord = {
  kind: "order",
  ...anIntent({ price: price(4_910), count: count(5_000) }),
  orderId: "o-bot-1",
  filled: count(0),
  phase: "resting",
  evidence: EVIDENCE,
  sentAt: NOON,
  updatedAt: NOON,
  reason: "",
};

/** The tables of reconciliation.ts, row by row. */
const ROWS: Readonly<Record<string, () => void>> = {
  "answer lost, order rests"() {
    const rig = liveRig({ strategies: settlementEdge(RESTING) });
    lost(rig, 301);
    rig.delta(301.5, "yes", 4_950, 1_000);
    assert.match(stateOf(rig).obstacle ?? "", /bot-1 is unknown/);
    assert.deepEqual([rig.placed.length, rig.all("cancel").length, rig.all("find_order").length], [1, 0, 1]);
    update(rig, 302, { price: price(4_910), remainingCount: rig.placed[0].count });
    assert.equal(first(rig).phase, "resting");
    rig.index(303, 84_200);
    assert.deepEqual(rig.all("amend").map(({ orderId }) => orderId), ["o-bot-1"], "and is ours to change");
  },

  "answer lost, order never arrived"() {
    const rig = taking();
    lost(rig, 301);
    for (const seconds of [302, 303]) absent(rig, seconds);
    rig.index(303.5, 84_200);
    assert.deepEqual([first(rig).phase, rig.placed.length], ["unknown", 1]);
    absent(rig, 304);
    assert.equal(first(rig).phase, "rejected");
    rig.index(305, 84_200);
    assert.deepEqual(rig.placed.map(({ clientOrderId }) => clientOrderId), ["bot-1", "bot-2"]);
  },

  "fill between time-out and query"() {
    const rig = taking();
    rig.operator(300.6, "stop_strategy", "settlement_edge");
    lost(rig, 301);
    const fill = { orderId: "o-bot-1", price: price(5_100), count: count(5_000) };
    rig.fill(301.2, { ...fill, clientOrderId: "bot-1" });
    rig.clock(302);
    rig.fill(302.5, { ...fill, clientOrderId: null });
    const whole = { initialCount: count(5_000), fillCount: count(5_000), remainingCount: count(0) };
    update(rig, 302.6, { status: "executed", ...whole });
    assert.deepEqual([first(rig).phase, held(rig)], ["filled", 5_000]);
    assert.deepEqual([rig.engine.desk.totals.fills, rig.engine.desk.orders.short().size], [1, 0]);
  },

  "failed page in the middle"() {
    const rig = taking();
    lost(rig, 301);
    for (let seconds = 302; seconds <= 400; seconds++) {
      rig.clock(seconds);
      if (seconds % 10 === 0) lost(rig, seconds, "Cannot look it up: 503");
    }
    assert.deepEqual([first(rig).phase, first(rig).absences, rig.placed.length], ["unknown", 0, 1]);
    const asked = rig.all("find_order").length;
    assert.ok(asked >= 6 && asked <= 9, `${asked} questions: neither given up nor hammered`);
  },

  "order open when the last run ended"() {
    const state = { ...FRESH, account: anAccount({ nextIntent: 2 }), openOrders: [openBefore] };
    const rig = liveRig({ strategies: settlementEdge(RESTING), resume: state });
    assert.deepEqual([first(rig).phase, rig.placed.length], ["unknown", 0]);
    assert.equal(rig.all("find_order")[0].orderId, "o-bot-1");
    update(rig, 302, { status: "canceled", remainingCount: count(0) });
    rig.index(303, 84_200);
    assert.deepEqual(rig.placed.map(({ clientOrderId }) => clientOrderId), ["bot-2"]);
  },

  "order over, but not all its fills heard of, when the last run ended"() {
    const before = taking();
    accept(before, 301, 5_000, 0);
    const order = before.records("order").at(-1) ?? assert.fail("bot-1 was not written down");
    assert.deepEqual([first(before).phase, order.phase, order.filled], ["filled", "unknown", 0]);
    const account = before.records("account").at(-1) ?? assert.fail("The account was not written down");
    const rig = liveRig({ resume: { ...FRESH, account, openOrders: [order] } });
    assert.deepEqual([rig.all("find_order")[0].orderId, rig.placed.length], ["o-bot-1", 0]);
    rig.operator(301.5, "stop_strategy", "settlement_edge");
    rig.fill(302, { orderId: "o-bot-1", clientOrderId: null, price: price(5_100), count: count(5_000) });
    const whole = { initialCount: count(5_000), fillCount: count(5_000), remainingCount: count(0) };
    update(rig, 302.1, { status: "executed", ...whole });
    assert.deepEqual([first(rig).phase, held(rig)], ["filled", 5_000]);
    assert.equal(rig.records("trade")[0].strategy, "settlement_edge", "and so it is known whose it was");
    assert.deepEqual(rig.records("order").at(-1)?.phase, "filled");
  },

  "order unknown to us, ours by name"() {
    const rig = taking();
    update(rig, 301, { clientOrderId: "bot-777", orderId: "o-777" });
    assert.deepEqual(rig.all("cancel").map(({ orderId, shard }) => [orderId, shard]), [["o-777", 2]]);
    assert.equal(audits(rig, "unknown_order").length, 1);
    update(rig, 302, { clientOrderId: "bot-777", orderId: "o-777", status: "canceled" });
    assert.equal(rig.all("cancel").length, 1, "what does not rest needs no cancel");
  },

  "order unknown to us, of a bot that shares the account"() {
    const rig = liveRig({ peers: ["k00000001", "k00000002"] });
    const ids = ["k00000001e3-7", "k00000002e12-1", "k00000002-1"];
    for (const id of ids) update(rig, 301, { clientOrderId: id, orderId: `o-${id}` });
    for (const id of ["k00000003e3-7", "k00000001x-7", "k00000001"]) {
      update(rig, 301, { clientOrderId: id, orderId: id });
    }
    assert.deepEqual(rig.all("cancel").map(({ clientOrderId }) => clientOrderId), ids);
  },

  "order unknown to us, of the next leader"() {
    const rig = liveRig({ instance: "k00000001e7", peers: ["k00000001", "k00000002"] });
    for (const id of ["k00000002e8-1", "k00000001e9-1"]) update(rig, 301, { clientOrderId: id, orderId: id });
    assert.deepEqual([rig.all("cancel").length, audits(rig, "unknown_order").length], [0, 0]);
    for (const id of ["k00000002e6-1", "k00000001e7-9"]) update(rig, 301, { clientOrderId: id, orderId: id });
    assert.deepEqual(rig.all("cancel").map(({ orderId }) => orderId), ["k00000002e6-1", "k00000001e7-9"]);
  },

  "order unknown to us, foreign"() {
    const rig = taking();
    update(rig, 301, { clientOrderId: "robot-7", orderId: "o-7" });
    update(rig, 301, { clientOrderId: "", orderId: "o-8" });
    assert.deepEqual([rig.all("cancel").length, audits(rig, "unknown_order").length], [0, 0]);
  },

  "stale read after a cancel"() {
    const rig = resting();
    rig.operator(302, "stop_strategy", "settlement_edge");
    const reducedBy = rig.placed[0].count;
    rig.step({ type: "order_cancelled", at: after(302.1), clientOrderId: "bot-1", reducedBy });
    for (const seconds of [302.5, 303, 305, 312]) update(rig, seconds);
    assert.equal(first(rig).phase, "cancelled");
    assert.deepEqual([rig.all("cancel").length, rig.all("find_order").length], [1, 0]);
  },

  "order listed as resting long after its end"() {
    const rig = resting();
    rig.operator(302, "stop_strategy", "settlement_edge");
    const reducedBy = rig.placed[0].count;
    rig.step({ type: "order_cancelled", at: after(302.1), clientOrderId: "bot-1", reducedBy });
    update(rig, 330);
    assert.deepEqual([first(rig).phase, rig.all("find_order").length], ["unknown", 1]);
    update(rig, 330.1);
    rig.index(331, 84_200);
    assert.deepEqual(rig.all("cancel").map(({ orderId }) => orderId), ["o-bot-1", "o-bot-1"]);
  },

  "order rejected here, and listed"() {
    const rig = liveRig({ strategies: settlementEdge(RESTING) });
    rig.step({ type: "order_rejected", at: after(301), clientOrderId: "bot-1", code: "invalid_order", reason: "No" });
    rig.operator(301.5, "stop_strategy", "settlement_edge");
    update(rig, 302);
    assert.equal(first(rig).phase, "resting");
    rig.index(303, 84_200);
    assert.deepEqual(rig.all("cancel").map(({ orderId }) => orderId), ["o-bot-1"]);
  },

  "cancel found nothing to cancel"() {
    const rig = resting();
    rig.operator(302, "stop_strategy", "settlement_edge");
    rig.step({ type: "cancel_failed", at: after(302.1), clientOrderId: "bot-1", gone: true, reason: "404" });
    assert.equal(first(rig).phase, "unknown");
    rig.clock(303);
    assert.equal(rig.all("find_order").length, 1);
    rig.fill(303.1, { orderId: "o-bot-1", clientOrderId: null, price: price(4_910), count: count(5_000) });
    update(rig, 303.2, { status: "executed", fillCount: count(5_000), remainingCount: count(0) });
    assert.deepEqual([first(rig).phase, held(rig)], ["filled", 5_000]);
  },

  "order vanished without a word"() {
    const rig = resting();
    absent(rig, 330);
    assert.equal(first(rig).phase, "unknown");
    for (let seconds = 331; seconds <= 340; seconds++) {
      rig.clock(seconds);
      absent(rig, seconds + 0.5);
    }
    assert.deepEqual([first(rig).phase, rig.placed.length], ["unknown", 1], "it was acknowledged: it may have filled");
    assert.ok(rig.all("find_order").length >= 3);
    update(rig, 341, { status: "canceled", remainingCount: count(0) });
    assert.equal(first(rig).phase, "cancelled");
  },

  "order expired by the exchange"() {
    const rig = resting();
    rig.operator(301.5, "stop_strategy", "settlement_edge");
    rig.fill(302, { orderId: "o-bot-1", price: price(4_910), count: count(300) });
    update(rig, 303, { status: "canceled", fillCount: count(400), remainingCount: count(0) });
    assert.equal(first(rig).phase, "cancelled");
    rig.clock(306);
    assert.equal(rig.all("fetch_fills").length, 1);
    const missing = { tradeId: "t-2", orderId: "o-bot-1", clientOrderId: null };
    rig.fill(307, { ...missing, price: price(4_910), count: count(100) });
    assert.deepEqual([first(rig).phase, held(rig)], ["cancelled", 400]);
  },

  "order cancelled by the exchange at the close"() {
    const rig = resting();
    rig.clock(900);
    update(rig, 900.3, { status: "canceled", remainingCount: count(0) });
    rig.clock(910);
    assert.deepEqual([first(rig).phase, rig.all("find_order").length], ["cancelled", 0]);
  },

  "order of which nothing was heard at the close"() {
    const rig = resting();
    for (const seconds of [900, 903]) rig.clock(seconds);
    assert.deepEqual([first(rig).phase, rig.all("find_order").length], ["resting", 0]);
    rig.clock(904);
    assert.deepEqual([first(rig).phase, rig.all("find_order").length], ["unknown", 1]);
  },

  "order in a market that was paid out"() {
    const rig = resting();
    rig.settled(905, "no");
    assert.equal(first(rig).phase, "unknown");
    for (const seconds of [906, 907]) absent(rig, seconds);
    assert.equal(first(rig).phase, "unknown");
    absent(rig, 908);
    assert.deepEqual([first(rig).phase, rig.engine.desk.orders.openCount], ["cancelled", 0]);
  },

  "fill heard before its order's answer"() {
    const rig = taking();
    rig.fill(300.8, { orderId: "o-bot-1", clientOrderId: null, price: price(5_100), count: count(5_000) });
    assert.equal(held(rig), 5_000, "the account holds it whoever's it is");
    accept(rig, 301, 5_000, 0);
    assert.deepEqual([first(rig).phase, first(rig).filled, held(rig)], ["filled", 5_000, 5_000]);
    rig.clock(310);
    assert.equal(rig.all("fetch_fills").length, 0, "nothing is missing");
  },

  "duplicate fill over REST and socket"() {
    const rig = holdingTen();
    const { cash } = rig.engine.desk.ledger;
    rig.fill(303, { orderId: "o-bot-1", clientOrderId: null, price: price(5_100), count: count(1_000) });
    rig.fill(330, { orderId: "o-bot-1", price: price(5_100), count: count(1_000) });
    assert.deepEqual([held(rig), rig.engine.desk.ledger.cash, rig.records("trade").length], [1_000, cash, 1]);
  },

  "fill counted as nobody's by the last run"() {
    const before = taking();
    before.operator(300.6, "stop_strategy", "settlement_edge");
    lost(before, 301);
    const fill = { orderId: "o-bot-1", price: price(5_100) };
    before.fill(302, { ...fill, tradeId: "t-1", clientOrderId: null, count: count(2_000) });
    const [order, account, position] = [before.records("order"), before.records("account"), before.records("position")]
      .map((records) => records.at(-1));
    assert.ok(order?.kind === "order" && account?.kind === "account" && position?.kind === "position");
    assert.deepEqual([order.phase, order.filled, position.position], ["unknown", 0, 2_000]);
    const resume = { ...FRESH, account, positions: [position], openOrders: [order], recentTradeIds: ["t-1"] };
    const rig = liveRig({ resume });
    rig.operator(303, "stop_strategy", "settlement_edge");
    for (const seconds of [304, 305]) {
      rig.fill(seconds, { ...fill, tradeId: "t-1", count: count(2_000) });
      rig.fill(seconds, { ...fill, tradeId: "t-2", count: count(3_000) });
    }
    const whole = { initialCount: count(5_000), fillCount: count(5_000), remainingCount: count(0) };
    update(rig, 306, { status: "executed", ...whole });
    assert.deepEqual([first(rig).phase, first(rig).filled, held(rig)], ["filled", 5_000, 5_000]);
    assert.deepEqual([rig.records("trade").length, rig.engine.desk.orders.short().size], [1, 0]);
  },

  "fills counted but never heard of"() {
    const rig = taking();
    accept(rig, 301, 5_000, 0);
    for (let seconds = 302; seconds <= 310; seconds++) {
      rig.clock(seconds);
      rig.index(seconds, 84_200);
    }
    assert.equal(rig.placed.length, 1, "its market waits");
    const fetches = rig.all("fetch_fills");
    assert.deepEqual([fetches.length, fetches[0].since], [4, after(0)]);
    rig.fill(311, { orderId: "o-bot-1", clientOrderId: null, price: price(5_100), count: count(5_000) });
    rig.index(312, 84_200);
    assert.deepEqual([held(rig), rig.placed.length], [5_000, 2]);
  },

  "fill of an order unknown to us"() {
    const rig = taking();
    rig.fill(301, { orderId: "o-x", clientOrderId: "person-1", price: price(5_100), count: count(700) });
    assert.deepEqual([held(rig), audits(rig, "foreign_fill").length], [700, 1]);
    assert.equal(rig.records("trade")[0].strategy, "unknown");
  },

  "fill from before the account was taken over"() {
    const rig = liveRig({ remembersTakeOver: true, resume: FRESH });
    const [here, cash] = [held(rig), rig.engine.desk.ledger.cash];
    const foreign = { clientOrderId: null, orderId: "o-of-another", price: price(5_100), count: count(1_000) };
    const taken = rig.records("account").find(({ takenOverAt }) => takenOverAt !== undefined)?.takenOverAt;
    assert.ok(taken !== undefined);
    rig.fill(301, { ...foreign, tradeId: "t-before", executedAt: taken });
    assert.deepEqual([held(rig), rig.engine.desk.ledger.cash, rig.records("trade").length], [here, cash, 0]);
    rig.fill(302, { ...foreign, tradeId: "t-after", executedAt: after(301.9) });
    assert.equal(held(rig), here + 1_000);
    const account = rig.records("account").at(-1) ?? null;
    const next = new Rig({ execution: "live", capital: null, resume: { ...FRESH, account } });
    next.fill(320, { ...foreign, tradeId: "t-before", executedAt: taken });
    assert.deepEqual([held(next), next.records("trade").length], [0, 0], "a run later it is known, too");
  },

  "fill heard of after its market was paid out"() {
    const rig = holdingTen();
    rig.settled(901, "yes");
    rig.fill(902, { tradeId: "late", orderId: "o-bot-1", price: price(5_100), count: count(1_000) });
    assert.equal(rig.engine.desk.ledger.position(TICKER), undefined);
    assert.equal(rig.engine.desk.ledger.cash, 1_000_000_000 - 10_200_000 + 20_000_000);
  },

  "account told for the first time"() {
    const rig = new Rig({ execution: "live", capital: null });
    rig.market(1);
    rig.book(2, [[3_900, 100]], [[5_900, 100]]);
    rig.account(3, 1_000_000_000, [[TICKER, 1_000]]);
    const { ledger, nav } = rig.engine.desk;
    assert.deepEqual([held(rig), ledger.cash, nav], [1_000, 1_000_000_000, 1_004_000_000]);
    assert.equal(ledger.startingCapital, nav, "what was there is no profit");
  },

  "position differs"() {
    const rig = holdingTen();
    reads(rig, 310, 994_900_000, [[TICKER, 700]]);
    assert.equal(held(rig), 700);
    assert.match(audits(rig, "reconciled")[0].text, /10\.00 here, 7\.00 at the exchange/);
  },

  "position without order"() {
    const rig = taking();
    rig.operator(300.9, "stop_strategy", "settlement_edge");
    accept(rig, 301, 0, 0);
    reads(rig, 310, 1_000_000_000, [[TICKER, -300]]);
    assert.equal(held(rig), -300);
    assert.equal(audits(rig, "reconciled").length, 1);
  },

  "position in a market unknown here"() {
    const rig = holdingTen();
    reads(rig, 310, 994_900_000, [[TICKER, 1_000], ["KXHIGHNY-26NOV20-T50", 500]]);
    assert.equal(rig.engine.desk.ledger.position("KXHIGHNY-26NOV20-T50"), undefined);
    assert.equal(audits(rig, "reconciled").length, 0);
  },

  "position in a market that has closed"() {
    const rig = holdingTen();
    reads(rig, 901, 1_004_900_000, []);
    assert.deepEqual([held(rig), audits(rig, "reconciled").length], [1_000, 0]);
    rig.settled(940, "yes");
    assert.equal(rig.engine.desk.ledger.cash, 1_004_900_000);
  },

  "settled while away"() {
    const position: PositionRecord = {
      kind: "position",
      ticker: TICKER,
      position: count(1_000),
      cost: money(5_100_000),
      realised: money(0),
      fees: money(0),
      strategy: "settlement_edge",
      updatedAt: NOON,
    };
    const account = anAccount({ cash: money(994_900_000) });
    const resume = { ...FRESH, account, positions: [position] };
    const rig = new Rig({ execution: "live", capital: null, startedAt: after(2_000), resume });
    rig.account(2_001, 1_004_900_000);
    assert.equal(held(rig), 1_000, "not told of its market yet");
    rig.market(2_002, { status: "finalized", result: "yes", settlementValue: money(1_000_000) });
    const { ledger } = rig.engine.desk;
    assert.deepEqual([ledger.position(TICKER), ledger.cash, ledger.realised], [undefined, 1_004_900_000, 4_900_000]);
    reads(rig, 2_010, 1_004_900_000, []);
    assert.equal(audits(rig, "reconciled").length, 0, "and so nothing differs");
  },

  "cash differs"() {
    const rig = holdingTen();
    const { nav } = rig.engine.desk;
    reads(rig, 310, 1_494_900_000, [[TICKER, 1_000]]);
    const { ledger, dayStartNav } = rig.engine.desk;
    assert.deepEqual([ledger.cash, ledger.realised], [1_494_900_000, 0]);
    assert.deepEqual([rig.engine.desk.nav, dayStartNav], [nav + 500_000_000, 1_500_000_000]);
  },

  "more cash while orders rest"() {
    const rig = resting();
    const { nav } = rig.engine.desk;
    reads(rig, 310, 1_500_000_000, []);
    const { ledger } = rig.engine.desk;
    assert.deepEqual([ledger.cash, ledger.realised], [1_500_000_000, 0]);
    assert.equal(rig.engine.desk.nav, nav + 500_000_000);
    assert.match(audits(rig, "reconciled")[0].text, /500\.000000 of it is certain, and counted as a deposit/);
  },

  "less cash while orders rest"() {
    const rig = resting();
    const { boundByOrders } = rig.engine.desk.exposure;
    assert.ok(boundByOrders > 0);
    reads(rig, 310, 600_000_000, []);
    assert.equal(rig.engine.desk.ledger.cash, 600_000_000 + boundByOrders);
    assert.equal(rig.engine.desk.ledger.realised, 0);
  },

  "other difference while orders rest"() {
    const rig = resting();
    reads(rig, 310, 1_000_000_000 - rig.engine.desk.exposure.boundByOrders, [[TICKER, 700]]);
    assert.deepEqual([held(rig), audits(rig, "reconciled").length], [0, 0]);
  },

  "difference while an order's fate is not known"() {
    const rig = taking();
    lost(rig, 301);
    reads(rig, 310, 1_500_000_000, []);
    assert.deepEqual([rig.engine.desk.ledger.cash, audits(rig, "reconciled").length], [1_000_000_000, 0]);
  },
};

for (const [row, test] of Object.entries(ROWS)) Deno.test(`reconciliation: ${row}`, test);

Deno.test("every row of the reconciliation tables has its test, and every test its row", () => {
  const source = Deno.readTextFileSync(new URL("./reconciliation.ts", import.meta.url));
  const rows = [...source.matchAll(/^ \* \| ([^|]+) \| [^|]+ \| [^|]+ \| [^|]+ \|$/gm)].map(([, row]) => row);
  assert.deepEqual(rows.filter((row) => row !== "case" && row !== "---"), Object.keys(ROWS));
});
