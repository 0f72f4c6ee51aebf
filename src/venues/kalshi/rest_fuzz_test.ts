import assert from "node:assert/strict";
import fc from "fast-check";
import type { ApiFailure, ApiResult } from "./failure.ts";
import { REST_CASES, type RestCase } from "./rest_cases.ts";
import { fakeRest } from "./rest_fixture.ts";

const ROUNDS = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000;
const SEED = 20261120;
const KINDS: readonly ApiFailure["kind"][] = ["http", "network", "timeout", "unreadable", "unsent"];

/** Puts another value somewhere into a body: the steps choose a key at each depth. */
function spoil(body: unknown, steps: readonly number[], value: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined || typeof body !== "object" || body === null) return value;
  const keys = Object.keys(body);
  if (keys.length === 0) return value;
  const key = keys[step % keys.length];
  const inner = spoil((body as Record<string, unknown>)[key], rest, value);
  if (Array.isArray(body)) return body.map((each, index) => String(index) === key ? inner : each);
  return { ...body, [key]: inner };
}

const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, true, -1, 0.1, 1e300, "", "NaN", "-0", "1e9", [], {}, [[]], "9".repeat(40)),
  fc.string(),
  fc.double(),
  fc.jsonValue({ maxDepth: 2 }),
);
const steps = fc.array(fc.nat(20), { minLength: 1, maxLength: 6 });

interface Spoiled {
  readonly text: (body: unknown) => string;
  /** Whether nothing can be read from it, whatever was asked. */
  readonly hopeless: boolean;
}

const spoiled: fc.Arbitrary<Spoiled> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(steps, oddValue).map(([at, value]) => ({
      text: (body: unknown) => JSON.stringify(spoil(body, at, value)) ?? "",
      hopeless: false,
    })),
  },
  {
    weight: 3,
    arbitrary: fc.double({ min: 0, max: 0.999, noNaN: true }).map((part) => ({
      text: (body: unknown) => {
        const whole = JSON.stringify(body);
        return whole.slice(0, Math.floor(whole.length * part));
      },
      hopeless: true,
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", "", "null", "[]", '"x"')
      .map((text) => ({ text: () => text, hopeless: true })),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 200 }).map((text) => ({ text: () => text, hopeless: false })) },
  { weight: 2, arbitrary: fc.json().map((text) => ({ text: () => text, hopeless: false })) },
);
const status = fc.oneof(
  { weight: 6, arbitrary: fc.constant(200) },
  { weight: 1, arbitrary: fc.constantFrom(201, 400, 401, 403, 404, 409, 429, 500, 502, 503) },
);
const restCase = fc.constantFrom<RestCase>(...REST_CASES);

function assertFailure(failure: ApiFailure): void {
  assert.ok(KINDS.includes(failure.kind));
  assert.equal(typeof failure.message, "string");
  assert.ok(failure.message.length < 1_000, failure.message.slice(0, 100));
}

Deno.test(`${ROUNDS} spoiled answers: always a value or a typed failure, never a throw`, async () => {
  let failures = 0;
  const property = fc.asyncProperty(restCase, spoiled, status, async (each, { text, hopeless }, code) => {
    const { rest, sent } = fakeRest(() => new Response(text(each.answer), { status: code }));
    const result: ApiResult<unknown> = await each.call(rest);
    assert.ok(sent.length <= 100);
    if (!result.ok) {
      failures++;
      assertFailure(result.failure);
    }
    if (code >= 400) assert.equal(result.ok, false, "an error status is never read as a success");
    // Where an answer has nothing to say, nobody looks at what it says.
    const silent = each.answer === null || Object.keys(each.answer as object).length === 0;
    if (hopeless && !silent) {
      assert.equal(result.ok, false, `${each.name} was read from ${text(each.answer).slice(0, 80)}`);
    }
  });
  await fc.assert(property, { numRuns: ROUNDS, seed: SEED });
  assert.ok(failures > ROUNDS / 4, `${failures} of ${ROUNDS} failed`);
});

Deno.test("an answer of 200 MB is refused once it is longer than the bound, and read no further", async () => {
  const MEGABYTE = 1024 * 1024;
  for (const code of [200, 400, 500]) {
    let pulled = 0;
    const { rest } = fakeRest(() => {
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (pulled >= 200) return controller.close();
          pulled++;
          controller.enqueue(new Uint8Array(MEGABYTE).fill(32));
        },
      });
      return new Response(body, { status: code });
    }, { bodyBytesMax: 2 * MEGABYTE });
    const result = await rest.status();
    assert.ok(!result.ok);
    assert.match(result.failure.message, /longer than 2097152 bytes/);
    assert.equal(result.failure.kind, code === 200 ? "unreadable" : "http");
    assert.ok(pulled <= 5, `${pulled} MB were read`);
  }
});

const SHAPES: [what: string, text: string, code: string, message: RegExp][] = [
  [
    "the usual shape",
    '{"error":{"code":"invalid_price","message":"invalid price","details":"off grid"}}',
    "invalid_price",
    /^invalid price$/,
  ],
  [
    "the flat shape",
    '{"code":"bad_request","message":"bad request","details":"json: cannot"}',
    "bad_request",
    /^bad request$/,
  ],
  [
    "the validation shape",
    '{"msg":"Parameter validation failed for GetMarkets"}',
    "bad_request",
    /^Parameter validation/,
  ],
  ["the text shape", '{"error":"too many requests"}', "too_many_requests", /^too many requests$/],
  ["no shape at all", "<html>", "", /^with a text that is no JSON/],
];

for (const [what, text, code, message] of SHAPES) {
  Deno.test(`an error body of ${what} becomes one typed reason`, async () => {
    const { rest } = fakeRest(() => new Response(text, { status: 400 }));
    const result = await rest.status();
    assert.ok(!result.ok && result.failure.kind === "http");
    assert.equal(result.failure.code, code);
    assert.match(result.failure.message, message);
  });
}
