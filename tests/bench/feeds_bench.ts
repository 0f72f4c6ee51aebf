/**
 * What listening to the spot exchanges costs: eight feeds at 500 messages a second each. Every benchmark hears the
 * messages of one second (500 of one exchange, or 4,000 of all), so a time of 10 ms is 1 % of one core.
 *
 * Without the sockets: `spot_feeds_process.ts` measures those too. Messages are made in advance; the books that come whole
 * (Bitstamp, Bullish) come far more often than these exchanges send them.
 */

import { type Micros, micros, MICROS_PER_MINUTE } from "../../src/core/units.ts";
import { spotProtocol } from "../../src/feeds/spot/registry.ts";
import { SpotListener } from "../../src/feeds/spot/spot_listener.ts";
import { type MakeMessage, MESSAGE_MAKERS, SPOT_RATE, timeOfMessage } from "./spot_streams.ts";

/** Of one exchange; after the last one a new connection begins. */
const SECONDS = 20;
const START = micros(1_790_000_000_000_000);

/** One exchange's stream, heard a second at a time. */
class Stream {
  readonly title: string;
  readonly #texts: readonly string[];
  readonly #listener: SpotListener;
  #next = 0;

  constructor(exchange: string, make: MakeMessage) {
    const protocol = spotProtocol(exchange);
    if (protocol === null) throw new Error(`No exchange is called ${exchange}`);
    this.title = protocol.title;
    this.#texts = Array.from({ length: SPOT_RATE * SECONDS }, (_, number) => make(number, this.#timeOf(number)));
    this.#listener = new SpotListener({
      protocol,
      assets: ["BTC"],
      window: MICROS_PER_MINUTE,
      now: START,
      log: (_level, text) => {
        throw new Error(`A benchmark of refused messages says nothing: ${text}`);
      },
      reply: () => {},
      request: (text) => {
        throw new Error(`A benchmark of books asked for anew says nothing: ${text}`);
      },
      drop: (reason) => {
        throw new Error(`A benchmark of lost connections says nothing: ${reason}`);
      },
    });
  }

  second(): void {
    for (let count = 0; count < SPOT_RATE; count++) {
      if (this.#next === this.#texts.length) this.#next = 0;
      if (this.#next === 0) this.#listener.opened(START);
      this.#listener.heard(this.#texts[this.#next], this.#timeOf(this.#next));
      this.#next++;
    }
  }

  #timeOf(number: number): Micros {
    return timeOfMessage(START, number);
  }
}

const streams = Object.entries(MESSAGE_MAKERS).map(([exchange, make]) => new Stream(exchange, make()));

for (const stream of streams) {
  Deno.bench(`${stream.title}, 500 messages`, { group: "spot feeds" }, () => stream.second());
}

Deno.bench("all eight, 4,000 messages", { group: "spot feeds" }, () => {
  for (const stream of streams) stream.second();
});
