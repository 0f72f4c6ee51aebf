/**
 * What every simulated source of data beside the exchange itself looks like: spot exchanges, options, other prediction
 * markets, the weather. Each speaks the protocol of the real one, on the exchange's own port:
 *
 * | what | where |
 * | --- | --- |
 * | WebSocket | `/feeds/NAME`, and whatever follows it |
 * | REST | `/feeds/NAME/rest/...`, the real host's own paths behind it |
 *
 * A simulator knows no clock but the exchange's simulated time and no chance but streams of the exchange's seed. It draws
 * nothing while nobody is connected, and what it tells of a moment should not depend on when somebody connected: draw
 * from streams that are named by the moment (`Random.named(seed, "feeds/NAME/STEP")`), or from hashes of it.
 *
 * Lockstep counts text frames (DESIGN.md 1): simulated time stands still until the clients have received as many as were
 * sent. So nothing is counted that cannot arrive: a cut connection is written out before it ends, and what is sent to one
 * that is ending goes nowhere and is not counted. Clients do their part by counting what still arrives while they close,
 * and by leaving with the closing handshake. In the other direction, time does not move either before what a client may
 * have to say has arrived: its subscriptions when it is new, its answer to {@link FeedSocket.ask}, and whatever a struck
 * feed makes it say. What it asks for is answered at once, within its moment; only what happens by itself comes later, by
 * {@link FeedWorld.schedule}.
 * @module
 */

import type { Hono } from "hono";
import type { Micros } from "../../../core/units.ts";
import type { IndexProcess } from "../index_process.ts";
import type { ListedMarket } from "../listed_market.ts";
import type { FeedTrouble } from "./feed_troubles.ts";

/** What a simulator may see and do. */
export interface FeedWorld {
  readonly seed: number;
  /** The settlement indices, which all prices follow. */
  readonly index: IndexProcess;
  /** Every listed market by ticker, in order of listing. */
  readonly markets: ReadonlyMap<string, ListedMarket>;
  /** Messages a second as a multiple of the usual, above 0 and at most 10. */
  readonly rate: number;
  now(): Micros;
  /** Runs a call when simulated time reaches `at`, by rank behind the index and the life of markets. */
  schedule(at: Micros, run: (at: Micros) => void): void;
  /**
   * Whether a feed is struck. Sockets that are cut, silent or garbled and the refusals of REST are seen to by the hub;
   * simulators see to `outlier`, `crossed` and `gap`, as far as these mean something to them.
   */
  struck(feed: string, trouble: FeedTrouble): boolean;
}

/** A client's connection, as a simulator has it. */
export interface FeedSocket {
  /** What the client asked for behind `/feeds/NAME`: `""`, `/ws/market`, ... */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Sends a text frame. On a connection that is ending it goes nowhere. */
  send(text: string): void;
  /** Sends a text frame that the client has to answer. */
  ask(text: string): void;
  /** Ends the connection with the closing handshake; what was sent before still arrives. */
  close(code: number, reason: string): void;
}

/** What a simulator keeps of one connection. */
export interface FeedConnection {
  /** Takes one text message of the client. */
  receive(text: string): void;
  /** Called once, when the connection is gone: nothing may be scheduled for it any more. */
  close(): void;
}

export interface FeedSimulator {
  /** `coinbase`, ...: lower case, names its addresses, its faults and its entry in `info.feeds`. */
  readonly name: string;
  /** Takes a new connection; left out where the real one has no socket. */
  connect?(socket: FeedSocket): FeedConnection;
  /** The paths of the real REST host; left out where there are none. */
  readonly routes?: Hono;
}

/** Made once per exchange, at its start. */
export type FeedSimulatorMaker = (world: FeedWorld) => FeedSimulator;
