/**
 * Whether order flow says more than the quotes do: walking forward through recorded data, a signal (models/flow_signal.ts) is
 * learnt for each series and horizon, and every shift is judged on what came after it was made.
 *
 * | judged against | probability that is shifted |
 * | --- | --- |
 * | the mid a horizon later, as an outcome between 0 and 1 | the mid |
 * | how the market settled | the mid, and the engine's own |
 *
 * Each is judged twice: as if every shift were used, and as if only those were that were proven when they were made.
 * @module
 */

import type { Input } from "../core/input.ts";
import { seriesOf } from "../core/ticker.ts";
import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import type { Engine } from "../engine/engine.ts";
import { FLOW_HALF_LIFE_SECONDS } from "../engine/market_flow.ts";
import type { MarketState } from "../engine/market_state.ts";
import { bootstrapSums } from "../models/bootstrap.ts";
import { logarithm } from "../models/elementary.ts";
import { type FlowExplanation, FlowSample, FlowSignal, shiftedBy } from "../models/flow_signal.ts";
import { OrderFlow } from "../models/order_flow.ts";
import { LOG_LOSS_FLOOR } from "../models/probability_scores.ts";
import type { Estimate } from "./calibration_report.ts";

export const FLOW_HORIZONS_SECONDS = [1, 5, 30] as const;
/** Series and markets that are followed; of others nothing is judged. */
const SERIES_MAX = 64;
const MARKETS_MAX = 20_000;
/** The same draws for every interval. */
const SEED = 1;

/** What was judged, and with which probability. */
export type FlowTarget = "mid_later" | "settlement_of_mid" | "settlement_of_engine";

export interface FlowRow {
  readonly series: string;
  /** Of the moves that were learnt from, seconds. */
  readonly horizon: number;
  readonly target: FlowTarget;
  readonly n: number;
  readonly markets: number;
  /** Without flow. */
  readonly log_loss: number;
  readonly brier: number;
  /** With flow less without: below 0 flow helped. */
  readonly log_loss_difference: Estimate;
  readonly brier_difference: Estimate;
  /** The same, where flow counts only while it is proven. */
  readonly proven_log_loss_difference: Estimate;
  readonly proven_brier_difference: Estimate;
  /** Share of the judged moments at which it was proven. */
  readonly proven_share: number;
}

export interface FlowFigures {
  readonly rows: readonly FlowRow[];
  /** How each signal stood in the end. */
  readonly signals: readonly (FlowExplanation & { readonly series: string })[];
}

/** Sums over one market's judged moments. */
class Tally {
  count = 0;
  proven = 0;
  logLoss = 0;
  brier = 0;
  logLossDifference = 0;
  brierDifference = 0;
  provenLogLossDifference = 0;
  provenBrierDifference = 0;

  /** @param outcome of YES, 0 to 1 */
  add(probability: number, shift: number, proven: boolean, outcome: number): void {
    const shifted = shiftedBy(probability, shift);
    const logLoss = crossEntropy(probability, outcome);
    const brier = (probability - outcome) ** 2;
    const logLossDifference = crossEntropy(shifted, outcome) - logLoss;
    const brierDifference = (shifted - outcome) ** 2 - brier;
    this.count++;
    this.logLoss += logLoss;
    this.brier += brier;
    this.logLossDifference += logLossDifference;
    this.brierDifference += brierDifference;
    if (!proven) return;
    this.proven++;
    this.provenLogLossDifference += logLossDifference;
    this.provenBrierDifference += brierDifference;
  }
}

function crossEntropy(probability: number, outcome: number): number {
  const held = Math.min(1 - LOG_LOSS_FLOOR, Math.max(LOG_LOSS_FLOOR, probability));
  return -outcome * logarithm(held) - (1 - outcome) * logarithm(1 - held);
}

/** One market at one horizon. */
class Followed {
  readonly sample = new FlowSample();
  readonly midLater = new Tally();
  /** By how it may yet settle: NO, YES. */
  readonly mid = [new Tally(), new Tally()] as const;
  readonly engine = [new Tally(), new Tally()] as const;
  proven = false;
}

interface FollowedMarket {
  readonly flow: OrderFlow;
  readonly horizons: readonly Followed[];
  readonly series: string;
  settled: 0 | 1 | null;
}

export class FlowLab {
  readonly #signals = new Map<string, readonly FlowSignal[]>();
  readonly #markets = new Map<string, FollowedMarket>();
  /** Those that are still traded. */
  readonly #open = new Map<string, FollowedMarket>();
  #second = NaN;

  /** Time passes, to the arrival of an input that the engine was not told of yet. */
  advance(at: Micros, engine: Engine): void {
    const second = Math.floor(at / MICROS_PER_SECOND);
    if (second === this.#second) return;
    const before = this.#second;
    this.#second = second;
    FLOW_HORIZONS_SECONDS.forEach((horizon, place) => {
      if (Math.floor(second / horizon) !== Math.floor(before / horizon)) this.#moment(at, place, engine);
    });
  }

  /** Takes an input that the engine was told of. */
  take(input: Input, engine: Engine): void {
    switch (input.type) {
      case "book_snapshot":
      case "book_delta":
        return this.#quoted(input, engine.markets.get(input.ticker));
      case "trade":
        return this.#follow(input.ticker)?.flow.traded(input.at, input.takerSide, input.count);
    }
  }

  /** A market's result was named. */
  settled(ticker: string, yes: boolean): void {
    const market = this.#markets.get(ticker);
    if (market !== undefined) market.settled = yes ? 1 : 0;
    this.#open.delete(ticker);
  }

  /** `null` where no market was quoted often enough to be judged. */
  figures(): FlowFigures | null {
    const rows = [...this.#signals.keys()].flatMap((series) => this.#rowsOf(series));
    if (rows.length === 0) return null;
    const signals = [...this.#signals].flatMap(([series, each]) =>
      each.map((signal) => ({ series, ...signal.explain() }))
    );
    return { rows, signals };
  }

  #quoted({ type, ticker, at }: Input & { readonly ticker: string }, state: MarketState | undefined): void {
    if (state === undefined || state.closed) return;
    const flow = this.#follow(ticker)?.flow;
    if (flow === undefined) return;
    if (type === "book_snapshot") flow.restart();
    const { book } = state;
    if (book.phase === "synced") flow.quoted(at, book.bid, book.bidSize, book.ask, book.askSize);
  }

  #follow(ticker: string): FollowedMarket | null {
    const known = this.#markets.get(ticker);
    if (known !== undefined) return known;
    const series = seriesOf(ticker);
    const isKnown = this.#signals.has(series);
    if (this.#markets.size >= MARKETS_MAX || (!isKnown && this.#signals.size >= SERIES_MAX)) return null;
    if (!isKnown) {
      this.#signals.set(series, FLOW_HORIZONS_SECONDS.map((horizonSeconds) => new FlowSignal({ horizonSeconds })));
    }
    const market: FollowedMarket = {
      flow: new OrderFlow(FLOW_HALF_LIFE_SECONDS),
      horizons: FLOW_HORIZONS_SECONDS.map(() => new Followed()),
      series,
      settled: null,
    };
    this.#markets.set(ticker, market);
    this.#open.set(ticker, market);
    return market;
  }

  /** Judges what waits for this moment, and takes the next samples. */
  #moment(at: Micros, place: number, engine: Engine): void {
    for (const [ticker, { flow, horizons, series }] of this.#open) {
      const signal = this.#signals.get(series)?.[place];
      const state = engine.markets.get(ticker);
      if (signal === undefined || state === undefined) continue;
      const { sample, midLater, proven } = horizons[place];
      const { before, shift } = sample;
      if (state.closed || state.book.phase !== "synced") sample.drop();
      else if (sample.settle(flow, at, signal)) midLater.add(before, shift, proven, flow.mid);
    }
    for (const signals of this.#signals.values()) signals[place].endMoment();
    for (const [ticker, market] of this.#open) {
      const state = engine.markets.get(ticker);
      if (state !== undefined) this.#sample(at, place, market, state);
    }
  }

  #sample(at: Micros, place: number, { flow, horizons, series }: FollowedMarket, state: MarketState): void {
    const signal = this.#signals.get(series)?.[place];
    const { book, market, closed, probability } = state;
    if (signal === undefined || closed || book.phase !== "synced") return;
    if (market.closeTime - at <= signal.horizonSeconds * MICROS_PER_SECOND) return;
    const followed = horizons[place];
    followed.sample.take(flow, at, signal);
    followed.proven = signal.proven;
    const { before, shift } = followed.sample;
    if (Number.isNaN(before)) return;
    followed.mid.forEach((tally, outcome) => tally.add(before, shift, signal.proven, outcome));
    if (!(probability >= 0 && probability <= 1)) return;
    followed.engine.forEach((tally, outcome) => tally.add(probability, shift, signal.proven, outcome));
  }

  #rowsOf(series: string): FlowRow[] {
    const markets = [...this.#markets.values()].filter((market) => market.series === series);
    return FLOW_HORIZONS_SECONDS.flatMap((horizon, place) => {
      const tallies = (of: (followed: Followed, settled: 0 | 1 | null) => Tally | null): Tally[] =>
        markets.map(({ horizons, settled }) => of(horizons[place], settled)).filter((each) => each !== null);
      const found: [FlowTarget, Tally[]][] = [
        ["mid_later", tallies(({ midLater }) => midLater)],
        ["settlement_of_mid", tallies(({ mid }, settled) => settled === null ? null : mid[settled])],
        ["settlement_of_engine", tallies(({ engine }, settled) => settled === null ? null : engine[settled])],
      ];
      return found.map(([target, each]) => rowOf({ series, horizon, target }, each)).filter((row) => row !== null);
    });
  }
}

function rowOf(what: Pick<FlowRow, "series" | "horizon" | "target">, all: readonly Tally[]): FlowRow | null {
  const tallies = all.filter(({ count }) => count > 0);
  const sum = (of: (tally: Tally) => number): number => tallies.reduce((total, each) => total + of(each), 0);
  const n = sum(({ count }) => count);
  if (n === 0) return null;
  const estimate = (of: (tally: Tally) => number): Estimate => {
    const interval = bootstrapSums(tallies.map((each) => ({ sum: of(each), count: each.count })), SEED);
    return { mean: sum(of) / n, low: interval?.low ?? null, high: interval?.high ?? null };
  };
  return {
    ...what,
    n,
    markets: tallies.length,
    log_loss: sum(({ logLoss }) => logLoss) / n,
    brier: sum(({ brier }) => brier) / n,
    log_loss_difference: estimate((each) => each.logLossDifference),
    brier_difference: estimate((each) => each.brierDifference),
    proven_log_loss_difference: estimate((each) => each.provenLogLossDifference),
    proven_brier_difference: estimate((each) => each.provenBrierDifference),
    proven_share: sum(({ proven }) => proven) / n,
  };
}
