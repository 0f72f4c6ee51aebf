/**
 * One file of imported history: written under another name, and under its own once it is whole, so that a kill at any
 * moment leaves either the whole file or none.
 * @module
 */

import { dirname } from "node:path";
import type { Cell, Column } from "../export/column.ts";
import { csvHeader, csvLine } from "../export/csv.ts";
import { writeAll } from "../whole_file.ts";
import { PARTIAL, WHOLE } from "./layout.ts";

const UNFINISHED = ".tmp";

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Whether a file is there, and need never be fetched again. */
export const isWhole = (path: string): Promise<boolean> => exists(path + WHOLE);

/** Where a file is, whole or partial; `null` where it is not. */
export async function pathOf(path: string): Promise<string | null> {
  for (const ending of [WHOLE, PARTIAL]) if (await exists(path + ending)) return path + ending;
  return null;
}

export type RowsWriter = (rows: readonly (readonly Cell[])[]) => Promise<void>;

/**
 * Writes a file.
 *
 * @param path without its ending
 * @param fill writes the rows and says whether they are final; what it throws leaves nothing behind
 * @returns how many rows there are
 */
export async function writeHistory(
  path: string,
  columns: readonly Column[],
  fill: (write: RowsWriter) => Promise<boolean>,
): Promise<number> {
  const encoder = new TextEncoder();
  const unfinished = path + UNFINISHED;
  let count = 0;
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    using file = await Deno.open(unfinished, { write: true, create: true, truncate: true, mode: 0o600 });
    await writeAll(file, encoder.encode(csvHeader(columns)));
    const final = await fill(async (rows) => {
      count += rows.length;
      await writeAll(file, encoder.encode(rows.map((row) => csvLine(columns, row)).join("")));
    });
    await file.syncData();
    await Deno.rename(unfinished, path + (final ? WHOLE : PARTIAL));
    if (final) await Deno.remove(path + PARTIAL).catch(() => {});
    return count;
  } catch (error) {
    await Deno.remove(unfinished).catch(() => {});
    throw error;
  }
}

/** The market of a row of `markets.csv`, as far as the other files need it: none of these columns is ever quoted. */
export interface KeptMarket {
  readonly ticker: string;
  readonly openTime: string;
  readonly closeTime: string;
}

/** Reads the markets of a day back: a day has at most some tens of thousands. */
export async function readMarkets(path: string): Promise<KeptMarket[]> {
  const [, ...lines] = (await Deno.readTextFile(path)).split("\r\n");
  return lines.filter((line) => line !== "").map((line) => {
    const [ticker, , , openTime, closeTime] = line.split(",");
    return { ticker, openTime, closeTime };
  });
}
