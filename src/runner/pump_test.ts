import assert from "node:assert/strict";
import { join } from "node:path";
import type { PlaceAction } from "../core/action.ts";
import { count, micros, money, price } from "../core/units.ts";
import { Engine } from "../engine/engine.ts";
import { type EngineOptions, FRESH } from "../engine/options.ts";
import { ViewBuilder } from "../engine/view_builder.ts";
import { indexSettings, riskLimits } from "../config/engine_settings.ts";
import { defaultConfig } from "../config/schema.ts";
import { disk, type JournalDisk } from "../store/journal_disk.ts";
import { openJournal } from "../store/journal_writer.ts";
import { readJournal } from "../store/journal_reader.ts";
import { openAuditTrail } from "../store/audit/audit_trail.ts";
import { readAudit, verifyAudit } from "../store/audit/audit_verify.ts";
import { openKvStore } from "../store/kv_store.ts";
import type { StateStore } from "../store/store.ts";
import { Pump, type RunWatcher } from "./pump.ts";

const OPTIONS: EngineOptions = {
  version: "test",
  run: "20261120T000000Z-0001",
  startedAt: micros(1_000_000),
  execution: "paper",
  instance: "k00000001",
  capital: money(10_000_000_000),
  paper: { latencyMs: 50, slippage: price(0) },
  risk: riskLimits(defaultConfig()),
  index: indexSettings(defaultConfig()),
  strategies: [],
  resume: FRESH,
};

const PLACE: PlaceAction = {
  type: "place",
  execution: "live",
  intent: {
    clientOrderId: "k00000001-1",
    ticker: "KXBTC15M-26NOV200415-15",
    side: "bid",
    price: price(4_000),
    count: count(100),
    timeInForce: "immediate_or_cancel",
    postOnly: false,
    reduceOnly: false,
    expiresAt: null,
    shard: 2,
    strategy: "settlement_edge",
    signal: "test",
  },
};

/** A disk that can be full. */
function fillable(): { readonly on: JournalDisk; full: boolean } {
  const state = { full: false, on: disk };
  state.on = {
    ...disk,
    createFile: (path) => {
      const file = disk.createFile(path);
      return {
        writeSync: (bytes) => {
          if (state.full) throw new Error("No space left on device (os error 28)");
          return file.writeSync(bytes);
        },
        statSync: () => file.statSync(),
        truncateSync: (length) => file.truncateSync(length),
        syncData: () => file.syncData(),
        syncDataSync: () => file.syncDataSync(),
        close: () => file.close(),
      };
    },
  };
  return state;
}

interface PumpStage {
  readonly engine: Engine;
  readonly directory: string;
  readonly failures: unknown[];
  readonly disk: ReturnType<typeof fillable>;
}

async function withPump(
  test: (pump: Pump, stage: PumpStage) => Promise<void>,
  storeOf: (store: StateStore) => StateStore = (store) => store,
  watchers: readonly RunWatcher[] = [],
) {
  const state = await Deno.makeTempDir({ prefix: "kbot-pump-" });
  const engine = new Engine(OPTIONS);
  const header = { version: "test", run: OPTIONS.run, started: "2026-11-20T00:00:00Z", config: OPTIONS };
  const stage = fillable();
  const journal = openJournal(state, header, { sync: "never" }, stage.on);
  const opened = await openKvStore(join(state, "state.kv"));
  const audit = await openAuditTrail(state, { sync: false }, stage.on);
  assert.ok(journal.ok && opened.ok && audit.ok);
  const failures: unknown[] = [];
  const pump = new Pump({
    engine,
    views: new ViewBuilder(engine),
    journal: journal.writer,
    store: storeOf(opened.store),
    audit: audit.trail,
    header,
    watchers,
    onFailure: (error) => failures.push(error),
  });
  try {
    await test(pump, { engine, directory: journal.writer.directory, failures, disk: stage });
  } finally {
    await opened.store.close();
    await Deno.remove(state, { recursive: true });
  }
}

Deno.test("an input that comes while another is worked on waits its turn, and time never goes back", () =>
  withPump(async (pump, { engine, directory }) => {
    pump.onChange(() => {});
    pump.accept({ type: "clock", at: micros(5_000_000) });
    pump.accept({ type: "clock", at: micros(4_000_000) });
    assert.equal(engine.now, 5_000_000);
    assert.equal(await pump.end("test"), null);
    const times: number[] = [];
    for await (const event of readJournal(directory)) {
      if (event.kind !== "entries") continue;
      for (const entry of event.entries) if (entry.kind === "input") times.push(entry.input.at);
    }
    assert.deepEqual(times, [5_000_000, 5_000_000]);
  }));

Deno.test("a defect in the engine is told once, and nothing is taken after it", () =>
  withPump(async (pump, { engine, failures }) => {
    const step = engine.step.bind(engine);
    engine.step = (input) => {
      if (input.at === 2_000_000) throw new Error("planted");
      return step(input);
    };
    pump.accept({ type: "clock", at: micros(1_000_001) });
    pump.accept({ type: "clock", at: micros(2_000_000) });
    const { inputs } = engine;
    pump.accept({ type: "clock", at: micros(3_000_000) });
    assert.equal(failures.length, 1);
    assert.equal(engine.inputs, inputs);
    await pump.end("a defect");
  }));

Deno.test("after its end a run takes nothing more, and its journal ends with its end", () =>
  withPump(async (pump, { engine, directory }) => {
    pump.accept({ type: "clock", at: micros(2_000_000) });
    assert.equal(await pump.end("over"), null);
    pump.accept({ type: "clock", at: micros(3_000_000) });
    assert.equal(pump.flush(), false);
    await pump.sync();
    assert.equal(engine.inputs, 1);
    let last = "";
    for await (const event of readJournal(directory)) {
      if (event.kind === "entries") last = event.entries.at(-1)?.kind ?? last;
    }
    assert.equal(last, "end");
  }));

Deno.test("a step with records is followed by a checkpoint at once, so that a recovery knows it whole", () =>
  withPump(async (pump, { directory }) => {
    pump.accept({ type: "operator", at: micros(2_000_000), command: "kill", subject: null, via: "test" });
    await pump.end("over");
    const kinds: string[] = [];
    for await (const event of readJournal(directory)) {
      if (event.kind === "entries") kinds.push(...event.entries.map((entry) => entry.kind));
    }
    const lastAction = kinds.lastIndexOf("action");
    assert.ok(lastAction > 0);
    assert.equal(kinds[lastAction + 1], "checkpoint");
  }));

Deno.test("what a run does is in the audit trail, exactly as a start would take it up from the journal", () =>
  withPump(async (pump, { directory }) => {
    const operator = { type: "operator", subject: null, via: "test" } as const;
    pump.accept({ ...operator, at: micros(2_000_000), command: "kill" });
    pump.accept({ ...operator, at: micros(3_000_000), command: "resume" });
    assert.equal(await pump.end("over"), null);
    const state = join(directory, "..", "..");
    const report = await verifyAudit(state, { journals: true });
    assert.deepEqual([report.faults, report.notices], [[], []]);
    const kinds: string[] = [];
    for await (const event of readAudit(join(state, "audit"))) if (event.kind === "entry") kinds.push(event.entry.kind);
    assert.deepEqual(kinds, [
      "run_start",
      "operator",
      "halt",
      "audit",
      "cancel_all",
      "operator",
      "halt",
      "audit",
      "run_end",
    ]);
  }));

Deno.test("the store is not given what the journal does not hold, and all of it once it does", async () => {
  const given: string[] = [];
  const noting = (store: StateStore): StateStore =>
    new Proxy(store, {
      get(target, name) {
        if (name !== "apply") return Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name);
        return (...[records, mark]: Parameters<StateStore["apply"]>) => {
          for (const record of records) if (record.kind === "halt") given.push(`${record.name} ${record.active}`);
          return target.apply(records, mark);
        };
      },
    });
  await withPump(async (pump, { disk }) => {
    const operator = { type: "operator", subject: null, via: "test" } as const;
    pump.accept({ ...operator, at: micros(2_000_000), command: "kill" });
    assert.deepEqual(given, ["kill true"]);
    disk.full = true;
    pump.accept({ ...operator, at: micros(3_000_000), command: "resume" });
    pump.accept({ ...operator, at: micros(4_000_000), command: "reduce" });
    assert.deepEqual(given, ["kill true"], "a death here finds neither, nor does the journal tell of them");
    disk.full = false;
    assert.ok(pump.flush());
    assert.deepEqual(given.filter((halt) => !halt.startsWith("journal")), ["kill true", "kill false", "reduce true"]);
    await pump.end("over");
  }, noting);
});

Deno.test("a store that cannot be written halts until it works again, however much is queued meanwhile", () => {
  let trouble = "";
  const failing = (store: StateStore): StateStore =>
    new Proxy(store, {
      get(kept, name: keyof StateStore) {
        if (name === "health") return () => ({ healthy: trouble === "", detail: trouble, queued: 0 });
        const member = kept[name];
        return typeof member === "function" ? member.bind(kept) : member;
      },
    });
  return withPump(async (pump, { engine, directory }) => {
    pump.accept({ type: "clock", at: micros(2_000_000) });
    trouble = "Store cannot be written: planted";
    pump.checkStore();
    for (let at = 3_000_000; at < 20_000_000; at += 1_000_000) {
      pump.accept({ type: "clock", at: micros(at) });
      pump.checkStore();
      assert.ok(engine.desk.halts.first !== null, String(at));
    }
    trouble = "";
    pump.checkStore();
    assert.equal(engine.desk.halts.first, null);
    assert.equal(await pump.end("test"), null);
    const told: boolean[] = [];
    for await (const event of readJournal(directory)) {
      if (event.kind !== "entries") continue;
      for (const entry of event.entries) {
        if (entry.kind === "input" && entry.input.type === "health") told.push(entry.input.healthy);
      }
    }
    assert.deepEqual(told, [false, true]);
  }, failing);
});

Deno.test("the journal lags while a line waits for the disk, and no longer once it is handed on", () =>
  withPump((pump, { disk }) => {
    pump.flush();
    assert.equal(pump.journalLagMs, 0);
    disk.full = true;
    pump.accept({ type: "clock", at: micros(2_000_000) });
    assert.equal(pump.flush(), false);
    const first = pump.journalLagMs;
    assert.ok(first > 0 && pump.journalLagMs >= first);
    disk.full = false;
    assert.equal(pump.flush(), true);
    // That the disk works again was itself a line.
    pump.flush();
    assert.equal(pump.journalLagMs, 0);
    return Promise.resolve();
  }));

Deno.test("an order whose step the disk did not take is not sent, trading halts, and goes on once it can", () =>
  withPump(async (pump, { engine, directory, disk }) => {
    const sent: string[] = [];
    pump.connect((action) => sent.push(action.type));
    const step = engine.step.bind(engine);
    const inputs: string[] = [];
    engine.step = (input) => {
      inputs.push(input.type === "health" ? `${input.part} ${input.healthy ? "well" : "ill"}` : input.type);
      const actions = step(input);
      return input.type === "index" ? [...actions, PLACE] : actions;
    };
    const index = (at: number): void =>
      pump.accept({
        type: "index",
        at: micros(at),
        index: "BRTI",
        value: 84_000,
        sourceTime: micros(at),
        source: "official",
        venueAverage: null,
      });
    index(1_000_000);
    assert.deepEqual(sent, ["place"]);
    disk.full = true;
    index(2_000_000);
    assert.deepEqual(sent.filter((type) => type === "place"), ["place"], "what is not in the journal does not leave");
    assert.deepEqual(inputs.slice(1), ["index", "journal ill", "order_rejected"]);
    assert.equal(engine.desk.halts.has("journal"), true);
    assert.match(pump.trouble ?? "", /No space left on device/);
    disk.full = false;
    assert.equal(pump.flush(), true);
    assert.equal(engine.desk.halts.has("journal"), false);
    index(3_000_000);
    assert.deepEqual(sent.filter((type) => type === "place"), ["place", "place"]);
    assert.equal(await pump.end("over"), null);
    const state = join(directory, "..", "..");
    const report = await verifyAudit(state, { journals: true });
    assert.deepEqual([report.faults, report.notices], [[], []], "the trail tells of everything that the journal tells");
    let types = "";
    for await (const event of readJournal(directory)) {
      if (event.kind !== "entries") continue;
      for (const entry of event.entries) if (entry.kind === "input") types += `${entry.input.type} `;
    }
    assert.equal(types, "index index health order_rejected health index ");
  }));

/** Remembers what it hears, each as one word. */
function listener(): RunWatcher & { readonly heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    input: ({ type }) => void heard.push(`input ${type}`),
    record: ({ kind }) => void heard.push(`record ${kind}`),
    trouble: (part, detail) => void heard.push(`${part} ${detail ?? "well"}`),
  };
}

Deno.test("watchers hear each input before what the engine makes of it, and a journal that fails though the engine cannot", () => {
  const watcher = listener();
  return withPump(
    (pump, { disk }) => {
      pump.accept({ type: "operator", at: micros(2_000_000), command: "kill", subject: null, via: "test" });
      assert.equal(watcher.heard[0], "input operator");
      assert.ok(watcher.heard.includes("record halt"), watcher.heard.join());
      disk.full = true;
      pump.accept({ type: "clock", at: micros(3_000_000) });
      assert.equal(pump.flush(), false);
      assert.ok(watcher.heard.some((heard) => /^journal .*No space left on device/.test(heard)), watcher.heard.join());
      disk.full = false;
      assert.equal(pump.flush(), true);
      assert.ok(watcher.heard.includes("journal well"), watcher.heard.join());
      return Promise.resolve();
    },
    undefined,
    [watcher],
  );
});

Deno.test("a watcher that throws hears no more, and neither the engine nor another watcher is held up", () => {
  const watcher = listener();
  let thrown = 0;
  const broken: RunWatcher = {
    ...listener(),
    input: () => {
      thrown++;
      throw new Error("broken");
    },
  };
  return withPump(
    (pump, { engine, failures }) => {
      for (const second of [2, 3, 4]) pump.accept({ type: "clock", at: micros(second * 1_000_000) });
      assert.equal(engine.now, 4_000_000);
      assert.deepEqual([thrown, failures], [1, []]);
      assert.equal(watcher.heard.filter((heard) => heard === "input clock").length, 3);
      return Promise.resolve();
    },
    undefined,
    [broken, watcher],
  );
});
