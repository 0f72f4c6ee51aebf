/**
 * Moves cash to a shard that is traded on, where the configuration allows it (KALSHI.md 3.15): only below a floor, only
 * from the shard that can spare most, and never more in one run than was allowed. What was asked for counts as moved, whatever
 * comes of it, so that the bound holds even where answers are lost.
 * @module
 */

import type { TransferAction } from "../core/action.ts";
import type { AccountInput, ShardCash } from "../core/input.ts";
import { type Micros, MICROS_PER_MINUTE, type Money, money } from "../core/units.ts";
import { DecisionHash } from "./decision_hash.ts";

export interface TransferRule {
  /** With less cash on a shard that is traded on, some is moved there. */
  readonly floor: Money;
  /** Most that one run moves. */
  readonly most: Money;
}

/** The account is read every 30 seconds and lags: by then it shows what was moved. */
const PATIENCE = 2 * MICROS_PER_MINUTE;
/** Transfers are made in whole hundredths of a cent. */
const GRAIN = 100;

export class CashTransfers {
  readonly #floor: Money;
  readonly #name: string;
  #left: Money;
  #made = 0;
  #askedAt: Micros | null = null;

  /** @param name the transfers' ids are made of it: unique for ever on the account */
  constructor({ floor, most }: TransferRule, name: string) {
    this.#floor = floor;
    this.#left = most;
    this.#name = name;
  }

  /** What to move after this account; `null` for nothing. */
  after({ at, traded, shards }: AccountInput): TransferAction | null {
    if (traded === undefined || shards === undefined) return null;
    if (this.#askedAt !== null && at - this.#askedAt < PATIENCE) return null;
    const target = this.#poorest(traded, shards);
    const source = target === null ? null : this.#richest(traded, shards, target);
    if (target === null || source === null) return null;
    const most = Math.min(this.#left, source.cash);
    const amount = money(most - most % GRAIN);
    if (amount <= 0) return null;
    this.#left = money(this.#left - amount);
    this.#askedAt = at;
    const transferId = uuidOf(`${this.#name}-t${++this.#made}`);
    return { type: "transfer", transferId, amount, fromShard: source.shard, toShard: target };
  }

  /** The shard that is traded on with the least cash, where that is below the floor. */
  #poorest(traded: readonly number[], shards: readonly ShardCash[]): number | null {
    let found: ShardCash | null = null;
    for (const shard of traded) {
      const cash = shards.find((each) => each.shard === shard)?.cash ?? money(0);
      if (cash < (found?.cash ?? this.#floor)) found = { shard, cash };
    }
    return found?.shard ?? null;
  }

  /** The shard with the most cash to spare, and how much that is: one that is traded on keeps its floor. */
  #richest(traded: readonly number[], shards: readonly ShardCash[], target: number): ShardCash | null {
    let found: ShardCash | null = null;
    for (const { shard, cash } of shards) {
      const spare = money(traded.includes(shard) ? cash - this.#floor : cash);
      if (shard !== target && spare > (found?.cash ?? 0)) found = { shard, cash: spare };
    }
    return found;
  }
}

/** The exchange wants UUIDs (version 8 is the one that says nothing of how it was made). */
function uuidOf(name: string): string {
  const half = (text: string): string => {
    const hash = new DecisionHash();
    hash.add(text);
    return hash.digest();
  };
  const [high, low] = [half(`${name} high`), half(`${name} low`)];
  return `${high.slice(0, 8)}-${high.slice(8, 12)}-8${high.slice(13)}-8${low.slice(1, 4)}-${low.slice(4)}`;
}
