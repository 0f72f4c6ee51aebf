import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { HaltRecord } from "../core/record.ts";
import { writeTrail } from "./audit/audit_fixture.ts";
import { checkStore } from "./check.ts";
import { DEFAULT_RETENTION } from "./store.ts";
import { openKvStore } from "./kv_store.ts";
import { rebuildDatabase } from "./rebuild.ts";
import { account, halt } from "./records_test.ts";
import { FIRST_RUN, SECOND_RUN, withDirectory, writeDatabase, writeRun } from "./state_fixture_test.ts";
import { statePaths } from "./state_directory.ts";

const change = (name: string, active: boolean, at: number, more: Partial<HaltRecord> = {}): HaltRecord =>
  ({ ...halt(name, active, name === "kill"), at, ...more }) as HaltRecord;

const FIRST = [
  change("feed_stale BRTI", true, 1, { index: "BRTI" }),
  change("feed_stale BRTI", false, 2, { index: "BRTI" }),
  change("kill", true, 3),
];
const SECOND = [
  change("kill", false, 4),
  // Two of the same moment.
  change("store", true, 5),
  change("store", false, 5),
  change("consecutive_losses latency", true, 6, { level: "reducing", strategy: "latency" }),
];
const OPTIONS = { startsOver: false, retention: DEFAULT_RETENTION };
const NOW = new Date(Date.UTC(2026, 10, 20, 12));

async function changesOf(state: string): Promise<HaltRecord[]> {
  const opened = await openKvStore(statePaths(state).store);
  assert.ok(opened.ok, JSON.stringify(opened));
  const changes = await opened.store.listHaltChanges({ limit: 100 });
  assert.deepEqual(await opened.store.close(), { ok: true });
  return changes;
}

async function writeRuns(state: string): Promise<void> {
  await writeRun(state, FIRST_RUN, [account(1), ...FIRST]);
  await writeRun(state, SECOND_RUN, [...SECOND, account(7)]);
  await writeDatabase(state);
  await writeTrail(state);
}

/** As a kbot of schema 4 leaves a database: it remembers how each halt stands, and not what was. */
async function forgetChanges(state: string): Promise<void> {
  const kv = await Deno.openKv(statePaths(state).store);
  for await (const { key } of kv.list({ prefix: ["halt_changes"] })) await kv.delete(key);
  await kv.set(["schema"], 4);
  kv.close();
}

/** Compresses the trail, and takes the end of that away. */
async function damageTrail(state: string): Promise<void> {
  const file = join(statePaths(state).audit, "000001.ndjson");
  const packed = gzipSync(await Deno.readFile(file));
  await Deno.writeFile(`${file}.gz`, packed.subarray(0, packed.length / 2));
  await Deno.remove(file);
}

const newestFirst = (changes: readonly HaltRecord[]): HaltRecord[] =>
  changes.toSorted((a, b) => b.at - a.at || Number(b.active) - Number(a.active));

Deno.test("every halt that begins or is lifted is remembered, by the page", () =>
  withDirectory(async (state) => {
    await writeRuns(state);
    assert.deepEqual(await changesOf(state), newestFirst([...FIRST, ...SECOND]));
    const opened = await openKvStore(statePaths(state).store);
    assert.ok(opened.ok);
    const page = await opened.store.listHaltChanges({ limit: 2 });
    assert.deepEqual(page.map(({ at }) => at), [6, 5, 5], "those of one moment stay together");
    const next = await opened.store.listHaltChanges({ limit: 2, before: page[2].at });
    assert.deepEqual(next.map(({ at }) => at), [4, 3]);
    await opened.store.close();
  }));

Deno.test("the migration fills the table from trail and journals, and a check finds nothing wrong with it", () =>
  withDirectory(async (state) => {
    await writeRuns(state);
    await forgetChanges(state);
    assert.deepEqual(await changesOf(state), newestFirst([...FIRST, ...SECOND]));
    const report = await checkStore(state, OPTIONS);
    assert.deepEqual([report.ok, report.faults], [true, []]);
    assert.equal(report.rows.halt_changes, 7);
  }));

for (
  const [claim, harm, wanted] of [
    ["what the trail lacks comes from the journals", (s) => Deno.remove(statePaths(s).audit, { recursive: true }), [
      ...FIRST,
      ...SECOND,
    ]],
    [
      "what the journals lack comes from the trail",
      (s) => Deno.remove(join(statePaths(s).journal, FIRST_RUN), { recursive: true }),
      [...FIRST, ...SECOND],
    ],
    [
      "an entry of the trail that was changed is not believed",
      async (s) => {
        const file = join(statePaths(s).audit, "000001.ndjson");
        const text = await Deno.readTextFile(file);
        await Deno.writeTextFile(file, text.replace('"name":"kill","active":true', '"name":"kill","active":null'));
        await Deno.remove(statePaths(s).journal, { recursive: true });
      },
      [...FIRST.slice(0, 2), ...SECOND],
    ],
    ["what a damaged file of the trail cannot tell comes from the journals", damageTrail, [...FIRST, ...SECOND]],
    [
      "where neither is there, how each halt stands is what is known",
      async (s) => {
        for (const path of [statePaths(s).audit, statePaths(s).journal]) await Deno.remove(path, { recursive: true });
      },
      [FIRST[1], SECOND[0], SECOND[2], SECOND[3]],
    ],
  ] as readonly [string, (state: string) => Promise<void>, readonly HaltRecord[]][]
) {
  Deno.test(`the migration goes as far back as something tells: ${claim}`, () =>
    withDirectory(async (state) => {
      await writeRuns(state);
      await forgetChanges(state);
      await harm(state);
      assert.deepEqual(await changesOf(state), newestFirst(wanted));
    }));
}

Deno.test("what came after the database's mark is left to the recovery", () =>
  withDirectory(async (state) => {
    await writeRun(state, FIRST_RUN, [account(1), ...FIRST]);
    await writeDatabase(state);
    await forgetChanges(state);
    await writeRun(state, SECOND_RUN, SECOND);
    await writeTrail(state);
    assert.deepEqual(await changesOf(state), newestFirst(FIRST));
    await writeDatabase(state);
    assert.deepEqual(await changesOf(state), newestFirst([...FIRST, ...SECOND]));
  }));

Deno.test("a rebuild fills the table again, also with what only the trail tells", () =>
  withDirectory(async (state) => {
    await writeRuns(state);
    const rebuilt = await rebuildDatabase(state, { startsOver: false, now: NOW });
    assert.ok(rebuilt.ok, JSON.stringify(rebuilt));
    assert.deepEqual(await changesOf(state), newestFirst([...FIRST, ...SECOND]));
    await Deno.remove(join(statePaths(state).journal, FIRST_RUN), { recursive: true });
    assert.ok((await rebuildDatabase(state, { startsOver: false, now: NOW })).ok);
    assert.deepEqual(await changesOf(state), newestFirst([...FIRST, ...SECOND]));
  }));

Deno.test("a damaged file of the trail keeps no damaged database from being made anew", () =>
  withDirectory(async (state) => {
    await writeRuns(state);
    await damageTrail(state);
    const rebuilt = await rebuildDatabase(state, { startsOver: false, now: NOW });
    assert.ok(rebuilt.ok, JSON.stringify(rebuilt));
    assert.deepEqual(await changesOf(state), newestFirst([...FIRST, ...SECOND]));
  }));

Deno.test("of an exchange that is born with its run, the halts of the newest run are the history", () =>
  withDirectory(async (state) => {
    await writeRuns(state);
    await Deno.writeTextFile(
      join(state, "identity.json"),
      JSON.stringify({ venue: "sim", execution: "live", instance: "k00000001" }),
    );
    assert.ok((await rebuildDatabase(state, { startsOver: true, now: NOW })).ok);
    assert.deepEqual(await changesOf(state), newestFirst(SECOND));
    assert.deepEqual((await checkStore(state, { ...OPTIONS, startsOver: true })).faults, []);
  }));

for (
  const [claim, harm, fault] of [
    ["is missing", (kv) => kv.delete(["halt_changes", 3, "kill", true]), /^Row halt_changes\/3\/kill\/true is missing/],
    [
      "says something else",
      (kv) => kv.set(["halt_changes", 3, "kill", true], { ...FIRST[2], reason: "Nobody" }),
      /^Row halt_changes\/3\/kill\/true says something else than the journals$/,
    ],
    [
      "lies in the wrong place",
      (kv) => kv.set(["halt_changes", 9, "kill", true], FIRST[2]),
      /^Row halt_changes\/9\/kill\/true lies in the wrong place/,
    ],
    [
      "was made up",
      (kv) => kv.set(["halt_changes", 9, "kill", true], change("kill", true, 9)),
      /^Row halt_changes\/9\/kill\/true is in no journal$/,
    ],
  ] as readonly [string, (kv: Deno.Kv) => Promise<unknown>, RegExp][]
) {
  Deno.test(`a check finds a change of a halt that ${claim}`, () =>
    withDirectory(async (state) => {
      await writeRuns(state);
      const kv = await Deno.openKv(statePaths(state).store);
      await harm(kv);
      kv.close();
      const report = await checkStore(state, OPTIONS);
      assert.ok(report.faults.some((text) => fault.test(text)), report.faults.join("\n"));
    }));
}
