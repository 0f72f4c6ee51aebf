import assert from "node:assert/strict";
import { DIRECT_PRECISION } from "../../core/fees.ts";
import {
  count,
  micros,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  ONE_DOLLAR_PRICE,
  parseTime,
  price,
} from "../../core/units.ts";
import { EventText } from "./event_text.ts";
import { DEFAULT_CASH, DEFAULT_START, Exchange } from "./exchange.ts";
import type { FaultName } from "./faults.ts";
import type { ListedMarket } from "./listed_market.ts";
import { hasOneWinner } from "./market_bodies.ts";
import { CRYPTO_SHARD, DEFAULT_SHARD } from "./series.ts";

const SERIES = ["KXBTCD", "KXBTC", "KXHIGHNY", "KXLOWTNYC", "KXHIGHCHI", "KXFED", "KXFEDDECISION"];
const SEED = 14;

function exchangeOf(seed = SEED, series: readonly string[] = SERIES, faults: readonly FaultName[] = []): Exchange {
  return new Exchange({
    seed,
    startAt: DEFAULT_START,
    faults: new Set(faults),
    cash: DEFAULT_CASH,
    series,
    cashOnEveryShard: true,
  });
}

const openOf = (exchange: Exchange): readonly ListedMarket[] =>
  [...exchange.markets.values()].filter(({ status, series }) =>
    status === "active" && (series.kind !== "crypto" || series.frequency === "hourly")
  );

const dollars = (at: number): number => at / ONE_DOLLAR_PRICE;
const fee = (at: number): number => 0.07 * dollars(at) * (1 - dollars(at));

/** What a set of an event's contracts costs less than it pays, fees included, at the touch; negative where none does. */
function bestSet(event: readonly ListedMarket[]): number {
  const asks = event.flatMap(({ book }) => book.best("ask") ?? []);
  if (hasOneWinner(event[0].series)) {
    const yes = asks.length === event.length ? 1 - asks.reduce((sum, at) => sum + dollars(at) + fee(at), 0) : -1;
    const bids = event.flatMap(({ book }) => book.best("bid") ?? []);
    return Math.max(yes, bids.reduce((sum, at) => sum + dollars(at) - fee(at), 0) - 1);
  }
  const strikes = [...event].sort((a, b) => (a.floorStrike ?? 0) - (b.floorStrike ?? 0));
  const gaps = strikes.slice(1).map((higher, at) => {
    const [bid, ask] = [higher.book.best("bid"), strikes[at].book.best("ask")];
    return bid === null || ask === null ? -1 : dollars(bid - ask) - fee(bid) - fee(ask);
  });
  return Math.max(...gaps);
}

Deno.test("for an hour everything is quoted and traded, books never cross, and money and contracts are conserved", () => {
  const exchange = exchangeOf();
  let crossed = 0;
  exchange.listen((event) => {
    if (event.type !== "ticker") return;
    const [bid, ask] = [event.market.book.best("bid"), event.market.book.best("ask")];
    if (bid !== null && ask !== null && bid >= ask) crossed++;
  });
  for (let minute = 1; minute <= 60; minute++) {
    exchange.advanceTo(micros(DEFAULT_START + minute * MICROS_PER_MINUTE));
    const { missing, contracts } = exchange.houseLedger();
    assert.deepEqual([missing, contracts], [0, 0], `minute ${minute}`);
  }
  assert.equal(crossed, 0);
  const open = openOf(exchange);
  for (const series of SERIES) {
    const own = open.filter((market) => market.series.ticker === series);
    assert.ok(own.some(({ volume }) => volume > 0), `${series} trades`);
    assert.ok(own.some(({ book }) => book.best("bid") !== null && book.best("ask") !== null), `${series} is quoted`);
  }
});

Deno.test("some markets on the weather and the Fed are wide and most are not: work for those who make markets", () => {
  const exchange = exchangeOf();
  exchange.advanceTo(micros(DEFAULT_START + 10 * MICROS_PER_MINUTE));
  const spreads = openOf(exchange).filter(({ series }) => series.kind !== "crypto").flatMap(({ book }) => {
    const [bid, ask] = [book.best("bid"), book.best("ask")];
    return bid === null || ask === null ? [] : [dollars(ask - bid)];
  });
  const wide = spreads.filter((spread) => spread >= 0.05).length;
  assert.ok(spreads.length >= 15, `${spreads.length} are quoted on both sides`);
  assert.ok(wide >= 2 && wide < spreads.length / 2, `${wide} of ${spreads.length} are wide`);
});

Deno.test("now and then a set costs less than it pays, by cents, for seconds, in every kind of event", () => {
  const kinds = new Map<string, number>();
  let looks = 0;
  let found = 0;
  for (const seed of [1, 2]) {
    const exchange = exchangeOf(seed);
    for (let second = 5; second <= 3_600; second += 5) {
      exchange.advanceTo(micros(DEFAULT_START + second * MICROS_PER_SECOND));
      for (const event of Map.groupBy(openOf(exchange), (market) => market.event).values()) {
        const earns = bestSet(event);
        looks++;
        if (earns <= 0) continue;
        found++;
        // Two in haste may meet in one event; the bound of each still holds.
        assert.ok(earns < 0.2, `${event[0].event} earns ${earns} with seed ${seed}`);
        const { series } = event[0];
        const kind = series.kind === "crypto" ? series.shape : series.kind;
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      }
    }
  }
  for (const kind of ["above", "range", "climate", "rates"]) assert.ok((kinds.get(kind) ?? 0) > 0, `none in ${kind}`);
  assert.ok(found / looks < 0.06, `${found} of ${looks} looks`);
});

Deno.test("a quarter of an hour before a ladder settles somebody mostly overpays for a strike well above the index", () => {
  const minute45 = parseTime("2026-10-06T14:45:00Z") ?? assert.fail();
  let overpaid = 0;
  for (let seed = 1; seed <= 8; seed++) {
    const exchange = new Exchange({
      seed,
      startAt: micros(minute45 - 2 * MICROS_PER_MINUTE),
      faults: new Set(),
      cash: DEFAULT_CASH,
      series: ["KXBTCD"],
    });
    exchange.advanceTo(minute45);
    const least = 1.002 * exchange.index.priceAt("BRTI", minute45);
    const hoped = openOf(exchange).filter(({ floorStrike }) => (floorStrike ?? 0) >= least)
      .reduce((lowest, each) => (each.floorStrike ?? 0) < (lowest.floorStrike ?? 0) ? each : lowest);
    const before = hoped.book.best("ask") ?? ONE_DOLLAR_PRICE;
    exchange.advanceTo(micros(minute45 + 7 * MICROS_PER_SECOND));
    const bid = hoped.book.best("bid") ?? 0;
    if (bid >= before + 200) overpaid++;
    assert.ok(bid < before + 1_500, `${bid} is bid where ${before} was asked, seed ${seed}`);
    exchange.advanceTo(micros(minute45 + 90 * MICROS_PER_SECOND));
    const { missing, contracts } = exchange.houseLedger();
    assert.deepEqual([missing, contracts], [0, 0]);
  }
  assert.ok(overpaid >= 3 && overpaid < 8, `${overpaid} of 8 seeds`);
});

Deno.test("one seed gives one course of events, however coarsely time moves", () => {
  const course = (step: number): string => {
    const exchange = exchangeOf(3, ["KXHIGHNY", "KXFED"]);
    let hash = 0;
    exchange.listen((event) => {
      const text = `${exchange.now}${EventText.of(event, "user").text(false)}`;
      for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
    });
    const end = DEFAULT_START + 4 * MICROS_PER_MINUTE;
    for (let at = DEFAULT_START + step; at < end; at += step) exchange.advanceTo(micros(at));
    exchange.advanceTo(micros(end));
    return `${hash} ${exchange.floor.trades}`;
  };
  const whole = course(4 * MICROS_PER_MINUTE);
  assert.equal(course(100_000), whole);
  assert.equal(course(7 * MICROS_PER_SECOND), whole);
});

Deno.test("cash lies in equal parts where the listed markets trade, whole on shard 2 where all do, and on 0 by fault", () => {
  const cashOf = ({ desk: { account } }: Exchange) => [account.cash(DEFAULT_SHARD), account.cash(CRYPTO_SHARD)];
  assert.deepEqual(cashOf(exchangeOf()), [DEFAULT_CASH / 2, DEFAULT_CASH / 2]);
  assert.deepEqual(cashOf(exchangeOf(SEED, [])), [0, DEFAULT_CASH]);
  assert.deepEqual(cashOf(exchangeOf(SEED, ["KXBTCD"])), [0, DEFAULT_CASH]);
  assert.deepEqual(cashOf(exchangeOf(SEED, SERIES, ["cash-on-shard-0"])), [DEFAULT_CASH, 0]);
  const alone = new Exchange({
    seed: SEED,
    startAt: DEFAULT_START,
    faults: new Set(),
    cash: DEFAULT_CASH,
    series: ["KXHIGHNY"],
  });
  assert.deepEqual(cashOf(alone), [0, DEFAULT_CASH], "as kbot exchange documents it");
});

Deno.test("a member trades the weather with the cash of shard 0, and pays maker fees on the Fed alone", () => {
  const exchange = exchangeOf();
  const { desk } = exchange;
  const place = (ticker: string, side: "bid" | "ask", at: number) =>
    desk.create({
      ticker,
      side,
      count: count(100),
      price: price(at),
      timeInForce: "good_till_canceled",
      prevention: "taker_at_cross",
      clientOrderId: null,
      expiresAt: null,
      postOnly: false,
      reduceOnly: false,
      cancelOnPause: false,
      subaccount: 0,
      group: null,
      shard: null,
    }, exchange.now);
  const quoted = (series: string) =>
    openOf(exchange).find(({ series: { ticker }, book }) =>
      ticker === series && (book.best("bid") ?? 0) > 500 && (book.best("ask") ?? ONE_DOLLAR_PRICE) < 9_500
    ) ?? assert.fail(series);
  for (const [series, pays] of [["KXHIGHCHI", false], ["KXFED", true]] as const) {
    const market = quoted(series);
    const ask = market.book.best("ask") ?? assert.fail();
    const before = desk.account.cash(DEFAULT_SHARD);
    const taken = place(market.ticker, "bid", ask);
    assert.ok("fills" in taken && taken.fills.length === 1, JSON.stringify(taken));
    assert.ok(desk.account.cash(DEFAULT_SHARD) < before);
    assert.ok(taken.fills[0].fee > 0, "who takes pays");
    // An order of ours that rests at the touch until somebody takes it.
    const better = (market.book.best("bid") ?? 0) + 100;
    const rests = place(market.ticker, "bid", better);
    assert.ok("order" in rests && rests.fills.length === 0);
    for (let minute = 0; minute < 240 && rests.order.filled === 0; minute++) {
      exchange.advanceTo(micros(exchange.now + MICROS_PER_MINUTE));
    }
    assert.ok(rests.order.filled > 0, `nobody took ${market.ticker} at ${better}`);
    if (pays) assert.ok(rests.order.makerFees > 0);
    else assert.ok(rests.order.makerFees < DIRECT_PRECISION);
  }
  assert.equal(desk.account.cash(CRYPTO_SHARD), DEFAULT_CASH / 2);
  assert.equal(exchange.houseLedger().missing, 0);
});
