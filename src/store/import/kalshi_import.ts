/**
 * Imports what Kalshi keeps of a series: markets, trades and candles, day by day, on both sides of the cutoff behind which
 * it keeps them apart (KALSHI.md 3.8, 3.10, 3.11). None of it needs a key, and none is used: an import shall not spend the
 * requests of a running bot.
 * @module
 */

import type { FeeSchedule, Market } from "../../core/market.ts";
import {
  type Micros,
  micros,
  MICROS_PER_DAY,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  parseTime,
} from "../../core/units.ts";
import type { HistoricalCutoff } from "../../venues/kalshi/bodies_exchange.ts";
import type { Candle, PriceRun } from "../../venues/kalshi/bodies_candles.ts";
import { type ApiResult, describeFailure } from "../../venues/kalshi/failure.ts";
import type { HistoryPages, ListSide } from "../../venues/kalshi/history_pages.ts";
import type { Cell } from "../export/column.ts";
import { isWhole, type KeptMarket, pathOf, readMarkets, writeHistory } from "./history_file.ts";
import { CANDLE_COLUMNS, dayName, endOfDay, kalshiPath, MARKET_COLUMNS, TRADE_COLUMNS } from "./layout.ts";
import { goOn, ImportStopped, type Patience, patiently } from "./patience.ts";

export interface ImportContext {
  /** `<state>/history`. */
  readonly root: string;
  readonly patience: Patience;
  /** By the exchange's clock. */
  readonly now: () => Micros;
  readonly onProgress: (done: number, of: number, what: string) => void;
  /** What is missing and will stay so, in words. */
  readonly onProblem: (text: string) => void;
  readonly onRows: (kind: string, rows: number) => void;
}

/** After its end a day's last markets need a while to be settled and to show up everywhere. */
const SETTLED_AFTER = 60 * MICROS_PER_MINUTE;
/** Markets of one historical list that are kept in memory until their day is written: years of a 15-minute series. */
const MARKETS_MAX = 200_000;
/** The cutoff moves on while an import runs, and a market is settled some time after it closed. */
const MARGIN = 2 * MICROS_PER_DAY;
/** What markets charge is no part of the files. */
const NO_FEES: FeeSchedule = { type: "quadratic", multiplierMillionths: 0 };

const secondsOf = (at: number): number => Math.floor(at / MICROS_PER_SECOND);

const marketRow = (market: Market): readonly Cell[] => [
  market.ticker,
  market.event,
  market.status,
  market.openTime,
  market.closeTime,
  market.strikeType,
  market.floorStrike,
  market.capStrike,
  market.roundDigits,
  market.result,
  market.expirationValue,
  market.settlementValue,
  market.shard,
];

const runCells = (prices: PriceRun | null): readonly Cell[] =>
  prices === null ? [null, null, null, null] : [prices.open, prices.low, prices.high, prices.close];

const candleRow = (ticker: string, candle: Candle): readonly Cell[] => [
  ticker,
  candle.end,
  ...runCells(candle.bid),
  ...runCells(candle.ask),
  ...runCells(candle.traded),
  candle.previous,
  candle.volume,
  candle.openInterest,
];

/** The markets of a day as they are found. */
interface Found {
  readonly markets: Map<string, Market>;
  /** False once one of them could not be read. */
  complete: boolean;
}

export class KalshiImport {
  readonly #rest: HistoryPages;
  readonly #context: ImportContext;
  readonly #series: string;
  readonly #days: readonly Micros[];
  #cutoff: HistoricalCutoff | null = null;
  /** Markets in memory. */
  #kept = 0;
  #done = 0;

  constructor(rest: HistoryPages, context: ImportContext, series: string, days: readonly Micros[]) {
    this.#rest = rest;
    this.#context = context;
    this.#series = series;
    this.#days = days;
  }

  /** Files that are to be there in the end. */
  get files(): number {
    return this.#days.length * 3;
  }

  /** @throws ImportStopped where it cannot go on now */
  async run(): Promise<void> {
    this.#cutoff = this.#value(await this.#ask(() => this.#rest.historicalCutoff()), "The historical cutoff");
    await this.#markets();
    for (const day of this.#days) {
      const path = await pathOf(kalshiPath(this.#context.root, this.#series, day, "markets"));
      if (path === null) continue;
      const final = await isWhole(kalshiPath(this.#context.root, this.#series, day, "markets"));
      // What has not opened yet has neither trades nor candles.
      const now = this.#context.now();
      const markets = (await readMarkets(path)).filter(({ openTime }) => (parseTime(openTime) ?? 0) <= now);
      await this.#trades(day, markets, final);
      await this.#candles(day, markets, final);
    }
  }

  async #markets(): Promise<void> {
    const wanted: Micros[] = [];
    for (const day of this.#days) {
      if (await isWhole(this.#path(day, "markets"))) this.#progress("markets");
      else wanted.push(day);
    }
    if (wanted.length === 0) return;
    const { marketsSettled } = this.#known();
    const found = new Map(wanted.map((day): [string, Found] => [dayName(day), { markets: new Map(), complete: true }]));
    // First the live list: what goes behind the cutoff meanwhile is found in the historical one then.
    for (const day of wanted) {
      const kept = found.get(dayName(day));
      if (kept !== undefined && endOfDay(day) >= marketsSettled - MARGIN) await this.#liveMarkets(day, kept);
    }
    if (wanted.some((day) => day < marketsSettled + MARGIN)) await this.#historicalMarkets(found);
    for (const day of wanted) {
      const kept = found.get(dayName(day));
      if (kept !== undefined) await this.#writeMarkets(day, kept);
    }
  }

  /** The historical list knows no times: it is gone through once for all days. */
  async #historicalMarkets(found: ReadonlyMap<string, Found>): Promise<void> {
    for await (
      const page of this.#pages(() => this.#rest.marketPages("historical", this.#series, null, () => NO_FEES))
    ) {
      const refused = this.#tellRefused(page.refused, "historical markets");
      // Which day it was of is not known.
      if (refused) { for (const day of found.values()) day.complete = false; }
      for (const market of page.items) this.#keep(market, found.get(dayName(market.closeTime)));
      this.#progress("historical markets", 0);
    }
  }

  async #liveMarkets(day: Micros, found: Found): Promise<void> {
    const closing = { from: secondsOf(day), to: secondsOf(endOfDay(day)) };
    for await (const page of this.#pages(() => this.#rest.marketPages("live", this.#series, closing, () => NO_FEES))) {
      if (this.#tellRefused(page.refused, `markets of ${dayName(day)}`)) found.complete = false;
      for (const market of page.items) {
        if (market.closeTime >= day && market.closeTime < endOfDay(day)) this.#keep(market, found);
      }
    }
  }

  #keep(market: Market, found: Found | undefined): void {
    if (found === undefined) return;
    if (!found.markets.has(market.ticker) && ++this.#kept > MARKETS_MAX) {
      throw new ImportStopped(`More than ${MARKETS_MAX} markets at once: import fewer days`);
    }
    // The historical list is read later and knows better.
    found.markets.set(market.ticker, market);
  }

  async #writeMarkets(day: Micros, { markets, complete }: Found): Promise<void> {
    const sorted = [...markets.values()].sort((a, b) => a.closeTime - b.closeTime || (a.ticker < b.ticker ? -1 : 1));
    const over = this.#context.now() >= endOfDay(day) + SETTLED_AFTER;
    const final = complete && over && sorted.every(({ status }) => status === "finalized");
    const rows = await writeHistory(this.#path(day, "markets"), MARKET_COLUMNS, async (write) => {
      await write(sorted.map(marketRow));
      return final;
    });
    this.#context.onRows("markets", rows);
    this.#progress("markets");
  }

  async #trades(day: Micros, markets: readonly KeptMarket[], final: boolean): Promise<void> {
    const path = this.#path(day, "trades");
    if (final && await isWhole(path)) return this.#progress("trades");
    let complete = true;
    const rows = await writeHistory(path, TRADE_COLUMNS, async (write) => {
      for (const [at, { ticker, openTime }] of markets.entries()) {
        this.#progress(`trades ${dayName(day)} ${at + 1}/${markets.length}`, 0);
        const { tradesCreated } = this.#known();
        // First the live list, which has the newer ones, and from which they go behind the cutoff.
        const old = (parseTime(openTime) ?? 0) < tradesCreated + MARGIN;
        const sides: ListSide[] = old ? ["live", "historical"] : ["live"];
        const told = new Set<string>();
        for (const side of sides) {
          for await (const page of this.#pages(() => this.#rest.tradePages(side, ticker))) {
            complete &&= !this.#tellRefused(page.refused, `trades of ${ticker}`);
            // The cutoff moves on while an import runs: what has just gone behind it is met twice.
            const fresh = page.items.filter(({ tradeId }) => !told.has(tradeId));
            if (sides.length > 1 && side === "live") { for (const { tradeId } of fresh) told.add(tradeId); }
            await write(fresh.map((trade) => [
              trade.createdTime,
              trade.ticker,
              trade.tradeId,
              trade.price,
              trade.count,
              trade.takerSide,
            ]));
          }
        }
      }
      return final && complete;
    });
    this.#context.onRows("trades", rows);
    this.#progress("trades");
  }

  async #candles(day: Micros, markets: readonly KeptMarket[], final: boolean): Promise<void> {
    const path = this.#path(day, "candles");
    if (final && await isWhole(path)) return this.#progress("candles");
    let complete = true;
    const rows = await writeHistory(path, CANDLE_COLUMNS, async (write) => {
      for (const [at, market] of markets.entries()) {
        this.#progress(`candles ${dayName(day)} ${at + 1}/${markets.length}`, 0);
        const candles = await this.#candlesOf(market);
        if (candles === null) complete = false;
        else await write(candles.map((candle) => candleRow(market.ticker, candle)));
      }
      return final && complete;
    });
    this.#context.onRows("candles", rows);
    this.#progress("candles");
  }

  /** `null` where there are none to be had; that is told. */
  async #candlesOf({ ticker, openTime, closeTime }: KeptMarket): Promise<readonly Candle[] | null> {
    const [from, to] = [parseTime(openTime), parseTime(closeTime)];
    if (from === null || to === null) throw new ImportStopped(`Times of ${ticker} cannot be read back: ${openTime}`);
    const until = micros(Math.min(to, this.#context.now()));
    const result = await this.#ask(() => this.#rest.candles(ticker, from, until, 1));
    if (result.ok) return result.value;
    this.#context.onProblem(`Candles of ${ticker}: ${describeFailure(result.failure)}`);
    return null;
  }

  /** Pages one by one, each asked for again while its failure may pass. */
  async *#pages<T>(
    open: () => AsyncGenerator<ApiResult<T>>,
  ): AsyncGenerator<T, void, undefined> {
    const pages = open();
    let ended = false;
    while (!ended) {
      const page = await this.#ask(async (): Promise<ApiResult<T | null>> => {
        const next = await pages.next();
        if (!next.done) return next.value;
        ended = true;
        return { ok: true, value: null };
      });
      const value = this.#value(page, "A list");
      if (value !== null) yield value;
    }
  }

  #ask<T>(ask: () => Promise<ApiResult<T>>): Promise<ApiResult<T>> {
    goOn(this.#context.patience);
    return patiently(this.#context.patience, ask);
  }

  #value<T>(result: ApiResult<T>, what: string): T {
    if (result.ok) return result.value;
    throw new ImportStopped(`${what} of ${this.#series} cannot be read: ${describeFailure(result.failure)}`);
  }

  #tellRefused(
    refused: readonly { readonly path: string; readonly found: string; readonly wanted: string }[],
    what: string,
  ) {
    for (const { path, found, wanted } of refused) {
      this.#context.onProblem(`Left out of ${what}: ${path}: found ${found}, wanted ${wanted}`);
    }
    return refused.length > 0;
  }

  #known(): HistoricalCutoff {
    if (this.#cutoff === null) throw new Error("The cutoff is read first");
    return this.#cutoff;
  }

  #path(day: Micros, file: "markets" | "trades" | "candles"): string {
    return kalshiPath(this.#context.root, this.#series, day, file);
  }

  #progress(what: string, files = 1): void {
    this.#done += files;
    this.#context.onProgress(this.#done, this.files, `${this.#series} ${what}`);
  }
}
