/**
 * What `kbot top` knows of a bot at one moment, and how it is kept from live updates.
 * @module
 */

import type {
  TopAccount,
  TopHalt,
  TopIndex,
  TopLog,
  TopMarket,
  TopOrder,
  TopPosition,
  TopState,
  TopStatus,
  TopTrade,
  TopUpdate,
} from "./top_shapes.ts";

/** Everything that is shown. One update changes it as a whole, so that its numbers are of one moment. */
export interface TopPicture {
  /** RFC 3339 UTC, by the run's clock. */
  readonly at: string | null;
  /** How many inputs the engine had heard then: its number of the moment. */
  readonly inputs: number;
  readonly status: TopStatus | null;
  readonly account: TopAccount | null;
  readonly state: TopState | null;
  readonly halts: readonly TopHalt[];
  readonly indices: readonly TopIndex[];
  readonly markets: readonly TopMarket[];
  readonly positions: readonly TopPosition[];
  readonly orders: readonly TopOrder[];
  /** Newest first. */
  readonly trades: readonly TopTrade[];
  /** Oldest first. */
  readonly logs: readonly TopLog[];
}

export const NOTHING_KNOWN: TopPicture = {
  at: null,
  inputs: 0,
  status: null,
  account: null,
  state: null,
  halts: [],
  indices: [],
  markets: [],
  positions: [],
  orders: [],
  trades: [],
  logs: [],
};

/** More than any screen has lines. */
const LOGS_KEPT = 500;

interface TableUpdate<Row> {
  readonly order?: readonly string[] | undefined;
  readonly rows: readonly (readonly [key: string, row: Row])[];
}

/** Rows by key, in the order that the bot gives. */
class Rows<Row> {
  #rows = new Map<string, Row>();

  take(update: TableUpdate<Row> | undefined): void {
    if (update === undefined) return;
    for (const [key, row] of update.rows) this.#rows.set(key, row);
    if (update.order === undefined) return;
    const known = this.#rows;
    this.#rows = new Map();
    for (const key of update.order) {
      const row = known.get(key);
      if (row !== undefined) this.#rows.set(key, row);
    }
  }

  list(): readonly Row[] {
    return [...this.#rows.values()];
  }

  clear(): void {
    this.#rows.clear();
  }
}

export class LivePicture {
  #picture = NOTHING_KNOWN;
  readonly #markets = new Rows<TopMarket>();
  readonly #positions = new Rows<TopPosition>();
  readonly #orders = new Rows<TopOrder>();
  readonly #trades = new Rows<TopTrade>();

  /** As it stands; a later update changes nothing of it. */
  get picture(): TopPicture {
    return this.#picture;
  }

  take({ full, status, sections, tables, logs }: TopUpdate): void {
    if (full) {
      for (const rows of [this.#markets, this.#positions, this.#orders, this.#trades]) rows.clear();
      this.#picture = NOTHING_KNOWN;
    }
    this.#markets.take(tables.markets);
    this.#positions.take(tables.positions);
    this.#orders.take(tables.orders);
    this.#trades.take(tables.trades);
    const before = this.#picture;
    this.#picture = {
      at: sections.at ?? before.at,
      inputs: sections.counters?.inputs ?? before.inputs,
      status: status ?? before.status,
      account: sections.account ?? before.account,
      state: sections.state ?? before.state,
      halts: sections.halts ?? before.halts,
      indices: sections.indices ?? before.indices,
      markets: tables.markets === undefined ? before.markets : this.#markets.list(),
      positions: tables.positions === undefined ? before.positions : this.#positions.list(),
      orders: tables.orders === undefined ? before.orders : this.#orders.list(),
      trades: tables.trades === undefined ? before.trades : this.#trades.list(),
      logs: logs.length === 0 ? before.logs : [...before.logs, ...logs].slice(-LOGS_KEPT),
    };
  }
}
