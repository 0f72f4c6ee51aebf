/**
 * What a run says about itself, beside what its engine shows: the shape of `/api/v1/status`.
 * @module
 */

import type { FeedStatus } from "../feeds/feed.ts";
import type { AlertsStatus } from "../ops/alerts/alerts.ts";
import type { TapeStatus } from "../store/tape_writer.ts";
import type { VenueHealth } from "../venues/venue.ts";

export type { FeedStatus };

export interface RunStatus {
  readonly version: string;
  readonly mode: "paper" | "live";
  /** The venue's name for people: `Kalshi`, `Kalshi demo`, `simulated exchange`, or a URL. */
  readonly venue: string;
  /** True for a simulated exchange: shown loudly wherever results are shown. */
  readonly simulated: boolean;
  /** The run's id, which is also the name of its journal's directory. */
  readonly run: string;
  /** RFC 3339 UTC, by the run's clock. */
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  readonly stateDirectory: string;
  readonly journal: string;
  readonly venueHealth: VenueHealth;
  /** Every source of data beside the venue, in the order of the settings. */
  readonly feeds: readonly FeedStatus[];
  /** How the recording of what was heard fares; `null` where nothing is recorded. It never keeps a run from trading. */
  readonly tape: TapeStatus | null;
  /** Who was told what, and which channels have trouble. It never keeps a run from trading. */
  readonly alerts: AlertsStatus;
  /** Whether the run can do its work now; the reasons say what is missing, in words. */
  readonly ready: { readonly ok: boolean; readonly reasons: readonly string[] };
  /** The run's clock: simulated time runs `speed` times as fast as ours. */
  readonly clock: { readonly now: string; readonly speed: number };
}

export type LogLevel = "trace" | "debug" | "info" | "warning" | "error" | "fatal";

/** One line of the run's log as people read it; numbers rise by one and start at 1. */
export interface LogLine {
  readonly number: number;
  readonly at: string;
  readonly level: LogLevel;
  readonly logger: string;
  readonly text: string;
}

/** The account's worth at one moment, as the store keeps it. */
export interface PortfolioPoint {
  readonly at: string;
  readonly nav: string;
  readonly cash: string;
}
