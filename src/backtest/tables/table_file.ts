/**
 * A table of the common layout, CSV or Parquet: its columns checked, its rows as fields.
 * @module
 */

import { basename } from "node:path";
import { type Micros, micros } from "../../core/units.ts";
import { parseZonedTime } from "../recording/recorded_time.ts";
import { RecordingError } from "../recording/recording_error.ts";
import type { Refusals } from "../recording/refusals.ts";
import { RowFields } from "../recording/row_fields.ts";
import { tableColumns, type TableRow, tableRows } from "../recording/table.ts";
import { parquetColumns, parquetRows } from "./parquet_rows.ts";

/** What a table has to have, and what it may have. */
export interface TableLayout {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

const isParquet = (path: string): boolean => path.endsWith(".parquet");

/** The digits of microseconds since 1970 from 2001 on: what has fewer is in another unit. */
const MICROSECONDS = /^[1-9]\d{15}$/;
type TimeForm = "microseconds" | "ISO 8601";
const FORMS: Readonly<Record<TimeForm, string>> = {
  microseconds: "integer microseconds since 1970 (16 digits), as in the first row",
  "ISO 8601": "an ISO 8601 time with its zone, as in the first row",
};

export class TableFile {
  readonly path: string;
  /** Required, then optional. */
  readonly columns: readonly string[];
  readonly #refusals: Refusals;
  readonly #unread: readonly string[];
  readonly #sparse: boolean;
  #form: TimeForm | null = null;
  #offset: number | null = null;
  #otherZones = 0;
  #rows = 0;

  private constructor(path: string, layout: TableLayout, there: readonly string[], refusals: Refusals) {
    this.path = path;
    this.columns = [...layout.required, ...layout.optional];
    this.#refusals = refusals;
    this.#unread = there.filter((name) => !this.columns.includes(name));
    this.#sparse = this.columns.some((name) => !there.includes(name));
  }

  /** @throws RecordingError where the file cannot be read, or a required column is missing */
  static async open(path: string, layout: TableLayout, refusals: Refusals): Promise<TableFile> {
    const there = isParquet(path) ? await parquetColumns(path) : await tableColumns(path);
    for (const column of layout.required) {
      if (there.includes(column)) continue;
      throw new RecordingError(path, 1, `columns ${there.join(", ")}`, `a column ${column} among them`);
    }
    const twice = there.find((name, at) => there.indexOf(name) !== at);
    if (twice !== undefined) throw new RecordingError(path, 1, `column ${twice} twice`, "each column once");
    return new TableFile(path, layout, there, refusals);
  }

  /** What should be known of the file, in words; complete once it was read. */
  get notes(): readonly string[] {
    const name = basename(this.path);
    return [
      ...(this.#unread.length === 0 ? [] : [`${name}: columns that are not read: ${this.#unread.join(", ")}`]),
      ...(this.#otherZones === 0
        ? []
        : [`${name}: times in other zones than the first row's: ${this.#otherZones}; each counts as it is written`]),
      ...(this.#rows > 0 ? [] : [`${name}: no row`]),
    ];
  }

  /** Rows one after the other; what `read` throws as a RecordingError leaves the row out. */
  async *read<Read>(read: (row: RowFields) => Read): AsyncGenerator<readonly { line: number; read: Read }[]> {
    const refuse = (error: RecordingError): void => this.#refusals.add(error.message, "row");
    for await (const rows of this.#fields(refuse)) {
      const found: { line: number; read: Read }[] = [];
      for (const { line, fields } of rows) {
        this.#rows++;
        try {
          found.push({ line, read: read(new RowFields(this.path, line, fields, this.columns)) });
        } catch (error) {
          if (!(error instanceof RecordingError)) throw error;
          refuse(error);
        }
      }
      yield found;
    }
  }

  /** A time of the form that the first row of the file has. */
  time(row: RowFields, place: number): Micros {
    const text = row.fields[place];
    this.#form ??= MICROSECONDS.test(text) ? "microseconds" : "ISO 8601";
    if (this.#form === "microseconds") {
      return MICROSECONDS.test(text) ? micros(Number(text)) : row.refuse(place, FORMS.microseconds);
    }
    const time = parseZonedTime(text);
    if (time === null) return row.refuse(place, FORMS["ISO 8601"]);
    this.#offset ??= time.offsetMinutes;
    if (time.offsetMinutes !== this.#offset) this.#otherZones++;
    return time.at;
  }

  async *#fields(refuse: (error: RecordingError) => void): AsyncGenerator<readonly TableRow[]> {
    if (isParquet(this.path)) return yield* parquetRows(this.path, this.columns);
    if (!this.#sparse) return yield* tableRows(this.path, this.columns, refuse);
    const there = await tableColumns(this.path);
    const wanted = this.columns.filter((name) => there.includes(name));
    const places = this.columns.map((name) => wanted.indexOf(name));
    for await (const rows of tableRows(this.path, wanted, refuse)) {
      yield rows.map(({ line, fields }) => ({
        line,
        fields: places.map((place) => place < 0 ? "" : fields[place]),
      }));
    }
  }
}
