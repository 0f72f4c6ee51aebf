/**
 * What the exchange says of itself: on which shards it takes orders, and whether it still takes cancels where it does not
 * (KALSHI.md 3.5). An older word counts until there is a newer one.
 * @module
 */

import type { ExchangeStatusInput, ShardPause } from "../core/input.ts";

export class ExchangePause {
  #shards: ReadonlyMap<number, ShardPause> = new Map();
  #others: ShardPause = "none";
  #resumeTime: string | null = null;

  /** Takes the exchange's word. What changed by it, in words; empty where nothing did. */
  take({ shards, others, resumeTime }: ExchangeStatusInput): readonly string[] {
    const before = new Map(
      [...this.#shards.keys(), ...shards.map(({ shard }) => shard)].map((shard) => [shard, this.of(shard)] as const),
    );
    this.#shards = new Map(shards.map(({ shard, pause }) => [shard, pause]));
    this.#others = others;
    this.#resumeTime = resumeTime;
    const changed = new Map<ShardPause, number[]>();
    for (const [shard, pause] of before) {
      const now = this.of(shard);
      if (now !== pause) changed.set(now, [...changed.get(now) ?? [], shard]);
    }
    return [...changed].map(([pause, on]) =>
      this.#words(pause, on) ?? `The exchange takes orders on ${named(on)} again`
    );
  }

  of(shard: number): ShardPause {
    return this.#shards.get(shard) ?? this.#others;
  }

  /** Why no order may go to a shard, in words; `null` where it may. */
  reason(shard: number): string | null {
    const pause = this.of(shard);
    return pause === "none" ? null : this.#words(pause, [shard]);
  }

  #words(pause: ShardPause, shards: readonly number[]): string | null {
    if (pause === "none") return null;
    const expected = this.#resumeTime === null ? "" : `, and expects to go on at ${this.#resumeTime}`;
    return pause === "trading"
      ? `Paused by the exchange: it takes no orders on ${named(shards)}, only cancels${expected}`
      : `Paused by the exchange: it takes neither orders nor cancels on ${named(shards)}${expected}`;
  }
}

const named = (shards: readonly number[]): string =>
  `${shards.length === 1 ? "shard" : "shards"} ${[...shards].sort((a, b) => a - b).join(", ")}`;
