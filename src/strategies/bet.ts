/**
 * One way to buy, as every strategy reckons it: what it costs, what it is worth, what it charges, how much of it to take,
 * and the evidence that goes with the order. Dollars per contract throughout; sizes are whole contracts.
 * @module
 */

import { DIRECT_PRECISION, modelFeeCeil, type Role } from "../core/fees.ts";
import type { Market } from "../core/market.ts";
import type { Side } from "../core/order.ts";
import type { Evidence } from "../core/record.ts";
import { complement, type Count, count, ONE_CONTRACT, ONE_DOLLAR_PRICE, type Price } from "../core/units.ts";
import type { StrategyView } from "./strategy.ts";

const SECONDS_PER_YEAR = 31_557_600;
/** Micro-dollars in a dollar. */
const MICRO = 1_000_000;

/** What decides how much of a bet to take. */
export interface Bet {
  readonly side: Side;
  /** What a contract of its side costs, without fee. */
  readonly cost: number;
  readonly fee: number;
  /** Net of all that was taken off. */
  readonly edge: number;
}

/** What a contract costs: YES at the price, NO at what is left of a dollar. */
export const costOf = (side: Side, price: Price): number =>
  (side === "bid" ? price : complement(price)) / ONE_DOLLAR_PRICE;

/** What a contract is worth where YES has this probability. */
export const worthOf = (side: Side, probability: number): number => side === "bid" ? probability : 1 - probability;

/** The fee of one contract, rounded up: a bound for each of many. */
export const feeOf = (market: Market, price: Price, role: Role): number =>
  modelFeeCeil(market.fees, price, ONE_CONTRACT, role) / MICRO;

/** The side of the market that an order buys, as it is shown. */
export const outcomeOf = (side: Side): "yes" | "no" => side === "bid" ? "yes" : "no";

/** How much of full Kelly an edge deserves: all at `target` and above, in proportion down to `least`, a tenth at least. */
export function edgeScale(edge: number, least: number, target: number): number {
  const reach = target - least;
  return reach <= 0 ? 1 : Math.min(1, Math.max(0.1, (edge - least) / reach));
}

/** What bounds a size beside Kelly and risk, contracts. */
export interface SizeBounds {
  /** Position on the bet's side. */
  readonly position: number;
  /** Displayed contracts that may be taken; infinite for an order that rests. */
  readonly depth: number;
  /** Contracts held on the bet's side that count; those of all strategies where absent. */
  readonly held?: number;
  /** Micro-dollars that may be put at stake; what risk leaves where absent. */
  readonly headroom?: number;
}

/** The most contracts by each measure alone; zero or less where it allows none. */
export interface SizeLimits {
  readonly kelly: number;
  readonly headroom: number;
  readonly depth: number;
  readonly position: number;
}

/** What of a view bounds a size. */
type Purse = Pick<StrategyView, "nav" | "position" | "headroom">;

/**
 * By Kelly, by what risk leaves, by what is displayed, by the position allowed. Kelly says what the bet is worth in all, so
 * what is held on the same side already counts against it.
 */
export function sizeLimits(view: Purse, bet: Bet, kelly: number, bounds: SizeBounds): SizeLimits {
  const { held = heldOn(bet.side, view.position), headroom = view.headroom } = bounds;
  const byKelly = view.nav * kelly / MICRO / (bet.cost + bet.fee) - held;
  // The stake of so many contracts, solved for their number.
  const byRisk = (headroom - DIRECT_PRECISION) / (MICRO * (bet.cost + bet.fee) + DIRECT_PRECISION);
  return { kelly: byKelly, headroom: byRisk, depth: bounds.depth, position: bounds.position - held };
}

/** As many whole contracts as every measure allows. */
export function contractsFor(view: StrategyView, bet: Bet, kelly: number, bounds: SizeBounds): Count {
  const { kelly: byKelly, headroom, depth, position } = sizeLimits(view, bet, kelly, bounds);
  return count(Math.max(0, Math.floor(Math.min(byKelly, headroom, depth, position))) * ONE_CONTRACT);
}

/**
 * Micro-dollars that risk reckons with for so many contracts: with the roundings of many small fills, one step a contract,
 * and one for the order.
 */
export const stakeOf = (contracts: number, { cost, fee }: Bet): number =>
  contracts <= 0 ? 0 : contracts * (MICRO * (cost + fee) + DIRECT_PRECISION) + DIRECT_PRECISION;

/** Contracts of a position that are on a side; negative where they are on the other. */
export const heldOn = (side: Side, position: Count): number => (side === "bid" ? position : -position) / ONE_CONTRACT;

/** What was believed when the order was decided on. */
export interface Belief {
  /** Price of the underlying that the probability rests on. */
  readonly spot: number | null;
  /** Of YES. */
  readonly probability: number;
  readonly kelly: number;
}

/** The evidence of an order of `size` contracts of a bet. */
export function evidenceOf(view: StrategyView, bet: Bet, size: Count, { spot, probability, kelly }: Belief): Evidence {
  const { book, market } = view;
  const mid = book.bid === null || book.ask === null ? null : (book.bid + book.ask) / 2 / ONE_DOLLAR_PRICE;
  const years = Math.max(view.secondsToClose, 1) / SECONDS_PER_YEAR;
  return {
    spot,
    strike: market.floorStrike,
    modelProbability: probability,
    marketProbability: mid,
    edge: bet.edge,
    kellyFraction: kelly,
    expectedValue: bet.edge * size / ONE_CONTRACT,
    aroc: bet.edge / (bet.cost + bet.fee) / years,
  };
}
