/**
 * What each execution came to, exactly: whatever was done with the position afterwards, an execution's profit is its signed
 * contracts x (payout - price) less its fee, and those of a market add up to the ledger's profit of that market.
 *
 * | part | of an execution | who is answerable |
 * | --- | --- | --- |
 * | model | signed contracts x (payout - mid when it was decided) | who chose side and moment |
 * | execution | signed contracts x (that mid - price) | how the order was worked; above zero where it earned the spread |
 * | fees | what was paid | the exchange |
 * | total | model + execution - fees | |
 *
 * Where no mid was known the price stands for it, so that all is the model's.
 * @module
 */

import type { Evidence, TradeRecord } from "../../core/record.ts";
import { seriesOf } from "../../core/ticker.ts";
import { type Micros, type Money, money, ONE_DOLLAR, ONE_DOLLAR_PRICE } from "../../core/units.ts";

/** One execution, or several alike taken together, as it is counted. Signed contracts are positive where YES was bought. */
export interface Executed {
  readonly at: Micros;
  readonly ticker: string;
  readonly series: string;
  readonly strategy: string;
  readonly signal: string;
  /** Hundredths of a contract. */
  signed: number;
  /** The same without signs. */
  contracts: number;
  /** Signed contracts at their prices, micro-dollars. */
  cost: number;
  /** Signed contracts at the mid when they were decided, micro-dollars. */
  atMid: number;
  /** Dollars that changed hands: a sale of YES is a purchase of NO. */
  turnover: number;
  fee: number;
  fills: number;
  /** Expected, dollars a contract after fees; `null` where nobody said. */
  readonly edge: number | null;
  /** `null` once several were taken together. */
  record: TradeRecord | null;
}

/** What it came to, micro-dollars. */
export interface Outcome {
  readonly executed: Executed;
  readonly model: number;
  readonly execution: number;
  readonly fee: number;
  readonly total: number;
}

/** Micro-dollars in a unit of price, for one contract; hundredths in a contract. */
const MONEY_PER_PRICE = 100;
const HUNDREDTHS = 100;

/** The mid in micro-dollars; `null` where none was known. */
export function midOf({ marketProbability }: Evidence): number | null {
  return marketProbability === null ? null : Math.round(marketProbability * ONE_DOLLAR);
}

export function executedOf(record: TradeRecord): Executed {
  const { at, ticker, strategy, signal, side, price, count, fee, evidence } = record;
  const signed = side === "bid" ? count : -count;
  const cost = signed * price;
  const mid = midOf(evidence);
  return {
    at,
    ticker,
    series: seriesOf(ticker),
    strategy,
    signal,
    signed,
    contracts: count,
    cost,
    atMid: mid === null ? cost : Math.round(signed * mid / HUNDREDTHS),
    turnover: count * (side === "bid" ? price : ONE_DOLLAR_PRICE - price),
    fee,
    fills: 1,
    edge: evidence.edge,
    record,
  };
}

/** Takes one more into those that are counted together. */
export function absorb(into: Executed, more: Executed): void {
  into.signed += more.signed;
  into.contracts += more.contracts;
  into.cost += more.cost;
  into.atMid += more.atMid;
  into.turnover += more.turnover;
  into.fee += more.fee;
  into.fills += more.fills;
  into.record = null;
}

/**
 * What a position is worth at a payout of YES, as the ledger pays it: a position of NO is rounded as NO contracts are, and
 * what those would bring at 1 is taken off again, because here they are sold YES contracts.
 */
function worth(position: number, yesValue: Money): number {
  if (position >= 0) return Math.round(position * yesValue / HUNDREDTHS);
  const held = -position;
  return Math.round(held * (ONE_DOLLAR - yesValue) / HUNDREDTHS) - held * ONE_DOLLAR_PRICE;
}

/**
 * What each of a market's executions came to, in their order. What rounding leaves over of a payout in odd fractions falls
 * to the execution with which the position passes it.
 *
 * @param yesValue what one YES contract paid, or its mark while that is not known
 * @param before position that was held before the first of them
 */
export function outcomesOf(executions: readonly Executed[], yesValue: Money, before = 0): Outcome[] {
  let position = before;
  return executions.map((executed) => {
    const valueBefore = worth(position, yesValue);
    position += executed.signed;
    const value = worth(position, yesValue) - valueBefore;
    const { cost, atMid, fee } = executed;
    return { executed, model: value - atMid, execution: atMid - cost, fee, total: value - cost - fee };
  });
}

/** A price as money: what it would pay. */
export const valueOfPrice = (price: number): Money => money(price * MONEY_PER_PRICE);

/** What one YES contract must be worth for a position to be worth this much. */
export function costOf(position: number, cost: number): Money {
  if (position === 0) return money(0);
  const each = Math.round(cost * 100 / Math.abs(position));
  return money(position > 0 ? each : ONE_DOLLAR - each);
}
