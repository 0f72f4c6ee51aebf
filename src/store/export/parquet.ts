/**
 * Parquet, a bounded number of rows in memory: they are gathered into row groups and each is written when it is full.
 * @module
 */

import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { type Cell, type Column, DECIMALS, type RowSink } from "./column.ts";
import type { ByteSink } from "./csv.ts";

/** Rows of a group, and the characters of its texts: whichever is reached first ends it. */
const GROUP_ROWS = 20_000;
const GROUP_CHARACTERS = 8 * 1024 * 1024;
const PRECISION = 18;

function elementOf({ name, type }: Column): SchemaElement {
  const optional = { name, repetition_type: "OPTIONAL" } as const;
  switch (type) {
    case "text":
      return { ...optional, type: "BYTE_ARRAY", converted_type: "UTF8" };
    case "float":
      return { ...optional, type: "DOUBLE" };
    case "flag":
      return { ...optional, type: "BOOLEAN" };
    case "integer":
      return { ...optional, type: "INT64" };
    case "time": {
      const logical = { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MICROS" } as const;
      return { ...optional, type: "INT64", converted_type: "TIMESTAMP_MICROS", logical_type: logical };
    }
    default:
      return {
        ...optional,
        type: "INT64",
        converted_type: "DECIMAL",
        precision: PRECISION,
        scale: DECIMALS[type],
      };
  }
}

/** As the writer wants it: what is INT64 as bigint, which for a DECIMAL is the integer itself and no float on its way. */
function stored({ type }: Column, value: Cell): string | number | bigint | boolean | null {
  if (value === null || type === "text" || type === "flag") return value;
  return type === "float" ? Number(value) : BigInt(value);
}

const lengthOf = (row: readonly Cell[]): number =>
  row.reduce<number>((sum, cell) => sum + (typeof cell === "string" ? cell.length : 0), 0);

/** Collects what the library writes, and hands it on group by group. */
class HandedOn extends ByteWriter {
  readonly #write: ByteSink;

  constructor(write: ByteSink) {
    super(1 << 20);
    this.#write = write;
  }

  async flush(): Promise<void> {
    const bytes = this.getBytes().slice();
    this.index = 0;
    if (bytes.length > 0) await this.#write(bytes);
  }

  override finish(): Promise<void> {
    return this.flush();
  }
}

export function parquetSink(columns: readonly Column[], write: ByteSink): RowSink {
  const schema: SchemaElement[] = [{ name: "root", num_children: columns.length }, ...columns.map(elementOf)];
  const parquet = new ParquetWriter({ writer: new HandedOn(write), schema, createdBy: "kbot" });
  let group: (readonly Cell[])[] = [];
  let characters = 0;

  const flush = async (): Promise<void> => {
    if (group.length === 0) return;
    const rows = group;
    group = [];
    characters = 0;
    const columnData = columns.map((column, at) => ({
      name: column.name,
      data: rows.map((row) => stored(column, row[at])),
    }));
    await parquet.write({ columnData, rowGroupSize: rows.length });
  };
  return {
    async write(rows) {
      for (const row of rows) {
        group.push(row);
        characters += lengthOf(row);
        if (group.length >= GROUP_ROWS || characters >= GROUP_CHARACTERS) await flush();
      }
    },
    async end() {
      await flush();
      await parquet.finish();
    },
  };
}
