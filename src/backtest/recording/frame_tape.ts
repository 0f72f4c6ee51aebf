/**
 * Recorded frames of the exchange, line by line, as inputs of the engine.
 *
 * Two wrappers are known:
 *
 * | wrapper | line | sequence numbers |
 * | --- | --- | --- |
 * | capture | `{"recv_ns","frame"}` or `{"recv_ns","control","market_ticker","info"}` | whole: gaps are real |
 * | tape | `{"recv_ms","event"}` | filtered to one market of many: they mean nothing and are left out |
 *
 * Time is the exchange's own `ts_ms`, because the recorders' clocks drift. It never goes backwards: a frame stamped
 * earlier than the one before it arrives with that one's time. Frames without a stamp (snapshots) take the time of
 * the frame before them, or of the one after where a new connection begins, so that nothing is known too early.
 *
 * A line that cannot be used is left out and counted, and every book is stale until its next snapshot: what the line
 * would have changed is not known.
 * @module
 */

import type { Input } from "../../core/input.ts";
import type { Market } from "../../core/market.ts";
import { NAMED_PRICE_RANGES } from "../../core/price_grid.ts";
import { type Micros, micros, MICROS_PER_MINUTE, parseTime } from "../../core/units.ts";
import { describeRefusal, isObject, type JsonObject } from "../../venues/kalshi/fields.ts";
import { parseFrameObject } from "../../venues/kalshi/frames.ts";
import type { BatchBuilder } from "./input_batch.ts";
import { RecordingError } from "./recording_error.ts";
import { Refusals } from "./refusals.ts";
import { listedMarket, type RecordedSettlement } from "./settlements.ts";

export type Wrapper = "capture" | "tape";

/** Stands where bytes were no text (line_batches.ts). */
const NO_CHARACTER = "\uFFFD";
/** Lines that may wait for the first stamp of a connection. */
const WAITING_MAX = 1_000;
const WINDOW = 15 * MICROS_PER_MINUTE;
/** The grid of `KXBTC15M` (KALSHI.md 3.8), for captures that do not name one. */
const CAPTURE_STRUCTURE = "tapered_deci_cent";

/** Counted while reading. */
export interface TapeCounts {
  lines: number;
  /** `ticker` frames: quotes are not an input, books are. */
  quotes: number;
  readonly refused: number;
  /** The first refusals in words. */
  readonly problems: readonly string[];
}

/** A line before its time is known. */
type WaitingLine =
  | { readonly line: number; readonly body: JsonObject }
  /** One that was left out. */
  | { readonly line: number; readonly reason: string };

/** Reads all files of one recording, one after the other. */
export class FrameTape {
  readonly #refusals: Refusals;
  readonly #wrapper: Wrapper;
  readonly #settlements: ReadonlyMap<string, RecordedSettlement>;
  readonly #announced = new Set<string>();
  #file = "";
  #at = 0;
  #connection = 0;
  #waiting: WaitingLine[] | null = null;
  #lines = 0;
  #quotes = 0;
  /** Whether this file has given any input. */
  #told = false;

  constructor(
    wrapper: Wrapper,
    settlements: ReadonlyMap<string, RecordedSettlement>,
    refusals: Refusals = new Refusals(),
  ) {
    this.#wrapper = wrapper;
    this.#settlements = settlements;
    this.#refusals = refusals;
  }

  get counts(): TapeCounts {
    const { count, problems } = this.#refusals;
    return { lines: this.#lines, quotes: this.#quotes, refused: count, problems };
  }

  /** A new file begins: a connection of its own. */
  begin(file: string): void {
    this.#file = file;
    this.#waiting = [];
    this.#told = false;
    this.#announced.clear();
    if (this.#wrapper === "tape") this.#connection++;
  }

  /** Reads one line; its inputs, and those of earlier lines that waited for a stamp, go into `out`. */
  read(text: string, line: number, out: BatchBuilder): void {
    this.#lines++;
    const body = this.#orRefuse(line, out, () => this.#parse(text, line));
    if (body === null) return;
    if (this.#wrapper === "capture" && body.frame === undefined) this.#waiting ??= [];
    const stamp = stampOf(this.#wrapper === "capture" ? body.frame : body.event);
    if (stamp !== null && stamp > this.#at) this.#at = stamp;
    if (this.#waiting === null) return this.#emit(body, line, out);
    if (stamp === null) {
      if (this.#waiting.length < WAITING_MAX) this.#waiting.push({ line, body });
      else {
        const found = `${WAITING_MAX} lines without ts_ms`;
        this.#refuse(line, new RecordingError(this.#file, line, found, "a frame with ts_ms").message, out);
      }
      return;
    }
    this.#release(out);
    this.#emit(body, line, out);
  }

  /** The file cannot be read on. */
  breakOff(reason: string): void {
    this.#refusals.add(reason);
  }

  /** The file is read to its end: whatever it said about books is over. */
  end(out: BatchBuilder): void {
    this.#release(out);
    if (!this.#told) return;
    const reason = `The recording ${this.#file} ends here`;
    out.push({ type: "book_stale", at: this.#now, tickers: "all", reason }, 0);
    out.push({ type: "link", at: this.#now, link: "kalshi", up: false, detail: reason }, 0);
  }

  get #now(): Micros {
    return micros(this.#at);
  }

  /** What `attempt` gives, or `null` where it finds the line to be useless. */
  #orRefuse<Given>(line: number, out: BatchBuilder, attempt: () => Given): Given | null {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      this.#refuse(line, error.message, out);
      return null;
    }
  }

  #refuse(line: number, reason: string, out: BatchBuilder): void {
    this.#refusals.add(reason);
    if (this.#waiting === null) return this.#lost(line, reason, out);
    // One word on what was left out is enough, also where nothing else fits any more.
    const last = this.#waiting.at(-1);
    if (last === undefined || "body" in last) this.#waiting.push({ line, reason });
  }

  /** Nobody knows what a line said that was left out. Before the first input there is nothing to doubt. */
  #lost(line: number, reason: string, out: BatchBuilder): void {
    if (this.#told) out.push({ type: "book_stale", at: this.#now, tickers: "all", reason }, line);
  }

  #push(input: Input, line: number, out: BatchBuilder): void {
    this.#told = true;
    out.push(input, line);
  }

  #parse(text: string, line: number): JsonObject {
    if (text.includes(NO_CHARACTER)) {
      throw new RecordingError(this.#file, line, "bytes that are no UTF-8", "UTF-8 text");
    }
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      throw new RecordingError(this.#file, line, `a text that is no JSON: ${text}`, "one JSON object");
    }
    const wanted = this.#wrapper === "capture" ? "frame or control" : "event";
    if (isObject(body)) {
      const held = this.#wrapper === "capture" ? body.frame ?? body.control : body.event;
      if (held !== undefined) return body;
    }
    throw new RecordingError(this.#file, line, text, `a JSON object with ${wanted}`);
  }

  #release(out: BatchBuilder): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    if (this.#at === 0) return;
    for (const held of waiting) {
      if ("body" in held) this.#emit(held.body, held.line, out);
      else this.#lost(held.line, held.reason, out);
    }
  }

  #emit(body: JsonObject, line: number, out: BatchBuilder): void {
    this.#orRefuse(line, out, () => this.#emitBody(body, line, out));
  }

  #emitBody(body: JsonObject, line: number, out: BatchBuilder): void {
    if (this.#wrapper === "tape") return this.#emitFrame(body.event, line, out);
    if (body.frame !== undefined) return this.#emitFrame(body.frame, line, out);
    switch (body.control) {
      case "watch_market":
        return this.#announce(this.#watchedMarket(body, line), line, out);
      case "ws_connected":
        return this.#connected(line, out);
      case "market_rotated":
        return;
      default:
        throw new RecordingError(
          this.#file,
          line,
          `control ${JSON.stringify(body.control)}`,
          "watch_market, ws_connected or market_rotated",
        );
    }
  }

  #connected(line: number, out: BatchBuilder): void {
    this.#connection++;
    const reason = "A new connection of the recording begins";
    if (this.#connection > 1) this.#push({ type: "book_stale", at: this.#now, tickers: "all", reason }, line, out);
    this.#push({ type: "link", at: this.#now, link: "kalshi", up: true, detail: reason }, line, out);
  }

  #emitFrame(frame: unknown, line: number, out: BatchBuilder): void {
    const parsed = parseFrameObject(frame, this.#now, this.#connection);
    switch (parsed.kind) {
      case "input":
        if (this.#wrapper === "capture") return this.#push(parsed.input, line, out);
        return this.#emitFiltered(parsed.input, line, out);
      case "quote":
        this.#quotes++;
        return;
      case "refused": {
        const reason = `${this.#file}, line ${line}: ${describeRefusal(parsed)}`;
        this.#refusals.add(reason);
        this.#consume(parsed.sequence, line, out);
        const tickers = parsed.ticker === null ? "all" : [parsed.ticker];
        return this.#push({ type: "book_stale", at: this.#now, tickers, reason }, line, out);
      }
      case "reply":
      case "notice":
      case "ignored":
        return this.#consume(parsed.sequence, line, out);
    }
  }

  /** A frame that says nothing to a book has still used up its number. */
  #consume(sequence: Parameters<typeof sequenceInput>[1] | null, line: number, out: BatchBuilder): void {
    if (sequence !== null && this.#wrapper === "capture") this.#push(sequenceInput(this.#now, sequence), line, out);
  }

  /** A tape of one market begins by telling what is known of it; its frames lose their numbers. */
  #emitFiltered(input: Input, line: number, out: BatchBuilder): void {
    if (input.type !== "book_snapshot" && input.type !== "book_delta") return this.#push(input, line, out);
    if (!this.#announced.has(input.ticker)) {
      const settlement = this.#settlements.get(input.ticker);
      if (settlement === undefined) {
        throw new RecordingError(this.#file, line, input.ticker, "a market that the tape's markets.csv tells about");
      }
      const structure = settlement.priceStructure ?? CAPTURE_STRUCTURE;
      this.#announce(this.#marketOf(settlement, structure, line), line, out);
      const detail = "A recorded tape begins";
      this.#push({ type: "link", at: this.#now, link: "kalshi", up: true, detail }, line, out);
    }
    this.#push({ ...input, sequence: null }, line, out);
  }

  #announce(market: Market, line: number, out: BatchBuilder): void {
    this.#announced.add(market.ticker);
    this.#push({ type: "market", at: this.#now, market }, line, out);
  }

  #watchedMarket(body: JsonObject, line: number): Market {
    const info = isObject(body.info) ? body.info : {};
    const ticker = body.market_ticker;
    const closeTime = typeof info.close_time === "string" ? parseTime(info.close_time) : null;
    if (typeof ticker !== "string" || closeTime === null) {
      throw new RecordingError(this.#file, line, JSON.stringify(body), "market_ticker and info.close_time");
    }
    const strike = info.strike;
    if (strike !== undefined && strike !== null && !(typeof strike === "number" && Number.isFinite(strike))) {
      throw new RecordingError(this.#file, line, `info.strike ${JSON.stringify(strike)}`, "a number");
    }
    const settlement: RecordedSettlement = {
      ticker,
      openTime: micros(closeTime - WINDOW),
      closeTime,
      strikeType: "greater_or_equal",
      floorStrike: strike ?? null,
      capStrike: null,
      expirationValue: null,
      result: null,
      settledAt: null,
      priceStructure: null,
    };
    return this.#marketOf(settlement, CAPTURE_STRUCTURE, line);
  }

  #marketOf(settlement: RecordedSettlement, structure: string, line: number): Market {
    const priceRanges = Object.hasOwn(NAMED_PRICE_RANGES, structure) ? NAMED_PRICE_RANGES[structure] : undefined;
    if (priceRanges === undefined) {
      const known = Object.keys(NAMED_PRICE_RANGES).join(", ");
      throw new RecordingError(this.#file, line, `price structure ${structure}`, `one of ${known}`);
    }
    return listedMarket(settlement, priceRanges);
  }
}

const sequenceInput = (at: Micros, sequence: { connection: number; sid: number; seq: number }): Input => ({
  type: "sequence",
  at,
  sequence,
});

/** Microseconds of a book change's or trade's stamp; quotes are stamped by another clock and set no time. */
function stampOf(frame: unknown): number | null {
  if (!isObject(frame) || frame.type === "ticker") return null;
  const message = frame.msg;
  if (!isObject(message)) return null;
  const stamp = message.ts_ms;
  return typeof stamp === "number" && Number.isSafeInteger(stamp) && stamp > 0 ? stamp * 1_000 : null;
}
