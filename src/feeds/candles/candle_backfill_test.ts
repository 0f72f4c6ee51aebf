import assert from "node:assert/strict";
import { Hono } from "hono";
import type { MinuteInput } from "../../core/input.ts";
import { minuteOf, type PriceMinute, startOfMinute } from "../../core/price_history.ts";
import { type Micros, micros, MICROS_PER_MINUTE, MICROS_PER_SECOND, parseTime } from "../../core/units.ts";
import { Step } from "../../engine/step.ts";
import { PriceHistories } from "../../engine/price_history.ts";
import { coinbaseCandleRoutes } from "../../venues/exchange/feeds/coinbase_candles.ts";
import { IndexProcess } from "../../venues/exchange/index_process.ts";
import {
  later,
  type ScriptedContext,
  scriptedContext,
  ScriptedSource,
  START,
  until,
} from "../scripted_source_fixture.ts";
import { CandleBackfill, type CandleBackfillOptions } from "./candle_backfill.ts";

const NOW = minuteOf(START);

interface Asked {
  readonly first: number;
  readonly last: number;
}

interface Stage extends ScriptedContext {
  readonly asked: Asked[];
  readonly feed: CandleBackfill;
  /** Minutes told, oldest first. */
  told(): number[];
  pass(seconds: number): Promise<void>;
}

/** A Coinbase with a candle for every minute but those of `missing`; `answer` may answer in its place. */
async function withFeed(
  options: Partial<CandleBackfillOptions> & {
    readonly missing?: (minute: number) => boolean;
    readonly answer?: (request: number) => Response | null;
  },
  body: (stage: Stage) => Promise<void>,
): Promise<void> {
  const source = new ScriptedSource();
  const asked: Asked[] = [];
  source.on("/products/BTC-USD/candles", (request) => {
    const query = new URL(request.url).searchParams;
    const [first, last] = ["start", "end"].map((name) => minuteOf(parseTime(query.get(name) ?? "") ?? micros(0)));
    asked.push({ first, last });
    const other = options.answer?.(asked.length) ?? null;
    if (other !== null) return other;
    const minutes = Array.from({ length: last - first + 1 }, (_, k) => last - k);
    const rows = minutes.filter((minute) => options.missing?.(minute) !== true);
    return Response.json(rows.map((minute) => [minute * 60, 99, 102, 100, 101, 1]));
  });
  const scripted = scriptedContext({ lockstep: true });
  const feed = new CandleBackfill(scripted.context, {
    rest: source.rest,
    assets: ["BTC"],
    minutes: 1_440,
    stored: () => Promise.resolve([]),
    ...options,
  });
  const { clock } = scripted.context;
  const stage: Stage = {
    ...scripted,
    asked,
    feed,
    told: () => scripted.inputs.map((input) => minuteOf((input as MinuteInput).start)).sort((a, b) => a - b),
    async pass(seconds) {
      for (let second = 0; second < seconds; second++) {
        clock.advanceTo((clock.now() + MICROS_PER_SECOND) as Micros);
        await feed.idle();
      }
    },
  };
  try {
    clock.advanceTo(later(30));
    feed.start();
    await feed.idle();
    await body(stage);
  } finally {
    await feed.stop();
    await source.stop();
  }
}

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, k) => first + k);

Deno.test("a day is asked for newest first, 300 minutes at a time, and told once", () =>
  withFeed({}, async ({ asked, told, inputs }) => {
    assert.deepEqual(asked, [
      { first: NOW - 300, last: NOW - 1 },
      { first: NOW - 600, last: NOW - 301 },
      { first: NOW - 900, last: NOW - 601 },
      { first: NOW - 1_200, last: NOW - 901 },
      { first: NOW - 1_440, last: NOW - 1_201 },
    ]);
    assert.deepEqual(told(), range(NOW - 1_440, NOW - 1));
    assert.ok(inputs.every((input) => input.at === later(30)));
    await Promise.resolve();
  }));

Deno.test("what the store has is told first, and only the rest is asked for", () => {
  const stored = range(NOW - 1_440, NOW - 8).map((minute): PriceMinute => ({
    start: startOfMinute(minute),
    open: 100,
    high: 102,
    low: 99,
    close: 101,
    source: "official",
  }));
  return withFeed({ stored: () => Promise.resolve(stored) }, async ({ asked, told, inputs }) => {
    assert.equal(asked.length, 1);
    assert.deepEqual(told(), range(NOW - 1_440, NOW - 1));
    const sources = inputs.map((input) => (input as MinuteInput).source);
    assert.deepEqual([sources[0], sources.at(-1)], ["store:official", "coinbase"]);
    await Promise.resolve();
  });
});

Deno.test("a store that cannot be read costs nothing but a word", () =>
  withFeed({ stored: () => Promise.reject(new Error("disk I/O error")) }, async ({ told, lines }) => {
    assert.equal(told().length, 1_440);
    assert.match(lines.join(), /the store's minutes of BTC cannot be read: disk I\/O error/);
    await Promise.resolve();
  }));

Deno.test("a failure in the middle is gone on from: nothing is told twice, nothing is left out", () =>
  withFeed({
    answer: (request) => request === 3 ? new Response("busy", { status: 429 }) : null,
  }, async ({ asked, told, feed, pass }) => {
    assert.equal(told().length, 600);
    assert.match(feed.status().trouble ?? "", /status 429: retrying in/);
    assert.equal(feed.status().by, "none");
    await pass(301);
    assert.deepEqual(told(), range(NOW - 1_435, NOW + 4));
    assert.deepEqual(asked[3], { first: NOW - 295, last: NOW + 4 }, "the newest first again");
    assert.equal(feed.status().trouble, null);
  }));

Deno.test("a row that comes late is found in a later round; one that never comes stays missing", () => {
  let late = true;
  const missing = (minute: number) => minute === NOW - 50 || (late && minute === NOW - 1);
  return withFeed({ missing, minutes: 120 }, async ({ told, asked, pass }) => {
    assert.ok(!told().includes(NOW - 1));
    late = false;
    await pass(300);
    assert.ok(told().includes(NOW - 1));
    assert.ok(!told().includes(NOW - 50));
    const before = asked.length;
    await pass(600);
    assert.equal(asked.length, before + 2, "one request a round, the old hole is not asked for for ever");
  });
});

Deno.test("the minute under way, and one that ended only now, are not asked for", () =>
  withFeed({ minutes: 10 }, async ({ asked, pass }) => {
    await pass(300);
    assert.equal(asked[1].last, NOW + 4, "asked at 5:30");
    await Promise.resolve();
  }));

Deno.test("an answer that is no list is a failure with its reason, told and counted", () =>
  withFeed({ answer: () => Response.json({ message: "NotFound" }) }, async ({ feed, inputs, lines }) => {
    assert.deepEqual(feed.status().refused, { "not a list of candles": 1 });
    assert.equal(inputs.length, 0);
    assert.match(lines.join(), /not a list of candles: Coinbase's candles of BTC/);
    await Promise.resolve();
  }));

Deno.test("a stop in the middle of a question ends it, and nothing more is told", async () => {
  const source = new ScriptedSource();
  let release = () => {};
  source.on("/products/BTC-USD/candles", () => new Promise((resolve) => (release = () => resolve(Response.json([])))));
  const { context, inputs } = scriptedContext();
  const feed = new CandleBackfill(context, {
    rest: source.rest,
    assets: ["BTC"],
    minutes: 60,
    stored: () => Promise.resolve([]),
  });
  feed.start();
  await until(() => source.requests.length === 1, "the question");
  await feed.stop();
  assert.deepEqual(inputs, []);
  release();
  await source.stop();
});

Deno.test("the simulated Coinbase fills a day, and after a while the minutes of the exchange's own index", async () => {
  const first = START / MICROS_PER_SECOND - 3_600;
  const index = new IndexProcess(5, first);
  index.advanceTo(START / MICROS_PER_SECOND);
  const { context, inputs } = scriptedContext({ lockstep: true });
  const world = {
    seed: 5,
    index,
    markets: new Map(),
    rate: 1,
    now: () => context.clock.now(),
    schedule: () => {},
    struck: () => false,
  };
  const app = new Hono().route("/", coinbaseCandleRoutes(world));
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, app.fetch);
  const feed = new CandleBackfill(context, {
    rest: `http://127.0.0.1:${server.addr.port}`,
    assets: ["BTC", "ETH"],
    minutes: 1_440,
    stored: () => Promise.resolve([]),
  });
  feed.start();
  await feed.idle();
  const step = new Step(START);
  const histories = new PriceHistories(step);
  for (const input of inputs) histories.minute(input as MinuteInput);
  const refused = step.take().filter((action) => action.type === "log");
  assert.deepEqual(refused, [], "the engine believes all of it");
  for (const asset of ["BTC", "ETH"]) {
    const kept = histories.byAsset.get(asset)?.ring.list() ?? [];
    assert.ok(kept.length > 1_430, `${asset}: ${kept.length}`);
    const [window] = histories.byAsset.get(asset)?.windows(START) ?? [];
    assert.ok(window.volatility !== null && window.volatility > 0.0002 && window.volatility < 0.003);
  }
  const own = minuteOf((START - 30 * MICROS_PER_MINUTE) as Micros);
  const minute = histories.byAsset.get("BTC")?.ring.at(own);
  assert.equal(minute?.open, index.value("BRTI", own * 60));
  assert.equal(minute?.close, index.value("BRTI", own * 60 + 59));
  await feed.stop();
  await server.shutdown();
});
