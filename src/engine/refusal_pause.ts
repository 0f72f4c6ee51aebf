/**
 * How long nothing is sent after the exchange refused an order for a reason that the next order would meet as well: a
 * pause of two hours (KALSHI.md 3.5) would otherwise cost thousands of refused orders.
 *
 * | refused with | held back |
 * | --- | --- |
 * | `exchange_is_paused`, `trading_is_paused` | whatever goes to the shard |
 * | the key may not trade (401, 403) | whatever goes to the shard |
 * | `insufficient_balance`, for an order that opens | orders of the shard that open something: closing needs no cash |
 * | `insufficient_balance`, for one that only closes | the market |
 * | the market is inactive, too many requests, service unavailable | the market |
 *
 * Each pause is twice as long as the last one, from one second to a minute, until an order is accepted there, or the exchange
 * says of itself that it takes orders on the shard again. What was
 * sent before a pause ended says nothing new of it, whatever its answer. Other refusals are the order's own fault and
 * pause nothing.
 * @module
 */

import type { OrderIntent } from "../core/order.ts";
import { type Micros, micros, MICROS_PER_SECOND } from "../core/units.ts";

const PAUSE_MIN = 1 * MICROS_PER_SECOND;
const PAUSE_MAX = 60 * MICROS_PER_SECOND;
/** More than are ever open at a time; the oldest pause is forgotten first. */
const SCOPES_MAX = 4_096;

/** Whom a refusal concerns besides the order, by its code in small letters. */
const REACH: ReadonlyMap<string, "shard" | "cash" | "market"> = new Map([
  ["exchange_is_paused", "shard"],
  ["trading_is_paused", "shard"],
  ["http_401", "shard"],
  ["http_403", "shard"],
  ["insufficient_balance", "cash"],
  ["market_inactive", "market"],
  ["too_many_requests", "market"],
  ["http_429", "market"],
  ["service_unavailable", "market"],
  ["http_503", "market"],
  ["dropped_under_pressure", "market"],
  ["queue_full", "market"],
]);
/** In these the exchange, or the market, is at rest for everybody. */
const AT_REST: ReadonlySet<string> = new Set(["exchange_is_paused", "trading_is_paused", "market_inactive"]);

interface Pause {
  readonly code: string;
  readonly length: number;
  readonly until: Micros;
}

/** An order, as far as it matters whom its answer concerns. */
export interface PausedOrder extends Pick<OrderIntent, "ticker" | "shard"> {
  /** Nothing of it would open something new. */
  readonly closes: boolean;
}

const marketScope = (ticker: string): string => `market ${ticker}`;
const shardScope = (shard: number): string => `shard ${shard}`;
const cashScope = (shard: number): string => `cash ${shard}`;

/** What bears on an order: its market, its shard, and for one that opens the shard's cash. */
const scopesOf = ({ ticker, shard, closes }: PausedOrder): readonly string[] =>
  closes ? [shardScope(shard), marketScope(ticker)] : [shardScope(shard), cashScope(shard), marketScope(ticker)];

function scopeOf(code: string, { ticker, shard, closes }: PausedOrder): string | null {
  switch (REACH.get(code.toLowerCase())) {
    case "shard":
      return shardScope(shard);
    case "cash":
      return closes ? marketScope(ticker) : cashScope(shard);
    case "market":
      return marketScope(ticker);
    case undefined:
      return null;
  }
}

export class RefusalPause {
  readonly #pauses = new Map<string, Pause>();

  /** How many pauses are remembered, over or not. */
  get size(): number {
    return this.#pauses.size;
  }

  /** The exchange refused an order that was sent then. */
  refused(code: string, order: PausedOrder, sentAt: Micros, at: Micros): void {
    const scope = scopeOf(code, order);
    if (scope === null) return;
    const last = this.#pauses.get(scope);
    if (last !== undefined && sentAt < last.until) return;
    const length = last === undefined ? PAUSE_MIN : Math.min(PAUSE_MAX, last.length * 2);
    this.#pauses.delete(scope);
    this.#pauses.set(scope, { code, length, until: micros(at + length) });
    for (const oldest of this.#pauses.keys()) {
      if (this.#pauses.size <= SCOPES_MAX) break;
      this.#pauses.delete(oldest);
    }
  }

  /** The exchange took an order that was sent then: what paused there is over. */
  accepted(order: PausedOrder, sentAt: Micros): void {
    for (const scope of scopesOf(order)) {
      const last = this.#pauses.get(scope);
      if (last !== undefined && sentAt >= last.until) this.#pauses.delete(scope);
    }
  }

  /** The exchange says that it takes orders on this shard: that it refused one before says nothing any more. */
  reopened(shard: number): void {
    this.#pauses.delete(shardScope(shard));
  }

  /** Why such an order waits, in words; `null` where it need not. */
  reason(order: PausedOrder, at: Micros): string | null {
    let longest: Pause | null = null;
    for (const scope of scopesOf(order)) {
      const pause = this.#pauses.get(scope);
      if (pause !== undefined && at < pause.until && (longest === null || pause.until > longest.until)) longest = pause;
    }
    if (longest === null) return null;
    const { code, until } = longest;
    const who = AT_REST.has(code.toLowerCase()) ? "Paused by the exchange" : "Paused after a refusal";
    return `${who} (${code}): tries again in ${Math.ceil((until - at) / MICROS_PER_SECOND)} s`;
  }

  /** Nothing more goes to this market. */
  forget(ticker: string): void {
    this.#pauses.delete(marketScope(ticker));
  }
}
