/**
 * For the tests of protocols: an exchange's feed connected to its simulation, in lockstep.
 * @module
 */

import type { Input } from "../../core/input.ts";
import { type Micros, micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { DEFAULT_START } from "../../venues/exchange/exchange.ts";
import { type RunningExchange, startExchange } from "../../venues/exchange/server.ts";
import type { FeedContext } from "../feed.ts";
import type { SpotProtocol } from "./protocol.ts";
import { SpotFeed } from "./spot_feed.ts";

export interface Simulated {
  readonly exchange: RunningExchange;
  readonly feed: SpotFeed;
  readonly log: readonly string[];
  /** Lets simulated time pass; every message is read before time goes on. */
  pass(seconds: number): Promise<void>;
}

/** Parts of a second that time moves by. */
const STEPS = 4;
/** Wall time within which what was sent arrives: far above what a socket on this machine takes. */
const ARRIVAL_MS_MAX = 20_000;

/** @param faults of the exchange, such as `feed-gap:kraken` */
export async function withSimulated(
  protocol: SpotProtocol,
  faults: readonly string[],
  body: (simulated: Simulated) => Promise<void>,
): Promise<void> {
  const exchange = await startExchange({ port: 0, seed: 5, speed: 1, faults, mode: "stepped", keyDirectory: null });
  const clock = new SteppedClock(DEFAULT_START);
  const log: string[] = [];
  const context: FeedContext = {
    clock,
    sink: (_input: Input) => {},
    log: (level, text) => void log.push(`${level} ${text}`),
    jitter: () => 0.5,
    lockstep: true,
    userAgent: "kbot test",
    onRaw: null,
  };
  const { [protocol.exchange]: ws, [`${protocol.exchange}_rest`]: rest } = exchange.info.feeds;
  const feed = new SpotFeed(context, { protocol, assets: ["BTC", "ETH"], ws, rest });
  const settle = async (framesMin = 0) => {
    const started = performance.now();
    await feed.idle();
    do {
      if (performance.now() - started > ARRIVAL_MS_MAX) throw new Error("What was sent did not arrive");
      await new Promise((resolve) => setTimeout(resolve, 1));
    } while (feed.framesReceived() < Math.max(framesMin, exchange.framesSent()));
  };
  const pass = async (seconds: number) => {
    for (let step = 0; step < seconds * STEPS; step++) {
      const to: Micros = micros(clock.now() + MICROS_PER_SECOND / STEPS);
      clock.advanceTo(to);
      await settle();
      // What the client sends needs its time too, and nothing counts it.
      await exchange.heardOut();
      exchange.advance(to);
      await settle();
    }
  };
  try {
    feed.start();
    // Each subscription is answered.
    await settle(protocol.subscriptions(feed.assets).length);
    await body({ exchange, feed, log, pass });
  } finally {
    await feed.stop();
    await exchange.stop();
  }
}
