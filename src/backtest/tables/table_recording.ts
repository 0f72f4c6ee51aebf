/**
 * The common layout for recorded markets: `markets` and any of `quotes`, `trades` and `prices` in one folder, each as `.csv`,
 * `.csv.gz` or `.parquet`. A table may be in parts: `quotes_2026-05.csv`, `quotes_2026-06.parquet`.
 *
 * | table | columns (optional ones in brackets) |
 * | --- | --- |
 * | markets | see markets_table.ts |
 * | quotes | `time`, `ticker`, `yes_bid`, `yes_ask`, [`yes_bid_size`, `yes_ask_size`] |
 * | trades | `time`, `ticker`, `yes_price`, `count`, `taker_side` (yes or no) |
 * | prices | `time`, `index` (`BRTI`, `ETHUSD_RTI`, ...), `value` |
 *
 * Times are ISO 8601 with a zone, or integer microseconds since 1970: the same in all rows of a file, in order of time. Prices
 * are dollars of YES, counts contracts, values dollars. A side of a quote that nobody quotes is empty, 0 as a bid or 1 as an
 * ask; where sizes are missing, one contract is taken to stand there. In Parquet a time is a timestamp or INT64 microseconds.
 * @module
 */

import { basename } from "node:path";
import type { Input, Level } from "../../core/input.ts";
import { complement, type Count, type Micros, micros, MICROS_PER_SECOND, ONE_CONTRACT } from "../../core/units.ts";
import type { RecordedBatch } from "../recording/input_batch.ts";
import { type FoundFiles, pathsOf } from "../recording/found_files.ts";
import { MarketRecording } from "../recording/market_recording.ts";
import { type RecordedFile, recordedFile } from "../recording/recorded_file.ts";
import type { Opening, Recording } from "../recording/recording.ts";
import { RecordingError } from "../recording/recording_error.ts";
import { Refusals } from "../recording/refusals.ts";
import type { RowFields } from "../recording/row_fields.ts";
import { readMarketsTable } from "./markets_table.ts";
import { TableFile, type TableLayout } from "./table_file.ts";

const named = (name: string): RegExp => new RegExp(`^${name}(?:[-_].*)?\\.(?:csv|csv\\.gz|parquet)$`);
const MARKETS = /^markets\.(?:csv|csv\.gz|parquet)$/;

interface Kind {
  readonly pattern: RegExp;
  readonly layout: TableLayout;
  readonly read: (table: TableFile, row: RowFields) => Input;
}

const KINDS: readonly Kind[] = [
  { pattern: named("prices"), layout: { required: ["time", "index", "value"], optional: [] }, read: readPrice },
  {
    pattern: named("trades"),
    layout: { required: ["time", "ticker", "yes_price", "count", "taker_side"], optional: [] },
    read: readTrade,
  },
  {
    pattern: named("quotes"),
    layout: { required: ["time", "ticker", "yes_bid", "yes_ask"], optional: ["yes_bid_size", "yes_ask_size"] },
    read: readQuote,
  },
];

export const areTables = ({ names }: FoundFiles): boolean =>
  names.some((name) => MARKETS.test(name)) &&
  names.some((name) => KINDS.some(({ pattern }) => pattern.test(name)));

export async function openTables({ found, spot, refusals }: Opening): Promise<Recording> {
  const [marketsPath, second] = pathsOf(found, MARKETS);
  if (second !== undefined) {
    throw new RecordingError(second, 0, `${basename(marketsPath)} beside it`, "one table of markets");
  }
  const { catalog, endings, table: markets } = await readMarketsTable(marketsPath, refusals);
  const tables: TableFile[] = [markets];
  const files: RecordedFile[] = [];
  for (const kind of KINDS) {
    for (const path of pathsOf(found, kind.pattern)) {
      const table = await TableFile.open(path, kind.layout, refusals);
      tables.push(table);
      files.push(recordedFile(path, await startOf(path, kind), refusals, () => inputsOf(table, kind)));
    }
  }
  return new MarketRecording({
    kind: "tables",
    files,
    catalog,
    endingOf: ({ ticker }) => endings.get(ticker) ?? null,
    spot,
    refusals,
    notes: () => tables.flatMap(({ notes }) => notes),
  });
}

/** The time of the first row, so that a file of another month is opened when its month has come. */
async function startOf(path: string, kind: Kind): Promise<number> {
  // What is wrong with the rows before is told when the file is read.
  const table = await TableFile.open(path, kind.layout, new Refusals());
  try {
    for await (const rows of table.read((row) => table.time(row, 0))) {
      if (rows.length > 0) return rows[0].read;
    }
  } catch (error) {
    // Told when the file is read.
    if (!(error instanceof RecordingError)) throw error;
  }
  return -Infinity;
}

async function* inputsOf(table: TableFile, kind: Kind): AsyncGenerator<RecordedBatch> {
  const file = basename(table.path);
  for await (const rows of table.read((row) => kind.read(table, row))) {
    if (rows.length > 0) yield { file, inputs: rows.map(({ read }) => read), lines: rows.map(({ line }) => line) };
  }
}

function readPrice(table: TableFile, row: RowFields): Input {
  const at = table.time(row, 0);
  const value = row.number(2);
  if (value === null || value <= 0) return row.refuse(2, "a positive decimal number");
  return {
    type: "index",
    at,
    index: row.text(1),
    value,
    sourceTime: wholeSecond(at),
    source: "recorded",
    venueAverage: null,
  };
}

/** A price between two seconds is that of the second that has begun. */
const wholeSecond = (at: Micros): Micros => micros(Math.floor(at / MICROS_PER_SECOND) * MICROS_PER_SECOND);

function readTrade(table: TableFile, row: RowFields): Input {
  const at = table.time(row, 0);
  return {
    type: "trade",
    at,
    ticker: row.text(1),
    tradeId: `${basename(row.path)}:${row.line}`,
    price: row.price(2),
    count: row.count(3),
    takerSide: row.takerSide(4),
    exchangeTime: at,
  };
}

function readQuote(table: TableFile, row: RowFields): Input {
  return {
    type: "book_snapshot",
    at: table.time(row, 0),
    ticker: row.text(1),
    sequence: null,
    yes: bestLevel(row, 2, 4, "bid"),
    no: bestLevel(row, 3, 5, "ask"),
    exchangeTime: null,
  };
}

function bestLevel(row: RowFields, place: number, sizePlace: number, side: "bid" | "ask"): Level[] {
  const text = row.fields[place];
  if (text === "" || Number(text) === (side === "bid" ? 0 : 1)) return [];
  const quoted = row.price(place);
  const size: Count = row.fields[sizePlace] === "" ? ONE_CONTRACT : row.count(sizePlace);
  return [[side === "bid" ? quoted : complement(quoted), size]];
}
