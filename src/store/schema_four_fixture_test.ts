/**
 * A state of schema 4 with many halts, for tests.
 * @module
 */

import assert from "node:assert/strict";
import type { HaltRecord } from "../core/record.ts";
import { writeTrail } from "./audit/audit_fixture.ts";
import { SCHEMA_VERSION } from "./kv_schema.ts";
import { openKvStore } from "./kv_store.ts";
import { account, halt } from "./records_test.ts";
import { FIRST_RUN, rowsOf, writeRun } from "./state_fixture_test.ts";
import { statePaths } from "./state_directory.ts";

/** Halts that come and go: more than one commit of the migration takes. */
const HALTS: readonly HaltRecord[] = Array.from({ length: 250 }, (_, k) => ({
  ...halt(`feed_stale ${k % 3 === 0 ? "BRTI" : "ETHUSD_RTI"}`, k % 2 === 0, false),
  at: (1_000 + k) as HaltRecord["at"],
}));

/** A state of schema 4, which has no table of the halts that were: only journal and trail tell of them. */
export async function writeFour(state: string): Promise<Map<string, string>> {
  await writeRun(state, FIRST_RUN, [account(1), ...HALTS]);
  await writeTrail(state);
  const path = statePaths(state).store;
  const opened = await openKvStore(path, { schema: { version: 4, migrations: new Map() } });
  assert.ok(opened.ok);
  opened.store.apply([account(1), ...HALTS], { run: FIRST_RUN, line: 1 + 3 * (HALTS.length + 1) + 20 });
  await opened.store.close();
  const wanted = await rowsOf(path);
  const kv = await Deno.openKv(path);
  for await (const { key } of kv.list({ prefix: ["halt_changes"] })) await kv.delete(key);
  kv.close();
  wanted.set('["schema"]', `${SCHEMA_VERSION}`);
  return wanted;
}
