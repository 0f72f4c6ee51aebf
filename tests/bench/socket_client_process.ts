/**
 * One client of `socket_server_process.ts`, from the socket to synced books. Prints frames a second and how long a frame
 * took from its arrival to the changed book.
 *
 *     deno run -A tests/bench/socket_client_process.ts CLIENT URL CHANGES PASSES TICKER_STEM
 */

import WebSocket from "ws";
import { Book } from "../../src/core/book.ts";
import { SequenceGuard } from "../../src/core/sequence.ts";
import type { Micros } from "../../src/core/units.ts";
import { FrameBytes } from "../../src/venues/kalshi/fast/frame_bytes.ts";
import { openStream, targetOf } from "../../src/venues/kalshi/fast/stream.ts";
import { TEST_AUTHORITY } from "../../src/venues/kalshi/fast/test_certificate.ts";
import { WasmFeed } from "../../src/venues/kalshi/fast/wasm_feed.ts";
import { FastWebSocket } from "../../src/venues/kalshi/fast/websocket.ts";
import { handshakeKey, HandshakeReader, upgradeRequest } from "../../src/venues/kalshi/fast/websocket_handshake.ts";
import { type ParsedFrame, parseFrame } from "../../src/venues/kalshi/frames.ts";
import { SOCKET_MARKETS } from "./socket_frames.ts";

export interface SocketFigures {
  readonly framesPerSecond: number;
  /** From the handler's call to the changed book, nanoseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** Of all books: so that none can have been left out, and all clients can be seen to agree. */
  readonly levels: number;
}

const AT = 1_790_000_000_000_000 as Micros;
const LENGTH_MAX = 64 * 1024 * 1024;
const [client, url, changes, passes, tickerStem] = Deno.args;
const perPass = Number(changes) + SOCKET_MARKETS;
const expected = perPass * Number(passes);
/** The first pass warms the compiler up; where there is only one, the snapshots alone are left out. */
const measuredFrom = passes === "1" ? SOCKET_MARKETS : perPass;

const books = new Map<string, Book>();
const guard = new SequenceGuard();
const latencies = new Float64Array(expected);
let frames = 0;
let started = 0;
let finish: () => void = () => {};
const finished = new Promise<void>((resolve) => finish = resolve);

function apply(parsed: ParsedFrame): void {
  if (parsed.kind !== "input") throw new Error("A frame was not understood");
  const { input } = parsed;
  if (input.type !== "book_delta" && input.type !== "book_snapshot") throw new Error(`A frame of type ${input.type}`);
  let book = books.get(input.ticker);
  if (book === undefined) books.set(input.ticker, book = new Book());
  if (input.sequence === null || guard.observe(input.sequence, input.ticker) !== "next") throw new Error("A gap");
  if (input.type === "book_snapshot") book.replace(input.yes, input.no, AT);
  else if (book.change(input.side, input.price, input.delta, AT) !== "applied") throw new Error(book.staleReason);
}

function done(arrived: number): void {
  latencies[frames++] = performance.now() - arrived;
  if (frames === expected) finish();
}

/** Notes the arrival of the first frame that counts. */
function arrive(): number {
  const now = performance.now();
  if (frames === measuredFrom) started = now;
  return now;
}

function taken(text: string): void {
  const arrived = arrive();
  apply(parseFrame(text, AT, 1));
  done(arrived);
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
  /** The fast path. */
  own: () => {
    const options = { headers: {}, maxPayload: LENGTH_MAX, handshakeTimeout: 5_000, caCerts: [TEST_AUTHORITY] };
    const socket = new FastWebSocket(url, options);
    const parser = new FrameBytes();
    socket.on("message", (bytes) => {
      const arrived = arrive();
      apply(parser.parse(bytes, AT, 1));
      done(arrived);
    });
    return () => socket.terminate();
  },
};

/** Books in the memory of the kernel, which the network writes into. Frames of one read share its time. */
async function kernelClient(): Promise<WasmFeed> {
  const address = new URL(url);
  const stream = await openStream(targetOf(address, [TEST_AUTHORITY]), new AbortController().signal);
  const { key, accept } = await handshakeKey();
  await stream.write(upgradeRequest(address, key, {}));
  const control = { ping() {}, pong() {}, close() {} };
  let others = 0;
  const onFrame = (_: ParsedFrame, outcome: string): void => {
    if (outcome !== "taken") throw new Error(`A frame that is ${outcome}`);
    others++;
  };
  const feed = new WasmFeed({ payloadMax: LENGTH_MAX, onFrame, control });
  const reader = new HandshakeReader(accept);
  const arrived = (length: number): void => {
    const at = performance.now();
    feed.filled(length);
    const took = performance.now() - at;
    for (const all = feed.changes + others; frames < all; frames++) {
      if (frames === measuredFrom) started = at;
      latencies[frames] = took;
    }
  };
  for (let open = false; frames < expected;) {
    const room = feed.room();
    const length = await stream.read(room);
    if (length === null) throw new Error("The connection ended");
    if (open) {
      arrived(length);
      continue;
    }
    const state = reader.push(room.slice(0, length));
    if (state?.kind !== "open") continue;
    open = true;
    feed.room().set(state.rest);
    arrived(state.rest.length);
  }
  stream.close();
  finish();
  return feed;
}

/** Levels of the kernel's books, for the comparison with the others'. */
function kernelLevels(feed: WasmFeed): number {
  let sum = 0;
  for (let market = 0; market < SOCKET_MARKETS; market++) {
    for (const side of ["yes", "no"] as const) sum += feed.levels(`${tickerStem}-${market + 100}`, side);
  }
  return sum;
}

const kernelFeed = client === "wasm" ? kernelClient() : null;
const stop = kernelFeed === null ? CLIENTS[client]() : () => {};
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
  levels: kernelFeed === null
    ? [...books.values()].reduce((sum, { yes, no }) => sum + yes.levels + no.levels, 0)
    : kernelLevels(await kernelFeed),
};
console.log(JSON.stringify(figures));
Deno.exit(0);
