/**
 * The venue of a run: Kalshi, or what a feed tells of it.
 * @module
 */

import { getLogger } from "@logtape/logtape";
import type { Engine } from "../engine/engine.ts";
import { KalshiVenue } from "../venues/kalshi/venue.ts";
import type { InputSink, Venue } from "../venues/venue.ts";
import type { Recorder } from "./recorder.ts";
import type { RunRequest } from "./request.ts";
import type { ChosenVenue } from "./venue_choice.ts";

/** What a run asks of its venue. */
export type RunVenue = Venue & Pick<KalshiVenue, "framesReceived" | "idle" | "swept">;

export interface RunVenueParts {
  readonly request: RunRequest;
  readonly chosen: ChosenVenue;
  readonly engine: Engine;
  /** `null` where nothing is put on a tape. */
  readonly recorder: Recorder | null;
  readonly sink: InputSink;
}

/** Not started yet. */
export function openVenue({ request, chosen, engine, recorder, sink }: RunVenueParts): RunVenue {
  const { title, simulated, speed, clock, relay, host, signer, embedded } = chosen;
  if (relay !== undefined) return relay.venue({ name: title, simulated, speed, clock, sink, log });
  const { config: { venue, index, execution }, lease } = request;
  const { resume, index: { returnsMin } } = engine.options;
  const trades = request.execution === "live" && lease?.role !== "standby";
  return new KalshiVenue({
    name: title,
    rest: host.rest,
    ws: host.ws,
    signer,
    series: venue.series,
    simulated,
    clock,
    sink,
    onRaw: recorder?.frame,
    log,
    lockstep: embedded !== null,
    trade: trades,
    follow: [...resume.positions.map((each) => each.ticker), ...resume.openOrders.map((each) => each.ticker)],
    fillsSince: engine.desk.fillsSince,
    warmUpSeconds: returnsMin,
    liveIndices: index.live_ms > 0,
    queuePollSeconds: execution.queue_poll_s,
    signAheadMs: venue.sign_ahead_ms,
    fastOrders: venue.fast_orders,
    frames: venue.frames,
    bookOf: (ticker) => engine.markets.get(ticker)?.book,
    ...(lease === undefined || !trades ? {} : { forbidden: () => lease.forbidden() }),
  });
}

const logger = getLogger(["kbot", "venue"]);

function log(level: "debug" | "info" | "warn" | "error", text: string): void {
  logger[level]("{text}", { text });
}
