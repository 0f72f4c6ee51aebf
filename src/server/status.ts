/**
 * What a run says about itself, beside what its engine shows: the shape of `/api/v1/status`.
 * @module
 */

import type { ClusterStatus } from "../cluster/leadership.ts";
import type { FeedStatus } from "../feeds/feed.ts";
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
  /** How far what is written lies behind what is known. */
  readonly lag: {
    /** For how long the oldest line of the journal has waited to be handed to the system; 0 where none waits. */
    readonly journalMs: number;
    /** Records that wait to be written into the store. */
    readonly storeRecords: number;
  };
  readonly venueHealth: VenueHealth;
  /** Every source of data beside the venue, in the order of the settings. */
  readonly feeds: readonly FeedStatus[];
  /** How the recording of what was heard fares; `null` where nothing is recorded. It never keeps a run from trading. */
  readonly tape: TapeStatus | null;
  /** Who was told what, and which channels have trouble. It never keeps a run from trading. */
  readonly alerts: AlertsStatus;
  /** How it stands among several bots that share an account; `null` where there is but one. */
  readonly cluster: ClusterStatus | null;
  /** Whether the run can do its work now; the reasons say what is missing, in words. */
  readonly ready: { readonly ok: boolean; readonly reasons: readonly string[] };
  /** The run's clock: simulated time runs `speed` times as fast as ours. */
  readonly clock: { readonly now: string; readonly speed: number };
}

/** Who was told what, and which channels have trouble. */
export interface AlertsStatus {
  /** Those that are configured. */
  readonly channels: readonly AlertChannelStatus[];
  /** The newest ones, the very newest last. */
  readonly recent: readonly AlertView[];
  /** What happened and no channel was asked to say. */
  readonly unsaid: {
    /** Counted in an alert that was said. */
    readonly repeated: number;
    /** Left out by the configuration. */
    readonly ignored: number;
  };
}

/** One alert. */
export interface AlertView {
  /** Rises by one in a run, from 1. */
  readonly number: number;
  /** RFC 3339 UTC, by the run's clock. */
  readonly at: string;
  readonly severity: "info" | "warning" | "critical";
  /** What happened, as `kbot alert events` lists it. */
  readonly event: string;
  readonly text: string;
  /** How often it happened since it was said last. */
  readonly count: number;
}

/** How a channel of alerts fares. */
export interface AlertChannelStatus {
  readonly name: string;
  /** Where it leads, for people: without a secret. */
  readonly to: string;
  readonly least: AlertView["severity"];
  /** Alerts that were severe enough for it. */
  readonly queued: number;
  /** Alerts that were not. */
  readonly suppressed: number;
  /** Alerts that reached it. */
  readonly delivered: number;
  readonly waiting: number;
  /** Alerts that it was never told: given up, or left out because too many came. */
  readonly lost: number;
  /** The part of these that was left out. */
  readonly dropped: number;
  /** Attempts that did not work, and attempts at a message that had failed before. */
  readonly failed: number;
  readonly retried: number;
  /** RFC 3339 UTC; `null` before the first. */
  readonly lastDelivered: string | null;
  /** Why the newest attempt did not work, in words; `null` where it did. */
  readonly trouble: string | null;
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
