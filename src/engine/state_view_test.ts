import assert from "node:assert/strict";
import { after } from "../execution/order_fixture.ts";
import { HOLDING, SCRIPTED, stageAt } from "./safety_fixture.ts";
import { haltViews, stateView, strategyState } from "./state_view.ts";

const fresh = () => {
  const stage = stageAt(100);
  stage.pass(1);
  return stage;
};

Deno.test("where nothing stands the whole and its strategies are active, and nobody has to say why", () => {
  const { rig: { engine } } = fresh();
  assert.deepEqual(stateView(engine), { state: "active", reason: "" });
  assert.deepEqual(strategyState(engine, SCRIPTED), { state: "active", kept: null, ownHalt: false, losses: 0 });
  assert.deepEqual(haltViews(engine), []);
});

Deno.test("the whole's reason is that of the strictest halt, and a strategy under it says the same", () => {
  const stage = fresh();
  stage.rig.operator(stage.now, "reduce");
  stage.rig.operator(stage.now, "kill");
  const { engine } = stage.rig;
  assert.deepEqual(stateView(engine), { state: "halted", reason: "Kill switch, by cli" });
  assert.equal(strategyState(engine, SCRIPTED).kept, "Kill switch, by cli. Ends: kbot resume");
  assert.deepEqual(haltViews(engine).map(({ name, level, ends }) => [name, level, ends]), [
    ["reduce", "reducing", "kbot resume"],
    ["kill", "halted", "kbot resume"],
  ]);
});

Deno.test("a strategy's own switch is told with what ends it", () => {
  const stage = fresh();
  stage.rig.operator(stage.now, "wind_up_strategy", SCRIPTED);
  assert.deepEqual(strategyState(stage.rig.engine, SCRIPTED).kept, "It is wound up, by cli");
  stage.rig.operator(stage.now, "stop_strategy", SCRIPTED);
  const { state, kept } = strategyState(stage.rig.engine, SCRIPTED);
  assert.deepEqual([state, kept], ["halted", `Strategy ${SCRIPTED} is stopped. Ends: kbot strategy start ${SCRIPTED}`]);
});

Deno.test("a halt that cools down says until when, once", () => {
  const name = `consecutive_losses ${SCRIPTED}`;
  const halt = { kind: "halt", name, active: true, persistent: true, reason: "Lost", at: after(90) } as const;
  const halts = [{ ...halt, level: "reducing", strategy: SCRIPTED } as const];
  const { rig: { engine } } = stageAt(100, { resume: { ...HOLDING, halts } });
  const { state, kept, ownHalt } = strategyState(engine, SCRIPTED);
  assert.deepEqual([state, ownHalt], ["reducing", true]);
  assert.equal(
    kept,
    `Lost. Ends: kbot strategy start ${SCRIPTED}. It cools down: not before 2026-11-20T12:02:30.000000Z`,
  );
  assert.deepEqual(stateView(engine), { state: "active", reason: "" }, "it is of one strategy alone");
});

Deno.test("books out of sync are named, but no more than fit a page", () => {
  const stage = fresh();
  for (let n = 0; n < 30; n++) {
    const ticker = `KXBTCD-26NOV2017-T${n}`;
    stage.rig.market(stage.now, { ticker, series: "KXBTCD", event: "KXBTCD-26NOV2017" });
    stage.rig.book(stage.now, [[100, 100]], [[100, 100]], null, ticker);
  }
  stage.rig.step({ type: "book_stale", at: after(stage.now), tickers: "all", reason: "The socket broke" });
  const views = haltViews(stage.rig.engine);
  assert.equal(views.length, 20);
  assert.ok(views.every(({ scope, reason }) => scope === "market" && reason.endsWith("The socket broke")));
});
