/**
 * Runs the engine over what was recorded: a data set of the exchange's frames, or a journal of our own.
 * The engine, its strategies, its risk checks and its paper fill model are those of a live run.
 * @module
 */

import type { Input } from "../core/input.ts";
import { formatMoney, type Micros, type Money, money } from "../core/units.ts";
import { Engine } from "../engine/engine.ts";
import { type EngineOptions, FRESH } from "../engine/options.ts";
import type { PaperBoundsView } from "../engine/view.ts";
import { paperBoundsView } from "../engine/view_builder.ts";
import type { Registration } from "../strategies/registry.ts";
import { type BookCheckpoint, isComplete, openRecording, type Recording, ruleAgrees } from "./recording/recording.ts";
import { BOOTSTRAP_SEED } from "./figures/clusters.ts";
import type { CalibrationRow } from "./figures/forecast_scores.ts";
import type { GatheredFindings } from "./figures/figures.ts";
import { SessionFigures } from "./figures/session_figures.ts";
import { warningsOf } from "./figures/warnings.ts";
import type { Findings, Provenance, TradeOutcome } from "./findings.ts";
import {
  type DifferingSettlement,
  type IndexSettlementFigures,
  SettlementCheck,
  type SettlementMargin,
} from "./settlement_check.ts";
import { messageOf } from "../store/message.ts";
import { isTape } from "../store/tape_reader.ts";
import { isJournal, journalBatches, type JournalOrigin, journalOrigin } from "./journal_source.ts";
import { RawTape } from "./recording/raw_tape.ts";
import { delayedFeed } from "./simulation/delayed_feed.ts";
import { withMaintenance } from "./simulation/maintenance.ts";

export interface BacktestOptions {
  readonly path: string;
  /** Recorded trades or index values, merged in as the settlement index. */
  readonly spot: string | null;
  readonly engine: Pick<
    EngineOptions,
    "paper" | "risk" | "allocation" | "index" | "orders" | "safety" | "strategies" | "version"
  >;
  readonly capital: Money;
  /** The strategies that `engine` may name; those of kbot where absent. */
  readonly registry?: readonly Registration[];
  /** What a report needs besides; without it none is made, which is quicker. */
  readonly report?: ReportRequest;
}

export interface ReportRequest {
  readonly title: string;
  /** The market data was made by a simulator. */
  readonly simulatedMarket: boolean;
  readonly provenance: Omit<Provenance, "decision_hash">;
  /** Told of all executions, each once it is known what it came to, some at a time. What it throws ends the backtest. */
  readonly onTrades?: (trades: readonly TradeOutcome[]) => Promise<void>;
}

/** DESIGN.md 4; money as exact decimal strings of dollars. */
export interface BacktestResult {
  readonly path: string;
  readonly simulated_fills: true;
  readonly markets: number;
  /** Of those markets, whether they were held or not. */
  readonly settled: number;
  readonly gaps: number;
  readonly books_checked: number;
  readonly books_equal: number;
  readonly settlements_checked: number;
  readonly settlements_agree: number;
  readonly index_settlements_checked: number;
  readonly index_settlements_agree: number;
  /** By convention A of the average, for comparison: what counts is B. */
  readonly index_settlements_agree_by_a: number;
  /** For each disagreement, how far the recorded average lies from the strike. */
  readonly index_settlements_margin_usd: readonly number[];
  /** Of every market that was checked, alike or not. */
  readonly index_settlements_margins: readonly SettlementMargin[];
  readonly index_settlements_differing: readonly DifferingSettlement[];
  readonly index_basis_mean_usd: number | null;
  readonly index_basis_sd_usd: number | null;
  readonly events: number;
  readonly frames_refused: number;
  readonly problems: readonly string[];
  /** What the data does not tell, and how it was taken. */
  readonly notes: readonly string[];
  readonly orders: number;
  readonly fills: number;
  readonly fees: string;
  readonly pnl: string;
  readonly nav: string;
  /** The same orders by the most pessimistic and the most optimistic fill model beside the one that traded. */
  readonly paper_bounds: PaperBoundsView | null;
  readonly roi: number;
  readonly win_rate: number | null;
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly calmar: number | null;
  readonly max_drawdown: number;
  readonly brier: number | null;
  readonly log_loss: number | null;
  readonly calibration: readonly CalibrationRow[];
  readonly refusals: Readonly<Record<string, number>>;
  readonly halts: readonly string[];
  readonly decision_hash: string;
  readonly wall_seconds: number;
  readonly events_per_second: number;
  readonly peak_rss_mb: number;
  /** What a report shows; `null` where none was asked for. */
  readonly findings: Findings | null;
}

/** One stretch of inputs in order of time. */
export interface SourceBatch {
  readonly file: string;
  readonly inputs: readonly Input[];
  /** Line of each input in its file, 0 for what stands in none. */
  readonly lines: readonly number[];
}

/** Where the wall time and the memory of the process come from: this folder reads neither. */
export interface Meter {
  seconds(): number;
  rssMb(): number;
}

const SHUTDOWN = "shutdown";
/** Batches between two looks at the memory. */
const LOOK_EVERY = 16;

export async function backtest(
  options: BacktestOptions,
  meter: Meter,
  onProgress: (inputs: number) => void = () => {},
): Promise<BacktestResult | { readonly error: string }> {
  if (await isTape(options.path)) {
    const tape = new RawTape(options.path);
    const result = await new Session(options, null, meter).run(simulated(tape.batches(), options), onProgress);
    if ("error" in result) return result;
    const problems = [...result.problems, ...tape.problems];
    return { ...result, problems, findings: result.findings === null ? null : { ...result.findings, problems } };
  }
  if (await isJournal(options.path)) {
    const session = new Session(options, null, meter, await journalOrigin(options.path));
    return await session.run(
      simulated(journalBatches(options.path, options.engine.paper.latencyMs), options),
      onProgress,
    );
  }
  const recording = await openRecording(options.path, options.spot === null ? {} : { spot: options.spot });
  if ("error" in recording) return recording;
  const session = new Session(options, recording, meter);
  return await session.run(simulated(recording.batches(), options), onProgress);
}

/** The same over inputs that are made while it runs; `options.path` only names them. */
export function backtestInputs(
  batches: AsyncIterable<SourceBatch>,
  options: BacktestOptions,
  meter: Meter,
  onProgress: (inputs: number) => void = () => {},
): Promise<BacktestResult | { readonly error: string }> {
  return new Session(options, null, meter).run(simulated(batches, options), onProgress);
}

/** What a recording does not hold: the exchange's maintenance, and the time until something is heard of. */
export function simulated(
  batches: AsyncIterable<SourceBatch>,
  { engine }: Pick<BacktestOptions, "engine">,
): AsyncIterable<SourceBatch> {
  const paused = withMaintenance(batches);
  const { feedLatency } = engine.paper;
  return feedLatency === undefined ? paused : delayedFeed(paused, feedLatency);
}

/** The engine that a backtest drives; of a journal it begins as the run did, so that its orders have the same names. */
export const backtestEngine = (
  { engine, capital, registry }: Pick<BacktestOptions, "engine" | "capital" | "registry">,
  { startedAt, instance = "k00000000" }: Partial<JournalOrigin> & Pick<JournalOrigin, "startedAt">,
): Engine =>
  new Engine({
    ...engine,
    run: "backtest",
    startedAt,
    execution: "paper",
    instance,
    capital,
    resume: FRESH,
  }, registry);

class Session {
  readonly #options: BacktestOptions;
  readonly #recording: Recording | null;
  readonly #origin: JournalOrigin | null;
  readonly #meter: Meter;
  readonly #started: number;
  readonly #settlementCheck: SettlementCheck;
  readonly #figures: SessionFigures;
  readonly #markets = new Set<string>();
  /** Executions of the batch that is being gone through. */
  #untold: TradeOutcome[] = [];
  #engine: Engine | null = null;
  #events = 0;
  #booksChecked = 0;
  #booksEqual = 0;
  #problems: string[] = [];
  #peakRssMb = 0;

  constructor(
    options: BacktestOptions,
    recording: Recording | null,
    meter: Meter,
    origin: JournalOrigin | null = null,
  ) {
    this.#options = options;
    this.#recording = recording;
    this.#origin = origin;
    this.#meter = meter;
    this.#started = meter.seconds();
    const told = options.report?.onTrades === undefined ? undefined : (trade: TradeOutcome) => this.#untold.push(trade);
    this.#figures = new SessionFigures(options.report !== undefined, told);
    this.#settlementCheck = new SettlementCheck(recording?.settlements.values() ?? []);
  }

  async run(
    batches: AsyncIterable<SourceBatch>,
    onProgress: (inputs: number) => void,
  ): Promise<BacktestResult | { readonly error: string }> {
    let count = 0;
    try {
      for await (const batch of batches) {
        this.#take(batch);
        await this.#tell();
        if (count++ % LOOK_EVERY === 0) {
          this.#peakRssMb = Math.max(this.#peakRssMb, this.#meter.rssMb());
          onProgress(this.#events);
        }
      }
    } catch (error) {
      return { error: messageOf(error) };
    }
    const result = this.#result();
    try {
      await this.#tell();
      return result;
    } catch (error) {
      return { error: messageOf(error) };
    }
  }

  async #tell(): Promise<void> {
    if (this.#untold.length === 0) return;
    const trades = this.#untold;
    this.#untold = [];
    await this.#options.report?.onTrades?.(trades);
  }

  #take({ file, inputs, lines }: SourceBatch): void {
    const checkpoints = this.#recording?.checkpoints.get(file);
    for (let k = 0; k < inputs.length; k++) {
      const input = inputs[k];
      const engine = this.#engine ??= this.#begin(input.at);
      this.#events++;
      const actions = engine.step(input);
      if (actions.length > 0) this.#figures.observe(actions, engine);
      this.#note(input, engine);
      if (checkpoints === undefined || lines[k] === 0) continue;
      const checkpoint = checkpoints.get(lines[k]);
      if (checkpoint !== undefined) this.#compare(checkpoint, engine);
    }
  }

  #begin(at: Micros): Engine {
    this.#figures.begin(at, this.#options.capital);
    return backtestEngine(this.#options, this.#origin ?? { startedAt: at });
  }

  #note(input: Input, engine: Engine): void {
    if (input.type === "market") this.#markets.add(input.market.ticker);
    else if (input.type === "index") this.#settlementCheck.observe(input);
    this.#figures.note(input, engine);
  }

  #compare(expected: BookCheckpoint, engine: Engine): void {
    this.#booksChecked++;
    const book = engine.markets.get(expected.ticker)?.book;
    const equal = book !== undefined && book.phase === "synced" &&
      book.yes.best === (expected.yesBid ?? 0) && book.yes.bestSize === (expected.yesBidSize ?? 0) &&
      book.no.best === (expected.noBid ?? 0) && book.no.bestSize === (expected.noBidSize ?? 0) &&
      book.yes.levels === expected.yesLevels && book.no.levels === expected.noLevels &&
      book.yes.total === expected.yesTotal && book.no.total === expected.noTotal;
    if (equal) this.#booksEqual++;
    else if (this.#problems.length < 20) {
      this.#problems.push(`${expected.file}:${expected.line}: the book of ${expected.ticker} is not as recorded`);
    }
  }

  #result(): BacktestResult | { readonly error: string } {
    const engine = this.#engine;
    if (engine === null) {
      const [problem = "it holds no inputs"] = this.#recording?.counts.problems ?? [];
      return { error: `Nothing to run in ${this.#options.path}: ${problem}` };
    }
    const { desk } = engine;
    const { ledger, paperComparison } = desk;
    const complete = [...this.#recording?.settlements.values() ?? []].filter(isComplete);
    const index = this.#settlementCheck.finish();
    const pnl = money(desk.nav - ledger.startingCapital);
    const gathered = this.#figures.finish(engine, { markets: this.#markets.size, events: this.#events });
    const { figures: { curve, forecasts } } = this.#figures;
    const counts = this.#recording?.counts;
    const problems = [...counts?.problems ?? [], ...this.#problems];
    const notes = counts?.notes ?? [];
    // A journal that ends in order ends by its shutdown.
    const halts = desk.halts.list().map((halt) => halt.name).filter((name) => name !== SHUTDOWN);
    const bounds = paperComparison === null ? null : paperBoundsView(paperComparison);
    const findings = this.#findings(gathered, engine, { halts, problems, notes, bounds });
    const wall = this.#meter.seconds() - this.#started;
    return {
      path: this.#options.path,
      simulated_fills: true,
      markets: this.#markets.size,
      settled: ledger.settled,
      gaps: engine.gaps,
      books_checked: this.#booksChecked,
      books_equal: this.#booksEqual,
      settlements_checked: complete.length,
      settlements_agree: complete.filter((each) => ruleAgrees(each) === true).length,
      ...indexFigures(index),
      events: this.#events,
      frames_refused: counts?.refused ?? 0,
      problems,
      notes,
      orders: desk.totals.orders,
      fills: desk.totals.fills,
      fees: formatMoney(ledger.fees),
      pnl: formatMoney(pnl),
      nav: formatMoney(desk.nav),
      paper_bounds: bounds,
      roi: pnl / ledger.startingCapital,
      win_rate: ledger.wins + ledger.losses === 0 ? null : ledger.wins / (ledger.wins + ledger.losses),
      ...curve.ratios(),
      max_drawdown: curve.maxDrawdown,
      ...forecasts.calibrationFigures(),
      refusals: Object.fromEntries(desk.refusals),
      halts,
      decision_hash: engine.decisionHash,
      wall_seconds: wall,
      events_per_second: wall > 0 ? Math.round(this.#events / wall) : 0,
      peak_rss_mb: Math.round(Math.max(this.#peakRssMb, this.#meter.rssMb())),
      findings,
    };
  }

  #findings(
    gathered: GatheredFindings,
    engine: Engine,
    { halts, problems, notes, bounds }: {
      readonly halts: readonly string[];
      readonly problems: readonly string[];
      readonly notes: readonly string[];
      readonly bounds: PaperBoundsView | null;
    },
  ): Findings | null {
    const { report } = this.#options;
    if (report === undefined) return null;
    const { title, simulatedMarket, provenance } = report;
    return {
      kind: "backtest",
      title,
      simulated_fills: true,
      simulated_market: simulatedMarket,
      provenance: { ...provenance, decision_hash: engine.decisionHash, bootstrap_seed: BOOTSTRAP_SEED },
      ...gathered,
      fill_models: bounds,
      search: null,
      warnings: warningsOf(gathered, { simulatedMarket, halts }),
      problems,
      notes,
    };
  }
}

function indexFigures(index: IndexSettlementFigures): Pick<
  BacktestResult,
  | "index_settlements_checked"
  | "index_settlements_agree"
  | "index_settlements_agree_by_a"
  | "index_settlements_margin_usd"
  | "index_settlements_margins"
  | "index_settlements_differing"
  | "index_basis_mean_usd"
  | "index_basis_sd_usd"
> {
  return {
    index_settlements_checked: index.checked,
    index_settlements_agree: index.agree,
    index_settlements_agree_by_a: index.agreeByA,
    index_settlements_margin_usd: index.differing.map((each) => each.margin_usd),
    index_settlements_margins: index.margins,
    index_settlements_differing: index.differing,
    index_basis_mean_usd: index.basisMean,
    index_basis_sd_usd: index.basisSd,
  };
}
