/**
 * Makes what the engine shows of a market: its book, what the model says, and what every strategy makes of it.
 * @module
 */

import { assetOf } from "../core/index_parameters.ts";
import { formatCount, formatPrice, formatTime, MICROS_PER_SECOND, type Price } from "../core/units.ts";
import { probabilityError, volatilityError } from "../models/probability_error.ts";
import type { Desk } from "./desk.ts";
import type { Engine } from "./engine.ts";
import { volatilityChoiceView } from "./index_shown.ts";
import { keptBackBy } from "./keeping_still.ts";
import type { MarketState, Standing } from "./market_state.ts";
import type { SettlementProgress } from "./settlement_tracker.ts";
import type { MarketSettlementView, MarketView, StanceView } from "./view.ts";

function settlementProgressView(progress: SettlementProgress | null): MarketSettlementView | null {
  if (progress === null) return null;
  const { a, b, missing, estimated, venue, number, expected } = progress;
  return {
    a,
    b,
    missing,
    estimated,
    venue: venue === null ? null : { mean: venue.value, count: venue.count, difference: venue.difference },
    number,
    expected: expected?.result ?? null,
    expectedBy: expected?.by ?? null,
  };
}

const orNull = (at: Price | null): string | null => at === null ? null : formatPrice(at);

/** Of the exponentially weighted volatility: what another forecaster errs by is not known. */
function modelErrorOf(engine: Engine, { index, market, probability }: MarketState): number | null {
  if (index === null || Number.isNaN(probability)) return null;
  if (volatilityChoiceView(engine, assetOf(index))?.used === true) return null;
  const parts = engine.indices.get(index)?.averageParts(Math.floor(market.closeTime / MICROS_PER_SECOND)) ?? null;
  if (parts === null) return null;
  const { value: spot, sigma, secondsLeft: secondsToClose, seen } = parts;
  const state = { spot, sigma, secondsToClose, seenSum: seen.sum, seenCount: seen.count };
  return probabilityError(state, market, volatilityError(engine.options.index.volatilityHalfLife));
}

export function marketView(engine: Engine, state: MarketState): MarketView {
  const { now: at, desk, settlements } = engine;
  const { market, book } = state;
  const opinion = foremost(state.standings)?.opinion ?? null;
  const { bid, ask } = book;
  const spread = bid === null || ask === null ? null : formatPrice((ask - bid) as Price);
  return {
    ticker: market.ticker,
    status: market.status,
    bookPhase: book.phase,
    bid: orNull(bid),
    bidSize: bid === null ? null : formatCount(book.bidSize),
    ask: orNull(ask),
    askSize: ask === null ? null : formatCount(book.askSize),
    spread,
    strike: market.floorStrike ?? market.capStrike,
    strikeTo: market.floorStrike === null ? null : market.capStrike,
    strikeType: market.strikeType,
    index: state.index,
    modelProbability: Number.isNaN(state.probability) ? null : state.probability,
    modelError: modelErrorOf(engine, state),
    edge: opinion?.edge ?? null,
    edgeSide: opinion?.edgeSide ?? null,
    openTime: formatTime(market.openTime),
    closeTime: formatTime(market.closeTime),
    secondsToClose: Math.max(0, (market.closeTime - at) / MICROS_PER_SECOND),
    settlement: settlementProgressView(settlements.progress(state)),
    whyNot: whyNot(state, desk.penniless),
    stances: state.standings.map((standing) => stanceView(desk, state, standing)),
  };
}

function stanceView(desk: Desk, state: MarketState, standing: Standing): StanceView {
  const { strategy, opinion } = standing;
  const reason = keptBackBy(desk, state, standing);
  return {
    strategy: strategy.name,
    edge: opinion?.edge ?? null,
    edgeSide: opinion?.edgeSide ?? null,
    confidence: opinion?.confidence ?? null,
    targets: (opinion?.targets ?? []).map(({ side, price, count, signal, timeInForce }) => ({
      side,
      price: formatPrice(price),
      count: formatCount(count),
      signal,
      rests: timeInForce === "good_till_canceled",
    })),
    code: reason?.code ?? null,
    whyNot: reason?.text ?? null,
  };
}

function whyNot(state: MarketState, penniless: boolean): string | null {
  if (state.settledAt !== null) return `Settled ${state.result}`;
  if (state.closed) {
    return state.result === ""
      ? "Closed, waiting for the result"
      : `Determined ${state.result}, waiting for settlement`;
  }
  const best = foremost(state.standings);
  if (best === null) return "No strategy trades this series";
  if (state.grid === null) return "Its prices follow no grid that is known here";
  if (state.obstacle !== null) return state.obstacle;
  const reason = best.obstacle ?? best.opinion?.refusal?.text ?? null;
  if (reason !== null && penniless) return `No cash on shard ${state.market.shard}: transfer some there`;
  return reason === null || state.standings.length === 1 ? reason : `${best.strategy.name}: ${reason}`;
}

/** Of a market's strategies the one to show: one that may send what it wants, else the one that sees the largest edge. */
function foremost(standings: readonly Standing[]): Standing | null {
  const acts = ({ obstacle, opinion }: Standing): boolean => obstacle === null && opinion?.refusal === null;
  const edge = ({ opinion }: Standing): number => opinion?.edge ?? -Infinity;
  let best: Standing | null = null;
  for (const each of standings) {
    const ahead = best === null || (acts(each) === acts(best) ? edge(each) > edge(best) : acts(each));
    if (ahead) best = each;
  }
  return best;
}
