/**
 * Forgets what is older than its retention while a run goes on. One compaction at a time, and every one in small commits
 * (kv_compact.ts), so that the run's own records never wait long.
 * @module
 */

import { getLogger } from "@logtape/logtape";
import { MICROS_PER_MINUTE } from "../core/units.ts";
import type { CancelTimer, Clock } from "../ops/clock.ts";
import { messageOf } from "./message.ts";
import { DEFAULT_RETENTION, type Retention, type StateStore } from "./store.ts";

/** A start has more urgent things to do. */
const FIRST_AFTER = MICROS_PER_MINUTE;
const EVERY = 60 * MICROS_PER_MINUTE;

const logger = getLogger(["kbot", "store"]);

/**
 * Compacts the store a minute after the start and hourly from then on, by the clock that stamps its records.
 *
 * @param onTrouble told in words when a compaction fails, once until one succeeds again
 * @returns ends it; harmless when called again. One that is under way may go on until the store is closed
 */
export function startRetention(
  store: Pick<StateStore, "compact">,
  clock: Clock,
  onTrouble: (text: string) => void = (text) => logger.warn("{text}", { text }),
  retention: Retention = DEFAULT_RETENTION,
): () => void {
  let stopped = false;
  let troubled = false;
  let cancel: CancelTimer = clock.after(FIRST_AFTER, () => void run());
  const run = async (): Promise<void> => {
    try {
      await store.compact(clock.now(), retention);
      troubled = false;
    } catch (error) {
      // A store that was closed meanwhile is no trouble.
      if (!stopped && !troubled) onTrouble(`What is too old could not be deleted from the store: ${messageOf(error)}`);
      troubled = true;
    }
    if (!stopped) cancel = clock.after(EVERY, () => void run());
  };
  return () => {
    stopped = true;
    cancel();
  };
}
