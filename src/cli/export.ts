/**
 * `kbot export`: tables of a state, and tapes, into CSV or Parquet. A bot may be running.
 * @module
 */

import { join } from "node:path";
import { statePath } from "../config/state_path.ts";
import { messageOf } from "../store/message.ts";
import { type ExportResult, exportTable, exportTape, openToRead } from "../store/export/export.ts";
import { EXPORT_TABLE_NAMES } from "../store/export/tables.ts";
import { statePaths } from "../store/state_directory.ts";
import { EXIT, type ExportCommand } from "./command.ts";
import { printError, printJson, printText } from "./output.ts";
import { originOf } from "./simulated_market.ts";

interface ExportedFile {
  readonly table: string;
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

export async function exportData(command: ExportCommand): Promise<number> {
  const { tape, out, format, json } = command;
  const problems: string[] = [];
  const files: ExportedFile[] = [];
  const took = (table: string, path: string, result: ExportResult): boolean => {
    if (result.ok) files.push({ table, path, rows: result.rows, bytes: result.bytes });
    else problems.push(result.reason);
    return result.ok;
  };
  try {
    if (tape !== undefined) {
      took("tape", out, await exportTape(tape, format, out, (reason) => problems.push(reason)));
    } else {
      const usage = await exportState(command, took, problems);
      if (usage !== null) {
        printError(usage);
        return EXIT.usage;
      }
    }
  } catch (error) {
    problems.push(messageOf(error));
  }
  for (const problem of problems) printError(problem);
  if (json) printJson({ format, files, problems });
  else if (out !== "-") printText(files.map(({ table, path, rows }) => `${table}: ${rows} rows in ${path}`).join("\n"));
  return problems.length === 0 ? EXIT.done : EXIT.failed;
}

/** The reason where what was asked for is wrong. */
async function exportState(
  { state, tables, out, format }: ExportCommand,
  took: (table: string, path: string, result: ExportResult) => boolean,
  problems: string[],
): Promise<string | null> {
  const path = statePath(state, Deno.env.toObject());
  if (!path.ok) return path.reason;
  const opened = await openToRead(statePaths(path.path).store);
  if (!opened.ok) {
    problems.push(opened.reason);
    return null;
  }
  try {
    const origin = await originOf(path.path);
    if (tables.length === 1) {
      took(tables[0], out, await exportTable(opened.kv, tables[0], format, out, origin));
      return null;
    }
    await Deno.mkdir(out, { recursive: true, mode: 0o700 });
    for (const table of tables.length === 0 ? EXPORT_TABLE_NAMES : new Set(tables)) {
      const file = join(out, `${table}.${format}`);
      if (!took(table, file, await exportTable(opened.kv, table, format, file, origin))) break;
    }
    return null;
  } finally {
    opened.kv.close();
  }
}
