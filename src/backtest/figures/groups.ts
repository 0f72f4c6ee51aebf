/**
 * What trading came to by strategy, series, market, hour, weekday and signal: every execution counts in one group of each.
 * @module
 */

import { formatMoney, formatTime, type Micros, MICROS_PER_DAY, money } from "../../core/units.ts";
import type { Findings, GroupFigures } from "../findings.ts";
import { Clusters } from "./clusters.ts";
import type { Outcome } from "./execution_outcome.ts";

export const DIMENSIONS = ["strategy", "series", "market", "hour", "weekday", "signal"] as const;
export type Dimension = typeof DIMENSIONS[number];

/**
 * Groups kept of one dimension: a report shows no more. Past twice as many, those that moved least are taken together under
 * one name, so that the groups still add up to the whole.
 */
const GROUPS_MAX = 500;
const OTHERS = "others";

/** 1970-01-01 was a Thursday. */
const WEEKDAYS = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];
const WEEK = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** Of a time, UTC: `07`. */
const hourOf = (at: Micros): string => formatTime(at).slice(11, 13);
const weekdayOf = (at: Micros): string => WEEKDAYS[Math.floor(at / MICROS_PER_DAY) % 7];

const NAME_OF: Readonly<Record<Dimension, (outcome: Outcome) => string>> = {
  strategy: ({ executed }) => executed.strategy,
  series: ({ executed }) => executed.series,
  market: ({ executed }) => executed.ticker,
  hour: ({ executed }) => hourOf(executed.at),
  weekday: ({ executed }) => weekdayOf(executed.at),
  signal: ({ executed }) => executed.signal,
};

/** Sums of one market within one group, or of all that were taken together. */
interface Part {
  pnl: number;
  fills: number;
  contracts: number;
  fees: number;
  turnover: number;
}

class Group {
  readonly name: string;
  readonly #pnl = new Clusters();
  readonly #won = new Clusters();
  readonly #sums: Part = { pnl: 0, fills: 0, contracts: 0, fees: 0, turnover: 0 };
  #markets = 0;
  #peak = 0;
  #drawdown = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** How much it moved, won or lost. */
  get size(): number {
    return Math.abs(this.#sums.pnl);
  }

  /** @param ticker the market that it is of */
  add(ticker: string, part: Part, settled: boolean): void {
    this.#markets++;
    this.#sums.pnl += part.pnl;
    this.#sums.fills += part.fills;
    this.#sums.contracts += part.contracts;
    this.#sums.fees += part.fees;
    this.#sums.turnover += part.turnover;
    this.#pnl.add(ticker, part.pnl);
    if (settled && part.pnl !== 0) this.#won.add(ticker, part.pnl > 0 ? 1 : 0);
    this.#peak = Math.max(this.#peak, this.#sums.pnl);
    this.#drawdown = Math.max(this.#drawdown, this.#peak - this.#sums.pnl);
  }

  /** Takes a whole group in, as one cluster. */
  absorb(other: Group): void {
    const markets = this.#markets + other.#markets;
    this.add(other.name, other.#sums, false);
    this.#markets = markets;
    if (other.#won.count > 0) this.#won.add(other.name, other.#won.sum, other.#won.count);
  }

  figures(): GroupFigures {
    const { fills, contracts, fees, turnover } = this.#sums;
    return {
      name: this.name,
      markets: this.#markets,
      fills,
      contracts: contracts / 100,
      fees: formatMoney(money(fees)),
      pnl: this.#pnl.dollars(),
      win_rate: this.#won.mean(),
      turnover: formatMoney(money(turnover)),
      max_drawdown: formatMoney(money(this.#drawdown)),
    };
  }
}

/** The groups of one dimension. */
class Dimensional {
  readonly #nameOf: (outcome: Outcome) => string;
  #groups = new Map<string, Group>();

  constructor(nameOf: (outcome: Outcome) => string) {
    this.#nameOf = nameOf;
  }

  add(ticker: string, outcomes: readonly Outcome[], settled: boolean): void {
    const parts = new Map<string, Part>();
    for (const outcome of outcomes) {
      const name = this.#nameOf(outcome);
      const { executed: { fills, contracts, turnover }, total, fee } = outcome;
      const part = parts.get(name);
      if (part === undefined) parts.set(name, { pnl: total, fills, contracts, fees: fee, turnover });
      else {
        part.pnl += total;
        part.fills += fills;
        part.contracts += contracts;
        part.fees += fee;
        part.turnover += turnover;
      }
    }
    for (const [name, part] of parts) this.#group(name).add(ticker, part, settled);
    if (this.#groups.size > 2 * GROUPS_MAX) this.#takeTogether();
  }

  #group(name: string): Group {
    let group = this.#groups.get(name);
    if (group === undefined) this.#groups.set(name, group = new Group(name));
    return group;
  }

  #takeTogether(): void {
    const named = [...this.#groups.values()].filter(({ name }) => name !== OTHERS).sort((a, b) => b.size - a.size);
    const others = this.#groups.get(OTHERS) ?? new Group(OTHERS);
    for (const group of named.slice(GROUPS_MAX)) others.absorb(group);
    this.#groups = new Map([...named.slice(0, GROUPS_MAX), others].map((group) => [group.name, group]));
  }

  figures(): GroupFigures[] {
    if (this.#groups.size > GROUPS_MAX) this.#takeTogether();
    return [...this.#groups.values()].map((group) => group.figures());
  }
}

const byPnl = (a: GroupFigures, b: GroupFigures): number => Number(b.pnl.value) - Number(a.pnl.value);
const byName = (a: GroupFigures, b: GroupFigures): number => a.name < b.name ? -1 : 1;

export class Groups {
  readonly #dimensions = DIMENSIONS.map((dimension) => new Dimensional(NAME_OF[dimension]));

  /** All executions of one market, once it settled, or at its mark at the end. */
  add(ticker: string, outcomes: readonly Outcome[], settled: boolean): void {
    for (const dimension of this.#dimensions) dimension.add(ticker, outcomes, settled);
  }

  /** What brought most first; hours and weekdays in their own order. */
  figures(): Findings["by"] {
    const [strategy, series, market, hour, weekday, signal] = this.#dimensions.map((each) => each.figures());
    return {
      strategy: strategy.sort(byPnl),
      series: series.sort(byPnl),
      market: market.sort(byPnl),
      hour: hour.sort(byName),
      weekday: weekday.sort((a, b) => WEEK.indexOf(a.name) - WEEK.indexOf(b.name)),
      signal: signal.sort(byPnl),
    };
  }
}
