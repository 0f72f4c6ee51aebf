/**
 * CSV by RFC 4180, safe to open in a spreadsheet.
 *
 * A text that begins like a formula gets a `'` in front of it: a strategy, a reason or a ticker must not be able to run
 * anything when somebody opens the file. Columns of numbers need no such thing, because only digits come out of them.
 * @module
 */

import { formatDecimal, formatTime, micros } from "../../core/units.ts";
import { type Cell, type Column, DECIMALS, type RowSink } from "./column.ts";

const LINE_END = "\r\n";
/** What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;
const MUST_BE_QUOTED = /[",\r\n]|^\s|\s$/;

/** One text as a field. */
export function csvText(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return MUST_BE_QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One value as a field. */
export function csvCell({ type, name }: Column, value: Cell): string {
  if (value === null) return "";
  switch (type) {
    case "text":
      return csvText(String(value));
    case "flag":
      return value === true ? "true" : "false";
    case "float":
      return String(Number(value));
    default:
      break;
  }
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    throw new TypeError(`Column ${name} of type ${type} holds ${String(value)}, which is no whole number`);
  }
  if (type === "time") return formatTime(micros(value));
  return type === "integer" ? String(value) : formatDecimal(value, DECIMALS[type]);
}

/** A row as a line with its end. */
export const csvLine = (columns: readonly Column[], row: readonly Cell[]): string =>
  columns.map((column, at) => csvCell(column, row[at])).join(",") + LINE_END;

export const csvHeader = (columns: readonly Column[]): string =>
  columns.map(({ name }) => csvText(name)).join(",") + LINE_END;

/** Takes bytes, all of them. */
export type ByteSink = (bytes: Uint8Array) => Promise<void>;

/** Writes the header at once and rows as they come. */
export async function csvSink(columns: readonly Column[], write: ByteSink): Promise<RowSink> {
  const encoder = new TextEncoder();
  await write(encoder.encode(csvHeader(columns)));
  return {
    write: (rows) => write(encoder.encode(rows.map((row) => csvLine(columns, row)).join(""))),
    end: () => Promise.resolve(),
  };
}
