/**
 * CSV tables with a header line. A field may be quoted, but not go on in the next line.
 * @module
 */

import { lineBatches } from "./line_batches.ts";
import { RecordingError } from "./recording_error.ts";

const CARRIAGE_RETURN = "\r";
const QUOTE = '"';
const QUOTED = /^"(?:[^"]|"")*"(?=,|$)/;
const BYTE_ORDER_MARK = "\uFEFF";

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

function fieldsOf(line: string): string[] {
  const whole = line.endsWith(CARRIAGE_RETURN) ? line.slice(0, -1) : line;
  return whole.includes(QUOTE) ? quotedFields(whole) : whole.split(",");
}

/** By RFC 4180; what stands outside of quotes that do not close is taken as it is. */
function quotedFields(line: string): string[] {
  const fields: string[] = [];
  for (let at = 0; at <= line.length;) {
    const quoted = QUOTED.exec(line.slice(at))?.[0];
    const comma = line.indexOf(",", at);
    const end = quoted !== undefined ? at + quoted.length : comma < 0 ? line.length : comma;
    fields.push(quoted === undefined ? line.slice(at, end) : quoted.slice(1, -1).replaceAll('""', QUOTE));
    at = end + 1;
  }
  return fields;
}

const headerFields = (line: string): string[] =>
  fieldsOf(line.startsWith(BYTE_ORDER_MARK) ? line.slice(BYTE_ORDER_MARK.length) : line);

/** The column names in a table's first line. */
export async function tableColumns(path: string): Promise<readonly string[]> {
  for await (const { lines } of lineBatches(path)) return headerFields(lines[0]);
  throw new RecordingError(path, 1, "an empty file", "a table with a header line");
}

/** Whether it is a table with these columns; what cannot be read is none. */
export async function hasColumns(path: string, columns: readonly string[]): Promise<boolean> {
  try {
    const there = await tableColumns(path);
    return columns.every((column) => there.includes(column));
  } catch (error) {
    if (error instanceof RecordingError) return false;
    throw error;
  }
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
      if (header === null) {
        header = readHeader(path, headerFields(lines[at]), columns);
        continue;
      }
      const fields = fieldsOf(lines[at]);
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
