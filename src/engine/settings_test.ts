import assert from "node:assert/strict";
import type { SettingsInput } from "../core/input.ts";
import { money, price } from "../core/units.ts";
import { after } from "../execution/order_fixture.ts";
import { accept, liveRig, RESTING, Rig, settlementEdge, standingOf } from "./engine_fixture.ts";
import { SAFETY } from "./safety_fixture.ts";
import { CHANGEABLE_LIMITS } from "./settings.ts";

const settings = (seconds: number, change: Partial<SettingsInput>): SettingsInput => ({
  type: "settings",
  at: after(seconds),
  limits: {},
  strategies: [],
  text: "a test",
  via: "SIGHUP",
  ...change,
});

const audited = (rig: Rig, event: string) => rig.records("audit").filter((record) => record.event === event);

Deno.test("a tighter limit acts on the next decision, and keeps back what it bounds", () => {
  const rig = new Rig().warmUp();
  const [first] = rig.placed;
  rig.step(settings(301, { limits: { order: 1_000_000, trade: 1_000_000, market: 1_000_000 } }));
  const next = new Rig();
  next.market(290);
  next.step(settings(291, { limits: { market: 1_000_000 } }));
  next.warmUp();
  assert.ok(first.count > next.placed[0].count, `${next.placed[0].count} instead of ${first.count}`);
  assert.equal(rig.engine.desk.limits.order, 1_000_000);
  assert.equal(rig.engine.desk.limits.openExposure, rig.engine.options.risk.openExposure);
  assert.equal(audited(rig, "settings_changed")[0].text, "By SIGHUP: a test");
});

const TIGHTER: readonly [limits: SettingsInput["limits"], what: "decrease" | "cancel"][] = [
  [{ order: 1_000_000 }, "decrease"],
  [{ trade: 1_000_000 }, "decrease"],
  [{ market: 1_000_000 }, "decrease"],
  [{ openExposure: 1_000_000 }, "decrease"],
  [{ categoryPercent: 0.01 }, "cancel"],
  [{ correlatedPercent: 0.01 }, "cancel"],
  [{ priceCeiling: 4_000 }, "cancel"],
  [{ fairValueBound: 0 }, "cancel"],
];

for (const [limits, what] of TIGHTER) {
  Deno.test(`a ${what} makes what rests match a tighter ${Object.keys(limits).join()}`, () => {
    const risk = { ...new Rig().engine.options.risk, fairValueBound: price(1_000) };
    const rig = liveRig({ risk, strategies: settlementEdge(RESTING) });
    const [order] = rig.placed;
    accept(rig, 301, 0, order.count);
    rig.step(settings(302, { limits }));
    assert.deepEqual([rig.all("decrease").length, rig.all("cancel").length], what === "cancel" ? [0, 1] : [1, 0]);
  });
}

Deno.test("what rests stays where its prices are bounded wider", () => {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  accept(rig, 301, 0, rig.placed[0].count);
  rig.step(settings(302, { limits: { fairValueBound: 2_000, priceCeiling: 9_950 } }));
  assert.deepEqual([rig.all("decrease"), rig.all("cancel")], [[], []]);
});

Deno.test("what was taken back because of its price is not sent again at that price", () => {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  const [order] = rig.placed;
  accept(rig, 301, 0, order.count);
  rig.step(settings(302, { limits: { priceCeiling: order.price } }));
  rig.step({ type: "order_cancelled", at: after(303), clientOrderId: order.clientOrderId, reducedBy: order.count });
  rig.index(304, 84_200);
  assert.equal(rig.placed.length, 1);
  assert.match(standingOf(rig).obstacle ?? "", /^price_ceiling: /);
});

Deno.test("other parameters of a strategy are what it is asked with from then on, in every market that it follows", () => {
  const rig = liveRig({ strategies: settlementEdge({ min_edge: 0.9, rest: false }) });
  assert.equal(rig.placed.length, 0);
  const { strategy } = standingOf(rig);
  rig.step(settings(301, { strategies: [{ name: "settlement_edge", parameters: RESTING }] }));
  assert.equal(rig.placed.length, 1);
  assert.equal(standingOf(rig).strategy, strategy);
  assert.deepEqual(rig.engine.parametersOf("settlement_edge"), RESTING);
});

Deno.test("a strategy that is off stays off, and has its new parameters when it is started", () => {
  const rig = liveRig({
    strategies: [{ name: "settlement_edge", enabled: false, parameters: { min_edge: 0.9, rest: false } }],
  });
  rig.step(settings(301, { strategies: [{ name: "settlement_edge", parameters: RESTING }] }));
  assert.equal(rig.placed.length, 0);
  rig.operator(302, "start_strategy", "settlement_edge");
  rig.index(303, 84_200);
  assert.equal(rig.placed.length, 1);
});

Deno.test("no limit lifts a halt, however wide it is made", () => {
  const risk = { ...new Rig().engine.options.risk, dailyLoss: money(1_000_000) };
  const rig = liveRig({ risk });
  rig.account(302, 900_000_000);
  rig.step({ type: "clock", at: after(303) });
  rig.operator(304, "kill");
  const standing = rig.engine.desk.halts.list();
  assert.ok(standing.length > 0);
  const placed = rig.placed.length;
  rig.step(settings(305, {
    limits: Object.fromEntries(CHANGEABLE_LIMITS.map((name) => [name, name === "order" ? 500_000_000 : 99])),
    strategies: [{ name: "settlement_edge", parameters: {} }],
  }));
  rig.index(306, 84_200);
  assert.deepEqual(rig.engine.desk.halts.list(), standing);
  assert.equal(rig.placed.length, placed);
});

const REFUSED: readonly [what: string, change: Partial<SettingsInput>, why: RegExp][] = [
  ["an unknown limit", { limits: { feedStale: 1 } }, /feedStale is no limit that may change: they are order, trade, /],
  ["a negative limit", { limits: { market: -1 } }, /Limit market cannot be -1: allowed is 0 or more/],
  [
    "money that is no whole number",
    { limits: { market: 0.5 } },
    /Limit market cannot be 0\.5: allowed is a whole number/,
  ],
  ["more money than can be counted", { limits: { dailyLoss: 1e300 } }, /Limit dailyLoss cannot be 1e\+300: /],
  ["a price above a dollar", { limits: { priceCeiling: 10_001 } }, /Limit priceCeiling cannot be 10001: allowed is /],
  ["more than the hard cap", { limits: { order: 500_000_001 } }, /500000000 is a hard cap/],
  ["an unknown strategy", { strategies: [{ name: "nobody", parameters: {} }] }, /No strategy is called nobody/],
  [
    "parameters that are not valid",
    { strategies: [{ name: "settlement_edge", parameters: { min_edge: "much" } }] },
    /Strategy settlement_edge does not take these parameters: /,
  ],
];

for (const [what, change, why] of REFUSED) {
  Deno.test(`with ${what} nothing is changed, and why is written down`, () => {
    const rig = new Rig();
    const { limits } = rig.engine.desk;
    const good: Partial<SettingsInput> = { limits: { trade: 7_000_000 }, strategies: [] };
    rig.step(settings(300, {
      limits: { ...good.limits, ...change.limits },
      strategies: [{ name: "settlement_edge", parameters: RESTING }, ...(change.strategies ?? [])],
    }));
    assert.equal(rig.engine.desk.limits, limits);
    assert.deepEqual(rig.engine.parametersOf("settlement_edge"), { rest: false });
    assert.match(audited(rig, "settings_refused")[0].text, why);
    assert.equal(audited(rig, "settings_changed").length, 0);
  });
}

Deno.test("a drawdown that is bounded tighter halts, and the bound of lost markets is another, too", () => {
  const rig = new Rig({ safety: SAFETY }).warmUp();
  rig.operator(301, "stop_strategy", "settlement_edge");
  rig.step(settings(301, { limits: { maxDrawdownPercent: 0.01, consecutiveLosses: 3 } }));
  const { breakers } = rig.engine.desk;
  assert.deepEqual(breakers, { ...SAFETY.breakers, maxDrawdownPercent: 0.01, consecutiveLosses: 3 });
  assert.equal(rig.engine.desk.halts.list().length, 0);
  rig.settled(302, "no");
  rig.clock(303);
  assert.deepEqual(rig.engine.desk.halts.list().map(({ name }) => name), ["drawdown"]);
});
