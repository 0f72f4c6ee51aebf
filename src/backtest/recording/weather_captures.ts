/**
 * Weather markets as two recorders saw them.
 *
 * | file | says | quirks |
 * | --- | --- | --- |
 * | `kalshi_weather_books_DAY.jsonl` | full books of daily highs, strikes, close times | polled one by one after `captured_at`, minutes to hours between captures |
 * | `kalshi_hourly_temp_ladders.jsonl` | the same of hourly thresholds | as above; no outcomes |
 * | `kxhighny_tob_EVENT.csv` | best quotes of one event whenever one changes | Pacific wall time without a zone; no sizes: one contract is taken to stand at each; hours may be missing |
 * | `weather_actuals_settlements_DAY.jsonl` | results by market, settlement numbers | known when they were captured, the morning after |
 * | `kxhighny_winners_inferred.csv` | the winning market of an event | inferred from its last quotes |
 * | `kalshi_weather_series_meta_DAY.jsonl` | what a series charges | |
 * @module
 */

import { basename } from "node:path";
import { climateDaySpan } from "../../core/climate_day.ts";
import { climateEvent } from "../../core/climate_event.ts";
import type { Input, Level } from "../../core/input.ts";
import type { FeeSchedule, FeeType, Market, StrikeType } from "../../core/market.ts";
import { parseTicker, seriesOf } from "../../core/ticker.ts";
import { type Micros, micros, MICROS_PER_SECOND, ONE_CONTRACT, price } from "../../core/units.ts";
import { isObject, type JsonObject } from "../../venues/kalshi/fields.ts";
import { type Capture, CaptureFields, captureFile, eachCapture, strikeTypeOf } from "./capture_lines.ts";
import { type Belief, Catalog, type Ending, marketOf } from "./catalog.ts";
import { findFiles, type FoundFiles, pathsOf } from "./found_files.ts";
import { BatchBuilder, type RecordedBatch } from "./input_batch.ts";
import { BELIEF, BOOKS_TAKE, levels } from "./ladder_captures.ts";
import { MarketRecording } from "./market_recording.ts";
import { type RecordedFile, recordedFile } from "./recorded_file.ts";
import { parsePacificTime } from "./recorded_time.ts";
import type { Opening, Recording } from "./recording.ts";
import { RecordingError } from "./recording_error.ts";
import type { Refusals } from "./refusals.ts";
import { RowFields } from "./row_fields.ts";
import { USUAL_FEES } from "./settlements.ts";
import { type TableRow, tableRows } from "./table.ts";

const BOOKS = /^kalshi_(?:weather_books_.*|hourly_temp_ladders)\.jsonl(?:\.gz)?$/;
const QUOTES = /^kxhighny_tob_.*\.csv(?:\.gz)?$/;
const RESULTS = /^weather_actuals_settlements_.*\.jsonl(?:\.gz)?$/;
const WINNERS = /^kxhighny_winners.*\.csv$/;
const CHARGES = /^kalshi_weather_series_meta_.*\.jsonl(?:\.gz)?$/;

const QUOTE_COLUMNS = ["timestamp", "market_ticker", "best_yes_bid", "best_no_bid"] as const;
const WINNER_COLUMNS = ["event_ticker", "winning_ticker"] as const;

/** A recorder that writes every change has nothing to write in a quiet market: what its event's other markets do shows that it lives. */
const QUOTE_BELIEF: Belief = { micros: 60 * MICROS_PER_SECOND, scope: "event" };
/** Markets of a day open at 14:00 UTC of the day before (KALSHI.md 9): ten hours before that day begins in UTC. */
const OPENS_BEFORE_DAY = 10 * 3_600 * MICROS_PER_SECOND;
/** An inferred winner is taken to be paid when the morning release is out (KALSHI.md 9: about 11:18 UTC, 6.3 h after the close). */
const PAID_AFTER_CLOSE = 7 * 3_600 * MICROS_PER_SECOND;
/** A two-degree bucket is named by its middle. */
const HALF_BUCKET = 0.5;
const CENT = 100;

export const areWeather = ({ names }: FoundFiles): boolean =>
  names.some((name) => BOOKS.test(name) || QUOTES.test(name));

export async function openWeather({ found, spot, refusals }: Opening): Promise<Recording> {
  const beside = await findFiles(found.folder);
  const catalog = new Catalog();
  const charges = await readCharges(pathsOf(beside, CHARGES), refusals);
  const results = await readResults(pathsOf(beside, RESULTS), refusals);
  const winners = await readWinners(pathsOf(beside, WINNERS));
  const books = pathsOf(found, BOOKS);
  const quotes = pathsOf(found, QUOTES);
  return new MarketRecording({
    kind: "polls",
    files: [
      ...books.map((path) => captureFile(path, refusals, (capture) => readBook(capture, catalog, charges))),
      ...await Promise.all(quotes.map((path) => quoteFile(path, catalog, refusals))),
    ],
    catalog,
    endingOf: (market) => results.get(market.ticker) ?? inferredEnding(market, winners),
    spot,
    refusals,
    notes: () => [
      ...(books.length === 0 ? [] : [
        `Books are told ${
          BOOKS_TAKE / MICROS_PER_SECOND
        } s after their capture began, may be as old as that, and are believed for ${
          BELIEF.micros / MICROS_PER_SECOND
        } s; between captures nothing can be traded`,
      ]),
      ...(quotes.length === 0 ? [] : [
        "Quotes of KXHIGHNY bear no zone: their times are taken as US Pacific ones. Sizes are not recorded: one contract is " +
        `taken to stand at each, for ${QUOTE_BELIEF.micros / MICROS_PER_SECOND} s after the last change in the event`,
        "Outcomes of KXHIGHNY events are inferred from their last quotes",
      ]),
      "No station's readings or forecasts are recorded: the weather strategy does nothing",
    ],
  });
}

function readBook(capture: Capture, catalog: Catalog, charges: ReadonlyMap<string, FeeSchedule>): readonly Input[] {
  const read = new CaptureFields(capture);
  const { body } = capture;
  const at = micros(capture.at + BOOKS_TAKE);
  const ticker = read.text(body, "ticker");
  if (!catalog.has(ticker)) {
    const closeTime = read.time(body, "close_time");
    const market = marketOf({
      ticker,
      openTime: micros(Math.min(at, openTimeOf(ticker) ?? at)),
      closeTime,
      strikeType: strikeTypeOf(read, body),
      floorStrike: read.number(body, "floor_strike"),
      capStrike: read.number(body, "cap_strike"),
      priceStructure: "linear_cent",
      exclusive: climateEvent(ticker) !== null,
      fees: charges.get(seriesOf(ticker)) ?? USUAL_FEES,
    });
    if (!catalog.add(market, BELIEF)) read.refuse(body, "ticker", "no more markets than can be held");
  }
  const book = read.object(body, "raw_orderbook");
  const yes = levels(read, book, "yes_dollars");
  const no = levels(read, book, "no_dollars");
  return [{ type: "book_snapshot", at, ticker, sequence: null, yes, no, exchangeTime: null }];
}

/** When the market of a day opens; `null` for one of another kind. */
function openTimeOf(ticker: string): Micros | null {
  const parsed = parseTicker(ticker);
  if (parsed === null || parsed.kind !== "daily") return null;
  return micros(Date.UTC(parsed.year, parsed.month - 1, parsed.day) * 1_000 - OPENS_BEFORE_DAY);
}

/** The markets of an event are listed together: the file names all of them, from which the tails are told apart. */
async function quoteFile(path: string, catalog: Catalog, refusals: Refusals): Promise<RecordedFile> {
  let start = -Infinity;
  const tickers = new Set<string>();
  try {
    for await (const rows of tableRows(path, QUOTE_COLUMNS, () => {})) {
      for (const { fields } of rows) tickers.add(fields[1]);
      const first = rows.length === 0 ? null : parsePacificTime(rows[0].fields[0]);
      if (start === -Infinity && first !== null) start = first;
    }
  } catch (error) {
    // Told when the file is read for its quotes.
    if (!(error instanceof RecordingError)) throw error;
  }
  for (const ticker of tickers) {
    const market = dailyMarket(ticker, [...tickers]);
    if (market !== null) catalog.add(market, QUOTE_BELIEF);
  }
  return recordedFile(path, start, refusals, () => quotes(path, catalog, refusals));
}

/** A market on a day's temperature, by its ticker and those of its event. */
function dailyMarket(ticker: string, event: readonly string[]): Market | null {
  const parsed = parseTicker(ticker);
  const climate = climateEvent(ticker);
  const span = climate === null ? null : climateDaySpan(climate.day, climate.station.standardTime);
  if (parsed === null || parsed.kind !== "daily" || span === null) return null;
  const { letter, value } = parsed.strike;
  const buckets = event.flatMap((each) => {
    const other = parseTicker(each);
    return other?.kind === "daily" && other.event === parsed.event && other.strike.letter === "B"
      ? other.strike.value
      : [];
  });
  const tail: StrikeType = value < Math.min(...buckets) ? "less" : "greater";
  const facts = { ticker, closeTime: span.end, priceStructure: "linear_cent", exclusive: true };
  const openTime = openTimeOf(ticker) ?? span.start;
  if (letter === "B") {
    const [floorStrike, capStrike] = [value - HALF_BUCKET, value + HALF_BUCKET];
    return marketOf({ ...facts, openTime, strikeType: "between", floorStrike, capStrike });
  }
  if (buckets.length === 0) {
    return marketOf({ ...facts, openTime, strikeType: null, floorStrike: null, capStrike: null });
  }
  return tail === "less"
    ? marketOf({ ...facts, openTime, strikeType: tail, floorStrike: null, capStrike: value })
    : marketOf({ ...facts, openTime, strikeType: tail, floorStrike: value, capStrike: null });
}

async function* quotes(path: string, catalog: Catalog, refusals: Refusals): AsyncGenerator<RecordedBatch> {
  const refuse = (error: RecordingError): void => refusals.add(error.message, "row");
  for await (const rows of tableRows(path, QUOTE_COLUMNS, refuse)) {
    const out = new BatchBuilder();
    for (const row of rows) {
      try {
        out.push(readQuote(path, row, catalog), row.line);
      } catch (error) {
        if (!(error instanceof RecordingError)) throw error;
        refuse(error);
      }
    }
    if (out.inputs.length > 0) yield out.finish(basename(path));
  }
}

function readQuote(path: string, { line, fields }: TableRow, catalog: Catalog): Input {
  const row = new RowFields(path, line, fields, QUOTE_COLUMNS);
  const at = parsePacificTime(fields[0]) ?? row.refuse(0, 'a time such as "2025-12-04T12:27:16.079996"');
  const ticker = row.text(1);
  if (!catalog.has(ticker)) row.refuse(1, "the ticker of a daily temperature such as KXHIGHNY-25DEC05-B32.5");
  return {
    type: "book_snapshot",
    at,
    ticker,
    sequence: null,
    yes: cents(row, 2),
    no: cents(row, 3),
    exchangeTime: null,
  };
}

/** A best bid in whole cents; 0 where nobody bids. */
function cents(row: RowFields, place: number): Level[] {
  const value = row.whole(place);
  if (value === 0) return [];
  return value < CENT ? [[price(value * CENT), ONE_CONTRACT]] : row.refuse(place, "cents from 0 to 99");
}

function inferredEnding({ ticker, event, closeTime }: Market, winners: ReadonlyMap<string, string>): Ending | null {
  const winner = winners.get(event);
  if (winner === undefined) return null;
  const settledAt = micros(closeTime + PAID_AFTER_CLOSE);
  return { result: winner === ticker ? "yes" : "no", expirationValue: null, settledAt };
}

/** By event. */
async function readWinners(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const winners = new Map<string, string>();
  for (const path of paths) {
    for await (const rows of tableRows(path, WINNER_COLUMNS)) {
      for (const { line, fields } of rows) {
        const row = new RowFields(path, line, fields, WINNER_COLUMNS);
        winners.set(row.text(0), row.text(1));
      }
    }
  }
  return winners;
}

/** By market. A result is known from the capture that told it first. */
async function readResults(paths: readonly string[], refusals: Refusals): Promise<ReadonlyMap<string, Ending>> {
  const results = new Map<string, Ending>();
  for (const path of paths) {
    await eachCapture(path, refusals, (capture) => {
      const read = new CaptureFields(capture);
      const settled = read.object(capture.body, "settled_markets");
      for (const event of read.list(settled, "events")) {
        if (!isObject(event)) read.refuse(settled, "events", "objects");
        else takeResults(read, event, capture.at, results);
      }
    });
  }
  return results;
}

function takeResults(read: CaptureFields, event: JsonObject, settledAt: Micros, results: Map<string, Ending>): void {
  const value = Number(event.expiration_value ?? NaN);
  const expirationValue = Number.isFinite(value) ? value : null;
  for (const [ticker, result] of Object.entries(read.object(event, "results"))) {
    if (results.has(ticker)) continue;
    if (result === "yes" || result === "no") results.set(ticker, { result, expirationValue, settledAt });
    else read.refuse(event, "results", "yes or no for each market");
  }
}

const FEE_TYPES: readonly FeeType[] = [
  "quadratic",
  "quadratic_with_maker_fees",
  "quadratic_with_combo_maker_fees",
  "flat",
];
const MILLION = 1_000_000;

/** By series. */
async function readCharges(paths: readonly string[], refusals: Refusals): Promise<ReadonlyMap<string, FeeSchedule>> {
  const charges = new Map<string, FeeSchedule>();
  for (const path of paths) {
    await eachCapture(path, refusals, (capture) => {
      const read = new CaptureFields(capture);
      const { body } = capture;
      const type = FEE_TYPES.find((each) => each === body.fee_type) ??
        read.refuse(body, "fee_type", FEE_TYPES.join(", "));
      const multiplier = read.number(body, "fee_multiplier") ?? 1;
      const multiplierMillionths = Math.round(multiplier * MILLION);
      if (multiplierMillionths < 0) read.refuse(body, "fee_multiplier", "a number from 0");
      charges.set(read.text(body, "series"), { type, multiplierMillionths });
    });
  }
  return charges;
}
