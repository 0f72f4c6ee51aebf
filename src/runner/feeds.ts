/**
 * The sources of data that a run has beside its venue: made from its settings, at the public hosts or at the simulated
 * exchange, and driven together.
 * @module
 */

import { getLogger } from "@logtape/logtape";
import type { Input } from "../core/input.ts";
import type { FeedContext, FeedStatus, RawListener } from "../feeds/feed.ts";
import { type FeedMaker, FeedSet } from "../feeds/feed_set.ts";
import type { RunRequest } from "./request.ts";
import type { ChosenVenue } from "./venue_choice.ts";

export interface RunFeedParts {
  readonly request: Pick<RunRequest, "version" | "config">;
  readonly chosen: ChosenVenue;
  readonly sink: (input: Input) => void;
  /** Hears every message as it came. */
  readonly onRaw?: RawListener;
}

export class RunFeeds {
  readonly #set: FeedSet;

  constructor({ request, chosen, sink, onRaw }: RunFeedParts) {
    const lockstep = chosen.embedded !== null;
    const context: FeedContext = {
      clock: chosen.clock,
      sink,
      log: feedLog,
      jitter: lockstep ? () => 0 : Math.random,
      lockstep,
      userAgent: `kbot/${request.version}`,
      onRaw: onRaw ?? null,
    };
    this.#set = new FeedSet(context, makersOf());
  }

  start(): void {
    this.#set.start();
  }

  /** Hands on what a quantum in lockstep brought. */
  release(): void {
    this.#set.release();
  }

  status(): readonly FeedStatus[] {
    return this.#set.status();
  }

  framesReceived(): number {
    return this.#set.framesReceived();
  }

  idle(): Promise<void> {
    return this.#set.idle();
  }

  stop(): Promise<void> {
    return this.#set.stop();
  }
}

function makersOf(): readonly FeedMaker[] {
  return [];
}

const logger = getLogger(["kbot", "feeds"]);

function feedLog(level: "debug" | "info" | "warn" | "error", text: string): void {
  logger[level]("{text}", { text });
}
