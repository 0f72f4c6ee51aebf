/**
 * What is subscribed on one connection: which sid is which channel, which markets it covers, which commands are still
 * unanswered (KALSHI.md 5.2 to 5.4). It decides what to send and sends nothing itself.
 * @module
 */

import type { FrameReply } from "./frames.ts";

export type Channel =
  | "orderbook_delta"
  | "trade"
  | "market_lifecycle_v2"
  | "cfbenchmarks_value"
  | "cfbenchmarks_value_5hz"
  | "fill"
  | "user_orders"
  | "market_positions"
  | "order_group_updates";

/** A command; `answers` counts the frames with its id that make it answered (of several snapshots the first). */
export interface Command {
  readonly id: number;
  readonly cmd: "subscribe" | "unsubscribe" | "update_subscription";
  readonly params: Readonly<Record<string, unknown>>;
  readonly answers: number;
}

/** What a reply meant for the books. */
export interface ReplyOutcome {
  /** Markets whose subscription ended. */
  readonly lost: readonly string[];
  /** What a person should know, `null` where all is as it should be. */
  readonly problem: string | null;
  /** True where it may be tried again at once, false where only a new connection will help. */
  readonly retry: boolean;
}

interface Sent {
  readonly command: Command;
  readonly channels: readonly Channel[];
  left: number;
}

const MARKET_CHANNELS: readonly Channel[] = ["orderbook_delta", "trade"];
/** Inputs come of the first two only; of the others it is counted what they tell. */
const PRIVATE_CHANNELS: readonly Channel[] = ["fill", "user_orders", "market_positions", "order_group_updates"];
/** The subscription ended and has to be made again (KALSHI.md 5.3). */
const ENDED_CODES: ReadonlySet<number> = new Set([10, 25]);
/** What the channel of five values a second has (KALSHI.md 5.9). */
const FAST_INDICES: ReadonlySet<string> = new Set([
  "BRTI",
  "ETHUSD_RTI",
  "SOLUSD_RTI",
  "XRPUSD_RTI",
  "DOGEUSD_RTI",
]);
const UNKNOWN_SID = 7;
/** Worth asking again: 1 unable to process, 17 internal error, 18 command timeout, 27 too many requests. */
const PASSING_CODES: ReadonlySet<number> = new Set([1, 17, 18, 27]);
const SENT_MAX = 1_000;

export class Subscriptions {
  /** What the channels of indices are asked for. */
  readonly #indices: ReadonlyMap<Channel, readonly string[]>;
  readonly #channels: readonly Channel[];
  #nextId = 1;
  readonly #sidOf = new Map<Channel, number>();
  readonly #channelOf = new Map<number, Channel>();
  readonly #tickers = new Map<Channel, Set<string>>();
  readonly #asked = new Set<Channel>();
  readonly #refused = new Set<Channel>();
  readonly #sent = new Map<number, Sent>();

  /**
   * @param indices to be heard once a second; @param account whether the private channels are wanted;
   * @param live whether the indices are wanted between two seconds too, where the exchange has that
   */
  constructor(indices: readonly string[], account: boolean, live: boolean) {
    const fast = live ? indices.filter((index) => FAST_INDICES.has(index)) : [];
    this.#indices = new Map<Channel, readonly string[]>(
      ([["cfbenchmarks_value", indices], ["cfbenchmarks_value_5hz", fast]] as const).filter(([, ids]) =>
        ids.length > 0
      ),
    );
    this.#channels = [
      ...(account ? PRIVATE_CHANNELS : []),
      "market_lifecycle_v2",
      ...this.#indices.keys(),
    ];
  }

  /** A new connection: nothing is subscribed and nothing asked. */
  reset(): void {
    for (const state of [this.#sidOf, this.#channelOf, this.#tickers, this.#asked, this.#refused, this.#sent]) {
      state.clear();
    }
  }

  channelOf(sid: number): Channel | null {
    return this.#channelOf.get(sid) ?? null;
  }

  /** Markets whose books are subscribed, or asked to be. */
  bookTickers(): ReadonlySet<string> {
    return this.#tickers.get("orderbook_delta") ?? new Set();
  }

  /**
   * The commands that lead from what is subscribed to these markets and the fixed channels.
   *
   * @param withIndices false while live values of the indices have to wait for those before them
   */
  reconcile(desired: ReadonlySet<string>, withIndices = true): Command[] {
    const commands: Command[] = [];
    for (const channel of this.#channels) {
      const indices = this.#indices.get(channel);
      if (!this.#wanted(channel) || (indices !== undefined && !withIndices)) continue;
      this.#asked.add(channel);
      const params = indices === undefined ? { channels: [channel] } : { channels: [channel], index_ids: indices };
      commands.push(this.#command("subscribe", params, [channel], 1));
    }
    const missing = MARKET_CHANNELS.filter((channel) => this.#wanted(channel));
    if (missing.length > 0 && desired.size > 0) {
      for (const channel of missing) {
        this.#asked.add(channel);
        this.#tickers.set(channel, new Set(desired));
      }
      // The flag is always sent, because its default is about to change (KALSHI.md 5.6).
      const params = { channels: missing, market_tickers: [...desired], use_yes_price: false };
      commands.push(this.#command("subscribe", params, missing, missing.length));
    }
    for (const channel of MARKET_CHANNELS) commands.push(...this.#adjust(channel, desired));
    return commands;
  }

  #wanted(channel: Channel): boolean {
    return !this.#sidOf.has(channel) && !this.#asked.has(channel) && !this.#refused.has(channel);
  }

  #adjust(channel: Channel, desired: ReadonlySet<string>): Command[] {
    const sid = this.#sidOf.get(channel);
    const tickers = this.#tickers.get(channel);
    if (sid === undefined || tickers === undefined) return [];
    const added = [...desired].filter((ticker) => !tickers.has(ticker));
    const removed = [...tickers].filter((ticker) => !desired.has(ticker));
    for (const ticker of added) tickers.add(ticker);
    for (const ticker of removed) tickers.delete(ticker);
    return [
      ...(added.length > 0 ? [this.#update(channel, sid, "add_markets", added)] : []),
      ...(removed.length > 0 ? [this.#update(channel, sid, "delete_markets", removed)] : []),
    ];
  }

  #update(channel: Channel, sid: number, action: string, tickers: readonly string[]): Command {
    const params = { sids: [sid], action, market_tickers: tickers };
    return this.#command("update_subscription", params, [channel], 1);
  }

  /** Asks for fresh snapshots; `null` while the books' subscription is not confirmed. */
  snapshots(tickers: readonly string[]): Command | null {
    const sid = this.#sidOf.get("orderbook_delta");
    if (sid === undefined) return null;
    return this.#update("orderbook_delta", sid, "get_snapshot", tickers);
  }

  /** Ends the books' subscription, so that `reconcile` makes it anew; `null` where there is none. */
  dropBooks(): Command | null {
    const sid = this.#sidOf.get("orderbook_delta");
    if (sid === undefined) return null;
    return this.#command("unsubscribe", { sids: [sid] }, ["orderbook_delta"], 1);
  }

  /** One frame with this id came. True where the command is answered in full now. */
  answered(id: number): boolean {
    const sent = this.#sent.get(id);
    if (sent === undefined) return false;
    sent.left--;
    return sent.left <= 0;
  }

  /** Takes a reply into account. */
  take(reply: FrameReply): ReplyOutcome {
    const sent = reply.id === null ? undefined : this.#sent.get(reply.id);
    if (sent !== undefined && reply.id !== null && sent.left <= 0) this.#sent.delete(reply.id);
    switch (reply.reply) {
      case "subscribed":
        return this.#confirmed(reply);
      case "ok":
        return FINE;
      case "unsubscribed":
        return reply.sid === null ? FINE : this.#ended(reply.sid, null);
      case "error":
        return this.#failed(reply, sent);
    }
  }

  #confirmed(reply: FrameReply): ReplyOutcome {
    const channel = [...MARKET_CHANNELS, ...this.#channels].find((known) => known === reply.channel);
    if (channel === undefined || reply.sid === null) return FINE;
    this.#asked.delete(channel);
    this.#sidOf.set(channel, reply.sid);
    this.#channelOf.set(reply.sid, channel);
    if (MARKET_CHANNELS.includes(channel) && !this.#tickers.has(channel)) this.#tickers.set(channel, new Set());
    return FINE;
  }

  #failed(reply: FrameReply, sent: Sent | undefined): ReplyOutcome {
    const code = reply.error?.code ?? 0;
    const asked = sent === undefined ? "" : ` to ${sent.command.cmd} ${sent.channels.join(", ")}`;
    const problem = `Exchange answered error ${code}${asked}: ${reply.error?.text ?? ""}`;
    if (reply.sid !== null && ENDED_CODES.has(code)) return this.#ended(reply.sid, problem);
    if (reply.id !== null) this.#sent.delete(reply.id);
    if (code === UNKNOWN_SID && sent !== undefined) return this.#unknown(sent, problem);
    const retry = PASSING_CODES.has(code);
    const lost: string[] = [];
    for (const channel of sent?.channels ?? []) {
      if (sent?.command.cmd !== "subscribe") continue;
      this.#asked.delete(channel);
      if (!retry) this.#refused.add(channel);
      if (channel === "orderbook_delta") lost.push(...this.bookTickers());
      this.#tickers.delete(channel);
    }
    return { lost, problem, retry };
  }

  /** The exchange has no such subscription any more: that it ended must have been missed. */
  #unknown({ command, channels }: Sent, problem: string): ReplyOutcome {
    const lost: string[] = [];
    for (const channel of channels) {
      const sid = this.#sidOf.get(channel);
      // The command may have been about one that was made anew since.
      const isMeant = Array.isArray(command.params.sids) && command.params.sids.includes(sid);
      if (sid !== undefined && isMeant) lost.push(...this.#ended(sid, problem).lost);
    }
    return { lost, problem, retry: true };
  }

  #ended(sid: number, problem: string | null): ReplyOutcome {
    const channel = this.#channelOf.get(sid);
    if (channel === undefined) return { lost: [], problem, retry: true };
    const lost = channel === "orderbook_delta" ? [...this.bookTickers()] : [];
    this.#channelOf.delete(sid);
    this.#sidOf.delete(channel);
    this.#tickers.delete(channel);
    return { lost, problem, retry: true };
  }

  #command(
    cmd: Command["cmd"],
    params: Command["params"],
    channels: readonly Channel[],
    answers: number,
  ): Command {
    const command = { id: this.#nextId++, cmd, params, answers };
    if (this.#sent.size >= SENT_MAX) {
      const oldest = this.#sent.keys().next();
      if (!oldest.done) this.#sent.delete(oldest.value);
    }
    this.#sent.set(command.id, { command, channels, left: answers });
    return command;
  }
}

const FINE: ReplyOutcome = { lost: [], problem: null, retry: false };
