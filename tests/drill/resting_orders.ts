/**
 * Watches at the exchange itself what a client must never do: have two orders rest on one side of a market, both of which
 * could fill, because it took the first for gone.
 * @module
 */

import type { Exchange } from "../../src/venues/exchange/exchange.ts";

export class RestingOrders {
  readonly #bySide = new Map<string, Set<string>>();

  /** @param onTwo hears in words of each order that came to rest beside another one */
  constructor(exchange: Exchange, onTwo: (text: string) => void) {
    exchange.listen((event) => {
      if (event.type !== "order") return;
      const { market, side, clientOrderId, status } = event.order;
      const place = `${market.ticker} ${side}`;
      const resting = this.#bySide.get(place) ?? new Set();
      this.#bySide.set(place, resting);
      const isNew = !resting.has(clientOrderId);
      if (status === "resting") resting.add(clientOrderId);
      else resting.delete(clientOrderId);
      if (resting.size > 1 && isNew) onTwo(`Two orders rest at ${place}: ${[...resting].join(" and ")}`);
    });
  }
}
