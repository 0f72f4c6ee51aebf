/**
 * A table on its way into a file, rows as they come. The file appears under its name when it is whole, and only its owner
 * can read it.
 * @module
 */

import { messageOf } from "../message.ts";
import { writeAll } from "../whole_file.ts";
import type { Cell, Column, ExportFormat, RowSink } from "./column.ts";
import { type ByteSink, csvSink } from "./csv.ts";
import { parquetSink } from "./parquet.ts";

const UNFINISHED = ".tmp";

export const rowSink = async (format: ExportFormat, columns: readonly Column[], write: ByteSink): Promise<RowSink> =>
  format === "csv" ? await csvSink(columns, write) : parquetSink(columns, write);

export type TableResult =
  | { readonly ok: true; readonly rows: number; readonly bytes: number }
  | { readonly ok: false; readonly reason: string };

export class TableFile {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #sink: RowSink;
  readonly #written: { bytes: number };
  #rows = 0;

  private constructor(path: string, file: Deno.FsFile, sink: RowSink, written: { bytes: number }) {
    this.#path = path;
    this.#file = file;
    this.#sink = sink;
    this.#written = written;
  }

  /** @throws where the file cannot be made */
  static async create(path: string, format: ExportFormat, columns: readonly Column[]): Promise<TableFile> {
    const file = await Deno.open(path + UNFINISHED, { write: true, create: true, truncate: true, mode: 0o600 });
    const written = { bytes: 0 };
    try {
      const sink = await rowSink(format, columns, async (piece) => {
        await writeAll(file, piece);
        written.bytes += piece.length;
      });
      return new TableFile(path, file, sink, written);
    } catch (error) {
      file.close();
      await Deno.remove(path + UNFINISHED).catch(() => {});
      throw error;
    }
  }

  /** @throws where the disk does not take them; {@link abandon} it then */
  async write(rows: readonly (readonly Cell[])[]): Promise<void> {
    this.#rows += rows.length;
    await this.#sink.write(rows);
  }

  /** Everything is written, on the disk, and under its name; or nothing is left. */
  async finish(): Promise<TableResult> {
    try {
      await this.#sink.end();
      await this.#file.syncData();
      this.#file.close();
      await Deno.rename(this.#path + UNFINISHED, this.#path);
      return { ok: true, rows: this.#rows, bytes: this.#written.bytes };
    } catch (error) {
      await this.abandon();
      return { ok: false, reason: `Export to ${this.#path} failed: ${messageOf(error)}` };
    }
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    try {
      this.#file.close();
    } catch {
      // Closed already.
    }
    await Deno.remove(this.#path + UNFINISHED).catch(() => {});
  }
}
