/**
 * One bot of a drill: engine and client as a run has them, without journal, store and page.
 * @module
 */

import type { Input } from "../../src/core/input.ts";
import type { ResumeState } from "../../src/core/record.ts";
import { count, type Micros, MICROS_PER_SECOND, money, price } from "../../src/core/units.ts";
import { Engine } from "../../src/engine/engine.ts";
import { engineOptions as testOptions, settlementEdge } from "../../src/engine/engine_fixture.ts";
import { PLAIN_EXECUTION } from "../../src/engine/execution_settings.ts";
import type { EngineOptions } from "../../src/engine/options.ts";
import type { SteppedClock } from "../../src/ops/clock.ts";
import { Random } from "../../src/venues/exchange/random.ts";
import type { Frames } from "../../src/venues/kalshi/frames.ts";
import type { Signer } from "../../src/venues/kalshi/signer.ts";
import { KalshiVenue } from "../../src/venues/kalshi/venue.ts";

/** Of wall time: an answer that never comes costs this. */
const REQUEST_TIMEOUT_MS = 800;

/** Takes what pays by a hair, and rests what does not. */
const TAKER = settlementEdge({
  min_edge: 0.005,
  baseline_extra_edge: 0.002,
  rest_edge: 0.002,
  cooldown: 0,
  max_contracts: 400,
});
/** Quotes both sides of every market, and moves its quotes with every change. */
const MAKER: EngineOptions["strategies"] = [{
  name: "market_maker",
  enabled: true,
  parameters: {
    min_spread: 0.01,
    min_edge: 0,
    buffer: 0,
    quote_contracts: 20,
    max_position: 200,
    cooldown: 0,
    refresh: 1,
  },
}];

function engineOptions(startedAt: Micros, { seed, maker, resume }: LifeParts): EngineOptions {
  const { risk } = testOptions();
  return testOptions({
    run: `drill-${seed}`,
    startedAt,
    execution: "live",
    instance: `drill${seed}`,
    capital: null,
    // Small orders under wide limits: what is to be tried is the traffic.
    risk: {
      ...risk,
      order: money(20_000_000),
      categoryPercent: 100,
      correlatedPercent: 100,
      dailyLoss: money(9_000_000_000),
      dailyLossPercent: 90,
      fairValueBound: price(500),
    },
    index: { volatilityHalfLife: 60, returnsMin: 20 },
    orders: {
      ...PLAIN_EXECUTION,
      lease: 30 * MICROS_PER_SECOND,
      leaseRenewals: 2,
      groupLimit: count(100_000_000),
    },
    strategies: maker ? MAKER : TAKER,
    resume,
  });
}

/** A bot, from its start to its death. */
export interface Life {
  readonly engine: Engine;
  /** Hears the same inputs: whatever the network did, the decisions follow from them alone. */
  readonly twin: Engine;
  readonly venue: KalshiVenue;
}

export interface LifeParts {
  /** Counts the lives of a drill. */
  readonly number: number;
  readonly seed: number;
  readonly maker: boolean;
  readonly lockstep: boolean;
  readonly fastOrders: boolean;
  readonly frames: Frames;
  readonly rest: string;
  readonly ws: string;
  readonly signer: Signer;
  readonly clock: SteppedClock;
  /** What the life before had written down. */
  readonly resume: ResumeState;
  readonly sink: (input: Input) => void;
  readonly log: (text: string) => void;
}

/** Makes a bot; its venue is not started yet. */
export function startLife(parts: LifeParts): Life {
  const { number, seed, lockstep, fastOrders, frames, rest, ws, signer, clock, resume, sink, log } = parts;
  const settings = engineOptions(clock.now(), parts);
  const engine = new Engine(settings);
  const jitter = Random.named(seed, `jitter ${number}`);
  const venue = new KalshiVenue({
    name: "drill",
    rest,
    ws,
    signer,
    series: ["KXBTC15M", "KXETH15M"],
    simulated: true,
    clock,
    sink,
    log: (level, text) => log(`venue ${level}: ${text}`),
    lockstep,
    trade: true,
    follow: [...resume.positions, ...resume.openOrders].map(({ ticker }) => ticker),
    fillsSince: engine.desk.fillsSince,
    queuePollSeconds: 10,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    fastOrders,
    frames,
    bookOf: (ticker) => engine.markets.get(ticker)?.book,
    jitter: () => jitter.uniform(),
  });
  return { engine, twin: new Engine(settings), venue };
}
