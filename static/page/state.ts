/**
 * What the page knows, and how old it is. Updates go in; the panels read what changed since the last drawing.
 * @module
 */

import type { LiveRows, LiveSections, LiveUpdate, TableName, TableUpdate } from "../../src/server/live_message.ts";
import type { RunStatus } from "../../src/server/status.ts";
import { LogLines } from "./log_lines.ts";

export type Part = keyof LiveSections | TableName | "status" | "logs";

/** The engine's clock is not guessed further ahead than this, in real milliseconds. */
const GUESS_MS_MAX = 2_000;

class Table<Row> {
  #rows = new Map<string, Row>();
  #order: readonly string[] = [];

  apply(update: TableUpdate<Row>): void {
    for (const [key, row] of update.rows) this.#rows.set(key, row);
    if (update.order === undefined) return;
    this.#order = update.order;
    const known = this.#rows;
    this.#rows = new Map();
    for (const key of update.order) {
      const row = known.get(key);
      if (row !== undefined) this.#rows.set(key, row);
    }
  }

  entries(): (readonly [key: string, row: Row])[] {
    const entries: (readonly [string, Row])[] = [];
    for (const key of this.#order) {
      const row = this.#rows.get(key);
      if (row !== undefined) entries.push([key, row]);
    }
    return entries;
  }

  get(key: string): Row | null {
    return this.#rows.get(key) ?? null;
  }

  get size(): number {
    return this.#order.length;
  }
}

export class PageState {
  sections: Partial<LiveSections> = {};
  status: RunStatus | null = null;
  /** The build of the page that is served now, as far as it was told. */
  build: string | null = null;
  readonly logs = new LogLines();
  /** Lines that came too fast to be shown. */
  logsSkipped = 0;
  tables = emptyTables();
  #changed = new Set<Part>();
  #viewAtMs = 0;
  #viewReceivedMs = 0;
  #receivedMs: number | null = null;

  /** @param nowMs of the browser's steady clock */
  apply(update: LiveUpdate, nowMs: number): void {
    if (update.full) this.#forget();
    this.#receivedMs = nowMs;
    if (update.build !== undefined) this.build = update.build;
    Object.assign(this.sections, update.sections);
    for (const name of Object.keys(update.sections)) this.#changed.add(name as Part);
    for (const name of Object.keys(update.tables) as TableName[]) {
      const table = this.tables[name] as Table<unknown>;
      const rows = update.tables[name];
      if (rows !== undefined) table.apply(rows);
      this.#changed.add(name);
    }
    if (update.sections.at !== undefined) {
      this.#viewAtMs = Date.parse(update.sections.at);
      this.#viewReceivedMs = nowMs;
    }
    if (update.status !== undefined) {
      this.status = update.status;
      this.#changed.add("status");
    }
    this.#addLogs(update);
  }

  /** The parts that changed since this was last asked. */
  takeChanged(): ReadonlySet<Part> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  /** How long ago the server last said anything, in milliseconds; `null` before the first word. */
  ageMs(nowMs: number): number | null {
    return this.#receivedMs === null ? null : nowMs - this.#receivedMs;
  }

  /** The run's clock now, in milliseconds since 1970: the last word, carried forward a little at the run's speed. */
  engineNowMs(nowMs: number): number {
    const speed = this.status?.clock.speed ?? 1;
    return this.#viewAtMs + Math.min(GUESS_MS_MAX, nowMs - this.#viewReceivedMs) * speed;
  }

  /** Real time of the run's clock since the newest view, in that clock's milliseconds. */
  sinceViewMs(nowMs: number): number {
    return this.engineNowMs(nowMs) - this.#viewAtMs;
  }

  #addLogs({ logs, logsSkipped }: LiveUpdate): void {
    if (logs.length === 0) return;
    this.logsSkipped += logsSkipped;
    this.logs.add(logs);
    this.#changed.add("logs");
  }

  #forget(): void {
    this.sections = {};
    this.status = null;
    this.logs.clear();
    this.logsSkipped = 0;
    for (const name of Object.keys(this.tables) as TableName[]) this.#changed.add(name);
    this.#changed.add("logs");
    this.tables = emptyTables();
  }
}

function emptyTables(): { readonly [Name in TableName]: Table<LiveRows[Name]> } {
  return {
    markets: new Table(),
    positions: new Table(),
    orders: new Table(),
    trades: new Table(),
    settlements: new Table(),
  };
}
