/**
 * What `kbot import` fetched (store/import/layout.ts), as a recording: `kbot import` and then `kbot backtest STATE/history`.
 * The path may also be one series or one day of it.
 *
 * | file | becomes | quirks |
 * | --- | --- | --- |
 * | `kalshi/SERIES/DAY/markets.csv` | markets and their endings | price steps, fees and the moment of payment are not kept: the usual ones are taken |
 * | `kalshi/SERIES/DAY/trades.csv` | trades | |
 * | `kalshi/SERIES/DAY/candles.csv` | each minute's last quotes, at its end | no sizes: one contract is taken to stand at each; believed for {@link BELIEF} |
 * | `coinbase/PRODUCT/DAY.csv` | each minute's last price, at its end | an index a minute: no volatility can be measured from it |
 *
 * With `--spot` the prices of Coinbase are left out: the index is what that file says.
 * @module
 */

import { basename, join } from "node:path";
import type { Input, Level } from "../../core/input.ts";
import type { Market } from "../../core/market.ts";
import { parseTicker, SETTLEMENT_INDEX } from "../../core/ticker.ts";
import {
  complement,
  type Count,
  type Micros,
  micros,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  ONE_CONTRACT,
  ONE_DOLLAR_PRICE,
  parsePrice,
  parseTime,
  type Price,
} from "../../core/units.ts";
import { type Belief, Catalog, type Ending, marketOf } from "../recording/catalog.ts";
import { findFiles, type FoundFiles, pathsOf } from "../recording/found_files.ts";
import { BatchBuilder, type RecordedBatch } from "../recording/input_batch.ts";
import { MarketRecording } from "../recording/market_recording.ts";
import { type RecordedFile, recordedFile } from "../recording/recorded_file.ts";
import type { Opening, Recording } from "../recording/recording.ts";
import { RecordingError, Unusable } from "../recording/recording_error.ts";
import type { Refusals } from "../recording/refusals.ts";
import { RowFields } from "../recording/row_fields.ts";
import { USUAL_FEES } from "../recording/settlements.ts";
import { tableRows } from "../recording/table.ts";
import { dayBatches, type DayTable } from "./day_table.ts";

/** A minute's quotes are those of its end. */
const BELIEF: Belief = { micros: 2 * MICROS_PER_SECOND, scope: "market" };
const DAY = /^\d{4}-\d\d-\d\d$/;
const MARKETS = /^markets(?:\.partial)?\.csv$/;
const TRADES = /^trades(?:\.partial)?\.csv$/;
const CANDLES = /^candles(?:\.partial)?\.csv$/;
const PRICES = /^\d{4}-\d\d-\d\d(?:\.partial)?\.csv$/;
const MARKET_COLUMNS = [
  "ticker",
  "event",
  "open_time",
  "close_time",
  "strike_type",
  "floor_strike",
  "cap_strike",
  "result",
  "expiration_value",
] as const;
const PRICE_COLUMNS = ["start", "close"] as const;

/** A price of 0 or 1 dollar, or none at all: nobody quoted that side. */
const NOBODY = 0;

const TRADE_TABLE: DayTable = {
  columns: ["created_time", "ticker", "price", "count", "taker_side"],
  ticker: 1,
  time: 0,
  numbers: (
    row,
  ) => [
    row.price(2),
    row.count(3),
    row.fields[4] === "bid" ? 1 : row.fields[4] === "ask" ? 0 : row.refuse(4, "bid or ask"),
  ],
  input: (ticker, at, [price, count, bid], tradeId) => ({
    type: "trade",
    at,
    ticker,
    tradeId,
    price: price as Price,
    count: count as Count,
    takerSide: bid === 1 ? "bid" : "ask",
    exchangeTime: at,
  }),
};

const CANDLE_TABLE: DayTable = {
  columns: ["ticker", "end", "bid_close", "ask_close"],
  ticker: 0,
  time: 1,
  numbers: (row) => [quoted(row, 2), quoted(row, 3)],
  input: (ticker, at, [bid, ask]) => ({
    type: "book_snapshot",
    at,
    ticker,
    sequence: null,
    yes: levelAt(bid as Price),
    no: ask === NOBODY ? [] : levelAt(complement(ask as Price)),
    exchangeTime: null,
  }),
};

function quoted(row: RowFields, place: number): number {
  const text = row.fields[place];
  if (text === "") return NOBODY;
  const price = parsePrice(text);
  if (price === null || price < 0 || price > ONE_DOLLAR_PRICE) {
    return row.refuse(place, "a price from 0 to 1 or nothing");
  }
  return price === ONE_DOLLAR_PRICE ? NOBODY : price;
}

const levelAt = (price: Price): Level[] => price === NOBODY ? [] : [[price, ONE_CONTRACT]];

export async function isHistory({ folder, names, folders }: FoundFiles): Promise<boolean> {
  if (names.some((name) => MARKETS.test(name)) && names.some((name) => CANDLES.test(name))) return true;
  if (folders.includes("kalshi")) return true;
  const day = folders.find((name) => DAY.test(name));
  return day !== undefined && (await findFiles(join(folder, day))).names.some((name) => MARKETS.test(name));
}

export async function openHistory({ found, spot, refusals }: Opening): Promise<Recording> {
  const catalog = new Catalog();
  const endings = new Map<string, Ending>();
  const files: RecordedFile[] = [];
  for (const folder of await dayFolders(found)) {
    files.push(...await dayFiles(await findFiles(folder), catalog, endings, refusals));
  }
  if (files.length === 0) {
    throw new Unusable(`No history at ${found.folder}: no day holds markets with trades or candles`);
  }
  const prices = spot === null && found.folders.includes("coinbase") ? await priceFiles(found.folder, refusals) : [];
  return new MarketRecording({
    kind: "history",
    files: [...prices, ...files],
    catalog,
    endingOf: ({ ticker }) => endings.get(ticker) ?? null,
    spot,
    refusals,
    notes: () => [
      "Quotes are those at the end of each minute in which something changed: one contract is taken to stand at each, for " +
      `${BELIEF.micros / MICROS_PER_SECOND} s`,
      "Price steps and fees are not part of imported history: those that such series have are taken",
      ...(prices.length === 0 ? [] : [
        "Prices are one a minute: too few for a volatility; --spot FILE takes one-second prices instead",
      ]),
    ],
  });
}

/** The folders of single days, of all series. */
async function dayFolders(found: FoundFiles): Promise<readonly string[]> {
  if (found.names.some((name) => MARKETS.test(name))) return [found.folder];
  const series: string[] = [];
  if (found.folders.includes("kalshi")) {
    const root = join(found.folder, "kalshi");
    for (const name of (await findFiles(root)).folders) series.push(join(root, name));
  } else series.push(found.folder);
  const days: string[] = [];
  for (const folder of series) {
    for (const name of (await findFiles(folder)).folders) if (DAY.test(name)) days.push(join(folder, name));
  }
  return days;
}

async function dayFiles(
  day: FoundFiles,
  catalog: Catalog,
  endings: Map<string, Ending>,
  refusals: Refusals,
): Promise<RecordedFile[]> {
  const [markets] = pathsOf(day, MARKETS);
  if (markets === undefined) return [];
  let start = Infinity;
  for await (const market of readMarkets(markets, endings, refusals)) {
    if (catalog.has(market.ticker)) {
      refusals.add(new RecordingError(markets, 0, `${market.ticker} again`, "each market on one day").message, "twice");
    } else if (catalog.add(market, BELIEF)) start = Math.min(start, market.openTime);
  }
  const file = (path: string, table: DayTable, newestFirst: boolean): RecordedFile =>
    recordedFile(path, start, refusals, () => dayBatches(path, table, newestFirst, refusals));
  return [
    ...pathsOf(day, TRADES).map((path) => file(path, TRADE_TABLE, true)),
    ...pathsOf(day, CANDLES).map((path) => file(path, CANDLE_TABLE, false)),
  ];
}

async function* readMarkets(path: string, endings: Map<string, Ending>, refusals: Refusals): AsyncGenerator<Market> {
  const refuse = (error: RecordingError): void => refusals.add(error.message, "row");
  for await (const rows of tableRows(path, MARKET_COLUMNS, refuse)) {
    for (const { line, fields } of rows) {
      try {
        const row = new RowFields(path, line, fields, MARKET_COLUMNS);
        const market = readMarket(row);
        const result = row.fields[7] === "scalar" ? row.refuse(7, "yes, no or nothing") : row.result(7);
        if (result !== null) endings.set(market.ticker, { result, expirationValue: row.number(8), settledAt: null });
        yield market;
      } catch (error) {
        if (!(error instanceof RecordingError)) throw error;
        refuse(error);
      }
    }
  }
}

function readMarket(row: RowFields): Market {
  const ticker = row.text(0);
  const closeTime = row.time(3);
  const market = marketOf({
    ticker,
    openTime: row.time(2),
    closeTime,
    strikeType: row.fields[4] === "" ? null : row.strikeType(4),
    floorStrike: row.number(5),
    capStrike: row.number(6),
    priceStructure: parseTicker(ticker)?.kind === "quarter_hour" ? "tapered_deci_cent" : "linear_cent",
    exclusive: false,
    fees: USUAL_FEES,
  });
  return row.fields[1] === "" ? market : { ...market, event: row.text(1) };
}

/** Minutes of Coinbase, for each product that an index of Kalshi's is on. */
async function priceFiles(folder: string, refusals: Refusals): Promise<RecordedFile[]> {
  const root = join(folder, "coinbase");
  const files: RecordedFile[] = [];
  for (const product of (await findFiles(root)).folders) {
    const series = `KX${product.replace(/-USD$/, "")}15M`;
    if (!Object.hasOwn(SETTLEMENT_INDEX, series)) continue;
    const found = await findFiles(join(root, product));
    for (const path of pathsOf(found, PRICES)) {
      const start = parseTime(`${basename(path).slice(0, 10)}T00:00:00Z`) ?? -Infinity;
      files.push(recordedFile(path, start, refusals, () => prices(path, SETTLEMENT_INDEX[series], refusals)));
    }
  }
  return files;
}

async function* prices(path: string, index: string, refusals: Refusals): AsyncGenerator<RecordedBatch> {
  const refuse = (error: RecordingError): void => refusals.add(error.message, "row");
  for await (const rows of tableRows(path, PRICE_COLUMNS, refuse)) {
    const out = new BatchBuilder();
    for (const { line, fields } of rows) {
      try {
        out.push(readPrice(new RowFields(path, line, fields, PRICE_COLUMNS), index), line);
      } catch (error) {
        if (!(error instanceof RecordingError)) throw error;
        refuse(error);
      }
    }
    if (out.inputs.length > 0) yield out.finish(basename(path));
  }
}

function readPrice(row: RowFields, index: string): Input {
  const at: Micros = micros(row.time(0) + MICROS_PER_MINUTE);
  const value = row.number(1);
  if (value === null || value <= 0) return row.refuse(1, "a positive decimal number");
  return { type: "index", at, index, value, sourceTime: at, source: "recorded", venueAverage: null };
}
