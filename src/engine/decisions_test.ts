import assert from "node:assert/strict";
import { z } from "zod";
import { count, money, price } from "../core/units.ts";
import { EVIDENCE } from "../execution/order_fixture.ts";
import type { RiskLimits } from "../risk/limits.ts";
import { STANDARD_HOOKS } from "../strategies/hooks.ts";
import type { Registration } from "../strategies/registry.ts";
import type { Opinion, Target } from "../strategies/strategy.ts";
import { accept, engineOptions, Rig, standingOf, stateOf, TICKER } from "./engine_fixture.ts";
import type { EngineOptions } from "./options.ts";
import { ViewBuilder } from "./view_builder.ts";

/** A strategy that always wants the same, whatever the book looks like. */
function eager(name: string, targets: Partial<Target> | readonly Partial<Target>[] | null, edge = 0.05): Registration {
  const whole = (target: Partial<Target>): Target => ({
    side: "bid",
    price: price(4_000),
    count: count(1_000),
    timeInForce: "good_till_canceled",
    postOnly: true,
    signal: name,
    kelly: 0.1,
    depth: count(1_000),
    evidence: { ...EVIDENCE, modelProbability: 0.6 },
    ...target,
  });
  const opinion: Opinion = targets === null
    ? { targets: [], refusal: { code: "idle", text: `${name} keeps still` }, edge, edgeSide: "yes" }
    : { targets: [targets].flat().map(whole), refusal: null, edge, edgeSide: "yes" };
  return {
    name,
    title: name,
    parameters: z.unknown(),
    bind: () => ({ ...STANDARD_HOOKS, name, trades: () => true, decide: () => opinion }),
  };
}

/** A live engine with these strategies and one market. */
const rigOf = (...registry: readonly Registration[]): Rig => limitedRig({}, ...registry);

function limitedRig(limits: Partial<RiskLimits>, ...registry: readonly Registration[]): Rig {
  const risk = { ...engineOptions().risk, ...limits };
  const strategies: EngineOptions["strategies"] = registry.map(({ name }) => ({ name, enabled: true, parameters: {} }));
  const rig = new Rig({ execution: "live", capital: null, risk, strategies }, registry);
  rig.account(280, 1_000_000_000);
  rig.market(290);
  return rig;
}

const traded = (rig: Rig): string[] => rig.placed.map(({ strategy }) => strategy);
const viewOf = (rig: Rig) => new ViewBuilder(rig.engine).build().markets[0];

Deno.test("the engine lets nothing out on a book before its snapshot, nor on a stale one, whatever a strategy wants", () => {
  const rig = rigOf(eager("one", {}));
  rig.clock(291);
  assert.deepEqual([traded(rig), stateOf(rig).obstacle], [[], "The book is syncing"]);
  rig.book(292, [[3_000, 1_000]], [[3_000, 1_000]]);
  assert.deepEqual([traded(rig), stateOf(rig).obstacle], [["one"], null]);
  accept(rig, 292.1, 0, 1_000);
  rig.step({ type: "book_stale", at: rig.engine.now, tickers: [TICKER], reason: "Frame lost" });
  assert.equal(stateOf(rig).obstacle, "The book is stale: Frame lost");
  assert.deepEqual(rig.all("cancel").map(({ clientOrderId }) => clientOrderId), ["bot-1"], "what rests is taken back");
  rig.step({ type: "order_cancelled", at: rig.engine.now, clientOrderId: "bot-1", reducedBy: count(1_000) });
  for (let second = 293; second < 297; second++) rig.clock(second);
  assert.equal(rig.placed.length, 1);
  rig.book(297, [[3_000, 1_000]], [[3_000, 1_000]]);
  assert.equal(rig.placed.length, 2);
});

Deno.test("the engine lets nothing out on a crossed or locked book, nor in a market that is paused", () => {
  const rig = rigOf(eager("one", {}));
  rig.book(292, [[5_000, 1_000]], [[5_000, 1_000]]);
  assert.deepEqual([traded(rig), stateOf(rig).obstacle], [[], "The book is crossed or locked"]);
  rig.market(293, { status: "inactive" });
  rig.delta(294, "yes", 5_000, -1_000);
  assert.deepEqual([traded(rig), stateOf(rig).obstacle], [[], "The market is inactive"]);
  rig.market(295);
  assert.deepEqual(traded(rig), ["one"]);
});

Deno.test("a stopped strategy stops no other one of its market, and cancels none of its orders", () => {
  const rig = rigOf(eager("one", {}), eager("two", { price: price(4_100) }));
  rig.book(292, [[3_000, 1_000]], [[3_000, 1_000]]);
  accept(rig, 292.1, 0, 1_000, "bot-1");
  accept(rig, 292.2, 0, 1_000, "bot-2");
  rig.operator(293, "stop_strategy", "one");
  rig.clock(294);
  assert.deepEqual(rig.all("cancel").map(({ clientOrderId }) => clientOrderId), ["bot-1"]);
  assert.equal(standingOf(rig, "one").obstacle, "Strategy one is stopped");
  assert.equal(standingOf(rig, "two").obstacle, null);
  assert.equal(viewOf(rig).whyNot, null, "the other one may still send");
});

Deno.test("an order that risk refuses one strategy stops no other one of its market", () => {
  const rig = rigOf(eager("one", { price: price(7_000) }), eager("two", {}));
  rig.book(292, [[3_000, 1_000]], [[3_000, 1_000]]);
  assert.deepEqual(traded(rig), ["two"]);
  accept(rig, 292.1, 0, 1_000);
  for (let second = 293; second < 296; second++) rig.clock(second);
  assert.equal(rig.all("cancel").length, 0);
  assert.match(standingOf(rig, "one").obstacle ?? "", /^beyond_fair_value: /);
  assert.equal(standingOf(rig, "two").obstacle, null);
});

Deno.test("of several strategies the view shows the one that may send, else the one with the largest edge, by name", () => {
  const rig = rigOf(eager("one", null, 0.09), eager("two", {}, 0.02), eager("three", null, 0.05));
  rig.book(292, [[3_000, 1_000]], [[3_000, 1_000]]);
  assert.deepEqual([viewOf(rig).whyNot, viewOf(rig).edge], [null, 0.02]);
  rig.operator(293, "stop_strategy", "two");
  assert.deepEqual([viewOf(rig).whyNot, viewOf(rig).edge], ["one: one keeps still", 0.09]);
  rig.operator(294, "kill");
  assert.match(viewOf(rig).whyNot ?? "", /^Halted: /, "what stops all of them bears no name");
});

Deno.test("a step decides about a market once, even where it brings an index value and a new second", () => {
  const rig = rigOf(eager("one", null));
  rig.book(292, [[3_000, 1_000]], [[3_000, 1_000]]);
  const grows = (step: () => unknown): number => {
    const before = rig.engine.decisions;
    step();
    return rig.engine.decisions - before;
  };
  assert.equal(grows(() => rig.index(293, 84_000)), 1, "index value and new second");
  assert.equal(grows(() => rig.index(293.5, 84_001)), 1, "index value alone");
  assert.equal(grows(() => rig.clock(294)), 1, "new second alone");
  assert.equal(grows(() => rig.index(295, 1_800, "ETHUSD_RTI")), 1, "another market's index, and a new second");
  assert.equal(grows(() => rig.delta(296, "yes", 3_100, 100)), 1, "a new best price and a new second");
});

Deno.test("one decision may put no more at stake than the trade cap, in however many orders", () => {
  const both = [{}, { side: "ask", price: price(6_500) }] as const;
  const tradeOf = (dollars: number) => {
    const rig = limitedRig(
      { trade: money(dollars * 1_000_000) },
      eager("one", both),
      eager("two", { price: price(4_100) }),
    );
    rig.book(292, [[3_000, 1_000]], [[3_000, 1_000]]);
    return { rig, sent: rig.placed.map(({ strategy, side }) => `${strategy} ${side}`) };
  };
  assert.deepEqual(tradeOf(10).sent, ["one bid", "one ask", "two bid"]);
  const { rig, sent } = tradeOf(5);
  assert.deepEqual(sent, ["one bid", "two bid"], "another strategy's trade is another trade");
  assert.match(standingOf(rig, "one").obstacle ?? "", /^trade_cap: One trade: 4\.\d+ at risk and 3\.5\d+ more/);
});

Deno.test("markets that settle on one index are capped together, and others by themselves", () => {
  const limits = { categoryPercent: 100, correlatedPercent: 0.5 };
  const rig = limitedRig(limits, eager("one", {}));
  const hourly = { ticker: "KXBTCD-26NOV2008-T84000", series: "KXBTCD" };
  const ether = { ticker: "KXETH15M-26NOV200715-15", series: "KXETH15M" };
  for (const market of [{}, hourly, ether]) rig.market(291, market);
  for (const ticker of [TICKER, hourly.ticker, ether.ticker]) {
    rig.book(292, [[3_000, 1_000]], [[3_000, 1_000]], null, ticker);
  }
  assert.deepEqual(rig.placed.map(({ ticker }) => ticker), [TICKER, ether.ticker]);
  assert.match(
    standingOf(rig, "one", hourly.ticker).obstacle ?? "",
    /^correlated_cap: 0\.5 % of NAV in markets that move together: 4\.\d+ at risk/,
  );
});
