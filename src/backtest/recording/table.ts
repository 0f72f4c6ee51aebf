/**
 * CSV tables with a header line and without quotes, as the recordings have them.
 * @module
 */

import { lineBatches } from "./line_batches.ts";
import { RecordingError } from "./recording_error.ts";

const CARRIAGE_RETURN = "\r";

/** One row, its fields in the order of the columns that were asked for. */
export interface TableRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/** Where each wanted column stands. */
interface Header {
  readonly width: number;
  readonly places: readonly number[];
}

const fieldsOf = (line: string): string[] => (line.endsWith(CARRIAGE_RETURN) ? line.slice(0, -1) : line).split(",");

/** The column names in a table's first line. */
export async function tableColumns(path: string): Promise<readonly string[]> {
  for await (const { lines } of lineBatches(path)) return fieldsOf(lines[0]);
  throw new RecordingError(path, 1, "an empty file", "a table with a header line");
}

/**
 * Reads the named columns of a table, batch by batch; other columns are passed over.
 *
 * @param refuse told of each row with another number of fields than the header, which is then left out
 * @throws RecordingError where a column is missing, and without `refuse` at such a row
 */
export async function* tableRows(
  path: string,
  columns: readonly string[],
  refuse: (error: RecordingError) => void = raise,
): AsyncGenerator<readonly TableRow[]> {
  let header: Header | null = null;
  for await (const { firstLine, lines } of lineBatches(path)) {
    const rows: TableRow[] = [];
    for (let at = 0; at < lines.length; at++) {
      const line = firstLine + at;
      const fields = fieldsOf(lines[at]);
      if (header === null) {
        header = readHeader(path, fields, columns);
        continue;
      }
      if (fields.length !== header.width) {
        refuse(new RecordingError(path, line, `${fields.length} fields`, `${header.width} as in the header`));
        continue;
      }
      rows.push({ line, fields: header.places.map((place) => fields[place]) });
    }
    yield rows;
  }
  if (header === null) throw new RecordingError(path, 1, "an empty file", `a header with ${columns.join(", ")}`);
}

function raise(error: RecordingError): never {
  throw error;
}

function readHeader(path: string, fields: readonly string[], columns: readonly string[]): Header {
  const places = columns.map((column) => {
    const place = fields.indexOf(column);
    if (place < 0) throw new RecordingError(path, 1, `columns ${fields.join(", ")}`, `a column ${column} among them`);
    return place;
  });
  return { width: fields.length, places };
}
