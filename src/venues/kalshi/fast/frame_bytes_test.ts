import assert from "node:assert/strict";
import fc from "fast-check";
import type { Micros } from "../../../core/units.ts";
import { UnknownFields } from "../fields.ts";
import { type ParsedFrame, parseFrame } from "../frames.ts";
import { FrameBytes } from "./frame_bytes.ts";

const AT = 1_790_000_000_123_456 as Micros;
const encoder = new TextEncoder();

const PLAIN = '{"type":"orderbook_delta","sid":1,"seq":8,"msg":{"market_ticker":"KXBTC15M-26MAY250300-00",' +
  '"market_id":"ea9de313-3518-4162-b6b2-beb8934bbc63","price_dollars":"0.5000","delta_fp":"-64.00","side":"yes",' +
  '"ts":"2026-05-25T06:48:44.274087Z","ts_ms":1779691724274}}';

interface Readers {
  readonly bytes: FrameBytes;
  readonly wasm: FrameBytes;
}

const readers = (): Readers => ({ bytes: new FrameBytes("bytes"), wasm: new FrameBytes("wasm") });

/** Parses by all ways, demands the same of them, and says whether the parsers for book changes took it. */
function same({ bytes: typescript, wasm }: Readers, bytes: Uint8Array): boolean {
  const reference = new UnknownFields();
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const expected = parseFrame(text, AT, 3, reference);
  const parsedBy = (frames: FrameBytes): boolean => {
    const before = frames.counts.recognised;
    const unknown = new UnknownFields();
    assert.deepEqual(frames.parse(bytes, AT, 3, unknown), expected, text);
    assert.deepEqual(unknown.counts(), reference.counts(), text);
    return frames.counts.recognised > before;
  };
  const recognised = parsedBy(typescript);
  assert.equal(parsedBy(wasm), recognised, text);
  assert.equal(typescript.isKnown(bytes), false);
  assert.equal(wasm.isKnown(bytes), recognised, text);
  assert.equal(parsedBy(wasm), recognised, text);
  if (recognised) assert.ok(bytes.every((byte) => byte < 0x80), text);
  return recognised;
}

const changed = (from: string, to: string): string => {
  assert.ok(PLAIN.includes(from), from);
  return PLAIN.replace(from, to);
};

/** `true` where the parser for book changes takes the frame itself. */
const CASES: readonly (readonly [name: string, text: string, recognised: boolean])[] = [
  ["a plain change", PLAIN, true],
  ["the time of sending at the end", changed("274}}", '274},"sending_ts_ms":1791180714077}'), true],
  ["the time of sending at the start", PLAIN.replace("{", '{"sending_ts_ms":1791180714077,'), true],
  ["an own order", changed('"side"', '"client_order_id":"k-1","subaccount":3,"side"'), true],
  ["no time", changed(',"ts":"2026-05-25T06:48:44.274087Z","ts_ms":1779691724274', ""), true],
  ["no market id", changed('"market_id":"ea9de313-3518-4162-b6b2-beb8934bbc63",', ""), true],
  ["keys in another order", changed('"sid":1,"seq":8', '"seq":8,"sid":1'), true],
  ["the NO side", changed('"yes"', '"no"'), true],
  ["a fine price", changed("0.5000", "0.0001"), true],
  ["a price of few digits", changed("0.5000", ".5"), true],
  ["zero, negative", changed("-64.00", "-0.00"), true],
  ["whole contracts", changed("-64.00", "64"), true],
  ["zeros beyond what counts", changed("0.5000", "0.50000"), false],
  ["a price between the grid", changed("0.5000", "0.50005"), false],
  ["price 0", changed("0.5000", "0.0000"), false],
  ["price 1", changed("0.5000", "1.0000"), false],
  ["a negative price", changed("0.5000", "-0.5000"), false],
  ["a price that is a number", changed('"0.5000"', "0.5"), false],
  ["no price", changed('"price_dollars":"0.5000",', ""), false],
  ["an empty price", changed("0.5000", ""), false],
  ["a price with two points", changed("0.5000", "0.5.0"), false],
  ["a price that ends in a point", changed("0.5000", "0."), false],
  ["contracts with a plus", changed("-64.00", "+64.00"), false],
  ["contracts in exponents", changed("-64.00", "6e1"), false],
  ["contracts beyond 2^53", changed("-64.00", "99999999999999999.00"), false],
  ["a third side", changed('"yes"', '"both"'), false],
  ["another type", changed("orderbook_delta", "orderbook_deltas"), false],
  ["an empty ticker", changed("KXBTC15M-26MAY250300-00", ""), false],
  ["an escape in the ticker", changed("KXBTC15M-26", "KXBTC\\u00315M-26"), false],
  ["a ticker beyond ASCII", changed("KXBTC15M", "KXBTÇ15M"), false],
  ["an escape in a text that does not matter", changed("ea9de313", "ea9de\\n313"), false],
  ["an unknown field", changed('"side"', '"colour":"red","side"'), false],
  ["an unknown field outside", PLAIN.replace("{", '{"colour":"red",'), false],
  ["a field twice", changed('"side":"yes"', '"side":"yes","side":"no"'), false],
  ["the number twice", changed('"seq":8', '"seq":8,"seq":9'), false],
  ["a blank", changed('"sid":1', '"sid": 1'), false],
  ["a line end behind it", PLAIN + "\n", false],
  ["a fraction as a number", changed('"seq":8', '"seq":8.0'), false],
  ["a leading zero", changed('"seq":8', '"seq":08'), false],
  ["a negative number", changed('"seq":8', '"seq":-8'), false],
  ["a number beyond 2^53", changed('"seq":8', '"seq":9007199254740993'), false],
  ["a number as a text", changed('"seq":8', '"seq":"8"'), false],
  ["no number", changed('"seq":8,', ""), false],
  ["null for the time", changed("1779691724274", "null"), false],
  ["a time beyond sense", changed("1779691724274", "9999999999999"), false],
  ["a message that is a list", '{"type":"orderbook_delta","sid":1,"seq":8,"msg":[]}', false],
  ["an empty message", '{"type":"orderbook_delta","sid":1,"seq":8,"msg":{}}', false],
  ["no message", '{"type":"orderbook_delta","sid":1,"seq":8}', false],
  ["a comma before the end", changed("274}}", "274,}}"), false],
  ["another frame behind it", PLAIN + PLAIN, false],
  ["an end too many", PLAIN + "}", false],
  ["a byte order mark", "\ufeff" + PLAIN, false],
  ["nothing", "", false],
  ["a brace", "{", false],
  ["null", "null", false],
  ["a trade", '{"type":"trade","sid":2,"seq":1,"msg":{}}', false],
];

for (const [name, text, recognised] of CASES) {
  Deno.test(`bytes read as their text does: ${name}`, () => {
    const bytes = encoder.encode(text);
    assert.equal(same(readers(), bytes), recognised);
    // The same somewhere inside a larger buffer, with other bytes around it.
    const holder = encoder.encode(`}}"${text}}",1`);
    assert.equal(same(readers(), holder.subarray(3, 3 + bytes.length)), recognised);
  });
}

Deno.test("half a frame reads as half a text does, wherever it ends", () => {
  const frames = readers();
  const bytes = encoder.encode(PLAIN);
  for (let end = 0; end < bytes.length; end++) assert.equal(same(frames, bytes.subarray(0, end)), false);
  assert.equal(same(frames, bytes), true);
});

Deno.test("twenty thousand tickers are kept apart, and more than are remembered", () => {
  for (const frames of Object.values(readers())) {
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 20_000; n++) {
        const ticker = `KX${n.toString(36).toUpperCase()}-26MAY25`;
        const parsed = frames.parse(encoder.encode(changed("KXBTC15M-26MAY250300-00", ticker)), AT, 1);
        assert.ok(parsed.kind === "input" && parsed.input.type === "book_delta" && parsed.input.ticker === ticker);
      }
    }
    assert.equal(frames.counts.recognised, 40_000);
  }
});

Deno.test("a frame that was looked at and not asked for is not taken for the next one", () => {
  const { wasm } = readers();
  const [first, second] = ["0.1000", "0.2000"].map((price) => encoder.encode(changed("0.5000", price)));
  const priceOf = (bytes: Uint8Array) => {
    const parsed = wasm.parse(bytes, AT, 1);
    return parsed.kind === "input" && parsed.input.type === "book_delta" ? parsed.input.price : null;
  };
  assert.ok(wasm.isKnown(first));
  assert.equal(priceOf(second), 2_000);
  assert.ok(wasm.isKnown(first));
  assert.equal(wasm.isKnown(encoder.encode("{}")), false);
  assert.equal(priceOf(first), 1_000);
  assert.ok(wasm.isKnown(second));
  assert.equal(priceOf(second), 2_000);
  // The same bytes once more are read once more.
  second.set(first);
  assert.equal(priceOf(second), 1_000);
});

Deno.test("the longest ticker, one longer than that, and a frame longer than the kernel's room", () => {
  for (const length of [200, 201]) {
    const ticker = "K".repeat(length);
    const frame = encoder.encode(changed("KXBTC15M-26MAY250300-00", ticker));
    const frames = readers();
    for (let round = 0; round < 3; round++) assert.equal(same(frames, frame), length === 200, `${length}`);
  }
  const long = encoder.encode(changed("ea9de313", "e".repeat(5_000)));
  const parsed = Object.values(readers()).map((frames) => frames.parse(long, AT, 1));
  assert.deepEqual(parsed[0], parsed[1]);
  assert.equal(parsed[0].kind, "input");
});

const RUNS = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000;

Deno.test("frames with random edits read as their texts do", () => {
  const edit = fc.record({
    at: fc.nat(PLAIN.length),
    remove: fc.nat(3),
    insert: fc.oneof(
      fc.constantFrom(
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
        "null",
        "[]",
        '"seq":3,',
        '"ts_ms":1,',
        "\u0000",
      ),
      fc.string({ unit: "binary", maxLength: 2 }),
    ),
  });
  const frames = readers();
  let recognised = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...CASES.slice(0, 12).map(([, text]) => text)),
      fc.array(edit, { maxLength: 3 }),
      (text, edits) => {
        let edited = text;
        for (const { at, remove, insert } of edits) edited = edited.slice(0, at) + insert + edited.slice(at + remove);
        if (same(frames, encoder.encode(edited))) recognised++;
      },
    ),
    { seed: 17, numRuns: RUNS },
  );
  assert.ok(recognised > RUNS / 20, `${recognised} of ${RUNS} were recognised`);
});

Deno.test("changes with random values and keys in any order read as their texts do", () => {
  const mostly = (good: fc.Arbitrary<unknown>, bad: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 12, arbitrary: good }, { weight: 1, arbitrary: bad });
  const digits = fc.stringMatching(/^-?\d{0,4}(\.\d{0,5})?$/);
  const odd = fc.oneof(fc.maxSafeNat(), fc.integer(), fc.double({ noNaN: true }));
  const number = mostly(fc.nat(), odd);
  const text = mostly(fc.stringMatching(/^[A-Z0-9-]{1,30}$/), fc.string());
  const fields = fc.record({
    market_ticker: text,
    market_id: text,
    price_dollars: mostly(fc.stringMatching(/^0\.[1-9]\d{0,3}$/), fc.oneof(digits, number)),
    delta_fp: mostly(fc.stringMatching(/^-?\d{1,9}(\.\d{1,2})?$/), fc.oneof(digits, number)),
    side: mostly(fc.constantFrom("yes", "no"), fc.string()),
    ts: text,
    ts_ms: number,
    client_order_id: text,
    subaccount: number,
  }, { requiredKeys: ["market_ticker", "price_dollars", "delta_fp", "side"] });
  const shuffled = (object: Readonly<Record<string, unknown>>, keys: readonly number[]): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(object).map((entry, k) => [entry, keys[k % keys.length]] as const)
        .sort(([, a], [, b]) => a - b).map(([entry]) => entry),
    );
  const frames = readers();
  let recognised = 0;
  fc.assert(
    fc.property(fields, number, number, fc.array(fc.nat(), { minLength: 9, maxLength: 9 }), (msg, sid, seq, keys) => {
      const frame = shuffled({ type: "orderbook_delta", sid, seq, msg: shuffled(msg, keys) }, keys);
      if (same(frames, encoder.encode(JSON.stringify(frame)))) recognised++;
    }),
    { seed: 23, numRuns: RUNS },
  );
  assert.ok(recognised > RUNS / 10, `${recognised} of ${RUNS} were recognised`);
});

const SHARED = new URL("../../../../../shared/", import.meta.url);

async function* lines(url: URL): AsyncGenerator<string> {
  const file = await Deno.open(url);
  const bytes = url.pathname.endsWith(".gz")
    ? file.readable.pipeThrough(new DecompressionStream("gzip"))
    : file.readable;
  let rest = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) if (part.trim() !== "") yield part;
  }
  if (rest.trim() !== "") yield rest;
}

/** The frame's own text inside a recorder's line. */
function frameText(line: string): string | null {
  const at = /^\{"recv_\w+":\d+,"(?:frame|event)":/.exec(line)?.[0].length;
  if (at !== undefined) return line.slice(at, -1);
  const record = JSON.parse(line) as { raw?: string; control?: string };
  return record.raw ?? (record.control === undefined ? line : null);
}

/** Quick for the millions of changes, thorough for the rest. */
function assertEqual(found: ParsedFrame, expected: ParsedFrame, text: string): void {
  if (found.kind !== "input" || expected.kind !== "input" || found.input.type !== "book_delta") {
    return assert.deepEqual(found, expected, text);
  }
  const [a, b] = [found.input, expected.input];
  const equal = b.type === "book_delta" && a.ticker === b.ticker && a.side === b.side && a.price === b.price &&
    a.delta === b.delta && a.exchangeTime === b.exchangeTime && a.sequence?.seq === b.sequence?.seq &&
    a.sequence?.sid === b.sequence?.sid && found.sequence === a.sequence && found.id === expected.id;
  if (!equal) assert.deepEqual(found, expected, text);
}

// The fixtures were written anew by their recorder, with a blank behind every comma: none of them is recognised.
for (
  const [folder, ending] of [
    ["data/kxbtc15m_ws/", /\.ndjson\.gz$/],
    ["data/kxgold15m_ws/", /\.ndjson\.gz$/],
    ["data/rest_fixtures/", /^ws_frames.*\.jsonl$/],
    ["kalshi/samples/ws-lines/", /\.ndjson$/],
    ["kalshi/samples/zkiihne-gold15m-2026-08/", /\.ndjson$/],
    ["kalshi/samples/fortuna-demo-2026-06/", /\.jsonl$/],
  ] as const
) {
  Deno.test(`every recorded frame of ${folder} reads from its bytes as from its text`, async () => {
    const base = new URL(folder, SHARED);
    let names: string[];
    try {
      names = [...Deno.readDirSync(base)].map(({ name }) => name).filter((name) => ending.test(name));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      return console.log(`Skipped: no recorded frames at ${base.pathname}`);
    }
    const frames = readers();
    let changes = 0;
    for (const name of names) {
      for await (const line of lines(new URL(name, base))) {
        const text = frameText(line);
        if (text === null) continue;
        const expected = parseFrame(text, AT, 1);
        if (expected.kind === "input" && expected.input.type === "book_delta") changes++;
        const bytes = encoder.encode(text);
        assertEqual(frames.bytes.parse(bytes, AT, 1), expected, text);
        assertEqual(frames.wasm.parse(bytes, AT, 1), expected, text);
      }
    }
    const recognised = folder === "data/rest_fixtures/" ? 0 : changes;
    assert.equal(frames.bytes.counts.recognised, recognised);
    assert.equal(frames.wasm.counts.recognised, recognised);
  });
}
