/**
 * Where at the NATS servers a feed lies: what one process hears of its venue and of other sources, for others to take.
 *
 * | subject | in the stream `KBOT_FEED_NAME` | holds |
 * | --- | --- | --- |
 * | `kbot.feed.NAME.data` | yes | what was heard, some milliseconds of it a message, numbered |
 * | `kbot.feed.NAME.key` | yes | keyframes: what somebody must know who begins here |
 * | `kbot.feed.NAME.clock` | no | asked by takers, answered by who publishes: what time it has |
 *
 * @module
 */

import type { StreamConfig } from "@nats-io/jetstream";

const HOUR_NANOS = 3_600_000_000_000;
const MINUTE_NANOS = 60_000_000_000;
const GIBIBYTE = 2 ** 30;

/** What a feed may be called. */
export const FEED_NAME = /^[A-Za-z0-9_-]{1,40}$/;

export const streamOf = (feed: string): string => `KBOT_FEED_${feed}`;
export const dataSubject = (feed: string): string => `kbot.feed.${feed}.data`;
export const keySubject = (feed: string): string => `kbot.feed.${feed}.key`;
export const clockSubject = (feed: string): string => `kbot.feed.${feed}.clock`;

export interface FeedBounds {
  readonly hours: number;
  readonly gigabytes: number;
}

/** What is kept for those who take it later, or fell behind. */
export const FEED_BOUNDS: FeedBounds = { hours: 6, gigabytes: 0.5 };

/** The stream as it has to be. */
export function wantedStream(
  feed: string,
  replicas: number,
  { hours, gigabytes }: FeedBounds = FEED_BOUNDS,
): Partial<StreamConfig> & { readonly name: string } {
  return {
    name: streamOf(feed),
    subjects: [dataSubject(feed), keySubject(feed)],
    storage: "file",
    num_replicas: replicas,
    max_age: hours * HOUR_NANOS,
    max_bytes: Math.round(gigabytes * GIBIBYTE),
    discard: "old",
    // What is sent again because nothing was heard of it is kept once.
    duplicate_window: 2 * MINUTE_NANOS,
  };
}
