/**
 * Runs the engine over recorded data and takes down, at set times before each market's close, what was thought of it: by
 * the engine, by every model of calibration_lab.ts, and by the market itself.
 *
 * Nothing of later enters: at the first input after a moment, before the engine is told of it, the moment is looked at.
 * What came of a market is joined to it when the exchange says so.
 * @module
 */

import type { IndexInput, Input, LifecycleInput } from "../core/input.ts";
import type { Market } from "../core/market.ts";
import { settlementIndexOf } from "../core/ticker.ts";
import { type Micros, micros, MICROS_PER_MINUTE, MICROS_PER_SECOND, ONE_DOLLAR_PRICE } from "../core/units.ts";
import { Engine } from "../engine/engine.ts";
import type { MarketState } from "../engine/market_state.ts";
import { type EngineOptions, FRESH } from "../engine/options.ts";
import type { SourceBatch } from "./backtest.ts";
import { CoherenceCheck, type CoherenceFigures } from "./calibration_coherence.ts";
import { type FlowFigures, FlowLab } from "./calibration_flow.ts";
import { IndexLab, type LabSettings, type ModelProbability } from "./calibration_lab.ts";
import { type BestQuote, midOf } from "./calibration_quotes.ts";
import type { CalibrationSource } from "./calibration_source.ts";

/** Minutes before the close. */
export const MOMENTS_MINUTES = [10, 5, 2, 1, 0.5] as const;
/** Markets times moments that may wait at once. */
const WAITING_MAX = 500_000;
const INDICES_MAX = 32;
/** Of the believed kinds of index values, those that settle: other sources' basis is the engine's business. */
const SETTLING_SOURCES: readonly IndexInput["source"][] = ["official", "recorded"];

/** What was thought of a market at a moment, and what came of it. */
export interface Observation {
  readonly ticker: string;
  readonly minutes: number;
  readonly at: Micros;
  readonly yes: boolean;
  /** The mid of its quotes; `null` where they said nothing. */
  readonly market: number | null;
  /** `null` where the engine had none, or its index was not heard well enough. */
  readonly engine: number | null;
  /** Empty where the index was not heard well enough. */
  readonly models: readonly ModelProbability[];
}

type Thought = Omit<Observation, "yes">;

export interface CalibrationOptions {
  readonly engine: Pick<EngineOptions, "paper" | "risk" | "index" | "version" | "capital">;
  readonly lab: LabSettings;
}

export interface Calibrated {
  /** In order of time. */
  readonly observations: readonly Observation[];
  readonly markets: number;
  readonly settled: number;
  /** Moments at which nobody thought anything, or of which the end is not known. */
  readonly leftOut: number;
  readonly labs: ReadonlyMap<string, IndexLab>;
  /** Of the engine's probabilities. */
  readonly coherence: CoherenceFigures;
  /** `null` where no book was recorded. */
  readonly flow: FlowFigures | null;
}

interface Moment {
  readonly at: Micros;
  readonly minutes: number;
  readonly ticker: string;
}

/** Runs all of it; throws where the source cannot be read. */
export async function runCalibration(
  source: CalibrationSource,
  options: CalibrationOptions,
  onProgress: (inputs: number) => void = () => {},
): Promise<Calibrated> {
  const run = new CalibrationRun(source, options);
  for await (const batch of source.batches()) {
    run.take(batch);
    onProgress(run.inputs);
  }
  return run.finish();
}

class CalibrationRun {
  inputs = 0;
  readonly #source: CalibrationSource;
  readonly #options: CalibrationOptions;
  readonly #labs = new Map<string, IndexLab>();
  readonly #listed = new Set<string>();
  readonly #settled = new Set<string>();
  /** The next one last, once they are sorted. */
  readonly #waiting: Moment[] = [];
  #sorted = true;
  readonly #thoughts = new Map<string, Thought[]>();
  readonly #observations: Observation[] = [];
  readonly #coherence = new CoherenceCheck();
  readonly #flow = new FlowLab();
  #leftOut = 0;
  #engine: Engine | null = null;

  constructor(source: CalibrationSource, options: CalibrationOptions) {
    this.#source = source;
    this.#options = options;
  }

  take({ inputs }: SourceBatch): void {
    for (const input of inputs) {
      this.inputs++;
      const engine = this.#engine ??= this.#begin(input.at);
      this.#lookBefore(input.at, engine);
      this.#flow.advance(input.at, engine);
      engine.step(input);
      this.#flow.take(input, engine);
      this.#learn(input);
    }
  }

  finish(): Calibrated {
    const unjudged = [...this.#thoughts.values()].reduce((sum, each) => sum + each.length, 0);
    return {
      observations: this.#observations.sort((a, b) => a.at - b.at),
      markets: this.#listed.size,
      settled: this.#settled.size,
      leftOut: this.#leftOut + this.#waiting.length + unjudged,
      labs: this.#labs,
      coherence: this.#coherence.finish(),
      flow: this.#flow.figures(),
    };
  }

  #begin(at: Micros): Engine {
    return new Engine({
      ...this.#options.engine,
      run: "calibrate",
      startedAt: at,
      execution: "paper",
      instance: "k00000000",
      strategies: [],
      resume: FRESH,
    });
  }

  #lookBefore(at: Micros, engine: Engine): void {
    if (!this.#sorted) this.#waiting.sort((a, b) => b.at - a.at);
    this.#sorted = true;
    for (let next = this.#waiting.at(-1); next !== undefined && next.at < at; next = this.#waiting.at(-1)) {
      this.#waiting.pop();
      this.#look(next, engine);
    }
  }

  #look({ at, minutes, ticker }: Moment, engine: Engine): void {
    const state = engine.markets.get(ticker);
    if (state === undefined) {
      this.#leftOut++;
      return;
    }
    // As it is known now: a strike is often set only when the market opens.
    const { series, closeTime } = state.market;
    const index = settlementIndexOf(series);
    const lab = index === null ? undefined : this.#labs.get(index);
    const isWarm = lab !== undefined && lab.isWarm(at / MICROS_PER_SECOND);
    const probability = isWarm ? state.probability : NaN;
    if (!Number.isNaN(probability)) this.#coherence.take(at, state.market, probability);
    const thought: Thought = {
      ticker,
      minutes,
      at,
      market: this.#marketOpinion(state, at),
      engine: probability >= 0 && probability <= 1 ? probability : null,
      models: isWarm ? lab.probabilities(state.market, Math.floor(closeTime / MICROS_PER_SECOND)) : [],
    };
    if (thought.market === null && thought.engine === null && !isWarm) {
      this.#leftOut++;
      return;
    }
    const known = this.#thoughts.get(ticker);
    if (known === undefined) this.#thoughts.set(ticker, [thought]);
    else known.push(thought);
  }

  /** By its book where that can be believed, else by the table of quotes. */
  #marketOpinion({ book, market }: MarketState, at: Micros): number | null {
    const synced = book.phase === "synced" && (book.bid !== null || book.ask !== null);
    const quote: BestQuote | null = synced
      ? { bid: (book.bid ?? 0) / ONE_DOLLAR_PRICE, ask: (book.ask ?? ONE_DOLLAR_PRICE) / ONE_DOLLAR_PRICE }
      : this.#source.quotes?.at(market.ticker, at) ?? null;
    return quote === null ? null : midOf(quote);
  }

  #learn(input: Input): void {
    switch (input.type) {
      case "index":
        return this.#learnIndex(input);
      case "market":
        return this.#list(input.market, input.at);
      case "lifecycle":
        return this.#learnEnding(input);
    }
  }

  #learnIndex({ index, value, sourceTime, source, live }: IndexInput): void {
    if (live === true || !SETTLING_SOURCES.includes(source)) return;
    let lab = this.#labs.get(index);
    if (lab === undefined) {
      if (this.#labs.size >= INDICES_MAX) return;
      lab = new IndexLab(this.#options.lab, source !== "official");
      this.#labs.set(index, lab);
    }
    lab.push(Math.floor(sourceTime / MICROS_PER_SECOND), value);
  }

  /** Notes the moments of a market that are still to come. */
  #list(market: Market, now: Micros): void {
    if (this.#listed.has(market.ticker)) return;
    this.#listed.add(market.ticker);
    for (const minutes of MOMENTS_MINUTES) {
      const at = micros(market.closeTime - minutes * MICROS_PER_MINUTE);
      if (at < now || at < market.openTime) continue;
      if (this.#waiting.length >= WAITING_MAX) {
        this.#leftOut++;
        continue;
      }
      this.#waiting.push({ at, minutes, ticker: market.ticker });
    }
    this.#sorted = false;
  }

  /** The result comes with `determined` from the exchange itself, and with `settled` at the latest. */
  #learnEnding({ ticker, event, result }: LifecycleInput): void {
    if (this.#settled.has(ticker) || (result === "" && event !== "settled")) return;
    this.#settled.add(ticker);
    const thoughts = this.#thoughts.get(ticker) ?? [];
    this.#thoughts.delete(ticker);
    this.#learnBasis(ticker);
    const ended = result === "" ? this.#engine?.markets.get(ticker)?.result : result;
    if (ended !== "yes" && ended !== "no") {
      this.#leftOut += thoughts.length;
      return;
    }
    this.#flow.settled(ticker, ended === "yes");
    for (const thought of thoughts) this.#observations.push({ ...thought, yes: ended === "yes" });
  }

  #learnBasis(ticker: string): void {
    const settlement = this.#source.settlements.get(ticker);
    const market = this.#engine?.markets.get(ticker)?.market;
    if (settlement === undefined || settlement.expirationValue === null || market === undefined) return;
    const index = settlementIndexOf(market.series);
    const lab = index === null ? undefined : this.#labs.get(index);
    lab?.settled(Math.floor(settlement.closeTime / MICROS_PER_SECOND), settlement.expirationValue);
  }
}
