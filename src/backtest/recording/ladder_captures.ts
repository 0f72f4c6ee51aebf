/**
 * Whole ladders of hourly events, captured about twice an hour, and some full books of the same markets.
 *
 * | file | says | quirks |
 * | --- | --- | --- |
 * | `crypto_hourly_DAY.jsonl` | best quotes of every strike from one answer of the exchange, a spot price | no sizes: one contract is taken to stand at each quote |
 * | `orderbook_depth_DAY.jsonl` | a full book, one line each | read one by one after `captured_at`, strikes only where a ladder told them before |
 * | `settlements.csv` | the winning market of each event, and the settlement number | |
 *
 * `captured_at` is when a capture began: what it says is known only {@link LADDER_TAKES} or {@link BOOKS_TAKE} later, and believed
 * for {@link BELIEF} from then on. Between two captures nothing can be traded.
 * @module
 */

import type { Input, Level } from "../../core/input.ts";
import { settlementIndexOf } from "../../core/ticker.ts";
import {
  type Count,
  type Micros,
  micros,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  ONE_CONTRACT,
  parseCount,
  parsePrice,
  type Price,
} from "../../core/units.ts";
import { isObject, type JsonObject } from "../../venues/kalshi/fields.ts";
import { type Capture, CaptureFields, captureFile, strikeTypeOf } from "./capture_lines.ts";
import { type Belief, Catalog, type Ending, marketOf } from "./catalog.ts";
import { findFiles, type FoundFiles, pathsOf } from "./found_files.ts";
import { MarketRecording } from "./market_recording.ts";
import type { Opening, Recording } from "./recording.ts";
import { RecordingError } from "./recording_error.ts";
import { RowFields } from "./row_fields.ts";
import { tableRows } from "./table.ts";

const LADDERS = /^crypto_hourly_.*\.jsonl(?:\.gz)?$/;
const BOOKS = /^orderbook_depth_.*\.jsonl(?:\.gz)?$/;
const SETTLEMENTS = /^settlements\.csv$/;
const COLUMNS = ["event_ticker", "expiration_value", "winning_ticker"] as const;

/** The spot price that is read with a ladder is stamped up to 4.1 s after `captured_at`. */
const LADDER_TAKES = 5 * MICROS_PER_SECOND;
/** Hundreds of books are read one by one, tens of seconds long; when each was read is not recorded. */
export const BOOKS_TAKE = MICROS_PER_MINUTE;
/** Long enough for an order that follows at once, and no longer. */
export const BELIEF: Belief = { micros: 2 * MICROS_PER_SECOND, scope: "market" };
/** After this from the close such markets are paid (KALSHI.md 8.3). */
const SETTLEMENT_DELAY = 168 * MICROS_PER_SECOND;

export const areLadders = ({ names }: FoundFiles): boolean =>
  names.some((name) => LADDERS.test(name) || BOOKS.test(name));

export async function openLadders({ found, spot, refusals }: Opening): Promise<Recording> {
  const catalog = new Catalog();
  const winners = await readWinners(pathsOf(await findFiles(found.folder), SETTLEMENTS));
  const ladders = pathsOf(found, LADDERS);
  const books = pathsOf(found, BOOKS);
  return new MarketRecording({
    kind: "polls",
    files: [
      ...ladders.map((path) => captureFile(path, refusals, (capture) => readLadder(capture, catalog))),
      ...books.map((path) => captureFile(path, refusals, (capture) => readBook(capture, BOOKS_TAKE))),
    ],
    catalog,
    endingOf: ({ ticker, event, closeTime }) => {
      const winner = winners.get(event);
      if (winner === undefined) return null;
      const { expirationValue } = winner;
      const settledAt = micros(closeTime + SETTLEMENT_DELAY);
      return { result: winner.ticker === ticker ? "yes" : "no", expirationValue, settledAt } satisfies Ending;
    },
    spot,
    refusals,
    notes: () => [
      `A capture is believed for ${BELIEF.micros / MICROS_PER_SECOND} s; between captures nothing can be traded`,
      ...(ladders.length === 0
        ? []
        : ["Sizes of ladder quotes are not recorded: one contract is taken to stand at each"]),
      ...(books.length === 0
        ? []
        : [`Books are told ${BOOKS_TAKE / MICROS_PER_SECOND} s after their capture began, and may be as old as that`]),
    ],
  });
}

function readLadder(capture: Capture, catalog: Catalog): readonly Input[] {
  const { body } = capture;
  const read = new CaptureFields(capture);
  const current = read.object(body, "current");
  if (current.status !== "ok") read.refuse(current, "status", '"ok"');
  const at = micros(capture.at + LADDER_TAKES);
  const closeTime = read.time(current, "close_time");
  const openTime = read.time(current, "open_time");
  const inputs: Input[] = [...spotValue(read, body, at)];
  for (const outcome of read.list(current, "outcomes")) {
    if (!isObject(outcome)) read.refuse(current, "outcomes", "objects");
    else {
      const ticker = read.text(outcome, "ticker");
      if (!catalog.has(ticker)) learn(read, outcome, ticker, openTime, closeTime, catalog);
      const yes = quoted(read, outcome, "yes_bid");
      const no = quoted(read, outcome, "no_bid");
      inputs.push({ type: "book_snapshot", at, ticker, sequence: null, yes, no, exchangeTime: null });
    }
  }
  return inputs;
}

function learn(
  read: CaptureFields,
  outcome: JsonObject,
  ticker: string,
  openTime: Micros,
  closeTime: Micros,
  catalog: Catalog,
): void {
  const market = marketOf({
    ticker,
    openTime,
    closeTime,
    strikeType: strikeTypeOf(read, outcome),
    floorStrike: read.number(outcome, "floor_strike"),
    capStrike: read.number(outcome, "cap_strike"),
    priceStructure: "linear_cent",
    exclusive: true,
  });
  if (!catalog.add(market, BELIEF)) read.refuse(outcome, "ticker", "no more markets than can be held");
}

/** What the exchange that the recorder asked said of the underlying, as a value of the index that settles the series. */
function* spotValue(read: CaptureFields, body: JsonObject, at: Micros): Generator<Input> {
  const index = settlementIndexOf(read.text(body, "series"));
  if (index === null || !isObject(body.spot)) return;
  const value = read.number(body.spot, "price");
  if (value === null || value <= 0) return;
  const sourceTime = micros(Math.floor(at / MICROS_PER_SECOND) * MICROS_PER_SECOND);
  yield { type: "index", at, index, value, sourceTime, source: "recorded", venueAverage: null };
}

/** The level of one best quote; 0 stands for a side on which nobody quotes. */
function quoted(read: CaptureFields, outcome: JsonObject, name: string): Level[] {
  const number = read.number(outcome, name);
  if (number === null || number === 0) return [];
  const price = parsePrice(String(number));
  return price === null || price <= 0 || price >= 10_000
    ? read.refuse(outcome, name, "a price from 0 to below 1 in steps of 0.0001")
    : [[price, ONE_CONTRACT]];
}

/** A full book: `yes_bids` and `no_bids` as `[[price, size], ...]`. */
function readBook(capture: Capture, takes: number): readonly Input[] {
  const read = new CaptureFields(capture);
  const { body } = capture;
  const at = micros(capture.at + takes);
  const ticker = read.text(body, "ticker");
  const yes = levels(read, body, "yes_bids");
  const no = levels(read, body, "no_bids");
  return [{ type: "book_snapshot", at, ticker, sequence: null, yes, no, exchangeTime: null }];
}

/** Levels as `[price, size]`, numbers or decimal text. */
export function levels(read: CaptureFields, object: JsonObject, name: string): Level[] {
  return read.list(object, name).map((level): [Price, Count] => {
    const [price, size] = Array.isArray(level)
      ? [parsePrice(String(level[0])), parseCount(String(level[1]))]
      : [null, null];
    return price === null || price <= 0 || price >= 10_000 || size === null || size < 0
      ? read.refuse(object, name, "levels of a price and a size, each a decimal")
      : [price, size];
  });
}

interface Winner {
  readonly ticker: string;
  readonly expirationValue: number | null;
}

/** By event. */
async function readWinners(paths: readonly string[]): Promise<ReadonlyMap<string, Winner>> {
  const winners = new Map<string, Winner>();
  for (const path of paths) {
    for await (const rows of tableRows(path, COLUMNS)) {
      for (const { line, fields } of rows) {
        const row = new RowFields(path, line, fields, COLUMNS);
        const event = row.text(0);
        if (winners.has(event)) throw new RecordingError(path, line, `${event} again`, "one row for each event");
        if (fields[2] !== "") winners.set(event, { ticker: fields[2], expirationValue: row.number(1) });
      }
    }
  }
  return winners;
}
