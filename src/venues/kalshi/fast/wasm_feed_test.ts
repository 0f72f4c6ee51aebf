import assert from "node:assert/strict";
import fc from "fast-check";
import * as kernel from "../../../../wasm/build/orderbook.wasm";
import { Book } from "../../../core/book.ts";
import type { BookDeltaInput } from "../../../core/input.ts";
import type { Count, Micros, Price } from "../../../core/units.ts";
import { DeltaBytes } from "./delta_bytes.ts";
import { type FrameOutcome, WasmFeed } from "./wasm_feed.ts";

const AT = 1_790_000_000_000_000 as Micros;
const encoder = new TextEncoder();

function frameOf(text: string, first = 0x81): Uint8Array {
  const payload = encoder.encode(text);
  const { length } = payload;
  const header = length < 126
    ? [first, length]
    : length < 0x10000
    ? [first, 126, length >> 8, length & 0xff]
    : [first, 127, 0, 0, 0, 0, length >>> 24, length >> 16 & 0xff, length >> 8 & 0xff, length & 0xff];
  return Uint8Array.from([...header, ...payload]);
}

const delta = (seq: number, ticker: string, side: string, price: string, change: string): string =>
  `{"type":"orderbook_delta","sid":2,"seq":${seq},"msg":{"market_ticker":"${ticker}","market_id":"m",` +
  `"price_dollars":"${price}","delta_fp":"${change}","side":"${side}","ts":"t","ts_ms":1779691724274}}`;

const snapshot = (seq: number, ticker: string, yes: string, no: string): string =>
  `{"type":"orderbook_snapshot","sid":2,"seq":${seq},"msg":{"market_ticker":"${ticker}","market_id":"m",` +
  `"yes_dollars_fp":${yes},"no_dollars_fp":${no}}}`;

/** A feed whose outcomes and control frames are written down. */
function listened(): { feed: WasmFeed; said: string[] } {
  const said: string[] = [];
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const feed = new WasmFeed({
    payloadMax: 10_000_000,
    onFrame: (parsed, outcome: FrameOutcome) =>
      said.push(`${parsed.kind === "input" ? parsed.input.type : parsed.kind} ${outcome}`),
    control: {
      ping: (bytes) => said.push(`ping ${text(bytes)}`),
      pong: (bytes) => said.push(`pong ${text(bytes)}`),
      close: (code) => said.push(`close ${code}`),
    },
  });
  return { feed, said };
}

function put(feed: WasmFeed, bytes: Uint8Array, pieces = bytes.length): void {
  for (let at = 0; at < bytes.length;) {
    const room = feed.room();
    const part = bytes.subarray(at, at + Math.min(pieces, room.length));
    room.set(part);
    feed.filled(part.length);
    at += part.length;
  }
}

const joined = (frames: readonly Uint8Array[]): Uint8Array => Uint8Array.from(frames.flatMap((frame) => [...frame]));

const A = "KXA-26MAY25";
const B = "KXB-26MAY25-T1";

Deno.test("changes are applied by the kernel, wherever the bytes are split, and the rest is handed on in order", () => {
  const bytes = joined([
    frameOf(snapshot(1, A, '[["0.4700","3.00"],["0.4710","1.50"]]', '[["0.4800","2.00"]]')),
    frameOf(snapshot(2, B, "[]", "[]")),
    frameOf(delta(3, A, "yes", "0.4710", "-1.50")),
    frameOf("heartbeat", 0x89),
    frameOf(delta(4, B, "no", "0.0105", "7.25")),
    frameOf('{"id":7,"sid":2,"seq":5,"type":"ok","msg":{}}'),
    // In parts, with a ping in between.
    frameOf(delta(6, A, "no", "0.4900", "1.00").slice(0, 50), 0x01),
    frameOf("x", 0x89),
    frameOf(delta(6, A, "no", "0.4900", "1.00").slice(50), 0x80),
    frameOf(delta(7, B, "no", "0.0105", "0.75")),
    frameOf("", 0x88),
  ]);
  for (const pieces of [bytes.length, 1, 2, 3, 7, 50, 300]) {
    const { feed, said } = listened();
    put(feed, bytes, pieces);
    assert.deepEqual(said, [
      "book_snapshot taken",
      "book_snapshot taken",
      "ping heartbeat",
      "reply taken",
      "ping x",
      "book_delta taken",
      "close 1005",
    ], `in pieces of ${pieces}`);
    assert.equal(feed.changes, 3);
    assert.equal(feed.best(A, "yes"), 4_700);
    assert.equal(feed.levels(A, "yes"), 1);
    assert.equal(feed.best(A, "no"), 4_900);
    assert.equal(feed.sizeAt(B, "no", 105 as Price), 800);
  }
});

Deno.test("a gap, a repetition, a strange market and a level below zero are told, and change nothing else", () => {
  const { feed, said } = listened();
  const book = snapshot(1, A, '[["0.4700","3.00"]]', "[]");
  put(feed, frameOf(book));
  put(feed, frameOf(delta(1, A, "yes", "0.4700", "5.00")));
  put(feed, frameOf(delta(3, A, "yes", "0.4700", "5.00")));
  put(feed, frameOf(delta(4, B, "yes", "0.4700", "5.00")));
  assert.equal(feed.sizeAt(A, "yes", 4_700 as Price), 300);
  put(feed, frameOf(delta(5, A, "yes", "0.4700", "-5.00")));
  assert.equal(feed.phase(A), "stale");
  put(feed, frameOf(delta(6, A, "yes", "0.4700", "1.00")));
  assert.equal(feed.phase(B), "empty");
  put(feed, frameOf(book.replace('"seq":1', '"seq":7')));
  assert.equal(feed.phase(A), "synced");
  assert.deepEqual(said, [
    "book_snapshot taken",
    "book_delta repeated",
    "book_delta gap",
    "book_delta unsynced",
    "book_delta negative",
    "book_delta unsynced",
    "book_snapshot taken",
  ]);
  assert.equal(feed.changes, 0);
});

Deno.test("a snapshot longer than the kernel's room comes through", () => {
  const { feed, said } = listened();
  const level = '["0.4700","3.00"],';
  const long = snapshot(1, A, `[${level.repeat(9_000).slice(0, -1)}]`, "[]").replace(
    '"market_id":"m"',
    `"market_id":"${"m".repeat(1_500_000)}"`,
  );
  put(feed, joined([frameOf(long), frameOf(delta(2, A, "yes", "0.4700", "1.00"))]), 60_000);
  assert.deepEqual(said, ["book_snapshot taken"]);
  assert.equal(feed.sizeAt(A, "yes", 4_700 as Price), 9_000 * 300 + 100);
});

Deno.test("books in the kernel are those of the engine after any changes", () => {
  const price = fc.oneof(fc.integer({ min: 1, max: 999 }).map((at) => at * 10), fc.integer({ min: 1, max: 9_999 }));
  const change = fc.record({
    market: fc.nat(2),
    side: fc.constantFrom("yes", "no"),
    price,
    delta: fc.oneof(
      fc.integer({ min: -500, max: 500 }),
      fc.integer({ min: -2_000_000_000_000, max: 2_000_000_000_000 }),
    ),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const { feed, said } = listened();
      const tickers = ["KXA-1", "KXA-2", "KXBTC15M-26MAY250300-00"];
      const books = tickers.map((ticker, k) => {
        put(feed, frameOf(snapshot(k + 1, ticker, '[["0.5000","9.00"]]', "[]")));
        const book = new Book();
        book.replace([[5_000 as Price, 900 as Count]], [], AT);
        return book;
      });
      changes.forEach((each, k) => {
        const text = delta(
          k + 4,
          tickers[each.market],
          each.side,
          (each.price / 10_000).toFixed(4),
          (each.delta / 100).toFixed(2),
        );
        put(feed, frameOf(text));
        books[each.market].change(each.side as "yes" | "no", each.price as Price, each.delta as Count, AT);
      });
      tickers.forEach((ticker, k) => {
        const book = books[k];
        assert.equal(feed.phase(ticker), book.phase === "stale" ? "stale" : "synced");
        for (const side of ["yes", "no"] as const) {
          const ladder = side === "yes" ? book.yes : book.no;
          assert.equal(feed.best(ticker, side) ?? 0, ladder.best, said.join("; "));
          assert.equal(feed.levels(ticker, side), ladder.levels);
          for (const [at, size] of ladder.top(1_000)) assert.equal(feed.sizeAt(ticker, side, at), size);
        }
      });
    }),
    { seed: 29, numRuns: 200 },
  );
});

Deno.test("ten thousand markets have a book each", () => {
  const { feed } = listened();
  const names = Array.from({ length: 10_000 }, (_, k) => `KX${k.toString(36)}-26MAY25-T${k % 7}`);
  names.forEach((name, k) => feed.replace(name, [[(k % 999 + 1) * 10 as Price, k + 1 as Count]], []));
  names.forEach((name, k) => {
    assert.equal(feed.best(name, "yes"), (k % 999 + 1) * 10);
    assert.equal(feed.sizeAt(name, "yes", (k % 999 + 1) * 10 as Price), k + 1);
  });
});

/** The kernel's own parser beside the one in TypeScript. */
function sameAsTypeScript(parser: DeltaBytes, bytes: Uint8Array): boolean {
  new Uint8Array(kernel.memory.buffer, kernel.room(), bytes.length).set(bytes);
  const recognised = Boolean(kernel.read(bytes.length));
  const parsed = parser.parse(bytes, AT, 1);
  const text = new TextDecoder().decode(bytes);
  assert.equal(recognised, parsed !== null, text);
  if (parsed?.kind !== "input") return false;
  const input = parsed.input as BookDeltaInput;
  const start = kernel.readTicker();
  assert.equal(new TextDecoder().decode(bytes.subarray(start, start + kernel.readTickerLength())), input.ticker, text);
  assert.equal(kernel.readSid(), input.sequence?.sid, text);
  assert.equal(kernel.readSeq(), input.sequence?.seq, text);
  assert.equal(kernel.readSide(), input.side === "yes" ? 0 : 1, text);
  assert.equal(kernel.readPrice(), input.price, text);
  assert.equal(kernel.readDelta(), input.delta, text);
  assert.equal(kernel.readTime(), input.exchangeTime === null ? -1 : input.exchangeTime / 1_000, text);
  return true;
}

const RUNS = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000;

Deno.test("the kernel recognises and reads what the parser in TypeScript does, whatever is done to a frame", () => {
  listened();
  const parser = new DeltaBytes();
  const plain = delta(8, A, "yes", "0.5000", "-64.00");
  const texts = [plain, plain.replace("}}", '},"sending_ts_ms":1791180714077}'), delta(9, B, "no", "0.0001", "3")];
  texts.push(plain.replace('"side"', '"client_order_id":"k-1","subaccount":3,"side"'));
  const pieces = [
    "",
    '"',
    "}",
    "{",
    ",",
    ":",
    "\\",
    "0",
    "9",
    "-",
    ".",
    "\u007f",
    "é",
    '"seq":3,',
    '"ts_ms":1,',
    '"sid":7,',
  ];
  const edit = fc.record({
    at: fc.nat(260),
    remove: fc.nat(3),
    insert: fc.oneof(fc.constantFrom(...pieces), fc.string()),
  });
  let recognised = 0;
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.array(edit, { maxLength: 3 }), (text, edits) => {
      let edited = text;
      for (const { at, remove, insert } of edits) edited = edited.slice(0, at) + insert + edited.slice(at + remove);
      if (sameAsTypeScript(parser, encoder.encode(edited))) recognised++;
    }),
    { seed: 31, numRuns: RUNS },
  );
  assert.ok(recognised > RUNS / 20, `${recognised} of ${RUNS} were recognised`);
});

const RECORDED = new URL("../../../../../shared/data/", import.meta.url);

for (const folder of ["kxbtc15m_ws/", "kxgold15m_ws/"]) {
  Deno.test(`every recorded frame of ${folder} reads in the kernel as in TypeScript`, async () => {
    let names: string[];
    try {
      names = [...Deno.readDirSync(new URL(folder, RECORDED))].map(({ name }) => name).filter((name) =>
        name.endsWith(".gz")
      );
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      return console.log(`Skipped: no recorded frames at ${folder}`);
    }
    listened();
    const parser = new DeltaBytes();
    let recognised = 0;
    for (const name of names.filter((each) => each.endsWith(".ndjson.gz"))) {
      const file = await Deno.open(new URL(folder + name, RECORDED));
      const text = file.readable.pipeThrough(new DecompressionStream("gzip")).pipeThrough(new TextDecoderStream());
      let rest = "";
      for await (const part of text) {
        const lines = (rest + part).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          const at = /^\{"recv_\w+":\d+,"(?:frame|event)":/.exec(line)?.[0].length;
          if (at !== undefined && sameAsTypeScript(parser, encoder.encode(line.slice(at, -1)))) recognised++;
        }
      }
    }
    assert.ok(recognised > 100_000, `${recognised} changes`);
  });
}
