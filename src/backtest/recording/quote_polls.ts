/**
 * Best quotes with a spot price beside them, polled about once a second: `*_tob.csv`.
 *
 * The poller of such a recording often got its last answer again: a row that says what the one before it said shows nothing,
 * neither of the book nor of the price. So only a row that differs is believed, for {@link BELIEF}, and its spot price is a value
 * of the index of that second. Strikes and outcomes are not recorded.
 * @module
 */

import { basename } from "node:path";
import type { Input, Level } from "../../core/input.ts";
import { settlementIndexOf } from "../../core/ticker.ts";
import { complement, micros, MICROS_PER_SECOND, parseDecimal } from "../../core/units.ts";
import { type Belief, Catalog, quarterHourMarket } from "./catalog.ts";
import { type FoundFiles, pathsOf } from "./found_files.ts";
import { BatchBuilder, type RecordedBatch } from "./input_batch.ts";
import { MarketRecording } from "./market_recording.ts";
import { recordedFile } from "./recorded_file.ts";
import type { Opening, Recording } from "./recording.ts";
import { RecordingError } from "./recording_error.ts";
import type { Refusals } from "./refusals.ts";
import { RowFields } from "./row_fields.ts";
import { tableRows } from "./table.ts";

const POLLS = /^(?!kxhighny).*_tob\.csv(?:\.gz)?$/;
const COLUMNS = ["ts_s", "ticker", "yes_bid", "yes_ask", "yes_depth", "no_depth", "spot_usd"] as const;
const MICRO_DIGITS = 6;
/** From a row that differs from the one before it. */
export const BELIEF: Belief = { micros: 3 * MICROS_PER_SECOND, scope: "market" };

export const arePolls = ({ names }: FoundFiles): boolean => names.some((name) => POLLS.test(name));

interface Tally {
  rows: number;
  repeats: number;
}

export function openPolls({ found, spot, refusals }: Opening): Promise<Recording> {
  const catalog = new Catalog();
  const tally: Tally = { rows: 0, repeats: 0 };
  const recording = new MarketRecording({
    kind: "polls",
    files: pathsOf(found, POLLS).map((path) =>
      recordedFile(path, -Infinity, refusals, () => new Polls(path, catalog, refusals, tally).batches())
    ),
    catalog,
    endingOf: () => null,
    spot,
    refusals,
    notes: () => [
      `${tally.repeats} of ${tally.rows} rows repeat the one before them and are not believed: a quote counts for ${
        BELIEF.micros / MICROS_PER_SECOND
      } s after it changed`,
      "Depths are of a whole side: each is taken to stand at the best price",
    ],
  });
  return Promise.resolve(recording);
}

/** One file: the polls of one coin, whose markets follow on each other. */
class Polls {
  readonly #path: string;
  readonly #catalog: Catalog;
  readonly #refusals: Refusals;
  readonly #tally: Tally;
  #last = "";
  #index = 0;

  constructor(path: string, catalog: Catalog, refusals: Refusals, tally: Tally) {
    this.#path = path;
    this.#catalog = catalog;
    this.#refusals = refusals;
    this.#tally = tally;
  }

  async *batches(): AsyncGenerator<RecordedBatch> {
    const refuse = (error: RecordingError): void => this.#refusals.add(error.message, "row");
    for await (const rows of tableRows(this.#path, COLUMNS, refuse)) {
      const out = new BatchBuilder();
      for (const { line, fields } of rows) {
        this.#tally.rows++;
        const said = fields.slice(1).join();
        if (said === this.#last) {
          this.#tally.repeats++;
          continue;
        }
        this.#last = said;
        try {
          this.#read(new RowFields(this.#path, line, fields, COLUMNS), out);
        } catch (error) {
          if (!(error instanceof RecordingError)) throw error;
          refuse(error);
        }
      }
      if (out.inputs.length > 0) yield out.finish(basename(this.#path));
    }
  }

  #read(row: RowFields, out: BatchBuilder): void {
    const stamp = parseDecimal(row.fields[0], MICRO_DIGITS);
    const at = stamp === null || stamp <= 0 ? row.refuse(0, "seconds since 1970") : micros(stamp);
    const ticker = row.text(1);
    if (!this.#catalog.has(ticker)) {
      const market = quarterHourMarket(ticker) ??
        row.refuse(1, "the ticker of a 15-minute market such as KXETH15M-26AUG170145-45");
      if (!this.#catalog.add(market, BELIEF)) row.refuse(1, "no more markets than can be held");
    }
    const yes = levels(row, 2, 4, false);
    const no = levels(row, 3, 5, true);
    const spot = row.number(6);
    out.push({ type: "book_snapshot", at, ticker, sequence: null, yes, no, exchangeTime: null }, row.line);
    const value = spot === null || spot <= 0 ? null : this.#indexValue(ticker, at, spot);
    if (value !== null) out.push(value, row.line);
  }

  /** The second that has begun is not over: its value is that of the next one, and only the first price in it is told. */
  #indexValue(ticker: string, at: number, value: number): Input | null {
    const index = settlementIndexOf(ticker.slice(0, ticker.indexOf("-")));
    const second = Math.floor(at / MICROS_PER_SECOND);
    if (index === null || second <= this.#index) return null;
    this.#index = second;
    const sourceTime = micros(second * MICROS_PER_SECOND);
    return { type: "index", at: micros(at), index, value, sourceTime, source: "recorded", venueAverage: null };
  }
}

/** The one level that is known of a side; none where nobody quotes. */
function levels(row: RowFields, price: number, depth: number, isAsk: boolean): Level[] {
  const text = row.fields[price];
  if (Number(text) === (isAsk ? 1 : 0) || Number(row.fields[depth]) === 0) return [];
  const quoted = row.price(price);
  return [[isAsk ? complement(quoted) : quoted, row.count(depth)]];
}
