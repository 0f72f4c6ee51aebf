/**
 * A first pass over the data, before any trial: which markets there are, when they open, close and are paid out. What is compared
 * between trials are their profits by period: of all markets that close at the same moment, because those share their fate.
 * @module
 */

import type { Input } from "../../core/input.ts";
import type { Micros } from "../../core/units.ts";
import type { TrialSource } from "./trial_source.ts";

export interface SurveyedMarket {
  readonly ticker: string;
  readonly series: string;
  readonly open: Micros;
  readonly close: Micros;
  /** When it was paid out; `null` where the data ends before. */
  readonly settled: Micros | null;
}

export interface Survey {
  readonly events: number;
  readonly markets: readonly SurveyedMarket[];
  readonly problems: readonly string[];
  /** What the data does not tell, and how it is taken. */
  readonly notes: readonly string[];
}

/** Markets that close at one moment. */
export interface Period {
  readonly open: Micros;
  readonly close: Micros;
  /** When the last of them was paid out; `null` where that is not known of each. */
  readonly settled: Micros | null;
  readonly tickers: readonly string[];
}

/** Years of every series that there is; each takes some hundred bytes. */
const MARKETS_MAX = 1_000_000;
/** Profits of this many periods are kept for every trial. */
export const PERIODS_MAX = 100_000;

/** @throws what the source throws where it cannot be read */
export async function surveyOf(source: TrialSource): Promise<Survey> {
  const markets = new Map<string, SurveyedMarket>();
  let events = 0;
  for await (const { inputs } of source.batches()) {
    for (const input of inputs) look(input, markets);
    events += inputs.length;
  }
  return { events, markets: [...markets.values()], problems: source.problems(), notes: source.notes() };
}

function look(input: Input, markets: Map<string, SurveyedMarket>): void {
  if (input.type === "market") {
    const { ticker, series, openTime, closeTime } = input.market;
    const known = markets.get(ticker);
    if (known === undefined && markets.size >= MARKETS_MAX) {
      throw new Error(`The data has more than ${MARKETS_MAX} markets: search in a part of it`);
    }
    markets.set(ticker, { ticker, series, open: openTime, close: closeTime, settled: known?.settled ?? null });
  } else if (input.type === "lifecycle" && input.event === "settled") {
    const known = markets.get(input.ticker);
    if (known !== undefined && known.settled === null) markets.set(input.ticker, { ...known, settled: input.at });
  }
}

/** The periods of the markets that a strategy trades, in order of time. */
export function periodsOf({ markets }: Survey, trades: (series: string) => boolean): readonly Period[] {
  const byClose = Map.groupBy(markets.filter(({ series }) => trades(series)), ({ close }) => close);
  if (byClose.size > PERIODS_MAX) {
    throw new Error(`The data has more than ${PERIODS_MAX} moments at which markets close: search in a part of it`);
  }
  return [...byClose.entries()].sort(([a], [b]) => a - b).map(([close, together]) => {
    const settled = together.map((market) => market.settled);
    return {
      close,
      open: together.reduce((first, { open }) => open < first ? open : first, close),
      settled: settled.reduce((last, at) => last === null || at === null ? null : at > last ? at : last),
      tickers: together.map(({ ticker }) => ticker),
    };
  });
}
