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

import type { Market } from "../../core/market.ts";
import { type Micros, micros, MICROS_PER_MILLISECOND, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import { Connection } from "../connection.ts";
import type { Feed, FeedContext, FeedStatus } from "../feed.ts";
import { Poll } from "../poll.ts";
import { Refusals } from "../refusals.ts";
import { Rest, type RestFailure } from "../rest.ts";
import { type MarketEvent, readBook, readMessage } from "./market_messages.ts";
import { isReviewed, pairFor, type PairMap, type PeerPair } from "./pair_map.ts";
import { Peer } from "./peer.ts";
import { rulesTrouble, seeRules, unreviewed } from "./review.ts";
import { type BothSides, fetchSides } from "./rule_source.ts";

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

export interface PolymarketFeedOptions extends PolymarketHosts {
  /** Kalshi's REST root, which ends in `/trade-api/v2`: for the rules of its markets. */
  readonly kalshi: string;
  readonly pairs: PairMap;
  /** The Kalshi markets that are known at the moment. */
  readonly markets: () => Iterable<Market>;
}

const NAME = "polymarket";
const SOCKET_PATH = "/ws/market";
const PING = { everySeconds: 10, text: "PING" } as const;
const PONG = "PONG";
/** Three pings without an answer. */
const SILENCE_SECONDS = 35;
const ROUND_EVERY = 5 * MICROS_PER_SECOND;
/** A socket takes 500 tokens; a 15-minute series has one market open at a time. */
const PEERS_MAX = 200;
/** A round stays short where a hundred markets open at once: the others have their turn in the next. */
const LOOKS_PER_ROUND = 5;
const BOOKS_PER_ROUND = 20;
const LOOK_AGAIN_AFTER = 10 * MICROS_PER_SECOND;
const CHECK_EVERY = 10 * MICROS_PER_MINUTE;

/** A market that has no peer yet, or never will. */
interface Candidate {
  readonly closeTime: Micros;
  /** Infinite for one that is refused. */
  lookAt: number;
}

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
  /** By ticker; only markets that have not closed yet. */
  readonly #candidates = new Map<string, Candidate>();
  /** What is wrong with pairs, by name: pairs are few. */
  readonly #pairTroubles = new Map<string, string>();
  #connecting = false;
  #messages = 0;
  #heardAt: Micros | null = null;
  #latency: number | null = null;

  constructor(context: FeedContext, options: PolymarketFeedOptions) {
    this.#context = context;
    this.#options = options;
    this.#refusals = new Refusals(NAME, context.log);
    this.#rest = new Rest({ name: NAME, context });
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
      subscriptions: () => this.#byToken.size === 0 ? [] : [subscription([...this.#byToken.keys()])],
      ping: PING,
      silenceSeconds: SILENCE_SECONDS,
      onOpen: () => this.#doubtAll(),
      onText: (text, at) => this.#received(text, at),
      onDown: (wasOpen, detail) => this.#down(wasOpen, detail),
    });
  }

  start(): void {
    for (const pair of this.#options.pairs.pair) {
      if (isReviewed(pair)) continue;
      this.#pairTroubles.set(pair.name, unreviewed(pair));
      this.#context.log("info", `${NAME}: ${unreviewed(pair)}`);
    }
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
    const troubles = [this.#connection.trouble, this.#poll.trouble, ...this.#pairTroubles.values()];
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
  }

  // --- which markets have a peer ------------------------------------------------------------------------------------

  async #round(): Promise<RestFailure | null> {
    this.#forgetClosed();
    let looks = 0;
    for (const { market, pair } of this.#due()) {
      if (++looks > LOOKS_PER_ROUND) break;
      const failure = await this.#look(pair, market);
      if (failure !== null) return failure;
    }
    return await this.#askBooks();
  }

  #forgetClosed(): void {
    const now = this.#context.clock.now();
    for (const peer of [...this.#peers.values()]) if (peer.market.closeTime <= now) this.#forget(peer);
    for (const [ticker, { closeTime }] of this.#candidates) if (closeTime <= now) this.#candidates.delete(ticker);
  }

  /** Markets to look at now: those without a peer, and those whose rules were read long ago. */
  #due(): { readonly market: Market; readonly pair: PeerPair }[] {
    const now = this.#context.clock.now();
    const due: { readonly market: Market; readonly pair: PeerPair }[] = [];
    for (const market of this.#options.markets()) {
      if (market.status !== "active" || market.openTime > now || market.closeTime <= now) continue;
      const pair = pairFor(this.#options.pairs, market);
      if (pair === null || this.#pairTroubles.has(pair.name)) continue;
      const peer = this.#peers.get(market.ticker);
      const lookAt = peer?.checkAt ?? this.#candidates.get(market.ticker)?.lookAt ?? now;
      if (lookAt > now || (peer === undefined && this.#peers.size + due.length >= PEERS_MAX)) continue;
      due.push({ market, pair });
    }
    return due;
  }

  async #look(pair: PeerPair, market: Market): Promise<RestFailure | null> {
    const answer = await fetchSides(this.#rest, this.#options, pair, market);
    const now = this.#context.clock.now();
    if (answer.ok) {
      await this.#judge(pair, market, answer.sides);
      return null;
    }
    if (answer.failure !== null) return answer.failure;
    if (answer.reason !== "missing") this.#refusals.count(answer.reason, `${pair.name}, ${market.ticker}`);
    this.#candidates.set(market.ticker, { closeTime: market.closeTime, lookAt: now + LOOK_AGAIN_AFTER });
    return null;
  }

  async #judge(pair: PeerPair, market: Market, sides: BothSides): Promise<void> {
    const trouble = rulesTrouble(pair, await seeRules(sides.kalshi, sides.polymarket));
    if (trouble !== null) return this.#refusePair(pair, trouble);
    const now = this.#context.clock.now();
    const checkAt = micros(now + CHECK_EVERY);
    const peer = this.#peers.get(market.ticker);
    if (peer !== undefined) {
      peer.checkAt = checkAt;
      return;
    }
    const token = sides.polymarket.outcomes.find(({ name }) => name === pair.polymarket.outcome)?.token;
    const wrong = token === undefined ? `no outcome ${pair.polymarket.outcome}` : windowTrouble(pair, sides);
    if (token === undefined || wrong !== null) {
      this.#refusals.count(wrong ?? "no outcome", `${pair.name}, ${market.ticker}`);
      this.#candidates.set(market.ticker, { closeTime: market.closeTime, lookAt: Infinity });
    } else if (sides.polymarket.open && !this.#byToken.has(token)) {
      this.#follow(new Peer(pair, market, token, checkAt, now));
    } else {
      this.#candidates.set(market.ticker, { closeTime: market.closeTime, lookAt: now + LOOK_AGAIN_AFTER });
    }
  }

  #refusePair(pair: PeerPair, trouble: string): void {
    this.#pairTroubles.set(pair.name, trouble);
    this.#refusals.count("rules changed", trouble);
    for (const peer of [...this.#peers.values()]) if (peer.pair.name === pair.name) this.#forget(peer);
  }

  #follow(peer: Peer): void {
    const { ticker } = peer.market;
    this.#candidates.delete(ticker);
    this.#peers.set(ticker, peer);
    this.#byToken.set(peer.token, peer);
    this.#context.log("info", `${NAME}: ${ticker} is mirrored by ${peer.pair.name}`);
    if (this.#connecting) this.#connection.send(operation("subscribe", peer.token));
    else this.#connection.start();
    this.#connecting = true;
  }

  #forget(peer: Peer): void {
    peer.doubt();
    this.#tell(peer);
    this.#peers.delete(peer.market.ticker);
    this.#byToken.delete(peer.token);
    this.#connection.send(operation("unsubscribe", peer.token));
  }

  // --- what their books say -----------------------------------------------------------------------------------------

  /** Books that the socket does not tell of: all while it is down, else those that missed something. */
  async #askBooks(): Promise<RestFailure | null> {
    const wanted = [...this.#peers.values()].filter((peer) => !this.#connection.up || !peer.believed);
    for (const peer of wanted.slice(0, BOOKS_PER_ROUND)) {
      const answer = await this.#rest.json(`${this.#options.clob}/book?token_id=${peer.token}`);
      if (!answer.ok) return answer;
      const event = readBook(answer.body);
      if (this.#byToken.get(peer.token) !== peer) continue;
      if (event.type === "book" && event.token !== peer.token) this.#refusals.count("book of another token");
      else this.#take(event, this.#context.clock.now());
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
    for (const event of readMessage(message)) this.#take(event, at);
  }

  #take(event: MarketEvent, at: Micros): void {
    this.#heardAt = at;
    if (event.type === "ignored") return;
    if (event.type === "refused") return this.#missed(event.reason, event.tokens);
    this.#latency = at - event.time;
    switch (event.type) {
      case "book":
        return this.#update(event.token, (peer) => peer.begin(event));
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
      const peer = this.#byToken.get(token);
      if (peer === undefined) continue;
      peer.doubt();
      this.#tell(peer);
    }
  }

  /** It resolved there before it closed here: it is not looked for again. */
  #end(peer: Peer): void {
    const { ticker, closeTime } = peer.market;
    this.#candidates.set(ticker, { closeTime, lookAt: Infinity });
    this.#forget(peer);
  }

  #tell(peer: Peer): void {
    const input = peer.news(this.#context.clock.now());
    if (input !== null) this.#context.sink(input);
  }

  #doubtAll(): void {
    for (const peer of this.#peers.values()) {
      peer.doubt();
      this.#tell(peer);
    }
  }

  #down(wasOpen: boolean, detail: string): void {
    this.#context.log(wasOpen ? "warn" : "debug", `${NAME}: ${detail}`);
    if (wasOpen) this.#doubtAll();
  }

  #pollChanged(trouble: string | null): void {
    this.#context.log("warn", `${NAME}: ${trouble ?? "answers again"}`);
    if (trouble !== null && !this.#connection.up) this.#doubtAll();
  }
}

/** A mirror of a window must be about that very window. */
function windowTrouble(pair: PeerPair, { kalshi: { terms }, polymarket }: BothSides): string | null {
  if (pair.kalshi.series === undefined) return null;
  const { startTime, endTime } = polymarket;
  const same = endTime === terms.closeTime && (startTime === null || startTime === terms.openTime);
  return same ? null : "window of another time";
}

const subscription = (tokens: readonly string[]): string =>
  JSON.stringify({ assets_ids: tokens, type: "market", custom_feature_enabled: true });

const operation = (name: "subscribe" | "unsubscribe", token: string): string =>
  JSON.stringify({ assets_ids: [token], operation: name, custom_feature_enabled: true });
