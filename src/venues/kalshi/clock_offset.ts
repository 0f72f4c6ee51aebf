/**
 * How far the exchange's clock is from ours, from what every answer and frame says anyway.
 *
 * A `Date` header is cut to whole seconds, so that a single one says little: the exchange wrote it at some moment between
 * our sending and our receiving, when its clock stood within the second that the header names. That bounds the offset from
 * below and above. Answers at other fractions of a second bound it closer, and after a dozen of them little more than the
 * round trip is left. A frame's time of sending bounds it from below to the millisecond.
 *
 * Bounds count for a few minutes, so that a drift is followed; where they contradict each other a clock was set, and what
 * was known before is forgotten.
 * @module
 */

import type { ClockBounds } from "../../core/input.ts";
import { type Micros, MICROS_PER_MILLISECOND, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";

/** Bounds of one while, micros. */
interface Bounds {
  /** From `Date` headers. */
  low: number;
  high: number;
  /** From frames: later than the offset by their way here. */
  frames: number;
  /** The shortest round trip: twice the way of a frame, at most. */
  roundTrip: number;
}

const nothing = (): Bounds => ({ low: -Infinity, high: Infinity, frames: -Infinity, roundTrip: Infinity });

const WINDOW = 2 * MICROS_PER_MINUTE;
/** Bounds that are farther apart say too little. */
const WIDTH_MAX = 600 * MICROS_PER_MILLISECOND;
/** Less than this is no contradiction: a clock may move in steps. */
const TOLERANCE = 250 * MICROS_PER_MILLISECOND;
const FRAME_LENGTH_MAX = 4_096;
const SENDING = '"sending_ts_ms":';

export class ClockOffset {
  #current = nothing();
  #before = nothing();
  #turnAt = -Infinity;

  /** An answer's `Date` header, between the two moments of our clock at which the request left and its head arrived. */
  observeDate(text: string, sentAt: Micros, receivedAt: Micros): void {
    const milliseconds = Date.parse(text);
    if (!Number.isFinite(milliseconds) || receivedAt < sentAt) return;
    const second = milliseconds * MICROS_PER_MILLISECOND;
    const low = second - receivedAt;
    const high = second + MICROS_PER_SECOND - sentAt;
    this.#turn(receivedAt);
    if (low > this.#high() + TOLERANCE || high < this.#low() - TOLERANCE) this.#forget();
    this.#current.low = Math.max(this.#current.low, low);
    this.#current.high = Math.min(this.#current.high, high);
    this.#current.roundTrip = Math.min(this.#current.roundTrip, receivedAt - sentAt);
  }

  /** A moment of the exchange's clock that was over when we received what it stands in. */
  observeFrame(stampedAt: Micros, receivedAt: Micros): void {
    const low = stampedAt - receivedAt;
    this.#turn(receivedAt);
    if (low > this.#high() + TOLERANCE) this.#forget();
    this.#current.frames = Math.max(this.#current.frames, low);
  }

  /** Between what the exchange's clock minus ours lies for certain, micros; `null` before both are known. */
  get bounds(): ClockBounds | null {
    const [low, high] = [this.#low(), this.#high()];
    if (!Number.isFinite(low) || !Number.isFinite(high)) return null;
    return { low: Math.min(low, high), high: Math.max(low, high) };
  }

  /** Exchange clock minus ours; `null` before it can be told. */
  get milliseconds(): number | null {
    const frames = Math.max(this.#current.frames, this.#before.frames);
    const low = this.#low();
    const high = this.#high();
    if (frames === -Infinity) {
      return high - low <= WIDTH_MAX ? Math.round((low + high) / 2 / MICROS_PER_MILLISECOND) : null;
    }
    const roundTrip = Math.min(this.#current.roundTrip, this.#before.roundTrip);
    const way = roundTrip === Infinity ? 0 : roundTrip / 2;
    const offset = high < low ? (low + high) / 2 : Math.min(frames + way, high);
    return Math.round(offset / MICROS_PER_MILLISECOND);
  }

  #low(): number {
    return Math.max(this.#current.low, this.#before.low, this.#current.frames, this.#before.frames);
  }

  #high(): number {
    return Math.min(this.#current.high, this.#before.high);
  }

  #turn(now: Micros): void {
    if (now < this.#turnAt) return;
    // After a silence of a whole window nothing of before counts.
    this.#before = now < this.#turnAt + WINDOW ? this.#current : nothing();
    this.#current = nothing();
    this.#turnAt = now + WINDOW;
  }

  #forget(): void {
    this.#current = nothing();
    this.#before = nothing();
  }
}

/** When a frame was sent, as its envelope says (KALSHI.md 5.1); `null` for frames without, and for very long ones. */
export function sendingTime(text: string): Micros | null {
  if (text.length > FRAME_LENGTH_MAX) return null;
  const at = text.lastIndexOf(SENDING);
  if (at < 0) return null;
  const digits = /^\d{13}/.exec(text.slice(at + SENDING.length, at + SENDING.length + 14));
  return digits === null ? null : Number(digits[0]) * MICROS_PER_MILLISECOND as Micros;
}
