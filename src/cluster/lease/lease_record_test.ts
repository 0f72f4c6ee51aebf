import assert from "node:assert/strict";
import fc from "fast-check";
import { INSTANCES_MAX, type LeaseRecord, parseLease, withInstance } from "./lease_record.ts";

const GOOD: LeaseRecord = {
  epoch: 3,
  holder: "h1",
  name: "server-a",
  instance: "k0123abcd",
  execution: "live",
  venue: "kalshi",
  renewals: 12,
  ttlMs: 10_000,
  released: false,
  instances: ["k0123abcd"],
};

Deno.test("a record comes back from its text", () => {
  assert.deepEqual(parseLease(JSON.stringify(GOOD)), GOOD);
});

const BAD: Readonly<Record<string, unknown>> = {
  "no epoch": { ...GOOD, epoch: undefined },
  "epoch 0": { ...GOOD, epoch: 0 },
  "an epoch with a fraction": { ...GOOD, epoch: 1.5 },
  "an epoch beyond what counts exactly": { ...GOOD, epoch: 2 ** 53 },
  "a holder with a line feed": { ...GOOD, holder: "a\nb" },
  "a name of nothing": { ...GOOD, name: "" },
  "another instance": { ...GOOD, instance: "x1" },
  "another execution": { ...GOOD, execution: "demo" },
  "no venue": { ...GOOD, venue: "" },
  "a term of nothing": { ...GOOD, ttlMs: 0 },
  "a term of an hour": { ...GOOD, ttlMs: 3_600_000 },
  "released as text": { ...GOOD, released: "no" },
  "too many instances": { ...GOOD, instances: Array(INSTANCES_MAX + 1).fill(GOOD.instance) },
  "instances as text": { ...GOOD, instances: "k0123abcd" },
  "a list": [GOOD],
  "nothing": null,
};

for (const [what, value] of Object.entries(BAD)) {
  Deno.test(`a record with ${what} is none`, () => assert.equal(parseLease(JSON.stringify(value)), null));
}

const RUNS = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000;

Deno.test("whatever stands under the key, it is read as a whole record or as none", () => {
  const text = JSON.stringify(GOOD);
  const broken = fc.tuple(fc.nat(text.length), fc.nat(8), fc.string({ maxLength: 8 })).map(([at, length, put]) =>
    text.slice(0, at) + put + text.slice(at + length)
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), broken), (found) => {
      const record = parseLease(found);
      if (record !== null) assert.deepEqual(parseLease(JSON.stringify(record)), record);
    }),
    { seed: 7, numRuns: RUNS },
  );
});

Deno.test("of those that led, the newest are known, each once", () => {
  const words = Array.from({ length: 40 }, (_, n) => `k${n.toString(16).padStart(8, "0")}`);
  const known = [...words, words[30]].reduce<readonly string[]>(withInstance, []);
  assert.equal(known.length, INSTANCES_MAX);
  assert.equal(known.at(-1), words[30]);
  assert.equal(new Set(known).size, known.length);
});
