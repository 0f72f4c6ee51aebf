/**
 * Which changes of recorded levels were trades: a match shows as one decrease for every order that was hit, and then one
 * trade for each, all with one stamp (KALSHI.md 4.9).
 * @module
 */

import type { Side } from "../../../core/order.ts";
import { complement, type Count, count, type Price } from "../../../core/units.ts";
import type { BookDeltaInput, TradeInput } from "../../../core/input.ts";
import type { TapeEvent } from "./recorded_moments.ts";

/** One level of the YES book, and by how much it changed. */
export interface LevelChange {
  readonly side: Side;
  readonly price: Price;
}

export const levelOf = ({ side, price }: BookDeltaInput): LevelChange =>
  side === "yes" ? { side: "bid", price } : { side: "ask", price: complement(price) };

/** The level whose orders a trade hit. */
export const levelHit = ({ takerSide, price }: TradeInput): LevelChange => ({
  side: takerSide === "bid" ? "ask" : "bid",
  price,
});

const sameLevel = (a: LevelChange, b: LevelChange): boolean => a.side === b.side && a.price === b.price;

/**
 * Of the events of one market in one moment: how much of each decrease was traded, and how much of each trade no decrease
 * shows. What is not named here is 0.
 */
export function pairTrades(events: readonly TapeEvent[]): ReadonlyMap<TapeEvent, Count> {
  const found = new Map<TapeEvent, Count>();
  const decreases = events.filter((event) => event.type === "book_delta").filter(({ delta }) => delta < 0);
  for (const trade of events) {
    if (trade.type !== "trade") continue;
    let left: number = trade.count;
    for (const decrease of decreases) {
      if (!sameLevel(levelOf(decrease), levelHit(trade))) continue;
      const traded = found.get(decrease) ?? 0;
      const paired = Math.min(left, -decrease.delta - traded);
      if (paired > 0) found.set(decrease, count(traded + paired));
      left -= paired;
    }
    if (left > 0) found.set(trade, count(left));
  }
  return found;
}
