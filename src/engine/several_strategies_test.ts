import assert from "node:assert/strict";
import { z } from "zod";
import { after, EVIDENCE } from "../execution/order_fixture.ts";
import { count, price } from "../core/units.ts";
import { STANDARD_HOOKS } from "../strategies/hooks.ts";
import type { Registration } from "../strategies/registry.ts";
import type { StrategyView, Target } from "../strategies/strategy.ts";
import { accept, Rig, standingOf, stateOf, TICKER } from "./engine_fixture.ts";
import { ViewBuilder } from "./view_builder.ts";

const aTarget = (change: Partial<Target>): Target => ({
  side: "bid",
  price: price(4_000),
  count: count(1_000),
  timeInForce: "good_till_canceled",
  postOnly: true,
  signal: "test",
  kelly: 0.1,
  depth: count(10_000),
  evidence: { ...EVIDENCE, modelProbability: 0.5 },
  ...change,
});

/** A strategy that always wants the same, and keeps what it saw last. */
function watcher(name: string, ...targets: readonly Partial<Target>[]) {
  const seen: StrategyView[] = [];
  const registration: Registration = {
    name,
    title: name,
    parameters: z.unknown(),
    bind: () => ({
      ...STANDARD_HOOKS,
      name,
      trades: () => true,
      decide: (view) => {
        seen.push(copyOf(view));
        return targets.length === 0
          ? { targets: [], refusal: { code: "idle", text: `${name} keeps still` }, edge: null, edgeSide: null }
          : { targets: targets.map(aTarget), refusal: null, edge: 0.05, edgeSide: "yes" };
      },
    }),
  };
  return { registration, seen };
}

/** A view is valid during the call only: this one stays as it was. */
function copyOf(view: StrategyView): StrategyView {
  const copy: Record<string, unknown> = {};
  for (let from: object = view; from !== Object.prototype; from = Object.getPrototypeOf(from)) {
    for (const key of Object.getOwnPropertyNames(from)) copy[key] ??= Reflect.get(view, key);
  }
  return copy as unknown as StrategyView;
}

type Watcher = ReturnType<typeof watcher>;

function rigOf(enabled: readonly Watcher[], off: readonly Watcher[] = []): Rig {
  const settings = (each: Watcher, on: boolean) => ({ name: each.registration.name, enabled: on, parameters: {} });
  const strategies = [...enabled.map((each) => settings(each, true)), ...off.map((each) => settings(each, false))];
  const registry = [...enabled, ...off].map(({ registration }) => registration);
  const rig = new Rig({ execution: "live", capital: null, strategies }, registry);
  rig.account(280, 1_000_000_000);
  rig.market(290);
  return rig;
}

const BOOK = [[[3_000, 10_000]], [[3_000, 10_000]]] as const;

Deno.test("a strategy that is off is listed and not asked, and changes no decision", () => {
  const one = watcher("one", {});
  const off = watcher("off", { price: price(4_200) });
  const rig = rigOf([one], [off]);
  const alone = rigOf([watcher("one", {})]);
  for (const each of [rig, alone]) each.book(292, ...BOOK);
  assert.equal(rig.engine.decisionHash, alone.engine.decisionHash);
  assert.equal(off.seen.length, 0);
  const { strategies } = new ViewBuilder(rig.engine).build();
  assert.deepEqual(strategies.map(({ name, running, phase }) => [name, running, phase]), [
    ["one", true, "active"],
    ["off", false, "off"],
  ]);
});

Deno.test("a person starts a strategy that is off: it trades the markets that are there, and those that come", () => {
  const off = watcher("off", {});
  const rig = rigOf([], [off]);
  rig.book(292, ...BOOK);
  rig.operator(293, "start_strategy", "off");
  assert.deepEqual(rig.placed.map(({ strategy }) => strategy), ["off"]);
  assert.deepEqual(rig.engine.strategies.of("off").phase, "active");
  const later = "KXETH15M-26NOV200715-15";
  rig.market(294, { ticker: later, event: "KXETH15M-26NOV200715", series: "KXETH15M" });
  rig.book(295, ...BOOK, null, later);
  assert.deepEqual(rig.placed.map(({ ticker }) => ticker), [TICKER, later]);
  rig.operator(296, "stop_strategy", "off");
  rig.operator(297, "start_strategy", "off");
  rig.clock(298);
  assert.equal(stateOf(rig).standings.length, 1, "it is asked once, however often it is started");
});

Deno.test("two strategies that want opposite sides of one market never trade with each other", () => {
  const buyer = watcher("buyer", { price: price(5_000) });
  const seller = watcher("seller", { side: "ask", price: price(5_000) });
  const rig = rigOf([buyer, seller]);
  rig.book(292, ...BOOK);
  assert.deepEqual(rig.placed.map(({ strategy }) => strategy), ["buyer"], "while the first one is on its way");
  assert.equal(standingOf(rig, "seller").obstacle, "Waits: order bot-1 of buyer would be met");
  accept(rig, 292.1, 0, 1_000);
  for (let second = 293; second < 300; second++) rig.clock(second);
  assert.equal(rig.placed.length, 1, "and while it rests");
  rig.operator(300, "stop_strategy", "buyer");
  rig.clock(301);
  assert.equal(rig.placed.length, 1, "nor before its cancel is confirmed");
  rig.step({ type: "order_cancelled", at: after(302), clientOrderId: "bot-1", reducedBy: count(1_000) });
  rig.clock(303);
  assert.deepEqual(rig.placed.map(({ strategy }) => strategy), ["buyer", "seller"]);
});

Deno.test("others' best prices are the book's without all that rests of our own", () => {
  const one = watcher("one", { price: price(4_000) }, { side: "ask", price: price(6_000) });
  const two = watcher("two", { price: price(4_100) });
  const rig = rigOf([one, two]);
  rig.book(292, ...BOOK);
  for (const id of ["bot-1", "bot-2", "bot-3"]) accept(rig, 292.1, 0, 1_000, id);
  const rivals = () => {
    rig.clock(Math.floor((rig.engine.now - after(0)) / 1_000_000) + 1);
    const view = one.seen.at(-1);
    return [view?.rivalBid, view?.rivalAsk];
  };
  assert.deepEqual(rivals(), [3_000, 7_000], "before the book shows them");
  rig.delta(294, "yes", 4_000, 1_000);
  rig.delta(294, "yes", 4_100, 1_000);
  rig.delta(294, "no", 4_000, 1_000);
  assert.deepEqual(rivals(), [3_000, 7_000]);
  rig.delta(296, "yes", 4_000, 1);
  assert.deepEqual(rivals(), [4_000, 7_000], "somebody joins ours");
  const view = one.seen.at(-1);
  assert.deepEqual([view?.restingBidLeft, view?.restingAskLeft], [1_000, 1_000]);
  rig.delta(298, "no", 4_000, -1_000);
  rig.delta(298, "no", 3_000, -10_000);
  assert.deepEqual(rivals(), [4_000, null]);
});

Deno.test("what rests of an order that was filled in part is told, and counted out of the book", () => {
  const one = watcher("one", {});
  const rig = rigOf([one]);
  rig.book(292, ...BOOK);
  accept(rig, 292.1, 0, 1_000);
  rig.delta(292.2, "yes", 4_000, 1_000);
  rig.fill(293, { count: count(437), price: price(4_000) });
  rig.delta(293.1, "yes", 4_000, -437);
  rig.clock(294);
  const view = one.seen.at(-1);
  assert.deepEqual([view?.restingBidLeft, view?.rivalBid, view?.position], [563, 3_000, 437]);
});

Deno.test("each strategy is told the whole position, and the part of it that its own orders brought", () => {
  const one = watcher("one", {});
  const two = watcher("two", { side: "ask", price: price(6_000) });
  const rig = rigOf([one, two]);
  rig.book(292, ...BOOK);
  accept(rig, 292.1, 0, 1_000, "bot-1");
  accept(rig, 292.2, 0, 1_000, "bot-2");
  rig.fill(293, { clientOrderId: "bot-1", orderId: "o-bot-1", count: count(737), price: price(4_000) });
  rig.fill(294, {
    tradeId: "t-2",
    clientOrderId: "bot-2",
    orderId: "o-bot-2",
    side: "ask",
    count: count(1_000),
    price: price(6_000),
  });
  rig.clock(295);
  const views = [one, two].map(({ seen }) => seen.at(-1));
  assert.deepEqual(views.map((view) => [view?.position, view?.ownPosition]), [[-263, 737], [-263, -1_000]]);
  rig.settled(296, "yes");
  assert.equal(rig.engine.desk.ledger.partOf(TICKER, "one"), 0, "paid out, it is nobody's any more");
});

Deno.test("the view tells of every strategy why it keeps still", () => {
  const rig = rigOf([watcher("one", {}), watcher("two", { side: "ask", price: price(4_000) }), watcher("three")]);
  rig.book(292, ...BOOK);
  const stances = new ViewBuilder(rig.engine).build().markets[0].stances.map((
    { confidence: _, targets: __, ...stance },
  ) => stance);
  const wanted = new ViewBuilder(rig.engine).build().markets[0].stances.map(({ targets }) => targets);
  assert.deepEqual(wanted, [
    [{ side: "bid", price: "0.4000", count: "10.00", signal: "test", rests: true }],
    [{ side: "ask", price: "0.4000", count: "10.00", signal: "test", rests: true }],
    [],
  ]);
  assert.deepEqual(stances, [
    { strategy: "one", edge: 0.05, edgeSide: "yes", code: null, whyNot: null },
    {
      strategy: "two",
      edge: 0.05,
      edgeSide: "yes",
      code: "own_order",
      whyNot: "Waits: order bot-1 of one would be met",
    },
    { strategy: "three", edge: null, edgeSide: null, code: "idle", whyNot: "three keeps still" },
  ]);
});

Deno.test("a market knows the next strike below its own, and what its strategy did in the event", () => {
  const event = "KXBTCD-26NOV2008";
  const strikes = [84_199.99, 83_999.99, 84_099.99];
  const one = watcher("one");
  const buyer = watcher("buyer", {});
  const rig = rigOf([one, buyer]);
  const ticker = (strike: number) => `${event}-T${strike}`;
  for (const floorStrike of strikes) {
    rig.market(291, {
      ticker: ticker(floorStrike),
      event,
      series: "KXBTCD",
      floorStrike,
      strikeType: "greater",
      closeTime: after(3_600),
    });
  }
  const seenOf = (watched: Watcher, strike: number) => {
    const found = watched.seen.findLast(({ market }) => market.ticker === ticker(strike));
    assert.ok(found !== undefined);
    return found.event;
  };
  rig.clock(292);
  assert.deepEqual(strikes.map((strike) => seenOf(one, strike).strikeBelow), [84_099.99, null, 83_999.99]);
  assert.deepEqual({ ...seenOf(buyer, 84_199.99) }, { strikeBelow: 84_099.99, lastOrderAt: 0, held: false });
  rig.book(293, ...BOOK, null, ticker(83_999.99));
  rig.clock(294);
  const { lastOrderAt, held } = seenOf(buyer, 84_199.99);
  assert.deepEqual([lastOrderAt, held], [after(293), true], "an order in a sibling");
  assert.deepEqual([seenOf(one, 84_199.99).lastOrderAt, seenOf(one, 84_199.99).held], [0, false], "is not another's");
});
