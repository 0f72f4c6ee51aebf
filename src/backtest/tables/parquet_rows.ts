/**
 * Parquet files as rows of text, one row group in memory at a time.
 * @module
 */

import type { FileMetaData, ParquetParsers } from "hyparquet";
import { RecordingError } from "../recording/recording_error.ts";
import type { TableRow } from "../recording/table.ts";

/** Rows of one group: writers make far smaller ones. */
const GROUP_ROWS_MAX = 4_000_000;
/** Rows handed out at once. */
const ROWS_AT_ONCE = 1_024;
/** Digits behind the point that a number is taken to have: float64 cannot hold 0.57 exactly, which is what was meant. */
const FRACTION_DIGITS = 9;

/** Times stay whole: a `Date` would cut them to milliseconds. */
const PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (milliseconds) => milliseconds * 1_000n,
  timestampFromMicroseconds: (microseconds) => microseconds,
  timestampFromNanoseconds: (nanoseconds) => nanoseconds / 1_000n,
};

/** Loaded where there is such a file: most never see one. */
const library = (): Promise<typeof import("hyparquet")> => import("hyparquet");

interface AsyncBuffer {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/**
 * Parts of a file, read when they are asked for. The library asks for several at once: each is read in one go, so that none
 * moves the file's position under another.
 */
function bufferOf(file: Deno.FsFile, byteLength: number): AsyncBuffer {
  const part = (start: number, end: number): ArrayBuffer => {
    const bytes = new Uint8Array(end - start);
    file.seekSync(start, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) {
      const count = file.readSync(bytes.subarray(at));
      if (count === null) throw new Error("The file is shorter than it says");
      at += count;
    }
    return bytes.buffer;
  };
  return {
    byteLength,
    slice: (start, end = byteLength) => Promise.resolve().then(() => part(start, Math.min(end, byteLength))),
  };
}

async function withFile<Result>(
  path: string,
  use: (buffer: AsyncBuffer, metadata: FileMetaData) => Promise<Result>,
): Promise<Result> {
  using file = await Deno.open(path, { read: true });
  const buffer = bufferOf(file, (await file.stat()).size);
  return await use(buffer, await metadataOf(path, buffer));
}

async function metadataOf(path: string, buffer: AsyncBuffer): Promise<FileMetaData> {
  const { parquetMetadataAsync } = await library();
  return await orRefuse(path, () => parquetMetadataAsync(buffer));
}

/** The library throws whatever it stumbles over. */
async function orRefuse<Result>(path: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new RecordingError(path, 0, found, "a Parquet file that can be read to its end, plain or with Snappy");
  }
}

const namesOf = ({ schema }: FileMetaData): string[] => schema.slice(1).map(({ name }) => name);

/** The columns of a file. */
export const parquetColumns = (path: string): Promise<readonly string[]> =>
  withFile(path, (_, metadata) => Promise.resolve(namesOf(metadata)));

/** Rows of a file, with the fields of these columns as text; of a column that the file has not, "". Rows count from 1. */
export async function* parquetRows(path: string, columns: readonly string[]): AsyncGenerator<readonly TableRow[]> {
  using file = await Deno.open(path, { read: true });
  const buffer = bufferOf(file, (await file.stat()).size);
  const metadata = await metadataOf(path, buffer);
  const { parquetReadObjects } = await library();
  const there = namesOf(metadata);
  const wanted = columns.filter((column) => there.includes(column));
  let rowStart = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rows = Number(num_rows);
    if (rows > GROUP_ROWS_MAX) {
      throw new RecordingError(path, rowStart + 1, `a row group of ${rows} rows`, `${GROUP_ROWS_MAX} at most`);
    }
    const rowEnd = rowStart + rows;
    const read = { file: buffer, metadata, columns: wanted, rowStart, rowEnd, parsers: PARSERS };
    const objects = await orRefuse(path, () => parquetReadObjects(read));
    for (let from = 0; from < objects.length; from += ROWS_AT_ONCE) {
      yield objects.slice(from, from + ROWS_AT_ONCE).map((object, k) => ({
        line: rowStart + from + k + 1,
        fields: columns.map((column) => textOf(object[column])),
      }));
    }
    rowStart = rowEnd;
  }
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "number") return String(value);
  return Number.isFinite(value) ? String(Number(value.toFixed(FRACTION_DIGITS))) : "";
}
