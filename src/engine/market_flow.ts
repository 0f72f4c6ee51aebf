/**
 * Order flow of the markets of which a strategy that runs asks for it: one signal for all markets of a series, because one of
 * a quarter of an hour is over before it has taught anything. Where nobody asks, nothing is worked out.
 *
 * | what is heard | leads to |
 * | --- | --- |
 * | a trade, another touch of others' quotes | the market's flow moves |
 * | a snapshot | it begins anew: what happened before it was missed |
 * | a horizon is over | what was sampled at its beginning is judged by the mid now, and the next sample taken |
 * | a signal is proven, or that is taken back | an audit record |
 *
 * It is learnt anew after each start.
 * @module
 */

import type { TradeInput } from "../core/input.ts";
import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import { type FlowExplanation, FlowSample, FlowSignal } from "../models/flow_signal.ts";
import { FLOW_PARTS, OrderFlow } from "../models/order_flow.ts";
import type { FlowReading } from "../strategies/view.ts";
import type { Desk } from "./desk.ts";
import type { MarketState } from "./market_state.ts";
import type { Markets } from "./markets.ts";
import type { Step } from "./step.ts";

/** After which an event of the book counts half. */
export const FLOW_HALF_LIFE_SECONDS = 5;
/** More series than any exchange of event markets trades by the minute; of others there is no reading. */
const SERIES_MAX = 256;

/** One market's flow; there are as many as open markets. */
interface MarketFlow {
  readonly flow: OrderFlow;
  readonly sample: FlowSample;
  readonly signal: FlowSignal;
}

export class MarketFlows {
  readonly #step: Step;
  readonly #desk: Desk;
  readonly #markets: Markets;
  readonly #byTicker = new Map<string, MarketFlow>();
  readonly #bySeries = new Map<string, FlowSignal>();
  readonly #parts = new Float64Array(FLOW_PARTS.length);
  #second = 0;

  constructor(step: Step, desk: Desk, markets: Markets) {
    this.#step = step;
    this.#desk = desk;
    this.#markets = markets;
  }

  /** How the signal of each series stands. */
  *explain(): Generator<readonly [series: string, explanation: FlowExplanation]> {
    for (const [series, signal] of this.#bySeries) yield [series, signal.explain()];
  }

  /** As of a moment; `null` where nobody asks for it, and where the book cannot be believed. */
  reading({ market, book }: MarketState, at: Micros): FlowReading | null {
    const followed = this.#byTicker.get(market.ticker);
    if (followed === undefined || !book.isTradable || !followed.flow.isTwoSided) return null;
    const { flow, signal } = followed;
    flow.read(at, this.#parts);
    let imbalance = 0;
    for (const part of this.#parts) imbalance += part / FLOW_PARTS.length;
    return new Reading(signal.shiftOf(this.#parts), imbalance, signal);
  }

  /** The touch of a market's book changed. */
  quoted(state: MarketState): void {
    const followed = this.#byTicker.size === 0 ? undefined : this.#byTicker.get(state.market.ticker);
    if (followed !== undefined) this.#quote(followed.flow, state);
  }

  /** A market's book was replaced. */
  restarted(state: MarketState): void {
    const followed = this.#byTicker.get(state.market.ticker);
    if (followed === undefined) return;
    followed.flow.restart();
    this.#quote(followed.flow, state);
  }

  traded({ ticker, takerSide, count }: TradeInput): void {
    if (this.#byTicker.size > 0) this.#byTicker.get(ticker)?.flow.traded(this.#step.at, takerSide, count);
  }

  /** Before anything is decided in a new second. */
  advance(): void {
    const before = this.#second;
    this.#second = Math.floor(this.#step.at / MICROS_PER_SECOND);
    if (!this.#markets.strategies.some(({ usesFlow }) => usesFlow === true)) return this.#byTicker.clear();
    for (const state of this.#markets.values()) this.#follow(state);
    for (const [ticker, followed] of this.#byTicker) this.#judge(this.#markets.get(ticker), followed, before);
    for (const [series, signal] of this.#bySeries) this.#endMoment(series, signal, before);
    for (const [ticker, followed] of this.#byTicker) this.#sample(this.#markets.get(ticker), followed, before);
  }

  /** A market is not followed any more. */
  forget(ticker: string): void {
    this.#byTicker.delete(ticker);
  }

  #follow(state: MarketState): void {
    const { ticker, series } = state.market;
    if (state.closed) return this.forget(ticker);
    if (this.#byTicker.has(ticker) || !state.standings.some(({ strategy }) => strategy.usesFlow === true)) return;
    let signal = this.#bySeries.get(series);
    if (signal === undefined) {
      if (this.#bySeries.size >= SERIES_MAX) return;
      signal = new FlowSignal();
      this.#bySeries.set(series, signal);
    }
    const flow = new OrderFlow(FLOW_HALF_LIFE_SECONDS);
    this.#byTicker.set(ticker, { flow, sample: new FlowSample(), signal });
    this.#quote(flow, state);
  }

  #quote(flow: OrderFlow, state: MarketState): void {
    if (state.book.phase !== "synced") return;
    const { bid, bidSize, ask, askSize } = this.#desk.othersBook(state);
    flow.quoted(this.#step.at, bid, bidSize, ask, askSize);
  }

  #judge(state: MarketState | undefined, { flow, sample, signal }: MarketFlow, before: number): void {
    if (!this.#isOver(signal, before)) return;
    if (state === undefined || state.book.phase !== "synced") sample.drop();
    else sample.settle(flow, this.#step.at, signal);
  }

  #endMoment(series: string, signal: FlowSignal, before: number): void {
    if (!this.#isOver(signal, before)) return;
    const { proven } = signal;
    signal.endMoment();
    if (signal.proven === proven) return;
    const text = `${series}: ${proven ? "not proven any more" : "proven"}. ${signal.why}`;
    this.#step.log("info", `Order flow of ${text}`);
    this.#step.audit("order_flow", null, text);
  }

  #sample(state: MarketState | undefined, { flow, sample, signal }: MarketFlow, before: number): void {
    if (!this.#isOver(signal, before) || state === undefined || state.book.phase !== "synced") return;
    const left = state.market.closeTime - this.#step.at;
    if (left > signal.horizonSeconds * MICROS_PER_SECOND) sample.take(flow, this.#step.at, signal);
  }

  /** Whether one of a signal's horizons ended since a second. */
  #isOver({ horizonSeconds }: FlowSignal, before: number): boolean {
    return Math.floor(this.#second / horizonSeconds) !== Math.floor(before / horizonSeconds);
  }
}

/** Its reason is put into words only when someone reads it. */
class Reading implements FlowReading {
  readonly proven: boolean;
  readonly #signal: FlowSignal;

  constructor(readonly shift: number, readonly imbalance: number, signal: FlowSignal) {
    this.proven = signal.proven;
    this.#signal = signal;
  }

  get why(): string {
    return this.#signal.why;
  }
}
