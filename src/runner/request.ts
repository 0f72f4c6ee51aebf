/**
 * What a run is asked to be.
 * @module
 */

import type { Config } from "../config/schema.ts";
import type { Credentials } from "../config/credentials.ts";
import type { RunningLog } from "../ops/log.ts";
import type { Pack } from "../packs/pack.ts";
import type { StateLock } from "../store/lock.ts";
import type { TapeRequest } from "../venues/exchange/tape/recorded_moments.ts";
import type { AlertChannels } from "./run_alerts.ts";
import type { RunLease } from "./run_lease.ts";

/** What shows that real money is meant. */
export interface LiveIntent {
  /** Limits that must be set for it, and that nobody has set. */
  readonly limitsAtDefault: readonly string[];
  /** Why the phrase cannot be had, without asking for it; `null` where it was given or can be asked for. */
  missing(venue: string): Promise<string | null>;
  /** Says what is at stake and has the phrase typed where it was not given; the reason where it was not. */
  confirm(venue: string, atStake: readonly string[]): Promise<string | null>;
}

export interface RunRequest {
  readonly execution: "paper" | "live";
  readonly version: string;
  readonly config: Config;
  /** Those that the configuration lists. */
  readonly packs: readonly Pack[];
  readonly credentials: Credentials | null;
  readonly stateDirectory: string;
  /** How long to run by our own clock, seconds; `null` until stopped. A simulated exchange runs `speed` times as long. */
  readonly forSeconds: number | null;
  readonly speed: number;
  readonly seed: number;
  /** What the embedded exchange plays instead of a simulation; `null` for nothing. */
  readonly tape: TapeRequest | null;
  readonly host: string;
  readonly port: number;
  /** The deliberate acts before orders cost money. */
  readonly live: LiveIntent;
  readonly log: RunningLog;
  /** Who is told of what happens. */
  readonly alerts: AlertChannels;
  /** Of the state directory; whoever starts the run holds it, so that nothing is written there before. */
  readonly lock: StateLock;
  /** Of several bots that share an account; absent where there is but one. */
  readonly lease?: RunLease;
  /** Called once the page is served. */
  readonly onServing: (
    serving: { readonly url: string; readonly tokenPath: string; readonly newToken: string | null },
  ) => void;
}
