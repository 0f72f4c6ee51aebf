/**
 * The place of one resting paper order in the queue at its price, by what the public feed tells.
 *
 * An execution shows twice, as a change of the level and as a trade of the same size, with one stamp of the exchange, mostly
 * in this order; a sweep shows all its changes before its trades (KALSHI.md 4.9). So each decrease waits for its trade:
 *
 * | what is heard of a decrease | it was |
 * | --- | --- |
 * | a trade with its stamp, or where one of them has none, a trade within {@link TRADE_PATIENCE} | an execution: the trade moves the queue |
 * | a trade with a later stamp | a cancel: the model says how much of it stood before us |
 * | nothing within {@link TRADE_PATIENCE} | a cancel, likewise |
 *
 * Whatever the model says, no more stands before us than the level shows and trades may still be heard of.
 * @module
 */

import { type Count, count, type Micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../core/units.ts";
import type { CancelModel } from "./queue_models.ts";

/** A trade follows its change of the book within this, or there was none. */
export const TRADE_PATIENCE = 1 * MICROS_PER_SECOND;
/** Decreases, or trades, that wait for their other half: more than a level shows within the patience; the oldest gives way. */
const WAITING_MAX = 64;

/** Half of an execution: a decrease without its trade, or a trade without its decrease. */
interface Half {
  left: Count;
  /** What the level showed before. */
  readonly before: Count;
  /** The exchange's own millisecond; `null` where it gave none. */
  readonly stamp: number | null;
  readonly at: Micros;
}

/** Changes are stamped to the millisecond, trades that were asked for to the microsecond. */
export const millisecond = (time: Micros | null): number | null =>
  time === null ? null : Math.floor(time / MICROS_PER_MILLISECOND);

export class QueuePosition {
  readonly #model: CancelModel;
  #ahead: Count;
  readonly #decreases: Half[] = [];
  readonly #trades: Half[] = [];

  /** @param shown what the level shows as we join it: all of it stands before us */
  constructor(model: CancelModel, shown: Count) {
    this.#model = model;
    this.#ahead = shown;
  }

  /** Contracts that stand before us. */
  aheadAt(now: Micros): Count {
    this.#settle(now, null);
    return this.#ahead;
  }

  /** Our level changed by `delta` and shows `shown` now. */
  changed(delta: Count, shown: Count, exchangeTime: Micros | null, at: Micros): void {
    this.#settle(at, null);
    if (delta < 0) this.#decreased(count(-delta), count(shown - delta), millisecond(exchangeTime), at);
    this.#cap(shown);
  }

  /**
   * Contracts that stood before us when others traded.
   * @param least before an older order of ours at this price: who stands before it, stands before us
   */
  aheadOf(exchangeTime: Micros, at: Micros, least: Count): Count {
    this.#settle(at, millisecond(exchangeTime));
    if (this.#ahead < least) this.#ahead = least;
    return this.#ahead;
  }

  /** Others traded so much at our price, after {@link aheadOf} was asked. */
  traded(size: Count, exchangeTime: Micros, at: Micros): void {
    const stamp = millisecond(exchangeTime);
    const unseen = take(this.#decreases, size, stamp);
    if (unseen > 0) keep(this.#trades, { left: unseen, before: count(0), stamp, at });
    this.#ahead = count(Math.max(0, this.#ahead - size));
  }

  /** Somebody traded beyond our price: nobody is left before us. */
  passed(): void {
    this.#ahead = count(0);
    this.#decreases.length = 0;
  }

  /** A fresh snapshot shows this at our price; what happened before it is in it. */
  replaced(shown: Count, at: Micros): void {
    this.#settle(at, null);
    this.#decreases.length = 0;
    this.#trades.length = 0;
    this.#cap(shown);
  }

  #decreased(size: Count, before: Count, stamp: number | null, at: Micros): void {
    const left = take(this.#trades, size, stamp);
    if (left === 0) return;
    if (this.#decreases.length >= WAITING_MAX) this.#cancelOldest();
    this.#decreases.push({ left, before, stamp, at });
  }

  /** Decreases that no trade can explain any more were cancels. */
  #settle(now: Micros, stamp: number | null): void {
    while (this.#decreases.length > 0) {
      const oldest = this.#decreases[0];
      const over = now - oldest.at > TRADE_PATIENCE ||
        (stamp !== null && oldest.stamp !== null && oldest.stamp < stamp);
      if (!over) break;
      this.#cancelOldest();
    }
    while (this.#trades.length > 0 && now - this.#trades[0].at > TRADE_PATIENCE) this.#trades.shift();
  }

  #cancelOldest(): void {
    const cancelled = this.#decreases.shift();
    if (cancelled === undefined) return;
    const behind = count(Math.max(0, cancelled.before - this.#ahead));
    this.#ahead = count(this.#ahead - this.#model(this.#ahead, behind, cancelled.left));
  }

  #cap(shown: Count): void {
    let most: number = shown;
    for (const { left } of this.#decreases) most += left;
    if (this.#ahead > most) this.#ahead = count(most);
  }
}

/** Pairs up to `size` contracts with halves that may belong to this stamp, oldest first; what finds none. */
function take(halves: Half[], size: Count, stamp: number | null): Count {
  let left: number = size;
  for (const half of halves) {
    if (left === 0) break;
    if (half.stamp !== null && stamp !== null && half.stamp !== stamp) continue;
    const paired = Math.min(left, half.left);
    half.left = count(half.left - paired);
    left -= paired;
  }
  for (let k = halves.length - 1; k >= 0; k--) if (halves[k].left === 0) halves.splice(k, 1);
  return count(left);
}

function keep(halves: Half[], half: Half): void {
  if (halves.length >= WAITING_MAX) halves.shift();
  halves.push(half);
}
