import assert from "node:assert/strict";
import { z } from "zod";
import { count, price } from "../../core/units.ts";
import { Rig } from "../../engine/engine_fixture.ts";
import { EVIDENCE } from "../../execution/order_fixture.ts";
import { STANDARD_HOOKS } from "../../strategies/hooks.ts";
import type { Registration } from "../../strategies/registry.ts";
import type { Opinion } from "../../strategies/strategy.ts";
import { DecisionWatch } from "./decision.ts";

const EVENT = "KXHIGHNY-26NOV20";
const LEGS = [`${EVENT}-B50.5`, `${EVENT}-B52.5`];

/** Wants ten contracts at 0.40 in every market of an event, all or none. */
const basket: Registration = {
  name: "basket",
  title: "Basket",
  parameters: z.unknown(),
  bind: () => ({
    ...STANDARD_HOOKS,
    name: "basket",
    trades: (series) => series === "KXHIGHNY",
    groupOf: (market) => market.event,
    decideGroup: ({ markets }) =>
      new Map(markets.map(({ market }): [string, Opinion] => [market.ticker, {
        targets: markets.length < LEGS.length ? [] : [{
          side: "bid",
          price: price(4_000),
          count: count(1_000),
          timeInForce: "fill_or_kill",
          postOnly: false,
          signal: "set",
          kelly: 0.1,
          depth: count(10_000),
          evidence: { ...EVIDENCE, modelProbability: 0.5, edge: 0.05 },
          basket: "set",
        }],
        refusal: null,
        edge: 0.05,
        edgeSide: "yes",
      }])),
  }),
};

Deno.test("each leg of a basket is told with those before it at stake", () => {
  const rig = new Rig({ strategies: [{ name: "basket", enabled: true, parameters: {} }] }, [basket]);
  for (const ticker of LEGS) {
    rig.market(290, { ticker, event: EVENT, series: "KXHIGHNY", floorStrike: 50, capStrike: 51 });
  }
  rig.book(292, [[3_000, 10_000]], [[6_000, 10_000]], null, LEGS[0]);
  const watches = LEGS.map((ticker) =>
    new DecisionWatch(rig.engine, { ticker, side: "bid", price: 4_000, count: 1_000, strategy: "basket" })
  );
  rig.engine.watch({ checking: (...told) => watches.forEach((watch) => watch.checking(...told)) });
  rig.book(293, [[3_000, 10_000]], [[6_000, 10_000]], null, LEGS[1]);
  assert.deepEqual(rig.placed.map(({ ticker }) => ticker), LEGS);
  const used = watches.map(({ figures }) => figures?.checks.find(({ check }) => check === "exposure_cap")?.used);
  // Ten contracts at 0.40, 7 % of 0.40 x 0.60 on each, eleven roundings of a micro-dollar and a step.
  assert.deepEqual(used, ["0.000000", "4.168111"]);
  for (const { figures } of watches) {
    assert.deepEqual([figures?.index, figures?.model.closed_form, figures?.model.parts], [null, null, null]);
    assert.deepEqual([figures?.costs.worth, figures?.costs.net_edge], [0.5, 0.05]);
    assert.equal(figures?.costs.buffers?.toFixed(4), "0.0332");
  }
});

Deno.test("an order that is another one is not taken for it", () => {
  const rig = new Rig();
  const wanted = { ticker: rig.engine.options.run, side: "bid", price: 5_100, count: 5_000, strategy: "x" } as const;
  const watch = new DecisionWatch(rig.engine, wanted);
  rig.engine.watch(watch);
  rig.warmUp();
  assert.equal(rig.placed.length, 1);
  assert.equal(watch.figures, null);
});
