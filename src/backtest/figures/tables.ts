/**
 * The figures of a report as tables, for a spreadsheet or a data frame: every execution, days, the net asset value, groups.
 * @module
 */

import { join } from "node:path";
import { ONE_CONTRACT, ONE_DOLLAR, ONE_DOLLAR_PRICE, parseMoney, parseTime } from "../../core/units.ts";
import { messageOf } from "../../store/message.ts";
import type { Cell, Column, ColumnType, ExportFormat } from "../../store/export/column.ts";
import { TableFile, type TableResult } from "../../store/export/table_file.ts";
import type { DayFigures, EquityPoint, Findings, GroupFigures, TradeOutcome } from "../findings.ts";
import { DIMENSIONS } from "./groups.ts";

interface Field<T> extends Column {
  readonly of: (row: T) => Cell;
}

const field = <T>(name: string, type: ColumnType, of: (row: T) => Cell): Field<T> => ({ name, type, of });

/** What was exact stays exact: it is written as it was counted. */
const TRADES: readonly Field<TradeOutcome>[] = [
  field("at", "time", ({ at }) => parseTime(at)),
  field("ticker", "text", ({ ticker }) => ticker),
  field("strategy", "text", ({ strategy }) => strategy),
  field("signal", "text", ({ signal }) => signal),
  field("side", "text", ({ side }) => side),
  field("price", "price", ({ price }) => Math.round(price * ONE_DOLLAR_PRICE)),
  field("contracts", "count", ({ contracts }) => Math.round(contracts * ONE_CONTRACT)),
  field("fee", "money", ({ fee }) => parseMoney(fee)),
  field("is_taker", "flag", (trade) => trade.is_taker),
  field("model_probability", "float", (trade) => trade.model_probability),
  field("market_probability", "float", (trade) => trade.market_probability),
  field("edge", "float", ({ edge }) => edge),
  field("spot", "float", ({ spot }) => spot),
  field("strike", "float", ({ strike }) => strike),
  field("paid", "money", ({ paid }) => paid === null ? null : Math.round(paid * ONE_DOLLAR)),
  field("pnl", "money", ({ pnl }) => parseMoney(pnl)),
];

const DAYS: readonly Field<DayFigures>[] = [
  field("day", "text", ({ day }) => day),
  field("pnl", "money", ({ pnl }) => parseMoney(pnl)),
  field("fees", "money", ({ fees }) => parseMoney(fees)),
  field("fills", "integer", ({ fills }) => fills),
];

const EQUITY: readonly Field<EquityPoint>[] = [
  field("at", "time", ({ at }) => parseTime(at)),
  field("nav", "money", ({ nav }) => parseMoney(nav)),
  field("drawdown", "float", ({ drawdown }) => drawdown),
];

type Grouped = GroupFigures & { readonly by: string };

const GROUPS: readonly Field<Grouped>[] = [
  field("by", "text", ({ by }) => by),
  field("name", "text", ({ name }) => name),
  field("markets", "integer", ({ markets }) => markets),
  field("fills", "integer", ({ fills }) => fills),
  field("contracts", "count", ({ contracts }) => Math.round(contracts * ONE_CONTRACT)),
  field("fees", "money", ({ fees }) => parseMoney(fees)),
  field("pnl", "money", ({ pnl }) => parseMoney(pnl.value)),
  field("pnl_low", "float", ({ pnl }) => pnl.interval?.[0] ?? null),
  field("pnl_high", "float", ({ pnl }) => pnl.interval?.[1] ?? null),
  field("win_rate", "float", (group) => group.win_rate.value),
  field("turnover", "money", ({ turnover }) => parseMoney(turnover)),
  field("max_drawdown", "money", (group) => parseMoney(group.max_drawdown)),
];

const rowsOf = <T>(fields: readonly Field<T>[], rows: readonly T[]): Cell[][] =>
  rows.map((row) => fields.map(({ of }) => of(row)));

export interface WrittenTable {
  readonly path: string;
  readonly rows: number;
}

/** Writes into one directory: executions as they become known, the rest at the end. */
export class FigureTables {
  readonly #directory: string;
  readonly #format: ExportFormat;
  readonly #trades: TableFile;

  private constructor(directory: string, format: ExportFormat, trades: TableFile) {
    this.#directory = directory;
    this.#format = format;
    this.#trades = trades;
  }

  /** Makes the directory; the reason where nothing can be written there. */
  static async create(directory: string, format: ExportFormat): Promise<FigureTables | { readonly error: string }> {
    try {
      await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
      const trades = await TableFile.create(join(directory, `trades.${format}`), format, TRADES);
      return new FigureTables(directory, format, trades);
    } catch (error) {
      return { error: `Tables cannot be written to ${directory}: ${messageOf(error)}` };
    }
  }

  /** @throws where the disk does not take them; {@link abandon} them then */
  async trades(trades: readonly TradeOutcome[]): Promise<void> {
    await this.#trades.write(rowsOf(TRADES, trades));
  }

  /** The reason where not all of it could be written. */
  async finish({ days, equity, by }: Findings): Promise<readonly WrittenTable[] | { readonly error: string }> {
    const grouped = DIMENSIONS.flatMap((dimension) =>
      by[dimension].map((group): Grouped => ({ ...group, by: dimension }))
    );
    const written: WrittenTable[] = [];
    const results: readonly (readonly [string, () => Promise<TableResult>])[] = [
      ["trades", () => this.#trades.finish()],
      ["days", () => this.#table("days", DAYS, days)],
      ["equity", () => this.#table("equity", EQUITY, equity)],
      ["groups", () => this.#table("groups", GROUPS, grouped)],
    ];
    for (const [name, write] of results) {
      const result = await write();
      if (!result.ok) return { error: result.reason };
      written.push({ path: this.#path(name), rows: result.rows });
    }
    return written;
  }

  /** Leaves no half of a file behind. */
  async abandon(): Promise<void> {
    await this.#trades.abandon();
  }

  async #table<T>(name: string, fields: readonly Field<T>[], rows: readonly T[]): Promise<TableResult> {
    let table: TableFile;
    try {
      table = await TableFile.create(this.#path(name), this.#format, fields);
    } catch (error) {
      return { ok: false, reason: `Tables cannot be written to ${this.#path(name)}: ${messageOf(error)}` };
    }
    try {
      await table.write(rowsOf(fields, rows));
    } catch (error) {
      await table.abandon();
      return { ok: false, reason: `Export to ${this.#path(name)} failed: ${messageOf(error)}` };
    }
    return await table.finish();
  }

  #path(name: string): string {
    return join(this.#directory, `${name}.${this.#format}`);
  }
}
