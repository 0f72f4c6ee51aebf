import assert from "node:assert/strict";
import { join } from "node:path";
import { verifyAudit } from "./audit/audit_verify.ts";
import { backUp, type BackupOptions } from "./backup.ts";
import { checkStore } from "./check.ts";
import { openKvStore } from "./kv_store.ts";
import { recover } from "./recover.ts";
import { restore } from "./restore.ts";
import { order } from "./records_test.ts";
import { FIRST_RUN, rowsOf, SECOND_RUN, withDirectory, writeState } from "./state_fixture_test.ts";
import { statePaths } from "./state_directory.ts";
import { DEFAULT_RETENTION } from "./store.ts";

const OPTIONS: BackupOptions = {
  version: "0.1.0",
  now: new Date("2026-11-20T06:00:00Z"),
  config: null,
  allJournals: true,
};

/** A state, and where a backup of it and a restored state may lie. */
const withState = (test: (state: string, out: string, restored: string) => Promise<void>): Promise<void> =>
  withDirectory(async (directory) => {
    const state = join(directory, "state");
    await writeState(state);
    await test(state, join(directory, "backup"), join(directory, "restored"));
  });

function filesIn(directory: string, within = ""): string[] {
  return [...Deno.readDirSync(join(directory, within))].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(directory, `${within}${name}/`) : [`${within}${name}`]
  ).sort();
}

Deno.test("what was backed up and restored is the same state: database, journals, audit trail, identity, kill", () =>
  withState(async (state, out, restored) => {
    await Deno.writeTextFile(join(state, "KILL"), "kbot kill\n");
    await Deno.writeTextFile(join(state, "token"), "0123456789\n");
    const backup = await backUp(state, out, OPTIONS);
    assert.ok(backup.ok, JSON.stringify(backup));
    assert.equal(backup.run, SECOND_RUN);
    assert.ok(!filesIn(out).includes("token"));
    for (const name of filesIn(out)) assert.equal(Deno.statSync(join(out, name)).mode! & 0o077, 0, name);
    const result = await restore(out, restored);
    assert.ok(result.ok, JSON.stringify(result));
    assert.deepEqual(await rowsOf(statePaths(restored).store), await rowsOf(statePaths(state).store));
    assert.deepEqual(await Deno.readTextFile(join(restored, "KILL")), "kbot kill\n");
    assert.deepEqual((await checkStore(restored, { startsOver: false, retention: DEFAULT_RETENTION })).faults, []);
    assert.deepEqual((await verifyAudit(restored, { journals: true })).faults, []);
    assert.equal(Deno.statSync(restored).mode! & 0o777, 0o700);
  }));

Deno.test("a backup while the state is being written is of one moment, and goes on from there", () =>
  withState(async (state, out, restored) => {
    const opened = await openKvStore(statePaths(state).store, { gatherMs: 1 });
    assert.ok(opened.ok);
    let [stop, written] = [false, 0];
    const writing = (async () => {
      for (let k = 0; !stop; k++) {
        opened.store.apply([order(`w${k}`, k)], { run: SECOND_RUN, line: 1_000 + k });
        await opened.store.flush();
        written = k;
      }
    })();
    while (written < 5) await new Promise((resolve) => setTimeout(resolve, 1));
    const backup = await backUp(state, out, OPTIONS);
    stop = true;
    await writing;
    await opened.store.close();
    assert.ok(backup.ok, JSON.stringify(backup));
    assert.ok((await restore(out, restored)).ok);
    const again = await openKvStore(statePaths(restored).store);
    assert.ok(again.ok);
    const mark = await again.store.mark();
    const newest = (mark?.line ?? 0) - 1_000;
    assert.ok(newest >= 5);
    assert.notEqual(await again.store.order(`w${newest}`), null);
    assert.equal(await again.store.order(`w${newest + 1}`), null);
    await again.store.close();
  }));

Deno.test("only the journals that the database goes on from are needed, and a start from them is the same", () =>
  withState(async (state, out, restored) => {
    const backup = await backUp(state, out, { ...OPTIONS, allJournals: false });
    assert.ok(backup.ok);
    assert.ok(!filesIn(out).some((name) => name.includes(FIRST_RUN)));
    assert.ok((await restore(out, restored)).ok);
    const opened = await openKvStore(statePaths(restored).store);
    assert.ok(opened.ok);
    const recovered = await recover(restored, opened.store);
    assert.ok(recovered.ok && recovered.applied === 0);
    await opened.store.close();
    assert.deepEqual(await rowsOf(statePaths(restored).store), await rowsOf(statePaths(state).store));
  }));

Deno.test("a line that is being written stays out of a backup", () =>
  withState(async (state, out) => {
    const path = join(state, "journal", SECOND_RUN);
    const last = [...Deno.readDirSync(path)].map(({ name }) => name).sort().at(-1) ?? "";
    const whole = await Deno.readTextFile(join(path, last));
    await Deno.writeTextFile(join(path, last), '{"i":{"type":"clo', { append: true });
    assert.ok((await backUp(state, out, OPTIONS)).ok);
    assert.equal(await Deno.readTextFile(join(out, "journal", SECOND_RUN, last)), whole);
  }));

Deno.test("the configuration comes along without what looks like a secret", () =>
  withState(async (state, out, restored) => {
    const config = join(state, "kbot.toml");
    await Deno.writeTextFile(config, '[feeds.rates]\nfrom = "https://example.com/x?token=hunter2hunter2"\n');
    const backup = await backUp(state, out, { ...OPTIONS, config });
    assert.ok(backup.ok && backup.redacted);
    for (const name of filesIn(out)) {
      assert.ok(!new TextDecoder().decode(Deno.readFileSync(join(out, name))).includes("hunter2"), name);
    }
    const result = await restore(out, restored);
    assert.ok(result.ok);
    assert.equal(result.config, join(restored, "kbot.toml"));
  }));

Deno.test("a damaged database is not backed up as if it were well, and nothing is left behind", () =>
  withState(async (state, out) => {
    const path = statePaths(state).store;
    await Deno.writeFile(path, (await Deno.readFile(path)).slice(0, 9_000));
    const backup = await backUp(state, out, OPTIONS);
    assert.equal(backup.ok, false);
    assert.match(backup.ok ? "" : backup.reason, /^No backup was made: State in .*malformed/);
    assert.deepEqual([...Deno.readDirSync(join(out, ".."))].map(({ name }) => name), ["state"]);
  }));

Deno.test("a backup does not go over what is there", () =>
  withState(async (state, out) => {
    await Deno.mkdir(out);
    const backup = await backUp(state, out, OPTIONS);
    assert.match(backup.ok ? "" : backup.reason, /exists already; name a directory that does not$/);
  }));

const REFUSED: readonly {
  readonly name: string;
  readonly prepare: (out: string, restored: string) => Promise<unknown>;
  readonly reason: RegExp;
}[] = [
  {
    name: "into a directory that holds a state",
    prepare: (_, restored) => writeState(restored),
    reason: /it holds \S+ already; name an empty directory/,
  },
  {
    name: "into a directory of another venue or kind of trading",
    prepare: async (_, restored) => {
      await Deno.mkdir(restored, { mode: 0o700 });
      const identity = { venue: "kalshi", execution: "live", instance: "k0000000b" };
      await Deno.writeTextFile(join(restored, "identity.json"), JSON.stringify(identity));
    },
    reason: /it belongs to live trading at kalshi, and the backup to paper trading at kalshi/,
  },
  {
    name: "of a backup with a changed file",
    prepare: (out) => Deno.writeTextFile(join(out, "identity.json"), "{}"),
    reason: /the backup is damaged: identity\.json was changed/,
  },
  {
    name: "of a backup with a missing file",
    prepare: (out) => Deno.remove(join(out, "state.kv")),
    reason: /the backup is damaged: state\.kv cannot be read/,
  },
  {
    name: "of a newer kbot's database",
    prepare: (out) => edited(out, (text) => text.replace(/"schema": \d+/, '"schema": 99')),
    reason: /made by a newer kbot \(schema 99/,
  },
  {
    name: "of a newer kbot's backup",
    prepare: (out) => edited(out, (text) => text.replace('"kbot_backup": 1', '"kbot_backup": 2')),
    reason: /was made by a newer kbot \(format 2/,
  },
  {
    name: "of a backup that leads out of its directory",
    prepare: (out) => edited(out, (text) => text.replace('"path": "state.kv"', '"path": "../state.kv"')),
    reason: /names a file outside of it: "\.\.\/state\.kv"/,
  },
  {
    name: "of what is no backup",
    prepare: (out) => Deno.remove(join(out, "manifest.json")),
    reason: /is none: it has no manifest\.json/,
  },
];

async function edited(out: string, edit: (text: string) => string): Promise<void> {
  const path = join(out, "manifest.json");
  await Deno.writeTextFile(path, edit(await Deno.readTextFile(path)));
}

for (const { name, prepare, reason } of REFUSED) {
  Deno.test(`a restore is refused ${name}`, () =>
    withState(async (state, out, restored) => {
      assert.ok((await backUp(state, out, OPTIONS)).ok);
      await prepare(out, restored);
      const result = await restore(out, restored);
      assert.match(result.ok ? "" : result.reason, reason);
    }));
}
