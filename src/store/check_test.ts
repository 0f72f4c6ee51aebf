import assert from "node:assert/strict";
import { join } from "node:path";
import { checkStore } from "./check.ts";
import { rebuildDatabase } from "./rebuild.ts";
import {
  FIRST_RUN,
  RECORDS,
  rowsOf,
  SECOND_RUN,
  withDirectory,
  writeDatabase,
  writeRun,
  writeState,
} from "./state_fixture_test.ts";
import { statePaths } from "./state_directory.ts";
import { DEFAULT_RETENTION } from "./store.ts";

const OPTIONS = { startsOver: false, retention: DEFAULT_RETENTION };
const NOW = new Date("2026-11-20T06:00:00Z");

async function change(state: string, task: (kv: Deno.Kv) => Promise<unknown>): Promise<void> {
  const kv = await Deno.openKv(statePaths(state).store);
  try {
    await task(kv);
  } finally {
    kv.close();
  }
}

Deno.test("a database that says what the journals say is found well, and nothing is changed by looking", () =>
  withDirectory(async (state) => {
    await writeState(state);
    const before = await rowsOf(statePaths(state).store);
    const report = await checkStore(state, OPTIONS);
    assert.deepEqual([report.faults, report.notices], [[], []]);
    assert.equal(report.ok, true);
    assert.equal(report.mark?.run, SECOND_RUN);
    assert.equal(report.rows.trades, 2);
    assert.deepEqual(await rowsOf(statePaths(state).store), before);
  }));

const CHANGED: readonly {
  readonly name: string;
  readonly task: (kv: Deno.Kv) => Promise<unknown>;
  readonly found: RegExp;
}[] = [
  {
    name: "a row lost",
    task: (kv) => kv.delete(["trades", 20, "t1"]),
    found: /^Row trades\/20\/t1 is missing, the journals/,
  },
  {
    name: "a row that is no record",
    task: (kv) => kv.set(["account"], { kind: "account", cash: "a lot" }),
    found: /^Row account is damaged: Field \.startingCapital: found nothing/,
  },
  {
    name: "a row with another value",
    task: async (kv) => {
      const { value } = await kv.get<{ cash: number }>(["account"]);
      await kv.set(["account"], { ...value, cash: 1 });
    },
    found: /^Row account says something else than the journals$/,
  },
  {
    name: "a row in the wrong place",
    task: async (kv) => await kv.set(["trades", 99, "t1"], (await kv.get(["trades", 20, "t1"])).value),
    found: /^Row trades\/99\/t1 lies in the wrong place: it is a record of kind trade$/,
  },
  {
    name: "a row that no journal tells of",
    task: async (kv) => {
      const { value } = await kv.get<object>(["halts", "kill"]);
      await kv.set(["halts", "other"], { ...value, name: "other" });
    },
    found: /^Row halts\/other is in no journal$/,
  },
  {
    name: "an index that leads nowhere",
    task: (kv) => kv.set(["trade_times", "t9"], 5),
    found: /^Row trade_times\/t9 leads to none in trades$/,
  },
  {
    name: "a newer schema",
    task: (kv) => kv.set(["schema"], 99),
    found: /^State in \S+ was written by a newer kbot \(schema 99, /,
  },
];

for (const { name, task, found } of CHANGED) {
  Deno.test(`a check names ${name}`, () =>
    withDirectory(async (state) => {
      await writeState(state);
      await change(state, task);
      const report = await checkStore(state, OPTIONS);
      assert.equal(report.ok, false);
      assert.ok(report.faults.some((fault) => found.test(fault)), report.faults.join("\n"));
    }));
}

Deno.test("a database that is behind its journals is no fault: the next start catches up", () =>
  withDirectory(async (state) => {
    await writeRun(state, FIRST_RUN, RECORDS);
    await writeDatabase(state);
    await writeRun(state, SECOND_RUN, RECORDS);
    assert.deepEqual((await checkStore(state, OPTIONS)).faults, []);
  }));

const DAMAGE: readonly { readonly name: string; readonly damage: (bytes: Uint8Array) => Uint8Array }[] = [
  { name: "garbage", damage: (bytes) => bytes.map((_, k) => (k * 7 + 13) & 255) },
  { name: "cut in half", damage: (bytes) => bytes.slice(0, bytes.length / 2) },
  {
    name: "overwritten in its middle",
    damage: (bytes) => bytes.map((byte, k) => k >= 4096 && k % 3 === 0 ? 255 : byte),
  },
];

for (const { name, damage } of DAMAGE) {
  Deno.test(`a database that is ${name} is found damaged, and made anew row by row from the journals`, () =>
    withDirectory(async (state) => {
      await writeState(state);
      const path = statePaths(state).store;
      const before = await rowsOf(path);
      const bytes = damage(await Deno.readFile(path));
      await Deno.writeFile(path, bytes);
      assert.equal((await checkStore(state, OPTIONS)).ok, false);
      const rebuilt = await rebuildDatabase(state, { startsOver: false, now: NOW });
      assert.ok(rebuilt.ok, JSON.stringify(rebuilt));
      assert.deepEqual(rebuilt.warnings, []);
      assert.equal(rebuilt.runs, 2);
      assert.deepEqual(await rowsOf(path), before);
      assert.deepEqual(await Deno.readFile(rebuilt.kept ?? ""), bytes, "the old one is kept as it was");
      assert.deepEqual((await checkStore(state, OPTIONS)).faults, []);
    }));
}

Deno.test("of kept databases only the newest three stay", () =>
  withDirectory(async (state) => {
    await writeState(state);
    for (let hour = 0; hour < 5; hour++) {
      const now = new Date(NOW.getTime() + hour * 3_600_000);
      assert.ok((await rebuildDatabase(state, { startsOver: false, now })).ok);
    }
    const kept = [...Deno.readDirSync(state)].map(({ name }) => name).filter((name) => name.includes(".before-"))
      .sort();
    assert.deepEqual(kept.map((name) => name.slice(-7)), ["080000Z", "090000Z", "100000Z"]);
  }));

Deno.test("where the oldest journals are gone, a run goes on from what the next one resumed from", () =>
  withDirectory(async (state) => {
    await writeState(state);
    const opened = await Deno.openKv(statePaths(state).store);
    const account = (await opened.get(["account"])).value;
    const halt = (await opened.get(["halts", "kill"])).value;
    opened.close();
    const resume = { account, positions: [], openOrders: [], halts: [halt], recentTradeIds: [], lastFillAt: null };
    for (const run of [FIRST_RUN, SECOND_RUN]) await Deno.remove(join(state, "journal", run), { recursive: true });
    await writeRun(state, SECOND_RUN, RECORDS.slice(8, 9), { resume });
    const rebuilt = await rebuildDatabase(state, { startsOver: false, now: NOW });
    assert.ok(rebuilt.ok);
    const rows = await rowsOf(statePaths(state).store);
    assert.equal(rows.get('["account"]'), JSON.stringify(account));
    assert.equal(rows.get('["halts","kill"]'), JSON.stringify(halt));
    assert.deepEqual((await checkStore(state, OPTIONS)).faults, []);
  }));

Deno.test("where every run starts over, the database is of the newest run and of the halts before it", () =>
  withDirectory(async (state) => {
    const halts = RECORDS.slice(5, 6);
    await writeRun(state, FIRST_RUN, RECORDS.slice(0, 6));
    await writeRun(state, SECOND_RUN, RECORDS.slice(6), {
      resume: { halts, account: null, positions: [], openOrders: [] },
    });
    assert.ok((await rebuildDatabase(state, { startsOver: true, now: NOW })).ok);
    const keys = [...(await rowsOf(statePaths(state).store)).keys()];
    assert.ok(keys.includes('["halts","kill"]'));
    assert.ok(!keys.some((key) => key.includes('"t1"') || key.includes('"o1"')), keys.join("\n"));
    assert.deepEqual((await checkStore(state, { ...OPTIONS, startsOver: true })).faults, []);
  }));
