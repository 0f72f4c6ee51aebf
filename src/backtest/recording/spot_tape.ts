/**
 * A recorded price as a one-second index: trades of an exchange, or values of an index.
 * @module
 */

import type { IndexInput } from "../../core/input.ts";
import { type Micros, micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../../core/units.ts";
import { RecordingError } from "./recording_error.ts";
import { Refusals } from "./refusals.ts";
import { hasColumns, tableColumns, type TableRow, tableRows } from "./table.ts";

/** The tables that are understood: which column holds the time, in what unit, and which the price. */
const LAYOUTS = [
  { time: "exchange_ts_us", microseconds: 1, price: "price_usd" },
  { time: "ts_s", microseconds: MICROS_PER_SECOND, price: "brti_usd_rounded" },
  { time: "feed_ts_ms", microseconds: MICROS_PER_MILLISECOND, price: "value" },
] as const;

/**
 * Seconds for which the last trade stands in where no trade came. Across a longer silence the index is missing, as it is
 * when a live feed falls silent.
 */
const CARRY_SECONDS = 10;

/** After this many values a piece is handed out, so that a long table is never held whole. */
const PIECE_VALUES = 4_096;

/** Part of what arrives up to some time; `more` where the rest is to be asked for again. */
export interface SpotPiece {
  readonly values: readonly IndexInput[];
  readonly more: boolean;
}

const WHOLE = /^[1-9]\d{0,16}$/;
const PRICE = /^\d{1,12}(?:\.\d{1,15})?$/;

/**
 * One value per second: the second s has the last price stamped at or before s, and arrives at s. So nothing is known
 * before it happened. For Coinbase's trades of May 2026 the 60-second averages of these values fall on the same side of
 * the strike as the exchange's settlement in 24 of 24 fully covered markets.
 */
export class SpotTape {
  /** Rows stamped earlier than the one before them: passed over. */
  outOfOrder = 0;
  readonly #path: string;
  readonly #refusals: Refusals;
  readonly #index: string;
  readonly #microseconds: number;
  readonly #batches: AsyncGenerator<readonly TableRow[]>;
  #rows: readonly TableRow[] = [];
  #next = 0;
  #second = 0;
  #price = NaN;
  #tradeTime = -1;
  #ready: IndexInput[] = [];
  #ended = false;

  private constructor(path: string, index: string, layout: typeof LAYOUTS[number], refusals: Refusals) {
    this.#path = path;
    this.#refusals = refusals;
    this.#index = index;
    this.#microseconds = layout.microseconds;
    this.#batches = tableRows(path, [layout.time, layout.price], (error) => refusals.add(error.message));
  }

  /**
   * @param index the id of the index that these prices stand for, such as `BRTI`
   * @param refusals takes down the rows that are left out; a table that breaks off ends there
   * @throws RecordingError where the file is no table of prices
   */
  static async open(path: string, index: string, refusals: Refusals = new Refusals()): Promise<SpotTape> {
    const columns = await tableColumns(path);
    const layout = LAYOUTS.find(({ time, price }) => columns.includes(time) && columns.includes(price));
    if (layout === undefined) {
      const wanted = LAYOUTS.map(({ time, price }) => `${time} and ${price}`).join(", or ");
      throw new RecordingError(path, 1, `columns ${columns.join(", ")}`, `columns ${wanted}`);
    }
    return new SpotTape(path, index, layout, refusals);
  }

  /** Whether a file is such a table: it holds prices, but no markets. */
  static async fits(path: string): Promise<boolean> {
    for (const { time, price } of LAYOUTS) if (await hasColumns(path, [time, price])) return true;
    return false;
  }

  /** The values that arrive up to this time and were not handed out before, at most a few thousand at once. */
  async until(time: Micros): Promise<SpotPiece> {
    while (!this.#ended && this.#second * MICROS_PER_SECOND <= time && this.#ready.length < PIECE_VALUES) {
      if (this.#next < this.#rows.length) {
        this.#take(this.#rows[this.#next++]);
        continue;
      }
      const rows = await this.#read();
      this.#rows = rows ?? [];
      this.#next = 0;
      if (rows === null) {
        this.#ended = true;
        this.#fillTo(this.#second + CARRY_SECONDS + 1);
      }
    }
    const later = this.#ready.findIndex(({ at }) => at > time);
    const values = this.#ready.splice(0, later < 0 ? this.#ready.length : later);
    return { values, more: later < 0 && values.length >= PIECE_VALUES };
  }

  /** Stops reading. */
  async close(): Promise<void> {
    await this.#batches.return(undefined);
  }

  /** The next rows, `null` at the end of what can be read. */
  async #read(): Promise<readonly TableRow[] | null> {
    try {
      const { value, done } = await this.#batches.next();
      return done === true ? null : value;
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      this.#refusals.add(error.message);
      return null;
    }
  }

  #refuse(line: number, found: string, wanted: string): void {
    this.#refusals.add(new RecordingError(this.#path, line, found, wanted).message);
  }

  #take({ line, fields }: TableRow): void {
    const time = Number(fields[0]) * this.#microseconds;
    const price = Number(fields[1]);
    if (!WHOLE.test(fields[0]) || !Number.isSafeInteger(time)) {
      return this.#refuse(line, `time "${fields[0]}"`, "a whole number since 1970");
    }
    if (!PRICE.test(fields[1]) || !(price > 0)) {
      return this.#refuse(line, `price "${fields[1]}"`, "a positive decimal number");
    }
    if (time < this.#tradeTime) {
      this.outOfOrder++;
      return;
    }
    this.#tradeTime = time;
    const second = Math.ceil(time / MICROS_PER_SECOND);
    if (second > this.#second) this.#fillTo(second);
    this.#second = second;
    this.#price = price;
  }

  /** Hands out the second that is complete, and carries its price into the silent ones before `second`. */
  #fillTo(second: number): void {
    if (Number.isNaN(this.#price)) return;
    const last = Math.min(second - 1, this.#second + CARRY_SECONDS);
    for (let each = this.#second; each <= last; each++) {
      const time = micros(each * MICROS_PER_SECOND);
      this.#ready.push({
        type: "index",
        at: time,
        index: this.#index,
        value: this.#price,
        sourceTime: time,
        source: "recorded",
        venueAverage: null,
      });
    }
  }
}
