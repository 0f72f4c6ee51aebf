import assert from "node:assert/strict";
import { count, price } from "../core/units.ts";
import { after } from "../execution/order_fixture.ts";
import { haltChange } from "../risk/halt_history.ts";
import { accept, holding, liveRig, RESTING, Rig, settlementEdge, standingOf, stateOf } from "./engine_fixture.ts";

Deno.test("kill: everything is cancelled, nothing is sent, a restart changes neither, and a person lifts it", () => {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  accept(rig, 301, 0, 5_000);
  rig.operator(302, "kill");
  rig.operator(302.5, "kill");
  assert.equal(rig.all("cancel_all").length, 2, "whoever pulls it again has a reason");
  assert.equal(rig.all("cancel").length, 0, "one stroke is enough, as long as it is answered");
  const halts = rig.records("halt");
  assert.deepEqual(halts.map(({ name, active, persistent }) => [name, active, persistent]), [["kill", true, true]]);
  const again = liveRig({ resume: { ...rig.engine.options.resume, account: null, halts } });
  assert.equal(again.placed.length, 0);
  assert.match(stateOf(again).obstacle ?? "", /^Halted: Kill switch, by cli/);
  again.operator(302, "resume");
  assert.equal(again.placed.length, 1);
});

Deno.test("kill: what still rests when nobody answered is cancelled one by one", () => {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  accept(rig, 301, 0, 5_000);
  rig.operator(302, "kill");
  for (let second = 303; second <= 312; second++) rig.clock(second);
  assert.deepEqual(rig.all("cancel").map(({ clientOrderId }) => clientOrderId), ["bot-1"]);
});

Deno.test("an order that is acknowledged after a kill is cancelled", () => {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  rig.operator(300.6, "kill");
  accept(rig, 300.7, 0, 5_000);
  rig.clock(301);
  assert.equal(rig.all("cancel").length, 1);
});

Deno.test("the day's loss halts until a person lifts it, and counts from there on", () => {
  const rig = liveRig();
  accept(rig, 301, 0, 0);
  rig.fill(302, { orderId: "o-bot-1", price: price(5_100), count: count(30_000) });
  rig.book(303, [[100, 10_000]], [[9_800, 10_000]]);
  rig.clock(304);
  assert.deepEqual(rig.records("halt").map(({ name, persistent }) => [name, persistent]), [["daily_loss", true]]);
  assert.equal(rig.all("cancel_all").length, 1);
  rig.operator(305, "resume");
  rig.clock(306);
  rig.clock(307);
  assert.equal(rig.engine.desk.halts.first, null);
});

Deno.test("a new day begins with the net asset value of its first moment", () => {
  const rig = holding("yes");
  rig.clock(43_199);
  assert.equal(rig.engine.desk.dayStartNav, 10_000_000_000);
  rig.clock(43_200);
  assert.equal(rig.records("account").at(-1)?.day, "2026-11-21");
  assert.equal(rig.engine.desk.dayStartNav, rig.engine.desk.nav);
  assert.equal(rig.engine.desk.nav, rig.engine.desk.ledger.cash + 25_000_000, "at the last mid, 0.50");
});

Deno.test("input health: trading halts while the journal or the store cannot be written, and goes on by itself", () => {
  for (const part of ["journal", "store"] as const) {
    const rig = new Rig();
    rig.step({ type: "health", at: after(280), part, healthy: false, detail: "Disk full" });
    rig.warmUp();
    assert.equal(rig.placed.length, 0);
    assert.equal(rig.all("cancel_all").length, 1);
    rig.step({ type: "health", at: after(301), part, healthy: true, detail: "" });
    assert.equal(rig.placed.length, 1);
    assert.ok(rig.records("halt").every(({ persistent }) => !persistent));
  }
});

Deno.test("a person's resume does not lift a halt whose cause goes on", () => {
  const rig = new Rig();
  rig.step({ type: "health", at: after(280), part: "journal", healthy: false, detail: "Disk full" });
  rig.operator(281, "resume");
  assert.equal(rig.engine.desk.halts.has("journal"), true);
});

Deno.test("shutdown cancels everything, sends nothing more, and does not outlive the run", () => {
  const rig = liveRig();
  rig.operator(301, "shutdown");
  accept(rig, 301.1, 0, 0);
  rig.index(302, 84_200);
  assert.equal(rig.placed.length, 1);
  assert.equal(rig.all("cancel_all").length, 1);
  assert.ok(rig.records("halt").every(({ persistent }) => !persistent));
});

Deno.test("a stopped strategy has its orders cancelled and sends none until it is started", () => {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  accept(rig, 301, 0, 5_000);
  rig.operator(302, "stop_strategy", "settlement_edge");
  assert.equal(rig.all("cancel").length, 1);
  assert.equal(standingOf(rig).obstacle, "Strategy settlement_edge is stopped");
  rig.step({ type: "order_cancelled", at: after(303), clientOrderId: "bot-1", reducedBy: rig.placed[0].count });
  rig.index(304, 84_200);
  assert.equal(rig.placed.length, 1);
  rig.operator(305, "start_strategy", "settlement_edge");
  assert.equal(rig.placed.length, 2);
  rig.operator(306, "stop_strategy", "no_such");
  assert.deepEqual(rig.engine.strategies.of("settlement_edge").phase, "active");
});

Deno.test("input clock and link: time passes, and a minute of it leaves a portfolio record", () => {
  const rig = new Rig();
  rig.clock(1);
  rig.step({ type: "link", at: after(2), link: "kalshi", up: true, detail: "" });
  assert.equal(rig.engine.now, after(2));
  for (let second = 3; second <= 130; second++) rig.clock(second);
  assert.equal(rig.records("portfolio").length, 2);
  rig.clock(100);
  assert.equal(rig.engine.now, after(130), "time does not go back");
});

Deno.test("a strategy that does not exist is refused when the engine is made", () => {
  assert.throws(
    () => new Rig({ strategies: [{ name: "no_such", enabled: true, parameters: {} }] }),
    /No strategy is called no_such/,
  );
  assert.doesNotThrow(() => new Rig({ strategies: [{ name: "no_such", enabled: false, parameters: {} }] }));
});

Deno.test("a market whose fees nobody knows is shown and never traded", () => {
  const rig = new Rig();
  rig.market(290, { fees: { type: "flat", multiplierMillionths: 1_000_000 } });
  for (let second = 290; second <= 300; second++) rig.index(second, second % 2 === 0 ? 84_200 : 84_205);
  rig.book(300.5, [[4_900, 10_000]], [[4_900, 10_000]]);
  assert.equal(rig.placed.length, 0);
  assert.equal(standingOf(rig).opinion?.refusal?.code, "fee_unknown");
});

Deno.test("the history of halts tells which way a person begins and lifts one", () => {
  const rig = liveRig();
  for (
    const [second, command] of [[301, "kill"], [302, "resume"], [303, "reduce"], [304, "resume"], [
      305,
      "shutdown",
    ]] as const
  ) {
    rig.operator(second, command);
  }
  assert.deepEqual(rig.records("halt").map(haltChange).map(({ kind, change, by }) => `${kind} ${change} by ${by}`), [
    "kill begun by cli",
    "kill lifted by cli",
    "reduce begun by cli",
    "reduce lifted by cli",
    "shutdown begun by cli",
  ]);
});
