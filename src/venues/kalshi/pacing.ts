/**
 * Which token bucket a request draws from (KALSHI.md 3.3): one for reads, one for reads without a key, one for writes, and
 * one more for the single writes of each shard from 1 up.
 * @module
 */

import type { Clock } from "../../ops/clock.ts";
import type { BucketSize } from "./bodies_account.ts";
import { type Admission, type OrderWait, TokenBucket, type Urgency } from "./pace.ts";

/** What pacing has to know of a request. */
export interface Paced {
  /** Tokens that the exchange charges for it. */
  readonly cost: number;
  readonly urgency: Urgency;
  /** The `exchange_index` that a single write names explicitly; absent for everything else. */
  readonly shard?: number;
  /** It is sent without a signature: then only reads are possible, and few of them. */
  readonly keyless?: boolean;
  /**
   * Of creates and amends: the expected edge in dollars, `null` where nobody said. They are dropped when they have waited
   * too long. Absent for what waits as long as it takes.
   */
  readonly edge?: number | null;
}

export interface PacingOptions {
  readonly clock: Clock;
  /** A create that has waited longer is dropped; one second where absent. */
  readonly orderWaitMs?: number;
  /** Told when a request begins or stops waiting for the clock, so that a run in lockstep can move on meanwhile. */
  readonly onWaiting?: (waiting: boolean) => void;
}

/** The account's default tier, until `/account/limits` says better. */
const BASIC_READ: BucketSize = { refillPerSecond: 200, capacity: 200 };
const BASIC_WRITE: BucketSize = { refillPerSecond: 100, capacity: 100 };
/** At most five requests in any second (KALSHI.md 2.5), the one that a full bucket lets go at once among them. */
const KEYLESS_READ: BucketSize = { refillPerSecond: 40, capacity: 10 };
const PAUSE_MIN = 1_000_000;
const PAUSE_MAX = 30_000_000;
const ORDER_WAIT_MS = 1_000;
const SHARDS_MAX = 64;

export class Pacing {
  readonly #options: PacingOptions;
  readonly #read: TokenBucket;
  readonly #keyless: TokenBucket;
  readonly #write: TokenBucket;
  readonly #shards = new Map<number, TokenBucket>();
  #writeSize = BASIC_WRITE;
  #pause = PAUSE_MIN;

  constructor(options: PacingOptions) {
    this.#options = options;
    this.#read = new TokenBucket(options.clock, BASIC_READ);
    this.#keyless = new TokenBucket(options.clock, KEYLESS_READ);
    this.#write = new TokenBucket(options.clock, this.#writeSize);
  }

  /** Tokens that a batch of writes may cost: it leaves whole or not at all. */
  get batchCapacity(): number {
    return this.#write.capacity;
  }

  /** Takes the account's real bucket sizes; a shard's bucket is as large as the common one for writes. */
  resize(read: BucketSize, write: BucketSize): void {
    this.#writeSize = write;
    this.#read.resize(read);
    this.#write.resize(write);
    for (const bucket of this.#shards.values()) bucket.resize(write);
  }

  /** Resolves once the request may leave, or it is certain that it will not. */
  async admit(request: Paced): Promise<Admission> {
    const bucket = this.#bucketOf(request);
    const wait: OrderWait | undefined = request.edge === undefined
      ? undefined
      : { edge: request.edge, waitMax: (this.#options.orderWaitMs ?? ORDER_WAIT_MS) * 1_000 };
    if (!bucket.wouldWait(request.cost, request.urgency)) {
      return await bucket.take(request.cost, request.urgency, wait);
    }
    this.#options.onWaiting?.(true);
    const admission = await bucket.take(request.cost, request.urgency, wait);
    this.#options.onWaiting?.(false);
    return admission;
  }

  /** The exchange answered: then the next pause is a short one again. */
  worked(): void {
    this.#pause = PAUSE_MIN;
  }

  /** "Too many requests". The exchange does not say how long to wait, so the pauses double. */
  refused(request: Paced): void {
    this.#bucketOf(request).refused(this.#pause);
    this.#pause = Math.min(PAUSE_MAX, this.#pause * 2);
  }

  /** Turns away the creates and amends that still wait. */
  withdrawOrders(): void {
    for (const bucket of [this.#write, ...this.#shards.values()]) bucket.withdrawOrders();
  }

  /** Turns away whatever still waits. */
  stop(): void {
    for (const bucket of [this.#read, this.#keyless, this.#write, ...this.#shards.values()]) bucket.clear();
  }

  #bucketOf({ urgency, shard, keyless = false }: Paced): TokenBucket {
    if (urgency === "read" || urgency === "background") return keyless ? this.#keyless : this.#read;
    if (shard === undefined || shard < 1) return this.#write;
    const known = this.#shards.get(shard);
    if (known !== undefined) return known;
    if (this.#shards.size >= SHARDS_MAX) return this.#write;
    const bucket = new TokenBucket(this.#options.clock, this.#writeSize);
    this.#shards.set(shard, bucket);
    return bucket;
  }
}
