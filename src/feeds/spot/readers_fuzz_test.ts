import assert from "node:assert/strict";
import { type Micros, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import { START } from "../scripted_source_fixture.ts";
import { bitstamp } from "./bitstamp.ts";
import { coinbase } from "./coinbase.ts";
import { gemini } from "./gemini.ts";
import { kraken } from "./kraken.ts";
import type { SpotProtocol } from "./protocol.ts";
import { BITSTAMP_MESSAGES, COINBASE_MESSAGES, GEMINI_MESSAGES, KRAKEN_MESSAGES } from "./sample_messages_fixture.ts";
import type { SpotAsset } from "./spot_asset.ts";
import { SpotListener } from "./spot_listener.ts";

const ROUNDS = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000;

const SAMPLES: readonly [SpotProtocol, readonly string[], unknown][] = [
  [coinbase, COINBASE_MESSAGES, {
    bid: "22345.10",
    ask: "22346.00",
    price: "22345.50",
    size: "1",
    time: "2026-09-21T14:13:20Z",
  }],
  [kraken, KRAKEN_MESSAGES, {
    error: [],
    result: { XXBTZUSD: { a: ["45285.2", "1", "1.0"], b: ["45283.5", "1", "2.0"], c: ["45284.0", "0.1"] } },
  }],
  [bitstamp, BITSTAMP_MESSAGES, { timestamp: "1790000001", bid: "38427.00", ask: "38440.00", last: "38430.00" }],
  [gemini, GEMINI_MESSAGES, { bid: "22252.00", ask: "22255.00", last: "22253.00" }],
];

/** Small, quick, and the same on every machine (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const ODD: readonly unknown[] = [
  null,
  true,
  "",
  "NaN",
  "-1",
  "1e999",
  "0",
  0,
  -1,
  1e308,
  -0.5,
  [],
  {},
  [[]],
  [[null, null]],
  [["buy", "1", "-1"]],
  "2026-09-21T14:13:20Z",
  "9999-12-31T23:59:59Z",
  Number.MAX_SAFE_INTEGER,
  "BTC-USD",
  "constructor",
  "__proto__",
];

/** One place inside a value, at random, replaced or taken away. */
function spoil(value: unknown, random: () => number, depth = 0): unknown {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)];
  if (typeof value !== "object" || value === null || (depth > 0 && random() < 0.15)) return pick(ODD);
  if (Array.isArray(value)) {
    const at = Math.floor(random() * value.length);
    return value.map((each, index) => index === at ? spoil(each, random, depth + 1) : each);
  }
  const entries = Object.entries(value);
  const at = Math.floor(random() * entries.length);
  return Object.fromEntries(entries.flatMap(([key, each], index) => {
    if (index !== at) return [[key, each]];
    return random() < 0.2 ? [] : [[key, spoil(each, random, depth + 1)]];
  }));
}

/** One character replaced, left out or repeated, or the text cut. */
function spoilText(text: string, random: () => number): string {
  const at = Math.floor(random() * text.length);
  const kind = random();
  if (kind < 0.25) return text.slice(0, at);
  if (kind < 0.5) return text.slice(0, at) + text.slice(at + 1);
  if (kind < 0.75) return text.slice(0, at) + text[at] + text.slice(at);
  return text.slice(0, at) + '"0-9,:[]{}eE.'[Math.floor(random() * 13)] + text.slice(at + 1);
}

function assertSound(state: SpotAsset, now: Micros): void {
  const { book, last, quote } = state;
  const vwap = state.vwap(now);
  for (const side of book === null ? [] : [book.bids, book.asks]) {
    for (let at = 0; at < side.length; at++) {
      assert.ok(side.prices[at] > 0 && side.prices[at] < Infinity && side.sizes[at] > 0 && side.sizes[at] < Infinity);
    }
  }
  if (book !== null) assert.ok(state.bookAt !== null && state.bookAt <= now);
  if (last !== null) assert.ok(last.price > 0 && last.price < Infinity && last.at <= now);
  if (vwap !== null) assert.ok(vwap.price > 0 && vwap.price < Infinity && vwap.volume > 0);
  if (quote !== null) {
    assert.ok((quote.bid ?? 1) > 0 && (quote.ask ?? 1) > 0 && quote.bidSize >= 0 && quote.askSize >= 0);
  }
}

for (const [protocol, messages, answer] of SAMPLES) {
  Deno.test(`${protocol.title}: ${ROUNDS} spoiled messages throw nothing and leave nothing impossible behind`, () => {
    const seed = 20_261_120;
    const random = dice(seed);
    let now = START;
    const listener = new SpotListener({
      protocol,
      assets: ["BTC"],
      window: MICROS_PER_MINUTE,
      now,
      log: () => {},
      reply: () => {},
      request: () => {},
      drop: () => {},
    });
    const state = listener.states.get("BTC");
    assert.ok(state !== undefined);
    let believed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      now = now + Math.floor(random() * MICROS_PER_SECOND) as Micros;
      if (round % 50 === 0) {
        listener.opened(now);
        for (const message of messages) listener.heard(message, now);
      }
      const message = messages[Math.floor(random() * messages.length)];
      if (random() < 0.1) listener.answered("BTC", spoil(answer, random), now);
      else if (random() < 0.3) listener.heard(spoilText(message, random), now);
      else listener.heard(JSON.stringify(spoil(JSON.parse(message), random)), now);
      if (state.book !== null) believed++;
      try {
        assertSound(state, now);
      } catch (error) {
        throw new Error(`Round ${round} of seed ${seed} after ${message}`, { cause: error });
      }
      listener.look(now);
    }
    const counts = listener.refusals.byReason();
    assert.equal(counts["reader failed"], undefined, `A reader threw (seed ${seed})`);
    assert.ok(listener.refusals.total > ROUNDS / 3, `Only ${listener.refusals.total} refusals`);
    assert.ok(believed > ROUNDS / 100, `Only ${believed} rounds with a book`);
  });
}
