/**
 * The sources of data that a run has beside its venue: made from its settings, at the public hosts or at the simulated
 * exchange, and driven together.
 * @module
 */

import { getLogger } from "@logtape/logtape";
import type { Input } from "../core/input.ts";
import type { Market } from "../core/market.ts";
import type { FeedContext, FeedStatus, RawListener } from "../feeds/feed.ts";
import { FeedSet } from "../feeds/feed_set.ts";
import type { PairMap } from "../feeds/polymarket/pair_map.ts";
import { SpotDesk } from "../feeds/spot/spot_desk.ts";
import { SpotFeed } from "../feeds/spot/spot_feed.ts";
import { followedAssets, otherMakers, spotMakers, type StoredMinutes } from "./feed_makers.ts";
import type { RunRequest } from "./request.ts";
import type { ChosenVenue } from "./venue_choice.ts";

export interface RunFeedParts {
  readonly request: Pick<RunRequest, "version" | "config">;
  readonly chosen: ChosenVenue;
  readonly sink: (input: Input) => void;
  /** What was kept of prices by the minute; absent where no history is wanted. */
  readonly stored?: StoredMinutes;
  /** Which markets elsewhere mirror which of the venue's; absent where none are followed. */
  readonly pairs?: PairMap | undefined;
  /** The venue's markets that are known at the moment. */
  readonly markets?: () => Iterable<Market>;
  /** Hears every message as it came. */
  readonly onRaw?: RawListener;
}

export class RunFeeds {
  readonly #set: FeedSet;
  readonly #desk: SpotDesk;

  constructor(parts: RunFeedParts) {
    const { request, chosen, sink, onRaw } = parts;
    const { config, version } = request;
    const lockstep = chosen.embedded !== null;
    const context: FeedContext = {
      clock: chosen.clock,
      sink,
      log: feedLog,
      jitter: lockstep ? () => 0 : Math.random,
      lockstep,
      userAgent: `kbot/${version}${config.feeds.contact === null ? "" : ` (${config.feeds.contact})`}`,
      onRaw: onRaw ?? null,
    };
    this.#set = new FeedSet(context, [
      ...spotMakers(config, chosen.feeds),
      ...otherMakers(config, { ...parts, addresses: chosen.feeds, kalshi: chosen.host.rest }),
    ]);
    this.#desk = new SpotDesk(context, {
      sources: this.#set.feeds.filter((feed) => feed instanceof SpotFeed),
      assets: followedAssets(config),
      constituentsMin: config.index.composite_min,
      liveMs: config.index.live_ms,
    });
  }

  start(): void {
    this.#desk.start();
    this.#set.start();
  }

  /** Hands on what a quantum in lockstep brought. */
  release(): void {
    this.#set.release();
    this.#desk.flush();
  }

  status(): readonly FeedStatus[] {
    return this.#set.status().map((feed) => ({ ...feed, trouble: feed.trouble ?? this.#desk.troubleOf(feed.name) }));
  }

  framesReceived(): number {
    return this.#set.framesReceived();
  }

  idle(): Promise<void> {
    return this.#set.idle();
  }

  stop(): Promise<void> {
    this.#desk.stop();
    return this.#set.stop();
  }
}

const logger = getLogger(["kbot", "feeds"]);

function feedLog(level: "debug" | "info" | "warn" | "error", text: string): void {
  logger[level]("{text}", { text });
}
