import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import { KEPT_MAX } from "./kept_copies.ts";
import { type Migration, SCHEMA_VERSION } from "./kv_schema.ts";
import { openKvStore } from "./kv_store.ts";
import { writeFour } from "./schema_four_fixture_test.ts";
import { account, budget, halt, minute, strategyRow, trade } from "./records_test.ts";
import { FIRST_RUN, rowsOf, withDirectory } from "./state_fixture_test.ts";
import { statePaths } from "./state_directory.ts";

const at = (second: number): Date => new Date(Date.UTC(2026, 10, 20, 4, 2, second));
const schema = (version: number, migrations: ReadonlyMap<number, Migration> = new Map()) => ({ version, migrations });

async function openAndClose(path: string, options: Parameters<typeof openKvStore>[1] = {}): Promise<number | null> {
  const opened = await openKvStore(path, options);
  assert.ok(opened.ok, JSON.stringify(opened));
  assert.deepEqual(await opened.store.close(), { ok: true });
  return opened.migratedFrom;
}

/** A database of the first version with one row. */
async function writeFirst(path: string): Promise<void> {
  const opened = await openKvStore(path, { schema: schema(1) });
  assert.ok(opened.ok);
  opened.store.apply([account(1)], { run: FIRST_RUN, line: 1 });
  await opened.store.close();
}

const filesBeside = (path: string): string[] =>
  [...Deno.readDirSync(dirname(path))].map(({ name }) => name).filter((name) => name !== basename(path)).sort();

Deno.test("an older database is brought up step by step, and what it was is kept under its version and the time", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "state.kv");
    await writeFirst(path);
    const before = await rowsOf(path);
    const steps: number[] = [];
    const step = (from: number): Migration => async (kv) => {
      steps.push(from);
      await kv.set(["step", from], from);
    };
    const two = new Map([[1, step(1)], [2, step(2)]]);
    assert.equal(await openAndClose(path, { schema: schema(3, two), now: at(11) }), 1);
    assert.deepEqual(steps, [1, 2]);
    assert.deepEqual(filesBeside(path), ["state.kv.schema-1-20261120T040211Z"]);
    assert.deepEqual(await rowsOf(join(directory, "state.kv.schema-1-20261120T040211Z")), before);
    const after = new Map([...before, ['["step",1]', "1"], ['["step",2]', "2"], ['["schema"]', "3"]]);
    assert.deepEqual(await rowsOf(path), after);
    assert.equal(await openAndClose(path, { schema: schema(3, two), now: at(12) }), null);
    assert.deepEqual(
      filesBeside(path),
      ["state.kv.schema-1-20261120T040211Z"],
      "nothing is kept where nothing changes",
    );
  }));

for (let version = 1; version < SCHEMA_VERSION; version++) {
  Deno.test(`a state of schema ${version} is brought to this one, keeps its rows, and takes those of new tables`, () =>
    withDirectory(async (directory) => {
      const path = join(directory, "state.kv");
      const old = await openKvStore(path, { schema: schema(version) });
      assert.ok(old.ok);
      old.store.apply([trade("t1", 1), account(1)], { run: FIRST_RUN, line: 1 });
      await old.store.close();
      const opened = await openKvStore(path);
      assert.ok(opened.ok, JSON.stringify(opened));
      assert.equal(opened.migratedFrom, version);
      const added = [
        minute("BTC", 60e6),
        budget("latency", "2026-11-20"),
        strategyRow("latency", "off"),
        halt("kill", true),
      ];
      opened.store.apply(added, { run: FIRST_RUN, line: 2 });
      await opened.store.flush();
      assert.deepEqual([await opened.store.listTrades({ limit: 9 }), await opened.store.account()], [
        [trade("t1", 1)],
        account(1),
      ]);
      assert.equal((await opened.store.priceMinutes({ asset: "BTC", limit: 9 })).length, 1);
      assert.deepEqual(await opened.store.strategies(), [strategyRow("latency", "off")]);
      assert.deepEqual(await opened.store.listHaltChanges({ limit: 9 }), [halt("kill", true)]);
      await opened.store.close();
    }));
}

Deno.test("a step that fails, and a step that is not there, leave the database as it was and nothing beside it", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "state.kv");
    await writeFirst(path);
    const before = await Deno.readFile(path);
    const broken = new Map<number, Migration>([
      [1, (kv) => kv.set(["step"], 1).then(() => {})],
      [2, () => Promise.reject(new Error("no such table"))],
    ]);
    for (
      const [migrations, reason] of [
        [broken, /could not be brought from schema 2: no such table; it was left as it was, with schema 1$/],
        [new Map(), /has schema 1, and there is no way from 1 on; it was left as it was, with schema 1$/],
      ] as const
    ) {
      const failed = await openKvStore(path, { schema: schema(3, migrations) });
      assert.match(failed.ok ? "" : failed.reason, reason);
      assert.deepEqual(await Deno.readFile(path), before);
      assert.deepEqual(filesBeside(path), []);
    }
  }));

Deno.test("the copy of a try that a crash ended is taken again, unless the older kbot has gone on since", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "state.kv");
    const first = `${path}.schema-1-20261120T040211Z`;
    await writeFirst(path);
    const nothing: Migration = () => Promise.resolve();
    const two = schema(2, new Map([[1, nothing]]));
    // What a crash leaves while the other copy is migrated.
    const cutOff = () => Deno.copyFile(first, `${path}.migrating`);
    await Deno.copyFile(path, first);
    await cutOff();
    const state = await Deno.readFile(path);
    await openAndClose(path, { schema: two, now: at(12) });
    assert.deepEqual(filesBeside(path), [basename(first)]);
    await Deno.writeFile(path, state);
    await cutOff();
    const older = await openKvStore(path, { schema: schema(1) });
    assert.ok(older.ok);
    older.store.apply([account(2)], { run: FIRST_RUN, line: 2 });
    await older.store.close();
    const before = await rowsOf(path);
    await openAndClose(path, { schema: two, now: at(13) });
    assert.deepEqual(filesBeside(path), [basename(first), "state.kv.schema-1-20261120T040213Z"]);
    assert.deepEqual(await rowsOf(`${path}.schema-1-20261120T040213Z`), before);
  }));

Deno.test("of many migrations the newest copies are kept, also beside one that an older kbot kept without a time", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "state.kv");
    await writeFirst(path);
    await Deno.copyFile(path, `${path}.before-schema-1`);
    const nothing: Migration = () => Promise.resolve();
    const expected: string[] = [];
    for (let version = 2; version <= 12; version++) {
      await openAndClose(path, { schema: schema(version, new Map([[version - 1, nothing]])), now: at(version) });
      const stamp = `20261120T0402${String(version).padStart(2, "0")}Z`;
      expected.push(`state.kv.schema-${version - 1}-${stamp}`);
      const kept = version === 2 ? ["state.kv.before-schema-1", ...expected] : expected.slice(-KEPT_MAX);
      if (version === 3) kept.unshift("state.kv.before-schema-1");
      assert.deepEqual(filesBeside(path), kept.sort());
    }
  }));

Deno.test("who only looks at an older database changes nothing, and finds new tables empty", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "state.kv");
    await writeFirst(path);
    const opened = await openKvStore(path, { looksOnly: true });
    assert.ok(opened.ok);
    assert.equal(opened.migratedFrom, null);
    assert.deepEqual(await opened.store.account(), account(1));
    assert.deepEqual(await opened.store.strategies(), []);
    await opened.store.close();
    assert.deepEqual(filesBeside(path), []);
    assert.equal((await rowsOf(path)).get('["schema"]'), "1");
  }));

async function run(...[command, ...args]: readonly string[]): Promise<boolean> {
  return await new Deno.Command(command, { args, stderr: "null" }).output().then((end) => end.success, () => false);
}

/** SQLite's file of shared memory. */
const OPENING_BYTES = 32_768;

/** Fills a disk but for some room. */
async function fill(ballast: string, room: number): Promise<void> {
  using file = await Deno.open(ballast, { create: true, write: true });
  const piece = new Uint8Array(4_096);
  let size = 0;
  try {
    for (; size < 1 << 24; size += piece.length) file.writeSync(piece);
  } catch {
    // Full.
  }
  file.truncateSync(Math.max(0, size - room));
}

Deno.test("on a disk without room for it a migration is refused in words, and the state is as it was", () =>
  withDirectory(async (directory) => {
    const state = join(directory, "state");
    await Deno.mkdir(state);
    if (Deno.build.os !== "linux" || !await run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", state)) {
      return console.log("SKIPPED: a full disk needs the right to mount a small one (root)");
    }
    try {
      await writeFour(state);
      const path = statePaths(state).store;
      const before = await Deno.readFile(path);
      const files = filesBeside(path);
      // Beside what opening takes there is room for no copy, for one and a part of the other, for hardly more than both.
      for (const copies of [0, 1.5, 2]) {
        await fill(join(state, "ballast"), OPENING_BYTES + copies * before.length);
        const opened = await openKvStore(path);
        const reason = opened.ok ? "" : opened.reason;
        assert.match(
          reason,
          /^State in \S+state\.kv.*; it was left as it was, with schema 4; it takes room for two copies of the database$/,
        );
        await Deno.remove(join(state, "ballast"));
        assert.deepEqual(await Deno.readFile(path), before);
        assert.deepEqual(filesBeside(path), files);
      }
      assert.equal(await openAndClose(path), 4, "with room it goes");
    } finally {
      await run("umount", "--lazy", state);
    }
  }));
