/**
 * Recorded truths about books: how a book must look after a given line of a recording.
 * @module
 */

import { type Count, parseCount, parsePrice, type Price } from "../../core/units.ts";
import { RecordingError } from "./recording_error.ts";
import { tableRows } from "./table.ts";

/** A book after one line; best prices each on their own side (NO prices for NO), `null` where the side is empty. */
export interface BookCheckpoint {
  readonly file: string;
  readonly line: number;
  readonly ticker: string;
  readonly seq: number;
  readonly yesBid: Price | null;
  readonly yesBidSize: Count | null;
  readonly noBid: Price | null;
  readonly noBidSize: Count | null;
  readonly yesLevels: number;
  readonly noLevels: number;
  readonly yesTotal: Count;
  readonly noTotal: Count;
}

/** Checkpoints by file name, then by line number. */
export type BookCheckpoints = ReadonlyMap<string, ReadonlyMap<number, BookCheckpoint>>;

const COLUMNS = [
  "file",
  "line_no",
  "ticker",
  "seq",
  "best_yes_bid",
  "best_yes_bid_size",
  "best_no_bid",
  "best_no_bid_size",
  "yes_levels",
  "no_levels",
  "yes_total_size",
  "no_total_size",
];
const WHOLE = /^\d{1,15}$/;

/** Reads `expected_book_checkpoints.csv`. */
export async function readCheckpoints(path: string): Promise<BookCheckpoints> {
  const byFile = new Map<string, Map<number, BookCheckpoint>>();
  for await (const rows of tableRows(path, COLUMNS)) {
    for (const { line, fields } of rows) {
      const checkpoint = readRow(path, line, fields);
      const ofFile = byFile.get(checkpoint.file) ?? new Map<number, BookCheckpoint>();
      byFile.set(checkpoint.file, ofFile.set(checkpoint.line, checkpoint));
    }
  }
  return byFile;
}

function readRow(path: string, line: number, fields: readonly string[]): BookCheckpoint {
  const refuse = (place: number, wanted: string): never => {
    throw new RecordingError(path, line, `${COLUMNS[place]} "${fields[place]}"`, wanted);
  };
  const whole = (place: number) => WHOLE.test(fields[place]) ? Number(fields[place]) : refuse(place, "a whole number");
  const price = (place: number) => fields[place] === "" ? null : parsePrice(fields[place]) ?? refuse(place, "a price");
  const count = (place: number) => parseCount(fields[place]) ?? refuse(place, "contracts");
  return {
    file: fields[0],
    line: whole(1),
    ticker: fields[2],
    seq: whole(3),
    yesBid: price(4),
    yesBidSize: fields[4] === "" ? null : count(5),
    noBid: price(6),
    noBidSize: fields[6] === "" ? null : count(7),
    yesLevels: whole(8),
    noLevels: whole(9),
    yesTotal: count(10),
    noTotal: count(11),
  };
}
