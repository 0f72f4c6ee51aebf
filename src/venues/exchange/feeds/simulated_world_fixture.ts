/**
 * For tests: a world for simulators, with the index and time but without the exchange around them.
 * @module
 */

import { type Micros, micros, MICROS_PER_SECOND } from "../../../core/units.ts";
import { DEFAULT_START } from "../exchange.ts";
import { FaultSwitches } from "../faults.ts";
import { IndexProcess } from "../index_process.ts";
import { RANK, Timeline } from "../timeline.ts";
import type { FeedConnection, FeedSimulator, FeedWorld } from "./feed_simulator.ts";
import { FeedTroubles } from "./feed_troubles.ts";

/** Of history before the start. */
const HISTORY_SECONDS = 60;

export interface SimulatedWorld extends FeedWorld {
  readonly troubles: FeedTroubles;
  readonly faults: FaultSwitches;
  /** Moves time on by so many seconds. */
  pass(seconds: number): void;
}

export function simulatedWorld(seed: number, rate = 1, start: Micros = DEFAULT_START): SimulatedWorld {
  const timeline = new Timeline(start);
  const second = start / MICROS_PER_SECOND;
  const index = new IndexProcess(seed, second - HISTORY_SECONDS);
  index.advanceTo(second);
  const faults = new FaultSwitches([]);
  const troubles = new FeedTroubles(faults);
  const tick = (at: Micros) => {
    index.advanceTo(at / MICROS_PER_SECOND);
    timeline.schedule(micros(at + MICROS_PER_SECOND), RANK.index, tick);
  };
  timeline.schedule(micros(start + MICROS_PER_SECOND), RANK.index, tick);
  return {
    seed,
    index,
    markets: new Map(),
    rate,
    troubles,
    faults,
    now: () => timeline.now,
    schedule: (at, run) => timeline.schedule(at, RANK.feed, run),
    struck: (feed, trouble) => troubles.has(feed, trouble),
    pass: (seconds) => timeline.advanceTo(micros(Math.round(timeline.now + seconds * MICROS_PER_SECOND))),
  };
}

/** One connection to a simulator, with everything that it was sent. */
export interface HeardConnection {
  readonly connection: FeedConnection;
  readonly texts: string[];
  /** With which code the simulator ended it. */
  closed: number | null;
  say(message: unknown): void;
}

export function connectTo(simulator: FeedSimulator, path = "", query = ""): HeardConnection {
  if (simulator.connect === undefined) throw new Error(`${simulator.name} has no socket`);
  const texts: string[] = [];
  const socket = {
    path,
    query: new URLSearchParams(query),
    send: (text: string) => void texts.push(text),
    ask: (text: string) => void texts.push(text),
    close: (code: number) => void (heard.closed = code),
  };
  const connection = simulator.connect(socket);
  const say = (message: unknown) => connection.receive(typeof message === "string" ? message : JSON.stringify(message));
  const heard: HeardConnection = { connection, texts, closed: null, say };
  return heard;
}
