/**
 * Figures on their way into files: a page, and tables.
 * @module
 */

import type { Findings, TradeOutcome } from "../backtest/findings.ts";
import { FigureTables } from "../backtest/figures/tables.ts";
import { EXPORT_FORMATS } from "../store/export/column.ts";
import { messageOf } from "../store/message.ts";
import type { ReportFiles } from "./command.ts";

const UNFINISHED = ".tmp";

export class ReportOutput {
  readonly #report: string | undefined;
  readonly #tables: readonly FigureTables[];

  private constructor(report: string | undefined, tables: readonly FigureTables[]) {
    this.#report = report;
    this.#tables = tables;
  }

  /** Sees that everything can be written before any work is done; the reason where it cannot. */
  static async open(files: ReportFiles): Promise<ReportOutput | { readonly error: string }> {
    const tables: FigureTables[] = [];
    let error = files.report === undefined ? null : await refusedAt(files.report);
    for (const format of EXPORT_FORMATS) {
      const directory = files[format];
      if (directory === undefined || error !== null) continue;
      const opened = await FigureTables.create(directory, format);
      if ("error" in opened) error = opened.error;
      else tables.push(opened);
    }
    const output = new ReportOutput(files.report, tables);
    if (error === null) return output;
    await output.abandon();
    return { error };
  }

  /** @throws where the disk does not take them */
  async trades(trades: readonly TradeOutcome[]): Promise<void> {
    for (const tables of this.#tables) await tables.trades(trades);
  }

  /** The paths that were written; the reason where not all could be. */
  async finish(findings: Findings): Promise<readonly string[] | { readonly error: string }> {
    const paths: string[] = [];
    for (const tables of this.#tables) {
      const written = await tables.finish(findings);
      if ("error" in written) return written;
      paths.push(...written.map(({ path }) => path));
    }
    if (this.#report === undefined) return paths;
    try {
      // Only who wants a page waits for what makes one.
      const { reportHtml } = await import("../backtest/report/report.ts");
      await Deno.writeTextFile(this.#report + UNFINISHED, reportHtml(findings), { mode: 0o600 });
      await Deno.rename(this.#report + UNFINISHED, this.#report);
    } catch (error) {
      await Deno.remove(this.#report + UNFINISHED).catch(() => {});
      return { error: `Report ${this.#report} cannot be written: ${messageOf(error)}` };
    }
    return [...paths, this.#report];
  }

  /** Leaves no half of a file behind. */
  async abandon(): Promise<void> {
    for (const tables of this.#tables) await tables.abandon();
  }
}

/** Why no file can be made there; `null` where it can. */
async function refusedAt(path: string): Promise<string | null> {
  try {
    if ((await Deno.stat(path).catch(() => null))?.isDirectory) return `Report ${path} is a directory: name a file`;
    await Deno.writeTextFile(path + UNFINISHED, "", { mode: 0o600 });
    await Deno.remove(path + UNFINISHED);
    return null;
  } catch (error) {
    return `Report ${path} cannot be written: ${messageOf(error)}`;
  }
}
