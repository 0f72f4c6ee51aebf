import assert from "node:assert/strict";
import { z } from "zod";
import { count, price } from "../core/units.ts";
import { aMarket, EVIDENCE } from "../execution/order_fixture.ts";
import { SettlementAverage } from "../models/settlement_average.ts";
import { STANDARD_HOOKS } from "../strategies/hooks.ts";
import type { Registration } from "../strategies/registry.ts";
import type { Target } from "../strategies/strategy.ts";
import {
  accept,
  anAccount,
  liveRig,
  RESTING,
  Rig,
  settlementEdge,
  standingOf,
  stateOf,
  TICKER,
} from "./engine_fixture.ts";
import { ViewBuilder } from "./view_builder.ts";

/** Has the closed form give this for every market while the body runs. */
function withClosedForm(value: number | null, body: () => void): void {
  const sound = SettlementAverage.prototype.probabilityOfYes;
  SettlementAverage.prototype.probabilityOfYes = () => value;
  try {
    body();
  } finally {
    SettlementAverage.prototype.probabilityOfYes = sound;
  }
}

/** A live engine whose one order rests. */
function resting(): Rig {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  accept(rig, 301, 0, 5_000);
  assert.equal(rig.placed.length, 1);
  return rig;
}

const halts = (rig: Rig) =>
  rig.engine.desk.halts.list().map(({ name, persistent, reason }) => [name, persistent, reason]);
const reasonOf = (who: string, value: number) =>
  `${who} gives ${TICKER} the probability ${value}: a probability is a number from 0 to 1`;

for (const value of [1.2, -1e-9, NaN, Infinity]) {
  Deno.test(`a closed form that gives ${value} halts, cancels what rests, and nobody sees the value`, () => {
    const rig = resting();
    withClosedForm(value, () => {
      rig.index(302, 84_200);
      const reason = reasonOf("The closed form", value);
      assert.deepEqual(halts(rig), [["model", true, reason]]);
      assert.deepEqual(rig.all("cancel_all").map((action) => action.reason), [reason]);
      assert.ok(rig.all("log").some(({ level, text }) => level === "error" && text === `Halted: ${reason}`));
      assert.ok(rig.records("audit").some(({ event, text }) => event === "halted" && text === reason));
      const view = new ViewBuilder(rig.engine).build();
      assert.deepEqual([view.markets[0].modelProbability, view.markets[0].whyNot], [null, `Halted: ${reason}`]);
      for (let second = 303; second <= 310; second++) rig.index(second, 84_200);
      assert.deepEqual([rig.placed.length, rig.all("cancel_all").length, rig.records("halt").length], [1, 1, 1]);
    });
  });
}

Deno.test("a model's halt outlives its cause and a restart, ends by a person, and comes back while the cause is there", () => {
  const rig = resting();
  withClosedForm(1.2, () => rig.index(302, 84_200));
  rig.index(303, 84_200);
  assert.equal(rig.engine.desk.halts.has("model"), true, "the model is well again, and nobody has looked at it");
  const resume = { ...rig.engine.options.resume, account: anAccount(), halts: rig.records("halt") };
  const again = liveRig({ resume });
  assert.deepEqual([again.placed.length, halts(again).length], [0, 1]);
  withClosedForm(1.2, () => again.operator(302, "resume"));
  assert.deepEqual([again.placed.length, halts(again).length], [0, 1]);
  again.operator(303, "resume");
  assert.deepEqual([again.placed.length, halts(again).length], [1, 0]);
});

Deno.test("on paper a broken model halts as well", () => {
  const rig = new Rig();
  withClosedForm(-0.5, () => rig.warmUp());
  assert.deepEqual([rig.placed.length, halts(rig)], [0, [["model", true, reasonOf("The closed form", -0.5)]]]);
});

Deno.test("a probability that cannot be known yet halts nothing", () => {
  const rig = new Rig({ execution: "live", capital: null });
  rig.account(280, 1_000_000_000);
  rig.market(290);
  for (let second = 290; second <= 293; second++) rig.index(second, 84_200);
  assert.ok(Number.isNaN(stateOf(rig).probability), "too few returns for a volatility");
  rig.market(293.5, { floorStrike: null });
  for (let second = 294; second <= 310; second++) rig.index(second, 84_200);
  rig.step({ type: "market", at: rig.engine.now, market: aMarket({ strikeType: "custom" }) });
  rig.clock(311);
  assert.ok(Number.isNaN(stateOf(rig).probability), "no strike yet, or none that is a number");
  assert.deepEqual(halts(rig), []);
});

/** A strategy that buys at 0.40 as soon as there is a book, by a probability of its own. */
function believer(name: string, modelProbability: number | null): Registration {
  const target: Target = {
    side: "bid",
    price: price(4_000),
    count: count(1_000),
    timeInForce: "good_till_canceled",
    postOnly: true,
    signal: name,
    kelly: 0.1,
    depth: count(1_000),
    evidence: { ...EVIDENCE, modelProbability },
  };
  const waits = { targets: [], refusal: { code: "no_book", text: "No book yet" }, edge: null, edgeSide: null };
  const buys = { targets: [target], refusal: null, edge: 0.05, edgeSide: "yes" } as const;
  return {
    name,
    title: name,
    parameters: z.unknown(),
    bind: () => ({
      ...STANDARD_HOOKS,
      name,
      trades: () => true,
      decide: ({ book }) => book.bid === null ? waits : buys,
    }),
  };
}

function believers(...registry: readonly Registration[]): Rig {
  const strategies = registry.map(({ name }) => ({ name, enabled: true, parameters: {} }));
  const rig = new Rig({ execution: "live", capital: null, strategies }, registry);
  rig.account(280, 1_000_000_000);
  rig.market(290);
  rig.book(291, [[3_000, 1_000]], [[3_000, 1_000]]);
  return rig;
}

for (const value of [1.0001, -0.2, NaN]) {
  Deno.test(`a strategy's own probability of ${value} halts everything, and none of those asked after it sends`, () => {
    const rig = believers(believer("broken", value), believer("sound", 0.6));
    assert.deepEqual([rig.placed, halts(rig)], [[], [["model", true, reasonOf("Strategy broken", value)]]]);
    assert.match(standingOf(rig, "sound").obstacle ?? "", /^Halted: Strategy broken gives /);
    for (let second = 292; second <= 295; second++) rig.clock(second);
    assert.deepEqual([rig.placed.length, rig.all("cancel_all").length], [0, 1]);
  });
}

Deno.test("what a strategy asked before the broken one has sent is cancelled", () => {
  const rig = believers(believer("sound", 0.6), believer("broken", 7));
  assert.deepEqual(rig.placed.map(({ strategy }) => strategy), ["sound"]);
  assert.deepEqual(
    rig.actions.filter(({ type }) => type === "place" || type === "cancel_all").map(({ type }) => type),
    [
      "place",
      "cancel_all",
    ],
  );
  accept(rig, 292, 0, 1_000);
  rig.clock(293);
  assert.equal(rig.all("cancel").length, 1, "acknowledged after the halt");
});

Deno.test("a strategy that rests its order on no probability halts nothing", () => {
  assert.deepEqual(halts(believers(believer("blind", null))), []);
});
