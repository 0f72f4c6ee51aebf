/**
 * Runs trials: the engine over the data, once for each set of parameters. Several go side by side through one pass, because
 * reading the data costs about as much as an engine does.
 * @module
 */

import type { Input } from "../../core/input.ts";
import type { Action } from "../../core/action.ts";
import { type Micros, type Money, money } from "../../core/units.ts";
import type { Engine } from "../../engine/engine.ts";
import { positionValue } from "../../execution/ledger.ts";
import type { Registration } from "../../strategies/registry.ts";
import { backtestEngine, type BacktestOptions } from "../backtest.ts";
import type { JournalOrigin } from "../journal_source.ts";
import type { Objective } from "./choices.ts";
import { objectiveOf, orNothing } from "./objective.ts";
import type { Parameters } from "./parameter_space.ts";
import type { TrialSource } from "./trial_source.ts";

/** What all trials of a search have in common; it goes to every worker as it is. */
export interface TrialSettings {
  readonly engine: BacktestOptions["engine"];
  readonly capital: Money;
  /** The strategy whose parameters are searched; it runs alone. */
  readonly strategy: string;
  readonly objective: Objective;
  /** The tickers of each period, in order of time. */
  readonly periods: readonly (readonly string[])[];
}

/** A moment at which a trial is given up, unless it is good enough by the periods that were paid out before. */
export interface Border {
  readonly at: Micros;
  /** So many periods, the first ones. */
  readonly periods: number;
  /** Less than this is given up. */
  readonly least: number;
}

export interface TrialAsked {
  readonly number: number;
  readonly parameters: Parameters;
}

/** Trials that go through one pass. */
export interface PassAsked {
  readonly trials: readonly TrialAsked[];
  /** What comes later is not looked at; `null` for all of it. */
  readonly until: Micros | null;
  /** Of no other market anything is heard; `null` for all. */
  readonly tickers: readonly string[] | null;
  /** In order of time. */
  readonly borders: readonly Border[];
}

/** What came of a trial. */
export interface TrialResult {
  /** Micro-dollars by period; of those behind `through` nothing is known. */
  readonly profits: Float64Array;
  readonly orders: number;
  readonly fills: number;
  /** Up to when it ran; `null` where that was the end. */
  readonly through: Micros | null;
  /** It was given up at a border. */
  readonly stoppedEarly: boolean;
}

/** Most that go side by side: each engine holds its own books, some megabytes. */
export const SIDE_BY_SIDE_MAX = 8;

/**
 * @param onProgress told how many inputs were taken since, all trials together
 * @throws what the source throws where it cannot be read
 */
export async function runPass(
  source: TrialSource,
  settings: TrialSettings,
  registry: readonly Registration[],
  { trials, until, tickers, borders }: PassAsked,
  onProgress: (inputs: number) => void,
): Promise<TrialResult[]> {
  if (trials.length > SIDE_BY_SIDE_MAX) throw new RangeError(`At most ${SIDE_BY_SIDE_MAX} trials go side by side`);
  const runs = trials.map(({ parameters }) => new TrialRun(settings, registry, source.origin, parameters, borders));
  const heard = tickers === null ? null : new Set(tickers);
  for await (const { inputs } of source.batches()) {
    const cut = until === null ? -1 : inputs.findIndex(({ at }) => at > until);
    const taken = cut < 0 ? inputs : inputs.slice(0, cut);
    const food = heard === null ? taken : taken.flatMap((input) => heardOf(input, heard));
    for (const run of runs) run.take(food);
    onProgress(taken.length * runs.length);
    if (cut >= 0 || runs.every(({ isStopped }) => isStopped)) break;
  }
  return runs.map((run) => run.finish(until));
}

/** What remains of an input where only some markets are heard of; a message that is left out still counted in its sequence. */
function heardOf(input: Input, tickers: ReadonlySet<string>): readonly Input[] {
  switch (input.type) {
    case "market":
      return tickers.has(input.market.ticker) ? [input] : [];
    case "lifecycle":
    case "trade":
      return tickers.has(input.ticker) ? [input] : [];
    case "book_snapshot":
    case "book_delta": {
      if (tickers.has(input.ticker)) return [input];
      return input.sequence === null ? [] : [{ type: "sequence", at: input.at, sequence: input.sequence }];
    }
    default:
      return [input];
  }
}

class TrialRun {
  readonly #settings: TrialSettings;
  readonly #registry: readonly Registration[];
  readonly #origin: JournalOrigin | null;
  readonly #parameters: Parameters;
  readonly #borders: readonly Border[];
  readonly #periodOf = new Map<string, number>();
  /** Of each market that was paid out: what it brought in all, which a late execution may still change. */
  readonly #paid = new Map<string, Money>();
  #engine: Engine | null = null;
  #nextBorder = 0;
  #stoppedAt: Border | null = null;

  constructor(
    settings: TrialSettings,
    registry: readonly Registration[],
    origin: JournalOrigin | null,
    parameters: Parameters,
    borders: readonly Border[],
  ) {
    this.#settings = settings;
    this.#registry = registry;
    this.#origin = origin;
    this.#parameters = parameters;
    this.#borders = borders;
    settings.periods.forEach((tickers, period) => tickers.forEach((ticker) => this.#periodOf.set(ticker, period)));
  }

  get isStopped(): boolean {
    return this.#stoppedAt !== null;
  }

  take(inputs: readonly Input[]): void {
    for (const input of inputs) {
      if (this.#isGivenUp(input.at)) return;
      const engine = this.#engine ??= this.#begin(input.at);
      const actions = engine.step(input);
      if (actions.length > 0) this.#note(actions);
    }
  }

  finish(until: Micros | null): TrialResult {
    const { totals } = this.#engine?.desk ?? { totals: { orders: 0, fills: 0 } };
    const stopped = this.#stoppedAt;
    const profits = this.#profits();
    return {
      profits: stopped === null ? profits : profits.map((each, period) => period < stopped.periods ? each : 0),
      orders: totals.orders,
      fills: totals.fills,
      through: stopped?.at ?? until,
      stoppedEarly: stopped !== null,
    };
  }

  #begin(at: Micros): Engine {
    const { engine, capital, strategy } = this.#settings;
    const strategies = engine.strategies.filter(({ name }) => name === strategy).map((each) => ({
      ...each,
      enabled: true,
      parameters: { ...each.parameters, ...this.#parameters },
    }));
    const options = { engine: { ...engine, strategies }, capital, registry: this.#registry };
    return backtestEngine(options, this.#origin ?? { startedAt: at });
  }

  #note(actions: readonly Action[]): void {
    for (const action of actions) {
      if (action.type !== "record" || action.record.kind !== "settlement") continue;
      this.#paid.set(action.record.ticker, action.record.pnl);
    }
  }

  #isGivenUp(at: Micros): boolean {
    if (this.isStopped) return true;
    for (let border = this.#borders[this.#nextBorder]; border !== undefined && at >= border.at;) {
      if (isBelow(border, this.#profits(), this.#settings)) {
        this.#stoppedAt = border;
        return true;
      }
      border = this.#borders[++this.#nextBorder];
    }
    return false;
  }

  /** Of markets that were paid out what they brought, of the others what is held at its mark. */
  #profits(): Float64Array {
    const profits = new Float64Array(this.#settings.periods.length);
    const add = (ticker: string, amount: number): void => {
      const period = this.#periodOf.get(ticker);
      if (period !== undefined) profits[period] += amount;
    };
    for (const [ticker, pnl] of this.#paid) add(ticker, pnl);
    for (const position of this.#engine?.desk.ledger.positions() ?? []) {
      const { ticker, cost, realised } = position;
      // Paid out already, and opened again by an execution that was heard of late: `realised` goes on from what was paid.
      add(ticker, -(this.#paid.get(ticker) ?? 0));
      const mark = this.#engine?.markets.get(ticker)?.mark ?? null;
      add(ticker, money(realised + positionValue(position, mark) - cost));
    }
    return profits;
  }
}

/** Whether a trial with these profits is given up at a border. */
export function isBelow(
  { periods, least }: Border,
  profits: Float64Array,
  { objective, capital }: Pick<TrialSettings, "objective" | "capital">,
): boolean {
  return orNothing(objectiveOf(objective, profits.subarray(0, periods), capital)) < least;
}
