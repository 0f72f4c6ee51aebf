/**
 * An event on its way to the sockets: which channel it belongs to, whom it concerns, and its text, made at most once.
 * @module
 */

import type { ExchangeEvent } from "./events.ts";
import {
  deltaMessage,
  eventCreatedMessage,
  fastIndexMessage,
  fillMessage,
  groupMessage,
  indexMessage,
  lifecycleMessage,
  orderMessage,
  positionMessage,
  tickerMessage,
  tradeMessage,
} from "./frames.ts";
import type { IndexId } from "./index_process.ts";
import type { Channel } from "./subscription.ts";

export class EventText {
  readonly channel: Channel;
  /** The frame's `type`. */
  readonly type: string;
  /** The market it is about; `null` where the channel has no such filter. */
  readonly ticker: string | null;
  readonly index: IndexId | null;
  readonly #make: (yesPrice: boolean) => string;
  readonly #texts = new Map<boolean, string>();

  private constructor(
    channel: Channel,
    type: string,
    subject: { readonly ticker?: string; readonly index?: IndexId },
    make: (yesPrice: boolean) => string,
  ) {
    this.channel = channel;
    this.type = type;
    this.ticker = subject.ticker ?? null;
    this.index = subject.index ?? null;
    this.#make = make;
  }

  /** The frame's `msg`; `yesPrice` matters to deltas alone. */
  text(yesPrice: boolean): string {
    const key = yesPrice && this.channel === "orderbook_delta";
    let text = this.#texts.get(key);
    if (text === undefined) {
      text = this.#make(key);
      this.#texts.set(key, text);
    }
    return text;
  }

  /** A frame as it was recorded. `ticker` is `null` where its channel has no filter by market. */
  static recorded(
    channel: Channel,
    type: string,
    ticker: string | null,
    make: (yesPrice: boolean) => string,
  ): EventText {
    return new EventText(channel, type, ticker === null ? {} : { ticker }, make);
  }

  static of(event: ExchangeEvent, userId: string): EventText {
    switch (event.type) {
      case "book": {
        const { ticker } = event.market;
        return new EventText("orderbook_delta", "orderbook_delta", { ticker }, (yes) => deltaMessage(event, yes));
      }
      case "trade": {
        const { ticker } = event.trade.market;
        return new EventText("trade", "trade", { ticker }, () => tradeMessage(event.trade));
      }
      case "ticker": {
        const { market, at } = event;
        return new EventText("ticker", "ticker", { ticker: market.ticker }, () => tickerMessage(market, at));
      }
      case "lifecycle": {
        const { kind, market, at } = event;
        const make = () => lifecycleMessage(kind, market, at);
        return new EventText("market_lifecycle_v2", "market_lifecycle_v2", {}, make);
      }
      case "event_created":
        return new EventText("market_lifecycle_v2", "event_lifecycle", {}, () => eventCreatedMessage(event.market));
      case "index": {
        const { tick } = event;
        const subject = { index: tick.index };
        return new EventText("cfbenchmarks_value", "cfbenchmarks_value", subject, () => indexMessage(tick));
      }
      case "fast_index": {
        const { tick } = event;
        const channel = "cfbenchmarks_value_5hz";
        return new EventText(channel, channel, { index: tick.index }, () => fastIndexMessage(tick));
      }
      case "group": {
        const { kind, group, at } = event;
        return new EventText("order_group_updates", "order_group_updates", {}, () => groupMessage(kind, group, at));
      }
      case "fill": {
        const { ticker } = event.fill.order.market;
        return new EventText("fill", "fill", { ticker }, () => fillMessage(event.fill));
      }
      case "order": {
        const { order, reason } = event;
        const { ticker } = order.market;
        return new EventText("user_orders", "user_order", { ticker }, () => orderMessage(order, reason, userId));
      }
      case "position": {
        const { position } = event;
        const { ticker } = position.market;
        const make = () => positionMessage(position, userId);
        return new EventText("market_positions", "market_position", { ticker }, make);
      }
    }
  }
}
