/**
 * What the engine saw and reckoned with when it sent an order: taken down while a replay stands at that very moment.
 * Money, prices and counts are exact decimal strings, probabilities and index values float64, times RFC 3339 in UTC.
 * @module
 */

import { modelFeeCeil, type Role } from "../../core/fees.ts";
import type { Market } from "../../core/market.ts";
import type { Side } from "../../core/order.ts";
import {
  complement,
  type Count,
  count,
  formatCount,
  formatMoney,
  formatPrice,
  formatTime,
  MICROS_PER_MILLISECOND,
  MICROS_PER_SECOND,
  type Money,
  money,
  ONE_CONTRACT,
  ONE_DOLLAR_PRICE,
  type Price,
  price,
} from "../../core/units.ts";
import type { Ladder } from "../../core/ladder.ts";
import type { Engine } from "../../engine/engine.ts";
import type { MarketState } from "../../engine/market_state.ts";
import type { Watcher } from "../../engine/watcher.ts";
import { feeAdjustedKelly } from "../../models/kelly.ts";
import type { Proposal, Stakes } from "../../risk/limits.ts";
import { costOf, feeOf, worthOf } from "../../strategies/bet.ts";
import type { Target } from "../../strategies/strategy.ts";
import { type CheckFigures, checkFigures } from "./risk_checks.ts";
import { type SizeFigures, sizeFigures } from "./sizing.ts";

export interface MarketFigures {
  readonly status: string;
  readonly strike_type: string | null;
  readonly floor_strike: number | null;
  readonly cap_strike: number | null;
  readonly close_time: string;
  readonly seconds_to_close: number;
  readonly fee_type: string;
  readonly fee_multiplier: number;
}

export interface IndexFigures {
  readonly index: string;
  /** As markets are priced on it: less the source's known difference from the official one. */
  readonly value: number;
  readonly source: string;
  /** Since it arrived or by its stamp, whichever is longer. */
  readonly age_ms: number;
  /** From the source's stamp to its arrival. */
  readonly lag_ms: number;
  /** Standard deviation of the log return per square root of a second; `null` before enough was heard. */
  readonly volatility: number | null;
  /** What was taken off its values, dollars, and how much that is known to vary; `null` where not measured. */
  readonly correction: number;
  readonly basis_sd: number | null;
  /** Change over the last 3 and 30 seconds, basis points. */
  readonly move_3s_bp: number | null;
  readonly move_30s_bp: number | null;
}

export interface LevelFigures {
  readonly price: string;
  readonly count: string;
}

export interface BookFigures {
  readonly phase: string;
  readonly bid: string | null;
  readonly bid_size: string | null;
  readonly ask: string | null;
  readonly ask_size: string | null;
  readonly spread: string | null;
  /** The market's own probability of YES: between bid and ask. */
  readonly mid: number | null;
  /** Since its best prices changed last. */
  readonly quoted_ms_ago: number;
  /** The best levels of each side, YES prices. */
  readonly bids: readonly LevelFigures[];
  readonly asks: readonly LevelFigures[];
  /** Displayed contracts that a taking order could have met at its price. */
  readonly depth: string;
}

export interface ModelFigures {
  /** Of YES, as the strategy used it; `null` where it used none. */
  readonly probability: number | null;
  /** Of YES by the closed form for the average that settles; `null` where it gave none. */
  readonly closed_form: number | null;
  /** What the closed form rests on; `null` where something was missing. */
  readonly parts: {
    readonly spot: number;
    /** Volatility with what is not known of the source's difference. */
    readonly sigma: number;
    /** From the newest index value to the close. */
    readonly seconds_left: number;
    /** Of the sixty values that are averaged, how many were known, and their mean. */
    readonly seen_count: number;
    readonly seen_mean: number | null;
  } | null;
}

export interface CostFigures {
  /** What is bought: YES at the price, NO at what is left of a dollar. */
  readonly outcome: "yes" | "no";
  readonly role: Role;
  /** Dollars per contract. */
  readonly cost: string;
  /** By the model; `null` without a probability. */
  readonly worth: number | null;
  /** The exchange's fee: for one contract rounded up as the strategy reckons, for the whole order in one fill, and at worst. */
  readonly fee_per_contract: string;
  readonly fee: string;
  readonly worst_fee: string;
  /** Taken off beside the fee, dollars per contract: slippage, latency and whatever else the strategy reckons with. */
  readonly buffers: number | null;
  /** Worth less cost, and that less fee and buffers: dollars per contract. */
  readonly gross_edge: number | null;
  readonly net_edge: number | null;
  /** Net edge of the whole order, dollars. */
  readonly expected_profit: number | null;
}

export interface KellyFigures {
  /** Of the bankroll, by the probability, the cost and the fee. */
  readonly full: number | null;
  readonly applied: number;
}

export interface DecisionFigures {
  readonly market: MarketFigures;
  readonly index: IndexFigures | null;
  readonly book: BookFigures;
  readonly model: ModelFigures;
  readonly costs: CostFigures;
  readonly kelly: KellyFigures;
  readonly size: SizeFigures;
  readonly checks: readonly CheckFigures[];
  /** Held in the market before: positive YES, negative NO; by all strategies and by this one. */
  readonly position: string;
  readonly own_position: string;
  readonly nav: string;
}

/** Levels shown of each side. */
const LEVELS_SHOWN = 5;

/** Takes down what stood when the order of this price and size was checked; of several alike the last one, which left. */
export class DecisionWatch implements Watcher {
  /** `null` until it was seen. */
  figures: DecisionFigures | null = null;
  readonly #engine: Engine;
  readonly #wanted: { readonly ticker: string; readonly side: Side; readonly price: number; readonly count: number };
  readonly #strategy: string;

  /** @param wanted the order as it was sent */
  constructor(
    engine: Engine,
    wanted: {
      readonly ticker: string;
      readonly side: Side;
      readonly price: number;
      readonly count: number;
      readonly strategy: string;
    },
  ) {
    this.#engine = engine;
    this.#wanted = wanted;
    this.#strategy = wanted.strategy;
  }

  checking(target: Target, proposal: Proposal, stakes: Stakes): void {
    const { ticker, side, price: at, count: size } = this.#wanted;
    if (proposal.ticker !== ticker || proposal.side !== side) return;
    if (proposal.price !== at || proposal.count !== size) return;
    const state = this.#engine.markets.get(ticker);
    if (state !== undefined) this.figures = figuresOf(this.#engine, state, this.#strategy, target, proposal, stakes);
  }
}

function figuresOf(
  engine: Engine,
  state: MarketState,
  strategy: string,
  target: Target,
  proposal: Proposal,
  stakes: Stakes,
): DecisionFigures {
  const { ledger } = engine.desk;
  const { ticker } = state.market;
  const costs = costFigures(state.market, target, proposal.worstFee);
  return {
    market: marketFigures(engine, state.market),
    index: indexFigures(engine, state),
    book: bookFigures(engine, state, target),
    model: modelFigures(engine, state, target),
    costs,
    kelly: {
      full: costs.worth === null ? null : feeAdjustedKelly({
        probability: costs.worth,
        price: costOf(target.side, target.price),
        fee: feeOf(state.market, target.price, costs.role),
        settlementFee: 0,
      }),
      applied: target.kelly,
    },
    size: sizeFigures(engine, state.market, strategy, target, wholeOf(state, strategy, target)),
    checks: checkFigures(engine, proposal, stakes),
    position: formatCount(ledger.position(ticker)?.position ?? count(0)),
    own_position: formatCount(ledger.partOf(ticker, strategy)),
    nav: formatMoney(stakes.nav),
  };
}

/** What the strategy wanted at the target's price in all. */
function wholeOf(
  { standings }: MarketState,
  strategy: string,
  { side, price: at, postOnly, count: size }: Target,
): Count {
  const targets = standings.find((each) => each.strategy.name === strategy)?.opinion?.targets ?? [];
  return targets.find((each) => each.side === side && each.price === at && each.postOnly === postOnly)?.count ?? size;
}

function marketFigures({ now }: Engine, market: Market): MarketFigures {
  return {
    status: market.status,
    strike_type: market.strikeType,
    floor_strike: market.floorStrike,
    cap_strike: market.capStrike,
    close_time: formatTime(market.closeTime),
    seconds_to_close: (market.closeTime - now) / MICROS_PER_SECOND,
    fee_type: market.fees.type,
    fee_multiplier: market.fees.multiplierMillionths / 1_000_000,
  };
}

function indexFigures({ indices, now }: Engine, { index }: MarketState): IndexFigures | null {
  const state = index === null ? undefined : indices.get(index);
  const reading = state?.reading(now) ?? null;
  if (state === undefined || reading === null) return null;
  return {
    index: state.name,
    value: reading.value,
    source: reading.source,
    age_ms: reading.age / MICROS_PER_MILLISECOND,
    lag_ms: reading.lag / MICROS_PER_MILLISECOND,
    volatility: reading.volatility,
    correction: state.correction,
    basis_sd: reading.basisSd,
    move_3s_bp: reading.move(3),
    move_30s_bp: reading.move(30),
  };
}

function bookFigures({ now }: Engine, { book, quotedAt }: MarketState, { depth }: Target): BookFigures {
  const { bid, ask } = book;
  const both = bid !== null && ask !== null;
  return {
    phase: book.phase,
    bid: bid === null ? null : formatPrice(bid),
    bid_size: bid === null ? null : formatCount(book.bidSize),
    ask: ask === null ? null : formatPrice(ask),
    ask_size: ask === null ? null : formatCount(book.askSize),
    spread: both ? formatPrice(price(ask - bid)) : null,
    mid: both ? (bid + ask) / 2 / ONE_DOLLAR_PRICE : null,
    quoted_ms_ago: (now - quotedAt) / MICROS_PER_MILLISECOND,
    bids: levelsOf(book.yes, (at) => at),
    asks: levelsOf(book.no, complement),
    depth: formatCount(depth),
  };
}

function levelsOf(ladder: Ladder, toYes: (at: Price) => Price): LevelFigures[] {
  const levels: LevelFigures[] = [];
  let at = ladder.best;
  while (at !== 0 && levels.length < LEVELS_SHOWN) {
    const here = price(at);
    levels.push({ price: formatPrice(toYes(here)), count: formatCount(ladder.sizeAt(here)) });
    at = ladder.below(here);
  }
  return levels;
}

function modelFigures({ indices }: Engine, { index, market, probability }: MarketState, target: Target): ModelFigures {
  const state = index === null ? undefined : indices.get(index);
  const parts = state?.averageParts(Math.floor(market.closeTime / MICROS_PER_SECOND)) ?? null;
  return {
    probability: target.evidence.modelProbability,
    closed_form: Number.isNaN(probability) ? null : probability,
    parts: parts === null ? null : {
      spot: parts.value,
      sigma: parts.sigma,
      seconds_left: parts.secondsLeft,
      seen_count: parts.seen.count,
      seen_mean: parts.seen.count === 0 ? null : parts.seen.sum / parts.seen.count,
    },
  };
}

/** Exact steps of the fee's rounding: a micro-dollar. */
const MICRO_DOLLAR = money(1);

function costFigures(market: Market, target: Target, worstFee: Money): CostFigures {
  const { side, price: at, count: size, evidence } = target;
  const role = target.postOnly ? "maker" : "taker";
  const cost = costOf(side, at);
  const fee = feeOf(market, at, role);
  const { modelProbability: probability, edge } = evidence;
  const worth = probability === null ? null : worthOf(side, probability);
  const gross = worth === null ? null : worth - cost;
  return {
    outcome: side === "bid" ? "yes" : "no",
    role,
    cost: formatPrice(side === "bid" ? at : complement(at)),
    worth,
    fee_per_contract: formatMoney(modelFeeCeil(market.fees, at, ONE_CONTRACT, role)),
    fee: formatMoney(modelFeeCeil(market.fees, at, size, role, MICRO_DOLLAR)),
    worst_fee: formatMoney(worstFee),
    buffers: gross === null || edge === null ? null : gross - fee - edge,
    gross_edge: gross,
    net_edge: edge,
    expected_profit: evidence.expectedValue,
  };
}
