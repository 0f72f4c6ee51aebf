/**
 * Token buckets as the exchange keeps them (KALSHI.md 3.3), so that requests wait here rather than be refused there.
 *
 * | who waits | in which order | how long |
 * | --- | --- | --- |
 * | cancel | first: it reduces risk; not even a pause after "too many requests" holds it up | until there are tokens |
 * | order | the largest expected edge first, among equals the one asked first | its own bound, then it is dropped |
 * | read | for a decision | until there are tokens |
 * | background | whoever only wants to know something | until there are tokens |
 *
 * So under pressure the reprices with the least to win are those that are never sent.
 * @module
 */

import { MICROS_PER_SECOND } from "../../core/units.ts";
import type { CancelTimer, Clock } from "../../ops/clock.ts";
import type { BucketSize } from "./bodies_account.ts";

export type Urgency = "cancel" | "order" | "read" | "background";

/**
 * What became of a request's wish to leave.
 *
 * | admission | meaning |
 * | --- | --- |
 * | admitted | it may leave now, its tokens are taken |
 * | dropped | an order that waited too long, or gave way to one with more edge |
 * | withdrawn | an order that still waited when everything was cancelled |
 * | full | too many wait already |
 * | oversized | it costs more than the bucket ever holds |
 * | closed | the client is being stopped |
 */
export type Admission = "admitted" | "dropped" | "withdrawn" | "full" | "oversized" | "closed";

/** How an order waits. */
export interface OrderWait {
  /** Expected edge in dollars; `null` where nobody said: such an order gives way to none. */
  readonly edge: number | null;
  /** Microseconds after which it is not worth sending any more. */
  readonly waitMax: number;
}

const ORDER: readonly Urgency[] = ["cancel", "order", "read", "background"];
const WAITING_MAX = 1_000;
const ORDERS_WAITING_MAX = 100;
const PATIENT: OrderWait = { edge: null, waitMax: Infinity };
/** After "too many requests" the refill counts half (again and again down to an eighth), for so long. */
const DOUBT_LASTS = 60 * MICROS_PER_SECOND;
const BELIEF_MIN = 1 / 8;
const TIMER_MIN = 1_000;

interface Waiting {
  readonly cost: number;
  readonly edge: number;
  readonly expiresAt: number;
  readonly go: (admission: Admission) => void;
}

/** One bucket and the queue before it. */
export class TokenBucket {
  readonly #clock: Clock;
  #size: BucketSize;
  #tokens: number;
  #filledAt: number;
  #pausedUntil = 0;
  /** The part of the documented refill that is counted on. */
  #belief = 1;
  #doubtedUntil = 0;
  #cancelTimer: CancelTimer = () => {};
  readonly #waiting: Record<Urgency, Waiting[]> = { cancel: [], order: [], read: [], background: [] };

  constructor(clock: Clock, size: BucketSize) {
    this.#clock = clock;
    this.#size = size;
    this.#tokens = size.capacity;
    this.#filledAt = clock.now();
  }

  /** Tokens that it holds at most. */
  get capacity(): number {
    return this.#size.capacity;
  }

  /** Tokens a second that are counted on now. */
  get refillPerSecond(): number {
    return this.#size.refillPerSecond * this.#belief;
  }

  /** Takes the account's real size once it is known. */
  resize(size: BucketSize): void {
    this.#fill();
    this.#size = size;
    this.#tokens = Math.min(this.#tokens, size.capacity);
  }

  /** The exchange said "too many requests": the bucket counts as empty, rests for a while, and is believed less. */
  refused(pause: number): void {
    const now = this.#clock.now();
    this.#fill();
    this.#tokens = 0;
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pause);
    this.#belief = Math.max(BELIEF_MIN, this.#belief / 2);
    this.#doubtedUntil = now + DOUBT_LASTS;
  }

  /** True where a request of this cost would have to wait. */
  wouldWait(cost: number, urgency: Urgency): boolean {
    this.#fill();
    return this.#ahead(urgency) || !this.#affords(cost, urgency);
  }

  /**
   * Resolves once the request may leave, or it is certain that it will not. What costs more than the bucket holds would be
   * refused whole; a cancel is tried even so, because the size may be another one by now.
   */
  take(cost: number, urgency: Urgency, { edge, waitMax }: OrderWait = PATIENT): Promise<Admission> {
    if (cost > this.#size.capacity && urgency !== "cancel") return Promise.resolve("oversized");
    if (!this.wouldWait(cost, urgency)) {
      this.#spend(cost);
      return Promise.resolve("admitted");
    }
    if (this.#count() >= WAITING_MAX) return Promise.resolve("full");
    return new Promise((go) => {
      this.#insert(urgency, { cost, edge: edge ?? Infinity, expiresAt: this.#clock.now() + waitMax, go });
      this.#schedule();
    });
  }

  /** Turns away the orders that still wait and would open something: whoever bounds how long they wait may do without. */
  withdrawOrders(): void {
    const withdrawn = this.#waiting.order.filter(({ expiresAt }) => expiresAt !== Infinity);
    this.#waiting.order = this.#waiting.order.filter(({ expiresAt }) => expiresAt === Infinity);
    for (const { go } of withdrawn) go("withdrawn");
    this.#schedule();
  }

  /** Turns away whatever still waits. */
  clear(): void {
    this.#cancelTimer();
    for (const urgency of ORDER) for (const waiting of this.#waiting[urgency].splice(0)) waiting.go("closed");
  }

  #insert(urgency: Urgency, added: Waiting): void {
    const queue = this.#waiting[urgency];
    const at = urgency === "order" ? queue.findIndex(({ edge }) => edge < added.edge) : -1;
    if (at < 0) queue.push(added);
    else queue.splice(at, 0, added);
    if (urgency === "order" && queue.length > ORDERS_WAITING_MAX) queue.pop()?.go("dropped");
  }

  #count(): number {
    let count = 0;
    for (const urgency of ORDER) count += this.#waiting[urgency].length;
    return count;
  }

  /** True where somebody waits who goes before a newcomer of this urgency. */
  #ahead(urgency: Urgency): boolean {
    for (const other of ORDER) {
      if (this.#waiting[other].length > 0) return true;
      if (other === urgency) return false;
    }
    return false;
  }

  /** A request that costs more than the bucket holds leaves once the bucket is full. */
  #affords(cost: number, urgency: Urgency): boolean {
    const paused = urgency !== "cancel" && this.#clock.now() < this.#pausedUntil;
    return !paused && this.#tokens >= Math.min(cost, this.#size.capacity);
  }

  #spend(cost: number): void {
    this.#tokens -= Math.min(cost, this.#size.capacity);
  }

  #fill(): void {
    const now = this.#clock.now();
    const gained = (now - this.#filledAt) / MICROS_PER_SECOND * this.refillPerSecond;
    this.#tokens = Math.min(this.#size.capacity, this.#tokens + gained);
    this.#filledAt = now;
    if (now >= this.#doubtedUntil) this.#belief = 1;
  }

  #next(): Urgency | null {
    for (const urgency of ORDER) if (this.#waiting[urgency].length > 0) return urgency;
    return null;
  }

  #drain(): void {
    this.#fill();
    this.#expire();
    for (let urgency = this.#next(); urgency !== null; urgency = this.#next()) {
      const [first] = this.#waiting[urgency];
      if (!this.#affords(first.cost, urgency)) break;
      this.#waiting[urgency].shift();
      this.#spend(first.cost);
      first.go("admitted");
    }
    this.#schedule();
  }

  #expire(): void {
    const now = this.#clock.now();
    const late = this.#waiting.order.filter(({ expiresAt }) => expiresAt <= now);
    if (late.length === 0) return;
    this.#waiting.order = this.#waiting.order.filter(({ expiresAt }) => expiresAt > now);
    for (const { go } of late) go("dropped");
  }

  #schedule(): void {
    const urgency = this.#next();
    this.#cancelTimer();
    if (urgency === null) return;
    const now = this.#clock.now();
    const [first] = this.#waiting[urgency];
    const missing = Math.max(0, Math.min(first.cost, this.#size.capacity) - this.#tokens);
    const refill = Math.ceil(missing / this.refillPerSecond * MICROS_PER_SECOND);
    const pause = urgency === "cancel" ? 0 : this.#pausedUntil - now;
    let delay = Math.max(refill, pause);
    for (const { expiresAt } of this.#waiting.order) delay = Math.min(delay, expiresAt - now);
    this.#cancelTimer = this.#clock.after(Math.max(TIMER_MIN, delay), () => this.#drain());
  }
}
