/**
 * What a pack is shown of a market: plain data, the same that every strategy sees, with the book cut to its best levels.
 * Units are those of kbot: prices in $0.0001, counts in 0.01 contract, money in $0.000001, times in microseconds.
 * @module
 */

import type { Level } from "../core/input.ts";
import { ONE_DOLLAR_PRICE } from "../core/units.ts";
import type { IndexReading, StrategyView } from "../strategies/view.ts";

/** Levels of each side of the book that a pack is shown. */
export const LEVELS_MAX = 10;
/** Seconds back for which the move of the index is shown. */
export const MOVES: readonly number[] = [1, 5, 10, 30, 60, 300];

/** Readings that a pack gets where its declaration asks for them: most have no use for them, and they are long. */
export const MORE = ["orders", "peer", "climate", "fedFunds"] as const;
export type More = (typeof MORE)[number];

/** The question to a pack about a market, as JSON. @param parameters as JSON */
export function questionOf(view: StrategyView, parameters: string, more: readonly More[]): string {
  return `{"view":${JSON.stringify(shownOf(view, more))},"parameters":${parameters}}`;
}

function shownOf(view: StrategyView, more: readonly More[]): Record<string, unknown> {
  const { market, book, index } = view;
  const shown: Record<string, unknown> = {
    at: view.at,
    secondsToClose: view.secondsToClose,
    ticker: market.ticker,
    event: market.event,
    series: market.series,
    status: market.status,
    openTime: market.openTime,
    closeTime: market.closeTime,
    strikeType: market.strikeType,
    strike: market.floorStrike,
    cap: market.capStrike,
    synced: book.phase === "synced",
    crossed: book.isCrossed,
    bids: book.yes.top(LEVELS_MAX).map(level),
    asks: book.no.top(LEVELS_MAX).map(askLevel),
    quotedAt: view.quotedAt,
    index: index === null ? null : indexOf(index),
    spot: view.spot,
    probability: view.probability,
    position: view.position,
    ownPosition: view.ownPosition,
    unheard: view.unheard,
    restingBid: view.restingBid,
    restingBidLeft: view.restingBidLeft,
    restingAsk: view.restingAsk,
    restingAskLeft: view.restingAskLeft,
    rivalBid: view.rivalBid,
    rivalAsk: view.rivalAsk,
    lastOrderAt: view.lastOrderAt,
    others: view.event,
    nav: view.nav,
    headroom: view.headroom,
  };
  for (const name of more) shown[name] = view[name];
  return shown;
}

const level = ([price, count]: Level) => ({ price, count });
/** A bid for NO is an ask of YES at what is left of a dollar. */
const askLevel = ([price, count]: Level) => ({ price: ONE_DOLLAR_PRICE - price, count });

const indexOf = (index: IndexReading) => ({
  value: index.value,
  age: index.age,
  lag: index.lag,
  volatility: index.volatility,
  source: index.source,
  basisSd: index.basisSd,
  moves: Object.fromEntries(MOVES.map((seconds) => [seconds, index.move(seconds)])),
});
