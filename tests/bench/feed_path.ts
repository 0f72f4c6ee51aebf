/**
 * From the bytes of a book change to the changed book, and on through the journal to the engine's decision.
 * @module
 */

import { Book } from "../../src/core/book.ts";
import type { BookDeltaInput, BookSnapshotInput } from "../../src/core/input.ts";
import { SequenceGuard } from "../../src/core/sequence.ts";
import type { Micros } from "../../src/core/units.ts";
import { type ChangeParserName, FrameBytes } from "../../src/venues/kalshi/fast/frame_bytes.ts";
import { WasmBooks } from "../../src/venues/kalshi/fast/wasm_books.ts";
import { type ParsedFrame, parseFrame } from "../../src/venues/kalshi/frames.ts";
import { type Contender, race } from "./measure.ts";
import { NaiveBook } from "./naive_book.ts";
import { type SampleFrames, sampleFrames } from "./sample_frames.ts";
import { duration, type Row, type Section, times } from "./table.ts";

const DELTAS = 20_000;
const AT = 1_790_000_000_000_000 as Micros;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function snapshotOf(text: string): BookSnapshotInput {
  const parsed = parseFrame(text, AT, 1);
  if (parsed.kind !== "input" || parsed.input.type !== "book_snapshot") throw new Error("The sample has no snapshot");
  return parsed.input;
}

/** One market's book and the sequence rule, as the engine has them. */
class Follower {
  readonly book = new Book();
  #guard = new SequenceGuard();

  begin({ ticker, sequence, yes, no }: BookSnapshotInput): void {
    this.#guard = new SequenceGuard();
    if (sequence !== null) this.#guard.observe(sequence, ticker);
    this.book.replace(yes, no, AT);
  }

  apply({ sequence, ticker, side, price, delta, at }: BookDeltaInput): void {
    if (sequence !== null && this.#guard.observe(sequence, ticker) !== "next") throw new Error("A gap in the sample");
    if (this.book.change(side, price, delta, at) !== "applied") throw new Error(this.book.staleReason);
  }

  get levels(): number {
    return this.book.yes.levels + this.book.no.levels;
  }
}

function deltaOf(parsed: ParsedFrame): BookDeltaInput {
  if (parsed.kind !== "input" || parsed.input.type !== "book_delta") {
    throw new Error("A frame of the sample is no delta");
  }
  return parsed.input;
}

const parseDelta = (text: string): BookDeltaInput => deltaOf(parseFrame(text, AT, 1));

/** Book changes from bytes, by one of the parsers for them, into the book that the engine has. */
function fromBytes(name: ChangeParserName, snapshot: BookSnapshotInput, bytes: readonly Uint8Array[]): Contender {
  const parser = new FrameBytes(name);
  const follower = new Follower();
  return {
    name,
    units: bytes.length,
    prepare: () => follower.begin(snapshot),
    run: () => {
      for (const frame of bytes) follower.apply(deltaOf(parser.parse(frame, AT, 1)));
    },
  };
}

/** The same, and the second book beside it that is compared with it at each change. */
function compared(snapshot: BookSnapshotInput, bytes: readonly Uint8Array[]): Contender {
  const parser = new FrameBytes("wasm");
  const follower = new Follower();
  let books = new WasmBooks();
  return {
    name: "wasm, compared",
    units: bytes.length,
    prepare: () => {
      follower.begin(snapshot);
      books = new WasmBooks();
      books.take(snapshot);
    },
    run: () => {
      for (const frame of bytes) {
        const input = deltaOf(parser.parse(frame, AT, 1));
        follower.apply(input);
        books.take(input);
        if (!books.agreesWith(input.ticker, follower.book)) throw new Error("The two books differ");
      }
    },
  };
}

/** Parser and book in WASM, without the engine's. */
function onlyWasm(snapshot: BookSnapshotInput, bytes: readonly Uint8Array[]): Contender {
  const parser = new FrameBytes("wasm");
  let books = new WasmBooks();
  return {
    name: "wasm alone",
    units: bytes.length,
    prepare: () => {
      books = new WasmBooks();
      books.take(snapshot);
    },
    run: () => {
      for (const frame of bytes) books.take(deltaOf(parser.parse(frame, AT, 1)));
      if (books.phase(snapshot.ticker) !== "synced") throw new Error("The book in WASM was lost");
    },
  };
}

function contenders({ snapshot: first, deltas }: SampleFrames): Contender[] {
  const units = deltas.length;
  const bytes = deltas.map((text) => encoder.encode(text));
  const snapshot = snapshotOf(first);
  const follower = new Follower();
  const naive = new NaiveBook();
  const parsed = deltas.map(parseDelta);
  let objects = 0;
  return [
    {
      name: "bytes as text, JSON.parse",
      units,
      prepare: () => follower.begin(snapshot),
      run: () => {
        for (const frame of bytes) follower.apply(parseDelta(decoder.decode(frame)));
      },
    },
    compared(snapshot, bytes),
    onlyWasm(snapshot, bytes),
    fromBytes("bytes", snapshot, bytes),
    {
      name: "text, JSON.parse",
      units,
      prepare: () => follower.begin(snapshot),
      run: () => {
        for (const text of deltas) follower.apply(parseDelta(text));
      },
    },
    {
      name: "JSON.parse, zod, Map book",
      units,
      prepare: () => naive.replace(first),
      run: () => {
        for (const text of deltas) naive.change(text);
        if (naive.levels !== follower.levels) throw new Error("The two books differ");
      },
    },
    {
      name: "JSON.parse alone",
      units,
      run: () => {
        for (const text of deltas) if (JSON.parse(text) !== null) objects++;
      },
    },
    {
      name: "apply alone",
      units,
      prepare: () => follower.begin(snapshot),
      run: () => {
        for (const delta of parsed) follower.apply(delta);
      },
    },
  ];
}

const ROWS: readonly (Pick<Row, "what"> & Partial<Row>)[] = [
  { what: "bytes -> text, JSON.parse, checks, book" },
  { what: "bytes -> parser in WASM, book, the one in WASM compared with it", inRun: true },
  { what: "bytes -> parser in WASM, book in WASM alone", budget: "8 x" },
  { what: "bytes -> parser in TypeScript, book" },
  { what: "text -> JSON.parse, checks, book" },
  { what: "text -> JSON.parse, zod, Map: the naive reference" },
  { what: "text -> JSON.parse alone" },
  { what: "  book alone, parsed before" },
];

export async function feedPath(): Promise<Section> {
  const frames = await sampleFrames(DELTAS);
  const figures = race(contenders(frames));
  return {
    title: `Book change, per delta (${frames.deltas.length} ${frames.source} frames)`,
    rows: figures.map(({ nanoseconds, ratio }, k) => ({
      figure: duration(nanoseconds),
      beside: k === 0 ? "" : `${times(1 / ratio)} faster than the first`,
      budget: "",
      ...ROWS[k],
    })),
  };
}
