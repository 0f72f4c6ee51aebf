import assert from "node:assert/strict";
import { join } from "node:path";
import type { StateRecord } from "../core/record.ts";
import { openState } from "../runner/opened_state.ts";
import { openKvStore } from "./kv_store.ts";
import { writeFour } from "./schema_four_fixture_test.ts";
import { account, order, position } from "./records_test.ts";
import { rollBack } from "./rollback.ts";
import {
  FIRST_RUN,
  RECORDS,
  rowsOf,
  SECOND_RUN,
  withDirectory,
  writeDatabase,
  writeRun,
} from "./state_fixture_test.ts";
import { statePaths } from "./state_directory.ts";

const FULL = Deno.env.get("KBOT_TEST_FULL") === "1";

/** More changes than a migration or a rebuild of these makes. */
const CHANGES_MAX = 60;

type What = "migrate" | "rebuild" | "rollback";

/** Whether the process died before it was done. */
async function dies(what: What, state: string, change: number): Promise<boolean> {
  const fixture = new URL("./cut_off_fixture.ts", import.meta.url).href;
  const args = ["run", "--quiet", "--no-check", "-A", fixture, what, state, `${change}`];
  const { signal, success, stderr } = await new Deno.Command(Deno.execPath(), { args, stderr: "piped" }).output();
  assert.ok(success || signal === "SIGKILL", new TextDecoder().decode(stderr));
  return signal === "SIGKILL";
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyTree(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}

/** Kills before every change, or before some of them, each in a copy of its own. */
async function killedAnywhere(
  directory: string,
  what: What,
  original: string,
  check: (state: string, change: number) => Promise<void>,
): Promise<void> {
  let deaths = 0;
  for (let change = 1; change < CHANGES_MAX; change += FULL ? 1 : 2) {
    const state = join(directory, `${change}`);
    await copyTree(original, state);
    if (!await dies(what, state, change)) break;
    deaths++;
    await check(state, change);
  }
  assert.ok(deaths >= 5 && deaths < CHANGES_MAX - 1, `${deaths} deaths`);
}

const copiesIn = (state: string): string[] =>
  [...Deno.readDirSync(state)].map(({ name }) => name).filter((name) => name.startsWith("state.kv.")).sort();

/** The same state as of a bot that was killed: what it wrote last stands in the database's log alone. */
async function killed(original: string, state: string): Promise<void> {
  const kv = await Deno.openKv(statePaths(original).store);
  await kv.set(["account"], account(9));
  await copyTree(original, state);
  kv.close();
  const log = (await Deno.stat(`${statePaths(state).store}-wal`)).size;
  assert.ok(log > 0, "there is a log");
}

Deno.test("killed before any change that it makes, a migration leaves a state that the next start brings up whole", () =>
  withDirectory(async (directory) => {
    if (Deno.build.os === "windows") return console.log("SKIPPED: no SIGKILL here");
    const original = join(directory, "original");
    await Deno.mkdir(original);
    const wanted = await writeFour(original);
    const withLog = join(directory, "with log");
    await killed(original, withLog);
    wanted.set('["account"]', JSON.stringify(account(9)));
    await killedAnywhere(directory, "migrate", withLog, async (state, change) => {
      const { store: path } = statePaths(state);
      const opened = await openKvStore(path);
      assert.ok(opened.ok, JSON.stringify(opened));
      await opened.store.close();
      const rows = await rowsOf(path);
      rows.delete('["writer"]');
      assert.deepEqual(rows, wanted, `killed before change ${change}`);
      const left = copiesIn(state);
      assert.ok(left.every((name) => /^state\.kv\.schema-4-\d{8}T\d{6}Z$/.test(name)), left.join());
      assert.ok(left.length === 1 || left.length === 2, left.join());
    });
  }));

Deno.test("killed before any change that it makes, going back leaves the newer database or the older one, whole", () =>
  withDirectory(async (directory) => {
    if (Deno.build.os === "windows") return console.log("SKIPPED: no SIGKILL here");
    const original = join(directory, "original");
    await Deno.mkdir(original);
    await writeFour(original);
    const older = await rowsOf(statePaths(original).store);
    const opened = await openKvStore(statePaths(original).store);
    assert.ok(opened.ok);
    await opened.store.close();
    const withLog = join(directory, "with log");
    await killed(original, withLog);
    const newer = await rowsOf(statePaths(original).store);
    await killedAnywhere(directory, "rollback", withLog, async (state, change) => {
      const { store: path } = statePaths(state);
      const rows = await rowsOf(path);
      assert.deepEqual(rows, rows.get('["schema"]') === "5" ? newer : older, `killed before change ${change}`);
      if (rows.get('["schema"]') !== "5") return;
      const again = await rollBack(state, { to: 4, now: new Date(Date.now() + 2_000) });
      assert.ok(again.ok, JSON.stringify(again));
      assert.deepEqual(await rowsOf(path), older);
      assert.deepEqual(await rowsOf(again.kept), newer);
    });
  }));

/** What the journals that are left do not tell but by what their first run resumed from. */
const RESUMED: readonly StateRecord[] = [account(7), position("OLD", 300), order("old", 5, { phase: "resting" })];

Deno.test("killed before any change that it makes, a rebuild leaves what the next start makes anew, and nothing forgotten", () =>
  withDirectory(async (directory) => {
    if (Deno.build.os === "windows") return console.log("SKIPPED: no SIGKILL here");
    const original = join(directory, "original");
    await Deno.mkdir(original);
    const [held, positions, openOrders] = RESUMED;
    const resume = { account: held, positions: [positions], openOrders: [openOrders], halts: [RECORDS[5]] };
    await writeRun(original, FIRST_RUN, [...RESUMED, RECORDS[5]]);
    await writeRun(original, SECOND_RUN, RECORDS.slice(6, 9), { resume });
    await writeDatabase(original);
    const wanted = await rowsOf(statePaths(original).store);
    await Deno.remove(join(statePaths(original).journal, FIRST_RUN), { recursive: true });
    const length = (await Deno.stat(statePaths(original).store)).size;
    await Deno.truncate(statePaths(original).store, length - 9_000);
    await killedAnywhere(directory, "rebuild", original, async (state, change) => {
      const opened = await openState(state, false, "0.1.0");
      assert.ok(opened.ok, JSON.stringify(opened));
      await opened.state.store.close();
      const rows = await rowsOf(statePaths(state).store);
      rows.delete('["writer"]');
      assert.deepEqual(rows, wanted, `killed before change ${change}`);
    });
  }));
