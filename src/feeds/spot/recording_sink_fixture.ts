/**
 * Writes down what a protocol's reader says, for the tests of readers.
 * @module
 */

import type { SpotProtocol, SpotReader, SpotSink } from "./protocol.ts";

export type Said = readonly unknown[];

export class RecordingSink implements SpotSink {
  readonly said: Said[] = [];

  trade(...what: unknown[]): void {
    this.said.push(["trade", ...what]);
  }

  quote(...what: unknown[]): void {
    this.said.push(["quote", ...what]);
  }

  bookBegins(asset: string): void {
    this.said.push(["begins", asset]);
  }

  level(...what: unknown[]): void {
    this.said.push(["level", ...what]);
  }

  bookEnds(...what: unknown[]): void {
    this.said.push(["ends", ...what]);
  }

  gap(...what: unknown[]): void {
    this.said.push(["gap", ...what]);
  }

  alive(): void {
    this.said.push(["alive"]);
  }

  request(text: string): void {
    this.said.push(["request", JSON.parse(text)]);
  }

  reply(text: string): void {
    this.said.push(["reply", JSON.parse(text)]);
  }

  reconnect(reason: string): void {
    this.said.push(["reconnect", reason]);
  }

  refuse(reason: string): void {
    this.said.push(["refuse", reason]);
  }
}

/** What a new reader says to these messages, one after the other. */
export function saidTo(
  protocol: SpotProtocol,
  messages: readonly (string | object)[],
  assets: readonly string[] = ["BTC", "ETH"],
): readonly Said[] {
  const reader: SpotReader = protocol.reader(assets);
  const sink = new RecordingSink();
  for (const message of messages) {
    const text = typeof message === "string" ? message : JSON.stringify(message);
    reader.read(protocol.parse === undefined ? JSON.parse(text) : protocol.parse(text), sink);
  }
  return sink.said;
}

/** What the REST answer says. */
export function saidByRest(protocol: SpotProtocol, asset: string, body: unknown): readonly Said[] {
  const sink = new RecordingSink();
  protocol.fallback.read(asset, body, sink);
  return sink.said;
}
