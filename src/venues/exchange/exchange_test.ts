import assert from "node:assert/strict";
import { type Micros, micros, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import type { ExchangeEvent } from "./events.ts";
import { EventText } from "./event_text.ts";
import { DEFAULT_CASH, DEFAULT_START, Exchange, nextClose } from "./exchange.ts";
import type { FaultName } from "./faults.ts";
import type { ListedMarket } from "./listed_market.ts";
import { type CryptoSeries, LISTED_SERIES } from "./series.ts";

function exchangeOf(seed: number, faults: readonly FaultName[] = []): Exchange {
  return new Exchange({ seed, startAt: DEFAULT_START, faults: new Set(faults), cash: DEFAULT_CASH });
}

const activeIn = (exchange: Exchange): ListedMarket<CryptoSeries>[] =>
  LISTED_SERIES.flatMap((series) => exchange.cycle.active(series) ?? []);

/** A number over everything that was told, in order. */
function course(seed: number, stepMicros: number, duration: number): { hash: number; events: number } {
  const exchange = exchangeOf(seed);
  let hash = 0;
  let events = 0;
  exchange.listen((event) => {
    const text = `${exchange.now}${EventText.of(event, "user").text(false)}`;
    for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
    events++;
  });
  const end = DEFAULT_START + duration;
  for (let at = DEFAULT_START + stepMicros; at < end; at += stepMicros) exchange.advanceTo(micros(at));
  exchange.advanceTo(micros(end));
  return { hash, events };
}

Deno.test("one seed gives one course of events, whether time moves in steps of 10 ms, 1 s or at once", () => {
  const duration = 150 * MICROS_PER_SECOND;
  const whole = course(7, duration, duration);
  assert.ok(whole.events > 1_000);
  assert.deepEqual(course(7, 10_000, duration), whole);
  assert.deepEqual(course(7, MICROS_PER_SECOND, duration), whole);
  assert.notEqual(course(8, duration, duration).hash, whole.hash);
});

Deno.test("the clock starts two minutes before a quarter hour, with books, a strike and a minute of index history", () => {
  const exchange = exchangeOf(1);
  assert.equal(nextClose(exchange.now) - exchange.now, 2 * MICROS_PER_MINUTE);
  const active = activeIn(exchange);
  assert.deepEqual(active.map((market) => market.ticker), ["KXBTC15M-26OCT061000-00", "KXETH15M-26OCT061000-00"]);
  for (const market of active) {
    assert.notEqual(market.floorStrike, null);
    assert.ok(market.book.best("bid") !== null || market.book.best("ask") !== null);
    const second = exchange.now / MICROS_PER_SECOND;
    assert.equal(exchange.index.sum(market.series.index, second - 59, second).count, 60);
  }
});

Deno.test("each strike is the number that settled the window before, and that is the mean of its last 60 seconds", () => {
  const exchange = exchangeOf(5);
  exchange.advanceTo(micros(DEFAULT_START + 20 * MICROS_PER_MINUTE));
  for (const series of LISTED_SERIES) {
    const windows = [...exchange.markets.values()].filter((market) => market.series === series);
    const settled = windows.filter((market) => market.status === "finalized");
    assert.ok(settled.length >= 6);
    for (const market of settled) {
      const close = market.closeTime / MICROS_PER_SECOND;
      const { sum, count } = exchange.index.sum(series.index, close - 59, close);
      assert.equal(count, 60);
      assert.ok(Math.abs((market.expirationValue ?? 0) - sum / 60) <= 0.005 + 1e-9);
      const yes = (market.expirationValue ?? 0) >= (market.floorStrike ?? 0);
      assert.equal(market.result, yes ? "yes" : "no");
      const next = windows.find((other) => other.openTime === market.closeTime);
      assert.equal(next?.floorStrike, market.expirationValue);
    }
  }
});

/** What is told about one market between two times. */
function tale(exchange: Exchange, market: ListedMarket, until: Micros): ExchangeEvent[] {
  const told: ExchangeEvent[] = [];
  exchange.listen((event) => {
    if ("market" in event && event.market === market) told.push(event);
  });
  exchange.advanceTo(until);
  return told;
}

Deno.test("a window closes, is determined and is settled as the real one is", () => {
  const exchange = exchangeOf(9);
  const [market] = activeIn(exchange);
  const close = market.closeTime;
  exchange.advanceTo(micros(close - 1));
  assert.equal(market.status, "active");
  const told = tale(exchange, market, close);
  assert.equal(market.status, "closed");
  assert.deepEqual([market.book.best("bid"), market.book.best("ask")], [null, null]);
  const deltas = told.filter((event) => event.type === "book");
  assert.ok(deltas.length > 0);
  for (const delta of deltas) assert.deepEqual([delta.at, delta.delta < 0], [close, true]);
  assert.ok(!told.some((event) => event.type === "lifecycle"), "the close itself is silent");
  const after = tale(exchange, market, micros(close + 9 * MICROS_PER_SECOND));
  const lifecycle = after.flatMap((event) => event.type === "lifecycle" ? [{ kind: event.kind, at: event.at }] : []);
  assert.deepEqual(lifecycle.map((event) => event.kind), ["determined", "settled"]);
  assert.ok(Math.abs(lifecycle[1].at - close - 8.1 * MICROS_PER_SECOND) < 0.1 * MICROS_PER_SECOND);
  assert.equal(market.status, "finalized");
});

Deno.test("the next window is open at once, silently, and gets its strike 0.6 s later", () => {
  const exchange = exchangeOf(2);
  exchange.advanceTo(nextClose(exchange.now));
  const [market] = activeIn(exchange);
  assert.equal(market.openTime, exchange.now);
  assert.equal(market.floorStrike, null);
  const told = tale(exchange, market, micros(exchange.now + MICROS_PER_SECOND));
  assert.deepEqual(told.flatMap((event) => event.type === "lifecycle" ? [event.kind] : []), ["metadata_updated"]);
  assert.notEqual(market.floorStrike, null);
});

Deno.test("the fault slow-strike leaves a window without a strike for 20 s", () => {
  const exchange = exchangeOf(2, ["slow-strike"]);
  const open = nextClose(exchange.now);
  exchange.advanceTo(micros(open + 19 * MICROS_PER_SECOND));
  assert.equal(activeIn(exchange)[0].floorStrike, null);
  exchange.advanceTo(micros(open + 21 * MICROS_PER_SECOND));
  assert.notEqual(activeIn(exchange)[0].floorStrike, null);
});

Deno.test("over an hour money and contracts are conserved, books never cross, and markets settle", () => {
  const exchange = exchangeOf(13);
  let crossed = 0;
  exchange.listen((event) => {
    if (event.type !== "ticker") return;
    const bid = event.market.book.best("bid");
    const ask = event.market.book.best("ask");
    if (bid !== null && ask !== null && bid >= ask) crossed++;
  });
  for (let minute = 1; minute <= 60; minute++) {
    exchange.advanceTo(micros(DEFAULT_START + minute * MICROS_PER_MINUTE));
    const ledger = exchange.houseLedger();
    assert.equal(ledger.missing, 0);
    assert.equal(ledger.contracts, 0);
  }
  assert.equal(crossed, 0);
  assert.equal(exchange.settled, 2 * 4);
  assert.ok(exchange.floor.trades > 1_000);
});

Deno.test("deltas rebuild every book from its snapshot, and no level ever goes below zero", () => {
  const exchange = exchangeOf(21);
  const books = new Map<string, number>();
  const key = (market: ListedMarket, side: string, at: number) => `${market.ticker} ${side} ${at}`;
  for (const market of activeIn(exchange)) {
    for (const side of ["bid", "ask"] as const) {
      for (const [at, size] of market.book.levels(side)) books.set(key(market, side, at), size);
    }
  }
  exchange.listen((event) => {
    if (event.type !== "book") return;
    const name = key(event.market, event.side, event.price);
    const size = (books.get(name) ?? 0) + event.delta;
    assert.ok(size >= 0, `${name} would be ${size}`);
    if (size === 0) books.delete(name);
    else books.set(name, size);
  });
  exchange.advanceTo(micros(DEFAULT_START + 5 * MICROS_PER_MINUTE));
  const wanted = new Map<string, number>();
  for (const market of activeIn(exchange)) {
    for (const side of ["bid", "ask"] as const) {
      for (const [at, size] of market.book.levels(side)) wanted.set(key(market, side, at), size);
    }
  }
  assert.deepEqual(new Map([...books].sort()), new Map([...wanted].sort()));
});

Deno.test("under the fault tie the last minute stands at the strike: the market pays YES, and the chain goes on", () => {
  const exchange = exchangeOf(3, ["tie"]);
  const [market] = activeIn(exchange);
  const strike = market.floorStrike;
  exchange.advanceTo(micros(market.closeTime + 10 * MICROS_PER_SECOND));
  assert.deepEqual([market.expirationValue, market.result], [strike, "yes"]);
  const second = market.closeTime / MICROS_PER_SECOND;
  assert.equal(exchange.index.value("BRTI", second), strike);
  assert.equal(activeIn(exchange)[0].floorStrike, strike);
  const moved = [1, 2, 3, 4, 5].some((later) => exchange.index.value("BRTI", second + later) !== strike);
  assert.ok(moved, "the index moves again after the close");
});

Deno.test("under the fault slow-settlement a market is closed for two hours before it pays", () => {
  const exchange = exchangeOf(3, ["slow-settlement"]);
  const [market] = activeIn(exchange);
  exchange.advanceTo(micros(market.closeTime + 119 * MICROS_PER_MINUTE));
  assert.equal(market.status, "closed");
  exchange.advanceTo(micros(market.closeTime + 121 * MICROS_PER_MINUTE));
  assert.equal(market.status, "finalized");
});

Deno.test("under the fault grid-change open markets change between whole cents and their own grid, and say so", () => {
  const exchange = exchangeOf(3, ["grid-change"]);
  exchange.advanceTo(nextClose(exchange.now));
  const [market] = activeIn(exchange);
  const told = tale(exchange, market, micros(market.openTime + 300 * MICROS_PER_SECOND));
  const changes = told.filter((event) => event.type === "lifecycle" && event.kind === "price_level_structure_updated");
  assert.ok(changes.length >= 3, `${changes.length} changes`);
  const text = EventText.of(changes[0], "user").text(false);
  assert.match(text, /"price_level_structure":"(linear_cent|tapered_deci_cent)","price_ranges":\[\{"start":"0\.0000"/);
});

Deno.test("the hourly ladders are complete, ordered, traded, and settle by their strikes", () => {
  const exchange = new Exchange({
    seed: 6,
    startAt: DEFAULT_START,
    faults: new Set(),
    cash: DEFAULT_CASH,
    series: ["KXBTCD", "KXBTC"],
  });
  const open = [...exchange.markets.values()].filter((market) =>
    market.series.frequency === "hourly" && market.status === "active"
  );
  assert.deepEqual(new Set(open.map((market) => market.event)), new Set(["KXBTCD-26OCT0610", "KXBTC-26OCT0610"]));
  exchange.advanceTo(micros(DEFAULT_START + 6 * MICROS_PER_MINUTE));
  for (const event of ["KXBTCD-26OCT0610", "KXBTC-26OCT0610"]) {
    const markets = open.filter((market) => market.event === event);
    assert.ok(markets.every((market) => market.status === "finalized"));
    const value = markets[0].expirationValue ?? 0;
    const winners = markets.filter((market) => market.result === "yes");
    if (event.startsWith("KXBTC-")) assert.equal(winners.length, 1, "one range holds the value");
    else assert.ok(markets.every((market) => (market.result === "yes") === (value > (market.floorStrike ?? 0))));
    assert.ok(markets.some((market) => market.volume > 0), "somebody traded");
  }
  const quarter = [...exchange.markets.values()].find((market) =>
    market.series.ticker === "KXBTC15M" && market.closeTime === open[0].closeTime
  );
  assert.equal(quarter?.expirationValue, open[0].expirationValue, "all that close together share the number");
  const ledger = exchange.houseLedger();
  assert.deepEqual([ledger.missing, ledger.contracts], [0, 0]);
});
