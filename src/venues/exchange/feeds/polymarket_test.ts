import assert from "node:assert/strict";
import { readEvent } from "../../../feeds/polymarket/gamma.ts";
import { readKalshiRules } from "../../../feeds/polymarket/kalshi_rules.ts";
import { formatPairMap, parsePairMap } from "../../../feeds/polymarket/pair_map.ts";
import { rulesTrouble, seeRules } from "../../../feeds/polymarket/review.ts";
import { formatTime, type Micros, micros, MICROS_PER_MINUTE, MICROS_PER_SECOND, money } from "../../../core/units.ts";
import { DEFAULT_START, Exchange } from "../exchange.ts";
import { wordsOf } from "../market_words.ts";
import { type RunningExchange, startExchange } from "../server.ts";
import { SIMULATED_PAIRS } from "./polymarket_pairs.ts";
import { bookAt, isUp, mirrored, type PeerWindow, STEP, stepAt, windowOf } from "./polymarket_windows.ts";

const SEED = 31;

function exchangeAt(time: Micros): Exchange {
  const exchange = new Exchange({ seed: SEED, startAt: DEFAULT_START, faults: new Set(), cash: money(0) });
  exchange.advanceTo(time);
  return exchange;
}

/** The windows of a series that have opened and not closed. */
function openWindow(exchange: Exchange, series: string): PeerWindow {
  for (const market of exchange.markets.values()) {
    if (market.series.ticker !== series || market.status !== "active") continue;
    return windowOf(market, SEED) ?? assert.fail("no mirror");
  }
  return assert.fail(`no open market of ${series}`);
}

Deno.test("a window is named by its open, and its tokens are its own", () => {
  const exchange = exchangeAt(DEFAULT_START);
  const window = openWindow(exchange, "KXBTC15M");
  assert.equal(window.slug, `btc-updown-15m-${window.openTime / MICROS_PER_SECOND}`);
  assert.match(window.conditionId, /^0x[0-9a-f]{64}$/);
  const other = openWindow(exchange, "KXETH15M");
  const tokens = [window.up, window.down, other.up, other.down];
  assert.equal(new Set(tokens).size, 4);
  for (const token of tokens) assert.match(token, /^[12]\d{76}$/);
});

Deno.test("books are whole, never crossed, and the same whenever they are looked at", () => {
  const later = exchangeAt(micros(DEFAULT_START + 2 * MICROS_PER_MINUTE));
  const stepwise = exchangeAt(DEFAULT_START);
  const window = openWindow(stepwise, "KXBTC15M");
  let changed = 0;
  let before = "";
  for (let time = DEFAULT_START; time < window.closeTime; time = micros(time + STEP)) {
    stepwise.advanceTo(time);
    const book = bookAt(window, stepwise.index, SEED, stepAt(time));
    assert.deepEqual(bookAt(window, later.index, SEED, stepAt(time)), book);
    const [bid] = book.bids[0];
    const [ask] = book.asks[0];
    assert.ok(bid >= 1 && bid < ask && ask <= 99);
    for (const [side, direction] of [[book.bids, -1], [book.asks, 1]] as const) {
      side.forEach(([cents, size], at) => {
        assert.ok(Number.isInteger(size) && size > 0);
        if (at > 0) assert.equal(cents, side[at - 1][0] + direction);
      });
    }
    assert.deepEqual(mirrored(mirrored(book)), book);
    if (JSON.stringify(book) !== before) changed++;
    before = JSON.stringify(book);
  }
  assert.ok(changed > 100, `${changed} of 240 steps change something`);
  assert.deepEqual(bookAt(window, later.index, SEED, stepAt(window.closeTime)), { bids: [], asks: [] });
});

Deno.test("its prices lean to the outcome as the close comes near", () => {
  let right = 0;
  let windows = 0;
  const exchange = exchangeAt(DEFAULT_START);
  for (let quarter = 0; quarter < 8; quarter++) {
    for (const series of ["KXBTC15M", "KXETH15M"]) {
      const window = openWindow(exchange, series);
      const last = micros(window.closeTime - 5 * MICROS_PER_SECOND);
      exchange.advanceTo(last);
      const { bids, asks } = bookAt(window, exchange.index, SEED, stepAt(last));
      exchange.advanceTo(window.closeTime);
      const middle = (bids[0][0] + asks[0][0]) / 2;
      windows++;
      if ((middle > 50) === isUp(window, exchange.index, SEED)) right++;
      if (series === "KXETH15M") exchange.advanceTo(micros(window.closeTime + 2 * MICROS_PER_SECOND));
      else exchange.advanceTo(window.closeTime);
    }
  }
  assert.ok(right >= 0.8 * windows, `${right} of ${windows}`);
});

async function withExchange(
  faults: readonly string[],
  body: (exchange: RunningExchange) => Promise<void>,
): Promise<void> {
  const exchange = await startExchange({ port: 0, seed: SEED, speed: 1, faults, mode: "stepped", keyDirectory: null });
  try {
    await body(exchange);
  } finally {
    await exchange.stop();
  }
}

Deno.test("the simulated pairs are signed for the rules that the simulation has, in every window", async () => {
  assert.ok(parsePairMap(formatPairMap(SIMULATED_PAIRS), "simulated").ok);
  await withExchange([], async (exchange) => {
    let seen = 0;
    for (const market of exchange.exchange.markets.values()) {
      const pair = SIMULATED_PAIRS.pair.find((each) => each.kalshi.series === market.series.ticker);
      if (pair === undefined || market.openTime < DEFAULT_START - 60 * MICROS_PER_MINUTE) continue;
      const event = pair.polymarket.event.replace("{open}", `${market.openTime / MICROS_PER_SECOND}`);
      const rest = exchange.info.feeds.polymarket_rest;
      const mirror = readEvent(await (await fetch(`${rest}/events?slug=${event}`)).json(), event, event);
      const own = readKalshiRules(
        {
          market: {
            ticker: market.ticker,
            open_time: formatTime(market.openTime),
            close_time: formatTime(market.closeTime),
            rules_primary: wordsOf(market).rulesPrimary,
            rules_secondary: wordsOf(market).rulesSecondary,
          },
        },
        market.ticker,
      );
      assert.ok(mirror.ok && own.ok, event);
      assert.equal(rulesTrouble(pair, await seeRules(own.value, mirror.market)), null, market.ticker);
      assert.ok(mirror.market.rules.startsWith("SIMULATED"));
      seen++;
    }
    assert.ok(seen > 100, `${seen} windows: through noon, midnight and a day's end`);
  });
});

Deno.test("REST answers as the real host does: unknown slugs and tokens too", async () => {
  await withExchange([], async (exchange) => {
    const rest = exchange.info.feeds.polymarket_rest;
    assert.deepEqual(await (await fetch(`${rest}/events?slug=btc-updown-15m-1`)).json(), []);
    assert.deepEqual(await (await fetch(`${rest}/events`)).json(), []);
    const answer = await fetch(`${rest}/book?token_id=5`);
    assert.equal(answer.status, 404);
    assert.deepEqual(await answer.json(), { error: "No orderbook exists for the requested token id" });
    const window = openWindow(exchange.exchange, "KXBTC15M");
    const book = await (await fetch(`${rest}/book?token_id=${window.up}`)).json();
    const prices = book.bids.map((level: { price: string }) => Number(level.price));
    assert.deepEqual(prices, prices.toSorted((a: number, b: number) => a - b), "worst first");
    assert.equal(book.asset_id, window.up);
  });
});

Deno.test("the socket answers PING, tells both books at once, and a minute later how the window ended", async () => {
  await withExchange([], async (exchange) => {
    const window = openWindow(exchange.exchange, "KXBTC15M");
    const texts: string[] = [];
    const socket = new WebSocket(`${exchange.info.feeds.polymarket}/ws/market`);
    socket.onmessage = ({ data }) => void texts.push(data);
    await new Promise((resolve) => socket.onopen = resolve);
    const heard = async (count: number) => {
      while (texts.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    socket.send("PING");
    await heard(1);
    socket.send("nonsense");
    await heard(2);
    socket.send(JSON.stringify({ assets_ids: [window.up, window.down, "5"], type: "market" }));
    await heard(3);
    assert.deepEqual(texts.slice(0, 2), ["PONG", "INVALID OPERATION"]);
    const books = JSON.parse(texts[2]);
    assert.deepEqual(books.map((each: { asset_id: string }) => each.asset_id), [window.up, window.down]);
    for (let time = DEFAULT_START; time < window.closeTime + 17 * MICROS_PER_SECOND;) {
      time = micros(time + MICROS_PER_SECOND);
      exchange.advance(time);
      await heard(exchange.framesSent());
    }
    const events = texts.slice(3).map((text) => JSON.parse(text));
    const resolved = events.filter((event) => event.event_type === "market_resolved");
    const up = isUp(window, exchange.exchange.index, SEED);
    assert.deepEqual(resolved.map((event) => event.winning_outcome), [up ? "Up" : "Down"]);
    assert.ok(events.filter((event) => event.event_type === "price_change").length > 100);
    assert.equal(events.at(-1)?.event_type, "market_resolved", "Nothing comes after it");
    socket.close();
    await new Promise((resolve) => socket.onclose = resolve);
  });
});
