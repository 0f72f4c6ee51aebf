/**
 * An account's cash and positions. Cash lies on shards; collateral for a position is taken from the market's shard.
 *
 * A position is one signed number: positive YES, negative NO. A NO contract is held as a short YES contract plus $1.00
 * of collateral, so buying NO at `1 - p` costs `1 - p`, and closing it by buying YES at `p` returns `1 - p`. Over all
 * accounts: cash + $1.00 x short contracts + fees is constant, whatever trades or settles.
 * @module
 */

import type { FillFees } from "../../core/fees.ts";
import type { Side } from "../../core/order.ts";
import {
  type Count,
  type Micros,
  type Money,
  money,
  notional,
  ONE_DOLLAR_PRICE,
  type Price,
} from "../../core/units.ts";

/** What a position needs to know of its market. */
export interface PositionMarket {
  readonly ticker: string;
  readonly event: string;
  readonly shard: number;
}

export interface Position {
  readonly market: PositionMarket;
  readonly subaccount: number;
  /** Positive YES, negative NO. */
  contracts: Count;
  /** What the open contracts cost, without fees. */
  cost: Money;
  /** Of the contracts closed so far, without fees. */
  realized: Money;
  fees: Money;
  /** Contracts of all trades. */
  volume: Count;
  /** Price paid for everything that was opened or closed: `total_traded_dollars`. */
  traded: Money;
  updatedAt: Micros;
}

/** What one contract was worth to a position at settlement, and what the account got. */
export interface SettledPosition {
  readonly market: PositionMarket;
  readonly subaccount: number;
  readonly contracts: Count;
  readonly cost: Money;
  readonly fees: Money;
  readonly payout: Money;
  readonly yesValue: Price;
  readonly at: Micros;
}

/** One contract's collateral times a count. */
const dollars = (contracts: number): number => contracts * ONE_DOLLAR_PRICE;
const shorts = (contracts: number): number => Math.max(0, -contracts);

export class Account {
  /** Names the account towards the book: an owner never trades with itself. */
  readonly owner: number;
  /** 0 for an owner's primary account. */
  readonly subaccount: number;
  readonly #cash = new Map<number, number>();
  readonly #positions = new Map<string, Position>();

  constructor(owner: number, subaccount = 0) {
    this.owner = owner;
    this.subaccount = subaccount;
  }

  cash(shard: number): Money {
    return (this.#cash.get(shard) ?? 0) as Money;
  }

  get totalCash(): Money {
    let sum = 0;
    for (const cash of this.#cash.values()) sum += cash;
    return money(sum);
  }

  /** Shards that ever held cash. */
  get shards(): readonly number[] {
    return [...this.#cash.keys()].sort((a, b) => a - b);
  }

  /** $1.00 for every contract held short: part of what the account put in, not of its cash. */
  get collateral(): Money {
    let sum = 0;
    for (const position of this.#positions.values()) sum += dollars(shorts(position.contracts));
    return money(sum);
  }

  deposit(shard: number, amount: Money): void {
    this.#cash.set(shard, this.cash(shard) + amount);
  }

  position(ticker: string): Position | undefined {
    return this.#positions.get(ticker);
  }

  contracts(ticker: string): Count {
    return this.#positions.get(ticker)?.contracts ?? 0 as Count;
  }

  get positions(): Iterable<Position> {
    return this.#positions.values();
  }

  /**
   * Books one execution.
   * @param fees what it cost; `null` for the simulated traders, who pay none
   */
  trade(market: PositionMarket, side: Side, price: Price, count: Count, fees: FillFees | null, at: Micros): Position {
    const position = this.#open(market, at);
    const before = position.contracts;
    const after = side === "bid" ? before + count : before - count;
    const paid = notional(price, count);
    const revenue = fees?.balanceChange ?? (side === "bid" ? -paid : paid);
    this.deposit(market.shard, (revenue - dollars(shorts(after) - shorts(before))) as Money);

    const closing = before !== 0 && (before > 0) !== (side === "bid") ? Math.min(Math.abs(before), count) : 0;
    const opening = count - closing;
    const closed = closing === 0
      ? 0
      : closing === Math.abs(before)
      ? position.cost
      : Number(BigInt(position.cost) * BigInt(closing) / BigInt(Math.abs(before)));
    // What a contract costs to open, or brings when closed, on the side that is held.
    const yes = price as number;
    const no = ONE_DOLLAR_PRICE - price;
    const heldPrice = before > 0 ? yes : no;
    const openPrice = side === "bid" ? yes : no;
    position.realized = money(position.realized + heldPrice * closing - closed);
    position.cost = money(position.cost - closed + openPrice * opening);
    position.contracts = after as Count;
    position.fees = money(position.fees + (fees?.netFee ?? 0));
    position.volume = (position.volume + count) as Count;
    position.traded = money(position.traded + (closing > 0 ? heldPrice * closing : 0) + openPrice * opening);
    position.updatedAt = at;
    return position;
  }

  /** Pays out a position and closes it; `null` where there is none. A row with zero contracts stays, as on Kalshi. */
  settle(ticker: string, yesValue: Price, at: Micros): SettledPosition | null {
    const position = this.#positions.get(ticker);
    if (position === undefined) return null;
    const { contracts, cost, fees, market } = position;
    const payout = money(
      contracts > 0 ? notional(yesValue, contracts) : (ONE_DOLLAR_PRICE - yesValue) * Math.abs(contracts),
    );
    this.deposit(market.shard, payout);
    position.realized = money(position.realized + payout - cost);
    position.contracts = 0 as Count;
    position.cost = money(0);
    position.updatedAt = at;
    return { market, subaccount: this.subaccount, contracts, cost, fees, payout, yesValue, at };
  }

  /** Drops a row: the simulated traders keep none of settled markets. */
  forget(ticker: string): void {
    this.#positions.delete(ticker);
  }

  #open(market: PositionMarket, at: Micros): Position {
    const existing = this.#positions.get(market.ticker);
    if (existing !== undefined) return existing;
    const position: Position = {
      market,
      subaccount: this.subaccount,
      contracts: 0 as Count,
      cost: money(0),
      realized: money(0),
      fees: money(0),
      volume: 0 as Count,
      traded: money(0),
      updatedAt: at,
    };
    this.#positions.set(market.ticker, position);
    return position;
  }
}
