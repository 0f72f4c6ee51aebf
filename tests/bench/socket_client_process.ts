/**
 * One client of `socket_server_process.ts`, from the socket to synced books. Prints frames a second and how long a frame
 * took from its arrival to the changed book.
 *
 *     deno run -A tests/bench/socket_client_process.ts CLIENT URL CHANGES PASSES WARM TICKER_STEM
 */

import WebSocket from "ws";
import { Book } from "../../src/core/book.ts";
import { SequenceGuard } from "../../src/core/sequence.ts";
import type { BookDeltaInput, BookSnapshotInput } from "../../src/core/input.ts";
import { type Micros, micros } from "../../src/core/units.ts";
import { type ChangeParserName, FrameBytes } from "../../src/venues/kalshi/fast/frame_bytes.ts";
import { TEST_AUTHORITY } from "../../src/venues/kalshi/fast/certificate_fixture.ts";
import { WasmBooks } from "../../src/venues/kalshi/fast/wasm_books.ts";
import { FastWebSocket } from "../../src/venues/kalshi/fast/websocket.ts";
import { type ParsedFrame, parseFrame } from "../../src/venues/kalshi/frames.ts";
import { indexInput, loadedEngine, wavering } from "./loaded_engine.ts";
import { benchJournal, FrameToDecision } from "./run_path.ts";
import { SOCKET_MARKETS } from "./socket_frames.ts";

export interface SocketFigures {
  readonly framesPerSecond: number;
  /** From the handler's call to the changed book, nanoseconds; 0 where frames were not timed. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** Of all books: so that none can have been left out, and all clients can be seen to agree. */
  readonly levels: number;
}

const AT = 1_790_000_000_000_000 as Micros;
const LENGTH_MAX = 64 * 1024 * 1024;
const [client, url, changes, passes, warm, tickerStem] = Deno.args;
const perPass = Number(changes) + SOCKET_MARKETS;
const expected = perPass * Number(passes);
/** Each frame is timed only where they come slowly: looking at the clock takes as long as reading a frame. */
const isTimed = passes === "1";
/** The compiler is warm then. */
const measuredFrom = Number(warm);

const books = new Map<string, Book>();
/** Beside them, where the client has those. */
let second: WasmBooks | null = null;
const guard = new SequenceGuard();
const latencies = new Float64Array(expected);
let frames = 0;
let started = 0;
let finish: () => void = () => {};
const finished = new Promise<void>((resolve) => finish = resolve);

function bookInputOf(parsed: ParsedFrame): BookSnapshotInput | BookDeltaInput {
  if (parsed.kind !== "input") throw new Error("A frame was not understood");
  const { input } = parsed;
  if (input.type !== "book_delta" && input.type !== "book_snapshot") throw new Error(`A frame of type ${input.type}`);
  return input;
}

function apply(parsed: ParsedFrame): void {
  const input = bookInputOf(parsed);
  let book = books.get(input.ticker);
  if (book === undefined) books.set(input.ticker, book = new Book());
  if (input.sequence === null || guard.observe(input.sequence, input.ticker) !== "next") throw new Error("A gap");
  if (input.type === "book_snapshot") book.replace(input.yes, input.no, AT);
  else if (book.change(input.side, input.price, input.delta, AT) !== "applied") throw new Error(book.staleReason);
  if (second === null) return;
  second.take(input);
  if (!second.agreesWith(input.ticker, book)) throw new Error("The two books differ");
}

function done(arrived: number): void {
  if (isTimed) latencies[frames] = performance.now() - arrived;
  frames++;
  if (frames === expected) finish();
}

/** Notes the arrival of the first frame that counts. */
function arrive(): number {
  if (frames === measuredFrom) started = performance.now();
  return isTimed ? performance.now() : 0;
}

function taken(text: string): void {
  const arrived = arrive();
  apply(parseFrame(text, AT, 1));
  done(arrived);
}

/** Our own socket; each message is timed. */
function connect(take: (bytes: Uint8Array) => void, isKnownAscii: (bytes: Uint8Array) => boolean): () => void {
  const socket = new FastWebSocket(url, {
    headers: {},
    maxPayload: LENGTH_MAX,
    handshakeTimeout: 5_000,
    caCerts: [TEST_AUTHORITY],
    isKnownAscii,
  });
  socket.on("message", (bytes) => {
    const arrived = arrive();
    take(bytes);
    done(arrived);
  });
  return () => socket.terminate();
}

function own(name: ChangeParserName, take: (parsed: ParsedFrame) => void): () => void {
  const parser = new FrameBytes(name);
  return connect((bytes) => take(parser.parse(bytes, AT, 1)), (bytes) => parser.isKnown(bytes));
}

/** Levels of all books: those in WASM where there are no others. */
function levelsOf(): number {
  let sum = 0;
  for (const { yes, no } of books.values()) sum += yes.levels + no.levels;
  if (second === null || books.size > 0) return sum;
  for (let market = 0; market < SOCKET_MARKETS; market++) {
    for (const side of ["yes", "no"] as const) sum += second.levels(`${tickerStem}-${market + 100}`, side);
  }
  return sum;
}

const CLIENTS: Readonly<Record<string, () => () => void>> = {
  /** What most bots do. */
  builtin: () => {
    const socket = new globalThis.WebSocket(url);
    socket.onmessage = (event) => taken(event.data);
    return () => socket.close();
  },
  /** The reference path. */
  ws: () => {
    const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: LENGTH_MAX, ca: [TEST_AUTHORITY] });
    socket.on("message", (data: { toString(): string }) => taken(data.toString()));
    return () => socket.terminate();
  },
  /** Only JSON.parse, no checks and no books: the floor of any client that makes objects. */
  json: () => {
    const socket = new globalThis.WebSocket(url);
    socket.onmessage = (event) => {
      const arrived = arrive();
      if (JSON.parse(event.data) === null) throw new Error("No frame");
      done(arrived);
    };
    return () => socket.close();
  },
  /** Our own socket, and the byte parser in TypeScript. */
  bytes: () => own("bytes", apply),
  /** What a run does: the parser in WASM, the engine's book and the one that is compared with it. */
  wasm: () => {
    second = new WasmBooks();
    return own("wasm", apply);
  },
  /** Parser and books in WASM, and no others. */
  alone: () => {
    const only = second = new WasmBooks();
    return own("wasm", (parsed) => only.take(bookInputOf(parsed)));
  },
  /** What a run does, with its journal and its engine: each change that matters is decided upon. */
  decision: () => {
    const state = Deno.makeTempDirSync({ prefix: "kbot-bench-" });
    const { engine, at } = loadedEngine(SOCKET_MARKETS, { nameOf: (k) => `${tickerStem}-${k + 100}` });
    const path = new FrameToDecision("wasm", engine, benchJournal(state, "socket"));
    const begun = performance.now();
    const now = (): Micros => micros(at + Math.round((performance.now() - begun) * 1_000));
    let ticks = 0;
    const timers = [
      setInterval(() => path.flush(), 20),
      setInterval(() => path.input(indexInput(now(), wavering(++ticks))), 1_000),
    ];
    const close = connect((bytes) => path.take(bytes, now()), () => false);
    return () => {
      close();
      timers.forEach(clearInterval);
      Deno.removeSync(state, { recursive: true });
    };
  },
};

const stop = CLIENTS[client]();
await finished;
const seconds = (performance.now() - started) / 1_000;
stop();
const sorted = latencies.slice(measuredFrom).sort();
const quantile = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] * 1e6;
const figures: SocketFigures = {
  framesPerSecond: (expected - measuredFrom) / seconds,
  p50: quantile(0.5),
  p99: quantile(0.99),
  p999: quantile(0.999),
  levels: levelsOf(),
};
console.log(JSON.stringify(figures));
Deno.exit(0);
