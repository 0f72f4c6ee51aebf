import assert from "node:assert/strict";
import { count, money } from "../core/units.ts";
import { after } from "../execution/order_fixture.ts";
import { type TradingState, type Transition, TRANSITIONS } from "../risk/trading_state.ts";
import { OTHER, TICKER } from "./engine_fixture.ts";
import { HELD, HOLDING, restarted, SCRIPTED, type Stage, stageAt } from "./safety_fixture.ts";
import { stateView, strategyState } from "./state_view.ts";

/** How a run is brought to the state before, and what happens then; the next run where one begins. */
interface Course {
  readonly before: () => Stage;
  readonly event: (stage: Stage) => Stage | void;
}

const fresh = (): Stage => {
  const stage = stageAt(100);
  stage.pass(2);
  return stage;
};
const person = (command: "kill" | "reduce" | "resume") => (stage: Stage): void => {
  stage.rig.operator(stage.now, command);
};
const switched = (command: "start_strategy" | "stop_strategy" | "wind_up_strategy") => (stage: Stage): void => {
  stage.rig.operator(stage.now, command, SCRIPTED);
};
const journal = (healthy: boolean) => ({ rig, now }: Stage): void => {
  rig.step({ type: "health", at: after(now), part: "journal", healthy, detail: "Disk full" });
};
/** A fresh run to which all of this happened, one after the other. */
const after_ = (...events: readonly ((stage: Stage) => Stage | void)[]) => (): Stage => {
  let stage = fresh();
  for (const event of events) {
    stage = event(stage) ?? stage;
    stage.pass(1);
  }
  return stage;
};

/** A second market of the strategy is paid out, and it lost there what it had paid. */
function loses({ rig, now }: Stage): void {
  const said = { at: after(now), ticker: OTHER, result: "no" as const, settlementValue: money(0) };
  rig.step({ type: "lifecycle", event: "determined", ...said });
  rig.step({ type: "lifecycle", event: "settled", ...said });
}

/** One market was lost before, and another is held that is about to be. */
function aboutToLose(): Stage {
  const [held] = HOLDING.positions;
  const lost = { ...held, ticker: OTHER };
  const row = { kind: "strategy", name: SCRIPTED, phase: "active", reason: "", enabled: true } as const;
  const strategies = [{ ...row, losses: 1, since: after(0), updatedAt: after(0) }];
  const stage = stageAt(100, { resume: { ...HOLDING, positions: [held, lost], strategies } });
  stage.pass(2);
  return stage;
}

function lost(): Stage {
  const stage = aboutToLose();
  loses(stage);
  stage.pass(1);
  return stage;
}

/** A day's loss of an earlier run stands, and the account was not read yet. */
function lossBefore(): Stage {
  const halt = {
    kind: "halt",
    name: "daily_loss",
    active: true,
    persistent: true,
    reason: "Lost",
    at: after(0),
  } as const;
  return stageAt(100, { execution: "live", capital: null, resume: { ...HOLDING, halts: [halt] } });
}

const COURSES: Readonly<Record<string, Course>> = {
  "whole active reduce": { before: fresh, event: person("reduce") },
  "whole reducing reduce": { before: after_(person("reduce")), event: person("reduce") },
  "whole halted reduce": { before: after_(person("kill")), event: person("reduce") },
  "whole active halt": { before: fresh, event: person("kill") },
  "whole reducing halt": { before: after_(person("reduce")), event: person("kill") },
  "whole halted halt": { before: after_(person("kill")), event: journal(false) },
  "whole reducing resume": { before: after_(person("reduce")), event: person("resume") },
  "whole halted resume": { before: after_(person("reduce"), person("kill")), event: person("resume") },
  "whole halted resume while a cause goes on": {
    before: after_(person("kill"), journal(false)),
    event: person("resume"),
  },
  "whole halted resume too early": { before: lossBefore, event: person("resume") },
  "whole active resume": { before: fresh, event: person("resume") },
  "whole halted cause gone": { before: after_(journal(false)), event: journal(true) },
  "whole halted cause gone while reduced": { before: after_(person("reduce"), journal(false)), event: journal(true) },
  "whole halted cause gone while killed": { before: after_(person("kill"), journal(false)), event: journal(true) },
  "whole reducing restart": { before: after_(person("reduce")), event: (stage) => restarted(stage) },
  "whole halted restart": { before: after_(person("kill")), event: (stage) => restarted(stage) },
  "whole halted restart without a cause": { before: after_(journal(false)), event: (stage) => restarted(stage) },
  "strategy active wind up": { before: fresh, event: switched("wind_up_strategy") },
  "strategy reducing nothing held": {
    before: after_(switched("wind_up_strategy")),
    event: (stage) => {
      stage.rig.settled(stage.now, "yes");
      stage.pass(2);
    },
  },
  "strategy active stop": { before: fresh, event: switched("stop_strategy") },
  "strategy reducing stop": { before: after_(switched("wind_up_strategy")), event: switched("stop_strategy") },
  "strategy active failure": { before: fresh, event: (stage) => void (stage.script.fails = true) },
  "strategy halted start": { before: after_(switched("stop_strategy")), event: switched("start_strategy") },
  "strategy reducing start": { before: after_(switched("wind_up_strategy")), event: switched("start_strategy") },
  "strategy active losing markets": { before: aboutToLose, event: loses },
  "strategy reducing start too early": { before: lost, event: switched("start_strategy") },
  "strategy reducing start after the cool-down": {
    before: () => {
      const stage = lost();
      stage.pass(60);
      return stage;
    },
    event: switched("start_strategy"),
  },
  "strategy halted restart": { before: after_(switched("stop_strategy")), event: (stage) => restarted(stage) },
  "strategy reducing restart": { before: lost, event: (stage) => restarted(stage) },
  "strategy halted restart with another switch": {
    before: after_(
      (stage) => restarted(stage, { strategies: [{ name: SCRIPTED, enabled: false, parameters: {} }] }),
      switched("start_strategy"),
      switched("stop_strategy"),
    ),
    event: (stage) => restarted(stage),
  },
};

const stateOf = ({ rig: { engine } }: Stage, of: Transition["of"]): TradingState =>
  of === "whole" ? stateView(engine).state : strategyState(engine, SCRIPTED).state;

const RESTS: Readonly<Record<TradingState, readonly string[]>> = {
  active: ["ask", "bid"],
  reducing: ["ask"],
  halted: [],
};

for (const { of, from, event, to } of TRANSITIONS) {
  const name = `${of} ${from} ${event}`;
  Deno.test(`the ${of}, ${from.toUpperCase()}: ${event} leads to ${to.toUpperCase()}, and no more goes out`, () => {
    const course = COURSES[name];
    const before = course.before();
    assert.equal(stateOf(before, of), from);
    const stage = course.event(before) ?? before;
    stage.pass(4);
    assert.equal(stateOf(stage, of), to);
    const { ledger } = stage.rig.engine.desk;
    const held = ledger.partOf(TICKER, SCRIPTED) !== 0;
    if (held) assert.deepEqual(stage.rests(), RESTS[to]);
    else assert.deepEqual(stage.rests(), [], "nothing is held, and nothing wanted");
  });
}

Deno.test("every row of the table has a course of events here, and no other", () => {
  assert.deepEqual(Object.keys(COURSES), TRANSITIONS.map(({ of, from, event }) => `${of} ${from} ${event}`));
});

Deno.test("REDUCING: what closes is cut to what is held of the strategy's own, and what rests beyond that is cancelled", () => {
  const stage = fresh();
  assert.deepEqual(stage.rests(), ["ask", "bid"]);
  person("reduce")(stage);
  stage.pass(4);
  assert.deepEqual(stage.rests(), ["ask"]);
  const [order] = stage.rig.engine.desk.orders.openIn(TICKER);
  assert.equal(order.terms.count, HELD);
  assert.match(stage.rig.engine.markets.get(TICKER)?.standings[0].obstacle ?? "", /^Reducing: Only what closes/);
  stage.rig.step({
    ...{ type: "trade", at: after(stage.now), ticker: TICKER, tradeId: "x", price: order.terms.price },
    ...{ count: count(400_000), takerSide: "bid", exchangeTime: after(stage.now) },
  });
  stage.pass(2);
  assert.equal(stage.rig.engine.desk.ledger.position(TICKER)?.position, 0, "it was sold");
  assert.deepEqual(stage.rests(), [], "and nothing of it is left to close");
  assert.ok(stage.rig.placed.slice(4).every(({ side, reduceOnly }) => side === "ask" && reduceOnly));
});

Deno.test("a resume or a start that comes too early is refused in words, written down, and changes nothing", () => {
  const loss = lossBefore();
  assert.match(loss.rig.engine.obstacleTo("resume", null) ?? "", /^Not yet \(daily_loss\): the account has been read/);
  person("resume")(loss);
  assert.deepEqual(loss.rig.records("halt"), []);
  assert.equal(loss.rig.records("audit").at(-1)?.event, "resume_refused");
  loss.rig.account(loss.now, 1_000_000_000, [[TICKER, HELD]]);
  assert.equal(loss.rig.engine.obstacleTo("resume", null), null);
  person("resume")(loss);
  assert.deepEqual(loss.rig.records("halt").map(({ name, active }) => [name, active]), [["daily_loss", false]]);

  const strategy = lost();
  const records = strategy.rig.records("strategy").length;
  assert.match(
    strategy.rig.engine.obstacleTo("start_strategy", SCRIPTED) ?? "",
    /lost 2 markets in a row.* It cools down: not before 2026-11-20T12:02:42\.000000Z$/,
  );
  switched("start_strategy")(strategy);
  assert.equal(strategy.rig.records("strategy").length, records);
  assert.equal(strategy.rig.records("audit").at(-1)?.event, "start_refused");
  assert.match(
    strategy.rig.engine.obstacleTo("resume", null) ?? "",
    /^Nothing of the whole waits for a person\. consecutive_losses scripted ends with kbot strategy start scripted/,
  );
});

Deno.test("losses in a row are counted by market and strategy, over a restart, and after the start anew", () => {
  const first = stageAt(100, { resume: { ...HOLDING, positions: [{ ...HOLDING.positions[0], ticker: OTHER }] } });
  first.pass(1);
  loses(first);
  first.pass(1);
  assert.deepEqual(first.rig.records("strategy").map(({ losses }) => losses), [1]);
  const again = restarted(first);
  assert.equal(again.rig.engine.strategies.of(SCRIPTED).losses, 1);
  const over = lost();
  over.pass(61);
  switched("start_strategy")(over);
  assert.equal(over.rig.engine.strategies.of(SCRIPTED).losses, 0);
});

Deno.test("a strategy that a person started though it is off runs on after a restart, until its switch is turned", () => {
  const off = { strategies: [{ name: SCRIPTED, enabled: false, parameters: {} }] };
  const first = stageAt(100, off);
  switched("start_strategy")(first);
  first.pass(2);
  assert.deepEqual(first.rests(), ["ask", "bid"]);
  const again = restarted(first, off);
  again.pass(2);
  assert.deepEqual(again.rests(), ["ask", "bid"]);
  const on = restarted(again);
  switched("stop_strategy")(on);
  const offAgain = restarted(on, off);
  offAgain.pass(2);
  assert.equal(offAgain.rig.engine.strategies.of(SCRIPTED).phase, "off");
});
