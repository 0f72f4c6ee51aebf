/**
 * Who presses a market: takers on one side, quotes that are added and taken away at the touch, and the queues that wait
 * there. Each part lies between -1, all of it towards NO, and 1, all of it towards YES:
 *
 *     trades = sum(v) / (sum(|v|) + depth)     v: contracts of a trade, negative where the taker sold YES
 *     touch  = sum(e) / (sum(|e|) + depth)     e: order-flow imbalance of a change of the best quotes
 *     queue  = (bid size - ask size) / (bid size + ask size)
 *
 * The sums fade with the time of the events, and `depth` is the mean size at the touch over its changes: a few contracts
 * traded into a deep book say little. For best bid P, its size q, and for best ask P', q', a change from n-1 to n counts
 *
 *     e = [P_n >= P_(n-1)] q_n - [P_n <= P_(n-1)] q_(n-1) - [P'_n <= P'_(n-1)] q'_n + [P'_n >= P'_(n-1)] q'_(n-1)
 *
 * (R. Cont, A. Kukanov & S. Stoikov, "The price impact of order book events", J. Financial Econometrics 12, 2014);
 * the queue's imbalance is that of M. Gould & J. Bonart, "Queue imbalance as a one-tick-ahead price predictor", Market
 * Microstructure and Liquidity 2, 2016.
 * @module
 */

import { type Count, type Micros, MICROS_PER_SECOND, ONE_DOLLAR_PRICE, type Price } from "../core/units.ts";
import { exponential } from "./elementary.ts";

/** In the order in which {@link OrderFlow.read} gives them. */
export const FLOW_PARTS = ["trades", "touch", "queue"] as const;

/** One market's flow in constant memory; nothing is allocated for an event. */
export class OrderFlow {
  /** Of decay, per microsecond. */
  readonly #rate: number;
  #at = 0;
  #bought = 0;
  #traded = 0;
  #pressed = 0;
  #changed = 0;
  #depths = 0;
  #depthWeight = 0;
  /** Best quotes of the last two-sided or one-sided touch; an empty side stands at the end of prices, with no size. */
  #bid = 0;
  #bidSize = 0;
  #ask = ONE_DOLLAR_PRICE as number;
  #askSize = 0;
  #isQuoted = false;

  /** @param halfLifeSeconds after which an event counts half */
  constructor(halfLifeSeconds: number) {
    if (!(halfLifeSeconds > 0 && halfLifeSeconds < Infinity)) {
      throw new RangeError(`The half-life must be above 0 seconds, not ${halfLifeSeconds}`);
    }
    this.#rate = -Math.LN2 / (halfLifeSeconds * MICROS_PER_SECOND);
  }

  /** Whether both sides are quoted. */
  get isTwoSided(): boolean {
    return this.#isQuoted && this.#bidSize > 0 && this.#askSize > 0;
  }

  /** Between the best quotes, 0 to 1; NaN before the first. */
  get mid(): number {
    return this.#isQuoted ? (this.#bid + this.#ask) / 2 / ONE_DOLLAR_PRICE : NaN;
  }

  /** Between the best quotes, dollars; NaN before the first. */
  get spread(): number {
    return this.#isQuoted ? (this.#ask - this.#bid) / ONE_DOLLAR_PRICE : NaN;
  }

  /** Takes a public trade. */
  traded(at: Micros, takerSide: "bid" | "ask", size: Count): void {
    if (!(size > 0)) return;
    this.#fade(at);
    this.#bought += takerSide === "bid" ? size : -size;
    this.#traded += size;
  }

  /** Takes the best quotes as they are now. Crossed ones are the middle of a burst: what follows is compared with those before. */
  quoted(at: Micros, bid: Price | null, bidSize: Count, ask: Price | null, askSize: Count): void {
    const newBid = bid ?? 0;
    const newBidSize = bid === null ? 0 : bidSize;
    const newAsk = ask ?? ONE_DOLLAR_PRICE;
    const newAskSize = ask === null ? 0 : askSize;
    if (!(newBid < newAsk && newBidSize >= 0 && newAskSize >= 0)) return;
    this.#fade(at);
    if (this.#isQuoted) {
      let pressed = 0;
      if (newBid >= this.#bid) pressed += newBidSize;
      if (newBid <= this.#bid) pressed -= this.#bidSize;
      if (newAsk <= this.#ask) pressed -= newAskSize;
      if (newAsk >= this.#ask) pressed += this.#askSize;
      this.#pressed += pressed;
      this.#changed += Math.abs(pressed);
    }
    this.#depths += (newBidSize + newAskSize) / 2;
    this.#depthWeight++;
    this.#bid = newBid;
    this.#bidSize = newBidSize;
    this.#ask = newAsk;
    this.#askSize = newAskSize;
    this.#isQuoted = true;
  }

  /** Something was missed: what is heard next is compared with nothing before it. */
  restart(): void {
    this.#bought = 0;
    this.#traded = 0;
    this.#pressed = 0;
    this.#changed = 0;
    this.#depths = 0;
    this.#depthWeight = 0;
    this.#isQuoted = false;
  }

  /** Writes the parts as of a moment into an array of {@link FLOW_PARTS}' length. */
  read(at: Micros, into: Float64Array): void {
    this.#fade(at);
    const depth = this.#depthWeight > 0 ? this.#depths / this.#depthWeight : 0;
    into[0] = share(this.#bought, this.#traded + depth);
    into[1] = share(this.#pressed, this.#changed + depth);
    into[2] = this.#isQuoted ? share(this.#bidSize - this.#askSize, this.#bidSize + this.#askSize) : 0;
  }

  /** A moment before the newest one takes nothing back. */
  #fade(at: Micros): void {
    const passed = at - this.#at;
    if (!(passed > 0)) return;
    this.#at = at;
    const left = exponential(this.#rate * passed);
    this.#bought *= left;
    this.#traded *= left;
    this.#pressed *= left;
    this.#changed *= left;
    this.#depths *= left;
    this.#depthWeight *= left;
  }
}

/** Rounding aside it never leaves -1 to 1; of nothing it is 0. */
const share = (part: number, whole: number): number => whole > 0 ? Math.min(1, Math.max(-1, part / whole)) : 0;
