/**
 * What a place to trade looks like from inside: market data and answers come out as inputs, actions go in.
 * @module
 */

import type { VenueAction } from "../core/action.ts";
import type { ClockBounds, Input } from "../core/input.ts";

/** How the cancelling of all orders stands. */
export interface SweepStatus {
  readonly reason: string;
  /** RFC 3339 UTC. */
  readonly since: string;
  readonly tries: number;
  /** Orders in the exchange's own list of those that rest; `null` where it could not be read whole. */
  readonly resting: number | null;
  /** What went wrong last; `null` where nothing did. */
  readonly trouble: string | null;
  /** When the exchange confirmed that nothing rests, its list read whole; `null` before: until then orders may rest and fill. */
  readonly confirmed: string | null;
}

/** Measured all the time, shown on the page. */
export interface VenueHealth {
  readonly connected: boolean;
  /** Requests sent and failed (no answer, 429 or 5xx) since the start. */
  readonly requests: number;
  readonly requestErrors: number;
  /** Of the newest answered request; `null` before the first. */
  readonly requestLatencyMs: number | null;
  readonly frames: number;
  /** Frames or bodies that were refused, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** Fields nobody here knows, by path: counted, otherwise ignored. Bounded. */
  readonly unknownFields: Readonly<Record<string, number>>;
  /** Exchange clock minus ours; `null` before it was measured. */
  readonly clockOffsetMs: number | null;
  /** By which of the ways there are data comes and orders leave, in words. */
  readonly paths: { readonly data: string; readonly orders: string };
  /** Dollars on each shard, as the account was read last; empty before that, and where nothing is traded. */
  readonly cashByShard: Readonly<Record<string, string>>;
  /** The newest cancelling of all orders, until trading goes on; `null` where there was none. */
  readonly sweep: SweepStatus | null;
  /** What cannot be reached, in words; `null` while all is well. */
  readonly trouble: string | null;
  /** What this run goes without by the way it was set up, in words: no trouble, nobody need do anything. `null` for nothing. */
  readonly lacking: string | null;
}

/** How the way to the venue fares, for whoever halts by it. */
export interface VenueVitals {
  /** Requests that ended since the start, and of those the ones without an answer, or with one that the venue is at fault. */
  readonly ended: number;
  readonly failed: number;
  readonly clock: ClockBounds | null;
}

export interface Venue {
  readonly name: string;
  /** True for a simulated exchange: shown wherever results are shown. */
  readonly simulated: boolean;
  /** Starts connecting and keeps at it, with backoff, until stopped. Inputs go to the sink given at construction. */
  start(): void;
  /** Performs one action; its outcome arrives as inputs. Never throws for what the network does. */
  perform(action: VenueAction): void;
  /**
   * This process runs: called before every tick of the run's clock. Where it stood still (stopped, or its machine slept), what
   * was heard before is declared stale first, because the tick would decide by it. Absent where nothing is heard from outside.
   */
  beat?(): void;
  health(): VenueHealth;
  vitals(): VenueVitals;
  /** Closes every connection; resolves when nothing more will reach the sink. */
  stop(): Promise<void>;
}

export type InputSink = (input: Input) => void;
