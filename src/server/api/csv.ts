/**
 * Rows as CSV (RFC 4180).
 * @module
 */

/** Text that a spreadsheet would take for a formula; a number with its sign is none. */
const FORMULA = /^[=@\t\r]|^[+-](?!\d+(\.\d+)?$)/;

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = String(value);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The columns' names, then a line for each row; `null` is an empty cell. */
export function csvText(columns: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  return lines.map((line) => line.map(cell).join(",") + "\r\n").join("");
}
