/**
 * Quotes of the Polymarket markets that mirror Kalshi markets (D11), as quotes of the Kalshi market's YES.
 *
 * For each Kalshi market that trades and that the pair map knows, it asks Gamma for the mirror and Kalshi for the rules,
 * compares both sides' rules with those that somebody reviewed, and follows the token's book on the market socket. While
 * the socket is down, and for a book that missed something, `/book` is asked instead.
 *
 * | found | what becomes of it |
 * | --- | --- |
 * | a pair that nobody reviewed | is not used; said once |
 * | rules that are not those reviewed | the pair is refused for the rest of the run, its quotes are withdrawn; counted, said once, shown as trouble |
 * | the mirror does not exist yet | is looked for again until the market closes |
 * | the mirror's window is another one | the market is refused |
 * | the socket breaks, a message is lost or refused | the quote is withdrawn at once, until the book begins anew |
 * @module
 */

import { type Micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../../core/units.ts";
import { Connection } from "../connection.ts";
import type { Feed, FeedContext, FeedStatus } from "../feed.ts";
import { Poll } from "../poll.ts";
import { Refusals } from "../refusals.ts";
import { Rest, type RestFailure } from "../rest.ts";
import { type MarketEvent, readBook, readMessage } from "./market_messages.ts";
import { type Due, Pairing, type PairingOptions, type Sight } from "./pairing.ts";
import { Peer } from "./peer.ts";

export interface PolymarketHosts {
  readonly gamma: string;
  readonly clob: string;
  /** Without the path. */
  readonly ws: string;
}

/** Public, without a key. */
export const POLYMARKET_HOSTS: PolymarketHosts = {
  gamma: "https://gamma-api.polymarket.com",
  clob: "https://clob.polymarket.com",
  ws: "wss://ws-subscriptions-clob.polymarket.com",
};

export type PolymarketFeedOptions = PolymarketHosts & PairingOptions;

const NAME = "polymarket";
const SOCKET_PATH = "/ws/market";
const PING = { everySeconds: 10, text: "PING" } as const;
const PONG = "PONG";
/** A ping without an answer: quotes of these markets are soon worth nothing. */
const SILENCE_SECONDS = 15;
const ROUND_EVERY = 5 * MICROS_PER_SECOND;
/** A socket takes 500 tokens; a 15-minute series has one market open at a time. */
const PEERS_MAX = 200;
/** A round stays short where a hundred markets open at once: the others have their turn in the next. */
const LOOKS_PER_ROUND = 5;
const BOOKS_PER_ROUND = 20;
/** The embedded exchange answers within milliseconds. */
const ANSWER_WALL_MS = 1_000;

export class PolymarketFeed implements Feed {
  readonly name = NAME;
  readonly #context: FeedContext;
  readonly #options: PolymarketFeedOptions;
  readonly #refusals: Refusals;
  readonly #rest: Rest;
  readonly #poll: Poll;
  readonly #connection: Connection;
  readonly #peers = new Map<string, Peer>();
  readonly #byToken = new Map<string, Peer>();
  readonly #pairing: Pairing;
  /** Tokens whose book was asked for on the socket and has not come: in lockstep, time waits for it. */
  readonly #awaited = new Set<string>();
  #connecting = false;
  #messages = 0;
  #heardAt: Micros | null = null;
  #latency: number | null = null;

  constructor(context: FeedContext, options: PolymarketFeedOptions) {
    this.#context = context;
    this.#options = options;
    this.#refusals = new Refusals(NAME, context.log);
    this.#rest = new Rest({ name: NAME, context });
    this.#pairing = new Pairing(context, options, this.#rest, this.#refusals);
    this.#poll = new Poll({
      context,
      refusals: this.#refusals,
      every: ROUND_EVERY,
      round: () => this.#round(),
      onChange: (trouble) => this.#pollChanged(trouble),
    });
    this.#connection = new Connection({
      name: NAME,
      context,
      url: () => options.ws + SOCKET_PATH,
      subscriptions: () => this.#subscriptions(),
      ping: PING,
      silenceSeconds: SILENCE_SECONDS,
      onOpen: () => this.#doubtAll(),
      onText: (text, at) => this.#received(text, at),
      onDown: (wasOpen, detail, isNews) => this.#down(wasOpen, detail, isNews),
    });
  }

  start(): void {
    this.#pairing.start();
    this.#poll.start();
  }

  async stop(): Promise<void> {
    this.#poll.stop();
    this.#rest.stop();
    await this.#poll.idle();
    await this.#connection.stop();
  }

  status(): FeedStatus {
    const { up } = this.#connection;
    const troubles = [this.#connection.trouble, this.#poll.trouble, ...this.#pairing.troubles];
    const trouble = troubles.filter((each) => each !== null).join("; ");
    return {
      name: NAME,
      kind: "peer",
      by: up ? "socket" : this.#rest.bodies > 0 && this.#poll.trouble === null ? "rest" : "none",
      messages: this.#messages + this.#rest.bodies,
      refused: this.#refusals.byReason(),
      reconnects: this.#connection.reconnects,
      ageMs: this.#heardAt === null ? null : (this.#context.clock.now() - this.#heardAt) / MICROS_PER_MILLISECOND,
      latencyMs: this.#latency === null ? null : this.#latency / MICROS_PER_MILLISECOND,
      trouble: trouble === "" ? null : trouble,
    };
  }

  framesReceived(): number {
    return this.#connection.framesReceived;
  }

  async idle(): Promise<void> {
    await this.#poll.idle();
    await this.#connection.idle();
    const started = performance.now();
    while (this.#context.lockstep && this.#awaited.size > 0) {
      // A socket that is silent never answers.
      if (performance.now() - started > ANSWER_WALL_MS) this.#awaited.clear();
      else await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  // --- which markets have a peer ------------------------------------------------------------------------------------

  async #round(): Promise<RestFailure | null> {
    const now = this.#context.clock.now();
    for (const peer of [...this.#peers.values()]) if (peer.market.closeTime <= now) this.#forget(peer);
    for (const due of this.#pairing.due().slice(0, LOOKS_PER_ROUND)) {
      const sight = await this.#pairing.look(due);
      if (sight.kind === "unanswered") return sight.failure;
      this.#seen(due, sight);
    }
    return await this.#askBooks();
  }

  #seen({ market, pair }: Due, sight: Sight): void {
    if (sight.kind === "rules_changed") {
      for (const peer of [...this.#peers.values()]) if (peer.pair.name === pair.name) this.#forget(peer);
    }
    const isKnown = this.#peers.has(market.ticker);
    if (sight.kind !== "mirror" || isKnown || this.#byToken.has(sight.token) || this.#peers.size >= PEERS_MAX) return;
    this.#follow(new Peer(pair, market, sight.token, this.#context.clock.now()));
  }

  #follow(peer: Peer): void {
    const { ticker } = peer.market;
    this.#peers.set(ticker, peer);
    this.#byToken.set(peer.token, peer);
    this.#context.log("info", `${NAME}: ${ticker} is mirrored by ${peer.pair.name}`);
    if (!this.#connecting) this.#connection.start();
    else if (this.#connection.send(operation("subscribe", peer.token))) this.#awaited.add(peer.token);
    this.#connecting = true;
  }

  #subscriptions(): string[] {
    const tokens = [...this.#byToken.keys()];
    for (const token of tokens) this.#awaited.add(token);
    return tokens.length === 0 ? [] : [subscription(tokens)];
  }

  #forget(peer: Peer): void {
    peer.doubt();
    this.#tell(peer);
    this.#peers.delete(peer.market.ticker);
    this.#byToken.delete(peer.token);
    this.#awaited.delete(peer.token);
    this.#connection.send(operation("unsubscribe", peer.token), false);
  }

  // --- what their books say -----------------------------------------------------------------------------------------

  /** Books that the socket does not tell of: all while it is down, else those of which it has said nothing since. */
  async #askBooks(): Promise<RestFailure | null> {
    const wanted = [...this.#peers.values()].filter((peer) => !this.#connection.up || !peer.live);
    for (const peer of wanted.slice(0, BOOKS_PER_ROUND)) {
      const answer = await this.#rest.json(`${this.#options.clob}/book?token_id=${peer.token}`);
      if (!answer.ok) return answer;
      const event = readBook(answer.body);
      if (this.#byToken.get(peer.token) !== peer) continue;
      if (event.type === "book" && event.token !== peer.token) this.#refusals.count("book of another token");
      else this.#take(event, this.#context.clock.now(), false);
    }
    return null;
  }

  #received(text: string, at: Micros): void {
    this.#messages++;
    this.#heardAt = at;
    if (text === PONG) return;
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      this.#refusals.count("not JSON", text);
      return this.#doubtAll();
    }
    for (const event of readMessage(message)) this.#take(event, at, true);
  }

  #take(event: MarketEvent, at: Micros, live: boolean): void {
    this.#heardAt = at;
    if (event.type === "ignored") return;
    if (event.type === "refused") return this.#missed(event.reason, event.tokens);
    this.#latency = at - event.time;
    switch (event.type) {
      case "book":
        this.#awaited.delete(event.token);
        return this.#update(event.token, (peer) => peer.begin(event, live));
      case "changes":
        for (const token of new Set([...event.changes, ...event.touches].map((each) => each.token))) {
          this.#update(token, (peer) => peer.change(event));
        }
        return;
      case "resolved":
        for (const token of event.tokens) {
          const peer = this.#byToken.get(token);
          if (peer !== undefined) this.#end(peer);
        }
    }
  }

  #update(token: string, apply: (peer: Peer) => string | null): void {
    const peer = this.#byToken.get(token);
    if (peer === undefined) return;
    const reason = apply(peer);
    if (reason !== null) this.#refusals.count(reason, peer.market.ticker);
    this.#tell(peer);
  }

  /** A message was refused: the books that it was about have missed it, all of them where it does not say which. */
  #missed(reason: string, tokens: readonly string[]): void {
    this.#refusals.count(reason);
    if (tokens.length === 0) return this.#doubtAll();
    for (const token of tokens) {
      this.#awaited.delete(token);
      const peer = this.#byToken.get(token);
      if (peer === undefined) continue;
      peer.doubt();
      this.#tell(peer);
    }
  }

  /** It resolved there before it closed here: it is not looked for again. */
  #end(peer: Peer): void {
    this.#pairing.leave(peer.market);
    this.#forget(peer);
  }

  #tell(peer: Peer): void {
    const input = peer.news(this.#context.clock.now());
    if (input !== null) this.#context.sink(input);
  }

  #doubtAll(): void {
    this.#awaited.clear();
    for (const peer of this.#peers.values()) {
      peer.doubt();
      this.#tell(peer);
    }
  }

  #down(wasOpen: boolean, detail: string, isNews: boolean): void {
    this.#context.log(isNews ? "warn" : "debug", `${NAME}: ${detail}`);
    this.#awaited.clear();
    if (wasOpen) this.#doubtAll();
  }

  #pollChanged(trouble: string | null): void {
    this.#context.log(trouble === null ? "info" : "warn", `${NAME}: ${trouble ?? "answers again"}`);
    if (trouble !== null && !this.#connection.up) this.#doubtAll();
  }
}

const subscription = (tokens: readonly string[]): string =>
  JSON.stringify({ assets_ids: tokens, type: "market", custom_feature_enabled: true });

const operation = (name: "subscribe" | "unsubscribe", token: string): string =>
  JSON.stringify({ assets_ids: [token], operation: name, custom_feature_enabled: true });
