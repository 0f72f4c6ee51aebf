import assert from "node:assert/strict";
import { MICROS_PER_SECOND } from "../core/units.ts";
import { askAll, Poll } from "./poll.ts";
import { Refusals } from "./refusals.ts";
import { Rest, type RestFailure } from "./rest.ts";
import { defectsOf, later, scriptedContext, ScriptedSource } from "./scripted_source_fixture.ts";

function polling(outcomes: (RestFailure | null)[]) {
  const { context, lines } = scriptedContext();
  const refusals = new Refusals("test", context.log);
  const at: number[] = [];
  const changes: (string | null)[] = [];
  const poll = new Poll({
    context,
    refusals,
    every: 5 * MICROS_PER_SECOND,
    round: () => {
      at.push((context.clock.now() - later(0)) / MICROS_PER_SECOND);
      return Promise.resolve(outcomes.shift() ?? null);
    },
    onChange: (trouble) => changes.push(trouble),
  });
  /** Second by second, so that a round can end before time goes on. */
  const advance = async (toSecond: number) => {
    while (context.clock.now() < later(toSecond)) {
      await poll.idle();
      context.clock.advanceTo(later((context.clock.now() - later(0)) / MICROS_PER_SECOND + 1));
    }
    await poll.idle();
  };
  return { poll, at, changes, refusals, lines, advance };
}

const failed = (reason: string, retryAfter: number | null = null): RestFailure => ({
  ok: false,
  reason,
  detail: `here: ${reason}`,
  retryAfter,
});

Deno.test("rounds follow each other in even time while they work", async () => {
  const { poll, at, advance } = polling([]);
  poll.start();
  await advance(21);
  poll.stop();
  assert.deepEqual(at, [0, 5, 10, 15, 20]);
});

Deno.test("failures are counted by reason and asked again less and less often, then as before", async () => {
  const outcomes = ["status 500", "status 500", "timeout", "timeout", "timeout"].map((reason) => failed(reason));
  const { poll, at, changes, refusals, advance } = polling(outcomes);
  poll.start();
  await advance(40);
  poll.stop();
  // Half of 1, 2, 4, 8, 16 s without luck, but never sooner than the usual 5 s.
  assert.deepEqual(at, [0, 5, 10, 15, 20, 28, 33, 38]);
  assert.deepEqual(refusals.byReason(), { "status 500": 2, timeout: 3 });
  assert.equal(changes.length, 6);
  assert.equal(changes[0], "here: status 500: retrying in 5 s");
  assert.equal(changes[5], null);
  assert.equal(poll.trouble, null);
});

Deno.test("a source that asks to be left alone for two minutes is", async () => {
  const { poll, at, advance } = polling([failed("status 429", 120 * MICROS_PER_SECOND)]);
  poll.start();
  await advance(126);
  poll.stop();
  assert.deepEqual(at, [0, 120, 125]);
});

Deno.test("a poll can be stopped and started again, at once too, and never runs twice at a time", async () => {
  const { poll, at, advance } = polling([]);
  poll.start();
  poll.start();
  poll.stop();
  poll.start();
  await advance(6);
  poll.stop();
  await advance(60);
  assert.deepEqual(at, [0, 5]);
  poll.start();
  await advance(66);
  poll.stop();
  assert.deepEqual(at, [0, 5, 60, 65]);
});

Deno.test("starting again does not cut short what the source asked for", async () => {
  const { poll, at, advance } = polling([failed("status 429", 120 * MICROS_PER_SECOND)]);
  poll.start();
  await advance(10);
  poll.stop();
  poll.start();
  await advance(121);
  poll.stop();
  assert.deepEqual(at, [0, 120]);
});

Deno.test("a round that throws keeps nobody waiting, and the next one comes as usual", async () => {
  const { context } = scriptedContext();
  const at: number[] = [];
  const poll = new Poll({
    context,
    refusals: new Refusals("test", context.log),
    every: 5 * MICROS_PER_SECOND,
    round: () => {
      at.push((context.clock.now() - later(0)) / MICROS_PER_SECOND);
      return at.length === 1 ? Promise.reject(new Error("a bug")) : Promise.resolve(null);
    },
  });
  const defects = await defectsOf(async () => {
    poll.start();
    await poll.idle();
    for (const second of [4, 5, 10]) {
      context.clock.advanceTo(later(second));
      await poll.idle();
    }
  });
  poll.stop();
  assert.deepEqual(defects, ["Error: a bug"]);
  assert.deepEqual(at, [0, 5, 10]);
});

Deno.test("a round asks each address in turn and ends at the first failure", async () => {
  const source = new ScriptedSource();
  const { context } = scriptedContext();
  const rest = new Rest({ name: "test", context });
  source.on("/a", () => new Response('"A"')).on("/b", () => new Response("", { status: 502 }));
  source.on("/c", () => new Response('"C"'));
  const heard: unknown[] = [];
  const ask = (paths: string[]) =>
    askAll(
      rest,
      paths.map((path) => ({ url: source.rest + path, path })),
      ({ path }, body) => heard.push([path, body]),
    );
  assert.equal(await ask(["/a", "/c"]), null);
  assert.equal((await ask(["/a", "/b", "/c"]))?.reason, "status 502");
  assert.deepEqual(heard, [["/a", "A"], ["/c", "C"], ["/a", "A"]]);
  await source.stop();
});
