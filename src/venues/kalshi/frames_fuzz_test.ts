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

const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[null, true, false, 0, -0, -1, 0.1, 1e300, -1e300, 2 ** 53, 2 ** 53 + 2, Number.MAX_SAFE_INTEGER],
    ...["", " ", "NaN", "Infinity", "-Infinity", "-0", "-0.0000", "1e9", "0x10", "+1.00", "1,000.00", "１.00", ".5"],
    ...["0.0000", "1.0000", "0.00001", "9007199254740993", "9".repeat(400), "yes", "no", "\u0000", "__proto__"],
    ...[[], {}, [[]], [null], [["0.5000", "1.00"]], { value: "1" }, '{"value":"1","time":1}', "[".repeat(2_000)],
  ),
  fc.string({ maxLength: 20 }),
  fc.double(),
  fc.integer(),
  fc.jsonValue({ maxDepth: 3 }),
);

type Change =
  | {
    readonly how: "replace" | "add";
    readonly steps: readonly number[];
    readonly value: unknown;
    readonly key: string;
  }
  | { readonly how: "drop" | "rename"; readonly steps: readonly number[]; readonly value: null; readonly key: string };

const steps = fc.array(fc.nat(20), { minLength: 1, maxLength: 5 });
const key = fc.oneof(
  fc.constantFrom("type", "msg", "sid", "seq", "id", "market_ticker", "ticker", "ts_ms", "__proto__", "constructor"),
  fc.string({ maxLength: 12 }),
);
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ how: fc.constantFrom("replace", "add"), steps, value: oddValue, key }) },
  { weight: 3, arbitrary: fc.record({ how: fc.constantFrom("drop", "rename"), steps, value: fc.constant(null), key }) },
);

/** Applies one change where the steps lead: each chooses a key at its depth, and the last one is what is changed. */
function changed(value: unknown, each: Change, depth = 0): unknown {
  if (typeof value !== "object" || value === null) return each.how === "replace" ? each.value : value;
  const entries = Object.entries(value);
  if (entries.length === 0) return each.how === "add" && !Array.isArray(value) ? { [each.key]: each.value } : value;
  const at = each.steps[depth] % entries.length;
  const [name, inner] = entries[at];
  const goesOn = depth + 1 < each.steps.length && typeof inner === "object" && inner !== null;
  const replaced: [string, unknown][] = goesOn ? [[name, changed(inner, each, depth + 1)]] : here(name, inner, each);
  const all = [...entries.slice(0, at), ...replaced, ...entries.slice(at + 1)];
  return Array.isArray(value) ? all.map(([, item]) => item) : Object.fromEntries(all);
}

function here(name: string, inner: unknown, each: Change): [string, unknown][] {
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
