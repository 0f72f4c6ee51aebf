/**
 * A book change through a whole run, by each of the ways that `venue.frames` chooses: bytes -> input -> journal line ->
 * engine, and what the engine makes of it.
 * @module
 */

import type { Input } from "../../src/core/input.ts";
import { type Micros, micros } from "../../src/core/units.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { encodeInput } from "../../src/engine/journal.ts";
import { type JournalWriter, openJournal } from "../../src/store/journal_writer.ts";
import { FrameBytes } from "../../src/venues/kalshi/fast/frame_bytes.ts";
import { WasmBooks } from "../../src/venues/kalshi/fast/wasm_books.ts";
import { type Frames, type ParsedFrame, parseFrame } from "../../src/venues/kalshi/frames.ts";
import { indexInput, loadedEngine, wavering } from "./loaded_engine.ts";
import { type Contender, race } from "./measure.ts";
import { duration, type Section, times } from "./table.ts";

const MARKETS = 100;
const CHANGES = 10_000;
/** Between two changes: 3,000 a second. */
const EVERY = 333;
const INDEX_EVERY = 3_000;
/** How many cents below the best bid changes lie, in turn: one of four touches it and is decided upon. */
const DEPTHS = [0, 1, 2, 3];
const encoder = new TextEncoder();
const decoder = new TextDecoder();

type Parse = (bytes: Uint8Array, at: Micros) => ParsedFrame;

/** What a run does with a frame, without the socket. */
export class FrameToDecision {
  readonly #parse: Parse;
  readonly #engine: Engine;
  readonly #journal: JournalWriter;
  readonly #books: WasmBooks | null;
  #actions = 0;

  constructor(frames: Frames, engine: Engine, journal: JournalWriter) {
    const parser = frames === "json" ? null : new FrameBytes(frames);
    this.#parse = parser === null
      ? (bytes, at) => parseFrame(decoder.decode(bytes), at, 1)
      : (bytes, at) => parser.parse(bytes, at, 1);
    this.#engine = engine;
    this.#journal = journal;
    this.#books = frames === "wasm" ? new WasmBooks() : null;
  }

  get actions(): number {
    return this.#actions;
  }

  take(bytes: Uint8Array, at: Micros): void {
    const parsed = this.#parse(bytes, at);
    if (parsed.kind !== "input") throw new Error("A frame was not understood");
    this.input(parsed.input);
  }

  input(input: Input): void {
    if (!this.#journal.append(encodeInput(input)).ok) throw new Error("The journal takes nothing more");
    this.#actions += this.#engine.step(input).length;
    if (this.#books === null || (input.type !== "book_delta" && input.type !== "book_snapshot")) return;
    this.#books.take(input);
    const own = this.#engine.markets.get(input.ticker)?.book;
    if (own !== undefined && !this.#books.agreesWith(input.ticker, own)) throw new Error("The two books differ");
  }

  /** What a run does every 20 ms. */
  flush(): void {
    this.#journal.flush();
  }
}

export function benchJournal(state: string, run: string): JournalWriter {
  const header = { version: "bench", run, started: "", config: null };
  const opened = openJournal(state, header, { compress: false, sync: "never" });
  if (!opened.ok) throw new Error(opened.reason);
  return opened.writer;
}

function frameOf(ticker: string, price: number, contracts: number, seq: number, at: Micros): Uint8Array {
  return encoder.encode(JSON.stringify({
    type: "orderbook_delta",
    sid: 2,
    seq,
    msg: {
      market_ticker: ticker,
      market_id: "ea9de313-3518-4162-b6b2-beb8934bbc63",
      price_dollars: (price / 10_000).toFixed(4),
      delta_fp: contracts.toFixed(2),
      side: "yes",
      ts: new Date(at / 1_000).toISOString(),
      ts_ms: Math.floor(at / 1_000),
    },
  }));
}

function contender(frames: Frames, state: string): Contender {
  const journal = benchJournal(state, frames);
  const { tickers, bids, at } = loadedEngine(MARKETS);
  const timeOf = (k: number): Micros => micros(at + (k + 1) * EVERY);
  const bytes = Array.from({ length: CHANGES }, (_, k) => {
    const which = (k >> 1) % MARKETS;
    const below = DEPTHS[(k >> 1) % DEPTHS.length];
    return frameOf(tickers[which], bids[which] - below * 100, k % 2 === 0 ? 7 : -7, k + 1, timeOf(k));
  });
  let path: FrameToDecision;
  return {
    name: frames,
    units: CHANGES,
    prepare: () => {
      const { engine, inputs } = loadedEngine(MARKETS);
      path = new FrameToDecision(frames, engine, journal);
      for (const input of inputs) if (input.type === "book_snapshot") path.input(input);
      path.flush();
    },
    run: () => {
      for (let k = 0; k < CHANGES; k++) {
        path.take(bytes[k], timeOf(k));
        if (k % INDEX_EVERY === INDEX_EVERY - 1) path.input(indexInput(timeOf(k), wavering(k)));
        if (k % 60 === 59) path.flush();
      }
    },
  };
}

export async function runPath(): Promise<Section> {
  const state = await Deno.makeTempDir({ prefix: "kbot-bench-" });
  try {
    const ways: readonly Frames[] = ["json", "bytes", "wasm"];
    const figures = race(ways.map((frames) => contender(frames, state)));
    return {
      title: `Book change through a run, ${MARKETS} markets: bytes -> input -> journal line -> engine`,
      rows: figures.map(({ nanoseconds, ratio }, k) => ({
        what: `venue.frames = "${ways[k]}"`,
        figure: duration(nanoseconds),
        beside: k === 0 ? "" : `${times(1 / ratio)} faster than json`,
        budget: ways[k] === "wasm" ? "p50 2 us" : "",
        inRun: ways[k] === "wasm",
      })),
    };
  } finally {
    await Deno.remove(state, { recursive: true });
  }
}
