/**
 * The book as a ladder: prices from high to low, what is offered on the right and bid on the left, and our own orders in it.
 * @module
 */

import type { OrderView } from "../../src/engine/view.ts";
import type { LiveMarket } from "../../src/server/live_message.ts";
import type { DepthView } from "../../src/server/market_detail.ts";

/** This run's own orders at one price, of one side. */
export interface OwnOrders {
  /** Contracts that are not filled yet, in hundredths. */
  readonly left: number;
  /** Contracts of others before the first of them, in hundredths; `null` where nobody has counted. */
  readonly ahead: number | null;
}

export interface LadderRow {
  /** A YES price in dollars. */
  readonly price: string;
  /** Contracts of everybody there; `null` where nobody is, or where the page does not know. */
  readonly bid: string | null;
  readonly ask: string | null;
  /** Of the largest size that is shown, 0 to 1. */
  readonly share: number;
  readonly ownBid: OwnOrders | null;
  readonly ownAsk: OwnOrders | null;
}

export type LadderMarket = Pick<LiveMarket, "ticker" | "bid" | "bidSize" | "ask" | "askSize">;

/** Orders that can still be in the book. */
const ENDED: ReadonlySet<string> = new Set(["filled", "cancelled", "rejected"]);

/**
 * Every price that somebody is at, as far as the book was asked for, and every price where an order of ours rests.
 *
 * @param depth the whole book; the best of each side where it is not known
 */
export function ladder(
  market: LadderMarket,
  depth: Pick<DepthView, "bids" | "asks"> | null,
  orders: readonly OrderView[],
): readonly LadderRow[] {
  const rows = new Map<number, LadderRow>();
  const at = (price: string): LadderRow =>
    rows.get(Number(price)) ?? { price, bid: null, ask: null, share: 0, ownBid: null, ownAsk: null };
  const put = (row: LadderRow): void => {
    if (Number.isFinite(Number(row.price))) rows.set(Number(row.price), row);
  };
  for (const { price, count } of depth?.asks ?? best(market.ask, market.askSize)) put({ ...at(price), ask: count });
  for (const { price, count } of depth?.bids ?? best(market.bid, market.bidSize)) put({ ...at(price), bid: count });
  for (const { ticker, side, price, count, filled, phase, queueAhead } of orders) {
    const left = Math.round((Number(count) - Number(filled)) * 100);
    if (ticker !== market.ticker || ENDED.has(phase) || !(left > 0)) continue;
    const row = at(price);
    const own = (before: OwnOrders | null): OwnOrders => joined(before, left, queueAhead);
    put(side === "bid" ? { ...row, ownBid: own(row.ownBid) } : { ...row, ownAsk: own(row.ownAsk) });
  }
  return withShares([...rows.entries()].sort(([a], [b]) => b - a).map(([, row]) => row));
}

const best = (price: string | null, count: string | null) => price === null || count === null ? [] : [{ price, count }];

/** One more order at the same price: the first of them is what counts. */
function joined(before: OwnOrders | null, left: number, queueAhead: string | null): OwnOrders {
  const counted = queueAhead === null ? NaN : Math.round(Number(queueAhead) * 100);
  const ahead = Number.isFinite(counted) ? counted : null;
  if (before === null) return { left, ahead };
  const first = before.ahead === null || ahead === null ? before.ahead ?? ahead : Math.min(before.ahead, ahead);
  return { left: before.left + left, ahead: first };
}

function withShares(rows: readonly LadderRow[]): readonly LadderRow[] {
  const sizes = rows.map(({ bid, ask }) => Math.max(Number(bid ?? 0), Number(ask ?? 0)));
  const most = Math.max(0, ...sizes.filter(Number.isFinite));
  return rows.map((row, k) => ({ ...row, share: most > 0 && Number.isFinite(sizes[k]) ? sizes[k] / most : 0 }));
}
