/**
 * What a report shows of paper or live days, from the rows that a run leaves in its database. A run may be going on: rows are
 * only read, those of the time asked for, in order of time and a bounded number at once.
 *
 * | figure | from |
 * | --- | --- |
 * | executions, groups, attribution, edge | `trades` of the time, each at what its market paid, whenever that was |
 * | a market that is not paid out yet | at what its open contracts cost: the database has no marks |
 * | net asset value, days, ratios | `portfolio`; of one strategy alone its markets' profits, one after the other |
 * | scores | `orders` of the time: what was believed when each was sent, against how its market ended |
 * | charts | `price_minutes`, and what orders saw |
 * @module
 */

import { assetOf } from "../../core/index_parameters.ts";
import type {
  AccountRecord,
  OrderRecord,
  PortfolioRecord,
  PositionRecord,
  PriceMinuteRecord,
  SettlementRecord,
  TradeRecord,
} from "../../core/record.ts";
import { seriesOf, settlementIndexOf } from "../../core/ticker.ts";
import {
  formatMoney,
  formatTime,
  type Micros,
  micros,
  MICROS_PER_MINUTE,
  type Money,
  money,
  ONE_DOLLAR,
  parseMoney,
  parseTime,
} from "../../core/units.ts";
import { PORTFOLIO_EVERY } from "../../engine/records.ts";
import { ACCOUNT_KEY, TIMES_OF } from "../../store/kv_rows.ts";
import type { ChartPoint, MarketChart, TradeOutcome } from "../findings.ts";
import { costOf } from "./execution_outcome.ts";
import { Figures, type GatheredFindings, type MarketEnd } from "./figures.ts";

const BATCH_ROWS = 500;
/** Executions told of together. */
const TOLD_TOGETHER = 500;
/** What a chart shows before the first execution and after the last. */
const AROUND = 10 * MICROS_PER_MINUTE;
/** Minutes of one chart. */
const MINUTES_MAX = 240;

export interface StoredRange {
  /** Included; the first row where `null`. */
  readonly from: Micros | null;
  /** Excluded; the newest row where `null`. */
  readonly to: Micros | null;
  /** Of this strategy alone; of all where `null`. */
  readonly strategy: string | null;
}

export interface StoredFigures {
  readonly gathered: GatheredFindings;
  /** What the rows themselves do not tell a reader, in words. */
  readonly warnings: readonly string[];
}

const END = micros(Number.MAX_SAFE_INTEGER);

/** Goes through the rows once. */
export class StoredReading {
  readonly #kv: Deno.Kv;
  readonly #range: StoredRange;
  readonly #onTrades: (trades: readonly TradeOutcome[]) => Promise<void>;
  readonly #figures = new Figures((trade) => this.#untold.push(trade));
  #untold: TradeOutcome[] = [];
  #from: Micros | null = null;
  #to: Micros | null = null;
  #nav: Money | null = null;
  #opening: Money | null = null;
  #rows = 0;
  #orders = 0;
  #settled = 0;
  #markets = 0;
  #open = 0;
  #beside = 0;

  /** @param onTrades told of executions some at a time */
  constructor(
    kv: Deno.Kv,
    range: StoredRange,
    onTrades: (trades: readonly TradeOutcome[]) => Promise<void> = () => Promise.resolve(),
  ) {
    this.#kv = kv;
    this.#range = range;
    this.#onTrades = onTrades;
  }

  async read(): Promise<StoredFigures> {
    const account = (await this.#kv.get<AccountRecord>(ACCOUNT_KEY)).value;
    const { strategy, from, to } = this.#range;
    await this.#portfolio(account, strategy === null);
    const opening = from === null
      ? account?.startingCapital ?? this.#opening
      : this.#opening ?? account?.startingCapital;
    const start = opening ?? money(0);
    if (strategy !== null && this.#from !== null) this.#earned(this.#from, start);
    await this.#executions();
    await this.#forecasts();
    const end = micros(Math.min(to ?? END, this.#to ?? 0));
    const closing = strategy === null ? this.#nav ?? start : money(start + this.#figures.total);
    const gathered = this.#figures.finish({
      from: this.#from ?? from ?? end,
      to: end,
      markets: this.#markets,
      settled: this.#settled,
      events: this.#rows,
      orders: this.#orders,
      startingCapital: start,
      nav: closing,
    });
    return { gathered: await this.#withPrices(gathered), warnings: this.#warnings(gathered) };
  }

  async *#list<Row>(table: string): AsyncGenerator<Row> {
    const { from, to } = this.#range;
    const selector = { start: [table, from ?? 0], end: [table, to ?? END] };
    for await (const { value } of this.#kv.list<Row>(selector, { batchSize: BATCH_ROWS })) {
      this.#rows++;
      yield value;
    }
  }

  /** @param counts whether the whole account's value is what is asked for */
  async #portfolio(account: AccountRecord | null, counts: boolean): Promise<void> {
    await this.#begin(counts);
    const began = this.#range.from === null ? await this.#beganAt(account) : null;
    for await (const { at, nav, exposure } of this.#list<PortfolioRecord>("portfolio")) {
      this.#reached(at);
      const isFirst = this.#opening === null;
      this.#opening ??= nav;
      if (!counts) continue;
      // What the account began with is no row; the minute up to the first one counts all the same.
      if (isFirst && account !== null && began !== null && at <= began + PORTFOLIO_EVERY) {
        this.#figures.nav(micros(Math.min(began, at)), account.startingCapital);
      }
      this.#nav = nav;
      this.#figures.nav(at, nav);
      this.#figures.stake(nav, exposure);
    }
  }

  /** When trading began, as far as that is remembered: what is too old is forgotten. */
  async #beganAt(account: AccountRecord | null): Promise<Micros | null> {
    if (account?.takenOverAt !== undefined) return account.takenOverAt;
    const first = { start: ["orders", 0], end: ["orders", END] };
    for await (const { value } of this.#kv.list<OrderRecord>(first, { limit: 1 })) {
      return value.clientOrderId.endsWith("-1") ? value.sentAt : null;
    }
    return null;
  }

  /** What the account was worth when the time asked for began. */
  async #begin(counts: boolean): Promise<void> {
    const { from } = this.#range;
    if (from === null) return;
    const before = { start: ["portfolio", 0], end: ["portfolio", from] };
    for await (const { value } of this.#kv.list<PortfolioRecord>(before, { reverse: true, limit: 1 })) {
      this.#opening = this.#nav = value.nav;
      if (counts) this.#figures.nav(from, value.nav);
    }
  }

  /** Executions and settlements in order of time, then what is still open. */
  async #executions(): Promise<void> {
    const settlements = this.#list<SettlementRecord>("settlements");
    let settlement = await settlements.next();
    for await (const trade of this.#list<TradeRecord>("trades")) {
      while (settlement.done !== true && settlement.value.at <= trade.at) {
        await this.#ended(settlement.value);
        settlement = await settlements.next();
      }
      this.#reached(trade.at);
      if (this.#range.strategy !== null && trade.strategy !== this.#range.strategy) continue;
      if (!this.#figures.isOpen(trade.ticker)) this.#markets++;
      this.#figures.executed(trade);
    }
    for (; settlement.done !== true; settlement = await settlements.next()) await this.#ended(settlement.value);
    for (const ticker of this.#figures.openTickers()) {
      const later = await this.#settlementOf(ticker);
      if (later === null) await this.#stillOpen(ticker);
      else await this.#ended(later, false);
    }
    await this.#tell();
  }

  async #settlementOf(ticker: string): Promise<SettlementRecord | null> {
    const at = (await this.#kv.get<number>([TIMES_OF.settlements, ticker])).value;
    return at === null ? null : (await this.#kv.get<SettlementRecord>(["settlements", at, ticker])).value;
  }

  /** @param within it was paid out in the time asked for */
  async #ended(record: SettlementRecord, within = true): Promise<void> {
    if (within) this.#reached(record.at);
    if (!this.#figures.isOpen(record.ticker)) return;
    this.#settled++;
    const before = this.#figures.total;
    this.#figures.ended(record.ticker, this.#endOf(record));
    const { strategy, from } = this.#range;
    if (strategy === null && from === null && this.#figures.total - before !== record.pnl) this.#beside++;
    if (strategy !== null) this.#earned(within ? record.at : this.#to ?? record.at, this.#figures.total - before);
    await this.#tell(TOLD_TOGETHER);
  }

  async #stillOpen(ticker: string): Promise<void> {
    const held = (await this.#kv.get<PositionRecord>(["positions", ticker])).value;
    const at = this.#to ?? micros(0);
    this.#open++;
    const before = this.#figures.total;
    this.#figures.ended(ticker, {
      ...this.#ending(ticker, at),
      yesValue: costOf(held?.position ?? 0, held?.cost ?? 0),
      settled: false,
      result: "",
    });
    if (this.#range.strategy !== null) this.#earned(at, this.#figures.total - before);
  }

  /** Of one strategy there is no account: its profits follow each other from the same start. */
  #earned(at: Micros, pnl: number): void {
    this.#nav = money((this.#nav ?? 0) + pnl);
    this.#figures.nav(at, this.#nav);
  }

  #endOf(record: SettlementRecord): MarketEnd {
    return {
      ...this.#ending(record.ticker, record.at),
      yesValue: yesValueOf(record),
      settled: true,
      result: record.result,
    };
  }

  #ending(ticker: string, at: Micros): Omit<MarketEnd, "yesValue" | "settled" | "result"> {
    return { at, title: ticker, strike: this.#figures.strikeOf(ticker), close: null, settlement: null };
  }

  /** What was believed when orders were sent, against how their markets ended. */
  async #forecasts(): Promise<void> {
    const results = new Map<string, string>();
    for await (const { ticker, strategy, evidence } of this.#list<OrderRecord>("orders")) {
      if (this.#range.strategy !== null && strategy !== this.#range.strategy) continue;
      this.#orders++;
      if (evidence.modelProbability === null) continue;
      this.#figures.forecasts.add(ticker, evidence.modelProbability, evidence.marketProbability);
      if (!results.has(ticker)) results.set(ticker, (await this.#settlementOf(ticker))?.result ?? "");
    }
    for (const [ticker, result] of results) this.#figures.forecasts.judge(ticker, result);
  }

  #reached(at: Micros): void {
    if (this.#from === null || at < this.#from) this.#from = at;
    if (this.#to === null || at > this.#to) this.#to = at;
  }

  async #tell(least = 1): Promise<void> {
    if (this.#untold.length < least) return;
    const trades = this.#untold;
    this.#untold = [];
    await this.#onTrades(trades);
  }

  async #withPrices(gathered: GatheredFindings): Promise<GatheredFindings> {
    const charts: MarketChart[] = [];
    for (const chart of gathered.charts) charts.push({ ...chart, points: await this.#pointsOf(chart) });
    return { ...gathered, charts };
  }

  /** The index by the minute, and what was believed when executions were decided. */
  async #pointsOf({ ticker, trades }: MarketChart): Promise<readonly ChartPoint[]> {
    const seen = trades.map(({ at, spot, model_probability: probability }) => ({
      at,
      price: spot,
      bid: null,
      ask: null,
      probability,
    }));
    const index = settlementIndexOf(seriesOf(ticker));
    const asset = index === null ? null : assetOf(index);
    const first = trades.length === 0 ? null : parseTime(trades[0].at);
    const last = trades.length === 0 ? null : parseTime(trades[trades.length - 1].at);
    if (asset === null || first === null || last === null) return seen;
    const selector = {
      start: ["price_minutes", asset, first - AROUND],
      end: ["price_minutes", asset, last + AROUND],
    };
    const points: ChartPoint[] = [...seen];
    for await (const { value } of this.#kv.list<PriceMinuteRecord>(selector, { limit: MINUTES_MAX })) {
      const at = formatTime(micros(value.start + MICROS_PER_MINUTE));
      points.push({ at, price: value.close, bid: null, ask: null, probability: null });
    }
    return points.sort((a, b) => a.at < b.at ? -1 : a.at > b.at ? 1 : 0);
  }

  #warnings({ summary, attribution }: GatheredFindings): string[] {
    const warnings: string[] = [];
    const { from, to } = this.#range;
    const more = money((parseMoney(summary.pnl.value) ?? 0) - (parseMoney(attribution.total) ?? 0));
    const account = `the account moved by ${summary.pnl.value} dollars, ${formatMoney(more)} more than its executions`;
    if (this.#open > 0) {
      warnings.push(
        `${this.#open} markets are not paid out yet: by group their contracts count at what they cost` +
          (more === 0 ? "" : `, in the account at their marks: ${account}`),
      );
    } else if (more !== 0 && (from !== null || to !== null)) {
      warnings.push(`What is held at the ends of this time counts at its marks then: ${account}`);
    } else if (more !== 0) {
      warnings.push(`Money or contracts came in beside executions: ${account}`);
    }
    if (this.#beside > 0) {
      warnings.push(
        `In ${this.#beside} markets the executions do not come to what was booked: contracts came in beside them, or rows are gone`,
      );
    }
    if (this.#range.strategy !== null) {
      warnings.push(
        `Of ${this.#range.strategy} alone: ratios are those of its profits, each at its market's end, on ${
          formatMoney(this.#opening ?? money(0))
        } dollars`,
      );
    }
    return warnings;
  }
}

/** What one YES contract paid, as far as a settlement tells: of an odd payout only what was held does. */
function yesValueOf({ result, position, payout }: SettlementRecord): Money {
  return result === "yes" ? ONE_DOLLAR : result === "scalar" ? costOf(position, payout) : money(0);
}
