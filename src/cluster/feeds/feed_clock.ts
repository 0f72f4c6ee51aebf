/**
 * How old what a feed says is, by the publisher's clock: that clock is asked for what time it has, and the answer counted from the
 * middle of the time that asking took. It can be wrong by half of that time, which is added to every age.
 * @module
 */

import type { NatsConnection } from "@nats-io/nats-core";
import type { Micros } from "../../core/units.ts";
import { decodeClock, type FeedClock, type Read } from "./feed_messages.ts";
import { clockSubject } from "./names.ts";

interface Sample {
  /** The publisher's clock minus ours, microseconds. */
  readonly offset: number;
  /** At most so far from the truth. */
  readonly error: number;
  /** When it was taken, by our clock. */
  readonly at: number;
}

/** Clocks drift apart by some ten microseconds a second: old answers are worth no more than so long. */
const SAMPLES_MAX = 16;
const SAMPLE_LASTS = 60_000_000;

export class FeedClockWatch {
  #samples: Sample[] = [];
  /** The one that can be least wrong. */
  #best: Sample | null = null;

  /** An answer came. @param askedAt and @param answeredAt by our clock @param theirs in it */
  observe(askedAt: number, answeredAt: number, theirs: Micros): void {
    const error = (answeredAt - askedAt) / 2;
    const sample: Sample = { offset: theirs - (askedAt + error), error, at: answeredAt };
    const fresh = this.#samples.filter(({ at }) => answeredAt - at <= SAMPLE_LASTS);
    this.#samples = [...fresh, sample].slice(-SAMPLES_MAX);
    this.#best = this.#samples.reduce((best, each) => each.error < best.error ? each : best);
  }

  /** How long ago their moment was, at most; `null` where their clock is not known. @param now by our clock */
  age(theirs: Micros, now: number): number | null {
    const best = this.#best;
    return best === null || now - best.at > SAMPLE_LASTS ? null : now + best.offset - theirs + best.error;
  }
}

/** Asks once; the reason in words where nobody answers. */
export async function askClock(nats: NatsConnection, feed: string, timeoutMs: number): Promise<Read<FeedClock>> {
  try {
    const { data } = await nats.request(clockSubject(feed), undefined, { timeout: timeoutMs });
    return decodeClock(data);
  } catch {
    return { ok: false, reason: `Nobody publishes feed ${feed} at the moment: start kbot record --publish ${feed}` };
  }
}
