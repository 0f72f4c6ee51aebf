/**
 * Futures prices from a CSV text with a header line, a file's or an address's: whatever the user's broker or script writes.
 * @module
 */

import { micros } from "../../core/units.ts";
import type { Rest } from "../rest.ts";
import {
  CONTRACTS_MAX,
  type FuturesAnswer,
  type FuturesRow,
  type FuturesSource,
  type FuturesTable,
  sourceName,
} from "./futures.ts";
import { type Reading, refused } from "./reading.ts";

export interface CsvColumns {
  /** Name of the column with the contract, `contract` or another. */
  readonly contract: string;
  readonly price: string;
}

export interface CsvFuturesOptions {
  /** A path, or an address that starts with http:// or https://. */
  readonly from: string;
  readonly columns: CsvColumns;
}

const BYTES_MAX = 1_048_576;
const LINES_MAX = 10_000;

const isAddress = (from: string): boolean => /^https?:\/\//.test(from);

export class CsvFutures implements FuturesSource {
  readonly name: string;
  readonly #options: CsvFuturesOptions;
  readonly #rest: Rest;

  constructor(options: CsvFuturesOptions, rest: Rest) {
    this.name = sourceName(options.from);
    this.#options = options;
    this.#rest = rest;
  }

  async read(): Promise<FuturesAnswer> {
    const { from, columns } = this.#options;
    if (!isAddress(from)) return await readFile(from, columns);
    const answer = await this.#rest.text(from);
    return answer.ok ? readCsv(answer.body, columns) : answer;
  }
}

/** A file says by its time when its prices were written. */
async function readFile(path: string, columns: CsvColumns): Promise<Reading<FuturesTable>> {
  try {
    const { size, mtime } = await Deno.stat(path);
    if (size > BYTES_MAX) return refused("futures file too long");
    const read = readCsv(await Deno.readTextFile(path), columns);
    if (!read.ok || mtime === null) return read;
    return { ok: true, value: { ...read.value, time: micros(Math.floor(mtime.getTime()) * 1_000) } };
  } catch (error) {
    return refused(error instanceof Deno.errors.NotFound ? "no futures file" : "unreadable futures file");
  }
}

/** Reads the text; cells may stand in double quotes, lines may end as on Windows. */
export function readCsv(text: string, columns: CsvColumns): Reading<FuturesTable> {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/, LINES_MAX + 1);
  if (lines.length > LINES_MAX) return refused("too many lines");
  const [header = "", ...others] = lines;
  const names = cellsOf(header).map((name) => name.trim().toLowerCase());
  const contractAt = names.indexOf(columns.contract.toLowerCase());
  const priceAt = names.indexOf(columns.price.toLowerCase());
  if (contractAt < 0 || priceAt < 0) return refused("futures without the columns that settings name");
  const rows: FuturesRow[] = [];
  for (const line of others) {
    if (line.trim() === "") continue;
    const cells = cellsOf(line);
    rows.push({ contract: cells[contractAt] ?? "", price: cells[priceAt] ?? "" });
    if (rows.length > CONTRACTS_MAX) return refused("too many contracts");
  }
  return { ok: true, value: { rows, time: null } };
}

const CELL = /(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g;

function cellsOf(line: string): readonly string[] {
  return [...line.matchAll(CELL)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "");
}
