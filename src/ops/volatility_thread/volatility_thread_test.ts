import assert from "node:assert/strict";
import { randomPrices } from "../../models/volatility_fixture.ts";
import { TimeLimits } from "../time_limits_fixture.ts";
import { Selections } from "./selections.ts";
import type { ForecastsAsked, SecondsTold } from "./thread_messages.ts";
import { VolatilityThread, type VolatilityThreadOptions } from "./volatility_thread.ts";

const STUCK = new URL("./stuck_thread_fixture.ts", import.meta.url);
const settings = { halfLifeSeconds: 120, returnsMin: 30 };
const MINUTE = 60;
const NOON = 29_000_000 * MINUTE;

function told(asset: string, seed: number, from: number, to: number): SecondsTold {
  const prices = [...randomPrices(seed, NOON, to, () => 1e-4)].filter(([second]) => second > NOON + from);
  return { asset, seconds: prices.map(([second]) => second), prices: prices.map(([, price]) => price) };
}

/** Three quarters of an hour of two assets, minute by minute. */
const QUESTIONS: readonly ForecastsAsked[] = Array.from({ length: 45 }, (_, k) => ({
  settings,
  told: [told("BTC", 51, k * MINUTE, (k + 1) * MINUTE), told("ETH", 52, k * MINUTE, (k + 1) * MINUTE)],
}));

const telling = (price: number): ForecastsAsked => ({
  settings,
  told: [{ asset: "BTC", seconds: [NOON], prices: [price] }],
});

async function withThread(options: VolatilityThreadOptions, use: (thread: VolatilityThread) => Promise<void>) {
  const thread = new VolatilityThread(options);
  try {
    await use(thread);
  } finally {
    thread.close();
  }
}

async function reasonOf(thread: VolatilityThread, asked: ForecastsAsked): Promise<string> {
  const answered = await thread.ask(asked);
  return answered.ok ? "" : answered.reason;
}

Deno.test("the thread answers as the same comparison in place does, and remembers what it was told", () =>
  withThread({}, async (thread) => {
    const here = new Selections();
    for (const asked of QUESTIONS) {
      assert.deepEqual(await thread.ask(asked), { ok: true, answers: here.answer(asked) });
    }
    const last = here.answer({ settings, told: [told("BTC", 51, 45 * MINUTE, 46 * MINUTE)] });
    assert.deepEqual(last.map(({ asset }) => asset), ["BTC"], "only what was asked for");
    const [{ chosen, forecasts, scores }] = last;
    assert.deepEqual(forecasts.map(({ horizon }) => horizon), [60, 300, 900, 3_600]);
    assert.ok(forecasts.every(({ volatility }) => volatility > 5e-5 && volatility < 2e-4), JSON.stringify(forecasts));
    assert.equal(scores[0].name, "ewma");
    assert.ok(scores[0].n >= 40 && scores.some(({ name }) => name === chosen));
    assert.ok(scores.some(({ name }) => name === "garch") && scores.some(({ name }) => name === "har"));
  }));

Deno.test("before enough was heard there is a choice and no forecast", () => {
  const [answer] = new Selections().answer({ settings, told: [told("BTC", 53, 0, 20)] });
  assert.deepEqual([answer.chosen, answer.since, answer.forecasts], ["ewma", null, []]);
});

Deno.test("more than 32 assets are left unanswered", () => {
  const selections = new Selections();
  const asked = Array.from({ length: 40 }, (_, k) => ({ asset: `COIN${k}`, seconds: [NOON], prices: [100] }));
  assert.equal(selections.answer({ settings, told: asked }).length, 32);
});

Deno.test("a thread that fails or hangs is an answer with a reason, and the next question starts another one", async () => {
  using limits = new TimeLimits();
  await withThread({ program: STUCK, timeoutMs: 4_000 }, async (thread) => {
    assert.match(await reasonOf(thread, telling(1)), /planted/);
    assert.equal(await reasonOf(thread, telling(9)), "");
    const stuck = reasonOf(thread, telling(2));
    limits.end(4_000);
    assert.equal(await stuck, "It did not answer for 4000 ms");
    assert.equal(await reasonOf(thread, telling(9)), "");
    assert.equal(await reasonOf(thread, telling(3)), "planted refusal");
    assert.equal(thread.isOver, false);
    assert.equal(await reasonOf(thread, telling(9)), "");
  });
});

Deno.test("a thread is not started again for ever", () =>
  withThread({ program: STUCK }, async (thread) => {
    for (let k = 0; k < 8; k++) assert.match(await reasonOf(thread, telling(1)), /planted/);
    assert.equal(thread.isOver, true);
    assert.equal(await reasonOf(thread, telling(9)), "It failed too often");
  }));

Deno.test("a program that cannot be loaded is an answer too", () =>
  withThread({ program: new URL("./no_such_worker.ts", import.meta.url) }, async (thread) => {
    assert.notEqual(await reasonOf(thread, telling(9)), "");
  }));

Deno.test("a second question before the answer is refused, and closing answers the first one", async () => {
  const thread = new VolatilityThread({ program: STUCK });
  const first = reasonOf(thread, telling(2));
  assert.equal(await reasonOf(thread, telling(9)), "It has not answered the last question");
  thread.close();
  assert.equal(await first, "It is closed");
  assert.equal(await reasonOf(thread, telling(9)), "It is closed");
  thread.close();
});
