/**
 * For the tests of protocols: good messages with one thing in them spoilt, or rows of them that lost, doubled or swapped
 * one.
 * @module
 */

import fc from "fast-check";
import type { SpotProtocol } from "./protocol.ts";
import { readAll } from "./protocol_fixture.ts";

/** A million with KBOT_TEST_FULL=1. */
export const SPOILING_ROUNDS = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000;
const SEED = 20261120;

const oddValue = fc.oneof(
  fc.constantFrom<unknown>(
    ...[null, true, false, 0, -0, -1, 0.1, 1e300, -1e300, 2 ** 53, 2 ** 53 + 2, NaN, Infinity, [], {}, [[]], [null]],
    ...[
      "",
      " ",
      "NaN",
      "Infinity",
      "-1",
      "1e9",
      "0x10",
      "1,000.00",
      "9".repeat(400),
      "null",
      "__proto__",
      "constructor",
    ],
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

interface Change {
  readonly how: "replace" | "drop" | "double" | "swap" | "lose";
  readonly message: number;
  readonly place: number;
  readonly value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  how: fc.constantFrom<Change["how"]>("replace", "replace", "replace", "drop", "double", "swap", "lose"),
  message: fc.nat(1_000),
  place: fc.nat(10_000),
  value: oddValue,
});

/** Every field and item of a value, however deep: the thing it is in, and its key there. */
function places(value: unknown): (readonly [Record<string, unknown>, string])[] {
  if (typeof value !== "object" || value === null) return [];
  const fields = value as Record<string, unknown>;
  return Object.keys(fields).flatMap((key) => [[fields, key] as const, ...places(fields[key])]);
}

function spoilt(good: readonly unknown[], { how, message, place, value }: Change): unknown[] {
  const messages = structuredClone(good) as unknown[];
  const at = message % messages.length;
  if (how === "lose") messages.splice(at, 1);
  if (how === "double") messages.splice(at, 0, messages[at]);
  if (how === "swap") [messages[at], messages[0]] = [messages[0], messages[at]];
  if (how !== "replace" && how !== "drop") return messages;
  const all = places(messages[at]);
  if (all.length === 0) return messages;
  const [holder, key] = all[place % all.length];
  if (how === "replace") holder[key] = value;
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
  return messages;
}

/**
 * Reads the messages spoilt in every way: the reader must not throw, must end every book that it begins (or say that it is
 * lost), and must name assets that were asked for.
 */
export function spoilProtocol(protocol: SpotProtocol, good: readonly unknown[]): void {
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const lines = readAll(protocol, changes.reduce((messages, each) => spoilt(messages, each), [...good]));
      let open: string | null = null;
      for (const line of lines) {
        const [word, asset] = line.replace(":", "").split(" ");
        if (
          ["trade", "quote", "begins", "bid", "ask", "ends", "gap"].includes(word) && !["BTC", "ETH"].includes(asset)
        ) {
          throw new Error(`Of no asset that was asked for: ${line}`);
        }
        if (word === "begins" || word === "bid" || word === "ask") open = asset;
        if ((word === "ends" || word === "gap") && open === asset) open = null;
      }
      if (open !== null) throw new Error(`The book of ${open} was begun or changed, and neither ended nor lost`);
    }),
    { numRuns: SPOILING_ROUNDS, seed: SEED },
  );
}
