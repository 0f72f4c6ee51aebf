/**
 * Cash, positions and profit, to the micro-dollar, as the exchange counts them: one signed position per market, buying
 * the other side closes first, a NO contract at YES price p costs 1 - p (KALSHI.md 4.5).
 * @module
 */

import type { Side } from "../core/order.ts";
import type { AccountRecord, PositionRecord } from "../core/record.ts";
import type { MarketResult } from "../core/market.ts";
import { type Count, count, type Micros, type Money, money, ONE_DOLLAR_PRICE, type Price } from "../core/units.ts";

/** One market's position. `cost` is what the open contracts cost, without fees; never negative. */
export interface Position {
  readonly ticker: string;
  position: Count;
  cost: Money;
  realised: Money;
  fees: Money;
  strategy: string;
  updatedAt: Micros;
}

export interface Execution {
  readonly ticker: string;
  readonly side: Side;
  readonly price: Price;
  readonly count: Count;
  readonly fee: Money;
  readonly strategy: string;
  readonly at: Micros;
}

export interface SettlementResult {
  readonly position: Count;
  readonly payout: Money;
  /** Of the market from first fill to settlement, fees included. */
  readonly pnl: Money;
}

/** A market that was paid out, as it stood then: what is heard of it later belongs to it. */
interface PaidOut extends SettlementResult {
  readonly fees: Money;
  readonly strategy: string;
}

/** The part of `whole` that belongs to `part` of `of` contracts, rounded down; exact where products pass 2^53. */
function share(whole: Money, part: Count, of: Count): Money {
  return part === of ? whole : money(Number(BigInt(whole) * BigInt(part) / BigInt(of)));
}

const NO_PARTS: ReadonlyMap<string, Count> = new Map();

export class Ledger {
  #cash: Money;
  #startingCapital: Money;
  #realised = 0;
  #fees = 0;
  #settled = 0;
  #wins = 0;
  #losses = 0;
  readonly #positions = new Map<string, Position>();
  /** What each strategy's own executions come to, by market: together the position. */
  readonly #parts = new Map<string, Map<string, Count>>();
  readonly #paidOut = new Map<string, PaidOut>();

  constructor(capital: Money) {
    this.#cash = capital;
    this.#startingCapital = capital;
  }

  /** Goes on from the totals and positions of an earlier run. */
  static resume(account: AccountRecord, positions: readonly PositionRecord[]): Ledger {
    const ledger = new Ledger(account.startingCapital);
    ledger.#cash = account.cash;
    ledger.#realised = account.realised;
    ledger.#fees = account.fees;
    ledger.#settled = account.settled;
    ledger.#wins = account.wins;
    ledger.#losses = account.losses;
    for (const { kind: _, parts, ...position } of positions) {
      const { ticker, strategy } = position;
      ledger.#positions.set(ticker, { ...position });
      // Rows written before parts were kept: all of it counts as the strategy's that opened it.
      for (const [name, part] of Object.entries(parts ?? { [strategy]: position.position })) {
        ledger.#add(ticker, name, part);
      }
    }
    return ledger;
  }

  get cash(): Money {
    return this.#cash;
  }
  get startingCapital(): Money {
    return this.#startingCapital;
  }
  /** Closed profit and loss of all markets, every fee included. */
  get realised(): Money {
    return this.#realised as Money;
  }
  get fees(): Money {
    return this.#fees as Money;
  }
  /** Markets that were followed and settled, held or not. */
  get settled(): number {
    return this.#settled;
  }
  /** Markets that were traded and settled with a profit. */
  get wins(): number {
    return this.#wins;
  }
  get losses(): number {
    return this.#losses;
  }

  position(ticker: string): Position | undefined {
    return this.#positions.get(ticker);
  }

  /** The part of a position that one strategy's own executions brought, positive YES, negative NO: parts may be opposite. */
  partOf(ticker: string, strategy: string): Count {
    return this.#parts.get(ticker)?.get(strategy) ?? count(0);
  }

  /** All parts of a position, by strategy. */
  partsOf(ticker: string): ReadonlyMap<string, Count> {
    return this.#parts.get(ticker) ?? NO_PARTS;
  }

  /** Positions of markets that have not been settled, closed ones included. */
  positions(): Iterable<Position> {
    return this.#positions.values();
  }

  /** Takes one execution in; returns the profit it realised, its fee included. */
  apply(execution: Execution): Money {
    const position = this.#open(execution);
    const signed = execution.side === "bid" ? execution.count : -execution.count;
    const held = position.position;
    const closing = count(
      held !== 0 && Math.sign(held) !== Math.sign(signed) ? Math.min(Math.abs(held), execution.count) : 0,
    );
    const opening = count(execution.count - closing);
    let realised = -execution.fee;
    if (closing > 0) {
      const proceeds = closing * (held > 0 ? execution.price : ONE_DOLLAR_PRICE - execution.price);
      const cost = share(position.cost, closing, count(Math.abs(held)));
      realised += proceeds - cost;
      position.cost = money(position.cost - cost);
      this.#cash = money(this.#cash + proceeds);
    }
    if (opening > 0) {
      const cost = opening * (signed > 0 ? execution.price : ONE_DOLLAR_PRICE - execution.price);
      position.cost = money(position.cost + cost);
      this.#cash = money(this.#cash - cost);
    }
    this.#cash = money(this.#cash - execution.fee);
    position.position = count(held + signed);
    this.#add(execution.ticker, execution.strategy, signed);
    position.fees = money(position.fees + execution.fee);
    position.realised = money(position.realised + realised);
    position.updatedAt = execution.at;
    this.#realised += realised;
    this.#fees += execution.fee;
    return money(realised);
  }

  /** One more market that was followed has settled. */
  countSettled(): void {
    this.#settled++;
  }

  /**
   * Pays a market out; `null` where nothing of it was ever held. The position is gone afterwards. Where it was paid out
   * before, and a fill heard of late reopened it, the answer is the whole market's, and it counts once as won or lost.
   */
  settle(ticker: string, result: MarketResult, yesValue: Money): SettlementResult | null {
    const position = this.#positions.get(ticker);
    if (position === undefined || result === "") return null;
    const perContract = position.position > 0 ? yesValue : money(1_000_000 - yesValue);
    const held = Math.abs(position.position);
    const payout = money(Math.round(held * perContract / 100));
    const gain = payout - position.cost;
    this.#cash = money(this.#cash + payout);
    this.#realised += gain;
    const pnl = money(position.realised + gain);
    const before = this.#paidOut.get(ticker);
    if (before !== undefined) this.#judge(before.pnl, -1);
    this.#judge(pnl, 1);
    this.#positions.delete(ticker);
    this.#parts.delete(ticker);
    const paid = {
      position: count((before?.position ?? 0) + position.position),
      payout: money((before?.payout ?? 0) + payout),
      pnl,
    };
    this.#paidOut.set(ticker, { ...paid, fees: position.fees, strategy: position.strategy });
    return paid;
  }

  /** Nothing more is expected of a market: what it was paid out with is let go. */
  forget(ticker: string): void {
    this.#paidOut.delete(ticker);
  }

  /** Money that went in or out beside trading: moves cash and capital together, never profit. */
  transfer(amount: Money): void {
    this.#cash = money(this.#cash + amount);
    this.#startingCapital = money(this.#startingCapital + amount);
  }

  /** Takes up contracts that were held before this ledger began: capital, not profit. */
  adopt(ticker: string, position: Count, price: Price, at: Micros): void {
    const held = this.#open({ ticker, strategy: "unknown", at });
    if (held.position !== 0) throw new Error(`${ticker} is held already: contracts are adopted before any fill`);
    const cost = Math.abs(position) * (position > 0 ? price : ONE_DOLLAR_PRICE - price);
    held.position = position;
    this.#add(ticker, "unknown", position);
    held.cost = money(cost);
    this.#startingCapital = money(this.#startingCapital + cost);
  }

  /**
   * Takes the exchange's position over ours, as if the difference had been traded at `price` (YES) without a fee: what is
   * held goes on having a cost, so that exposure stays honest, and the net asset value does not jump. Cash follows
   * the exchange's in the next check.
   */
  overrule(ticker: string, position: Count, price: Price, at: Micros): void {
    const held = this.#positions.get(ticker)?.position ?? 0;
    const difference = position - held;
    if (difference === 0) return;
    const side: Side = difference > 0 ? "bid" : "ask";
    this.apply({ ticker, side, price, count: count(Math.abs(difference)), fee: money(0), strategy: "unknown", at });
  }

  /** What the open contracts are worth at the YES marks given; at cost where there is no mark. */
  marketValue(mark: (ticker: string) => Price | null): Money {
    let value = 0;
    for (const position of this.#positions.values()) value += positionValue(position, mark(position.ticker));
    return money(value);
  }

  /** What the open contracts cost: the most that can still be lost on them. */
  exposure(): Money {
    let cost = 0;
    for (const position of this.#positions.values()) cost += position.cost;
    return money(cost);
  }

  #open(execution: Pick<Execution, "ticker" | "strategy" | "at">): Position {
    let position = this.#positions.get(execution.ticker);
    if (position === undefined) {
      const before = this.#paidOut.get(execution.ticker);
      position = {
        ticker: execution.ticker,
        position: count(0),
        cost: money(0),
        realised: before?.pnl ?? money(0),
        fees: before?.fees ?? money(0),
        strategy: before?.strategy ?? execution.strategy,
        updatedAt: execution.at,
      };
      this.#positions.set(execution.ticker, position);
    }
    return position;
  }

  #add(ticker: string, strategy: string, contracts: number): void {
    let parts = this.#parts.get(ticker);
    if (parts === undefined) this.#parts.set(ticker, parts = new Map());
    parts.set(strategy, count((parts.get(strategy) ?? 0) + contracts));
  }

  /** A market's profit makes it won or lost, or (`by` -1) no longer. */
  #judge(pnl: Money, by: 1 | -1): void {
    if (pnl > 0) this.#wins += by;
    else if (pnl < 0) this.#losses += by;
  }
}

/** A position's worth at a YES mark, or at cost where there is none. */
export function positionValue(position: Position, mark: Price | null): Money {
  if (mark === null) return position.cost;
  const perContract = position.position > 0 ? mark : ONE_DOLLAR_PRICE - mark;
  return money(Math.abs(position.position) * perContract);
}
