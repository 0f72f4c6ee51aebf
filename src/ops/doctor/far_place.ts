/**
 * Where an order can rest without any chance to trade: the lowest price of a market whose prices are far above it, or
 * the highest of one whose are far below (which is the lowest price of NO).
 * @module
 */

import type { Market } from "../../core/market.ts";
import type { Side } from "../../core/order.ts";
import { PriceGrid } from "../../core/price_grid.ts";
import { complement, MICROS_PER_SECOND, ONE_DOLLAR_PRICE, type Price } from "../../core/units.ts";
import { describeFailure } from "../../venues/kalshi/failure.ts";
import type { DoctorContext } from "./context.ts";
import { openMarketsOf } from "./markets.ts";
import { patiently } from "./patiently.ts";
import { lookedAt } from "./series.ts";

export interface FarPlace {
  readonly market: Market;
  readonly side: Side;
  readonly price: Price;
}

type Found = { readonly ok: true; readonly value: FarPlace } | { readonly ok: false; readonly reason: string };

/** Ten cents. */
const FAR = ONE_DOLLAR_PRICE / 10;
/** What creating, seeing and cancelling may take, generously. */
const OPEN_FOR = 15 * MICROS_PER_SECOND;
const MARKETS_MAX = 6;
const TRIES = 10;
const PAUSE_MS = 2_000;

/** Looks at open markets, for up to twenty seconds where the windows are just changing. */
export async function findFarPlace(context: DoctorContext): Promise<Found> {
  let reason = "No market is open long enough";
  for (let n = 0; n < TRIES; n++) {
    if (n > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const markets = n === 0 ? context.found("openMarkets") : await openMarkets(context);
    const until = context.found("venue").chosen.clock.now() + OPEN_FOR;
    const candidates = markets.filter((market) => market.closeTime > until && market.status === "active");
    for (const market of candidates.slice(0, MARKETS_MAX)) {
      const found = await farPlaceOf(context, market);
      if (found.ok) return found;
      reason = found.reason;
    }
  }
  return { ok: false, reason };
}

async function openMarkets(context: DoctorContext): Promise<readonly Market[]> {
  const open: Market[] = [];
  for (const series of lookedAt(context)) {
    const listed = await openMarketsOf(context, series);
    if (listed.ok) open.push(...listed.markets);
  }
  return open.sort((a, b) => b.closeTime - a.closeTime);
}

async function farPlaceOf(context: DoctorContext, market: Market): Promise<Found> {
  const grid = PriceGrid.from(market.priceRanges);
  if (!(grid instanceof PriceGrid)) return { ok: false, reason: `${market.ticker}: ${grid.error}` };
  const book = await patiently(() => context.found("rest").orderbook(market.ticker));
  if (!book.ok) return { ok: false, reason: `${market.ticker}: ${describeFailure(book.failure)}` };
  const best = (levels: readonly (readonly [Price, number])[]): Price | null =>
    levels.reduce<Price | null>((top, [at]) => top === null || at > top ? at : top, null);
  const bid = best(book.value.yes);
  const no = best(book.value.no);
  const ask = no === null ? null : complement(no);
  if (ask === null || ask - grid.lowest >= FAR) {
    return { ok: true, value: { market, side: "bid", price: grid.lowest } };
  }
  if (bid === null || grid.highest - bid >= FAR) {
    return { ok: true, value: { market, side: "ask", price: grid.highest } };
  }
  return { ok: false, reason: `${market.ticker}: every price is near the market` };
}
