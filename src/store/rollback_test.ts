import assert from "node:assert/strict";
import { join } from "node:path";
import { findSchema, type Migration, SCHEMA_VERSION } from "./kv_schema.ts";
import { openKvStore } from "./kv_store.ts";
import { recover } from "./recover.ts";
import { rollBack } from "./rollback.ts";
import { FIRST_RUN, RECORDS, rowsOf, SECOND_RUN, withDirectory, writeRun } from "./state_fixture_test.ts";
import { statePaths } from "./state_directory.ts";
import { storeVersions } from "./versions.ts";

const now = (second: number): Date => new Date(Date.UTC(2026, 10, 20, 4, 2, second));
const OLDER = { version: SCHEMA_VERSION, migrations: new Map() };
/** A layout of a kbot that is newer than this one. */
const NEWER = {
  version: SCHEMA_VERSION + 1,
  migrations: new Map<number, Migration>([[SCHEMA_VERSION, (kv) => kv.set(["unheard_of"], 1).then(() => {})]]),
};

/** Opens the database as a kbot of some schema and takes up what the journals tell. */
async function start(state: string, schema: typeof NEWER, writer: string): Promise<Map<string, string>> {
  const { store: path } = statePaths(state);
  const opened = await openKvStore(path, { schema, writer, now: now(11) });
  assert.ok(opened.ok, JSON.stringify(opened));
  const recovered = await recover(state, opened.store);
  assert.ok(recovered.ok, JSON.stringify(recovered));
  assert.deepEqual(await opened.store.close(), { ok: true });
  return await rowsOf(path);
}

async function refusal(state: string): Promise<string> {
  const opened = await openKvStore(statePaths(state).store);
  return opened.ok ? assert.fail("It was opened") : opened.reason;
}

/** A state of this kbot's, which a newer one then traded on. */
async function upgraded(state: string): Promise<void> {
  await writeRun(state, FIRST_RUN, RECORDS.slice(0, 6));
  await start(state, OLDER, "1.0.0");
  await start(state, NEWER, "2.0.0");
  await writeRun(state, SECOND_RUN, RECORDS.slice(6));
  await start(state, NEWER, "2.0.0");
}

Deno.test("an older kbot says who wrote a state and how to go back, goes back, and knows what happened since", () =>
  withDirectory(async (state) => {
    await upgraded(state);
    const { store: path } = statePaths(state);
    const copy = `${path}.schema-${SCHEMA_VERSION}-20261120T040211Z`;
    assert.equal(
      await refusal(state),
      `State in ${path} was written by a newer kbot, version 2.0.0 (schema ${NEWER.version}, this one knows ` +
        `${SCHEMA_VERSION}); use that kbot, or another directory with --state; or go back with kbot store rollback: ` +
        `what it was before with schema ${SCHEMA_VERSION} is kept as ${copy}`,
    );
    const newer = await rowsOf(path);
    const kept = `${path}.before-rollback-20261120T040230Z`;
    assert.deepEqual(await rollBack(state, { to: null, now: now(30) }), {
      ok: true,
      from: NEWER.version,
      to: SCHEMA_VERSION,
      copy,
      kept,
      runs: 2,
    });
    assert.deepEqual(await rowsOf(kept), newer, "nothing is thrown away");
    const older = await start(state, OLDER, "1.0.0");
    const wanted = new Map(newer);
    wanted.delete('["unheard_of"]');
    wanted.set('["schema"]', `${SCHEMA_VERSION}`).set('["writer"]', '"1.0.0"');
    assert.deepEqual(older, wanted, "orders, trades, positions and money are those of the newer kbot");
  }));

Deno.test("the newer kbot itself goes back for an older one that has no such command", () =>
  withDirectory(async (state) => {
    await writeRun(state, FIRST_RUN, RECORDS);
    const { store: path } = statePaths(state);
    const four = { version: 4, migrations: new Map() };
    await start(state, four, "0.1.0");
    const before = await rowsOf(path);
    const opened = await openKvStore(path, { now: now(11) });
    assert.ok(opened.ok);
    await opened.store.close();
    const unnamed = await rollBack(state, { to: null, now: now(12) });
    assert.match(
      unnamed.ok ? "" : unnamed.reason,
      /left as it is: it has schema 5, which this kbot knows; for an older kbot name its schema with --to, kept are: 4$/,
    );
    const result = await rollBack(state, { to: 4, now: now(12) });
    assert.ok(result.ok, JSON.stringify(result));
    assert.deepEqual(await rowsOf(path), before);
  }));

Deno.test("going back has both databases on the disk before one takes the other's place", () =>
  withDirectory(async (state) => {
    await upgraded(state);
    const { open, rename } = Deno;
    const done: string[] = [];
    Deno.open = async (path, options) => {
      const file = await open(path, options);
      const { syncData } = file;
      file.syncData = () => {
        done.push(`${path}`.replace(/^.*state\.kv/, ""));
        return syncData.call(file);
      };
      return file;
    };
    Deno.rename = (from, to) => {
      done.push(`${from}`.replace(/^.*state\.kv/, "") + " in place");
      return rename(from, to);
    };
    try {
      assert.ok((await rollBack(state, { to: null, now: now(30) })).ok);
    } finally {
      Object.assign(Deno, { open, rename });
    }
    assert.deepEqual(done.slice(0, 3), [".before-rollback-20261120T040230Z", ".returning", ".returning in place"]);
  }));

Deno.test("going back is refused in words, and changes nothing, where the state would not be whole", () =>
  withDirectory(async (directory) => {
    const cases: readonly [name: string, harm: (state: string) => Promise<unknown>, reason: RegExp][] = [
      [
        "no copy",
        (state) => Deno.remove(`${statePaths(state).store}.schema-${SCHEMA_VERSION}-20261120T040211Z`),
        /there is no copy of schema \d+ or older from before; kept are: none$/,
      ],
      [
        "a damaged copy",
        (state) => Deno.truncate(`${statePaths(state).store}.schema-${SCHEMA_VERSION}-20261120T040211Z`, 9_000),
        // The last is how Deno 2.4 says it.
        /malformed|not a database|failed to prepare/,
      ],
      [
        "journals that are gone",
        (state) => Deno.remove(join(statePaths(state).journal, FIRST_RUN), { recursive: true }),
        /the journal of run 20261120T040211Z-0001, which the copy ends in, is not there/,
      ],
      [
        "a journal that this kbot cannot read",
        async (state) => {
          const file = join(statePaths(state).journal, SECOND_RUN, "000001.ndjson");
          const text = await Deno.readTextFile(file);
          await Deno.writeTextFile(
            file,
            text.replace('"kbot_journal":1,"version":"0.1.0"', '"kbot_journal":9,"version":"9"'),
          );
        },
        /The journal of run 20261120T050000Z-0001 was written by a newer kbot, version 9 \(format 9, this one knows 1\)/,
      ],
    ];
    for (const [k, [name, harm, reason]] of cases.entries()) {
      const state = join(directory, `${k}`);
      await Deno.mkdir(state);
      await upgraded(state);
      await harm(state);
      const before = await rowsOf(statePaths(state).store);
      const result = await rollBack(state, { to: null, now: now(30) });
      assert.match(result.ok ? "" : result.reason, reason, name);
      assert.deepEqual(await rowsOf(statePaths(state).store), before, name);
      assert.ok(![...Deno.readDirSync(state)].some((entry) => entry.name.includes("rollback")), name);
    }
  }));

Deno.test("where there is no database, going back makes none", () =>
  withDirectory(async (state) => {
    const result = await rollBack(state, { to: 4, now: now(30) });
    assert.match(result.ok ? "" : result.reason, /state\.kv was left as it is: there is none$/);
    assert.deepEqual([...Deno.readDirSync(state)], []);
  }));

Deno.test("versions are shown of the database, the newest journal, and what is kept", () =>
  withDirectory(async (state) => {
    const empty = await storeVersions(state);
    assert.deepEqual(empty.ok && [empty.versions.database, empty.versions.journal, empty.versions.kept], [
      null,
      null,
      [],
    ]);
    await upgraded(state);
    const shown = await storeVersions(state);
    assert.ok(shown.ok);
    assert.deepEqual(shown.versions, {
      writes: { schema: SCHEMA_VERSION, journal: 1, backup: 1 },
      database: { schema: NEWER.version, writer: "2.0.0" },
      journal: { run: SECOND_RUN, format: 1, version: "0.1.0" },
      kept: [{
        path: `${statePaths(state).store}.schema-${SCHEMA_VERSION}-20261120T040211Z`,
        schema: SCHEMA_VERSION,
        stamp: "20261120T040211Z",
      }],
    });
  }));

Deno.test("a journal of a newer kbot refuses the start, instead of being left out", () =>
  withDirectory(async (state) => {
    await writeRun(state, FIRST_RUN, RECORDS);
    const file = join(statePaths(state).journal, FIRST_RUN, "000001.ndjson");
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(
      file,
      text.replace('"kbot_journal":1,"version":"0.1.0"', '"kbot_journal":2,"version":"3.1.4"'),
    );
    const opened = await openKvStore(statePaths(state).store);
    assert.ok(opened.ok);
    const recovered = await recover(state, opened.store);
    assert.match(
      recovered.ok ? "" : recovered.reason,
      /^The journal of run \S+ was written by a newer kbot, version 3\.1\.4 \(format 2, this one knows 1\); use that kbot/,
    );
    assert.equal(await opened.store.mark(), null);
    await opened.store.close();
  }));

Deno.test("a version that is none is refused", () =>
  withDirectory(async (directory) => {
    const kv = await Deno.openKv(join(directory, "state.kv"));
    await kv.set(["schema"], "five");
    const found = await findSchema(kv, "P", SCHEMA_VERSION);
    kv.close();
    assert.deepEqual(found, { ok: false, reason: "State in P has no readable schema version: found five" });
  }));
