import assert from "node:assert/strict";
import type { ImpliedVolatilityInput, Input } from "../../core/input.ts";
import { type Micros, micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { ANNUALISED_SECONDS } from "../../models/implied_volatility.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { DEFAULT_START } from "../../venues/exchange/exchange.ts";
import { type RunningExchange, startExchange } from "../../venues/exchange/server.ts";
import { DeribitFeed } from "./deribit_feed.ts";

interface Running {
  readonly exchange: RunningExchange;
  readonly feed: DeribitFeed;
  readonly told: ImpliedVolatilityInput[];
  readonly log: string[];
  /** Lets simulated time pass and the feed finish what falls due on the way. */
  pass(seconds: number): Promise<void>;
}

async function withFeed(faults: readonly string[], body: (running: Running) => Promise<void>): Promise<void> {
  const exchange = await startExchange({ port: 0, seed: 11, speed: 1, faults, mode: "stepped", keyDirectory: null });
  const clock = new SteppedClock(DEFAULT_START);
  const told: ImpliedVolatilityInput[] = [];
  const log: string[] = [];
  const context = {
    clock,
    sink: (input: Input) => void told.push(input as ImpliedVolatilityInput),
    log: (level: string, text: string) => void log.push(`${level} ${text}`),
    jitter: () => 0.5,
    lockstep: true,
    userAgent: "kbot test",
    onRaw: null,
  };
  const feed = new DeribitFeed(context, {
    rest: exchange.info.feeds.deribit_rest,
    assets: ["BTC", "ETH"],
    everySeconds: 60,
  });
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      const to = micros(clock.now() + MICROS_PER_SECOND) as Micros;
      exchange.advance(to);
      clock.advanceTo(to);
      await feed.idle();
    }
  };
  try {
    feed.start();
    await feed.idle();
    await body({ exchange, feed, told, log, pass });
  } finally {
    await feed.stop();
    await exchange.stop();
  }
}

const annual = (input: ImpliedVolatilityInput): number => input.volatility * Math.sqrt(ANNUALISED_SECONDS);

Deno.test("each asset gets the index's horizon and the three next expiries, near the exchange's own volatility", async () => {
  await withFeed([], async ({ exchange, feed, told, pass }) => {
    for (const asset of ["BTC", "ETH"]) {
      const own = told.filter((input) => input.asset === asset);
      assert.deepEqual(own.map((input) => input.source), ["deribit_dvol", ...Array(3).fill("deribit_options")]);
      assert.equal(own[0].horizon, 2_592_000);
      // The start is at 13:58 UTC, options expire at 8:00.
      assert.deepEqual(own.slice(1).map((input) => input.horizon), [64_920, 151_320, 237_720]);
      const usual = asset === "BTC" ? 0.6 : 0.75;
      for (const input of own) {
        assert.ok(Math.abs(annual(input) / usual - 1) < 0.25, `${asset}: ${annual(input)}`);
        assert.ok(input.sourceTime <= input.at && input.at === DEFAULT_START);
      }
    }
    await pass(61);
    assert.equal(told.length, 16);
    assert.equal(told[8].at, DEFAULT_START + 60 * MICROS_PER_SECOND);
    assert.equal(feed.status().messages, 8);
    assert.equal(feed.status().by, "rest");
    assert.deepEqual(feed.status().refused, {});
    assert.equal(exchange.framesSent(), 0);
  });
});

Deno.test("the soonest expiry follows the volatility of the simulated index", async () => {
  await withFeed([], async ({ exchange, told, pass }) => {
    const pairs: [number, number][] = [];
    for (let round = 0; round < 30; round++) {
      pairs.push([
        exchange.exchange.index.volatility("BRTI") * Math.sqrt(ANNUALISED_SECONDS),
        annual(told.findLast((input) => input.asset === "BTC" && input.horizon < 86_400) ?? assert.fail("none")),
      ]);
      await pass(60);
    }
    // Six hours to the return, eighteen to the expiry: a third of what the index is away from its usual level.
    for (const [index, implied] of pairs) {
      assert.ok(Math.abs(implied - (0.6 + (index - 0.6) * 0.317)) < 0.03, `${index} ${implied}`);
    }
  });
});

for (
  const { fault, reason } of [
    { fault: "feed-outage:deribit", reason: "status 503" },
    { fault: "feed-403:deribit", reason: "status 403" },
    { fault: "feed-429:deribit", reason: "status 429" },
    { fault: "feed-html:deribit", reason: "a page instead of JSON" },
  ]
) {
  Deno.test(`under ${fault} nothing is told, the trouble is, and it passes`, async () => {
    await withFeed([fault], async ({ exchange, feed, told, log, pass }) => {
      await pass(300);
      assert.deepEqual(told, []);
      assert.equal(feed.status().by, "none");
      assert.deepEqual(Object.keys(feed.status().refused), [reason]);
      const rounds = feed.status().refused[reason];
      assert.ok(rounds >= 3 && rounds <= 6, `${rounds} rounds in five minutes`);
      assert.match(feed.status().trouble ?? "", /127\.0\.0\.1.*retrying in/);
      assert.ok(log.some((line) => line.startsWith("warn deribit:")));
      exchange.setFault(fault, false);
      await pass(70);
      assert.equal(feed.status().trouble, null);
      assert.ok(told.length >= 8);
    });
  });
}

Deno.test("a volatility that stands still for ten minutes behind the clock is not told", async () => {
  await withFeed([], async ({ feed, told, pass, exchange }) => {
    const before = told.length;
    // The exchange's time stops: its candles and quotes grow old.
    const clock = { advance: exchange.advance };
    exchange.advance = () => {};
    await pass(720);
    exchange.advance = clock.advance;
    const late = told.slice(before).filter((input) => input.at - input.sourceTime > 600 * MICROS_PER_SECOND);
    assert.deepEqual(late, []);
    assert.ok((feed.status().refused["old volatility"] ?? 0) > 0, JSON.stringify(feed.status().refused));
  });
});
