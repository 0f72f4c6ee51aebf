/**
 * What the simulated Polymarket answers and sends, worded as the real one does (KALSHI.md 11.9).
 * @module
 */

import { type Micros, MICROS_PER_MILLISECOND } from "../../../core/units.ts";
import { mirrored, type PeerBook, type PeerLevel, type PeerWindow } from "./polymarket_windows.ts";

const CENTS = 100;
const TICK = "0.01";

const priceText = (cents: number): string => (cents / CENTS).toFixed(2);
const sizeText = (size: number): string => (size / 100).toFixed(2);
const time = (at: Micros): string => `${Math.floor(at / MICROS_PER_MILLISECOND)}`;
/** `2026-10-06T14:00:00Z`. */
const iso = (at: Micros): string => new Date(at / MICROS_PER_MILLISECOND).toISOString().replace(".000Z", "Z");

/** One outcome's side of a window. */
export interface PeerToken {
  readonly window: PeerWindow;
  readonly token: string;
  readonly outcome: "Up" | "Down";
}

export const tokensOf = (window: PeerWindow): readonly PeerToken[] => [
  { window, token: window.up, outcome: "Up" },
  { window, token: window.down, outcome: "Down" },
];

export const bookOf = ({ outcome }: PeerToken, up: PeerBook): PeerBook => outcome === "Up" ? up : mirrored(up);

const rulesOf = ({ coin }: PeerWindow): string =>
  `SIMULATED POLYMARKET. This market will resolve to "Up" if the ${coin} price at the end of the time range specified ` +
  "in the title is greater than or equal to the price at the beginning of that range. Otherwise, it will resolve to " +
  '"Down".\nThe resolution source for this market is the last price of a simulated stream, and no average.';

/** Gamma's event with its one market. Lists are texts that hold JSON. */
export function eventBody(window: PeerWindow, now: Micros, up: boolean | null): unknown {
  const tokens = tokensOf(window);
  const closed = up !== null;
  const prices = up === null ? ["0.5", "0.5"] : up ? ["1", "0"] : ["0", "1"];
  const title = `${window.coin} Up or Down - simulated, ${iso(window.openTime)} to ${iso(window.closeTime)}`;
  const market = {
    id: window.slug.slice(window.slug.lastIndexOf("-") + 1),
    question: title,
    conditionId: window.conditionId,
    slug: window.slug,
    resolutionSource: "",
    description: rulesOf(window),
    outcomes: JSON.stringify(tokens.map(({ outcome }) => outcome)),
    outcomePrices: JSON.stringify(prices),
    clobTokenIds: JSON.stringify(tokens.map(({ token }) => token)),
    eventStartTime: iso(window.openTime),
    endDate: iso(window.closeTime),
    active: true,
    closed,
    acceptingOrders: !closed && now < window.closeTime,
    enableOrderBook: true,
    orderPriceMinTickSize: Number(TICK),
  };
  return { id: market.id, slug: window.slug, title, active: true, closed, markets: [market] };
}

/** As the CLOB has it: worst first, best last. */
export function bookBody(token: PeerToken, up: PeerBook, at: Micros): Readonly<Record<string, unknown>> {
  const { bids, asks } = bookOf(token, up);
  const rows = (levels: readonly PeerLevel[]) =>
    levels.toReversed().map(([cents, size]) => ({ price: priceText(cents), size: sizeText(size) }));
  return {
    market: token.window.conditionId,
    asset_id: token.token,
    timestamp: time(at),
    hash: "",
    bids: rows(bids),
    asks: rows(asks),
    min_order_size: "5",
    tick_size: TICK,
    neg_risk: false,
  };
}

export const bookEvent = (token: PeerToken, up: PeerBook, at: Micros): unknown => ({
  event_type: "book",
  ...bookBody(token, up, at),
});

/** Levels whose size is another than before, 0 for those that are gone. */
function changed(before: readonly PeerLevel[], after: readonly PeerLevel[]): PeerLevel[] {
  const old = new Map(before);
  const now = new Map(after);
  const gone = before.filter(([cents]) => !now.has(cents)).map(([cents]): PeerLevel => [cents, 0]);
  return [...gone, ...after.filter(([cents, size]) => old.get(cents) !== size)];
}

/** From one book to the next, for both tokens; `null` where nothing changed. */
export function changeEvent(window: PeerWindow, before: PeerBook, after: PeerBook, at: Micros): unknown {
  const changes = tokensOf(window).flatMap((token) => {
    const [old, now] = [bookOf(token, before), bookOf(token, after)];
    const row = (side: "BUY" | "SELL") => ([cents, size]: PeerLevel) => ({
      asset_id: token.token,
      price: priceText(cents),
      size: sizeText(size),
      side,
      hash: "",
      best_bid: now.bids.length === 0 ? "0" : priceText(now.bids[0][0]),
      best_ask: now.asks.length === 0 ? "1" : priceText(now.asks[0][0]),
    });
    return [
      ...changed(old.bids, now.bids).map(row("BUY")),
      ...changed(old.asks, now.asks).map(row("SELL")),
    ];
  });
  if (changes.length === 0) return null;
  return { event_type: "price_change", market: window.conditionId, price_changes: changes, timestamp: time(at) };
}

export function resolvedEvent(window: PeerWindow, up: boolean, at: Micros): unknown {
  return {
    event_type: "market_resolved",
    market: window.conditionId,
    assets_ids: [window.up, window.down],
    winning_asset_id: up ? window.up : window.down,
    winning_outcome: up ? "Up" : "Down",
    timestamp: time(at),
  };
}
