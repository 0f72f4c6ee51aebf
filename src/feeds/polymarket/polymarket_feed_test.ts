import assert from "node:assert/strict";
import type { Input, PeerQuoteInput } from "../../core/input.ts";
import type { Market } from "../../core/market.ts";
import { aMarket } from "../../core/market_fixture.ts";
import { type Micros, micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { DEFAULT_START } from "../../venues/exchange/exchange.ts";
import { SIMULATED_PAIRS } from "../../venues/exchange/feeds/polymarket_pairs.ts";
import { type RunningExchange, startExchange } from "../../venues/exchange/server.ts";
import type { PairMap } from "./pair_map.ts";
import { PolymarketFeed } from "./polymarket_feed.ts";

interface Running {
  readonly exchange: RunningExchange;
  readonly feed: PolymarketFeed;
  readonly told: PeerQuoteInput[];
  readonly log: string[];
  pass(seconds: number): Promise<void>;
}

interface Settings {
  readonly faults?: readonly string[];
  readonly pairs?: PairMap;
  readonly changes?: (market: Market) => Market;
}

/** The simulated exchange's markets, as the run knows them. */
function marketsOf(exchange: RunningExchange): Market[] {
  return [...exchange.exchange.markets.values()].map(({ ticker, event, status, openTime, closeTime, series }) =>
    aMarket({ ticker, event, status, openTime, closeTime, series: series.ticker, floorStrike: null })
  );
}

async function withFeed(settings: Settings, body: (running: Running) => Promise<void>): Promise<void> {
  const { faults = [], pairs = SIMULATED_PAIRS, changes = (market: Market) => market } = settings;
  const exchange = await startExchange({ port: 0, seed: 21, speed: 1, faults, mode: "stepped", keyDirectory: null });
  const clock = new SteppedClock(DEFAULT_START);
  const told: PeerQuoteInput[] = [];
  const log: string[] = [];
  const context = {
    clock,
    sink: (input: Input) => void told.push(input as PeerQuoteInput),
    log: (level: string, text: string) => void log.push(`${level} ${text}`),
    jitter: () => 0.5,
    lockstep: true,
    userAgent: "kbot test",
    onRaw: null,
  };
  const rest = exchange.info.feeds.polymarket_rest;
  const feed = new PolymarketFeed(context, {
    ...{ gamma: rest, clob: rest, ws: exchange.info.feeds.polymarket, kalshi: exchange.info.rest, pairs },
    markets: () => marketsOf(exchange).map(changes),
  });
  const settle = async () => {
    await feed.idle();
    while (feed.framesReceived() < exchange.framesSent()) await new Promise((resolve) => setTimeout(resolve, 0));
    await feed.idle();
  };
  const pass = async (seconds: number) => {
    for (let step = 0; step < 2 * seconds; step++) {
      const to: Micros = micros(clock.now() + MICROS_PER_SECOND / 2);
      clock.advanceTo(to);
      await settle();
      await exchange.heardOut();
      exchange.advance(to);
      await settle();
    }
  };
  try {
    feed.start();
    await settle();
    await body({ exchange, feed, told, log, pass });
  } finally {
    await feed.stop();
    await exchange.stop();
  }
}

const isWhole = (value: number | null) => value === null || Number.isSafeInteger(value);

/** Simulated time starts two minutes before a window closes. */
Deno.test("every window of both series is followed from the open to the close, by the socket", async () => {
  await withFeed({}, async ({ feed, told, pass }) => {
    await pass(180);
    const tickers = [...new Set(told.map((input) => input.ticker))];
    assert.equal(tickers.length, 4, `${tickers}`);
    assert.deepEqual(feed.status().refused, {});
    assert.equal(feed.status().by, "socket");
    assert.equal(feed.status().reconnects, 0);
    assert.equal(feed.status().trouble, null);
    for (const ticker of tickers) {
      const quotes = told.filter((input) => input.ticker === ticker);
      assert.ok(quotes.length > 50, `${ticker}: ${quotes.length}`);
      for (const { bid, ask, bidSize, askSize, sourceTime, at } of quotes) {
        assert.ok([bid, ask, bidSize, askSize, sourceTime].every(isWhole));
        assert.ok(bid === null || ask === null || bid < ask);
        assert.ok(sourceTime <= at);
      }
    }
    const closed = told.filter((input) => input.ticker === tickers[0]);
    assert.deepEqual([closed.at(-1)?.bid, closed.at(-1)?.ask], [null, null], "A closed market has no quote");
  });
});

Deno.test("quotes are what the simulated book has, YES being Up", async () => {
  await withFeed({}, async ({ exchange, told, pass }) => {
    await pass(30);
    for (const series of ["btc", "eth"]) {
      const newest = told.findLast((input) => input.ticker.startsWith(`KX${series.toUpperCase()}15M`));
      assert.ok(newest !== undefined);
      const open = marketsOf(exchange).find((market) => market.ticker === newest.ticker)?.openTime ?? assert.fail();
      const rest = exchange.info.feeds.polymarket_rest;
      const slug = `${series}-updown-15m-${open / MICROS_PER_SECOND}`;
      const [event] = await (await fetch(`${rest}/events?slug=${slug}`)).json();
      const [up] = JSON.parse(event.markets[0].clobTokenIds);
      const book = await (await fetch(`${rest}/book?token_id=${up}`)).json();
      assert.equal(newest.bid, Math.round(10_000 * Number(book.bids.at(-1).price)));
      assert.equal(newest.ask, Math.round(10_000 * Number(book.asks.at(-1).price)));
      assert.equal(newest.bidSize, Math.round(100 * Number(book.bids.at(-1).size)));
    }
  });
});

Deno.test("an inverted pair is quoted as the complement of the other outcome: the same prices", async () => {
  const pair = SIMULATED_PAIRS.pair.map((each) => ({
    ...each,
    polymarket: { ...each.polymarket, outcome: "Down", inverted: true },
  }));
  const plain: PeerQuoteInput[] = [];
  await withFeed({}, async ({ told, pass }) => {
    await pass(20);
    plain.push(...told);
  });
  await withFeed({ pairs: { version: 1, pair } }, async ({ told, pass }) => {
    await pass(20);
    assert.ok(told.length > 20);
    assert.deepEqual(told, plain);
  });
});

Deno.test("a pair that nobody reviewed is not used, and is said once", async () => {
  const pair = SIMULATED_PAIRS.pair.map(({ reviewed_by: _by, reviewed_on: _on, ...each }) => each);
  await withFeed({ pairs: { version: 1, pair } }, async ({ feed, told, log, pass }) => {
    await pass(20);
    assert.deepEqual(told, []);
    assert.equal(log.filter((line) => line.includes("nobody has reviewed")).length, 2);
    assert.match(feed.status().trouble ?? "", /simulated-btc-15m is not used: nobody has reviewed its rules/);
    assert.equal(feed.status().messages, 0, "Nothing is asked for it");
  });
});

for (const side of ["kalshi", "polymarket"] as const) {
  Deno.test(`rules of ${side} that are not those reviewed refuse the pair, and only that one`, async () => {
    const pair = SIMULATED_PAIRS.pair.map((each, at) =>
      at > 0 ? each : { ...each, [side]: { ...each[side], rules_sha256: "0".repeat(64) } }
    );
    await withFeed({ pairs: { version: 1, pair } }, async ({ feed, told, log, pass }) => {
      await pass(150);
      assert.ok(told.length > 0 && told.every((input) => input.ticker.startsWith("KXETH15M")));
      assert.deepEqual(feed.status().refused, { "rules changed": 1 });
      const name = side === "kalshi" ? "Kalshi" : "Polymarket";
      const words = `Pair simulated-btc-15m: the rules of ${name} are not those that the simulation read on 2026-11-20`;
      assert.ok(feed.status().trouble?.includes(words), feed.status().trouble ?? "no trouble");
      assert.equal(log.filter((line) => line.includes(words)).length, 1);
    });
  });
}

Deno.test("a mirror of another window is refused", async () => {
  const pair = SIMULATED_PAIRS.pair.map((each) => ({
    ...each,
    polymarket: { ...each.polymarket, event: each.polymarket.event.replace("{open}", "{close}") },
  }));
  await withFeed({ pairs: { version: 1, pair } }, async ({ feed, told, pass }) => {
    await pass(30);
    assert.deepEqual(told, []);
    assert.deepEqual(feed.status().refused, { "window of another time": 2 });
  });
});

Deno.test("without a market there is no peer, without a peer no connection", async () => {
  const changes = (market: Market): Market => ({ ...market, status: "initialized" });
  await withFeed({ changes }, async ({ exchange, feed, told, pass }) => {
    await pass(10);
    assert.deepEqual(told, []);
    assert.equal(exchange.framesSent(), 0);
    assert.equal(feed.status().by, "none");
  });
});

Deno.test("a cut socket withdraws every quote at once; books then come by REST, and by the socket again", async () => {
  await withFeed({}, async ({ exchange, feed, told, pass }) => {
    await pass(10);
    const before = told.length;
    exchange.setFault("feed-down:polymarket", true);
    // Nothing counts that a connection ended.
    while (feed.status().trouble === null) await new Promise((resolve) => setTimeout(resolve, 1));
    await pass(1);
    const withdrawn = told.slice(before).filter((input) => input.bid === null && input.ask === null);
    assert.equal(new Set(withdrawn.map((input) => input.ticker)).size, 2);
    await pass(15);
    assert.equal(feed.status().by, "rest");
    assert.match(feed.status().trouble ?? "", /Cannot reach/);
    assert.ok(told.at(-1)?.bid !== null);
    exchange.setFault("feed-down:polymarket", false);
    await pass(70);
    assert.equal(feed.status().by, "socket");
    assert.equal(feed.status().trouble, null);
    assert.ok(feed.status().reconnects > 0);
  });
});

Deno.test("in an outage no quote stands", async () => {
  await withFeed({}, async ({ exchange, feed, told, pass }) => {
    await pass(10);
    exchange.setFault("feed-outage:polymarket", true);
    await pass(20);
    for (const ticker of new Set(told.map((input) => input.ticker))) {
      const newest = told.findLast((input) => input.ticker === ticker);
      assert.deepEqual([newest?.bid, newest?.ask], [null, null]);
    }
    assert.equal(feed.status().by, "none");
  });
});

Deno.test("a lost message is noticed by the best prices, and the book is asked for anew", async () => {
  await withFeed({ faults: ["feed-gap:polymarket"] }, async ({ feed, told, pass }) => {
    await pass(100);
    assert.ok((feed.status().refused["best prices differ: a message was lost"] ?? 0) > 0);
    const btc = told.filter((input) => input.ticker === told[0].ticker);
    const withdrawn = btc.findIndex((input) => input.bid === null && input.ask === null);
    assert.ok(withdrawn > 0 && btc.slice(withdrawn).some((input) => input.bid !== null), "Withdrawn, and back again");
  });
});

Deno.test("a crossed book is no quote", async () => {
  await withFeed({ faults: ["feed-crossed:polymarket"] }, async ({ told, pass }) => {
    await pass(30);
    for (const { bid, ask } of told) assert.ok(bid === null || ask === null || bid < ask);
  });
});

Deno.test("a socket that is silent holds nothing up: the books come by REST", async () => {
  await withFeed({ faults: ["feed-silent:polymarket"] }, async ({ exchange, feed, told, pass }) => {
    await pass(12);
    assert.equal(exchange.framesSent(), 0);
    assert.equal(feed.status().reconnects, 0);
    assert.ok(told.length >= 4 && told.at(-1)?.bid !== null, `${told.length} quotes`);
  });
});

Deno.test("garbage is counted, doubted and never believed", async () => {
  await withFeed({ faults: ["feed-garbage:polymarket"] }, async ({ feed, told, pass }) => {
    await pass(100);
    assert.ok(Object.keys(feed.status().refused).length > 0);
    for (const { bid, ask, bidSize, askSize } of told) {
      assert.ok([bid, ask, bidSize, askSize].every(isWhole));
      assert.ok(bid === null || ask === null || bid < ask);
    }
  });
});
