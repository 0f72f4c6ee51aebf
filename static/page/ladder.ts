/**
 * The book as a ladder: prices from high to low, what is offered on the right and bid on the left, and our own orders in it.
 * @module
 */

import type { OrderView } from "../../src/engine/view.ts";
import type { LiveMarket } from "../../src/server/live_message.ts";

export interface LadderRow {
  /** A YES price in dollars. */
  readonly price: string;
  /** Contracts of everybody there; `null` where nobody is, or where the page does not know. */
  readonly bid: string | null;
  readonly ask: string | null;
  /** Contracts of our own orders there that are not filled yet, in hundredths. */
  readonly ownBid: number;
  readonly ownAsk: number;
}

export type LadderMarket = Pick<LiveMarket, "ticker" | "bid" | "bidSize" | "ask" | "askSize">;

/** Orders that can still be in the book. */
const ENDED: ReadonlySet<string> = new Set(["filled", "cancelled", "rejected"]);

/** The best price of each side, and every price where an order of ours rests. */
export function ladder(market: LadderMarket, orders: readonly OrderView[]): readonly LadderRow[] {
  const rows = new Map<number, LadderRow>();
  const at = (price: string): LadderRow =>
    rows.get(Number(price)) ?? { price, bid: null, ask: null, ownBid: 0, ownAsk: 0 };
  const put = (row: LadderRow): void => {
    if (Number.isFinite(Number(row.price))) rows.set(Number(row.price), row);
  };
  if (market.ask !== null) put({ ...at(market.ask), ask: market.askSize });
  if (market.bid !== null) put({ ...at(market.bid), bid: market.bidSize });
  for (const { ticker, side, price, count, filled, phase } of orders) {
    const left = Math.round((Number(count) - Number(filled)) * 100);
    if (ticker !== market.ticker || ENDED.has(phase) || !(left > 0)) continue;
    const row = at(price);
    put(side === "bid" ? { ...row, ownBid: row.ownBid + left } : { ...row, ownAsk: row.ownAsk + left });
  }
  return [...rows.entries()].sort(([a], [b]) => b - a).map(([, row]) => row);
}
