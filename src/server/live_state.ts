/**
 * The newest view, cut into cells that each know the sequence number at which they last changed. What a client that has
 * seen number n needs is then simply every cell above n: no history is kept, and nothing grows with slow readers.
 * @module
 */

import type { EngineView } from "../engine/view.ts";
import type { LiveSections, TableName } from "./live_message.ts";
import type { RunStatus } from "./status.ts";

interface Cell {
  version: number;
  json: string;
}

interface Table {
  readonly order: Cell;
  readonly rows: Map<string, Cell>;
}

type SectionName = keyof LiveSections;

/** A record, not a list, so that the compiler asks for a new section of the view here. */
const SECTIONS: Record<SectionName, (view: EngineView) => unknown> = {
  at: (view) => view.at,
  execution: (view) => view.execution,
  account: (view) => view.account,
  indices: (view) => view.indices,
  prices: (view) => view.prices,
  state: (view) => view.state,
  halts: (view) => view.halts,
  limits: (view) => view.limits,
  refused: (view) => view.refused,
  strategies: (view) => view.strategies,
  counters: (view) => view.counters,
  keptBack: (view) => view.keptBack,
  decisionHash: (view) => view.decisionHash,
};

type Entries = Iterable<readonly [key: string, row: unknown]>;

const TABLES: Record<TableName, (view: EngineView) => Entries> = {
  markets: (view) =>
    view.markets.map((row) => {
      const { secondsToClose: _, ...rest } = row;
      return [row.ticker, rest] as const;
    }),
  positions: (view) => view.positions.map((row) => [`${row.ticker} ${row.side}`, row] as const),
  orders: (view) => view.orders.map((row) => [row.clientOrderId, row] as const),
  trades: (view) => view.trades.map((row) => [row.tradeId, row] as const),
  settlements: (view) => view.settlements.map((row) => [`${row.ticker} ${row.at}`, row] as const),
};

const emptyCell = (): Cell => ({ version: 0, json: "" });

export class LiveState {
  #sequence = 0;
  readonly #status = emptyCell();
  readonly #sections = new Map<string, Cell>();
  readonly #tables = new Map<string, Table>();

  /** The number of the newest change; 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Takes over everything the engine shows. */
  refreshView(view: EngineView): void {
    const next = this.#sequence + 1;
    let changed = false;
    for (const [name, read] of Object.entries(SECTIONS)) {
      changed = put(cellOf(this.#sections, name), JSON.stringify(read(view)), next) || changed;
    }
    for (const name of Object.keys(TABLES)) changed = this.#refreshTable(name as TableName, view, next) || changed;
    if (changed) this.#sequence = next;
  }

  /** Takes over only the trades, for the moment of a fill. */
  refreshTrades(view: EngineView): void {
    const next = this.#sequence + 1;
    if (this.#refreshTable("trades", view, next)) this.#sequence = next;
  }

  refreshStatus(status: RunStatus): void {
    const next = this.#sequence + 1;
    if (put(this.#status, JSON.stringify(status), next)) this.#sequence = next;
  }

  /**
   * The members of a {@link LiveUpdate} that changed after `since`, as JSON text without the outer braces. Built by
   * hand from the cells' own text, because the same cell goes to many clients and need not be written twice.
   */
  changesSince(since: number): string {
    const parts = [`"full":${since === 0}`, `"sequence":${this.#sequence}`];
    if (this.#status.version > since) parts.push(`"status":${this.#status.json}`);
    const sections: string[] = [];
    for (const [name, cell] of this.#sections) if (cell.version > since) sections.push(`"${name}":${cell.json}`);
    parts.push(`"sections":{${sections.join(",")}}`);
    const tables: string[] = [];
    for (const [name, table] of this.#tables) {
      const rows: string[] = [];
      for (const [key, cell] of table.rows) {
        if (cell.version > since) rows.push(`[${JSON.stringify(key)},${cell.json}]`);
      }
      const order = table.order.version > since ? `"order":${table.order.json},` : "";
      if (order !== "" || rows.length > 0) tables.push(`"${name}":{${order}"rows":[${rows.join(",")}]}`);
    }
    parts.push(`"tables":{${tables.join(",")}}`);
    return parts.join(",");
  }

  #refreshTable(name: TableName, view: EngineView, next: number): boolean {
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = { order: emptyCell(), rows: new Map() };
      this.#tables.set(name, table);
    }
    let changed = false;
    const keys = new Set<string>();
    for (const [key, row] of TABLES[name](view)) {
      keys.add(key);
      changed = put(cellOf(table.rows, key), JSON.stringify(row), next) || changed;
    }
    for (const key of table.rows.keys()) if (!keys.has(key)) table.rows.delete(key);
    return put(table.order, JSON.stringify([...keys]), next) || changed;
  }
}

function cellOf(cells: Map<string, Cell>, key: string): Cell {
  let cell = cells.get(key);
  if (cell === undefined) {
    cell = emptyCell();
    cells.set(key, cell);
  }
  return cell;
}

/** Says whether the text is news. */
function put(cell: Cell, json: string, version: number): boolean {
  if (cell.json === json) return false;
  cell.json = json;
  cell.version = version;
  return true;
}
