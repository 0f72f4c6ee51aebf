/** The places of our resting orders in the queues at their prices, market by market. */

import type { OrderView } from "../../src/engine/view.ts";
import { contracts } from "./format.ts";

type Queued = Pick<OrderView, "ticker" | "side" | "queueAhead" | "phase">;

/** Contracts before the first bid and the first ask of each market: `"310 / 42"`, `"310"` where one side rests alone. */
export function placesInQueue(orders: readonly Queued[]): ReadonlyMap<string, string> {
  const first = new Map<string, { bid: string | null; ask: string | null }>();
  for (const { ticker, side, queueAhead, phase } of orders) {
    if (phase !== "resting" || queueAhead === null) continue;
    const places = first.get(ticker) ?? { bid: null, ask: null };
    const before = places[side];
    if (before === null || Number(queueAhead) < Number(before)) places[side] = queueAhead;
    first.set(ticker, places);
  }
  return new Map(
    [...first].map(([ticker, { bid, ask }]) => [
      ticker,
      [bid, ask].filter((place) => place !== null).map(contracts).join(" / "),
    ]),
  );
}
