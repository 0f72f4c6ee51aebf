/**
 * Watches an engine at work and gathers what a report shows of it.
 * @module
 */

import type { Action } from "../../core/action.ts";
import type { Input } from "../../core/input.ts";
import type { StrikeType } from "../../core/market.ts";
import type { SettlementRecord, StateRecord } from "../../core/record.ts";
import {
  formatTime,
  type Micros,
  MICROS_PER_MINUTE,
  type Money,
  money,
  ONE_DOLLAR,
  ONE_DOLLAR_PRICE,
} from "../../core/units.ts";
import type { Engine } from "../../engine/engine.ts";
import type { MarketState } from "../../engine/market_state.ts";
import type { TradeOutcome } from "../findings.ts";
import { costOf, valueOfPrice } from "./execution_outcome.ts";
import { Figures, type GatheredFindings, type MarketEnd } from "./figures.ts";
import { SERIES_EVERY } from "./market_series.ts";

export class SessionFigures {
  readonly figures: Figures;
  readonly #drawn: boolean;
  #minute = 0;
  #lookedAt = 0;
  #from: Micros | null = null;

  /**
   * @param drawn whether prices are kept for charts
   * @param onTrade told of every execution once it is known what it came to
   */
  constructor(drawn: boolean, onTrade?: (trade: TradeOutcome) => void) {
    this.#drawn = drawn;
    this.figures = new Figures(onTrade);
  }

  begin(at: Micros, capital: Money): void {
    this.#from = at;
    this.figures.nav(at, capital);
  }

  /** After each step of the engine that acted. */
  observe(actions: readonly Action[], engine: Engine): void {
    for (const action of actions) if (action.type === "record") this.#record(action.record, engine);
  }

  /** After each step. */
  note(input: Input, engine: Engine): void {
    if (input.type === "lifecycle" && input.event === "settled") {
      // The exchange names the result before, when it is determined.
      this.figures.forecasts.judge(input.ticker, engine.markets.get(input.ticker)?.result ?? input.result);
      this.figures.untraded(input.ticker);
    }
    const minute = Math.floor(input.at / MICROS_PER_MINUTE);
    if (minute !== this.#minute) {
      this.#minute = minute;
      for (const state of engine.markets.values()) this.#forecast(state);
    }
    if (!this.#drawn || input.at - this.#lookedAt < SERIES_EVERY) return;
    this.#lookedAt = input.at;
    for (const state of engine.markets.values()) {
      if (state.closed) this.figures.untraded(state.market.ticker);
      else this.#look(state, engine, input.at);
    }
  }

  /** What is still open is judged by its mark. */
  finish(engine: Engine, counts: { readonly markets: number; readonly events: number }): GatheredFindings {
    const { desk, now } = engine;
    const { ledger } = desk;
    for (const ticker of this.figures.openTickers()) {
      const state = engine.markets.get(ticker);
      const mark = state?.mark ?? null;
      const held = ledger.position(ticker);
      // Without a mark the ledger has it at cost.
      const yesValue = mark !== null ? valueOfPrice(mark) : costOf(held?.position ?? 0, held?.cost ?? 0);
      this.figures.ended(ticker, endOf(state, now, yesValue, false, ""));
    }
    this.figures.nav(now, desk.nav);
    return this.figures.finish({
      from: this.#from ?? now,
      to: now,
      ...counts,
      settled: ledger.settled,
      orders: desk.totals.orders,
      startingCapital: ledger.startingCapital,
      nav: desk.nav,
    });
  }

  #record(record: StateRecord, engine: Engine): void {
    switch (record.kind) {
      case "trade":
        return this.figures.executed(record);
      case "portfolio":
        this.figures.nav(record.at, record.nav);
        return this.figures.stake(record.nav, record.exposure);
      case "settlement":
        this.#settled(record, engine);
        return this.figures.nav(record.at, engine.desk.nav);
      default:
        return;
    }
  }

  #settled({ ticker, result, at }: SettlementRecord, engine: Engine): void {
    const state = engine.markets.get(ticker);
    const paid = state?.payout ?? (result === "yes" ? ONE_DOLLAR : money(0));
    this.figures.ended(ticker, endOf(state, at, paid, true, result));
  }

  #forecast({ market: { ticker }, closed, probability, book }: MarketState): void {
    if (closed || Number.isNaN(probability)) return;
    const { bid, ask } = book;
    const mid = book.phase !== "synced" || bid === null || ask === null ? null : (bid + ask) / 2 / ONE_DOLLAR_PRICE;
    this.figures.forecasts.add(ticker, probability, mid);
  }

  #look({ market: { ticker }, book, index, probability }: MarketState, engine: Engine, at: Micros): void {
    const { bid, ask } = book;
    const known = book.phase === "synced";
    this.figures.look(ticker, at, {
      price: (index === null ? null : engine.indices.get(index)?.value) ?? NaN,
      bid: known && bid !== null ? bid / ONE_DOLLAR_PRICE : NaN,
      ask: known && ask !== null ? ask / ONE_DOLLAR_PRICE : NaN,
      probability,
    });
  }
}

function endOf(
  state: MarketState | undefined,
  at: Micros,
  yesValue: Money,
  settled: boolean,
  result: string,
): MarketEnd {
  const market = state?.market;
  return {
    at,
    yesValue,
    settled,
    result,
    title: state === undefined ? "" : titleOf(state),
    strike: market?.floorStrike ?? market?.capStrike ?? null,
    close: market?.closeTime ?? null,
    settlement: market?.expirationValue ?? null,
  };
}

const RULES: Readonly<Partial<Record<StrikeType, string>>> = {
  greater: "above",
  greater_or_equal: "at or above",
  less: "below",
  less_or_equal: "at or below",
};

/** `KXBTC15M at or above 80831.35 at 2026-05-11 09:45 UTC`. */
function titleOf({ market: { series, strikeType, floorStrike, capStrike, closeTime } }: MarketState): string {
  const when = `${formatTime(closeTime).slice(0, 16).replace("T", " ")} UTC`;
  if (strikeType === "between") return `${series} from ${floorStrike ?? "?"} to ${capStrike ?? "?"} at ${when}`;
  const rule = strikeType === null ? undefined : RULES[strikeType];
  const strike = floorStrike ?? capStrike;
  return rule === undefined || strike === null ? `${series}, closes ${when}` : `${series} ${rule} ${strike} at ${when}`;
}
