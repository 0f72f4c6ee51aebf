/**
 * One socket connection: its subscriptions, its commands, and which frames it hears (KALSHI.md 5). It knows no network:
 * text goes out through a sink.
 * @module
 */

import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { type Command, parseCommand, SOCKET_ERRORS, type SocketErrorCode } from "./commands.ts";
import type { EventText } from "./event_text.ts";
import { snapshotMessage, tickerMessage } from "./frames.ts";
import { INDEX_IDS, isIndexId } from "./index_process.ts";
import type { ListedMarket } from "./listed_market.ts";
import { type Channel, CHANNELS, isChannel, Subscription } from "./subscription.ts";
import { millis } from "./wire.ts";

/** Where a session's frames go. */
export interface FrameSink {
  send(text: string): void;
  /** Bytes handed over and not yet taken by the network. */
  buffered(): number;
  /** Ends the connection without a closing handshake. */
  drop(): void;
}

/** What a session needs to know of who sends: a simulated exchange, or a tape. */
export interface FrameSource {
  readonly now: Micros;
  readonly markets: ReadonlyMap<string, ListedMarket>;
}

export interface SessionParts {
  readonly exchange: FrameSource;
  readonly sink: FrameSink;
  /** Asked for every delta: what a fault does with it. */
  readonly trick: () => DeltaTrick;
  /** Bytes a client may leave unread before it loses its subscription (error 25). */
  readonly bufferMax: number;
  /** Markets that one subscription may name (error 26). */
  readonly marketsMax: number;
}

/** What may become of a delta on its way out. */
export type DeltaTrick = "send" | "swallow" | "duplicate" | "hold";

const SUBSCRIPTIONS_MAX = 1_000;
/** Commands a connection may send in a second of the exchange's time (KALSHI.md 5.1). */
const COMMANDS_PER_SECOND_MAX = 10_000;

export class Session {
  readonly #parts: SessionParts;
  readonly #subscriptions = new Map<number, Subscription>();
  #lastSid = 0;
  #commandSecond = 0;
  #commands = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** Takes one text message of the client and answers it. */
  receive(text: string): void {
    const parsed = parseCommand(text);
    if (this.#tooMany()) this.#error(parsed.id, 27);
    else if ("error" in parsed) this.#error(parsed.id, parsed.error);
    else this.#perform(parsed.id, parsed.command);
  }

  #tooMany(): boolean {
    const second = Math.floor(this.#now / MICROS_PER_SECOND);
    if (second !== this.#commandSecond) {
      this.#commandSecond = second;
      this.#commands = 0;
    }
    return ++this.#commands > COMMANDS_PER_SECOND_MAX;
  }

  /** Ends every order book subscription with an error, as the faults `buffer-overflow` and `channel-error` do. */
  endBooks(code: 10 | 25): void {
    for (const subscription of [...this.#subscriptions.values()]) {
      if (subscription.channel === "orderbook_delta") this.#end(subscription, code);
    }
  }

  /** Whether a subscription to this channel is open. */
  hears(channel: Channel): boolean {
    return [...this.#subscriptions.values()].some((subscription) => subscription.channel === channel);
  }

  /** Passes an event on to the subscriptions that want it. */
  hear(event: EventText): void {
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.channel !== event.channel || !this.#wants(subscription, event)) continue;
      if (this.#parts.sink.buffered() > this.#parts.bufferMax) {
        this.#overflow(subscription);
        continue;
      }
      const trick = event.channel === "orderbook_delta" ? this.#parts.trick() : "send";
      this.#deliver(
        subscription,
        trick,
        this.#frame(subscription, event.type, event.text(subscription.yesPrice), null),
      );
    }
  }

  #deliver(subscription: Subscription, trick: DeltaTrick, frame: string): void {
    if (trick === "swallow") return;
    const { held } = subscription;
    if (trick === "hold" && held === null) {
      subscription.held = frame;
      return;
    }
    this.#send(frame);
    if (trick === "duplicate") this.#send(frame);
    if (held === null) return;
    subscription.held = null;
    this.#send(held);
  }

  #wants(subscription: Subscription, event: EventText): boolean {
    if (event.index !== null) return subscription.indices.has(event.index);
    return event.ticker === null || subscription.hears(event.ticker);
  }

  get #now(): Micros {
    return this.#parts.exchange.now;
  }

  #send(text: string): void {
    this.#parts.sink.send(text);
  }

  /** One data frame. `id` stands first where the frame answers a command. */
  #frame(subscription: Subscription, type: string, message: string, id: number | null): string {
    const seq = CHANNELS[subscription.channel].sequenced ? `,"seq":${subscription.nextSeq()}` : "";
    const answer = id === null ? "" : `"id":${id},`;
    const head = `{${answer}"type":"${type}","sid":${subscription.sid}${seq}`;
    return `${head},"msg":${message},"sending_ts_ms":${millis(this.#now)}}`;
  }

  #data(subscription: Subscription, type: string, message: string, id: number | null): void {
    this.#send(this.#frame(subscription, type, message, id));
  }

  #error(id: number, code: SocketErrorCode, subscription: Subscription | null = null): void {
    const scope = subscription === null ? {} : { sid: subscription.sid, seq: subscription.nextSeq() };
    this.#send(JSON.stringify({ id, ...scope, type: "error", msg: { code, msg: SOCKET_ERRORS[code] } }));
  }

  /** The client does not read: the subscription ends, and the client is told if it ever gets that far. */
  #overflow(subscription: Subscription): void {
    this.#end(subscription, 25);
    if (this.#parts.sink.buffered() > 2 * this.#parts.bufferMax) this.#parts.sink.drop();
  }

  #end(subscription: Subscription, code: 10 | 25): void {
    this.#subscriptions.delete(subscription.sid);
    this.#error(0, code, subscription);
  }

  #perform(id: number, command: Command): void {
    switch (command.cmd) {
      case "subscribe":
        return this.#subscribe(id, command);
      case "unsubscribe":
        return this.#unsubscribe(id, command.sids);
      case "update_subscription":
        return this.#update(id, command);
      case "list_subscriptions": {
        const list = [...this.#subscriptions.values()].map(({ channel, sid }) => ({ channel, sid }));
        return this.#send(JSON.stringify({ id, type: "ok", msg: list }));
      }
    }
  }

  #subscribe(id: number, command: Command & { readonly cmd: "subscribe" }): void {
    for (const name of command.channels) {
      if (!isChannel(name)) {
        this.#error(id, 8);
        continue;
      }
      if (CHANNELS[name].marketsRequired && (command.tickers === null || command.tickers.length === 0)) {
        this.#error(id, 14);
        continue;
      }
      this.#subscribeChannel(id, name, command);
    }
  }

  #subscribeChannel(id: number, channel: Channel, command: Command & { readonly cmd: "subscribe" }): void {
    const open = [...this.#subscriptions.values()].find((each) => each.channel === channel);
    if (open !== undefined) {
      this.#widen(id, open, command);
      return;
    }
    if (this.#subscriptions.size >= SUBSCRIPTIONS_MAX) return this.#error(id, 27);
    const tickers = CHANNELS[channel].filter === "markets" ? command.tickers : null;
    if ((tickers?.length ?? 0) > this.#parts.marketsMax) return this.#error(id, 26);
    const subscription = new Subscription(++this.#lastSid, channel, tickers);
    subscription.yesPrice = command.yesPrice;
    subscription.skipAck = command.skipAck;
    this.#subscriptions.set(subscription.sid, subscription);
    this.#send(JSON.stringify({ id, type: "subscribed", msg: { channel, sid: subscription.sid } }));
    if (CHANNELS[channel].filter === "indices") this.#addIndices(subscription, command.indexIds);
    if (channel === "orderbook_delta") this.#snapshots(subscription, tickers ?? [], null);
    if (channel === "ticker" && command.initialSnapshot) this.#tickers(subscription, tickers);
  }

  /** A second subscribe to an open channel adds to it (KALSHI.md 5.3). */
  #widen(id: number, open: Subscription, command: Command & { readonly cmd: "subscribe" }): void {
    if (CHANNELS[open.channel].filter === "indices") {
      this.#addIndices(open, command.indexIds);
      this.#acknowledge(id, open);
      return;
    }
    if (command.tickers === null) {
      open.tickers = null;
      this.#acknowledge(id, open);
      return;
    }
    this.#addMarkets(id, open, command.tickers);
  }

  #unsubscribe(id: number, sids: readonly number[]): void {
    for (const sid of sids) {
      const subscription = this.#subscriptions.get(sid);
      if (subscription === undefined) {
        this.#error(id, 7);
        continue;
      }
      this.#subscriptions.delete(sid);
      this.#send(JSON.stringify({ id, sid, seq: subscription.nextSeq(), type: "unsubscribed" }));
    }
  }

  #update(id: number, command: Command & { readonly cmd: "update_subscription" }): void {
    const subscription = this.#subscriptions.get(command.sid);
    if (subscription === undefined) return this.#error(id, 7);
    const { action, tickers, indexIds } = command;
    const indexed = CHANNELS[subscription.channel].filter === "indices";
    switch (action) {
      case "add_markets":
      case "delete_markets":
      case "get_snapshot": {
        const snapshots = action === "get_snapshot";
        const fits = snapshots
          ? subscription.channel === "orderbook_delta"
          : CHANNELS[subscription.channel].filter === "markets";
        if (!fits) return this.#error(id, 13, subscription);
        if (tickers === null || tickers.length === 0) return this.#error(id, 14, subscription);
        if (snapshots) return this.#snapshots(subscription, tickers, id);
        return action === "add_markets"
          ? this.#addMarkets(id, subscription, tickers)
          : this.#deleteMarkets(id, subscription, tickers);
      }
      case "subscribe_indices":
      case "unsubscribe_indices": {
        if (!indexed) return this.#error(id, 13, subscription);
        if (indexIds.length === 0) return this.#error(id, 24, subscription);
        if (action === "subscribe_indices") this.#addIndices(subscription, indexIds);
        else for (const index of INDEX_IDS) if (names(indexIds, index)) subscription.indices.delete(index);
        return this.#acknowledge(id, subscription);
      }
      case "indexlist": {
        if (!indexed) return this.#error(id, 13, subscription);
        const { sid } = subscription;
        const msg = { index_ids: INDEX_IDS };
        const seq = subscription.nextSeq();
        return this.#send(JSON.stringify({ type: `${subscription.channel}_indexlist`, id, sid, seq, msg }));
      }
    }
  }

  #addMarkets(id: number, subscription: Subscription, tickers: readonly string[]): void {
    const known = subscription.tickers;
    if (known === null) return this.#acknowledge(id, subscription);
    if (known.size + tickers.length > this.#parts.marketsMax) return this.#error(id, 26, subscription);
    const added = tickers.filter((ticker) => !known.has(ticker));
    for (const ticker of added) known.add(ticker);
    this.#acknowledge(id, subscription);
    if (subscription.channel === "orderbook_delta") this.#snapshots(subscription, added, null);
  }

  #deleteMarkets(id: number, subscription: Subscription, tickers: readonly string[]): void {
    for (const ticker of tickers) subscription.tickers?.delete(ticker);
    this.#acknowledge(id, subscription);
  }

  #addIndices(subscription: Subscription, ids: readonly string[]): void {
    for (const index of INDEX_IDS) if (names(ids, index)) subscription.indices.add(index);
  }

  /** `ok` with the full list that results; it takes a number of the sequence (KALSHI.md 5.5). */
  #acknowledge(id: number, subscription: Subscription): void {
    const { sid, channel, tickers, skipAck } = subscription;
    const msg = CHANNELS[channel].filter === "indices"
      ? { index_ids: [...subscription.indices] }
      : channel === "ticker" && skipAck
      ? {}
      : { market_tickers: [...tickers ?? []] };
    this.#send(JSON.stringify({ id, sid, seq: subscription.nextSeq(), type: "ok", msg }));
  }

  /** Tickers that name no market are passed over, as on the real exchange since error 16 was retired. */
  #snapshots(subscription: Subscription, tickers: readonly string[], id: number | null): void {
    for (const ticker of tickers) {
      const market = this.#parts.exchange.markets.get(ticker);
      if (market === undefined) continue;
      this.#data(subscription, "orderbook_snapshot", snapshotMessage(market, subscription.yesPrice), id);
    }
  }

  #tickers(subscription: Subscription, tickers: readonly string[] | null): void {
    for (const market of this.#parts.exchange.markets.values()) {
      if (tickers === null ? market.status !== "active" : !tickers.includes(market.ticker)) continue;
      this.#data(subscription, "ticker", tickerMessage(market, this.#now), null);
    }
  }
}

/** Whether a list of index ids names this one, by itself or with `all`. */
function names(ids: readonly string[], index: string): boolean {
  return ids.includes("all") || ids.some((id) => isIndexId(id) && id === index);
}
