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

import type { WantedStream } from "../streams.ts";

const MINUTE_NANOS = 60_000_000_000;
/** So much is kept for those who take it later, or fell behind. */
const AGE_NANOS_MAX = 6 * 60 * MINUTE_NANOS;
const BYTES_MAX = 512 << 20;

export const streamOf = (feed: string): string => `KBOT_FEED_${feed}`;
export const dataSubject = (feed: string): string => `kbot.feed.${feed}.data`;
export const keySubject = (feed: string): string => `kbot.feed.${feed}.key`;
export const clockSubject = (feed: string): string => `kbot.feed.${feed}.clock`;

/** The stream as it has to be. */
export function wantedStream(feed: string, replicas: number): WantedStream {
  return {
    name: streamOf(feed),
    subjects: [dataSubject(feed), keySubject(feed)],
    storage: "file",
    num_replicas: replicas,
    max_age: AGE_NANOS_MAX,
    max_bytes: BYTES_MAX,
    discard: "old",
    // What is sent again because nothing was heard of it is kept once.
    duplicate_window: 2 * MINUTE_NANOS,
  };
}
