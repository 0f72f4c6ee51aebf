import assert from "node:assert/strict";
import type { Input } from "../core/input.ts";
import { micros, money, price } from "../core/units.ts";
import { indexSettings, riskLimits } from "../config/engine_settings.ts";
import { defaultConfig } from "../config/schema.ts";
import { Engine } from "../engine/engine.ts";
import { FRESH } from "../engine/options.ts";
import { SteppedClock } from "../ops/clock.ts";
import { hasKillFile, writeKillFile } from "../store/kill_file.ts";
import type { SweepStatus } from "../venues/venue.ts";
import { describeSweep, KillSwitch } from "./kill_switch.ts";

const START = micros(1_000_000);

interface Stage {
  readonly killSwitch: KillSwitch;
  readonly engine: Engine;
  /** What was asked of the venue without the engine. */
  readonly performed: string[];
  readonly directory: string;
}

/** @param killed whether an earlier run was killed; @param heard whether the engine can be told anything */
async function withSwitch(
  { killed = false, heard = true, execution = "live" as "live" | "paper" },
  test: (stage: Stage) => Promise<void> | void,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-kill-" });
  const halt = { kind: "halt", name: "kill", active: true, persistent: true, reason: "x", at: START } as const;
  const engine = new Engine({
    version: "test",
    run: "20261120T000000Z-0001",
    startedAt: START,
    execution,
    instance: "k00000001",
    capital: execution === "paper" ? money(10_000_000_000) : null,
    paper: { latencyMs: 50, slippage: price(0) },
    risk: riskLimits(defaultConfig()),
    index: indexSettings(defaultConfig()),
    strategies: [],
    resume: { ...FRESH, halts: killed ? [halt] : [] },
  });
  const performed: string[] = [];
  const killSwitch = new KillSwitch({
    engine,
    pump: {
      accept(input: Input): void {
        if (heard) engine.step(input);
      },
    },
    venue: { perform: (action) => void performed.push(action.type === "cancel_all" ? action.reason : action.type) },
    clock: new SteppedClock(START),
    stateDirectory: directory,
  });
  try {
    await test({ killSwitch, engine, performed, directory });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

for (const via of ["page", "cli", "signal"] as const) {
  Deno.test(`pulled by ${via}, the engine halts for good and says who did it`, () =>
    withSwitch({}, async ({ killSwitch, engine, directory }) => {
      assert.equal(await killSwitch.pull(via), null);
      const [halt] = engine.desk.halts.list();
      assert.deepEqual([halt.name, halt.persistent, halt.reason], ["kill", true, `Kill switch, by ${via}`]);
      assert.equal(hasKillFile(directory), false, "the halt itself survives a restart");
    }));
}

Deno.test("the kill file is heeded once it is there, and said once", () =>
  withSwitch({}, async ({ killSwitch, engine, directory }) => {
    killSwitch.look();
    assert.equal(killSwitch.pulled, false);
    await writeKillFile(directory, new Date(0));
    killSwitch.look();
    assert.match(engine.desk.halts.first?.reason ?? "", /by file/);
    const { inputs } = engine;
    killSwitch.look();
    assert.equal(engine.inputs, inputs);
  }));

Deno.test("an engine that cannot be told is gone around: what rests is cancelled, and the file waits for it", () =>
  withSwitch({ heard: false }, async ({ killSwitch, performed, directory }) => {
    const said = await killSwitch.pull("signal");
    assert.match(said ?? "", /The journal takes nothing more.*kill file is left/);
    assert.deepEqual(performed, ["Kill switch, by signal"]);
    assert.ok(hasKillFile(directory));
  }));

Deno.test("a run that begins killed cancels what an earlier one left at the exchange; on paper nothing can be left", async () => {
  await withSwitch({ killed: true }, ({ killSwitch, performed }) => {
    killSwitch.begin();
    assert.deepEqual(performed, ["Killed before this run began"]);
  });
  await withSwitch({ killed: true, execution: "paper" }, ({ killSwitch, performed }) => {
    killSwitch.begin();
    assert.deepEqual(performed, []);
  });
});

Deno.test("a kill on top of a kill cancels everything again", () =>
  withSwitch({}, ({ engine }) => {
    const kill: Input = { type: "operator", at: START, command: "kill", subject: null, via: "page" };
    for (const round of ["first", "second"]) {
      const cancels: readonly { readonly type: string }[] = engine.step(kill).filter(({ type }) =>
        type === "cancel_all"
      );
      assert.equal(cancels.length, 1, round);
    }
  }));

Deno.test("orders that may rest are spoken of until the exchange has confirmed that none does", () => {
  const sweep: SweepStatus = {
    reason: "Kill switch, by page",
    since: "2026-11-20T00:00:00Z",
    tries: 3,
    resting: 2,
    trouble: "503",
    confirmed: null,
  };
  assert.match(describeSweep(sweep) ?? "", /may still rest.*tried 3 times, 2 in its list, not yet confirmed.*: 503$/);
  assert.match(describeSweep({ ...sweep, resting: null, trouble: null }) ?? "", /tried 3 times, not yet confirmed/);
  assert.equal(describeSweep({ ...sweep, confirmed: "2026-11-20T00:00:02Z" }), null);
  assert.equal(describeSweep(null), null);
});
