import assert from "node:assert/strict";
import fc from "fast-check";
import type { Micros } from "../../core/units.ts";
import { isObject } from "./fields.ts";
import { FRAME_CASES } from "./frames_cases.ts";
import { type ParsedFrame, parseFrame } from "./frames.ts";

const ROUNDS = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000;
const SEED = 20261120;
const AT = 1_779_691_725_000_000 as Micros;
const CONNECTION = 3;
const KINDS: readonly ParsedFrame["kind"][] = ["input", "reply", "notice", "quote", "ignored", "refused"];
/** The only numbers that are no whole ones: index values and strikes (and `value` of the venue's own average). */
const FRACTIONS: ReadonlySet<string> = new Set(["value", "floorStrike", "capStrike"]);
/** Quotes have no number of their own (KALSHI.md 5.4). */
const UNNUMBERED: ReadonlySet<ParsedFrame["kind"]> = new Set(["quote"]);

/** What a decimal text must not be, or may be just so. */
const oddText = fc.constantFrom(
  ...["", " ", "NaN", "Infinity", "-Infinity", "-0", "0", "-0.0000", "0.0000", "1.0000", "1.0001", "0.00001", "-1.00"],
  ...["1.005", "1e9", "0x10", "+1.00", "1,000.00", "１.00", ".5", "9007199254740993", "9".repeat(400), "null", "[]"],
  ...["7", '{"value":"1","time":1}', '{"value":"1e9","time":1}', "yes", "no", "\u0000", "__proto__", "[".repeat(2_000)],
);
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: oddText },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      ...[null, true, false, 0, -0, -1, 0.1, 1e300, -1e300, 2 ** 53, 2 ** 53 + 2, Number.MAX_SAFE_INTEGER],
      ...[[], {}, [[]], [null], [["0.5000", "1.00"]], { value: "1" }],
    ),
  },
  fc.string({ maxLength: 20 }),
  fc.double(),
  fc.integer(),
  fc.jsonValue({ maxDepth: 3 }),
);

interface Change {
  readonly how: "replace" | "add" | "drop" | "rename";
  /** Which of all the places of the frame. */
  readonly place: number;
  readonly value: unknown;
  readonly key: string;
}

const key = fc.oneof(
  fc.constantFrom("type", "msg", "sid", "seq", "id", "market_ticker", "ticker", "ts_ms", "__proto__", "constructor"),
  fc.string({ maxLength: 12 }),
);
const how = fc.constantFrom<Change["how"]>("replace", "replace", "replace", "add", "drop", "rename");
const change: fc.Arbitrary<Change> = fc.record({ how, place: fc.nat(1_000), value: oddValue, key });

/** The places of every field and every item, however deep. */
function* places(value: unknown, before: readonly string[] = []): Generator<readonly string[]> {
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const place = [...before, name];
    yield place;
    yield* places(inner, place);
  }
}

function changed(value: unknown, each: Change): unknown {
  const all = [...places(value)];
  return all.length === 0 ? each.value : changedAt(value, all[each.place % all.length], each);
}

function changedAt(value: unknown, [name, ...rest]: readonly string[], each: Change): unknown {
  const entries = Object.entries(value as object).flatMap(([known, inner]): [string, unknown][] => {
    if (known !== name) return [[known, inner]];
    return rest.length > 0 ? [[known, changedAt(inner, rest, each)]] : here(known, inner, each);
  });
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

function here(name: string, inner: unknown, each: Change): [string, unknown][] {
  // An index value is JSON inside JSON: spoiled inside as often as outside.
  if (name === "data" && typeof inner === "string" && each.key.length % 2 === 0) return [[name, inside(inner, each)]];
  switch (each.how) {
    case "replace":
      return [[name, each.value]];
    case "add":
      return [[name, inner], [each.key, each.value]];
    case "drop":
      return [];
    case "rename":
      return [[each.key, inner]];
  }
}

function inside(text: string, each: Change): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  return JSON.stringify(each.place % 4 === 0 ? each.value : changed(value, each)) ?? text;
}

/** What happens to the text itself; most often nothing. */
const torn: fc.Arbitrary<(text: string) => string> = fc.oneof(
  { weight: 7, arbitrary: fc.constant((text: string) => text) },
  {
    weight: 1,
    arbitrary: fc.double({ min: 0, max: 0.999, noNaN: true }).map((part) => (text: string) =>
      text.slice(0, Math.floor(text.length * part))
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      remove: fc.nat(4),
      put: fc.oneof(
        fc.constantFrom('"', "{", "}", "[", "]", ",", ":", "\\", "9", "-", ".", "e9", "null", "NaN", '"seq":3,'),
        fc.string({ unit: "binary", maxLength: 3 }),
      ),
    }).map(({ at, remove, put }) => (text: string) => {
      const from = Math.floor(text.length * at);
      return text.slice(0, from) + put + text.slice(from + remove);
    }),
  },
);

/** A number that is used as money, count, price, time or id has to be a safe integer, wherever it stands. */
function assertWhole(value: unknown, name: string): void {
  if (typeof value === "number") {
    assert.ok(FRACTIONS.has(name) ? Number.isFinite(value) : Number.isSafeInteger(value), `${name} is ${value}`);
  } else if (typeof value === "object" && value !== null) {
    for (const [inner, each] of Object.entries(value)) assertWhole(each, inner);
  }
}

function assertSound(parsed: ParsedFrame): void {
  assertWhole(parsed, "");
  if (parsed.kind === "refused") {
    assert.ok(parsed.path !== "" && parsed.wanted !== "" && parsed.found !== "" && parsed.found.length < 500);
  }
  if (parsed.kind !== "input") return;
  const { input } = parsed;
  assert.equal(input.at, AT);
  if (input.type === "book_delta" || input.type === "trade") assert.ok(input.price > 0 && input.price < 10_000);
  if (input.type === "trade") assert.ok(input.count >= 0);
  if (input.type === "index") assert.ok(input.value > 0);
  if (input.type === "book_snapshot") {
    for (const [price, size] of [...input.yes, ...input.no]) assert.ok(price > 0 && price < 10_000 && size >= 0);
  }
}

/** A frame that says where it stands has told so, whatever else is wrong with it: a book's gap hangs on it. */
function assertTells(parsed: ParsedFrame, text: string): void {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return assert.ok(parsed.kind === "refused" && parsed.path === "frame", "a text that is no JSON is refused whole");
  }
  if (!isObject(frame)) return assert.ok(parsed.kind === "refused" && parsed.path === "frame");
  const { sid, seq, msg } = frame;
  if (Number.isSafeInteger(sid) && Number.isSafeInteger(seq) && !UNNUMBERED.has(parsed.kind)) {
    assert.deepEqual(parsed.sequence, { connection: CONNECTION, sid, seq });
  } else {
    assert.equal(parsed.sequence, null);
  }
  if (parsed.kind !== "refused") return;
  const named = isObject(msg) ? msg.market_ticker ?? msg.ticker : null;
  assert.equal(parsed.ticker, typeof named === "string" ? named : null);
  assert.equal(parsed.sid, Number.isSafeInteger(sid) ? sid : null);
  assert.equal(parsed.seq, Number.isSafeInteger(seq) ? seq : null);
  assert.equal(parsed.type, typeof frame.type === "string" ? frame.type : null);
}

// Where it fails, the message names the seed and the path that lead to the shortest such frame.
Deno.test(`${ROUNDS} spoiled frames of every type: always of a known kind, never a throw, never a lost number`, () => {
  const read = new Map<string, number>();
  const refused = new Map<string, number>();
  const property = fc.property(
    fc.constantFrom(...FRAME_CASES),
    fc.array(change, { minLength: 1, maxLength: 3 }),
    torn,
    ([name, frame, kind], changes, tear) => {
      const text = tear(JSON.stringify(changes.reduce<unknown>((value, each) => changed(value, each), frame)));
      const parsed = parseFrame(text, AT, CONNECTION);
      assert.ok(KINDS.includes(parsed.kind), parsed.kind);
      assertSound(parsed);
      assertTells(parsed, text);
      const counts = parsed.kind === "refused" ? refused : parsed.kind === kind ? read : null;
      counts?.set(name, (counts.get(name) ?? 0) + 1);
    },
  );
  fc.assert(property, { numRuns: ROUNDS, seed: SEED });
  for (const [name] of FRAME_CASES) {
    assert.ok((read.get(name) ?? 0) >= 20, `${name}: ${read.get(name)} were still read`);
    assert.ok((refused.get(name) ?? 0) >= 20, `${name}: ${refused.get(name)} were refused`);
  }
});
