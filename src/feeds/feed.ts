/**
 * What every source of data beside the trading venue looks like: prices of other exchanges, weather, rates, quotes
 * elsewhere. Each turns what it hears into inputs and says how it fares; none knows what the inputs are for.
 * @module
 */

import type { Input } from "../core/input.ts";
import type { Micros } from "../core/units.ts";
import type { Clock } from "../ops/clock.ts";

export type FeedKind = "spot" | "options" | "weather" | "rates" | "peer";

/** Measured all the time, shown on the page and at `/metrics`. */
export interface FeedStatus {
  /** `coinbase`, `nws`, `polymarket`, ... */
  readonly name: string;
  readonly kind: FeedKind;
  /** How data comes now: by the socket, by the REST fallback, or not at all. */
  readonly by: "socket" | "rest" | "none";
  /** Messages and bodies heard since the start. */
  readonly messages: number;
  /** Those refused, by reason. Bounded. */
  readonly refused: Readonly<Record<string, number>>;
  /** Connections that had to be made anew. */
  readonly reconnects: number;
  /** Since the newest message; `null` before the first. */
  readonly ageMs: number | null;
  /** Arrival minus the source's own stamp; `null` where it gives none. */
  readonly latencyMs: number | null;
  /** What is wrong, in words; `null` while all is well. */
  readonly trouble: string | null;
}

export interface Feed {
  readonly name: string;
  /** Starts connecting and keeps at it, with backoff, until stopped. */
  start(): void;
  /** Resolves when every connection is closed and nothing more will reach the sink. */
  stop(): Promise<void>;
  status(): FeedStatus;
  /** Text messages received on sockets so far, refused ones too: a run in lockstep waits for all that were sent. */
  framesReceived(): number;
  /** Resolves when no request is under way. */
  idle(): Promise<void>;
}

export type FeedLog = (level: "debug" | "info" | "warn" | "error", text: string) => void;

/** Hears a message as it came, before anybody has judged it. */
export type RawListener = (source: string, raw: string, at: Micros) => void;

/** What the run gives to each of its feeds. */
export interface FeedContext {
  /** Stamps inputs and times everything: backoff, polling, silence. */
  readonly clock: Clock;
  readonly sink: (input: Input) => void;
  readonly log: FeedLog;
  /** Spreads retries; numbers from 0 up to but without 1. */
  readonly jitter: () => number;
  /** The feed is simulated and time stands still while work is outstanding: silence then means nothing. */
  readonly lockstep: boolean;
  /** Sent with every request: some hosts refuse those without. Names a contact where the user gave one. */
  readonly userAgent: string;
  readonly onRaw: RawListener | null;
}
