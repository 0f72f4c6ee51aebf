import assert from "node:assert/strict";
import { join } from "node:path";
import type { FedFundsInput, Input } from "../../core/input.ts";
import { formatTime, micros, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import { decisionProbability, fedOutlook, upperBoundAbove } from "../../models/fed_funds.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { DEFAULT_START } from "../../venues/exchange/exchange.ts";
import { RatesMarket } from "../../venues/exchange/feeds/rates_market.ts";
import { type RunningExchange, startExchange } from "../../venues/exchange/server.ts";
import { scriptedContext, ScriptedSource } from "../scripted_source_fixture.ts";
import { type FuturesSetting, RATES_DEFAULTS, RatesFeed } from "./rates_feed.ts";

const SEED = 5;
const FIELDS = { list: "quotes", contract: "contract", price: "price", time: "time" };
const COLUMNS = { contract: "contract", price: "price" };

interface Running {
  readonly exchange: RunningExchange;
  readonly feed: RatesFeed;
  readonly told: FedFundsInput[];
  pass(minutes: number): Promise<void>;
}

type SettingOf = (rest: string) => FuturesSetting;

const json: SettingOf = (rest) => ({ kind: "json", url: `${rest}/futures`, fields: FIELDS });
const csv: SettingOf = (rest) => ({ kind: "csv", from: `${rest}/futures.csv`, columns: COLUMNS });

async function withFeed(
  faults: readonly string[],
  setting: SettingOf,
  body: (running: Running) => void | Promise<void>,
): Promise<void> {
  const exchange = await startExchange({ port: 0, seed: SEED, speed: 1, faults, mode: "stepped", keyDirectory: null });
  const clock = new SteppedClock(DEFAULT_START);
  const told: FedFundsInput[] = [];
  const context = {
    clock,
    sink: (input: Input) => void told.push(input as FedFundsInput),
    log: () => {},
    jitter: () => 0.5,
    lockstep: true,
    userAgent: "kbot test",
    onRaw: null,
  };
  const rest = exchange.info.feeds.rates_rest;
  const feed = new RatesFeed(context, { ...RATES_DEFAULTS, rest, futures: setting(rest) });
  const pass = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute++) {
      const to = micros(clock.now() + MICROS_PER_MINUTE);
      exchange.advance(to);
      clock.advanceTo(to);
      await feed.idle();
    }
  };
  try {
    feed.start();
    await feed.idle();
    await body({ exchange, feed, told, pass });
  } finally {
    await feed.stop();
    await exchange.stop();
  }
}

for (const [kind, setting] of [["JSON", json], ["CSV", csv]] as const) {
  Deno.test(`rates and futures by ${kind} give back what the simulated market expects of every meeting`, async () => {
    await withFeed([], setting, ({ feed, told }) => {
      assert.equal(told.length, 1);
      const [input] = told;
      assert.deepEqual(input.effective, { day: "2026-10-05", rate: 3.63 });
      assert.deepEqual(input.target, { lower: 3.5, upper: 3.75 });
      assert.equal(input.futures.length, 14);
      assert.equal(input.sourceTime, DEFAULT_START);
      const outlook = fedOutlook(input, DEFAULT_START);
      assert.ok(outlook.ok, JSON.stringify(outlook));
      const market = new RatesMarket(SEED);
      assert.deepEqual(outlook.value.meetings.map(({ meeting }) => meeting.month), [
        "2026-10",
        "2026-12",
        "2027-01",
        "2027-03",
        "2027-04",
        "2027-06",
        "2027-07",
        "2027-09",
        "2027-10",
      ]);
      for (const { meeting } of outlook.value.meetings) {
        const [year, month] = meeting.month.split("-").map(Number);
        const expected = market.cutProbability(meeting, DEFAULT_START);
        const cut = decisionProbability(outlook.value, year, month, "cut", 25) ?? NaN;
        // Prices are rounded to a quarter of a basis point; a split month makes up to five times of it.
        assert.ok(Math.abs(cut - expected) < 0.06, `${meeting.day}: ${cut} for ${expected}`);
      }
      const above = upperBoundAbove(outlook.value, 2026, 10, 3.5) ?? NaN;
      assert.ok(Math.abs(above - (1 - (decisionProbability(outlook.value, 2026, 10, "cut", 25) ?? NaN))) < 1e-12);
      assert.deepEqual([feed.status().trouble, feed.status().by, feed.status().kind], [null, "rest", "rates"]);
    });
  });
}

Deno.test("rates are asked for every 300 seconds and told every time", async () => {
  await withFeed([], json, async ({ told, pass }) => {
    await pass(16);
    assert.deepEqual(told.map(({ at }) => (at - DEFAULT_START) / MICROS_PER_SECOND), [0, 300, 600, 900]);
    assert.ok(told.every(({ at, sourceTime }) => at === sourceTime));
  });
});

Deno.test("without a source of futures the effective rate is told, and that meetings have no probabilities", async () => {
  await withFeed([], () => ({ kind: "none" }), ({ feed, told }) => {
    assert.deepEqual(told.map(({ futures, effective }) => [futures, effective?.rate]), [[[], 3.63]]);
    assert.match(feed.status().trouble ?? "", /No source of fed funds futures is set/);
    assert.ok(!fedOutlook(told[0], DEFAULT_START).ok);
  });
});

Deno.test("prices that no rate has are refused, and none is told", async () => {
  await withFeed(["feed-outlier:rates"], json, ({ feed, told }) => {
    assert.deepEqual(told[0].futures, []);
    assert.equal(feed.status().refused["price of a contract"], 1);
    assert.match(feed.status().trouble ?? "", /price of a contract/);
  });
});

Deno.test("a meeting whose contract is missing is told from the months behind it", async () => {
  await withFeed(["feed-gap:rates"], json, ({ told }) => {
    assert.ok(!told[0].futures.some(({ month }) => month === "2026-12"));
    const outlook = fedOutlook(told[0], DEFAULT_START);
    assert.ok(outlook.ok);
    const december = outlook.value.meetings[1];
    assert.deepEqual([december.meeting.month, december.method], ["2026-12", "back"]);
    const expected = new RatesMarket(SEED).cutProbability(december.meeting, DEFAULT_START);
    const cut = decisionProbability(outlook.value, 2026, 12, "cut", 25) ?? NaN;
    assert.ok(Math.abs(cut - expected) < 0.06, `${cut} for ${expected}`);
  });
});

for (const trouble of ["html", "403", "429", "outage"]) {
  Deno.test(`a host that answers with ${trouble} is a trouble, and nothing is told until it is over`, async () => {
    await withFeed([`feed-${trouble}:rates`], json, async ({ exchange, feed, told, pass }) => {
      assert.deepEqual(told, []);
      assert.match(feed.status().trouble ?? "", /retrying in/);
      const answer = await fetch(`${new URL(exchange.info.rest).origin}/sim/feeds/rates`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ state: "up" }),
      });
      await answer.body?.cancel();
      await pass(6);
      assert.equal(feed.status().trouble, null);
      assert.equal(told.length, 1);
    });
  });
}

async function withFile(text: string, ageSeconds: number, body: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "futures.csv");
    await Deno.writeTextFile(path, text);
    const { context } = scriptedContext();
    const written = new Date(context.clock.now() / 1_000 - ageSeconds * 1_000);
    await Deno.utime(path, written, written);
    await body(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const EFFECTIVE = {
  refRates: [{ effectiveDate: "2026-09-18", type: "EFFR", percentRate: 3.63, targetRateFrom: 3.5, targetRateTo: 3.75 }],
};

async function fromFile(path: string, effective: unknown = EFFECTIVE) {
  const source = new ScriptedSource();
  source.on(
    "/api/rates/unsecured/effr/last/1.json",
    () => effective === null ? new Response("", { status: 500 }) : Response.json(effective),
  );
  const { context, inputs } = scriptedContext();
  const futures = { kind: "csv", from: path, columns: COLUMNS } as const;
  const feed = new RatesFeed(context, { ...RATES_DEFAULTS, rest: source.rest, futures });
  try {
    feed.start();
    await feed.idle();
    return { told: inputs as FedFundsInput[], status: feed.status(), now: context.clock.now() };
  } finally {
    await feed.stop();
    await source.stop();
  }
}

Deno.test("a file's prices are as old as the file", async () => {
  await withFile("contract,price\nZQV26,96.3775\n", 3_600, async (path) => {
    const { told, status, now } = await fromFile(path);
    assert.deepEqual(told.map(({ futures }) => futures), [[{ month: "2026-10", price: 96.3775 }]]);
    assert.equal(
      told[0].sourceTime,
      now - 3_600 * MICROS_PER_SECOND - now % 1_000_000 % 1_000,
      formatTime(told[0].sourceTime),
    );
    assert.equal(status.trouble, null);
  });
});

const FILES: readonly (readonly [claim: string, text: string, age: number, reason: RegExp])[] = [
  ["an old file", "contract,price\nZQV26,96.3775\n", 6 * 86_400, /old prices/],
  ["a file from the future", "contract,price\nZQV26,96.3775\n", -3_600, /prices from the future/],
  ["a file of other columns", "symbol,last\nZQV26,96.3775\n", 60, /without the columns/],
  ["an empty file", "", 60, /without the columns/],
  ["a file that is too long", "contract,price\n" + " ".repeat(1_048_576), 60, /too long/],
];

for (const [claim, text, age, reason] of FILES) {
  Deno.test(`${claim} is refused, and the effective rate is told without prices`, async () => {
    await withFile(text, age, async (path) => {
      const { told, status } = await fromFile(path);
      assert.deepEqual(told.map(({ futures, effective }) => [futures, effective?.day]), [[[], "2026-09-18"]]);
      assert.match(status.trouble ?? "", reason);
    });
  });
}

Deno.test("a file that is not there is named, and prices without an effective rate are told", async () => {
  const { told, status } = await fromFile("/nowhere/futures.csv");
  assert.deepEqual(told.map(({ futures }) => futures), [[]]);
  assert.match(status.trouble ?? "", /\/nowhere\/futures\.csv: no futures file/);
  await withFile("contract,price\nZQV26,96.3775\n", 60, async (path) => {
    const failed = await fromFile(path, null);
    assert.deepEqual(failed.told.map(({ futures, effective }) => [futures.length, effective]), [[1, null]]);
    assert.match(failed.status.trouble ?? "", /status 500/);
  });
});

Deno.test("the simulated contracts average what the market expects of each day, day by day", () => {
  const market = new RatesMarket(SEED);
  const futures = market.futures(DEFAULT_START);
  assert.deepEqual(futures.map(({ month }) => month).slice(0, 3), ["2026-10", "2026-11", "2026-12"]);
  assert.ok(futures.every(({ price }) => price > 96 && price < 99.5));
  assert.equal(market.publishedDay(DEFAULT_START), "2026-10-05");
  assert.deepEqual(market.futures(DEFAULT_START), new RatesMarket(SEED).futures(DEFAULT_START));
});
