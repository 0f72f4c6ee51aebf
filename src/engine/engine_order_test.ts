import assert from "node:assert/strict";
import type { OrderReport } from "../core/order.ts";
import { count, money, price } from "../core/units.ts";
import { after, aMarket, aReport, EVIDENCE } from "../execution/order_fixture.ts";
import { type Registration, STRATEGIES } from "../strategies/registry.ts";
import type { Target } from "../strategies/strategy.ts";
import type { StrategyView } from "../strategies/view.ts";
import { accept, liveRig, OTHER, RESTING, Rig, settlementEdge, standingOf, stateOf, TICKER } from "./engine_fixture.ts";

Deno.test("paper: an order is answered and filled within the engine, and its records follow it", () => {
  const rig = new Rig().warmUp();
  assert.equal(rig.all("place")[0].execution, "paper");
  rig.operator(300.52, "stop_strategy", "settlement_edge");
  rig.clock(301);
  assert.deepEqual(rig.records("order").map(({ phase, filled }) => [phase, filled]), [
    ["sent", 0],
    ["unknown", 0],
    ["filled", 5_000],
  ]);
  assert.equal(rig.records("account").at(-1)?.nextIntent, 2);
  const { ledger } = rig.engine.desk;
  assert.equal(ledger.cash, 10_000_000_000 - 25_500_000 - ledger.fees);
});

Deno.test("live: nothing is sent before the exchange told its account", () => {
  const rig = new Rig({ execution: "live", capital: null }).warmUp();
  assert.equal(rig.placed.length, 0);
  assert.equal(stateOf(rig).obstacle, "The account is not known yet");
  rig.account(300.6, 1_000_000_000);
  rig.delta(300.7, "no", 4_900, 1);
  assert.deepEqual(rig.all("place").map(({ execution }) => execution), ["live"]);
});

Deno.test("an order leaves with the edge that its strategy expects, so that under pressure the least goes first", () => {
  const rig = liveRig();
  const edge = standingOf(rig).opinion?.targets[0].evidence.edge ?? assert.fail("No target with an edge");
  assert.deepEqual(rig.all("place").map((action) => action.edge), [edge]);
});

Deno.test("live: one order at a time on a side of a market, whatever the strategy wants meanwhile", () => {
  const rig = liveRig();
  for (let second = 301; second < 305; second++) rig.index(second, 84_300);
  assert.equal(rig.placed.length, 1);
  accept(rig, 305, 0, 0);
  rig.delta(305.5, "no", 4_900, 1);
  assert.equal(rig.placed.length, 2);
});

/** The exchange does what the newest amend asks for. */
function changed(rig: Rig, seconds: number, filled = 0): void {
  const { clientOrderId, orderId, terms } = rig.all("amend").at(-1) ?? assert.fail("Nothing was amended");
  const [fillCount, remainingCount] = [count(filled), count(terms.count - filled)];
  rig.step({ type: "order_changed", at: after(seconds), clientOrderId, orderId, terms, fillCount, remainingCount });
}

Deno.test("live: an order that is wanted at another price is amended, one change at a time", () => {
  const rig = liveRig({ strategies: settlementEdge({ ...RESTING, cooldown: 0 }) });
  accept(rig, 301, 0, rig.placed[0].count);
  rig.delta(301.2, "yes", 4_950, 1_000);
  assert.deepEqual(rig.all("amend").map(({ terms }) => terms.price), [4_960], "someone is better now");
  assert.equal(rig.records("order").at(-1)?.changing?.price, 4_960, "the next run knows of it, too");
  rig.delta(301.4, "yes", 4_970, 1_000);
  assert.equal(rig.all("amend").length, 1, "its answer is not there yet");
  changed(rig, 301.6);
  rig.index(302, 84_200);
  assert.deepEqual(rig.all("amend").map(({ terms }) => terms.price), [4_960, 4_980]);
  assert.deepEqual([rig.placed.length, rig.all("cancel").length], [1, 0]);
  assert.ok(rig.all("amend").every(({ retreats }) => retreats === undefined), "they go toward the market");
});

Deno.test("live: an order that goes away from the market is as urgent as a cancel", () => {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  const size = rig.placed[0].count;
  accept(rig, 301, 0, size);
  const { desk } = rig.engine;
  const order = desk.orders.get("bot-1") ?? assert.fail("bot-1 is not remembered");
  const target = standingOf(rig).opinion?.targets[0] ?? assert.fail("Nothing is wanted");
  assert.equal(desk.amend(stateOf(rig), order, { ...target, price: price(4_800) }, size), null);
  rig.clock(301.1);
  assert.deepEqual(rig.all("amend").map(({ terms, retreats }) => [terms.price, retreats]), [[4_800, true]]);
});

/** The strategy of the registry, with somebody who notes the queue of its first order whenever it decides. */
function watching(seen: (number | undefined)[]): Registration {
  const original = STRATEGIES.find(({ name }) => name === "settlement_edge") ?? assert.fail("No settlement_edge");
  return {
    ...original,
    bind(parameters) {
      const bound = original.bind(parameters);
      if (!("decide" in bound)) return bound;
      const decide = (view: StrategyView) => {
        seen.push(view.orders[0]?.queueAhead);
        return bound.decide(view);
      };
      return { ...bound, decide };
    },
  };
}

Deno.test("live: a strategy sees how many contracts stand ahead of its order, until the order goes to the end of its queue", () => {
  const seen: (number | undefined)[] = [];
  const options = {
    execution: "live",
    capital: null,
    strategies: settlementEdge({ ...RESTING, cooldown: 0 }),
  } as const;
  const rig = new Rig(options, [watching(seen)]);
  rig.account(280, 1_000_000_000);
  rig.warmUp();
  accept(rig, 301, 0, rig.placed[0].count);
  rig.step({ type: "queue_position", at: after(301.1), positions: [{ orderId: "o-bot-1", ahead: count(700) }] });
  rig.index(302, 84_205);
  assert.equal(seen.at(-1), 700);
  rig.delta(302.2, "yes", 4_950, 1_000);
  changed(rig, 302.4);
  rig.index(303, 84_200);
  assert.equal(seen.at(-1), undefined);
});

Deno.test("live: an order that the exchange would not change is cancelled, and the new one waits for that", () => {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  accept(rig, 301, 0, rig.placed[0].count);
  rig.delta(302, "yes", 4_950, 1_000);
  const failed = { at: after(303), clientOrderId: "bot-1", gone: false, code: "invalid_order", reason: "No" };
  rig.step({ type: "change_failed", ...failed });
  rig.index(304, 84_200);
  assert.deepEqual([rig.all("amend").length, rig.all("cancel").length, rig.placed.length], [1, 1, 1]);
  rig.step({ type: "order_cancelled", at: after(305), clientOrderId: "bot-1", reducedBy: rig.placed[0].count });
  rig.index(306, 84_200);
  assert.deepEqual(rig.placed.map(({ price: at }) => at), [4_910, 4_960]);
});

Deno.test("live: a change without an answer is asked for, and blocks its market until the exchange has said", () => {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  accept(rig, 301, 0, rig.placed[0].count);
  rig.delta(302, "yes", 4_950, 1_000);
  rig.step({ type: "order_unknown", at: after(303), clientOrderId: "bot-1", reason: "Time-out" });
  rig.clock(304);
  assert.equal(rig.all("find_order")[0].clientOrderId, "bot-1");
  assert.match(standingOf(rig).obstacle ?? "", /bot-1 is unknown/);
  const [{ terms }] = rig.all("amend");
  const order = aReport({ orderId: "o-bot-1", price: terms.price, remainingCount: terms.count });
  rig.step({ type: "order_update", at: after(305), order });
  rig.index(306, 84_200);
  assert.equal(standingOf(rig).obstacle, null);
  assert.equal(rig.engine.desk.orders.get("bot-1")?.terms.price, 4_960);
});

Deno.test("live: while an order is being changed, risk takes the dearer of both", () => {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  accept(rig, 301, 0, rig.placed[0].count);
  const before = rig.engine.desk.exposure.total;
  rig.delta(302, "yes", 4_950, 1_000);
  rig.clock(302.1);
  const during = rig.engine.desk.exposure.total;
  assert.ok(during > before);
  const failed = { at: after(303), clientOrderId: "bot-1", gone: false, code: "invalid_order", reason: "No" };
  rig.step({ type: "change_failed", ...failed });
  assert.equal(rig.engine.desk.exposure.total, before);
});

Deno.test("live: a taking order waits until the resting one on its side is gone", () => {
  const parameters = { min_edge: 0.43, baseline_extra_edge: 0, rest_edge: 0.01 };
  const rig = liveRig({ strategies: settlementEdge(parameters) });
  assert.equal(rig.placed[0].postOnly, true);
  accept(rig, 301, 0, 5_000);
  rig.delta(301.1, "no", 5_000, 1_000);
  assert.deepEqual(rig.all("cancel").map(({ reason }) => reason), ["Wanted at another price"], "taking pays now");
  assert.equal(rig.placed.length, 1, "both could fill");
  rig.step({ type: "order_cancelled", at: after(302), clientOrderId: "bot-1", reducedBy: rig.placed[0].count });
  rig.delta(302.2, "no", 4_900, 1);
  assert.deepEqual(rig.placed.map(({ postOnly }) => postOnly), [true, false]);
});

Deno.test("live: an order never meets one of our own", () => {
  const rig = liveRig({ strategies: settlementEdge({ rest: false }) });
  accept(rig, 301, 0, 5_000);
  assert.deepEqual([rig.placed[0].side, rig.placed[0].price], ["bid", 5_100]);
  // The model turns over: NO is wanted at the bid of 0.49, and our own bid at 0.51 would be met.
  rig.market(301.5, { floorStrike: 84_400 });
  assert.deepEqual(standingOf(rig).opinion?.targets.map(({ side }) => side), ["ask"]);
  assert.equal(rig.placed.length, 1);
  assert.deepEqual(rig.all("cancel").map(({ reason }) => reason), ["No longer wanted"]);
  rig.step({ type: "order_cancelled", at: after(303.5), clientOrderId: "bot-1", reducedBy: rig.placed[0].count });
  rig.index(304, 84_200);
  assert.deepEqual(rig.placed.map(({ side }) => side), ["bid", "ask"]);
});

Deno.test("contracts that an open order closes already are not closed by another one", () => {
  const rig = liveRig({ strategies: settlementEdge({ rest: false }) });
  accept(rig, 301, 0, 0);
  rig.fill(301.5, { orderId: "o-bot-1", price: price(5_100), count: count(1_000) });
  const { desk } = rig.engine;
  const close = (strategy: string, size: number) => {
    const target: Target = {
      side: "ask",
      price: price(4_900),
      count: count(size),
      timeInForce: "good_till_canceled",
      postOnly: false,
      signal: "exit",
      kelly: -1,
      depth: count(10_000),
      evidence: EVIDENCE,
    };
    return desk.place(stateOf(rig), target, strategy, desk.exposure.of(aMarket(), strategy))?.code ?? null;
  };
  assert.equal(close("one", 600), null);
  assert.equal(close("two", 401), "kelly_not_positive", "one contract of it would open something");
  assert.equal(close("two", 400), null);
  assert.equal(close("three", 100), "kelly_not_positive");
});

Deno.test("live: what takes at once and only closes is reduce-only; what may rest, or opens anything, is not", () => {
  const rig = liveRig({ strategies: settlementEdge({ rest: false }) });
  assert.equal(rig.placed[0].reduceOnly, false, "it opens");
  accept(rig, 301, 0, 0);
  rig.fill(301.5, { orderId: "o-bot-1", price: price(5_100), count: count(1_000) });
  const { desk } = rig.engine;
  const sold = (size: number, timeInForce: Target["timeInForce"], kelly: number) => {
    const target: Target = {
      side: "ask",
      price: price(4_900),
      count: count(size),
      timeInForce,
      postOnly: false,
      signal: "exit",
      kelly,
      depth: count(10_000),
      evidence: { ...EVIDENCE, modelProbability: 0.1 },
    };
    const refusal = desk.place(stateOf(rig), target, `${size}`, desk.exposure.of(aMarket(), `${size}`));
    return refusal?.code ?? desk.orders.get(`bot-${desk.orders.openCount + 1}`)?.intent.reduceOnly;
  };
  assert.equal(sold(600, "immediate_or_cancel", -1), true);
  assert.equal(sold(300, "good_till_canceled", -1), false);
  assert.equal(sold(101, "immediate_or_cancel", 0.1), false, "one contract of it opens something");
});

Deno.test("live: nothing is reconciled while fills are counted that were not heard of", () => {
  const rig = liveRig();
  accept(rig, 301, 5_000, 0);
  for (const seconds of [310, 345, 380]) rig.account(seconds, 974_000_000, [[TICKER, 5_000]]);
  assert.equal(rig.records("audit").filter(({ event }) => event === "reconciled").length, 0);
  rig.fill(381, { orderId: "o-bot-1", price: price(5_100), count: count(5_000) });
  assert.equal(rig.engine.desk.ledger.position(TICKER)?.position, 5_000, "and so it counts once");
});

Deno.test("live: an unknown order blocks its market and no other, and is asked for", () => {
  const rig = liveRig();
  rig.step({ type: "order_unknown", at: after(301), clientOrderId: "bot-1", reason: "Time-out" });
  rig.market(301, { ticker: OTHER, event: "KXETH15M-26NOV200715", series: "KXETH15M", floorStrike: 3_000 });
  for (let second = 302; second <= 312; second++) {
    rig.index(second, 84_200);
    rig.index(second, second % 2 === 0 ? 3_010 : 3_010.2, "ETHUSD_RTI");
    if (second === 302) rig.book(second, [[4_900, 10_000]], [[4_900, 10_000]], null, OTHER);
  }
  assert.deepEqual(rig.placed.map(({ ticker }) => ticker), [TICKER, OTHER]);
  assert.match(stateOf(rig).obstacle ?? "", /bot-1 is unknown/);
  const asked = rig.all("find_order");
  assert.ok(asked.length >= 3 && asked.every(({ clientOrderId }) => clientOrderId === "bot-1"));
  for (const second of [313, 314, 315]) {
    rig.step({ type: "order_absent", at: after(second), clientOrderId: "bot-1" });
  }
  rig.delta(315.5, "no", 4_900, 1);
  assert.equal(rig.placed.at(-1)?.ticker, TICKER, "it never arrived, so the market is free again");
});

Deno.test("live: fills that were counted and not heard of block the market, count as exposure, and are fetched", () => {
  const rig = liveRig();
  accept(rig, 301, 5_000, 0);
  assert.equal(
    rig.engine.desk.exposure.of(aMarket(), "settlement_edge").market,
    25_500_000 + 874_650 + 51 + 100,
    "with its fee",
  );
  rig.delta(302, "no", 4_900, 1);
  assert.equal(stateOf(rig).obstacle, "Fills were counted that have not been heard of yet");
  assert.equal(rig.placed.length, 1);
  for (let second = 303; second <= 306; second++) rig.clock(second);
  assert.equal(rig.all("fetch_fills").length, 2);
  rig.fill(307, { orderId: "o-bot-1", clientOrderId: null, price: price(5_100), count: count(5_000) });
  assert.equal(rig.engine.desk.ledger.position(TICKER)?.position, 5_000);
  rig.index(308, 84_200);
  assert.equal(stateOf(rig).obstacle, null);
  assert.equal(rig.placed.length, 2);
});

Deno.test("live: fills are fetched from before the order that misses them, whatever was filled since", () => {
  const rig = liveRig();
  accept(rig, 301, 5_000, 0);
  rig.fill(800, { tradeId: "t-9", orderId: "o-x", clientOrderId: null, ticker: OTHER });
  rig.clock(801);
  assert.deepEqual(rig.all("fetch_fills").at(-1)?.since, after(240.5));
});

Deno.test("live: a fill heard of after its market was paid out is paid out, too", () => {
  const rig = liveRig();
  accept(rig, 301, 0, 0);
  rig.fill(302, { orderId: "o-bot-1", price: price(5_100), count: count(1_000) });
  rig.settled(901, "yes");
  const { ledger } = rig.engine.desk;
  assert.equal(ledger.cash, 1_000_000_000 - 5_100_000 + 10_000_000);
  rig.fill(902, { tradeId: "late", orderId: "o-bot-1", price: price(5_100), count: count(500), fee: money(900) });
  assert.equal(ledger.position(TICKER), undefined);
  assert.equal(ledger.cash, 1_000_000_000 - 7_650_900 + 15_000_000);
  assert.deepEqual([ledger.settled, ledger.wins, ledger.losses], [1, 1, 0], "the market counts once");
  const { position, payout, pnl } = rig.records("settlement").at(-1) ?? assert.fail("No settlement was written down");
  assert.deepEqual([position, payout, pnl], [1_500, 15_000_000, 7_349_100], "the row that stays is the whole market's");
  const row = rig.records("position").at(-1);
  assert.deepEqual([row?.position, row?.realised, row?.fees], [0, 7_349_100, 900]);
  assert.equal(rig.records("account").at(-1)?.settled, 1);
});

Deno.test("live: an order that rests three seconds after the close is asked for, and ends once its market is paid", () => {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  accept(rig, 301, 0, 5_000);
  rig.clock(900);
  rig.clock(903);
  assert.equal(rig.all("find_order").length, 0);
  rig.clock(904);
  assert.equal(rig.all("find_order").length, 1);
  rig.settled(905, "no");
  for (const second of [906, 907, 908]) {
    rig.step({ type: "order_absent", at: after(second), clientOrderId: "bot-1" });
  }
  assert.equal(rig.engine.desk.orders.openCount, 0);
});

Deno.test("live: an order of ours that rests and is not remembered is cancelled, a stranger's is not", () => {
  const rig = liveRig();
  const said = (clientOrderId: string, fields: Partial<OrderReport> = {}) =>
    rig.step({
      type: "order_update",
      at: after(301),
      order: aReport({ clientOrderId, orderId: `o-${clientOrderId}`, ...fields }),
    });
  said("bot-777");
  said("robot-7");
  said("bot-778", { ticker: "KXELSE-1" });
  assert.deepEqual(rig.all("cancel").map(({ orderId, shard }) => [orderId, shard]), [
    ["o-bot-777", 2],
    // Nothing is known of its market here, its shard neither.
    ["o-bot-778", null],
  ]);
});

Deno.test("live: a cancel that fails is tried again after a second, not at every change", () => {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  accept(rig, 301, 0, 5_000);
  rig.operator(302, "stop_strategy", "settlement_edge");
  assert.equal(rig.all("cancel").length, 1);
  rig.step({ type: "cancel_failed", at: after(302.1), clientOrderId: "bot-1", gone: false, reason: "503" });
  for (const second of [302.2, 302.3, 302.4, 303.05]) rig.delta(second, "no", 4_900, 1);
  assert.equal(rig.all("cancel").length, 1);
  rig.delta(303.2, "no", 4_900, 1);
  assert.equal(rig.all("cancel").length, 2);
});

Deno.test("a resting order that uses up what risk leaves is not in its own way", () => {
  const tight = { order: money(10_000_000), market: money(10_000_000) };
  const { risk } = new Rig().engine.options;
  const rig = liveRig({
    risk: { ...risk, ...tight },
    strategies: settlementEdge(RESTING),
  });
  assert.equal(rig.placed.length, 1);
  accept(rig, 301, 0, rig.placed[0].count);
  for (let second = 302; second < 310; second++) rig.index(second, 84_200);
  assert.equal(rig.all("cancel").length, 0);
  assert.equal(rig.placed.length, 1);
});

Deno.test("a refused order is counted each time and written down once", () => {
  const { risk } = new Rig().engine.options;
  const rig = new Rig({ risk: { ...risk, fairValueBound: price(-9_000) } }).warmUp();
  for (let second = 301; second < 305; second++) rig.index(second, 84_200);
  assert.equal(rig.placed.length, 0);
  assert.ok((rig.engine.desk.refusals.get("beyond_fair_value") ?? 0) >= 4);
  assert.equal(rig.records("audit").filter(({ event }) => event === "refused").length, 1);
  assert.match(standingOf(rig).obstacle ?? "", /^beyond_fair_value: /);
});
