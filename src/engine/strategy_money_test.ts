import assert from "node:assert/strict";
import { z } from "zod";
import { count, money, price } from "../core/units.ts";
import { EVIDENCE } from "../execution/order_fixture.ts";
import type { AllocationRules } from "../risk/allocation.ts";
import { STANDARD_HOOKS } from "../strategies/hooks.ts";
import type { Registration } from "../strategies/registry.ts";
import type { Target } from "../strategies/strategy.ts";
import { accept, Rig, standingOf, TICKER } from "./engine_fixture.ts";
import { FRESH } from "./options.ts";
import { ViewBuilder } from "./view_builder.ts";

const RULES: AllocationRules = {
  method: "fixed",
  totalPercent: 100,
  totalUsd: null,
  strategies: [{ name: "buyer", percent: 1, usd: null }, { name: "seller", percent: 50, usd: null }],
  floorPercent: 0,
  ceilingPercent: 100,
  stepPercent: 100,
  halfLifeDays: 20,
  hour: 0,
  zone: "UTC",
};

function wanting(name: string, target: Partial<Target>): Registration {
  const whole: Target = {
    side: "bid",
    price: price(4_000),
    count: count(1_000),
    timeInForce: "immediate_or_cancel",
    postOnly: false,
    signal: "test",
    kelly: 0.1,
    depth: count(100_000),
    evidence: { ...EVIDENCE, modelProbability: 0.5 },
    ...target,
  };
  return {
    name,
    title: name,
    parameters: z.unknown(),
    bind: () => ({
      ...STANDARD_HOOKS,
      name,
      trades: () => true,
      decide: ({ ownPosition, headroom }) =>
        ownPosition === 0
          ? { targets: [whole], refusal: null, edge: headroom, edgeSide: "yes" }
          : { targets: [], refusal: { code: "held", text: "Held" }, edge: headroom, edgeSide: null },
    }),
  };
}

function rigOf(registry: readonly Registration[], resume = FRESH): Rig {
  const strategies = registry.map(({ name }) => ({ name, enabled: true, parameters: {} }));
  const rig = new Rig({ execution: "live", capital: null, allocation: RULES, strategies, resume }, registry);
  rig.account(280, 1_000_000_000);
  rig.market(290);
  rig.clock(291);
  return rig;
}

const shown = (rig: Rig, name: string) => {
  const row = new ViewBuilder(rig.engine).build().strategies.find((each) => each.name === name);
  return [row?.budget, row?.inUse, row?.dayPnl];
};

const BOOK = [[[3_000, 100_000]], [[6_000, 100_000]]] as const;

Deno.test("a strategy puts no more at stake than its budget, and another one's is left alone", () => {
  const rig = rigOf([
    wanting("buyer", { count: count(3_000) }),
    wanting("seller", { side: "ask", price: price(6_000) }),
  ]);
  rig.book(292, ...BOOK);
  assert.deepEqual(
    rig.placed.map(({ strategy }) => strategy),
    ["seller"],
    "30 contracts at 40 cents are above 1 % of 1,000",
  );
  assert.match(standingOf(rig, "buyer").obstacle ?? "", /^budget_cap: The strategy's budget: 0\.000000 at risk and 12/);
  assert.equal(standingOf(rig, "buyer").opinion?.edge, 10_000_000, "what it may still put at stake is in its view");
});

Deno.test("an account without cash gives no budget for the day: once there is some, it is parted", () => {
  const registry = [wanting("buyer", {}), wanting("seller", { side: "ask" })];
  const strategies = registry.map(({ name }) => ({ name, enabled: true, parameters: {} }));
  const rig = new Rig({ execution: "live", capital: null, allocation: RULES, strategies }, registry);
  rig.account(280, 0);
  rig.market(290);
  rig.clock(291);
  assert.equal(shown(rig, "seller")[0], "0.000000");
  for (const seconds of [300, 320, 340]) rig.account(seconds, 1_000_000_000);
  rig.clock(341);
  assert.equal(shown(rig, "seller")[0], "500.000000");
  for (const seconds of [350, 370, 390]) rig.account(seconds, 3_000_000_000);
  rig.clock(391);
  assert.equal(shown(rig, "seller")[0], "1500.000000", "and a deposit is parted at once, too");
  assert.equal(shown(rig, "seller")[2], "0.000000", "but is nobody's profit");
});

Deno.test("what each strategy holds, earns and has at stake is told apart in one market", () => {
  const rig = rigOf([wanting("buyer", {}), wanting("seller", { side: "ask", count: count(400) })]);
  rig.book(292, ...BOOK);
  accept(rig, 292.1, 1_000, 0, "bot-1");
  rig.fill(292.2, {
    clientOrderId: "bot-1",
    orderId: "o-bot-1",
    price: price(4_000),
    count: count(1_000),
    fee: money(30_000),
  });
  rig.clock(293);
  accept(rig, 293.1, 400, 0, "bot-2");
  const sold = {
    tradeId: "t-2",
    clientOrderId: "bot-2",
    orderId: "o-bot-2",
    side: "ask",
    price: price(4_500),
  } as const;
  rig.fill(293.2, { ...sold, count: count(400), fee: money(10_000) });
  rig.clock(294);
  // The mark is 0.35: the buyer lost five cents on each of ten, the seller earned ten on each of four.
  assert.deepEqual(shown(rig, "buyer"), ["10.000000", "2.400000", "-0.530000"]);
  assert.deepEqual(shown(rig, "seller"), ["500.000000", "0.000000", "0.390000"]);
  const [position] = rig.records("position").slice(-1);
  assert.deepEqual(position.parts, { buyer: 1_000, seller: -400 });
  rig.settled(900, "yes");
  assert.deepEqual(shown(rig, "buyer"), ["10.000000", "0.000000", "5.970000"]);
  assert.deepEqual(shown(rig, "seller"), ["500.000000", "0.000000", "-2.210000"]);
});

Deno.test("after a restart each strategy holds what it held", () => {
  const registry = [wanting("buyer", {}), wanting("seller", { side: "ask" })];
  const first = rigOf(registry);
  first.book(292, ...BOOK);
  accept(first, 292.1, 1_000, 0, "bot-1");
  first.fill(292.2, { clientOrderId: "bot-1", orderId: "o-bot-1", price: price(4_000), count: count(1_000) });
  first.clock(293);
  accept(first, 293.1, 1_000, 0, "bot-2");
  const sold = {
    tradeId: "t-2",
    clientOrderId: "bot-2",
    orderId: "o-bot-2",
    side: "ask",
    price: price(4_000),
  } as const;
  first.fill(293.2, { ...sold, count: count(300) });
  const last = <Row extends { readonly strategy: string }>(rows: readonly Row[]): Row[] => [
    ...new Map(rows.map((row) => [row.strategy, row])).values(),
  ];
  const again = rigOf(registry, {
    ...FRESH,
    account: first.records("account").at(-1) ?? null,
    positions: first.records("position").slice(-1),
    budgets: last(first.records("budget")),
    budgetDays: [],
  });
  const { ledger } = again.engine.desk;
  assert.deepEqual([ledger.partOf(TICKER, "buyer"), ledger.partOf(TICKER, "seller")], [1_000, -300]);
});
