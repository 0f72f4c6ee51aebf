/**
 * Order books of the npm package ccxt beside kbot's own, on the same changes and in one process. Prints one JSON object.
 *
 * The package is no dependency of the project: it is loaded here alone, by a name that is put together, in a process that
 * writes no lock file.
 *
 *     deno run -A --no-lock --node-modules-dir=none tests/bench/ccxt_process.ts
 */

import { Book } from "../../src/core/book.ts";
import type { BookDeltaInput } from "../../src/core/input.ts";
import type { Micros } from "../../src/core/units.ts";
import { FrameBytes } from "../../src/venues/kalshi/fast/frame_bytes.ts";
import { parseFrame } from "../../src/venues/kalshi/frames.ts";
import { type Contender, race } from "./measure.ts";
import { sampleFrames } from "./sample_frames.ts";

/** The newest when this was written. */
const PACKAGE = ["npm:ccxt", "4.5.84"].join("@");
const DELTAS = 20_000;
const AT = 1_790_000_000_000_000 as Micros;

export interface CcxtFigures {
  readonly rows: readonly { readonly name: string; readonly nanoseconds: number; readonly ratio: number }[];
}

/** One side of a ccxt book; it takes the size that a level has from now on, and wants to be brought into order after. */
interface CcxtSide {
  readonly length: number;
  store(price: number, size: number): void;
  limit(): void;
}

interface CcxtBook {
  readonly bids: CcxtSide;
  readonly asks: CcxtSide;
}

interface Ccxt {
  readonly Exchange: new (options: object) => { orderBook(snapshot: object): CcxtBook };
}

/** A change as ccxt wants it: prices and sizes as floats, of the YES book, the size after the change. */
interface Level {
  readonly isBid: boolean;
  readonly price: number;
  readonly size: number;
}

const { Exchange } = await import(PACKAGE) as Ccxt;
const exchange = new Exchange({});
const { snapshot: first, deltas } = await sampleFrames(DELTAS);
const encoder = new TextEncoder();
const bytes = deltas.map((text) => encoder.encode(text));

const parsed = parseFrame(first, AT, 1);
if (parsed.kind !== "input" || parsed.input.type !== "book_snapshot") throw new Error("The sample has no snapshot");
const snapshot = parsed.input;
const changes = deltas.map((text): BookDeltaInput => {
  const found = parseFrame(text, AT, 1);
  if (found.kind !== "input" || found.input.type !== "book_delta") {
    throw new Error("A frame of the sample is no change");
  }
  return found.input;
});

const own = new Book();
own.replace(snapshot.yes, snapshot.no, AT);
/** Worked out before, so that ccxt is spared the sum. */
const levels = changes.map(({ side, price, delta }): Level => {
  own.change(side, price, delta, AT);
  const size = (side === "yes" ? own.yes : own.no).sizeAt(price) / 100;
  return { isBid: side === "yes", price: side === "yes" ? price / 10_000 : (10_000 - price) / 10_000, size };
});

let book: CcxtBook;

function begin(): void {
  book = exchange.orderBook({
    bids: snapshot.yes.map(([price, size]) => [price / 10_000, size / 100]),
    asks: snapshot.no.map(([price, size]) => [(10_000 - price) / 10_000, size / 100]),
  });
}

function store(isBid: boolean, price: number, size: number): void {
  (isBid ? book.bids : book.asks).store(price, size);
}

/** The books of both must have come to the same, or one of them did not do the work. */
function compare(): void {
  book.bids.limit();
  book.asks.limit();
  if (book.bids.length !== own.yes.levels || book.asks.length !== own.no.levels) throw new Error("The books differ");
}

const alone: Contender = {
  name: "kbot's book alone, parsed before",
  units: changes.length,
  prepare: () => own.replace(snapshot.yes, snapshot.no, AT),
  run: () => {
    for (const { side, price, delta } of changes) own.change(side, price, delta, AT);
  },
};

const parser = new FrameBytes("wasm");
const fromBytes: Contender = {
  name: "bytes -> parser in WASM, kbot's book",
  units: changes.length,
  prepare: () => own.replace(snapshot.yes, snapshot.no, AT),
  run: () => {
    for (const frame of bytes) {
      const found = parser.parse(frame, AT, 1);
      if (found.kind !== "input" || found.input.type !== "book_delta") throw new Error("No change");
      own.change(found.input.side, found.input.price, found.input.delta, AT);
    }
  },
};

interface WireChange {
  readonly msg: { readonly price_dollars: string; readonly side: string };
}

const figures = race([
  alone,
  {
    name: "ccxt's book alone, parsed and summed before",
    units: levels.length,
    prepare: begin,
    run: () => {
      for (const { isBid, price, size } of levels) store(isBid, price, size);
      compare();
    },
  },
  fromBytes,
  {
    name: "text -> JSON.parse, ccxt's book, summed before",
    units: deltas.length,
    prepare: begin,
    run: () => {
      for (let k = 0; k < deltas.length; k++) {
        const { msg } = JSON.parse(deltas[k]) as WireChange;
        const price = Number(msg.price_dollars);
        const isBid = msg.side === "yes";
        store(isBid, isBid ? price : Math.round(10_000 - price * 10_000) / 10_000, levels[k].size);
      }
      compare();
    },
  },
]);
console.log(JSON.stringify({ rows: figures.map(({ name, nanoseconds, ratio }) => ({ name, nanoseconds, ratio })) }));
Deno.exit(0);
