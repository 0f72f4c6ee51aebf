/**
 * Recorded data sets as inputs of the engine, in order of time and in bounded memory.
 *
 * Reading waits only between batches: a batch is a plain array that the caller goes through without awaiting.
 *
 * | at the path | what is known | read by |
 * | --- | --- | --- |
 * | `*.ndjson` | every frame of the exchange | frame_recording.ts |
 * | `crypto_hourly_*`, `orderbook_depth_*` | every strike of hourly events, polled | ladder_captures.ts |
 * | `kalshi_weather_books_*`, `kalshi_hourly_temp_ladders`, `kxhighny_tob_*` | books and quotes of weather markets, polled | weather_captures.ts |
 * | `*_trades.csv` | trades alone | trade_tapes.ts |
 * | `*_tob.csv` | best quotes and a spot price, polled | quote_polls.ts |
 * | `markets.csv` or `.parquet` with `quotes`, `trades` or `prices` | what they say | ../tables/table_recording.ts |
 * | `kalshi/SERIES/DAY/` | what `kbot import` fetched | ../history/history_recording.ts |
 * @module
 */

import { basename } from "node:path";
import { isHistory, openHistory } from "../history/history_recording.ts";
import { areTables, openTables } from "../tables/table_recording.ts";
import type { BookCheckpoints } from "./checkpoints.ts";
import { describeFound, findFiles, type FoundFiles, pathsOf } from "./found_files.ts";
import { areFrames, openFrames } from "./frame_recording.ts";
import type { RecordedBatch } from "./input_batch.ts";
import { areLadders, openLadders } from "./ladder_captures.ts";
import { arePolls, openPolls } from "./quote_polls.ts";
import { RecordingError, Unusable } from "./recording_error.ts";
import { Refusals } from "./refusals.ts";
import type { RecordedSettlement } from "./settlements.ts";
import { SpotTape } from "./spot_tape.ts";
import { areTrades, openTrades } from "./trade_tapes.ts";
import { areWeather, openWeather } from "./weather_captures.ts";

export type { BookCheckpoint, BookCheckpoints } from "./checkpoints.ts";
export type { RecordedBatch } from "./input_batch.ts";
export { RecordingError } from "./recording_error.ts";
export { isComplete, type RecordedSettlement, ruleAgrees } from "./settlements.ts";

/** Frames that were captured, or a tape of them; books, quotes or trades that somebody polled; tables; imported history. */
export type RecordingKind = "capture" | "tape" | "polls" | "tables" | "history";

/** Counted while reading. */
export interface RecordingCounts {
  /** Lines or rows that were read. */
  readonly lines: number;
  /** What could not be used. */
  readonly refused: number;
  /** The first of that in words. */
  readonly problems: readonly string[];
  /** What the recording does not tell, and how it is taken. */
  readonly notes: readonly string[];
}

/** One recorded data set. */
export interface Recording {
  readonly kind: RecordingKind;
  /** Base names of its files in the order in which they are read. */
  readonly files: readonly string[];
  /** How its markets ended. Of sources that name a market when it is met, complete once everything was read. */
  readonly settlements: ReadonlyMap<string, RecordedSettlement>;
  readonly checkpoints: BookCheckpoints;
  /** What was read so far. */
  readonly counts: RecordingCounts;
  /**
   * Every input. Index values and settlements stand where their time is; `at` never decreases. A recording is read
   * once: open it again to read it again. Lines that cannot be used are left out; of a file that breaks off, such as a
   * torn gzip, what came before is used.
   */
  batches(): AsyncGenerator<RecordedBatch>;
}

export interface RecordingOptions {
  /** A table of recorded trades or index values to merge in as index values. */
  readonly spot?: string;
  /** The index that they stand for. */
  readonly index?: string;
  /** Takes nothing but frames: for what plays the exchange again. */
  readonly framesOnly?: true;
}

/** What every kind of recording is opened with. */
export interface Opening {
  readonly found: FoundFiles;
  readonly spot: SpotTape | null;
  readonly refusals: Refusals;
}

interface Layout {
  readonly fits: (found: FoundFiles) => boolean | Promise<boolean>;
  readonly open: (opening: Opening) => Promise<Recording>;
}

/** The first that fits is taken. */
const LAYOUTS: readonly Layout[] = [
  { fits: areFrames, open: openFrames },
  { fits: areLadders, open: openLadders },
  { fits: areWeather, open: openWeather },
  { fits: areTrades, open: openTrades },
  { fits: arePolls, open: openPolls },
  { fits: isHistory, open: openHistory },
  { fits: areTables, open: openTables },
];

const WANTED =
  "frames (.ndjson), captures of hourly ladders or weather books (.jsonl), a table that ends in _trades.csv or " +
  "_tob.csv, markets.csv beside quotes, trades or prices, or what kbot import wrote";

/** Opens a recording, or says in words why there is none at this path. */
export async function openRecording(
  path: string,
  options: RecordingOptions = {},
): Promise<Recording | { readonly error: string }> {
  try {
    const found = await findFiles(path);
    if (options.framesOnly === true && !areFrames(found)) {
      return { error: `No recording at ${path}: found no file that ends in .ndjson or .ndjson.gz` };
    }
    const layout = await layoutOf(found);
    if (layout === null) return { error: `No recording at ${path}: ${await whatIsThere(found)}, wanted ${WANTED}` };
    const refusals = new Refusals();
    const spot = options.spot === undefined
      ? null
      : await SpotTape.open(options.spot, options.index ?? "BRTI", refusals);
    return await layout.open({ found, spot, refusals });
  } catch (error) {
    if (error instanceof RecordingError || error instanceof Unusable) return { error: error.message };
    if (error instanceof Deno.errors.NotFound) return { error: `No recording at ${path}: nothing is there` };
    throw error;
  }
}

/** Prices are often taken for a recording: they go beside one. */
async function whatIsThere(found: FoundFiles): Promise<string> {
  for (const path of pathsOf(found, /\.csv(?:\.gz)?$/)) {
    if (await SpotTape.fits(path)) return `found prices without markets (${basename(path)} is for --spot)`;
  }
  return `found ${describeFound(found)}`;
}

async function layoutOf(found: FoundFiles): Promise<Layout | null> {
  for (const layout of LAYOUTS) if (await layout.fits(found)) return layout;
  return null;
}
