/**
 * A recorded tape as the replay serves it: every frame's own `msg`, untouched, in the order in which it was received.
 *
 * Two kinds of lines are read: `{"recv_ns","frame"}` with the recorder's own `{"recv_ns","control"}` lines among them,
 * and `{"recv_ms","event"}`. Replies to commands (`subscribed`, `ok`) belong to the recorder's connection and are left
 * out, and so are its numbers: each subscriber gets its own `sid` and `seq`.
 * @module
 */

import { dirname, join } from "node:path";
import { lineBatches } from "../../../backtest/recording/line_batches.ts";
import { RecordingError } from "../../../backtest/recording/recording_error.ts";
import { readSettlements, type RecordedSettlement } from "../../../backtest/recording/settlements.ts";
import { type Micros, micros, MICROS_PER_MILLISECOND } from "../../../core/units.ts";

const FILES_MAX = 100_000;
const FRAMES_NAME = /\.ndjson(?:\.gz)?$/;
const SETTLEMENTS_NAME = /^(?:settlements_.*|markets)\.csv$/;
const TICKER = /"market_ticker":"([^"]+)"/;
const RECEIVED = /^\{"recv_(ns|ms)":(\d{10,20}),/;

/** The frames that a tape holds and a subscriber may want. */
export const TAPE_TYPES = ["orderbook_snapshot", "orderbook_delta", "trade", "ticker", "market_lifecycle_v2"] as const;
export type TapeType = typeof TAPE_TYPES[number];

export type Message = Readonly<Record<string, unknown>>;

export interface TapeFrame {
  /** When it was received. */
  readonly at: Micros;
  readonly type: TapeType;
  readonly ticker: string;
  readonly msg: Message;
}

/** When a market is on the tape, and what is known about it besides. */
export interface TapeMarket {
  readonly ticker: string;
  readonly firstAt: Micros;
  readonly lastAt: Micros;
  /** `null` where no table beside the tape names it. */
  readonly settlement: RecordedSettlement | null;
}

function receivedAt(file: string, line: number, text: string): Micros {
  const received = RECEIVED.exec(text);
  if (received === null) {
    throw new RecordingError(file, line, text, 'a line that starts with {"recv_ns": or {"recv_ms":');
  }
  const number = Number(received[2]);
  return micros(received[1] === "ns" ? Math.floor(number / 1_000) : number * MICROS_PER_MILLISECOND);
}

const isMessage = (value: unknown): value is Message =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The frame of one line; `null` for a line that holds none for subscribers. */
function frameOf(file: string, line: number, text: string): TapeFrame | null {
  const at = receivedAt(file, line, text);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new RecordingError(file, line, text, "one JSON object on a line");
  }
  const wrapper = isMessage(parsed) ? parsed : {};
  const frame = wrapper.frame ?? wrapper.event;
  if (!isMessage(frame) || !isMessage(frame.msg)) return null;
  const type = TAPE_TYPES.find((each) => each === frame.type);
  const { market_ticker: ticker } = frame.msg;
  return type === undefined || typeof ticker !== "string" ? null : { at, type, ticker, msg: frame.msg };
}

/** What is on a tape and beside it. */
export class Tape {
  private constructor(
    /** In order of time. */
    readonly files: readonly string[],
    /** In order of their first frames. */
    readonly markets: readonly TapeMarket[],
    readonly startAt: Micros,
    readonly endAt: Micros,
  ) {}

  /**
   * Looks through a file of frames, or a folder of such files.
   *
   * @throws RecordingError where there is nothing to serve, or a line is none of the two kinds
   */
  static async open(path: string): Promise<Tape> {
    const { folder, files } = await filesAt(path);
    if (files.length === 0) throw new RecordingError(path, 0, "no file", "files that end in .ndjson or .ndjson.gz");
    const settlements = await settlementsIn(folder);
    const scans = [];
    for (const file of files) scans.push(await scan(file));
    scans.sort((a, b) => a.first - b.first);
    const seen = new Map<string, { first: Micros; last: Micros }>();
    for (const each of scans) {
      for (const [ticker, { first, last }] of each.tickers) {
        seen.set(ticker, { first: seen.get(ticker)?.first ?? first, last });
      }
    }
    const markets = [...seen].map(([ticker, { first, last }]) => ({
      ticker,
      firstAt: first,
      lastAt: last,
      settlement: settlements.get(ticker) ?? null,
    }));
    return new Tape(scans.map(({ file }) => file), markets, scans[0].first, scans[scans.length - 1].last);
  }

  /** Every frame, some at a time. The clock of a tape may be set back a little: `at` is what the line says. */
  async *frames(): AsyncGenerator<readonly TapeFrame[]> {
    for (const file of this.files) {
      for await (const { firstLine, lines } of lineBatches(file)) {
        yield lines.flatMap((line, k) => frameOf(file, firstLine + k, line) ?? []);
      }
    }
  }
}

async function filesAt(path: string): Promise<{ readonly folder: string; readonly files: readonly string[] }> {
  const info = await Deno.stat(path).catch((error: unknown) => {
    if (error instanceof Deno.errors.NotFound) throw new RecordingError(path, 0, "nothing", "a file or a folder");
    throw error;
  });
  if (!info.isDirectory) return { folder: dirname(path), files: FRAMES_NAME.test(path) ? [path] : [] };
  const files: string[] = [];
  for await (const { name, isFile } of Deno.readDir(path)) {
    if (isFile && FRAMES_NAME.test(name) && files.length < FILES_MAX) files.push(join(path, name));
  }
  return { folder: path, files: files.sort() };
}

async function settlementsIn(folder: string): Promise<ReadonlyMap<string, RecordedSettlement>> {
  const settlements = new Map<string, RecordedSettlement>();
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile || !SETTLEMENTS_NAME.test(name)) continue;
    for (const [ticker, settlement] of await readSettlements(join(folder, name))) settlements.set(ticker, settlement);
  }
  return settlements;
}

interface Scan {
  readonly file: string;
  readonly first: Micros;
  readonly last: Micros;
  readonly tickers: ReadonlyMap<string, { readonly first: Micros; readonly last: Micros }>;
}

/** Which markets a file holds, and when, without reading its lines as JSON. */
async function scan(file: string): Promise<Scan> {
  const tickers = new Map<string, { first: Micros; last: Micros }>();
  let first: Micros | null = null;
  let last = micros(0);
  for await (const { firstLine, lines } of lineBatches(file)) {
    for (const [k, line] of lines.entries()) {
      last = micros(Math.max(last, receivedAt(file, firstLine + k, line)));
      first ??= last;
      const ticker = TICKER.exec(line)?.[1];
      if (ticker === undefined) continue;
      const known = tickers.get(ticker);
      if (known === undefined) tickers.set(ticker, { first: last, last });
      else known.last = last;
    }
  }
  if (first === null) throw new RecordingError(file, 1, "an empty file", "recorded frames");
  return { file, first, last, tickers };
}
