/**
 * Exports of a state and of tapes into files (P3). A state may be in use: its database is only read, in one pass in order
 * of its keys, and rows that come meanwhile may or may not be there. A file appears under its name when it is whole.
 * @module
 */

import { readAudit } from "../audit/audit_verify.ts";
import { findSchema, SCHEMA_VERSION } from "../kv_schema.ts";
import { messageOf } from "../message.ts";
import { readTape } from "../tape_reader.ts";
import type { Cell, Column, ExportFormat, RowSink } from "./column.ts";
import { writeAll } from "../whole_file.ts";
import { rowSink, TableFile, type TableResult } from "./table_file.ts";
import {
  EXPORT_TABLES,
  type ExportTableName,
  type Origin,
  ORIGIN_COLUMNS,
  originCells,
  TAPE_COLUMNS,
  TRAIL_COLUMNS,
} from "./tables.ts";

/** Rows handed on together. */
const BATCH_ROWS = 500;

type Rows = AsyncIterable<readonly Cell[]>;

/** A database opened to be read. */
export type OpenedDatabase =
  | { readonly ok: true; readonly kv: Deno.Kv }
  | { readonly ok: false; readonly reason: string };

/** Opens a state's database as it is: nothing is made, nothing migrated, a bot that uses it is not disturbed. */
export async function openToRead(path: string): Promise<OpenedDatabase> {
  try {
    const info = await Deno.lstat(path);
    if (!info.isFile) return { ok: false, reason: `State in ${path} is no file` };
    const kv = await Deno.openKv(path);
    const found = await findSchema(kv, path, SCHEMA_VERSION);
    if (found.ok && found.schema !== null) return { ok: true, kv };
    kv.close();
    return found.ok ? { ok: false, reason: `State in ${path} is empty` } : found;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { ok: false, reason: `There is no state at ${path}` };
    return { ok: false, reason: `State in ${path} cannot be opened: ${messageOf(error)}` };
  }
}

async function* rowsOf(kv: Deno.Kv, name: ExportTableName, origin: Origin): AsyncGenerator<readonly Cell[]> {
  const { key, cells } = EXPORT_TABLES[name];
  const last = originCells(origin);
  for await (const { value } of kv.list({ prefix: [key] }, { batchSize: BATCH_ROWS })) yield [...cells(value), ...last];
}

/** @param onTrouble told what of the tape could not be read */
async function* tapeRows(path: string, onTrouble: (reason: string) => void): AsyncGenerator<readonly Cell[]> {
  // Each file begins with them.
  let last: readonly Cell[] = [null, null];
  for await (const event of readTape(path)) {
    if (event.kind === "header") last = [event.header.venue, event.header.simulated];
    if (event.kind === "fault" || event.kind === "torn") onTrouble(event.reason);
    if (event.kind !== "lines") continue;
    for (const line of event.lines) {
      if (line.kind === "gap") yield [line.at, null, null, line.messages, line.reason, ...last];
      else yield [line.at, line.source, line.raw, null, null, ...last];
    }
  }
}

/** @param onTrouble told what of the trail could not be read, or is not what was written */
async function* trailRows(directory: string, onTrouble: (reason: string) => void): AsyncGenerator<readonly Cell[]> {
  for await (const event of readAudit(directory)) {
    if (event.kind === "fault") onTrouble(event.reason);
    if (event.kind !== "entry") continue;
    const { number, at, run, line, kind, what, previous, hash } = event.entry;
    if (event.changed !== null) onTrouble(`${event.place}: Entry ${number} was changed. ${event.changed}`);
    yield [number, at, run, line, kind, what, previous, hash];
  }
}

async function pour(rows: Rows, sink: Pick<RowSink, "write">): Promise<number> {
  let count = 0;
  let batch: (readonly Cell[])[] = [];
  for await (const row of rows) {
    batch.push(row);
    count++;
    if (batch.length < BATCH_ROWS) continue;
    await sink.write(batch);
    batch = [];
  }
  await sink.write(batch);
  return count;
}

export type ExportResult = TableResult;

/** Writes rows into a file that only its owner can read, whole or not at all; `-` is stdout. */
async function toFile(
  path: string,
  format: ExportFormat,
  columns: readonly Column[],
  rows: Rows,
): Promise<ExportResult> {
  if (path === "-") return await toStdout(format, columns, rows);
  let table: TableFile;
  try {
    table = await TableFile.create(path, format, columns);
  } catch (error) {
    return { ok: false, reason: `Export to ${path} failed: ${messageOf(error)}` };
  }
  try {
    await pour(rows, table);
  } catch (error) {
    await table.abandon();
    return { ok: false, reason: `Export to ${path} failed: ${messageOf(error)}` };
  }
  return await table.finish();
}

async function toStdout(format: ExportFormat, columns: readonly Column[], rows: Rows): Promise<ExportResult> {
  let bytes = 0;
  const sink = await rowSink(format, columns, async (piece) => {
    await writeAll(Deno.stdout, piece);
    bytes += piece.length;
  });
  const count = await pour(rows, sink);
  await sink.end();
  return { ok: true, rows: count, bytes };
}

/** One table of an opened database, and behind its own columns whose rows they are. */
export const exportTable = (
  kv: Deno.Kv,
  name: ExportTableName,
  format: ExportFormat,
  path: string,
  origin: Origin,
): Promise<ExportResult> =>
  toFile(path, format, [...EXPORT_TABLES[name].columns, ...ORIGIN_COLUMNS], rowsOf(kv, name, origin));

/** A tape, or one of its files. */
export const exportTape = (
  tape: string,
  format: ExportFormat,
  path: string,
  onTrouble: (reason: string) => void,
): Promise<ExportResult> => toFile(path, format, TAPE_COLUMNS, tapeRows(tape, onTrouble));

/** A state directory's audit trail. */
export const exportTrail = (
  directory: string,
  format: ExportFormat,
  path: string,
  onTrouble: (reason: string) => void,
): Promise<ExportResult> => toFile(path, format, TRAIL_COLUMNS, trailRows(directory, onTrouble));
