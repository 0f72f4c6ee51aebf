import assert from "node:assert/strict";
import { count, money } from "../core/units.ts";
import { after } from "../execution/order_fixture.ts";
import { accept, anAccount, Rig, TICKER } from "./engine_fixture.ts";
import type { EngineOptions } from "./options.ts";
import { HOLDING, restarted, SAFETY, SCRIPTED, type Stage, stageAt } from "./safety_fixture.ts";

/** Contracts held, 1,000 of them bought at 0.50, and cash beside them. */
const HELD = 100_000;
const CASH = 500_000_000;
const MIDNIGHT = 12 * 3_600;
const off = { strategies: [{ name: SCRIPTED, enabled: false, parameters: {} }] };
const live: Partial<EngineOptions> = { execution: "live", capital: null };

/** 1,000 dollars, half of them in contracts; the strategy is off, so that nothing else happens. */
function holding(seconds: number, change: Parameters<typeof anAccount>[0] = {}): Stage {
  const [position] = HOLDING.positions;
  const account = anAccount({ cash: money(CASH), startingCapital: money(1_000_000_000), ...change });
  const held = { ...position, position: count(HELD), parts: { [SCRIPTED]: count(HELD) }, cost: money(500_000_000) };
  return stageAt(seconds, { ...live, ...off, resume: { ...HOLDING, account, positions: [held] } });
}

/** The book's middle goes to so many cents. */
function mid(stage: Stage, cents: number): void {
  stage.rig.book(stage.now, [[cents * 100 - 100, 100_000]], [[9_900 - cents * 100, 100_000]]);
  stage.pass(2);
}

/** The exchange says for longer than differences are borne that there is so much cash. */
function reads(stage: Stage, cash: number): void {
  for (let n = 0; n < 3; n++) {
    stage.rig.account(stage.now, cash, [[TICKER, HELD]]);
    stage.pass(16);
  }
}

const corrected = ({ rig }: Stage): readonly string[] =>
  rig.records("audit").filter(({ event }) => event === "reconciled").map(({ text }) => text);
const halts = ({ rig }: Stage): readonly string[] => rig.engine.desk.halts.list().map(({ name }) => name);

Deno.test("a deposit at midnight UTC is no profit of either day, though half of the worth is in contracts", () => {
  const stage = holding(MIDNIGHT - 20);
  reads(stage, CASH + 700_000_000);
  assert.match(corrected(stage)[0], /700\.000000|1200\.000000 at the exchange; counted as a deposit/);
  const { desk } = stage.rig.engine;
  assert.equal(desk.nav, 1_700_000_000);
  assert.equal(desk.nav - desk.dayStartNav, 0);
  assert.equal(stage.rig.records("account").at(-1)?.day, "2026-11-21");
  assert.equal(desk.ledger.startingCapital, 1_700_000_000);
  assert.equal(desk.ledger.realised, 0);
  assert.deepEqual(halts(stage), []);
});

Deno.test("a withdrawal trips neither the day's loss nor the drawdown, though both had begun and contracts are held", () => {
  const stage = holding(100);
  mid(stage, 42);
  const { desk } = stage.rig.engine;
  assert.equal(desk.nav, 920_000_000, "eight per cent were lost");
  assert.ok(desk.recovering);
  reads(stage, CASH - 420_000_000);
  assert.equal(corrected(stage).length, 1);
  assert.equal(desk.nav, 500_000_000);
  assert.equal(desk.nav - desk.dayStartNav, -80_000_000, "the day's loss in dollars is what it was");
  assert.equal(desk.dayBaseNav, 543_478_260, "its share is what it was: 8 % of this");
  assert.equal(desk.haltPeakNav, 543_478_260);
  assert.deepEqual(halts(stage), []);
  assert.ok(desk.recovering, "and the drawdown is no other");
  mid(stage, 40);
  assert.deepEqual(halts(stage), ["daily_loss"], "what is lost after it counts");
  assert.match(stage.rig.records("halt")[0].reason, /allowed 10 % of 543\.478260/);
});

Deno.test("a deposit does not hide a loss: what was lost still counts, and the drawdown is in proportion", () => {
  const stage = holding(100, { dayStartNav: money(990_000_000), peakNav: money(1_100_000_000) });
  stage.pass(2);
  reads(stage, CASH + 1_000_000_000);
  const { desk } = stage.rig.engine;
  assert.equal(desk.nav, 2_000_000_000);
  assert.equal(desk.nav - desk.dayStartNav, 10_000_000);
  assert.equal(desk.haltPeakNav, 2_200_000_000);
});

Deno.test("of a withdrawal while an order rests what is certain counts, the rest once it rests no more, and nothing trips on the way", () => {
  const stage = holding(100);
  stage.rig.account(stage.now, CASH, [[TICKER, HELD]]);
  stage.rig.operator(stage.now, "start_strategy", SCRIPTED);
  stage.pass(1);
  for (const { clientOrderId } of stage.rig.placed) accept(stage.rig, stage.now, 0, 1_000, clientOrderId);
  assert.deepEqual(stage.rests(), ["ask"]);
  reads(stage, CASH - 400_000_000);
  const { desk } = stage.rig.engine;
  const { boundByOrders } = desk.exposure;
  assert.ok(boundByOrders > 0);
  assert.equal(desk.nav, 600_000_000 + boundByOrders, "what rests binds cash by a rule that nobody publishes");
  assert.deepEqual([corrected(stage).length, desk.nav - desk.dayStartNav, halts(stage)], [1, 0, []]);
  stage.rig.operator(stage.now, "stop_strategy", SCRIPTED);
  for (const { clientOrderId } of stage.rig.placed) {
    stage.rig.step({ type: "order_cancelled", at: after(stage.now), clientOrderId, reducedBy: count(1_000) });
  }
  reads(stage, CASH - 400_000_000);
  assert.equal(corrected(stage).length, 2);
  assert.equal(desk.nav, 600_000_000);
  assert.equal(desk.nav, desk.dayStartNav);
  assert.deepEqual(halts(stage), []);
});

Deno.test("a restart between the first read and the second asks again, and counts the money once", () => {
  const stage = holding(100);
  stage.rig.account(stage.now, CASH - 400_000_000, [[TICKER, HELD]]);
  stage.pass(20);
  const again = restarted(stage, { ...live, ...off });
  again.rig.account(again.now, CASH - 400_000_000, [[TICKER, HELD]]);
  again.pass(15);
  again.rig.account(again.now, CASH - 400_000_000, [[TICKER, HELD]]);
  assert.deepEqual(corrected(again), [], "patience begins anew with the run");
  reads(again, CASH - 400_000_000);
  assert.equal(corrected(again).length, 1);
  const third = restarted(again, { ...live, ...off });
  reads(third, CASH - 400_000_000);
  assert.deepEqual(corrected(third), [], "it is known");
  const { desk } = third.rig.engine;
  assert.deepEqual([desk.nav, desk.dayStartNav, desk.dayBaseNav], [600_000_000, 600_000_000, 600_000_000]);
  assert.deepEqual(halts(third), []);
});

Deno.test("what the breakers count from outlives a restart after a withdrawal, to the micro-dollar", () => {
  const stage = holding(100);
  mid(stage, 42);
  reads(stage, CASH - 420_000_000);
  const before = stage.rig.engine.desk;
  const again = restarted(stage, { ...live, ...off }, 42);
  again.pass(2);
  const { desk } = again.rig.engine;
  for (const figure of ["nav", "dayStartNav", "dayBaseNav", "haltPeakNav", "recovering"] as const) {
    assert.equal(desk[figure], before[figure], figure);
  }
  assert.deepEqual(halts(again), []);
});

Deno.test("a drawdown halts at its bound, and after it was lifted counts from there, over a restart too", () => {
  const account = { peakNav: money(1_240_000_000), dayStartNav: money(1_000_000_000) };
  const stage = holding(100, account);
  mid(stage, 50);
  assert.deepEqual(halts(stage), [], "19 per cent");
  mid(stage, 48);
  assert.deepEqual(halts(stage), ["drawdown"]);
  stage.rig.account(stage.now, CASH, [[TICKER, HELD]]);
  stage.rig.operator(stage.now, "resume");
  stage.pass(3);
  assert.deepEqual(halts(stage), []);
  assert.equal(stage.rig.engine.desk.haltPeakNav, 980_000_000);
  assert.ok(stage.rig.engine.desk.recovering, "the loss itself is not earned back by that");
  const again = restarted(stage, { ...live, ...off }, 48);
  again.pass(2);
  assert.equal(again.rig.engine.desk.haltPeakNav, 980_000_000);
  assert.deepEqual(halts(again), []);
});

Deno.test("before a market's book is heard what is held counts at its cost, and nothing trips by that", () => {
  const [position] = HOLDING.positions;
  const held = { ...position, position: count(HELD), parts: { [SCRIPTED]: count(HELD) }, cost: money(100_000_000) };
  // Worth 1,000 in all at the last marks, and 600 with what is held at its cost: 40 per cent less.
  const account = anAccount({ cash: money(CASH) });
  const stage = stageAt(100, { ...live, ...off, resume: { ...HOLDING, account, positions: [held] } });
  stage.rig.step({ type: "clock", at: after(100) });
  assert.deepEqual(halts(stage), []);
  const blind = new Rig({
    ...live,
    safety: SAFETY,
    strategies: [],
    resume: { ...HOLDING, account, positions: [held] },
  });
  for (let second = 1; second <= 60; second++) blind.clock(second);
  assert.deepEqual(blind.engine.desk.halts.list(), []);
  blind.clock(62);
  assert.equal(blind.engine.desk.halts.list()[0]?.name, "daily_loss", "nobody waits for ever");
});

Deno.test("a peak that prices alone made is remembered within a minute", () => {
  const stage = holding(100);
  stage.rig.account(stage.now, CASH, [[TICKER, HELD]]);
  mid(stage, 60);
  stage.pass(61);
  assert.equal(stage.rig.records("account").at(-1)?.peakNav, 1_100_000_000);
});
