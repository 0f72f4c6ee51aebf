import assert from "node:assert/strict";
import { rowsOf, withDirectory, writeState } from "../store/state_fixture_test.ts";
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
      const opened = await openState(state, false);
      assert.ok(opened.ok, JSON.stringify(opened));
      assert.deepEqual(opened.state.resume.halts.map((halt) => halt.name), ["kill"], "a halt outlives the damage");
      await opened.state.store.close();
      assert.deepEqual(await rowsOf(path), before);
      const kept = [...Deno.readDirSync(state)].filter((entry) => entry.name.includes(".before-rebuild-"));
      assert.equal(kept.length, 1);
    }));
}

Deno.test("a damaged database without a journal to make it from refuses the start, and stays as it is", () =>
  withDirectory(async (state) => {
    await writeState(state);
    await Deno.remove(statePaths(state).journal, { recursive: true });
    await Deno.truncate(statePaths(state).store, 9_000);
    const opened = await openState(state, false);
    assert.match(opened.ok ? "" : opened.reason, /malformed.*there is no journal; restore a backup$/);
    assert.equal((await Deno.stat(statePaths(state).store)).size, 9_000);
  }));

Deno.test("a database that another program holds is no damage: the start is refused, and nothing is made anew", () =>
  withDirectory(async (state) => {
    await writeState(state);
    const path = statePaths(state).store;
    const other = new DatabaseSync(path);
    other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    const opened = await openState(state, false);
    other.exec("COMMIT");
    other.close();
    assert.match(opened.ok ? "" : opened.reason, /database is locked/);
    const names = [...Deno.readDirSync(state)].map((entry) => entry.name);
    assert.ok(!names.some((name) => name.includes(".before-")), names.join());
  }));
