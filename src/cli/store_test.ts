import assert from "node:assert/strict";
import { join } from "node:path";
import { lockStateDirectory } from "../store/lock.ts";
import { SCHEMA_VERSION } from "../store/kv_schema.ts";
import { openKvStore } from "../store/kv_store.ts";
import { rowsOf, withDirectory, writeState } from "../store/state_fixture_test.ts";
import { statePaths } from "../store/state_directory.ts";
import { store } from "./store.ts";

const COMMON = { config: undefined, json: true };

/** An environment in which no configuration is found but the one that a test names. */
const env = (directory: string): Record<string, string> => ({ XDG_CONFIG_HOME: directory });

Deno.test("a state is checked, backed up, restored and made anew by commands, with their exit codes", () =>
  withDirectory(async (directory) => {
    const [state, out, other] = ["state", "backup", "other"].map((name) => join(directory, name));
    await writeState(state);
    const run = (command: Parameters<typeof store>[0]) => store(command, env(directory));
    const checked = await run({ ...COMMON, kind: "store_check", state });
    assert.equal(checked.exitCode, 0, checked.problems.join("\n"));
    assert.match(
      checked.text ?? "",
      /^OK: .*\n {2}schema {2}\d\n {2}up to {3}line \d+ of run 20261120T050000Z-0001\n {2}rows/,
    );
    const backup = await run({ ...COMMON, kind: "store_backup", state, out, allJournals: true });
    assert.equal(backup.exitCode, 0, backup.problems.join("\n"));
    const restored = await run({ ...COMMON, kind: "store_restore", state: other, from: out });
    assert.equal(restored.exitCode, 0, restored.problems.join("\n"));
    await Deno.truncate(statePaths(other).store, 9_000);
    const broken = await run({ ...COMMON, kind: "store_check", state: other });
    assert.equal(broken.exitCode, 1);
    assert.match(broken.problems[0], /malformed/);
    const rebuilt = await run({ ...COMMON, kind: "store_rebuild", state: other });
    assert.equal(rebuilt.exitCode, 0, rebuilt.problems.join("\n"));
    assert.match(rebuilt.text ?? "", /^Made the database anew from 13 records of 2 runs; the old one is kept as /);
    assert.equal((await run({ ...COMMON, kind: "store_check", state: other })).exitCode, 0);
  }));

Deno.test("an upgraded state shows its versions by command, and goes back to what it was", () =>
  withDirectory(async (directory) => {
    const state = join(directory, "state");
    await writeState(state);
    const kv = await Deno.openKv(statePaths(state).store);
    await kv.set(["schema"], 4);
    kv.close();
    const before = await rowsOf(statePaths(state).store);
    const opened = await openKvStore(statePaths(state).store, {
      writer: "0.1.0",
      now: new Date(Date.UTC(2026, 10, 20)),
    });
    assert.ok(opened.ok);
    await opened.store.close();
    const run = (command: Parameters<typeof store>[0]) => store(command, env(directory));
    const versions = await run({ ...COMMON, kind: "store_versions", state });
    assert.equal(versions.exitCode, 0);
    const kept = `${statePaths(state).store}.schema-4-20261120T000000Z`;
    assert.deepEqual(versions.text?.split("\n"), [
      `This is kbot 0.1.0: it writes schema ${SCHEMA_VERSION} of the database, format 1 of journals, format 1 of backups`,
      `  database  schema ${SCHEMA_VERSION}, written last by kbot 0.1.0`,
      "  journal   format 1, run 20261120T050000Z-0001 by kbot 0.1.0",
      `  kept      schema 4, put aside 20261120T000000Z: ${kept}; kbot store rollback --to 4`,
    ]);
    const nowhere = await run({ ...COMMON, kind: "store_rollback", state, to: 3 });
    assert.equal(nowhere.exitCode, 1);
    assert.match(nowhere.problems[0], /there is no copy of schema 3 from before; kept are: 4$/);
    const back = await run({ ...COMMON, kind: "store_rollback", state, to: 4 });
    assert.equal(back.exitCode, 0, back.problems.join("\n"));
    assert.match(
      back.text ?? "",
      /^The database has schema 4 again, from .*; that of schema \d+ is kept as .*\.before-rollback-/,
    );
    assert.deepEqual(await rowsOf(statePaths(state).store), before);
  }));

Deno.test("what changes the database waits until the bot has stopped", () =>
  withDirectory(async (directory) => {
    const state = join(directory, "state");
    await writeState(state);
    const held = await lockStateDirectory(state);
    assert.ok(held.ok);
    try {
      for (const kind of ["store_rebuild", "store_compact", "store_rollback"] as const) {
        const reply = await store({ ...COMMON, kind, state }, env(directory));
        assert.equal(reply.exitCode, 1, kind);
        assert.match(reply.problems[0], /is in use by/);
      }
    } finally {
      held.lock.release();
    }
  }));

Deno.test("compacting deletes what is older than its retention and gives the room back", () =>
  withDirectory(async (directory) => {
    const state = join(directory, "state");
    await writeState(state);
    const kv = await Deno.openKv(statePaths(state).store);
    const day = 86_400_000_000;
    const account = (await kv.get<object>(["account"])).value;
    await kv.set(["account"], { ...account, updatedAt: 1_000 * day });
    for (let k = 0; k < 3_000; k++) {
      const at = k < 2_900 ? k : 999 * day + k;
      await kv.set(["portfolio", at], { kind: "portfolio", at, cash: 1, nav: 1, exposure: 0 });
    }
    kv.close();
    const reply = await store({ ...COMMON, kind: "store_compact", state }, env(directory));
    assert.equal(reply.exitCode, 0, reply.problems.join("\n"));
    const { removedRows, bytesBefore, bytesAfter } = reply.json as Record<string, number>;
    assert.equal(removedRows, 2_900 + 1, "and that the fixture's halt began in 1970");
    assert.ok(bytesAfter < bytesBefore / 2, `${bytesAfter} of ${bytesBefore} bytes`);
  }));

Deno.test("a state that is not there is refused in words, and so is a wrong configuration", () =>
  withDirectory(async (directory) => {
    const nowhere = await store({ ...COMMON, kind: "store_check", state: join(directory, "none") }, env(directory));
    assert.equal(nowhere.exitCode, 1);
    assert.match(nowhere.problems[0], /^There is no state at /);
    const config = join(directory, "kbot.toml");
    await Deno.writeTextFile(config, "[store]\nsync = 3\n", { mode: 0o600 });
    const wrong = await store({ ...COMMON, config, kind: "store_check", state: directory }, env(directory));
    assert.equal(wrong.exitCode, 2);
    assert.match(wrong.problems[0], /store\.sync/);
  }));
