/**
 * What happens on an exchange that plays a recording: its markets with their strikes, closes and results, the orders of
 * others, and the index.
 *
 * | on the tape | on the exchange |
 * | --- | --- |
 * | a market is told | it is listed, and open, with its strike |
 * | snapshots, changes, trades | the orders of others come, go and trade (tape_book.ts) |
 * | books cannot be believed, as after a lost connection | others take back all their orders: nobody knows what stood there |
 * | a value of the index | it is published |
 * | the close, by the market's own time | every order leaves the book |
 * | how the market ended | it is determined, and paid |
 *
 * A market whose end the recording does not know stays closed.
 * @module
 */

import type { IndexInput, LifecycleInput, MarketInput } from "../../../core/input.ts";
import type { Market } from "../../../core/market.ts";
import { complement, count, type Micros, MICROS_PER_SECOND } from "../../../core/units.ts";
import { Account } from "../account.ts";
import type { Emit } from "../events.ts";
import type { TradingFloor } from "../floor.ts";
import { isIndexId } from "../index_process.ts";
import { ListedMarket } from "../listed_market.ts";
import type { Random } from "../random.ts";
import { seriesNamed } from "../replay/replayed_market.ts";
import type { Series } from "../series.ts";
import { RANK, type Timeline } from "../timeline.ts";
import { RecordedIndex } from "./recorded_index.ts";
import type { TapeEvent, TapeMoment } from "./recorded_moments.ts";
import type { RecordedSettlement } from "../../../backtest/recording/recording.ts";
import { levelHit, levelOf, pairTrades } from "./recorded_trades.ts";
import { type Others, TapeBook } from "./tape_book.ts";

/** Owner numbers of those who are on the tape; members have the numbers below. */
const RESTING_OWNER = 1_000;
const TAKING_OWNER = 1_001;

/** What a recording has told before it is played. */
export interface TapeStart {
  /** How its markets ended, by ticker. */
  readonly settlements: ReadonlyMap<string, RecordedSettlement>;
  /** Index values of before. */
  readonly values: readonly IndexInput[];
  /** The moment that it begins with. */
  readonly moment: TapeMoment;
}

export interface TapeWorldParts {
  readonly timeline: Timeline;
  readonly floor: TradingFloor;
  readonly emit: Emit;
  /** For the ids of markets. */
  readonly random: Random;
  /** Every listed market by ticker, in order of listing: the tape adds its own. */
  readonly markets: Map<string, ListedMarket>;
  /** Called when a market pays, before it is announced. */
  readonly pay: (market: ListedMarket, at: Micros) => void;
  /** Called when a second of the index is there. */
  readonly publish: (second: number, at: Micros) => void;
}

export class TapeWorld {
  readonly index: RecordedIndex;
  /** Of what has been listed so far, and of what the recording begins with. */
  readonly series: Series[] = [];
  readonly #parts: TapeWorldParts;
  readonly #settlements: ReadonlyMap<string, RecordedSettlement>;
  readonly #others: Others = { resting: new Account(RESTING_OWNER), taking: new Account(TAKING_OWNER) };
  /** Of the markets that trade. */
  readonly #books = new Map<string, TapeBook>();

  constructor(parts: TapeWorldParts, { settlements, values, moment }: TapeStart) {
    this.#parts = parts;
    this.#settlements = settlements;
    this.index = new RecordedIndex("BRTI");
    for (const value of values) {
      if (value.at > parts.timeline.now) this.play({ at: value.at, events: [value] });
      else this.index.store(value.sourceTime / MICROS_PER_SECOND, value.value);
    }
    for (const event of moment.events) if (event.type === "market") this.#seriesOf(event.market);
    this.play(moment);
  }

  /** Of everybody on the tape. */
  get accounts(): readonly Account[] {
    return [this.#others.resting, this.#others.taking];
  }

  /** Has this happen when its time comes. */
  play({ at, events }: TapeMoment): void {
    this.#parts.timeline.schedule(at, RANK.trader, (time) => {
      for (const of of Map.groupBy(events, tickerOf).values()) this.#happen(of, time);
    });
  }

  #happen(events: readonly TapeEvent[], at: Micros): void {
    const trades = pairTrades(events);
    for (const event of events) {
      const traded = trades.get(event) ?? count(0);
      switch (event.type) {
        case "index":
          this.#publish(event, at);
          break;
        case "market":
          this.#list(event, at);
          break;
        case "lifecycle":
          this.#end(event, at);
          break;
        case "book_snapshot":
          this.#books.get(event.ticker)?.replace([
            ...event.yes.map(([price, size]) => ({ side: "bid" as const, price, size })),
            ...event.no.map(([price, size]) => ({ side: "ask" as const, price: complement(price), size })),
          ], at);
          break;
        case "book_delta":
          this.#books.get(event.ticker)?.change(levelOf(event), event.delta, traded, at);
          break;
        case "trade":
          if (traded > 0) this.#books.get(event.ticker)?.traded(levelHit(event), traded, at);
          break;
        case "book_stale":
          for (const ticker of event.tickers === "all" ? this.#books.keys() : event.tickers) {
            this.#books.get(ticker)?.replace([], at);
          }
          break;
      }
    }
  }

  #publish({ index, sourceTime, value }: IndexInput, at: Micros): void {
    if (!isIndexId(index)) return;
    const second = sourceTime / MICROS_PER_SECOND;
    this.index.store(second, value);
    this.#parts.publish(second, at);
  }

  #list({ market: told }: MarketInput, at: Micros): void {
    const { markets, timeline, floor, emit, random } = this.#parts;
    if (markets.has(told.ticker) || told.closeTime <= at) return;
    const { ticker, event, openTime, closeTime, strikeType, floorStrike, capStrike } = told;
    const market = new ListedMarket(
      {
        series: this.#seriesOf(told),
        ticker,
        event,
        openTime,
        closeTime,
        strikeType: strikeType ?? "greater_or_equal",
        floorStrike,
        capStrike,
      },
      at,
      random.uuid(),
    );
    market.status = "active";
    markets.set(ticker, market);
    this.#books.set(ticker, new TapeBook(market, floor, this.#others));
    timeline.schedule(closeTime, RANK.cycle, (time) => this.#close(market, time));
    emit({ type: "event_created", market, at });
    emit({ type: "lifecycle", kind: "created", market, at });
    emit({ type: "lifecycle", kind: "metadata_updated", market, at });
  }

  #seriesOf({ series: name, ticker: market }: Market): Series {
    const known = this.series.find(({ ticker }) => ticker === name);
    if (known !== undefined) return known;
    const series = seriesNamed(name, this.#settlements.get(market)?.priceStructure ?? null);
    this.series.push(series);
    return series;
  }

  #close(market: ListedMarket, at: Micros): void {
    const { floor } = this.#parts;
    this.#books.delete(market.ticker);
    for (const { member } of floor.clear(market, at)) {
      if (member === null) continue;
      member.end("canceled");
      floor.announce(member, "CloseCancel", at);
    }
    market.status = "closed";
  }

  #end({ ticker, event, result }: LifecycleInput, at: Micros): void {
    const { markets, pay, emit } = this.#parts;
    const market = markets.get(ticker);
    if (market === undefined || market.status === "active") return;
    market.updatedAt = at;
    market.result = result;
    market.expirationValue = this.#settlements.get(ticker)?.expirationValue ?? null;
    if (event === "determined") market.status = "determined";
    else {
      pay(market, at);
      market.status = "finalized";
      market.settledAt = at;
    }
    emit({ type: "lifecycle", kind: event, market, at });
  }
}

/** Whose event it is; `null` for what concerns no single market. */
function tickerOf(event: TapeEvent): string | null {
  switch (event.type) {
    case "market":
      return event.market.ticker;
    case "index":
    case "book_stale":
      return null;
    default:
      return event.ticker;
  }
}
