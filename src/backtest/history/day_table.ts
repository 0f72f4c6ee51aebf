/**
 * A day's table of imported history, which lies market by market: read whole into columns, and told in order of time.
 * @module
 */

import { basename } from "node:path";
import type { Input } from "../../core/input.ts";
import type { Micros } from "../../core/units.ts";
import { BatchBuilder, type RecordedBatch } from "../recording/input_batch.ts";
import { RecordingError } from "../recording/recording_error.ts";
import type { Refusals } from "../recording/refusals.ts";
import { RowFields } from "../recording/row_fields.ts";
import { tableRows } from "../recording/table.ts";

/** About 40 bytes each: 200 MB at most. A day of a 15-minute series has half a million trades. */
const ROWS_MAX = 5_000_000;
const TOLD_AT_ONCE = 1_024;

/** One kind of table: its columns, and what becomes of a row. */
export interface DayTable {
  readonly columns: readonly string[];
  /** The column of the ticker and that of the time. */
  readonly ticker: number;
  readonly time: number;
  /** The numbers of a row that its input is made of. */
  readonly numbers: (row: RowFields) => readonly number[];
  readonly input: (ticker: string, at: Micros, numbers: readonly number[], id: string) => Input;
}

/** Of equal times what stands later in the file comes first where `newestFirst`. */
export async function* dayBatches(
  path: string,
  table: DayTable,
  newestFirst: boolean,
  refusals: Refusals,
): AsyncGenerator<RecordedBatch> {
  const tickers: string[] = [];
  const places = new Map<string, number>();
  const width = 3;
  const values: number[] = [];
  const kept: number[] = [];
  const refuse = (error: RecordingError): void => refusals.add(error.message, "row");
  let numbersPerRow = 0;
  for await (const rows of tableRows(path, table.columns, refuse)) {
    for (const { line, fields } of rows) {
      if (kept.length / width >= ROWS_MAX) {
        throw new RecordingError(path, line, `more than ${ROWS_MAX} rows`, "a file of one day");
      }
      try {
        const row = new RowFields(path, line, fields, table.columns);
        const ticker = row.text(table.ticker);
        const at = row.time(table.time);
        const numbers = table.numbers(row);
        numbersPerRow = numbers.length;
        let place = places.get(ticker);
        if (place === undefined) {
          place = tickers.length;
          places.set(ticker, place);
          tickers.push(ticker);
        }
        kept.push(at, line, place);
        for (const number of numbers) values.push(number);
      } catch (error) {
        if (!(error instanceof RecordingError)) throw error;
        refuse(error);
      }
    }
  }
  const order = new Uint32Array(kept.length / width).map((_, at) => at);
  const turn = newestFirst ? -1 : 1;
  order.sort((a, b) => kept[a * width] - kept[b * width] || turn * (kept[a * width + 1] - kept[b * width + 1]));
  const file = basename(path);
  for (let from = 0; from < order.length; from += TOLD_AT_ONCE) {
    const out = new BatchBuilder();
    for (const at of order.subarray(from, from + TOLD_AT_ONCE)) {
      const [time, line, place] = kept.slice(at * width, at * width + width);
      const numbers = values.slice(at * numbersPerRow, (at + 1) * numbersPerRow);
      out.push(table.input(tickers[place], time as Micros, numbers, `${file}:${line}`), line);
    }
    yield out.finish(file);
  }
}
