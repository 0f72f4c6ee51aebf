import assert from "node:assert/strict";
import fc from "fast-check";
import type { Action } from "../core/action.ts";
import type { Input } from "../core/input.ts";
import {
  decodeLine,
  encodeAction,
  encodeCheckpoint,
  encodeEnd,
  encodeHeader,
  encodeInput,
  encodePart,
  JOURNAL_FORMAT,
} from "./journal.ts";
import { INPUT_ARBITRARIES } from "./journal_arbitraries_test.ts";
import { INPUT_TYPES } from "./journal_input_shape.ts";

const SETTINGS = { seed: 7, numRuns: 200 };
/** Fields that may be lacking: older versions did not write them, or they say something by being there. */
const ADDED_LATER: Readonly<Record<string, readonly string[]>> = {
  account: ["traded", "shards", "fillsReadTo"],
  index: ["exchange", "live"],
};

Deno.test("the arbitraries cover every type of input", () => {
  assert.deepEqual(INPUT_ARBITRARIES.map(([type]) => type).sort(), [...INPUT_TYPES].sort());
});

for (const [type, arbitrary] of INPUT_ARBITRARIES) {
  Deno.test(`an input of type ${type} comes back from its line exactly, and the line is what JSON.stringify says`, () => {
    fc.assert(
      fc.property(arbitrary, (input) => {
        const line = encodeInput(input);
        assert.ok(!line.includes("\n"));
        assert.equal(line, JSON.stringify({ i: input }));
        const decoded = decodeLine(line);
        assert.ok(decoded.ok, JSON.stringify(decoded));
        assert.deepStrictEqual(decoded.entry, { kind: "input", input });
      }),
      SETTINGS,
    );
  });

  Deno.test(`an input of type ${type} without one of its fields, or with nonsense in it, is refused by name`, () => {
    fc.assert(
      fc.property(arbitrary, fc.nat(), fc.boolean(), (input, pick, drop) => {
        const names = Object.keys(input).filter((name) => name !== "type");
        const name = names[pick % names.length];
        const { [name]: _, ...rest } = input as unknown as Record<string, unknown>;
        const damaged = drop ? rest : { ...rest, [name]: { nonsense: [1.5] } };
        const decoded = decodeLine(JSON.stringify({ i: damaged }));
        if (drop && ADDED_LATER[type]?.includes(name)) {
          assert.deepStrictEqual(decoded, { ok: true, entry: { kind: "input", input: rest } });
          return;
        }
        assert.ok(!decoded.ok);
        assert.match(decoded.reason, new RegExp(`^Not an input: Field \\.${name}\\b`));
      }),
      SETTINGS,
    );
  });
}

Deno.test("the frequent types are written with the keys of core/input.ts in their order", () => {
  const delta = {
    type: "book_delta",
    at: 5,
    ticker: "T-1",
    sequence: { connection: 1, sid: 2, seq: 3 },
    side: "no",
    price: 4400,
    delta: -100,
    exchangeTime: null,
  } as unknown as Input;
  assert.equal(encodeInput(delta), JSON.stringify({ i: delta }));
});

Deno.test("a value that is not finite is a bug of its feed and never reaches the journal", () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    const index = { type: "index", at: 1, index: "BRTI", value, sourceTime: 1, source: "official", venueAverage: null };
    assert.throws(() => encodeInput(index as unknown as Input), RangeError);
  }
});

const DELTA = '"type":"book_delta","at":1,"ticker":"T","sequence":null,"side":"yes"';

const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  ["empty", "", /^Not JSON: /],
  ["half a line", '{"i":{"type":"clo', /^Not JSON: /],
  ["zeros of a power loss", "\0\0\0\0", /^Not JSON: /],
  ["a list", "[]", /^Not a journal entry: found JSON that is not an object/],
  ["null", "null", /^Not a journal entry/],
  ["an unknown entry", '{"x":1,"y":2}', /found the keys x, y/],
  ["an empty object", "{}", /found the keys \(none\)/],
  ["an unknown input", '{"i":{"type":"weather","at":1}}', /Field \.type: found "weather"/],
  ["an input that is no object", '{"i":7}', /^Not an input: Value: found 7/],
  ["a price with a fraction", `{"i":{${DELTA},"price":1.5,"delta":1,"exchangeTime":null}}`, /\.price: found 1\.5/],
  ["a price above a dollar", `{"i":{${DELTA},"price":10001,"delta":1,"exchangeTime":null}}`, /from 0 to 10000/],
  ["a price as text", `{"i":{${DELTA},"price":"5","delta":1,"exchangeTime":null}}`, /\.price: found "5"/],
  ["a count beyond 2^53", `{"i":{${DELTA},"price":5,"delta":9007199254740993,"exchangeTime":null}}`, /\.delta: found/],
  [
    "a sequence without seq",
    '{"i":{"type":"sequence","at":1,"sequence":{"connection":1,"sid":1}}}',
    /\.sequence\.seq: found nothing/,
  ],
  [
    "a level of three",
    '{"i":{"type":"book_snapshot","at":1,"ticker":"T","sequence":null,"yes":[[1,2],[1,2,3]],"no":[],"exchangeTime":null}}',
    /\.yes\[1\]: found \[1,2,3\], wanted a pair/,
  ],
  [
    "an index value that was not finite",
    '{"i":{"type":"index","at":1,"index":"BRTI","value":null,"sourceTime":1,"source":"official","venueAverage":null}}',
    /\.value: found null, wanted a finite number/,
  ],
  ["a number too large for a float", '{"i":{"type":"clock","at":1e400}}', /\.at: found/],
  ["time before 1970", '{"i":{"type":"clock","at":-1}}', /\.at: found -1, wanted an integer, 0 or more/],
  ["an action without a type", '{"a":{}}', /^Not an action: Field \.type: found nothing/],
  ["an action that is text", '{"a":"place"}', /^Not an action: Value: found "place"/],
  ["a checkpoint without hash", '{"h":{"inputs":1}}', /^Not a checkpoint: Field \.hash/],
  ["an end without reason", '{"end":{"inputs":1,"hash":"00"}}', /^Not an end entry: Field \.reason/],
  ["a newer format", '{"kbot_journal":2}', /^Journal format 2 is not known here, this kbot reads format 1/],
  ["a header without run", '{"kbot_journal":1,"version":"1","started":"x"}', /header is damaged: Field \.run/],
  ["a part without line", '{"kbot_part":2,"run":"r"}', /file header is damaged: Field \.line/],
];

for (const [name, line, reason] of REFUSED) {
  Deno.test(`a journal line with ${name} is refused with the reason`, () => {
    const decoded = decodeLine(line);
    assert.ok(!decoded.ok, "was accepted");
    assert.match(decoded.reason, reason);
  });
}

Deno.test("header, part, checkpoint and end come back from their lines", () => {
  const header = { version: "0.1.0", run: "r1", started: "2026-11-20T00:00:00Z", config: { seed: 1, resume: null } };
  assert.deepEqual(decodeLine(encodeHeader(header)), { ok: true, entry: { kind: "header", header } });
  assert.ok(encodeHeader(header).startsWith(`{"kbot_journal":${JOURNAL_FORMAT},`));
  const part = { part: 2, run: "r1", line: 77 };
  assert.deepEqual(decodeLine(encodePart(part)), { ok: true, entry: { kind: "part", part } });
  const checkpoint = { inputs: 9, hash: "0123456789abcdef" };
  assert.deepEqual(decodeLine(encodeCheckpoint(checkpoint)), { ok: true, entry: { kind: "checkpoint", checkpoint } });
  const end = { ...checkpoint, reason: "Ctrl-C" };
  assert.deepEqual(decodeLine(encodeEnd(end)), { ok: true, entry: { kind: "end", end } });
});

Deno.test("a header without configuration reads as one with null", () => {
  const line = encodeHeader({ version: "1", run: "r", started: "s", config: undefined });
  const decoded = decodeLine(line);
  assert.ok(decoded.ok && decoded.entry.kind === "header");
  assert.equal(decoded.entry.header.config, null);
});

Deno.test("an action keeps its exact text, and a kind unknown here is kept too", () => {
  const log: Action = { type: "log", level: "info", text: 'with "quotes" and \u2028' };
  const decoded = decodeLine(encodeAction(log));
  assert.ok(decoded.ok && decoded.entry.kind === "action");
  assert.equal(decoded.entry.text, JSON.stringify(log));
  assert.deepEqual(decoded.entry.action, log);
  const foreign = decodeLine('{ "a": {"type":"dance","steps":3} }');
  assert.ok(foreign.ok && foreign.entry.kind === "action");
  assert.equal(foreign.entry.text, '{"type":"dance","steps":3}');
});
