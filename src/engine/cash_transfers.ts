/**
 * Moves cash to the shard that is traded on, where the configuration allows it (KALSHI.md 3.15): only below a floor, only
 * from the shard that holds most, and never more in one run than was allowed. What was asked for counts as moved, whatever
 * comes of it, so that the bound holds even where answers are lost.
 * @module
 */

import type { TransferAction } from "../core/action.ts";
import type { AccountInput, ShardCash } from "../core/input.ts";
import { type Micros, MICROS_PER_MINUTE, type Money, money } from "../core/units.ts";
import { DecisionHash } from "./decision_hash.ts";

export interface TransferRule {
  /** With less cash on the shard that is traded on, some is moved there. */
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
  after({ at, balance, shard, shards }: AccountInput): TransferAction | null {
    if (shard === undefined || shards === undefined || balance >= this.#floor) return null;
    if (this.#askedAt !== null && at - this.#askedAt < PATIENCE) return null;
    const source = richest(shards, shard);
    if (source === null) return null;
    const most = Math.min(this.#left, source.cash);
    const amount = money(most - most % GRAIN);
    if (amount <= 0) return null;
    this.#left = money(this.#left - amount);
    this.#askedAt = at;
    const transferId = uuidOf(`${this.#name}-t${++this.#made}`);
    return { type: "transfer", transferId, amount, fromShard: source.shard, toShard: shard };
  }
}

/** The other shard with the most cash. */
function richest(shards: readonly ShardCash[], target: number): ShardCash | null {
  let found: ShardCash | null = null;
  for (const each of shards) if (each.shard !== target && each.cash > (found?.cash ?? 0)) found = each;
  return found;
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
