/**
 * A state directory as a run leaves it, for tests.
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Action } from "../core/action.ts";
import type { Input } from "../core/input.ts";
import type { StateRecord } from "../core/record.ts";
import { encodeAction, encodeCheckpoint, encodeInput, type RestatedRecords } from "../engine/journal.ts";
import { writeTrail } from "./audit/audit_fixture.ts";
import { openJournal } from "./journal_writer.ts";
import { openKvStore } from "./kv_store.ts";
import { account, budget, budgetDay, order, position, trade } from "./records_test.ts";
import { recover } from "./recover.ts";
import { statePaths } from "./state_directory.ts";

export const FIRST_RUN = "20261120T040211Z-0001";
export const SECOND_RUN = "20261120T050000Z-0001";

export async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-state-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

export const RECORDS: readonly StateRecord[] = [
  order("o1", 10),
  order("o1", 10, { phase: "resting" }),
  trade("t1", 20),
  position("T", 100),
  account(1),
  { kind: "halt", name: "kill", active: true, persistent: true, reason: "by a test", at: account(1).updatedAt },
  order("o2", 30),
  order("o2", 30, { phase: "filled" }),
  trade("t2", 40),
  position("T", 200),
  account(2),
  budgetDay("latency", "2026-11-19"),
  budget("latency", "2026-11-20"),
];

/** Writes a run's journal, each record a step of its own. */
export async function writeRun(
  state: string,
  run: string,
  records: readonly StateRecord[],
  config: unknown = null,
  restated: RestatedRecords | null = null,
): Promise<void> {
  const header = {
    ...{ version: "0.1.0", run, started: "2026-11-20T04:02:11Z", config },
    ...(restated === null ? {} : { restated }),
  };
  const opened = openJournal(state, header, { rotateBytes: 2_000, compress: false, sync: "never" });
  assert.ok(opened.ok);
  for (const [k, record] of records.entries()) {
    opened.writer.append(encodeInput({ type: "clock", at: k } as Input));
    opened.writer.append(encodeAction({ type: "record", record } as Action));
    opened.writer.append(encodeCheckpoint({ inputs: k + 1, hash: "0123456789abcdef" }));
    opened.writer.flush();
  }
  await opened.writer.close();
}

/** Takes the last lines of a run's journal away, as a disk does that was not told to keep them. */
export async function loseLines(state: string, run: string, lines: number): Promise<void> {
  const directory = join(statePaths(state).journal, run);
  const [path] = [...Deno.readDirSync(directory)].map(({ name }) => join(directory, name)).sort().slice(-1);
  const kept = (await Deno.readTextFile(path)).trimEnd().split("\n").slice(0, -lines);
  await Deno.writeTextFile(path, kept.map((line) => `${line}\n`).join(""));
}

/** Folds the journals into the database. */
export async function writeDatabase(state: string): Promise<void> {
  const opened = await openKvStore(statePaths(state).store);
  assert.ok(opened.ok);
  assert.ok((await recover(state, opened.store)).ok);
  assert.deepEqual(await opened.store.close(), { ok: true });
}

/** Two runs, the database, the audit trail, and whom it belongs to. */
export async function writeState(state: string): Promise<void> {
  await Deno.mkdir(state, { recursive: true, mode: 0o700 });
  await writeRun(state, FIRST_RUN, RECORDS.slice(0, 6));
  await writeRun(state, SECOND_RUN, RECORDS.slice(6));
  await writeDatabase(state);
  await writeTrail(state);
  await Deno.writeTextFile(
    join(state, "identity.json"),
    JSON.stringify({ venue: "kalshi", execution: "paper", instance: "k0000000a" }) + "\n",
  );
}

/** All rows of a database, for a comparison; the mark aside. */
export async function rowsOf(path: string): Promise<Map<string, string>> {
  const kv = await Deno.openKv(path);
  try {
    const rows = new Map<string, string>();
    for await (const { key, value } of kv.list({ prefix: [] })) {
      if (key[0] !== "mark") rows.set(JSON.stringify(key), JSON.stringify(value));
    }
    return rows;
  } finally {
    kv.close();
  }
}
