/**
 * Token buckets, as Kalshi meters requests (KALSHI.md 3.3). They refill in the exchange's own time.
 * @module
 */

import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";

export interface Tier {
  readonly name: string;
  readonly readPerSecond: number;
  readonly writePerSecond: number;
  /** A full bucket holds this many seconds' worth. */
  readonly capacitySeconds: number;
}

/** All tiers (KALSHI.md 3.3). Capacities are what was seen last: 3 s for Advanced, 2 s taken for the others. */
export const TIERS = {
  basic: { name: "basic", readPerSecond: 200, writePerSecond: 100, capacitySeconds: 2 },
  advanced: { name: "advanced", readPerSecond: 300, writePerSecond: 300, capacitySeconds: 3 },
  expert: { name: "expert", readPerSecond: 600, writePerSecond: 600, capacitySeconds: 2 },
  premier: { name: "premier", readPerSecond: 1_200, writePerSecond: 1_200, capacitySeconds: 2 },
  paragon: { name: "paragon", readPerSecond: 2_400, writePerSecond: 2_400, capacitySeconds: 2 },
  prime: { name: "prime", readPerSecond: 4_800, writePerSecond: 4_800, capacitySeconds: 2 },
  prestige: { name: "prestige", readPerSecond: 12_000, writePerSecond: 9_600, capacitySeconds: 2 },
} as const satisfies Record<string, Tier>;

export type TierName = keyof typeof TIERS;
export const DEFAULT_TIER: TierName = "advanced";

export const DEFAULT_COST = 10;
/** What a request costs that is relayed to CF Benchmarks (KALSHI.md 3.16). */
export const INDEX_COST = 50;
/** Calls that cost something else, with their paths as `GET /account/endpoint_costs` writes them. */
export const ENDPOINT_COSTS: readonly { readonly cost: number; readonly method: string; readonly path: string }[] = [
  { cost: 2, method: "DELETE", path: "/trade-api/v2/portfolio/events/orders/:order_id" },
  { cost: 2, method: "DELETE", path: "/trade-api/v2/portfolio/events/orders/batched" },
  { cost: 2, method: "GET", path: "/trade-api/v2/portfolio/orders/:order_id" },
  { cost: 30, method: "POST", path: "/trade-api/v2/account/api_usage_level/upgrade" },
  { cost: INDEX_COST, method: "GET", path: "/trade-api/v2/cfbenchmarks/values" },
  { cost: INDEX_COST, method: "GET", path: "/trade-api/v2/cfbenchmarks/history/values" },
];

class Bucket {
  readonly #perSecond: number;
  readonly #capacity: number;
  #tokens: number;
  #at: Micros;

  constructor(perSecond: number, capacity: number, at: Micros) {
    this.#perSecond = perSecond;
    this.#capacity = capacity;
    this.#tokens = capacity;
    this.#at = at;
  }

  take(cost: number, at: Micros): boolean {
    this.#tokens = Math.min(this.#capacity, this.#tokens + (at - this.#at) / MICROS_PER_SECOND * this.#perSecond);
    this.#at = at;
    if (cost > this.#tokens) return false;
    this.#tokens -= cost;
    return true;
  }
}

/** What a caller without a key may read in a second, in tokens: four to five requests were seen to pass. */
const KEYLESS_PER_SECOND = 50;

export class RateLimiter {
  readonly tier: Tier;
  readonly #read: Bucket;
  readonly #keyless: Bucket;
  readonly #writes = new Map<number, Bucket>();
  readonly #start: Micros;

  constructor(tier: Tier, start: Micros) {
    this.tier = tier;
    this.#start = start;
    this.#read = new Bucket(tier.readPerSecond, tier.readPerSecond * tier.capacitySeconds, start);
    this.#keyless = new Bucket(KEYLESS_PER_SECOND, KEYLESS_PER_SECOND, start);
  }

  read(cost: number, at: Micros): boolean {
    return this.#read.take(cost, at);
  }

  readKeyless(at: Micros): boolean {
    return this.#keyless.take(DEFAULT_COST, at);
  }

  /** @param shard the explicit `exchange_index` of a single write, which has a bucket of its own from 1 up; else 0 */
  write(cost: number, shard: number, at: Micros): boolean {
    let bucket = this.#writes.get(shard);
    if (bucket === undefined) {
      const { writePerSecond, capacitySeconds } = this.tier;
      bucket = new Bucket(writePerSecond, writePerSecond * capacitySeconds, this.#start);
      this.#writes.set(shard, bucket);
    }
    return bucket.take(cost, at);
  }

  /** The body of `GET /account/limits`. */
  body(): Record<string, unknown> {
    const { name, readPerSecond, writePerSecond, capacitySeconds } = this.tier;
    return {
      grants: [],
      read: { bucket_capacity: readPerSecond * capacitySeconds, refill_rate: readPerSecond },
      usage_tier: name,
      write: { bucket_capacity: writePerSecond * capacitySeconds, refill_rate: writePerSecond },
    };
  }
}
