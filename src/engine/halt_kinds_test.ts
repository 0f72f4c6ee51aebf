import assert from "node:assert/strict";
import { count, money } from "../core/units.ts";
import { after } from "../execution/order_fixture.ts";
import { HALTS, kindOf } from "../risk/halt_kinds.ts";
import { anAccount, OTHER, Rig, TICKER } from "./engine_fixture.ts";
import { HOLDING, restarted, SAFETY, SCRIPTED, type Stage, stageAt } from "./safety_fixture.ts";
import { haltViews } from "./state_view.ts";

/** How each halt begins, what is tried before its end, what makes it end. */
interface Life {
  readonly begin: () => Stage;
  /** Its name as it stands, where it is about something. */
  readonly name?: string;
  /** What must be true first is made true. */
  readonly allow?: (stage: Stage) => void;
}

const fresh = (change: Parameters<typeof stageAt>[1] = {}): Stage => {
  const stage = stageAt(100, change);
  stage.pass(2);
  return stage;
};

const withAccount = (change: Parameters<typeof anAccount>[0]) => (): Stage =>
  fresh({ resume: { ...HOLDING, account: anAccount(change) } });

function health(part: "journal" | "store", healthy: boolean) {
  return (stage: Stage): Stage => {
    stage.rig.step({ type: "health", at: after(stage.now), part, healthy, detail: "Disk full" });
    return stage;
  };
}

function venue(calls: number, failed: number, offset: number) {
  return (stage: Stage): Stage => {
    const clock = { low: offset - 1_000, high: offset + 1_000 };
    stage.rig.step({ type: "venue_health", at: after(stage.now), calls, failed, clock });
    stage.pass(1);
    return stage;
  };
}

/** The index is heard for so many seconds. */
function heard(stage: Stage, seconds: number): void {
  for (let second = 0; second < seconds; second++) {
    stage.rig.index(stage.now, 84_200);
    stage.pass(1);
  }
}

function loses(): Stage {
  const lost = { ...HOLDING.positions[0], ticker: OTHER };
  const row = { kind: "strategy", name: SCRIPTED, phase: "active", reason: "", enabled: true } as const;
  const strategies = [{ ...row, losses: 1, since: after(0), updatedAt: after(0) }];
  const stage = fresh({ resume: { ...HOLDING, positions: [...HOLDING.positions, lost], strategies } });
  const said = { at: after(stage.now), ticker: OTHER, result: "no" as const, settlementValue: money(0) };
  stage.rig.step({ type: "lifecycle", event: "settled", ...said });
  return stage;
}

function gap(stage: Stage): Stage {
  stage.rig.book(stage.now, [[4_900, 100_000]], [[4_900, 100_000]], 1);
  stage.rig.delta(stage.now, "no", 4_900, 10, 7);
  return stage;
}

const LIVES: Readonly<Record<string, Life>> = {
  kill: {
    begin: () => {
      const stage = fresh();
      stage.rig.operator(stage.now, "kill");
      return stage;
    },
  },
  reduce: {
    begin: () => {
      const stage = fresh();
      stage.rig.operator(stage.now, "reduce");
      return stage;
    },
  },
  daily_loss: { begin: withAccount({ dayStartNav: money(1_200_000_000) }) },
  drawdown: { begin: withAccount({ peakNav: money(1_300_000_000) }) },
  model: {
    begin: () => {
      const stage = fresh();
      stage.script.probability = 1.5;
      stage.pass(1);
      stage.script.probability = 0.5;
      return stage;
    },
  },
  journal: { begin: () => health("journal", false)(fresh()), allow: health("journal", true) },
  store: { begin: () => health("store", false)(fresh()), allow: health("store", true) },
  api_errors: { begin: () => venue(30, 3, 0)(fresh()), allow: (stage) => stage.pass(71) },
  clock_offset: {
    begin: () => venue(1, 0, 1_500_000)(fresh()),
    allow: (stage) => {
      venue(1, 0, 0)(stage);
      stage.pass(11);
    },
  },
  standby: {
    begin: () => {
      const stage = fresh();
      stage.rig.step({ type: "lease", at: after(stage.now), role: "standby", epoch: 3, detail: "server-a leads" });
      return stage;
    },
    allow: (stage) => {
      stage.rig.step({ type: "lease", at: after(stage.now), role: "leader", epoch: 4, detail: "server-a was lost" });
    },
  },
  lease: {
    begin: () => {
      const stage = fresh();
      stage.rig.step({ type: "lease", at: after(stage.now), role: "lost", epoch: 3, detail: "NATS is silent" });
      return stage;
    },
  },
  shutdown: {
    begin: () => {
      const stage = fresh();
      stage.rig.operator(stage.now, "shutdown");
      return stage;
    },
  },
  consecutive_losses: {
    begin: loses,
    name: `consecutive_losses ${SCRIPTED}`,
    allow: (stage) => stage.pass(60),
  },
  feed_stale: {
    begin: () => {
      const stage = fresh();
      heard(stage, 3);
      stage.pass(6);
      return stage;
    },
    name: "feed_stale BRTI",
    allow: (stage) => heard(stage, 7),
  },
};

/** Whoever may end a halt tries to. */
function tried(stage: Stage): void {
  stage.rig.operator(stage.now, "resume");
  stage.rig.operator(stage.now, "start_strategy", SCRIPTED);
  stage.pass(1);
}

const stands = ({ rig: { engine } }: Stage, name: string): boolean => engine.desk.halts.has(name);

for (const { name: word, scope, level, persistent, lifts, first } of HALTS) {
  const life = LIVES[word];
  if (life === undefined) continue;
  const name = life.name ?? word;
  Deno.test(`halt ${word}: of ${scope}, ${level}, ${persistent ? "kept" : "not kept"} over a restart; ends: ${lifts}`, () => {
    const stage = life.begin();
    stage.pass(1);
    const view = haltViews(stage.rig.engine).find((each) => each.name === name);
    assert.deepEqual([view?.scope, view?.level, view?.persistent], [scope, level, persistent]);
    assert.equal(view?.subject, scope === "whole" ? null : name.slice(word.length + 1));
    assert.ok(view !== undefined && view.ends.length > 0 && view.reason !== "");

    const records = stage.rig.records("halt").filter((record) => record.name === name);
    assert.deepEqual(records.map(({ active }) => active), [true], "told once");
    const told = stage.rig.records("audit").some(({ text }) => text === view.reason);
    assert.equal(told, word !== "shutdown", "the person who ends the run knows");
    assert.equal(stands(restarted(stage), name), persistent);

    const free = life.allow === undefined;
    if (!free || lifts === "nobody") {
      tried(stage);
      assert.ok(stands(stage, name), `not before: ${first}`);
    }
    life.allow?.(stage);
    if (lifts === "resume" || lifts === "start") {
      assert.ok(stands(stage, name), "a person has to do it");
      tried(stage);
    }
    assert.equal(stands(stage, name), lifts === "nobody");
    stage.pass(3);
    assert.equal(stands(stage, name), lifts === "nobody", "and it does not begin again at once");
    assert.equal(stands(restarted(stage), name), false);
    if (lifts === "nobody") return;
    assert.ok(stage.rig.records("audit").some(({ event }) => event === (lifts === "itself" ? "halt_over" : "resumed")));
  });
}

Deno.test("halt order_group: of strategy, halted, kept over a restart; ends: start", () => {
  const kind = kindOf("order_group x");
  assert.deepEqual([kind.scope, kind.level, kind.persistent, kind.lifts], ["strategy", "halted", true, "start"]);
  const orders = {
    ...{ sizeTolerance: 10, repriceEvery: 0, lease: 0, leaseRenewals: 0 },
    groupLimit: count(50_000),
  };
  const live = { execution: "live", capital: null, orders } as const;
  const stage = stageAt(100, live);
  stage.rig.account(101, 1_000_000_000, [[TICKER, 1_000]]);
  const told = { type: "order_group", at: after(102), strategy: SCRIPTED, shard: 2, groupId: "g", reason: "" } as const;
  stage.rig.step({ ...told, event: "created" });
  stage.rig.step({ ...told, event: "triggered" });
  assert.equal(stage.rig.engine.strategies.of(SCRIPTED).phase, "failed");
  const again = restarted(stage, live);
  again.pass(1);
  assert.equal(again.rig.engine.strategies.of(SCRIPTED).phase, "failed");
  again.rig.operator(again.now, "resume");
  assert.equal(again.rig.engine.strategies.of(SCRIPTED).phase, "failed", "that lifts what is of the whole");
  again.rig.operator(again.now, "start_strategy", SCRIPTED);
  assert.equal(again.rig.engine.strategies.of(SCRIPTED).phase, "active");
  assert.equal(again.rig.records("halt").at(-1)?.active, false);
});

Deno.test("halt sequence_gap: of market, halted, not kept over a restart; ends: itself", () => {
  const kind = kindOf("sequence_gap x");
  assert.deepEqual([kind.scope, kind.level, kind.persistent, kind.lifts], ["market", "halted", false, "itself"]);
  const stage = gap(fresh());
  stage.pass(2);
  assert.deepEqual(stage.rests(), [], "what rested is taken back");
  assert.ok([...stage.rig.engine.desk.orders.openIn(OTHER)].length > 0, "the other market goes on");
  const [view] = haltViews(stage.rig.engine);
  assert.deepEqual([view.scope, view.subject, view.persistent], ["market", TICKER, false]);
  stage.rig.book(stage.now, [[4_900, 100_000]], [[4_900, 100_000]], 8);
  stage.pass(2);
  assert.deepEqual(stage.rests(), ["ask", "bid"]);
  assert.deepEqual(haltViews(stage.rig.engine), []);
});

Deno.test("every row of the table has a test here", () => {
  const tested = [...Object.keys(LIVES), "order_group", "sequence_gap"];
  assert.deepEqual(tested.toSorted(), HALTS.map(({ name }) => name).toSorted());
});

Deno.test("a stale index takes back what rests in its markets, and leaves the others alone", () => {
  const stage = LIVES.feed_stale.begin();
  stage.pass(2);
  assert.deepEqual(stage.rests(), []);
  assert.equal([...stage.rig.engine.desk.orders.openIn(OTHER)].length, 2);
  assert.match(stage.rig.engine.markets.get(TICKER)?.obstacle ?? "", /^Halted: The newest value of BRTI is/);
  assert.equal(stage.rig.engine.markets.get(OTHER)?.obstacle, null);
  heard(stage, 7);
  stage.pass(2);
  assert.deepEqual(stage.rests(), ["ask", "bid"]);
});

Deno.test("a halt of the whole by too many errors cancels everything at once", () => {
  const stage = venue(30, 3, 0)(fresh());
  assert.equal(stage.rig.all("cancel_all").length, 1);
  assert.match(stage.rig.records("halt")[0].reason, /^3 of 30 requests to the exchange failed within a minute/);
});

Deno.test("without the option none of it happens, as journals of older versions were decided", () => {
  const rig = new Rig({ resume: { ...HOLDING, account: anAccount({ peakNav: money(9_000_000_000) }) } });
  rig.market(100);
  rig.step({ type: "venue_health", at: after(101), calls: 99, failed: 99, clock: { low: 9e6, high: 9e6 } });
  rig.index(101, 84_200);
  for (let second = 102; second < 120; second++) rig.clock(second);
  rig.operator(120, "stop_strategy", "settlement_edge");
  assert.deepEqual(rig.records("halt"), []);
  assert.deepEqual(rig.records("strategy"), []);
  assert.ok(rig.records("position").every((record) => !("flows" in record)));
  assert.ok(SAFETY.breakers.maxDrawdownPercent > 0);
});

Deno.test("the README's table names every halt, and says of each what it lets out and whether a restart keeps it", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const rows = readme.split("\n").filter((line) => /^\| `[a-z_]+`.*\| (cancels|what closes) +\|/.test(line));
  const told = rows.flatMap((line) => {
    const [, names, , lets, restart] = line.split("|").map((cell) => cell.trim());
    return [...names.matchAll(/`([a-z_]+)`/g)].map(([, name]) => `${name}: ${lets}, ${restart}`);
  });
  const wanted = HALTS.map(({ name, level, persistent }) =>
    `${name}: ${level === "halted" ? "cancels" : "what closes"}, ${persistent ? "keeps it" : "ends it"}`
  );
  assert.deepEqual(told.toSorted(), wanted.toSorted());
});

Deno.test("a halt of a name that nobody here knows stops everything until a person lifts it", () => {
  const halt = { kind: "halt", name: "eclipse", active: true, persistent: true, reason: "Dark", at: after(0) } as const;
  const stage = fresh({ resume: { ...HOLDING, halts: [halt] } });
  assert.deepEqual(stage.rests(), []);
  assert.deepEqual(haltViews(stage.rig.engine).map(({ scope, ends }) => [scope, ends]), [["whole", "kbot resume"]]);
  stage.rig.operator(stage.now, "resume");
  stage.pass(2);
  assert.deepEqual(stage.rests(), ["ask", "bid"]);
});
