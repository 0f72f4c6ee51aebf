import assert from "node:assert/strict";
import { account, order, position, trade } from "../store/records_test.ts";
import { checkStore } from "../store/check.ts";
import { rebuildDatabase } from "../store/rebuild.ts";
import {
  FIRST_RUN,
  loseLines,
  RECORDS,
  rowsOf,
  SECOND_RUN,
  withDirectory,
  writeDatabase,
  writeRun,
  writeState,
} from "../store/state_fixture_test.ts";
import { DEFAULT_RETENTION } from "../store/store.ts";
import { statePaths } from "../store/state_directory.ts";
import { openState } from "./opened_state.ts";
import { DatabaseSync } from "node:sqlite";

const DAMAGE: readonly { readonly name: string; readonly damage: (path: string) => Promise<void> }[] = [
  {
    name: "garbage",
    damage: (path) => Deno.writeTextFile(path, "no database at all, but long enough to look like one"),
  },
  { name: "cut short", damage: (path) => Deno.truncate(path, 9_000) },
  {
    name: "overwritten",
    damage: async (path) => await Deno.writeFile(path, (await Deno.readFile(path)).fill(255, 4096)),
  },
];

for (const { name, damage } of DAMAGE) {
  Deno.test(`a start finds a database that is ${name}, makes it anew from the journals, and keeps the damaged one`, () =>
    withDirectory(async (state) => {
      await writeState(state);
      const path = statePaths(state).store;
      const before = await rowsOf(path);
      await damage(path);
      const opened = await openState(state, false, "0.1.0");
      assert.ok(opened.ok, JSON.stringify(opened));
      assert.deepEqual(opened.state.resume.halts.map((halt) => halt.name), ["kill"], "a halt outlives the damage");
      await opened.state.store.close();
      assert.deepEqual(await rowsOf(path), new Map([...before, ['["writer"]', '"0.1.0"']]));
      const kept = [...Deno.readDirSync(state)].filter((entry) => entry.name.includes(".before-rebuild-"));
      assert.equal(kept.length, 1);
    }));
}

Deno.test("an old copy that cannot be removed keeps no damaged database from being made anew", () =>
  withDirectory(async (state) => {
    await writeState(state);
    const path = statePaths(state).store;
    for (const second of [1, 2, 3]) {
      await Deno.mkdir(`${path}.before-rebuild-20261120T04021${second}Z/in the way`, { recursive: true });
    }
    await Deno.truncate(path, 9_000);
    const opened = await openState(state, false, "0.1.0");
    assert.ok(opened.ok, JSON.stringify(opened));
    await opened.state.store.close();
  }));

Deno.test("a damaged database without a journal to make it from refuses the start, and stays as it is", () =>
  withDirectory(async (state) => {
    await writeState(state);
    await Deno.remove(statePaths(state).journal, { recursive: true });
    await Deno.truncate(statePaths(state).store, 9_000);
    const opened = await openState(state, false, "0.1.0");
    assert.match(opened.ok ? "" : opened.reason, /malformed.*there is no journal; restore a backup$/);
    assert.equal((await Deno.stat(statePaths(state).store)).size, 9_000);
  }));

Deno.test("a database that another program holds is no damage: the start is refused, and nothing is made anew", () =>
  withDirectory(async (state) => {
    await writeState(state);
    const path = statePaths(state).store;
    const other = new DatabaseSync(path);
    other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    const opened = await openState(state, false, "0.1.0");
    other.exec("COMMIT");
    other.close();
    assert.match(opened.ok ? "" : opened.reason, /database is locked/);
    const names = [...Deno.readDirSync(state)].map((entry) => entry.name);
    assert.ok(!names.some((name) => name.includes(".before-")), names.join());
  }));

/** Three lines a record: its input, itself, and that its step is whole. */
const LINES = 3;
/** The database's tables are told of by its rows alone, so the moments are those of the inputs: one a record. */
const LAST: readonly (typeof RECORDS)[number][] = [
  order("o3", 90),
  trade("t3", 91),
  { kind: "halt", name: "daily_loss", active: true, persistent: true, reason: "by a test", at: account(92).updatedAt },
  order("o2", 30, { phase: "cancelled", updatedAt: 93 }),
  account(94),
];

/** A run whose database has all of it, and whose journal has lost what `LAST` says. */
async function writeLost(state: string): Promise<void> {
  await Deno.mkdir(state, { recursive: true });
  await writeRun(state, FIRST_RUN, [...RECORDS, order("o2", 30, { phase: "resting" }), ...LAST]);
  await writeDatabase(state);
  await loseLines(state, FIRST_RUN, LAST.length * LINES);
}

const OPTIONS = { startsOver: false, retention: DEFAULT_RETENTION };

Deno.test("a journal that lost its last lines is no fault of the database: the check says so", () =>
  withDirectory(async (state) => {
    await writeLost(state);
    const { faults, notices } = await checkStore(state, OPTIONS);
    assert.deepEqual(faults, []);
    assert.match(
      notices.join(),
      /ends at line \d+, and the database knows it up to line \d+: its last lines were not on/,
    );
  }));

Deno.test("but a row from before it that no journal tells of is one all the same", () =>
  withDirectory(async (state) => {
    await writeLost(state);
    const kv = await Deno.openKv(statePaths(state).store);
    await kv.set(["trades", 5, "t9"], trade("t9", 5));
    await kv.set(["trade_times", "t9"], 5);
    kv.close();
    const { faults } = await checkStore(state, OPTIONS);
    assert.deepEqual([...faults].sort(), ["Row trade_times/t9 is in no journal", "Row trades/5/t9 is in no journal"]);
  }));

Deno.test("the next run writes down what the journal lost: then the check is clean, and a rebuild loses nothing", () =>
  withDirectory(async (state) => {
    await writeLost(state);
    const path = statePaths(state).store;
    const before = await rowsOf(path);
    const opened = await openState(state, false, "0.1.0");
    assert.ok(opened.ok, JSON.stringify(opened));
    const { store, resume, restated } = opened.state;
    assert.deepEqual(resume.halts.map(({ name }) => name).sort(), ["daily_loss", "kill"]);
    assert.ok(restated !== null);
    await store.close();
    await writeRun(state, SECOND_RUN, [order("o4", 100)], { resume }, restated);
    await writeDatabase(state);
    assert.deepEqual(await checkStore(state, OPTIONS).then(({ faults, notices }) => [faults, notices]), [[], []]);
    const rebuilt = await rebuildDatabase(state, { startsOver: false, now: new Date("2026-11-20T06:00:00Z") });
    assert.deepEqual(rebuilt.ok && rebuilt.warnings, []);
    const after = await rowsOf(path);
    for (const [key, value] of before) assert.equal(after.get(key), value, key);
  }));

Deno.test("where no journal lost anything the next run has nothing to write down", () =>
  withDirectory(async (state) => {
    await writeState(state);
    const opened = await openState(state, false, "0.1.0");
    assert.ok(opened.ok);
    assert.equal(opened.state.restated, null);
    await opened.state.store.close();
  }));

Deno.test("where every run starts over, the halts of before are in the new database as soon as the state is open", () =>
  withDirectory(async (state) => {
    await writeState(state);
    const opened = await openState(state, true, "0.1.0");
    assert.ok(opened.ok);
    const rows = await rowsOf(statePaths(state).store);
    assert.ok(rows.has('["halts","kill"]'), [...rows.keys()].join());
    await opened.state.store.close();
  }));

Deno.test("where the database is gone, and the oldest journals too, what the next run resumed from is not forgotten", () =>
  withDirectory(async (state) => {
    const held = [account(7), position("OLD", 300), RECORDS[5]];
    const resume = { account: held[0], positions: [held[1]], openOrders: [], halts: [held[2]] };
    await writeRun(state, SECOND_RUN, [trade("t9", 40)], { resume });
    const opened = await openState(state, false, "0.1.0");
    assert.ok(opened.ok, JSON.stringify(opened));
    const { positions, halts, account: known, recentTradeIds } = opened.state.resume;
    await opened.state.store.close();
    assert.deepEqual([known, positions, halts, recentTradeIds], [held[0], [held[1]], [held[2]], ["t9"]]);
  }));
