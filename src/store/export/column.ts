/**
 * What a column of an export holds, and how that is written. Money, prices and counts stay exact in both formats.
 *
 * | type | value here | CSV | Parquet |
 * | --- | --- | --- | --- |
 * | text | text | quoted where it must be, made harmless for spreadsheets | BYTE_ARRAY, UTF8 |
 * | time | integer microseconds | `2026-11-20T12:00:00.000000Z` | INT64, TIMESTAMP in microseconds, UTC |
 * | money | integer, $0.000001 | `-1.250000` | INT64, DECIMAL(18, 6) dollars |
 * | price | integer, $0.0001 | `0.5600` | INT64, DECIMAL(18, 4) dollars |
 * | count | integer, 0.01 contract | `12.50` | INT64, DECIMAL(18, 2) contracts |
 * | integer | integer | `42` | INT64 |
 * | float | float64 | the shortest text that reads back as the same number | DOUBLE |
 * | flag | boolean | `true`, `false` | BOOLEAN |
 *
 * Every column may be empty: nothing between the commas, null in Parquet.
 * @module
 */

export const EXPORT_FORMATS = ["csv", "parquet"] as const;
export type ExportFormat = typeof EXPORT_FORMATS[number];

export type ColumnType = "text" | "time" | "money" | "price" | "count" | "integer" | "float" | "flag";

export type Cell = string | number | boolean | null;

export interface Column {
  /** Lower case with underscores, as databases and data frames like it. */
  readonly name: string;
  readonly type: ColumnType;
}

/** Digits behind the point of what is kept as an integer. */
export const DECIMALS = { money: 6, price: 4, count: 2 } as const;

/** Takes rows, in the order of the columns. */
export interface RowSink {
  write(rows: readonly (readonly Cell[])[]): Promise<void>;
  /** Everything is written. */
  end(): Promise<void>;
}
