/**
 * Watches at the exchange itself what a client must never do: have more rest on one side of a market than it reckons with,
 * because it took an order for gone, or for smaller than it is.
 * @module
 */

import type { Side } from "../../src/core/order.ts";
import { type Count, count, formatCount } from "../../src/core/units.ts";
import type { Exchange } from "../../src/venues/exchange/exchange.ts";
import type { MemberOrder } from "../../src/venues/exchange/order.ts";

export class RestingOrders {
  readonly #bySide = new Map<string, Set<MemberOrder>>();

  /**
   * @param reckoned what the client thinks may fill on a side, at worst
   * @param onMore hears in words of each order by which more came to rest
   */
  constructor(exchange: Exchange, reckoned: (ticker: string, side: Side) => Count, onMore: (text: string) => void) {
    exchange.listen((event) => {
      if (event.type !== "order") return;
      const { market: { ticker }, side, clientOrderId, status } = event.order;
      const place = `${ticker} ${side}`;
      const resting = this.#bySide.get(place) ?? new Set();
      this.#bySide.set(place, resting);
      if (status !== "resting") resting.delete(event.order);
      else resting.add(event.order);
      let rests = 0;
      for (const { remaining } of resting) rests += remaining;
      const most = reckoned(ticker, side);
      if (rests <= most) return;
      const both = `${formatCount(count(rests))} contracts rest and ${formatCount(most)} are reckoned with`;
      onMore(`${both} at ${place}, by ${clientOrderId}`);
    });
  }
}
