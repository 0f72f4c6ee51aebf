/**
 * Checks a state directory's database: that it can be read, that every row is what it should be, and that it says what the
 * journals say up to its mark. Looks at a copy: a bot may be running, and nothing is changed.
 * @module
 */

import { join } from "node:path";
import { checkRecord } from "../engine/journal_record_shape.ts";
import { formatFault } from "../engine/journal_shape.ts";
import type { StateRecord } from "../core/record.ts";
import { type Micros, micros } from "../core/units.ts";
import { copyDatabase, findDamage } from "./database_file.ts";
import { compactTables } from "./kv_compact.ts";
import { isOfTable, MARK_KEY, SCHEMA_KEY, TIMES_OF, writesOf, writtenBy } from "./kv_rows.ts";
import { newerText, SCHEMA_VERSION } from "./kv_schema.ts";
import { openKvStore } from "./kv_store.ts";
import { listRuns } from "./journal_files.ts";
import { messageOf } from "./message.ts";
import { foldJournals } from "./rebuild.ts";
import { describeLost } from "./recover.ts";
import { statePaths } from "./state_directory.ts";
import type { JournalMark, Retention } from "./store.ts";

export interface CheckOptions {
  readonly startsOver: boolean;
  /** As configured: rows that it lets go are not missed. */
  readonly retention: Retention;
}

export interface StoreReport {
  readonly ok: boolean;
  readonly schema: number | null;
  readonly mark: JournalMark | null;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** In words; bounded. */
  readonly faults: readonly string[];
  readonly notices: readonly string[];
}

const FAULTS_MAX = 30;

/** What is found, with a bound on how much of it is told. */
class Findings {
  readonly faults: string[] = [];
  readonly notices: string[] = [];

  fault(text: string): void {
    if (this.faults.length < FAULTS_MAX) this.faults.push(text);
    else if (this.faults.length === FAULTS_MAX) this.faults.push("More faults are left out");
  }
}

const nameOf = (key: Deno.KvKey): string => key.map(String).join("/");
const TIMES: ReadonlyMap<unknown, string> = new Map(Object.entries(TIMES_OF).map(([table, times]) => [times, table]));

/** Says what is wrong with one row by itself; `null` where nothing is. */
async function faultOf(kv: Deno.Kv, key: Deno.KvKey, value: unknown): Promise<string | null> {
  if (!isOfTable(key)) return null;
  const table = TIMES.get(key[0]);
  if (table !== undefined) {
    const row = typeof value === "number" ? (await kv.get([table, value, key[1]])).value : null;
    return row === null ? `Row ${nameOf(key)} leads to none in ${table}` : null;
  }
  const fault = checkRecord(value);
  if (fault !== null) return `Row ${nameOf(key)} is damaged: ${formatFault(fault)}`;
  const writes = await writesOf(value as StateRecord, String(key[2]), () => Promise.resolve(null));
  const own = JSON.stringify(key);
  if (writes.some((write) => JSON.stringify(write.key) === own)) return null;
  return `Row ${nameOf(key)} lies in the wrong place: it is a record of kind ${(value as StateRecord).kind}`;
}

/** Every row of an opened database by itself. */
export async function checkRows(kv: Deno.Kv): Promise<{ rows: Record<string, number>; faults: readonly string[] }> {
  const rows: Record<string, number> = {};
  const findings = new Findings();
  for await (const { key, value } of kv.list({ prefix: [] }, { batchSize: 500 })) {
    const table = String(key[0]);
    if (isOfTable(key)) rows[table] = (rows[table] ?? 0) + 1;
    const fault = await faultOf(kv, key, value);
    if (fault !== null) findings.fault(fault);
  }
  return { rows, faults: findings.faults };
}

/** Rows of both in order of their keys, those that only one has with `null` for the other. */
async function* sideBySide(
  left: Deno.Kv,
  right: Deno.Kv,
): AsyncGenerator<readonly [Deno.KvEntry<unknown> | null, Deno.KvEntry<unknown> | null]> {
  const known = new Set<string>();
  for await (const entry of left.list({ prefix: [] }, { batchSize: 500 })) {
    const other = await right.get(entry.key);
    if (other.versionstamp !== null) known.add(JSON.stringify(entry.key));
    yield [entry, other.versionstamp === null ? null : other];
  }
  for await (const entry of right.list({ prefix: [] }, { batchSize: 500 })) {
    if (!known.has(JSON.stringify(entry.key))) yield [null, entry];
  }
}

/** The newest time that any row of the account or the portfolio names: what the retention is counted from. */
async function newestTime(kv: Deno.Kv): Promise<Micros> {
  let newest = 0;
  for await (const { key } of kv.list({ prefix: ["portfolio"] }, { reverse: true, limit: 1 })) {
    if (typeof key[1] === "number") newest = key[1];
  }
  const account = (await kv.get<{ updatedAt: number }>(["account"])).value;
  return micros(Math.max(newest, account?.updatedAt ?? 0));
}

/** Whether a row, or that it is gone, may come from lines that a journal has lost since a time. */
function mayBeAhead(
  stored: Deno.KvEntry<unknown> | null,
  told: Deno.KvEntry<unknown> | null,
  since: Micros,
): boolean {
  // What is closed meanwhile goes from these without a trace.
  if (stored === null) return told?.key[0] === "orders_open" || told?.key[0] === "positions_open";
  return writtenBy(stored.value) >= since;
}

/** Compares a copy of the database with the journals' fold, both as the retention leaves them. */
async function compare(
  stateDirectory: string,
  copy: Deno.Kv,
  mark: JournalMark,
  options: CheckOptions,
  scratch: string,
  findings: Findings,
): Promise<void> {
  const runs = await listRuns(stateDirectory);
  if (!runs.includes(mark.run)) {
    findings.notices.push(
      `The journal of run ${mark.run}, which the database ends with, is not there: nothing was compared`,
    );
    return;
  }
  const path = join(scratch, "fold.kv");
  const opened = await openKvStore(path);
  if (!opened.ok) return findings.fault(opened.reason);
  const folded = await foldJournals(stateDirectory, opened.store, { startsOver: options.startsOver, upTo: mark });
  await opened.store.close();
  if (!folded.ok) return findings.fault(folded.reason);
  for (const warning of folded.warnings) findings.notices.push(`Journal: ${warning}`);
  const fold = await Deno.openKv(path);
  try {
    const now = await newestTime(copy);
    const { lost } = folded;
    let untold = 0;
    let ahead = 0;
    for (const kv of [copy, fold]) await compactTables(kv, now, options.retention);
    for await (const [stored, told] of sideBySide(copy, fold)) {
      if (!isOfTable((stored ?? told)?.key ?? [])) continue;
      if (lost !== null && mayBeAhead(stored, told, lost.since)) {
        ahead += JSON.stringify(stored?.value) === JSON.stringify(told?.value) ? 0 : 1;
        continue;
      }
      if (stored === null) findings.fault(`Row ${nameOf(told?.key ?? [])} is missing, the journals tell of it`);
      else if (told === null && !folded.complete) untold++;
      else if (told === null) findings.fault(`Row ${nameOf(stored.key)} is in no journal`);
      else if (JSON.stringify(stored.value) !== JSON.stringify(told.value)) {
        findings.fault(`Row ${nameOf(stored.key)} says something else than the journals`);
      }
    }
    if (lost !== null) {
      const rows = `${ahead} ${ahead === 1 ? "row is" : "rows are"} ahead of it`;
      findings.notices.push(`${describeLost(lost)}; ${rows}, which the next start writes into its own journal`);
    }
    if (untold > 0) findings.notices.push(`${untold} rows are older than the oldest journal, and were not compared`);
  } finally {
    fold.close();
  }
}

async function checkCopy(
  stateDirectory: string,
  path: string,
  options: CheckOptions,
  scratch: string,
  findings: Findings,
): Promise<Pick<StoreReport, "schema" | "mark" | "rows">> {
  const kv = await Deno.openKv(path);
  try {
    const schema = (await kv.get<number>(SCHEMA_KEY)).value;
    const mark = (await kv.get<JournalMark>(MARK_KEY)).value;
    if (schema === null) findings.fault(`The database has no schema, this kbot writes ${SCHEMA_VERSION}`);
    else if (schema > SCHEMA_VERSION) {
      const { store } = statePaths(stateDirectory);
      findings.fault(`State in ${store} ${await newerText(kv, store, schema, SCHEMA_VERSION)}`);
    } else if (schema < SCHEMA_VERSION) {
      findings.notices.push(
        `The database has schema ${schema}, this kbot writes ${SCHEMA_VERSION}: the next start brings it up to date, and ` +
          "keeps it as it is beside it",
      );
    }
    if (schema !== SCHEMA_VERSION) return { schema, mark, rows: {} };
    const { rows, faults } = await checkRows(kv);
    for (const fault of faults) findings.fault(fault);
    if (mark === null) findings.notices.push("The database is empty: no run has written to it yet");
    else await compare(stateDirectory, kv, mark, options, scratch, findings);
    return { schema, mark, rows };
  } finally {
    kv.close();
  }
}

/** Checks a state directory's database. */
export async function checkStore(stateDirectory: string, options: CheckOptions): Promise<StoreReport> {
  const { store: path } = statePaths(stateDirectory);
  const findings = new Findings();
  const scratch = await Deno.makeTempDir({ prefix: "kbot-check-" });
  let found: Pick<StoreReport, "schema" | "mark" | "rows"> = { schema: null, mark: null, rows: {} };
  try {
    const copy = join(scratch, "copy.kv");
    const damage = findDamage(path);
    for (const text of damage) findings.fault(text);
    const copied = damage.length === 0 ? copyDatabase(path, copy) : null;
    if (copied?.ok === false) findings.fault(copied.reason);
    if (copied?.ok === true) found = await checkCopy(stateDirectory, copy, options, scratch, findings);
  } catch (error) {
    findings.fault(`State in ${path} cannot be read: ${messageOf(error)}`);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
  const { faults, notices } = findings;
  return { ok: faults.length === 0, ...found, faults, notices };
}
