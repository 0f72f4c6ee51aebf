/**
 * For tests: a client of a simulated spot exchange, made of the real protocol's reader.
 * @module
 */

import assert from "node:assert/strict";
import { SpotBook } from "../../../../core/spot_book.ts";
import type { Micros } from "../../../../core/units.ts";
import type { SpotProtocol, SpotReader, SpotSink } from "../../../../feeds/spot/protocol.ts";
import type { FeedSimulator } from "../feed_simulator.ts";
import { connectTo, type HeardConnection } from "../simulated_world_fixture.ts";
import { SPOT_ASSETS } from "./spot_market.ts";

/** A client that believes everything its protocol reads. */
export class BelievingClient implements SpotSink {
  readonly books = new Map<string, SpotBook>(SPOT_ASSETS.map((asset) => [asset, new SpotBook()]));
  readonly quotes = new Map<string, readonly number[]>();
  readonly trades: { asset: string; price: number; size: number; time: Micros | null }[] = [];
  readonly gaps: string[] = [];
  readonly refused: string[] = [];
  readonly ended = new Set<string>();
  readonly #heard: HeardConnection;
  readonly #protocol: SpotProtocol;
  readonly #reader: SpotReader;
  #read = 0;

  constructor(protocol: SpotProtocol, simulator: FeedSimulator, assets: readonly string[] = SPOT_ASSETS) {
    this.#protocol = protocol;
    const base = `ws://localhost/feeds/${simulator.name}`;
    const { pathname, searchParams } = new URL(protocol.address(base, assets));
    this.#heard = connectTo(simulator, pathname.slice(new URL(base).pathname.length), String(searchParams));
    this.#reader = protocol.reader(assets);
    for (const text of protocol.subscriptions(assets)) this.#heard.say(text);
    this.catchUp();
  }

  get texts(): readonly string[] {
    return this.#heard.texts;
  }

  catchUp(): void {
    for (; this.#read < this.#heard.texts.length; this.#read++) {
      const text = this.#heard.texts[this.#read];
      this.#reader.read(this.#protocol.parse === undefined ? JSON.parse(text) : this.#protocol.parse(text), this);
    }
  }

  trade(asset: string, price: number, size: number, time: Micros | null): void {
    this.trades.push({ asset, price, size, time });
  }
  quote(asset: string, bid: number, bidSize: number, ask: number, askSize: number): void {
    this.quotes.set(asset, [bid, bidSize, ask, askSize]);
  }
  bookBegins(asset: string): void {
    this.books.get(asset)?.clear();
  }
  level(asset: string, side: "bid" | "ask", price: number, size: number): void {
    this.books.get(asset)?.set(side, price, size);
  }
  bookEnds(asset: string): void {
    this.ended.add(asset);
  }
  gap(asset: string, reason: string): void {
    this.gaps.push(`${asset}: ${reason}`);
  }
  alive(): void {}
  reply(text: string): void {
    this.#heard.say(text);
  }
  request(text: string): void {
    this.#heard.say(text);
  }
  reconnect(reason: string): void {
    assert.fail(reason);
  }
  refuse(reason: string): void {
    this.refused.push(reason);
  }
}
