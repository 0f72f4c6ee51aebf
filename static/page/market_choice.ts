/**
 * Which markets the table shows, and in which order.
 * @module
 */

import type { LiveMarket } from "../../src/server/live_message.ts";
import { isNumber } from "./format.ts";

export type MarketFilter = "all" | "tradable" | "held" | "edge" | "trouble";
export type MarketOrder = "closes" | "ticker" | "strike" | "bid" | "ask" | "spread" | "model" | "edge";

export interface MarketChoice {
  /** A part of the ticker or of the reason, of letters of either size. */
  readonly search: string;
  readonly filter: MarketFilter;
  readonly order: MarketOrder;
  readonly descending: boolean;
}

export const FILTERS: Readonly<Record<MarketFilter, string>> = {
  all: "All open",
  tradable: "May trade",
  held: "Held or ordered",
  edge: "With an edge",
  trouble: "Book not in order",
};

export const ORDERS: Readonly<Record<MarketOrder, string>> = {
  closes: "Closes first",
  ticker: "Name",
  strike: "Strike",
  bid: "Bid",
  ask: "Ask",
  spread: "Spread",
  model: "Model",
  edge: "Edge",
};

type Entry = readonly [ticker: string, market: LiveMarket];
type Key = string | number | null;

const number = (text: string | null): number | null => {
  const value = text === null ? NaN : Number(text);
  return Number.isFinite(value) ? value : null;
};

const KEYS: Readonly<Record<MarketOrder, (market: LiveMarket) => Key>> = {
  closes: ({ closeTime }) => closeTime,
  ticker: ({ ticker }) => ticker,
  strike: ({ strike }) => isNumber(strike) ? strike : null,
  bid: ({ bid }) => number(bid),
  ask: ({ ask }) => number(ask),
  spread: ({ spread }) => number(spread),
  model: ({ modelProbability }) => isNumber(modelProbability) ? modelProbability : null,
  edge: ({ edge }) => isNumber(edge) ? edge : null,
};

/** Of those that are alike, the ones that somebody quotes on both sides come first: that changes seldom. */
const oneSided = ({ bid, ask }: LiveMarket): number => bid === null || ask === null ? 1 : 0;

/** @param held tickers with a position or an order */
export function chooseMarkets(entries: readonly Entry[], choice: MarketChoice, held: ReadonlySet<string>): Entry[] {
  const search = choice.search.trim().toLowerCase();
  const fits = ({ ticker, whyNot, bookPhase, edge }: LiveMarket): boolean => {
    if (search !== "" && !ticker.toLowerCase().includes(search) && !whyNot?.toLowerCase().includes(search)) {
      return false;
    }
    switch (choice.filter) {
      case "all":
        return true;
      case "tradable":
        return whyNot === null;
      case "held":
        return held.has(ticker);
      case "edge":
        return isNumber(edge) && edge > 0;
      case "trouble":
        return bookPhase !== "synced";
    }
  };
  const key = KEYS[choice.order];
  const direction = choice.descending ? -1 : 1;
  return entries.filter(([, market]) => fits(market)).sort(([, a], [, b]) =>
    compare(key(a), key(b), direction) || compare(a.closeTime, b.closeTime, 1) ||
    compare(oneSided(a), oneSided(b), 1) || compare(a.ticker, b.ticker, 1)
  );
}

/** What has no value comes last, whichever way the rest goes. */
function compare(a: Key, b: Key, direction: number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return a < b ? -direction : a > b ? direction : 0;
}
