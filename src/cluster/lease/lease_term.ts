/**
 * How long a lease lasts, for the two who reckon with it, each by its own clock.
 *
 * ```text
 * holder   sends renewal -- s ------------------- s + ttl - margin : sends nothing any more
 * taker        sees it at -- t >= s -------------------------------------- t + ttl + margin : may take it
 * ```
 *
 * | doubt | why it does no harm |
 * | --- | --- |
 * | the renewal was under way for long | the holder counts from before it was sent, the taker from after it was seen |
 * | the clocks show different times | nobody compares two clocks: each measures a span of its own |
 * | the clocks run at different rates | two margins, 20 % of the term, lie between the ends; NTP slews by 0.05 % at most and quartz is off by 0.01 % |
 * | the holder's machine slept | its monotonic clock may have stood still; its wall clock has not: the later of both counts |
 * | the wall clock was set | forward: the holder ends too early; back: the monotonic clock counts |
 * | it slept, and its wall clock was set back meanwhile | neither clock knows: the exchange takes no signature of a clock that is off by 30 s (KALSHI.md 2.2) |
 * | the taker's machine slept | its monotonic clock stood still: it waits longer |
 *
 * @module
 */

/** One moment on both clocks of a machine, milliseconds. */
export interface Moment {
  /** Never set, runs at nearly the right rate; may stand still while the machine sleeps. */
  readonly mono: number;
  readonly wall: number;
}

export interface LeaseClock {
  now(): Moment;
}

export const SYSTEM_CLOCK: LeaseClock = { now: () => ({ mono: performance.now(), wall: Date.now() }) };

/** The part of a term by which the holder ends earlier, and the taker begins later. */
const MARGIN_PART = 0.1;

export const marginOf = (ttlMs: number): number => ttlMs * MARGIN_PART;

/** Between two renewals: four may fail before the term is over. */
export const renewEvery = (ttlMs: number): number => ttlMs / 6;

/** Between two looks of one that stands by. */
export const lookEvery = (ttlMs: number): number => Math.min(500, ttlMs / 10);

/** How long the holder may still send, counted from before the renewal left; 0 or less where no more. */
export function remaining(sentAt: Moment, now: Moment, ttlMs: number): number {
  const passed = Math.max(now.mono - sentAt.mono, now.wall - sentAt.wall);
  return ttlMs - marginOf(ttlMs) - passed;
}

/** How long the taker must still wait, counted from after the renewal was seen; 0 or less where no more. */
export const waitLeft = (seenAt: Moment, now: Moment, ttlMs: number): number =>
  ttlMs + marginOf(ttlMs) - (now.mono - seenAt.mono);
