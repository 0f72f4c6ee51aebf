/**
 * Token buckets as the exchange keeps them (KALSHI.md 3.3), so that requests wait here rather than be refused there.
 * @module
 */

import { MICROS_PER_SECOND } from "../../core/units.ts";
import type { CancelTimer, Clock } from "../../ops/clock.ts";
import type { BucketSize } from "./bodies_account.ts";

/** Cancels reduce risk and go first; whoever only wants to know something goes last. */
export type Urgency = "cancel" | "order" | "read";

const ORDER: readonly Urgency[] = ["cancel", "order", "read"];
const WAITING_MAX = 1_000;

interface Waiting {
  readonly cost: number;
  readonly go: (admitted: boolean) => void;
}

/** One bucket and the queue before it. */
export class TokenBucket {
  readonly #clock: Clock;
  #size: BucketSize;
  #tokens: number;
  #filledAt: number;
  #pausedUntil = 0;
  #cancelTimer: CancelTimer = () => {};
  readonly #waiting: Record<Urgency, Waiting[]> = { cancel: [], order: [], read: [] };

  constructor(clock: Clock, size: BucketSize) {
    this.#clock = clock;
    this.#size = size;
    this.#tokens = size.capacity;
    this.#filledAt = clock.now();
  }

  /** Takes the account's real size once it is known. */
  resize(size: BucketSize): void {
    this.#size = size;
    this.#tokens = Math.min(this.#tokens, size.capacity);
  }

  /** The exchange said "too many requests": the bucket counts as empty and rests for a while. */
  pause(delay: number): void {
    this.#tokens = 0;
    this.#filledAt = this.#clock.now();
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + delay);
  }

  /** True where a request of this cost would have to wait. */
  wouldWait(cost: number): boolean {
    this.#fill();
    return this.#count() > 0 || !this.#affords(cost);
  }

  /** Resolves with true once the request may leave, with false where too many wait already. */
  take(cost: number, urgency: Urgency): Promise<boolean> {
    this.#fill();
    if (this.#count() === 0 && this.#affords(cost)) {
      this.#tokens -= cost;
      return Promise.resolve(true);
    }
    if (this.#count() >= WAITING_MAX) return Promise.resolve(false);
    return new Promise((go) => {
      this.#waiting[urgency].push({ cost, go });
      this.#schedule();
    });
  }

  /** Turns away whatever still waits. */
  clear(): void {
    this.#cancelTimer();
    for (const urgency of ORDER) for (const waiting of this.#waiting[urgency].splice(0)) waiting.go(false);
  }

  #count(): number {
    return this.#waiting.cancel.length + this.#waiting.order.length + this.#waiting.read.length;
  }

  /** A request that costs more than the bucket holds leaves once the bucket is full. */
  #affords(cost: number): boolean {
    return this.#clock.now() >= this.#pausedUntil && this.#tokens >= Math.min(cost, this.#size.capacity);
  }

  #fill(): void {
    const now = this.#clock.now();
    const gained = (now - this.#filledAt) / MICROS_PER_SECOND * this.#size.refillPerSecond;
    this.#tokens = Math.min(this.#size.capacity, this.#tokens + gained);
    this.#filledAt = now;
  }

  #next(): Waiting[] | null {
    for (const urgency of ORDER) if (this.#waiting[urgency].length > 0) return this.#waiting[urgency];
    return null;
  }

  #drain(): void {
    this.#fill();
    for (let queue = this.#next(); queue !== null; queue = this.#next()) {
      if (!this.#affords(queue[0].cost)) break;
      const first = queue.shift();
      if (first === undefined) break;
      this.#tokens -= Math.min(first.cost, this.#size.capacity);
      first.go(true);
    }
    this.#schedule();
  }

  #schedule(): void {
    const queue = this.#next();
    this.#cancelTimer();
    if (queue === null) return;
    const missing = Math.max(0, Math.min(queue[0].cost, this.#size.capacity) - this.#tokens);
    const refill = missing / this.#size.refillPerSecond * MICROS_PER_SECOND;
    const rest = this.#pausedUntil - this.#clock.now();
    this.#cancelTimer = this.#clock.after(Math.max(1_000, Math.ceil(refill), rest), () => this.#drain());
  }
}
