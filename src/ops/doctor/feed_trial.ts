/**
 * The feeds that a run would have, started as a run starts them, and looked at until each has brought something.
 * @module
 */

import { loadPairMap } from "../../feeds/polymarket/shipped_pairs.ts";
import type { FeedStatus } from "../../feeds/feed.ts";
import { RunFeeds } from "../../runner/feeds.ts";
import type { DoctorContext } from "./context.ts";

/** All connect at the same time, so this is for all together. A quiet exchange sends something every few seconds. */
const TRIAL_MS = 15_000;
const LOOK_EVERY_MS = 100;

/** Whether it brings what it is for. Answers to its subscriptions are messages as well; of an exchange only prices have an age. */
export const brings = (
  { kind, by, messages, ageMs }: Pick<FeedStatus, "kind" | "by" | "messages" | "ageMs">,
): boolean => by !== "none" && messages > 0 && (kind !== "spot" || ageMs !== null);

export class FeedTrial {
  readonly #feeds: RunFeeds;
  readonly #startedAt = performance.now();
  readonly #ms: number;

  private constructor(feeds: RunFeeds, ms: number) {
    this.#feeds = feeds;
    this.#ms = ms;
    feeds.start();
  }

  /** Starts all; the reason where the settings do not say which. */
  static async start(context: DoctorContext): Promise<FeedTrial | { readonly reason: string }> {
    const config = context.found("config");
    const { chosen } = context.found("venue");
    const { polymarket } = config.feeds;
    const pairs = polymarket.enabled ? await loadPairMap(polymarket.pairs ?? undefined) : null;
    if (pairs?.ok === false) return { reason: pairs.errors.join("; ") };
    const feeds = new RunFeeds({
      request: { version: "doctor", config },
      chosen,
      sink: () => {},
      pairs: pairs?.map,
      markets: () => context.foundOrNone("openMarkets") ?? [],
    });
    return new FeedTrial(feeds, context.request.feedMs ?? TRIAL_MS);
  }

  get names(): readonly string[] {
    return this.#feeds.status().map(({ name }) => name);
  }

  /** Waits for the first message of a feed, until the time for all is over; `null` for one that a run has not. */
  async statusOf(name: string): Promise<FeedStatus | null> {
    for (;;) {
      const status = this.#feeds.status().find((each) => each.name === name);
      if (status === undefined) return null;
      if ((brings(status) && status.trouble === null) || this.seconds * 1_000 >= this.#ms) return status;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** Since the start. */
  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1_000;
  }

  stop(): Promise<void> {
    return this.#feeds.stop();
  }
}
