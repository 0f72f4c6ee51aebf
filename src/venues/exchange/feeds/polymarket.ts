/**
 * A simulated Polymarket: Gamma's `/events`, the CLOB's `/book`, and the market socket, for the windows that mirror the
 * exchange's quarter-hour markets.
 * @module
 */

import { Hono } from "hono";
import { type Micros, micros, MICROS_PER_SECOND } from "../../../core/units.ts";
import { Random } from "../random.ts";
import { json } from "../replies.ts";
import type { FeedConnection, FeedSimulator, FeedSocket, FeedWorld } from "./feed_simulator.ts";
import {
  bookAt,
  isUp,
  type PeerBook,
  type PeerLevel,
  type PeerWindow,
  STEP,
  stepAt,
  windowOf,
} from "./polymarket_windows.ts";
import {
  bookBody,
  bookEvent,
  changeEvent,
  eventBody,
  type PeerToken,
  resolvedEvent,
  tokensOf,
} from "./polymarket_words.ts";

const NAME = "polymarket";
const SOCKET_PATH = "/ws/market";
const POLICY_VIOLATION = 1008;
/** As the real one does. */
const TOKENS_PER_CONNECTION = 500;
/** From the close to the word of how it ended. */
const RESOLVED_AFTER = 16 * MICROS_PER_SECOND;
/** Under the trouble `gap`, one message in this many is lost. */
const LOST_EVERY = 20;
/** What the troubles `outlier` and `crossed` do, in cents. */
const OUTLIER_CENTS = 6;
const CROSSED_CENTS = 4;

class PolymarketSimulator implements FeedSimulator {
  readonly name = NAME;
  readonly routes = new Hono();
  readonly #world: FeedWorld;
  readonly #connections = new Set<PolymarketConnection>();
  #ticking = false;

  constructor(world: FeedWorld) {
    this.#world = world;
    this.routes.get("/events", (context) => json(this.#events(context.req.query("slug") ?? "")));
    this.routes.get("/book", (context) => this.#book(context.req.query("token_id") ?? ""));
  }

  connect(socket: FeedSocket): FeedConnection {
    if (socket.path !== SOCKET_PATH) socket.close(POLICY_VIOLATION, "no such path");
    const connection = new PolymarketConnection(socket, this, () => this.#connections.delete(connection));
    this.#connections.add(connection);
    this.#tick();
    return connection;
  }

  get now(): Micros {
    return this.#world.now();
  }

  /** The token of this number, while its market is listed. */
  find(token: string): PeerToken | null {
    for (const window of this.#windows()) {
      const found = tokensOf(window).find((each) => each.token === token);
      if (found !== undefined) return found;
    }
    return null;
  }

  /** The Up book of a window at a step, with what the troubles do to it. */
  upBook(window: PeerWindow, step: number): PeerBook {
    const { index, seed, struck } = this.#world;
    const book = bookAt(window, index, seed, step);
    const shift = (levels: readonly PeerLevel[], cents: number) =>
      levels.map(([price, size]): PeerLevel => [price + cents, size]).filter(([price]) => price >= 1 && price <= 99);
    const all = struck(NAME, "outlier") ? OUTLIER_CENTS : 0;
    const bids = struck(NAME, "crossed") ? CROSSED_CENTS : 0;
    return all + bids === 0 ? book : { bids: shift(book.bids, all + bids), asks: shift(book.asks, all) };
  }

  /** Those whose first price is still known: older ones are gone, as if nobody had ever asked for them. */
  *#windows(): Generator<PeerWindow> {
    const { markets, seed, index } = this.#world;
    for (const market of markets.values()) {
      const window = market.openTime < index.oldestSecond * MICROS_PER_SECOND ? null : windowOf(market, seed);
      if (window !== null) yield window;
    }
  }

  #events(slug: string): unknown[] {
    const now = this.now;
    for (const window of this.#windows()) {
      if (window.slug === slug) return [eventBody(window, now, this.#result(window))];
    }
    return [];
  }

  #book(id: string): Response {
    const token = this.find(id);
    const now = this.now;
    if (token === null || this.#result(token.window) !== null) {
      return json({ error: "No orderbook exists for the requested token id" }, 404);
    }
    return json(bookBody(token, this.upBook(token.window, stepAt(now)), now));
  }

  /** `null` until it is resolved. */
  #result(window: PeerWindow): boolean | null {
    const { index, seed } = this.#world;
    return this.now < window.closeTime + RESOLVED_AFTER ? null : isUp(window, index, seed);
  }

  /** Goes on at every step while anybody listens. */
  #tick(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    this.#world.schedule(micros((stepAt(this.now) + 1) * STEP), (at) => {
      this.#ticking = false;
      if (this.#connections.size === 0) return;
      const { seed } = this.#world;
      const lost = (window: PeerWindow) =>
        this.#world.struck(NAME, "gap") &&
        Random.named(seed, `feeds/polymarket/lost/${window.slug}/${stepAt(at)}`).chance(1 / LOST_EVERY);
      for (const connection of [...this.#connections]) {
        connection.step(at, lost, (window) => this.#result(window));
      }
      this.#tick();
    });
  }
}

/** What a client of the market socket has asked for. */
class PolymarketConnection implements FeedConnection {
  readonly #socket: FeedSocket;
  readonly #simulator: PolymarketSimulator;
  readonly #leave: () => void;
  /** Windows of the tokens that were asked for, with the book that was told last. */
  readonly #windows = new Map<string, { readonly window: PeerWindow; book: PeerBook }>();
  readonly #tokens = new Map<string, PeerToken>();

  constructor(socket: FeedSocket, simulator: PolymarketSimulator, leave: () => void) {
    this.#socket = socket;
    this.#simulator = simulator;
    this.#leave = leave;
  }

  receive(text: string): void {
    if (text === "PING") return this.#socket.send("PONG");
    const request = requestOf(text);
    if (request === null) return this.#socket.send("INVALID OPERATION");
    if (request.subscribe) this.#subscribe(request.tokens);
    else this.#unsubscribe(request.tokens);
  }

  close(): void {
    this.#leave();
  }

  step(at: Micros, lost: (window: PeerWindow) => boolean, result: (window: PeerWindow) => boolean | null): void {
    for (const [slug, told] of [...this.#windows]) {
      const up = result(told.window);
      if (up !== null) {
        this.#socket.send(JSON.stringify(resolvedEvent(told.window, up, at)));
        this.#windows.delete(slug);
        continue;
      }
      const book = this.#simulator.upBook(told.window, stepAt(at));
      const event = changeEvent(told.window, told.book, book, at);
      told.book = book;
      if (event !== null && !lost(told.window)) this.#socket.send(JSON.stringify(event));
    }
  }

  #subscribe(ids: readonly string[]): void {
    const at = this.#simulator.now;
    const books: unknown[] = [];
    for (const id of ids) {
      const token = this.#simulator.find(id);
      if (token === null || this.#tokens.size >= TOKENS_PER_CONNECTION) continue;
      const { window } = token;
      this.#tokens.set(id, token);
      const told = this.#windows.get(window.slug) ?? { window, book: this.#simulator.upBook(window, stepAt(at)) };
      this.#windows.set(window.slug, told);
      books.push(bookEvent(token, told.book, at));
    }
    if (books.length > 0) this.#socket.send(JSON.stringify(books));
  }

  #unsubscribe(ids: readonly string[]): void {
    for (const id of ids) this.#tokens.delete(id);
    const wanted = new Set([...this.#tokens.values()].map(({ window }) => window.slug));
    for (const slug of this.#windows.keys()) if (!wanted.has(slug)) this.#windows.delete(slug);
  }
}

/** The first message of a connection has a `type`, later ones an `operation`. */
function requestOf(text: string): { readonly subscribe: boolean; readonly tokens: readonly string[] } | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof body !== "object" || body === null || !("assets_ids" in body) || !Array.isArray(body.assets_ids)) {
    return null;
  }
  const tokens = body.assets_ids.filter((id): id is string => typeof id === "string").slice(0, TOKENS_PER_CONNECTION);
  const subscribe = "type" in body ? body.type === "market" : "operation" in body && body.operation === "subscribe";
  return { subscribe, tokens };
}

export const polymarketSimulator = (world: FeedWorld): FeedSimulator => new PolymarketSimulator(world);
