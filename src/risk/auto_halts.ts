/**
 * Causes that halt and end by themselves (K3), each with a wide gap between what begins and what ends it, and an end only
 * after the better has lasted: what comes and goes halts once.
 *
 * | cause | begins | ends |
 * | --- | --- | --- |
 * | API errors | more than the bound of the last minute's requests failed, of so many at least | at most half of the bound, for 10 s |
 * | clock offset | the exchange's clock is certainly farther from ours than the bound | it may be within half of the bound, for 10 s |
 * | stale feed | the index is older than the bound | no older than four fifths of it, for 5 s |
 *
 * @module
 */

import type { ClockBounds } from "../core/input.ts";
import { type Micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../core/units.ts";

export interface AutoHaltRules {
  /** Requests of a minute that may fail, per cent; 0 for no bound. */
  readonly apiErrorPercent: number;
  /** Of fewer nothing is concluded. */
  readonly apiCallsMin: number;
  /** Age of an index, micros; 0 for no bound. */
  readonly feedStale: number;
  /** Between the exchange's clock and ours, micros; 0 for no bound. */
  readonly clockOffset: number;
}

/** What was seen is bad enough to begin, good enough to end, or neither. */
export type Sign = "bad" | "between" | "good";

const WINDOW_SECONDS = 60;
export const API_GOOD_FOR = 10 * MICROS_PER_SECOND;
export const CLOCK_GOOD_FOR = 10 * MICROS_PER_SECOND;
export const FEED_GOOD_FOR = 5 * MICROS_PER_SECOND;

/** Whether a cause is there, without flapping. */
export class Latch {
  readonly #goodFor: number;
  #on = false;
  #goodSince: number | null = null;

  /** @param goodFor how long it must be good before it ends, micros */
  constructor(goodFor: number) {
    this.#goodFor = goodFor;
  }

  /** Takes note of what is seen now; whether the cause is there. */
  see(sign: Sign, at: Micros): boolean {
    if (sign !== "good") this.#goodSince = null;
    if (sign === "bad") this.#on = true;
    if (sign === "good" && this.#on) {
      this.#goodSince ??= at;
      if (at - this.#goodSince >= this.#goodFor) this.#on = false;
    }
    return this.#on;
  }
}

/** Requests of the last minute, second by second. */
export class ApiErrors {
  readonly #calls = new Uint32Array(WINDOW_SECONDS);
  readonly #failed = new Uint32Array(WINDOW_SECONDS);
  #second = 0;

  /** So many ended, of which so many failed. */
  take(calls: number, failed: number, at: Micros): void {
    this.#advance(at);
    const place = this.#second % WINDOW_SECONDS;
    this.#calls[place] += calls;
    this.#failed[place] += failed;
  }

  /** Of the last minute. */
  counts(at: Micros): { readonly calls: number; readonly failed: number } {
    this.#advance(at);
    let calls = 0;
    let failed = 0;
    for (let place = 0; place < WINDOW_SECONDS; place++) {
      calls += this.#calls[place];
      failed += this.#failed[place];
    }
    return { calls, failed };
  }

  sign(at: Micros, { apiErrorPercent, apiCallsMin }: AutoHaltRules): Sign {
    const { calls, failed } = this.counts(at);
    if (apiErrorPercent === 0 || failed === 0) return "good";
    if (calls >= apiCallsMin && failed * 100 > calls * apiErrorPercent) return "bad";
    return failed * 200 <= calls * apiErrorPercent ? "good" : "between";
  }

  #advance(at: Micros): void {
    const second = Math.floor(at / MICROS_PER_SECOND);
    const steps = Math.min(second - this.#second, WINDOW_SECONDS);
    for (let step = 1; step <= steps; step++) {
      const place = (second - steps + step) % WINDOW_SECONDS;
      this.#calls[place] = 0;
      this.#failed[place] = 0;
    }
    if (second > this.#second) this.#second = second;
  }
}

/** The least that the clocks can differ by, micros; 0 where they may agree. */
export const leastOffset = ({ low, high }: ClockBounds): number => Math.max(0, low, -high);

/** What nobody could measure says nothing: a halt that stands goes on. */
export function clockSign(bounds: ClockBounds | null, { clockOffset }: AutoHaltRules): Sign {
  if (clockOffset === 0) return "good";
  if (bounds === null) return "between";
  const least = leastOffset(bounds);
  if (least > clockOffset) return "bad";
  return least * 2 <= clockOffset ? "good" : "between";
}

/** @param age Infinity for one that was never heard, which nothing is concluded from */
export function feedSign(age: number, { feedStale }: AutoHaltRules): Sign {
  if (feedStale === 0) return "good";
  if (age === Infinity) return "between";
  if (age > feedStale) return "bad";
  return age * 5 <= feedStale * 4 ? "good" : "between";
}

export function apiErrorsReason(errors: ApiErrors, at: Micros, { apiErrorPercent }: AutoHaltRules): string {
  const { calls, failed } = errors.counts(at);
  return `${failed} of ${calls} requests to the exchange failed within a minute, allowed are ${apiErrorPercent} %`;
}

export function clockReason(bounds: ClockBounds, { clockOffset }: AutoHaltRules): string {
  const seconds = (leastOffset(bounds) / MICROS_PER_SECOND).toFixed(1);
  return `This machine's clock is ${seconds} s or more ${bounds.low > 0 ? "slow" : "fast"} against the exchange's, ` +
    `allowed is ${clockOffset / MICROS_PER_MILLISECOND} ms: have NTP keep it`;
}

/** A market may begin to be followed while its index is fresh again and the cause has not ended: then that is said. */
export function feedReason(index: string, age: number, rules: AutoHaltRules): string {
  const allowed = `${rules.feedStale / MICROS_PER_SECOND} s`;
  if (age <= rules.feedStale) {
    return `${index} was older than ${allowed} a moment ago: it has to stay fresh for ${
      FEED_GOOD_FOR / MICROS_PER_SECOND
    } s`;
  }
  return `The newest value of ${index} is ${(age / MICROS_PER_SECOND).toFixed(1)} s old, allowed are ${allowed}`;
}
