/**
 * The trials of a search as a table, for a spreadsheet or a data frame.
 * @module
 */

import { join } from "node:path";
import { messageOf } from "../../store/message.ts";
import type { Cell, Column, ColumnType, ExportFormat } from "../../store/export/column.ts";
import { TableFile } from "../../store/export/table_file.ts";
import { sumOf, type SweepTrial } from "./sweep.ts";

/** Every trial, with a column for each parameter. */
function trialRows(trials: readonly SweepTrial[]): {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
} {
  const names = [...new Set(trials.flatMap(({ parameters }) => Object.keys(parameters)))];
  return {
    columns: [
      { name: "number", type: "integer" },
      ...names.map((name): Column => ({ name, type: typeOf(trials, name) })),
      { name: "objective", type: "float" },
      { name: "pnl", type: "money" },
      { name: "orders", type: "integer" },
      { name: "fills", type: "integer" },
      { name: "stopped_early", type: "flag" },
      { name: "failure", type: "text" },
    ],
    rows: trials.map(({ number, parameters, result, objective, failure }) => [
      number,
      ...names.map((name) => parameters[name] ?? null),
      objective,
      result === null ? null : sumOf(result.profits),
      result?.orders ?? null,
      result?.fills ?? null,
      result?.stoppedEarly ?? false,
      failure,
    ]),
  };
}

function typeOf(trials: readonly SweepTrial[], name: string): ColumnType {
  const kinds = new Set(trials.map(({ parameters }) => typeof parameters[name]));
  return kinds.has("string") ? "text" : kinds.has("boolean") ? "flag" : "float";
}

/** Writes `trials.csv` or `trials.parquet` into a directory that exists; the reason where that fails. */
export async function writeTrials(
  directory: string,
  format: ExportFormat,
  trials: readonly SweepTrial[],
): Promise<{ readonly path: string } | { readonly error: string }> {
  const { columns, rows } = trialRows(trials);
  const path = join(directory, `trials.${format}`);
  try {
    const table = await TableFile.create(path, format, columns);
    try {
      await table.write(rows);
    } catch (error) {
      await table.abandon();
      throw error;
    }
    const result = await table.finish();
    return result.ok ? { path } : { error: result.reason };
  } catch (error) {
    return { error: `Trials cannot be written to ${path}: ${messageOf(error)}` };
  }
}
