/**
 * What an event risks of whose markets at most one pays YES.
 *
 * | at stake | may be lost |
 * | --- | --- |
 * | YES, in all of its markets | all of it: it may be that none of them pays, or one that nothing is at stake in |
 * | NO, in several of its markets | the largest of it in one market: only the market that pays YES takes it |
 *
 * What wins is never set against what loses. Orders count as filled, on both sides.
 * @module
 */

import type { Side } from "../core/order.ts";

export class EventRisk {
  #yes = 0;
  readonly #no = new Map<string, number>();
  /** The market with the most NO, how much that is, and the most in any other. */
  #top = "";
  #most = 0;
  #second = 0;

  /** The most that can be lost, micro-dollars. */
  get worst(): number {
    return this.#yes + this.#most;
  }

  /** Puts more at stake in one of its markets, a bid for YES, an ask for NO. By how much the worst case grows. */
  add(ticker: string, side: Side, amount: number): number {
    const before = this.worst;
    if (side === "bid") this.#yes += amount;
    else this.#raise(ticker, (this.#no.get(ticker) ?? 0) + amount);
    return this.worst - before;
  }

  #raise(ticker: string, amount: number): void {
    this.#no.set(ticker, amount);
    if (ticker === this.#top) this.#most = amount;
    else if (amount > this.#most) {
      this.#second = this.#most;
      this.#most = amount;
      this.#top = ticker;
    } else this.#second = Math.max(this.#second, amount);
  }

  /** By how much the worst case would be smaller, if so much of one market were not at stake. */
  relief(ticker: string, yes: number, no: number): number {
    return yes + this.#most - Math.max(this.#largestBeside(ticker), this.#noIn(ticker) - no);
  }

  /** NO that one market could take on before the worst case grows, if so much of it were not at stake. */
  room(ticker: string, no: number): number {
    return Math.max(0, this.#largestBeside(ticker) - (this.#noIn(ticker) - no));
  }

  #noIn(ticker: string): number {
    return this.#no.get(ticker) ?? 0;
  }

  #largestBeside(ticker: string): number {
    return ticker === this.#top ? this.#second : this.#most;
  }
}
