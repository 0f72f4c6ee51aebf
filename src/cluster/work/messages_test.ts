import assert from "node:assert/strict";
import fc from "fast-check";
import type { Parameters } from "../../backtest/search/parameter_space.ts";
import type { PassAsked } from "../../backtest/search/trial.ts";
import { micros, money } from "../../core/units.ts";
import { packed, packedBytes } from "../packed.ts";
import { type Answer, decodeAnswer, encodeAnswer, isSameAnswer } from "./answer.ts";
import { decodeJob, encodeJob, trialKey } from "./job.ts";
import { decodeBody, decodeHead, encodeOffer, type OfferBody } from "./offer.ts";
import { decodeWords, encodeWords } from "./worker_words.ts";

const RUNS = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000;

const time = fc.integer({ min: 0, max: 2 ** 53 - 1 }).map(micros);
const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.string());
const pass: fc.Arbitrary<PassAsked> = fc.record({
  trials: fc.array(
    fc.record({
      number: fc.integer({ min: 1, max: 10_000 }),
      parameters: fc.dictionary(fc.string().filter((name) => name !== "__proto__"), value, { noNullPrototype: true }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  until: fc.option(time),
  tickers: fc.option(fc.array(fc.string())),
  borders: fc.array(
    fc.record({
      at: time,
      periods: fc.nat(),
      least: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(-Infinity)),
    }),
    { maxLength: 3 },
  ),
});

/** JSON knows one zero only, and no parameter has another. */
const plusZero = (parameters: Parameters): Parameters =>
  Object.fromEntries(Object.entries(parameters).map(([name, each]) => [name, each === 0 ? 0 : each]));

Deno.test("a job arrives as it was put, to the last bit of its parameters", () => {
  fc.assert(
    fc.property(pass, (asked) => {
      const trials = asked.trials.map((trial) => ({ ...trial, parameters: plusZero(trial.parameters) }));
      const borders = asked.borders.map((border) => ({ ...border, least: border.least + 0 }));
      const job = { id: "a", pass: { ...asked, trials, borders } };
      const read = decodeJob(encodeJob(job));
      assert.ok(read.ok, JSON.stringify(read));
      assert.deepEqual(read.value, job);
      for (const trial of trials) assert.equal(trialKey(trial, job.pass), trialKey(trial, read.value.pass));
    }),
    { seed: 10, numRuns: 300 },
  );
});

Deno.test("a trial has another name where anything differs that its result depends on", () => {
  const trial = { number: 1, parameters: { a: 1, b: true } };
  const whole: PassAsked = { trials: [trial], until: null, tickers: null, borders: [] };
  const names = [
    trialKey(trial, whole),
    trialKey({ number: 1, parameters: { a: 1, b: false } }, whole),
    trialKey(trial, { ...whole, until: micros(5) }),
    trialKey(trial, { ...whole, tickers: [] }),
    trialKey(trial, { ...whole, borders: [{ at: micros(5), periods: 1, least: 0 }] }),
  ];
  assert.equal(new Set(names).size, names.length);
  assert.equal(trialKey({ number: 7, parameters: { b: true, a: 1 } }, whole), names[0], "its number is none of it");
});

const plain = { noNullPrototype: true };
const answer: fc.Arbitrary<Answer> = fc.record({
  worker: fc.string(),
  ran: fc.oneof(
    fc.record({ ok: fc.constant(false as const), reason: fc.string() }, plain),
    fc.record({
      ok: fc.constant(true as const),
      result: fc.record({
        profits: fc.array(fc.double()).map((each) => Float64Array.from(each)),
        orders: fc.nat(),
        fills: fc.nat(),
        through: fc.option(time),
        stoppedEarly: fc.boolean(),
      }, plain),
    }, plain),
  ),
}, plain);

Deno.test("an answer arrives as it was given, to the last bit of its profits", () => {
  fc.assert(
    fc.property(answer, (given) => {
      const read = decodeAnswer(encodeAnswer(given));
      assert.ok(read.ok, JSON.stringify(read));
      assert.deepEqual(read.value, given);
      assert.ok(isSameAnswer(read.value.ran, given.ran));
      if (!given.ran.ok) return;
      const { profits, fills } = given.ran.result;
      const others = [
        { ...given.ran.result, fills: fills + 1 },
        { ...given.ran.result, profits: Float64Array.of(...profits, 0) },
        ...(profits.length > 0 ? [{ ...given.ran.result, profits: profits.with(0, profits[0] === 1 ? 2 : 1) }] : []),
      ];
      for (const result of others) assert.ok(!isSameAnswer(given.ran, { ok: true, result }));
    }),
    { seed: 11, numRuns: 300 },
  );
});

const body: OfferBody = {
  settings: {
    engine: { version: "1", strategies: [] } as unknown as OfferBody["settings"]["engine"],
    capital: money(5),
    strategy: "hourly_no",
    objective: "pnl",
  },
  basis: "0".repeat(64),
  packs: [{ file: "a.js", bytes: Uint8Array.of(0, 255, 7) }],
};
const head = {
  sweep: "ab12",
  build: "kbot 1, commit 0",
  data: "1".repeat(64),
  spot: null,
  strategy: "hourly_no",
  from: "one",
};

Deno.test("an offer arrives whole in pieces, and not at all where one of them is another's", () => {
  const noise = crypto.getRandomValues(new Uint8Array(65_536));
  const packs = Array.from({ length: 20 }, (_, k) => ({ file: `${k}.js`, bytes: noise.map((byte) => byte ^ k) }));
  const offer = encodeOffer(head, { ...body, packs });
  assert.ok(!("error" in offer) && offer.pieces.length > 1, "one piece shows nothing");
  const read = decodeHead(offer.head);
  assert.ok(read.ok && read.value.pieces === offer.pieces.length);
  const found = decodeBody(read.value, offer.pieces);
  assert.deepEqual(found, { ok: true, value: { ...body, packs } });
  const turned = decodeBody(read.value, offer.pieces.toReversed());
  assert.deepEqual(turned, { ok: false, reason: "Offer is not whole, or of two sweeps" });
  const many = Array.from({ length: 400 }, (_, k) => ({ file: `${k}`, bytes: crypto.getRandomValues(noise.slice()) }));
  const refused = encodeOffer(head, { ...body, packs: many });
  assert.match(
    "error" in refused ? refused.error : "",
    /^Settings and packs take \d+ bytes, more than workers are sent/,
  );
});

Deno.test("what is no message of ours is refused with words, whatever it is", () => {
  const whole = [
    encodeJob({
      id: "a",
      pass: { trials: [{ number: 1, parameters: { a: 1 } }], until: null, tickers: null, borders: [] },
    }),
    encodeAnswer({ worker: "w", ran: { ok: false, reason: "r" } }),
    encodeWords({ type: "gone", worker: "w" }),
  ];
  const damaged = fc.tuple(fc.constantFrom(...whole), fc.nat(200), fc.nat(255)).map(([bytes, at, byte]) => {
    const copy = bytes.slice(0, Math.max(1, (at * 7) % (bytes.length + 1)));
    copy[at % copy.length] = byte;
    return copy;
  });
  const bytes = fc.oneof(
    fc.uint8Array(),
    damaged,
    fc.json().map(packed),
    fc.json().map((text) => new TextEncoder().encode(text)),
    fc.uint8Array().map(packedBytes),
  );
  fc.assert(
    fc.property(bytes, (given) => {
      for (const decode of [decodeJob, decodeAnswer, decodeHead, decodeWords]) {
        const read = decode(given);
        if (!read.ok) assert.match(read.reason, /^[A-Z].*[^.]$/s);
      }
    }),
    { seed: 12, numRuns: RUNS },
  );
});

Deno.test("a message that unpacks to more than a machine has is refused", () => {
  const read = decodeJob(packedBytes(new Uint8Array(65 << 20)));
  assert.match(read.ok ? "" : read.reason, /^Job of \d+ bytes cannot be unpacked: /);
});
