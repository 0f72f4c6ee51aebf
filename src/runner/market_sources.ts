/**
 * One market of a run in full, as the server shows it.
 * @module
 */

import type { Level } from "../core/input.ts";
import { formatCount, formatPrice, formatTime, ONE_DOLLAR_PRICE, type Price } from "../core/units.ts";
import type { Engine } from "../engine/engine.ts";
import type { ViewBuilder } from "../engine/view_builder.ts";
import type { LevelView, MarketSources } from "../server/market_detail.ts";

export function marketSources(
  engine: Pick<Engine, "markets" | "now">,
  views: Pick<ViewBuilder, "quotes">,
): MarketSources {
  const { markets } = engine;
  return {
    at: () => formatTime(engine.now),
    depth(ticker, levels) {
      const book = markets.get(ticker)?.book;
      if (book === undefined) return null;
      return {
        phase: book.phase,
        updatedAt: book.updatedAt === 0 ? null : formatTime(book.updatedAt),
        bids: book.yes.top(levels).map(levelView),
        // Who bids for NO offers YES for the rest of the dollar.
        asks: book.no.top(levels).map(([price, size]) => levelView([(ONE_DOLLAR_PRICE - price) as Price, size])),
      };
    },
    quotes(ticker) {
      if (!markets.has(ticker)) return null;
      return views.quotes(ticker).map(({ at, bid, ask, probability }) => ({
        at: formatTime(at),
        bid: bid === null ? null : formatPrice(bid),
        ask: ask === null ? null : formatPrice(ask),
        modelProbability: probability,
      }));
    },
  };
}

const levelView = ([price, size]: Level): LevelView => ({ price: formatPrice(price), count: formatCount(size) });
