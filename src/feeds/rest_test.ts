import assert from "node:assert/strict";
import { MICROS_PER_SECOND } from "../core/units.ts";
import { readRetryAfter, Rest, type RestOptions } from "./rest.ts";
import { scriptedContext, ScriptedSource } from "./scripted_source_fixture.ts";

async function withRest(
  test: (rest: Rest, source: ScriptedSource, raw: string[]) => Promise<void>,
  changes: Partial<RestOptions> = {},
): Promise<void> {
  const source = new ScriptedSource();
  const { context, raw } = scriptedContext();
  const rest = new Rest({ name: "test", context, ...changes });
  try {
    await test(rest, source, raw);
  } finally {
    rest.stop();
    await source.stop();
  }
}

Deno.test("an answer is read, told to the recorder as it came, and every question names who asks", () =>
  withRest(async (rest, source, raw) => {
    source.on("/price", () => new Response('{"price": 1.50}'));
    const answer = await rest.json(`${source.rest}/price`);
    assert.ok(answer.ok);
    assert.deepEqual(answer.body, { price: 1.5 });
    assert.deepEqual(raw, ['test {"price": 1.50}']);
    assert.equal(source.requests[0].headers.get("user-agent"), "kbot-test (someone@example.org)");
    assert.equal(rest.bodies, 1);
  }));

const failures: readonly { name: string; answer: () => Response; reason: string; detail: RegExp; seconds?: number }[] =
  [
    {
      name: "a page instead of JSON",
      answer: () => new Response("\n<!DOCTYPE html><html>Attention required</html>"),
      reason: "a page instead of JSON",
      detail: /\/path answered with a page instead of JSON$/,
    },
    {
      name: "half a body",
      answer: () => new Response('{"price": 1'),
      reason: "not JSON",
      detail: /not JSON: \{"price"/,
    },
    { name: "nothing", answer: () => new Response(""), reason: "not JSON", detail: /not JSON/ },
    {
      name: "403",
      answer: () => new Response("no", { status: 403 }),
      reason: "status 403",
      detail: /with status 403$/,
    },
    {
      name: "451",
      answer: () => new Response("no", { status: 451 }),
      reason: "status 451",
      detail: /with status 451: the service is not offered from this place$/,
    },
    {
      name: "429 with a wish",
      answer: () => new Response("slow down", { status: 429, headers: { "retry-after": "120" } }),
      reason: "status 429",
      detail: /with status 429$/,
      seconds: 120,
    },
    {
      name: "a 5xx",
      answer: () => new Response("oh", { status: 503 }),
      reason: "status 503",
      detail: /with status 503$/,
    },
    {
      name: "a body that says it is too long",
      answer: () => new Response("x".repeat(1_001)),
      reason: "too long",
      detail: /more than 1000 bytes/,
    },
  ];

for (const { name, answer, reason, detail, seconds } of failures) {
  Deno.test(`${name} is a failure with a short reason, not an exception`, () =>
    withRest(async (rest, source, raw) => {
      source.on("/path", answer);
      const failed = await rest.json(`${source.rest}/path?key=secret`);
      assert.ok(!failed.ok);
      assert.equal(failed.reason, reason);
      assert.match(failed.detail, detail);
      assert.doesNotMatch(failed.detail, /secret/);
      assert.equal(failed.retryAfter, seconds === undefined ? null : seconds * MICROS_PER_SECOND);
      if (reason.startsWith("status") || reason === "too long") assert.deepEqual(raw, []);
    }, { bodyBytesMax: 1_000 }));
}

Deno.test("of a body of 200 MB that does not say its length only the start is read", () =>
  withRest(async (rest, source) => {
    const chunk = new Uint8Array(64 * 1024).fill(32);
    let sent = 0;
    source.on("/huge", () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            sent += chunk.length;
            if (sent > 200_000_000) controller.close();
            else controller.enqueue(chunk);
          },
        }),
      ));
    const failed = await rest.json(`${source.rest}/huge`);
    assert.ok(!failed.ok);
    assert.equal(failed.reason, "too long");
    assert.ok(sent < 100_000_000, `${sent} bytes were asked for`);
  }, { bodyBytesMax: 1_000_000 }));

Deno.test("a source that does not answer in time is a time-out", () =>
  withRest(async (rest, source) => {
    // Given in the end whether or not the question has arrived by then: the source ends only with its answers.
    const answer = Promise.withResolvers<Response>();
    source.on("/slow", () => answer.promise);
    const failed = await rest.json(`${source.rest}/slow`);
    assert.ok(!failed.ok);
    assert.equal(failed.reason, "timeout");
    assert.match(failed.detail, /did not answer within 50 ms$/);
    answer.resolve(new Response("{}"));
  }, { timeoutMs: 50 }));

Deno.test("a source that stops in the middle of a body is a time-out too", () =>
  withRest(async (rest, source) => {
    const end = Promise.withResolvers<void>();
    source.on("/stuck", () =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode('{"price": '));
            // Closed already where the source has seen that nobody reads on.
            end.promise.then(() => controller.close()).catch(() => {});
          },
        }),
      ));
    const failed = await rest.json(`${source.rest}/stuck`);
    assert.ok(!failed.ok);
    assert.equal(failed.reason, "timeout");
    end.resolve();
  }, { timeoutMs: 50 }));

Deno.test("nobody listens: unreachable, with what is really wrong", () =>
  withRest(async (rest) => {
    // A port that was free a moment ago may be somebody's by now; this one is nobody's.
    const failed = await rest.json("http://127.0.0.1:2/path");
    assert.ok(!failed.ok);
    assert.equal(failed.reason, "unreachable");
    assert.match(failed.detail, /^Cannot reach 127\.0\.0\.1:\d+\/path \(.*refused.*\)$/i);
  }));

Deno.test("a stop breaks off what is under way, and idle waits for it", () =>
  withRest(async (rest, source) => {
    const answer = Promise.withResolvers<Response>();
    source.on("/slow", () => answer.promise);
    const asked = rest.json(`${source.rest}/slow`);
    let idle = false;
    const whenIdle = rest.idle().then(() => idle = true);
    await new Promise((look) => setTimeout(look, 20));
    assert.equal(idle, false);
    rest.stop();
    const failed = await asked;
    assert.ok(!failed.ok);
    assert.equal(failed.reason, "stopped");
    await whenIdle;
    answer.resolve(new Response("{}"));
  }));

Deno.test("a wish to be asked later is read as seconds or a date, and bounded", () => {
  const now = Date.parse("2026-11-20T12:00:00Z");
  const cases: readonly [string | null, number | null][] = [
    [null, null],
    ["7", 7],
    ["0", 0],
    ["Fri, 20 Nov 2026 12:00:30 GMT", 30],
    ["Fri, 20 Nov 2026 11:00:00 GMT", 0],
    ["999999999", 900],
    ["soon", null],
    ["-5 minutes", null],
  ];
  for (const [header, seconds] of cases) {
    const read = readRetryAfter(header, now);
    assert.equal(read, seconds === null ? null : seconds * MICROS_PER_SECOND, `${header}`);
  }
});
