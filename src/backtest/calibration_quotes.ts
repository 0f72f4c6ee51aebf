/**
 * A table of recorded best quotes, `*ticker*.csv` beside the frames of a recording: it covers times at which no book was
 * recorded.
 * @module
 */

import { basename, dirname, join } from "node:path";
import { type Micros, micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../core/units.ts";
import { RecordingError } from "./recording/recording_error.ts";
import type { Refusals } from "./recording/refusals.ts";
import { tableRows } from "./recording/table.ts";

const NAME = /ticker.*\.csv(?:\.gz)?$/;
const COLUMNS = ["ts_ms", "ticker", "yes_bid", "yes_ask"] as const;
/** 20 bytes a row: 100 MB at most. */
const ROWS_MAX = 5_000_000;
/** A quote is told again about every second; one that is older may no longer stand. */
const AGE_MAX = 10 * MICROS_PER_SECOND;
/** A probability that the market's two sides leave open within more than this is no opinion. */
const SPREAD_MAX = 0.1;

/** Best bid and ask as probabilities; a side that nobody quotes is at its end. */
export interface BestQuote {
  readonly bid: number;
  readonly ask: number;
}

/** The market's own probability; `null` where its quotes say nothing: none, crossed, or too far apart. */
export function midOf({ bid, ask }: BestQuote): number | null {
  const isQuote = bid >= 0 && bid < ask && ask <= 1 && ask - bid <= SPREAD_MAX;
  return isQuote ? (bid + ask) / 2 : null;
}

interface Column {
  readonly times: number[];
  readonly bids: number[];
  readonly asks: number[];
}

const STAMP = /^[1-9]\d{11,14}$/;
const PRICE = /^(?:0|1)(?:\.\d{1,6})?$/;

export class QuoteTable {
  readonly #byTicker = new Map<string, Column>();
  #rows = 0;

  /** Reads the tables of the folder that a recording lies in; `null` where there is none. */
  static async beside(path: string, refusals: Refusals): Promise<QuoteTable | null> {
    const info = await Deno.stat(path);
    const folder = info.isDirectory ? path : dirname(path);
    const names: string[] = [];
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (!isDirectory && NAME.test(name)) names.push(name);
    }
    if (names.length === 0) return null;
    const table = new QuoteTable();
    for (const name of names.sort()) await table.#read(join(folder, name), refusals);
    return table;
  }

  /** The last quote of a market by this moment; `null` where there is none that can still be believed. */
  at(ticker: string, moment: Micros): BestQuote | null {
    const column = this.#byTicker.get(ticker);
    if (column === undefined) return null;
    let low = 0;
    let high = column.times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (column.times[middle] <= moment) low = middle + 1;
      else high = middle;
    }
    const place = low - 1;
    if (place < 0 || moment - column.times[place] > AGE_MAX) return null;
    return { bid: column.bids[place], ask: column.asks[place] };
  }

  async #read(path: string, refusals: Refusals): Promise<void> {
    try {
      for await (const rows of tableRows(path, COLUMNS, (error) => refusals.add(error.message))) {
        for (const { line, fields } of rows) this.#take(path, line, fields, refusals);
      }
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      refusals.add(error.message);
    }
  }

  #take(path: string, line: number, [stamp, ticker, bid, ask]: readonly string[], refusals: Refusals): void {
    if (!STAMP.test(stamp) || !PRICE.test(bid) || !PRICE.test(ask) || ticker === "") {
      const found = `ts_ms "${stamp}", ticker "${ticker}", yes_bid "${bid}", yes_ask "${ask}"`;
      return refusals.add(
        new RecordingError(path, line, found, "milliseconds since 1970, a name and two prices from 0 to 1").message,
      );
    }
    if (this.#rows >= ROWS_MAX) return refusals.add(`${basename(path)}: rows beyond ${ROWS_MAX} are left out`);
    const column = this.#byTicker.get(ticker) ?? { times: [], bids: [], asks: [] };
    const time = micros(Number(stamp) * MICROS_PER_MILLISECOND);
    if (column.times.length > 0 && time < column.times[column.times.length - 1]) {
      return refusals.add(
        new RecordingError(path, line, `ts_ms ${stamp} after a later one`, "rows of a market in order of time").message,
      );
    }
    this.#rows++;
    column.times.push(time);
    column.bids.push(Number(bid));
    column.asks.push(Number(ask));
    this.#byTicker.set(ticker, column);
  }
}
