/**
 * What may be sent, as the journal on the disk has it: the halts that stand, and the strategies' phases. Nothing here asks the
 * engine; a record counts once its step is whole, as a recovery counts it.
 * @module
 */

import type { HaltRecord, StrategyRecord } from "../../src/core/record.ts";

type Row = HaltRecord | StrategyRecord;

interface Kept {
  readonly row: Row;
  /** The journal file and the byte behind the line that makes the row's step whole. */
  readonly path: string;
  readonly end: number;
}

/** A halt that stands, or a phase that keeps something back. */
export interface Standing {
  readonly name: string;
  readonly level: "reducing" | "halted";
  /** `null` where it is of every strategy. */
  readonly strategy: string | null;
  /** `null` where it is of every index. */
  readonly index: string | null;
  /** Microseconds since the simulation began. */
  readonly since: number;
}

const keyOf = (row: Row): string => `${row.kind} ${row.name}`;

export class StandingHalts {
  /** By name, of the process that lives. */
  readonly #standing = new Map<string, Standing>();
  /** What the next process has to begin with: of each halt and strategy every row, the newest last. */
  readonly #history = new Map<string, Kept[]>();
  #pending: Row[] = [];

  /** A process begins. */
  born(): void {
    this.#standing.clear();
    this.#pending = [];
  }

  list(): readonly Standing[] {
    return [...this.#standing.values()];
  }

  /** A record was written. */
  take(row: Row, now: number): void {
    this.#pending.push(row);
    this.#show(row, now);
  }

  /** A step is whole, up to this byte of this file. */
  whole(path: string, end: number): void {
    for (const row of this.#pending) {
      const rows = this.#history.get(keyOf(row)) ?? [];
      rows.push({ row, path, end });
      this.#history.set(keyOf(row), rows);
    }
    this.#pending = [];
  }

  /** A file was cut: what stood behind that was never written. */
  cut(path: string, size: number): void {
    for (const [key, rows] of this.#history) {
      const left = rows.filter((kept) => kept.path !== path || kept.end <= size);
      this.#history.set(key, left);
    }
  }

  /** A run begins with these; what it has forgotten or made up, in words. */
  begins(halts: readonly HaltRecord[], strategies: readonly StrategyRecord[], now: number): string[] {
    const resumed = new Map<string, Row>([...halts, ...strategies].map((row) => [keyOf(row), row]));
    const faults: string[] = [];
    for (const [key, rows] of this.#history) {
      const row = rows.at(-1)?.row;
      const wanted = row !== undefined && (row.kind === "strategy" || (row.active && row.persistent)) ? row : undefined;
      const found = resumed.get(key);
      if (JSON.stringify(found) === JSON.stringify(wanted)) continue;
      faults.push(`${key} was ${JSON.stringify(wanted) ?? "nothing"}, and is ${JSON.stringify(found) ?? "forgotten"}`);
    }
    for (const row of resumed.values()) this.#show(row, now);
    return faults;
  }

  #show(row: Row, now: number): void {
    const key = keyOf(row);
    const level = levelOf(row);
    const before = this.#standing.get(key);
    if (level === null) this.#standing.delete(key);
    else if (before?.level !== level) {
      const strategy = row.kind === "strategy" ? row.name : row.strategy ?? fuseOf(row.name);
      const index = row.kind === "strategy" ? null : row.index ?? null;
      this.#standing.set(key, { name: key, level, strategy, index, since: now });
    }
  }
}

/** Whether it keeps back what a strategy would send in a market on an index. */
export const isOver = (standing: Standing, strategy: string, index: string | null): boolean =>
  (standing.strategy === null || standing.strategy === strategy) &&
  (standing.index === null || standing.index === index);

/** The fuse of one strategy bears its name. */
const fuseOf = (name: string): string | null => name.startsWith("order_group ") ? name.slice(12) : null;

function levelOf(row: Row): Standing["level"] | null {
  if (row.kind === "halt") return row.active ? row.level ?? "halted" : null;
  switch (row.phase) {
    case "active":
      return null;
    case "winding_up":
      return "reducing";
    case "off":
    case "stopped":
    case "failed":
      return "halted";
  }
}
