/**
 * How old what a feed says is, by the publisher's clock: that clock is asked for what time it has, and the answer counted from the
 * middle of the time that asking took. It can be wrong by half of that time, which is added to every age.
 *
 * | what happens | then |
 * | --- | --- |
 * | the clocks differ, by whatever | only their measured difference counts |
 * | nobody answers for a minute | no age is known |
 * | another publisher, whose clock has not answered | the same |
 * | a clock is set | answers of before are forgotten; an age below nothing is none |
 *
 * @module
 */

import type { NatsConnection } from "@nats-io/nats-core";
import { type Micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../../core/units.ts";
import type { Unpacked } from "../packed.ts";
import { decodeClock, type FeedClock } from "./feed_messages.ts";
import { clockSubject } from "./names.ts";

interface Sample {
  /** The publisher's clock minus ours, microseconds. */
  readonly offset: number;
  /** At most so far from the truth. */
  readonly error: number;
  /** When it was taken, by our clock. */
  readonly at: number;
}

/** What was asked, and what came. */
export interface ClockAnswer {
  readonly epoch: string;
  /** By our clock. */
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly theirs: Micros;
}

/** Clocks drift apart by some ten microseconds a second: old answers are worth no more than so long. */
const SAMPLE_LASTS = 60 * MICROS_PER_SECOND;
const SAMPLES_MAX = 16;
/** Two answers of clocks that nobody set agree but for this, beside what each may be wrong by. */
const DRIFT_MAX = 2 * MICROS_PER_MILLISECOND;

export class FeedClockWatch {
  #epoch = "";
  #samples: readonly Sample[] = [];
  /** The one that can be least wrong. */
  #best: Sample | null = null;

  observe({ epoch, askedAt, answeredAt, theirs }: ClockAnswer): void {
    const error = (answeredAt - askedAt) / 2;
    const sample: Sample = { offset: theirs - (askedAt + error), error, at: answeredAt };
    const agrees = (each: Sample) => Math.abs(each.offset - sample.offset) <= each.error + error + DRIFT_MAX;
    const isFresh = ({ at }: Sample) => answeredAt >= at && answeredAt - at <= SAMPLE_LASTS;
    const before = epoch === this.#epoch && this.#samples.every(agrees) ? this.#samples.filter(isFresh) : [];
    this.#epoch = epoch;
    this.#samples = [...before, sample].slice(-SAMPLES_MAX);
    this.#best = this.#samples.reduce((best, each) => each.error < best.error ? each : best);
  }

  /**
   * How long ago their moment was, at most; `null` where that is not known.
   *
   * @param epoch of the publisher whose moment it is
   * @param now by our clock
   */
  age(epoch: string, theirs: Micros, now: number): number | null {
    const best = this.#best;
    if (best === null || epoch !== this.#epoch || now - best.at > SAMPLE_LASTS) return null;
    const age = now + best.offset - theirs + best.error;
    return age < -DRIFT_MAX ? null : age;
  }
}

/** Asks once; the reason in words where nobody answers. */
export async function askClock(nats: NatsConnection, feed: string, timeoutMs: number): Promise<Unpacked<FeedClock>> {
  try {
    const { data } = await nats.request(clockSubject(feed), undefined, { timeout: timeoutMs });
    return decodeClock(data);
  } catch {
    return { ok: false, reason: `Nobody publishes feed ${feed} at the moment: start kbot record --publish ${feed}` };
  }
}
