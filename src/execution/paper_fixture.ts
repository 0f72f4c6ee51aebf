/**
 * A paper exchange with one market, for tests.
 * @module
 */

import assert from "node:assert/strict";
import { Book } from "../core/book.ts";
import type { Level } from "../core/input.ts";
import type { Market } from "../core/market.ts";
import type { OrderIntent, Side } from "../core/order.ts";
import { complement, count, type Micros, type Price, price } from "../core/units.ts";
import { after, aMarket, anIntent, NOON } from "./order_fixture.ts";
import { PaperVenue } from "./paper.ts";
import type { PaperAnswer } from "./paper_answers.ts";
import { DEFAULT_FILLS, type FillSettings } from "./queue_models.ts";

export const LATENCY_MS = 50;
/** Of an order placed a second after noon. */
export const ARRIVAL = after(1.05);

/**
 * A market seen from one side: `own` is the ladder that our order joins, `other` the one it meets. For an ask every YES
 * price is mirrored, so that one story tells both sides.
 */
export class Stage {
  readonly book = new Book();
  readonly venue: PaperVenue;
  readonly ticker = aMarket().ticker;

  constructor(
    readonly side: Side,
    slippage = 0,
    readonly market: Market = aMarket(),
    fills: Partial<FillSettings> = {},
  ) {
    this.venue = new PaperVenue(
      { latencyMs: LATENCY_MS, slippage: price(slippage), fills: { ...DEFAULT_FILLS, ...fills } },
      (ticker) => ticker === this.ticker ? { market: this.market, book: this.book, mark: null } : undefined,
    );
  }

  /** The YES price that stands for this price as our side pays it. */
  yes(at: number): Price {
    return this.side === "bid" ? price(at) : complement(price(at));
  }

  /** `own` at what we would pay, `other` at what we have to pay to meet it. */
  show(own: readonly (readonly [number, number])[], other: readonly (readonly [number, number])[]): void {
    const ours: Level[] = own.map(([at, size]) => [price(at), count(size)]);
    const theirs: Level[] = other.map(([at, size]) => [complement(price(at)), count(size)]);
    if (this.side === "bid") this.book.replace(ours, theirs, NOON);
    else this.book.replace(theirs, ours, NOON);
  }

  place(change: Partial<OrderIntent>, paid: number, at: Micros = after(1)): void {
    this.venue.place(anIntent({ side: this.side, price: this.yes(paid), ...change }), at);
  }

  /** Other terms, at what our side pays. */
  amend(paid: number, size: number, at: Micros, expiresAt: Micros | null = null, id = "bot-1"): void {
    this.venue.amend(id, { price: this.yes(paid), count: count(size), expiresAt }, at);
  }

  /** A change of `own` or `other`, at the price that our side pays. */
  change(ladder: "own" | "other", paid: number, delta: number, at: Micros): PaperAnswer[] {
    const side = (ladder === "own") === (this.side === "bid") ? "yes" : "no";
    const level = ladder === "own" ? price(paid) : complement(price(paid));
    assert.equal(this.book.change(side, level, count(delta), at), "applied");
    return this.venue.onDelta({
      type: "book_delta",
      at,
      ticker: this.ticker,
      sequence: null,
      side,
      price: level,
      delta: count(delta),
      exchangeTime: at,
    });
  }

  /** A taker of the other side trades at what our side pays. */
  trade(paid: number, size: number, at: Micros, takerSide: Side = this.side === "bid" ? "ask" : "bid"): PaperAnswer[] {
    return this.venue.onTrade({
      type: "trade",
      at,
      ticker: this.ticker,
      tradeId: `x-${at}`,
      price: this.yes(paid),
      count: count(size),
      takerSide,
      exchangeTime: at,
    });
  }

  /** What was answered, in short: fills at the price that our side pays. */
  tell(answers: readonly PaperAnswer[]): string[] {
    return answers.map((answer) => {
      switch (answer.type) {
        case "fill": {
          const { fill } = answer;
          assert.equal(fill.side, this.side);
          const paid = this.side === "bid" ? fill.price : complement(fill.price);
          return `${fill.isTaker ? "took" : "made"} ${fill.count} at ${paid}`;
        }
        case "order_accepted":
          return `accepted ${answer.fillCount} filled ${answer.remainingCount} rests`;
        case "order_rejected":
          return `rejected ${answer.code}`;
        case "order_cancelled":
          return `cancelled ${answer.reducedBy}`;
        case "order_changed":
          return `changed ${answer.fillCount} filled ${answer.remainingCount} rests`;
        case "order_update":
          return `listed ${answer.order.status}`;
        case "change_failed":
          return `not changed ${answer.code}${answer.gone ? ", gone" : ""}`;
      }
    });
  }
}

/** Rests at 5,000 behind 300 others. */
export function resting(side: Side, ahead = 300, fills: Partial<FillSettings> = {}): Stage {
  const stage = new Stage(side, 0, aMarket(), fills);
  stage.show(ahead === 0 ? [[4_900, 100]] : [[5_000, ahead], [4_900, 100]], [[5_500, 1_000]]);
  stage.place({ postOnly: true }, 5_000);
  assert.deepEqual(stage.tell(stage.venue.advance(after(2))), ["accepted 0 filled 1000 rests"]);
  return stage;
}
