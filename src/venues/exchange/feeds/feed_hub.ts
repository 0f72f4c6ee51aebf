/**
 * All simulated feeds together: who is connected to which, what the faults do to their frames and answers, and how many
 * frames were sent.
 * @module
 */

import { Hono } from "hono";
import type { Micros } from "../../../core/units.ts";
import type { ExchangeCore } from "../exchange_core.ts";
import type { Connection, SocketSink } from "../hub.ts";
import type { IndexProcess } from "../index_process.ts";
import { Random } from "../random.ts";
import { json } from "../replies.ts";
import type { FeedConnection, FeedSimulator } from "./feed_simulator.ts";
import { type FeedFault, FeedTroubles } from "./feed_troubles.ts";
import { garbled } from "./garbled.ts";
import { FEED_SIMULATORS } from "./registry.ts";

export const FEEDS_ROOT = "/feeds";
/** Over all feeds. */
const CONNECTIONS_MAX = 500;
/** Unread bytes a connection may collect before it is cut. */
const BUFFER_MAX = 8 * 1_024 * 1_024;
/** Under the trouble `garbage`, one message in this many. */
const GARBLED_EVERY = 20;
const TRY_AGAIN_LATER = 1013;

export interface FeedHubOptions {
  readonly exchange: ExchangeCore;
  /** What the feeds tell of; `null` for no feeds, as beside a recording. */
  readonly index: IndexProcess | null;
  /** The exchange's time; in free mode the exchange is moved up to it first. */
  readonly now: () => Micros;
  /** Messages a second as a multiple of the usual. */
  readonly rate: number;
  /** On from the start. */
  readonly struck: readonly FeedFault[];
}

interface Client {
  readonly feed: string;
  readonly sink: SocketSink;
}

/** A path below {@link FEEDS_ROOT}, taken apart. */
function addressed(path: string): { readonly name: string; readonly rest: string } | null {
  const [, name, rest = ""] = /^\/feeds\/([a-z_]+)(\/.*)?$/.exec(path) ?? [];
  return name === undefined ? null : { name, rest: rest === "/" ? "" : rest };
}

export class FeedHub {
  readonly troubles: FeedTroubles;
  readonly #options: FeedHubOptions;
  readonly #simulators: ReadonlyMap<string, FeedSimulator>;
  readonly #clients = new Map<FeedConnection, Client>();
  /** One for each feed, so that which of them says something first changes nothing. */
  readonly #garblers: ReadonlyMap<string, Random>;
  readonly #sent = new Map<string, number>();
  /** Clients that may have said something which has not arrived yet. */
  readonly #speaking = new Set<SocketSink>();
  #frames = 0;

  constructor(options: FeedHubOptions) {
    const { exchange, index, rate, struck } = options;
    this.#options = options;
    this.troubles = new FeedTroubles(exchange.faults);
    for (const fault of struck) this.troubles.turn(fault, true);
    const { seed } = exchange.settings;
    const world = (index: IndexProcess) => ({
      seed,
      index,
      markets: exchange.markets,
      rate,
      now: () => exchange.now,
      schedule: exchange.schedule.bind(exchange),
      struck: this.troubles.has.bind(this.troubles),
    });
    const made = index === null ? [] : Object.values(FEED_SIMULATORS).map((make) => make(world(index)));
    this.#simulators = new Map(made.map((simulator) => [simulator.name, simulator]));
    this.#garblers = new Map(made.map(({ name }) => [name, Random.named(seed, `feeds/${name}/garbage`)]));
    this.troubles.listen(() => this.#cutStruck());
  }

  /** Text frames handed to connections since the start. */
  get frames(): number {
    return this.#frames;
  }

  /** Where everything is, by name: `coinbase` its socket, `coinbase_rest` its REST host. */
  addresses(host: string): Readonly<Record<string, string>> {
    const addresses: Record<string, string> = {};
    for (const { name, connect, routes } of this.#simulators.values()) {
      if (connect !== undefined) addresses[name] = `ws://${host}${FEEDS_ROOT}/${name}`;
      if (routes !== undefined) addresses[`${name}_rest`] = `http://${host}${FEEDS_ROOT}/${name}/rest`;
    }
    return addresses;
  }

  /** Whether an upgrade to this path is let in: 101, or the status of its refusal. */
  admission(path: string): 101 | 404 | 503 {
    const name = addressed(path)?.name ?? "";
    if (this.#simulators.get(name)?.connect === undefined) return 404;
    return this.#isCut(name) || this.#clients.size >= CONNECTIONS_MAX ? 503 : 101;
  }

  /** A new connection to a path that {@link admission} let in. */
  connect(sink: SocketSink, path: string, query: string): Connection | null {
    const address = addressed(path);
    const simulator = this.#simulators.get(address?.name ?? "");
    if (address === null || simulator?.connect === undefined) return null;
    const { name } = simulator;
    const connection = simulator.connect({
      path: address.rest,
      query: new URLSearchParams(query),
      send: (text) => this.#send(name, sink, text),
      ask: (text) => {
        this.#speaking.add(sink);
        this.#send(name, sink, text);
      },
      // A host that has fallen silent does not say goodbye either.
      close: (code, reason) => this.troubles.has(name, "silent") ? undefined : sink.close(code, reason),
    });
    this.#clients.set(connection, { feed: name, sink });
    this.#speaking.add(sink);
    // It may have been struck between the upgrade and now.
    if (this.#isCut(name)) sink.close(TRY_AGAIN_LATER, "");
    return {
      session: connection,
      close: () => {
        this.#clients.delete(connection);
        this.#speaking.delete(sink);
        connection.close();
      },
    };
  }

  /** Resolves when what clients may have said by now has arrived; at once where nothing is expected of them. */
  async heardOut(): Promise<void> {
    if (this.#speaking.size === 0) return;
    const speaking = [...this.#speaking];
    this.#speaking.clear();
    await Promise.all(speaking.map((sink) => sink.heardOut()));
  }

  /** Cuts every connection. */
  dropAll(): void {
    for (const { sink } of [...this.#clients.values()]) sink.drop();
  }

  /** REST of all feeds. */
  routes(): Hono {
    const all = new Hono();
    for (const { name, routes } of this.#simulators.values()) {
      if (routes === undefined) continue;
      const root = `${FEEDS_ROOT}/${name}/rest`;
      all.use(`${root}/*`, async (_context, next) => {
        this.#options.now();
        const refusal = this.#refusal(name);
        if (refusal !== null) return refusal;
        await next();
      });
      all.route(root, routes);
    }
    return all;
  }

  /** What each feed does, for the simulation's own pages. */
  body(): { readonly feeds: readonly object[] } {
    const clients = Map.groupBy(this.#clients.values(), (client) => client.feed);
    const feeds = [...this.#simulators.keys()].map((name) => ({
      name,
      troubles: this.troubles.of(name),
      connections: clients.get(name)?.length ?? 0,
      frames: this.#sent.get(name) ?? 0,
    }));
    return { feeds };
  }

  #isCut(name: string): boolean {
    return this.troubles.has(name, "down") || this.troubles.has(name, "outage");
  }

  #cutStruck(): void {
    for (const { feed, sink } of [...this.#clients.values()]) {
      if (this.#isCut(feed)) sink.drop();
    }
  }

  #send(feed: string, sink: SocketSink, text: string): void {
    if (!sink.open() || this.troubles.has(feed, "silent")) return;
    if (sink.buffered() > BUFFER_MAX) return sink.drop();
    if (this.troubles.of(feed).length > 0) this.#speaking.add(sink);
    const garbler = this.troubles.has(feed, "garbage") ? this.#garblers.get(feed) : undefined;
    this.#frames++;
    this.#sent.set(feed, (this.#sent.get(feed) ?? 0) + 1);
    sink.send(garbler?.chance(1 / GARBLED_EVERY) === true ? garbled(text, garbler) : text);
  }

  #refusal(name: string): Response | null {
    const struck = (trouble: Parameters<FeedTroubles["has"]>[1]) => this.troubles.has(name, trouble);
    if (struck("outage")) return json({ message: "Service Unavailable" }, 503);
    if (struck("403")) return json({ message: "Forbidden" }, 403);
    if (struck("429")) return json({ message: "Too Many Requests" }, 429);
    if (!struck("html")) return null;
    const page = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking</body></html>";
    return new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } });
  }
}
