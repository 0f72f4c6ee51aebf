/**
 * One of our orders as a paper exchange holds it.
 * @module
 */

import { feeRuleAt, OrderFees } from "../core/fees.ts";
import type { FeeSchedule } from "../core/market.ts";
import type { OrderIntent, OrderTerms, Side } from "../core/order.ts";
import { complement, type Count, count, type Micros, ONE_DOLLAR_PRICE, type Price } from "../core/units.ts";
import type { QueuePosition } from "./paper_queue.ts";

/** A YES price on the ladder that bids of this side stand on; the same turns such a price back. */
export const ownPrice = (side: Side, at: Price): Price => side === "bid" ? at : complement(at);

export class PaperOrder {
  readonly intent: OrderIntent;
  /** One accumulator an order, through every change of it. */
  readonly fees: OrderFees;
  price: Price;
  expiresAt: Micros | null;
  /** What the sender wants in all, filled contracts included. */
  wanted: Count;
  /** What may still fill: less than is wanted where reduce-only has shrunk it. */
  left: Count;
  filled: Count = count(0);
  fills = 0;
  /** `null` while it does not rest, and where its model knows no queue. */
  queue: QueuePosition | null = null;
  /** Orders of ours at one price fill in the order of this number. */
  serial = 0;
  /** Trades up to this millisecond of the exchange's happened before it rested; `null` where nothing is known of that. */
  restsSince: number | null = null;

  constructor(intent: OrderIntent, schedule: FeeSchedule, at: Micros) {
    this.intent = intent;
    this.fees = new OrderFees(feeRuleAt(at), schedule);
    this.price = intent.price;
    this.expiresAt = intent.expiresAt;
    this.wanted = intent.count;
    this.left = intent.count;
  }

  get side(): Side {
    return this.intent.side;
  }

  /** Where it stands on its own ladder. */
  get level(): Price {
    return ownPrice(this.side, this.price);
  }

  /** Whether it could take from this level of the other ladder, 0 for none. */
  reaches(level: number): level is Price {
    return level !== 0 && level + this.level >= ONE_DOLLAR_PRICE;
  }

  /** Whether these terms leave it its place in the queue (KALSHI.md 4.7). */
  keepsPlace({ price, count: wanted }: OrderTerms): boolean {
    return price === this.price && wanted - this.filled <= this.left;
  }
}
