import assert from "node:assert/strict";
import fc from "fast-check";
import type { EventValueParameters } from "./event_value_parameters.ts";
import type { Input } from "../core/input.ts";
import { NAMED_PRICE_RANGES } from "../core/price_grid.ts";
import { MICROS_PER_SECOND, money, ONE_DOLLAR_PRICE } from "../core/units.ts";
import { engineOptions, Rig, standingOf, stateOf } from "../engine/engine_fixture.ts";
import type { EngineOptions } from "../engine/options.ts";
import { after, NOON } from "../execution/order_fixture.ts";
import { remaining } from "../execution/order_state.ts";
import { BUCKETS } from "./arbitrage_fixture.ts";
import { eventOf, readingOf, time, type Weather } from "./weather_fixture.ts";

const EVENT = "KXHIGHNY-26NOV20";
const DAY = eventOf(EVENT);
const TICKERS = BUCKETS.map(({ ticker }) => ticker);
/** Seconds after noon of a moment. */
const at = (text: string): number => (time(text) - NOON) / MICROS_PER_SECOND;
/** 18:00 and 20:00 Eastern time. */
const SIX = at("2026-11-20T23:00:00Z");
const EIGHT = at("2026-11-21T01:00:00Z");

/** Bid and ask of YES in units, with hundredths of contracts. */
type Quote = readonly [bid: number, bidSize: number, ask: number, askSize: number];
const CALM: readonly Quote[] = [
  [100, 10_000, 300, 10_000],
  [100, 10_000, 300, 10_000],
  [9_100, 10_000, 9_700, 10_000],
  [200, 10_000, 800, 10_000],
];
/** Of the third bucket 500 contracts are offered at 80 cents. */
const CHEAP = CALM.map((quote, k): Quote => k === 2 ? [7_000, 10_000, 8_000, 50_000] : quote);

function weatherRig(parameters: Readonly<Record<string, unknown>>, change: Partial<EngineOptions> = {}): Rig {
  const rig = new Rig({ ...change, strategies: [{ name: "weather", enabled: true, parameters }] });
  for (const bucket of BUCKETS) {
    rig.market(SIX - 3_600, {
      ...bucket,
      event: EVENT,
      series: "KXHIGHNY",
      openTime: NOON,
      closeTime: DAY.span.end,
      priceRanges: NAMED_PRICE_RANGES.linear_cent,
      shard: 0,
    });
  }
  return rig;
}

/** Everything that is known of the weather arrives. */
function tell(rig: Rig, seconds: number, weather: Weather): void {
  const { observations, forecast } = readingOf(DAY, after(seconds), weather);
  for (const input of [...observations, ...(forecast === null ? [] : [forecast])] satisfies Input[]) {
    rig.step({ ...input, at: after(seconds) });
  }
}

function show(rig: Rig, seconds: number, quotes: readonly Quote[]): void {
  for (const [k, [bid, bidSize, ask, askSize]] of quotes.entries()) {
    rig.book(seconds, [[bid, bidSize]], [[ONE_DOLLAR_PRICE - ask, askSize]], null, TICKERS[k]);
  }
}

const sent = (rig: Rig, from = 0) =>
  rig.placed.slice(from).map(({ ticker, side, price, count, signal }) => [
    ticker.split("-").at(-1),
    side,
    price / 100,
    count / 100,
    signal,
  ]);
const held = (rig: Rig): number[] => TICKERS.map((ticker) => rig.engine.desk.ledger.partOf(ticker, "weather") / 100);
const reason = (rig: Rig, k: number): string | undefined =>
  standingOf(rig, "weather", TICKERS[k]).opinion?.refusal?.code;

const QUIET = { intraday: false };

Deno.test("a run at six buys once, the run at eight again, and in between nothing happens", () => {
  const rig = weatherRig({ ...QUIET, slippage: 0, max_contracts: 500, depth_share: 0.1 });
  show(rig, SIX - 100, CHEAP);
  tell(rig, SIX - 60, { peakF: 52 });
  rig.clock(SIX - 1);
  assert.deepEqual([sent(rig), reason(rig, 2)], [[], "between_runs"]);
  rig.clock(SIX);
  assert.deepEqual(sent(rig), [["B52.5", "bid", 80, 50, "value"]]);
  for (const seconds of [0.1, 6, 300, 600]) rig.clock(SIX + seconds);
  assert.deepEqual(held(rig), [0, 0, 50, 0]);
  assert.equal(rig.placed.length, 1, "more is displayed, but its order of this run was sent");
  rig.clock(SIX + 601);
  assert.equal(reason(rig, 2), "between_runs");
  show(rig, EIGHT - 100, CHEAP.map((quote, k): Quote => k === 2 ? [6_800, 10_000, 7_000, 50_000] : quote));
  tell(rig, EIGHT - 60, { peakF: 52 });
  rig.clock(EIGHT);
  assert.deepEqual(sent(rig, 1), [["B52.5", "bid", 70, 50, "value"]]);
});

Deno.test("a restart within a run buys nothing that was bought", () => {
  const rig = weatherRig({ ...QUIET, slippage: 0, event_budget: 50 });
  show(rig, SIX - 100, CHEAP);
  tell(rig, SIX - 60, { peakF: 52 });
  rig.clock(SIX);
  rig.clock(SIX + 1);
  assert.deepEqual(held(rig), [0, 0, 50, 0]);
  const positions = rig.records("position").slice(-1);
  const account = rig.records("account").slice(-1)[0];
  const { resume } = engineOptions();
  const again = weatherRig({ ...QUIET, slippage: 0, event_budget: 50 }, { resume: { ...resume, account, positions } });
  show(again, SIX + 30, CHEAP);
  tell(again, SIX + 31, { peakF: 52 });
  for (const seconds of [32, 60, 300]) again.clock(SIX + seconds);
  assert.deepEqual([held(again), again.placed.length], [[0, 0, 50, 0], 0]);
});

Deno.test("between runs an observation that changes the day closes what is held, with an order that only closes", () => {
  const rig = weatherRig({ slippage: 0, max_contracts: 20 });
  show(rig, SIX - 100, CHEAP);
  tell(rig, SIX - 60, { peakF: 52 });
  rig.clock(SIX);
  rig.clock(SIX + 1);
  assert.deepEqual(held(rig), [0, 0, 20, 0]);
  tell(rig, SIX + 1_800, { peakF: 52 });
  const [newest] = readingOf(DAY, after(SIX + 1_800), { peakF: 52 }).observations.slice(-1);
  const observedAt = after(SIX + 1_790);
  rig.step({ ...newest, at: after(SIX + 1_801), observedAt, temperatureF: 55.2 });
  const exits = rig.placed.filter(({ signal }) => signal === "exit");
  assert.deepEqual(exits.map(({ side, price, count, reduceOnly }) => [side, price, count, reduceOnly]), [
    ["ask", 7_000, 2_000, true],
  ]);
  rig.clock(SIX + 1_802);
  assert.equal(held(rig)[2], 0);
});

Deno.test("a maker's order rests during a run, moves as others move, and is taken back when it ends or the edge is gone", () => {
  const rig = weatherRig({ ...QUIET, execution: "maker" });
  const resting = () =>
    [...rig.engine.desk.orders.openIn(TICKERS[2])].map((
      { terms, phase, intent },
    ) => [terms.price, phase, intent.postOnly]);
  show(rig, SIX - 100, CHEAP);
  tell(rig, SIX - 60, { peakF: 52 });
  rig.clock(SIX);
  rig.clock(SIX + 1);
  assert.deepEqual(resting(), [[7_100, "resting", true]]);
  const outbid = CHEAP.map((quote, k): Quote => k === 2 ? [7_400, 10_000, 8_000, 50_000] : quote);
  show(rig, SIX + 2, outbid);
  rig.clock(SIX + 3);
  assert.deepEqual(resting(), [[7_100, "resting", true]], "not within the cooldown");
  for (let seconds = 4; seconds < 10; seconds++) rig.clock(SIX + seconds);
  assert.deepEqual(resting(), [[7_500, "resting", true]]);
  const gone = CHEAP.map((quote, k): Quote => k === 2 ? [9_500, 10_000, 9_800, 50_000] : quote);
  show(rig, SIX + 20, gone);
  for (const seconds of [21, 22]) rig.clock(SIX + seconds);
  assert.deepEqual(resting(), []);
  assert.equal(reason(rig, 2), "no_edge");
  show(rig, SIX + 30, CHEAP);
  for (const seconds of [31, 599, 600]) rig.clock(SIX + seconds);
  assert.deepEqual(resting(), [[7_100, "resting", true]]);
  rig.clock(SIX + 601);
  rig.clock(SIX + 602);
  assert.deepEqual([resting(), reason(rig, 2)], [[], "between_runs"]);
  assert.deepEqual(held(rig), [0, 0, 0, 0]);
});

Deno.test("more than is displayed is bought in slices, over the time that is set", () => {
  const pace = { execution: "twap", pace_seconds: 100, pace_slices: 4, depth_share: 0.1 };
  const rig = weatherRig({ ...QUIET, ...pace, slippage: 0, max_contracts: 120, event_budget: 1_000 });
  show(rig, SIX - 100, CHEAP);
  tell(rig, SIX - 60, { peakF: 52 });
  const bought: number[] = [];
  for (let second = 0; second <= 110; second++) {
    // Somebody offers as much again.
    if (second % 10 === 0) {
      show(rig, SIX + second, CALM);
      show(rig, SIX + second + 0.1, CHEAP);
    }
    rig.clock(SIX + second + 0.5);
    if (second % 25 === 5) bought.push(held(rig)[2]);
  }
  assert.deepEqual(bought.slice(0, 4), [30, 60, 90, 120], "a quarter in each quarter of the time");
  assert.ok(rig.placed.every(({ count }) => count <= 5_000), "and no slice is more than a tenth of what is displayed");
});

Deno.test("a bucket that disappears, or comes late, and a strike that is told late, on the way", () => {
  const rig = weatherRig({ slippage: 0, max_contracts: 10, cooldown: 0 });
  show(rig, SIX - 100, CALM);
  tell(rig, SIX - 60, { peakF: 52 });
  const body = { ...BUCKETS[2], event: EVENT, series: "KXHIGHNY", closeTime: DAY.span.end, shard: 0 } as const;
  rig.market(SIX - 50, { ...body, strikeType: null, floorStrike: null, capStrike: null });
  show(rig, SIX - 40, CHEAP);
  rig.clock(SIX);
  assert.deepEqual([sent(rig), reason(rig, 2)], [[], "no_strike"]);
  rig.market(SIX + 1, { ...BUCKETS[0], event: EVENT, series: "KXHIGHNY", closeTime: DAY.span.end, status: "inactive" });
  rig.clock(SIX + 2);
  assert.equal(reason(rig, 0), "not_active");
  rig.market(SIX + 3, body);
  assert.deepEqual(sent(rig), [["B52.5", "bid", 80, 10, "value"]], "as soon as its strike is known");
  const late = `${EVENT}-T60`;
  rig.market(SIX + 60, { ...body, ticker: late, strikeType: "greater", floorStrike: 60, capStrike: null });
  rig.market(SIX + 61, { ...BUCKETS[0], event: EVENT, series: "KXHIGHNY", closeTime: DAY.span.end });
  rig.book(SIX + 61.5, [[100, 1_000]], [[8_500, 1_000]], null, TICKERS[0]);
  rig.clock(SIX + 62);
  assert.equal(reason(rig, 3), "joining");
  rig.market(SIX + 63, { ...body, ticker: late, priceRanges: [] });
  rig.clock(SIX + 100);
  assert.equal(reason(rig, 0), "not_whole");
});

// --- rates ------------------------------------------------------------------------------------------------------------

Deno.test("rates: a maker's order rests until the blackout, and is gone before the statement", () => {
  const strategies = [{ name: "rates", enabled: true, parameters: { execution: "maker", doubt_weight: 0 } }];
  const rig = new Rig({ strategies });
  const event = "KXFEDDECISION-26DEC";
  const statement = at("2026-12-09T19:00:00Z");
  const outcomes = ["C25", "H0", "H25"].map((outcome) => `${event}-${outcome}`);
  const start = statement - 8_000;
  for (const ticker of outcomes) {
    rig.market(start, {
      ticker,
      event,
      series: "KXFEDDECISION",
      strikeType: "custom",
      floorStrike: null,
      openTime: NOON,
      closeTime: time("2026-12-09T18:59:00Z"),
      fees: { type: "quadratic_with_maker_fees", multiplierMillionths: 1_000_000 },
    });
  }
  const quotes = [[3_000, 3_600], [5_600, 6_400], [50, 300]];
  for (const [k, [bid, ask]] of quotes.entries()) {
    rig.book(start + 1, [[bid, 10_000]], [[ONE_DOLLAR_PRICE - ask, 10_000]], null, outcomes[k]);
  }
  const told = after(start + 2);
  rig.step({
    type: "fed_funds",
    at: told,
    effective: { day: "2026-12-08", rate: 3.63 },
    target: { lower: 3.5, upper: 3.75 },
    futures: [{ month: "2026-12", price: 96.441 }],
    sourceTime: told,
  });
  const code = () => standingOf(rig, "rates", outcomes[0]).opinion?.refusal?.code;
  const open = () => [...rig.engine.desk.orders.openIn(outcomes[0])].map(({ intent }) => [intent.side, intent.price]);
  rig.clock(start + 30);
  rig.clock(start + 31);
  assert.deepEqual(open(), [["bid", 3_010]]);
  assert.ok(rig.placed.every(({ strategy, postOnly }) => strategy === "rates" && postOnly));
  rig.clock(statement - 3_661);
  assert.equal(code(), "rates_stale", "nobody told of prices for more than an hour");
  const later = after(statement - 3_700);
  assert.ok(later > told);
  rig.clock(statement - 1_801);
  assert.notEqual(code(), "blackout");
  rig.clock(statement - 1_800);
  rig.clock(statement - 1_799);
  assert.deepEqual([code(), open()], ["blackout", []]);
});

// --- any books, any weather, any bounds ---------------------------------------------------------------------------------

const quote = fc.tuple(
  fc.integer({ min: 1, max: 97 }),
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 60_000 }),
)
  .map(([bid, width, size]): Quote => [bid * 100, size, Math.min(99, bid + width) * 100, size]);
const books = fc.array(quote, { minLength: 4, maxLength: 4 });
const days = fc.array(
  fc.record({ books, peakF: fc.integer({ min: 46, max: 58 }), seconds: fc.integer({ min: 1, max: 200 }) }),
  { minLength: 1, maxLength: 6 },
);
const dollars = fc.integer({ min: 1, max: 300 });
const scene = fc.record({
  days,
  execution: fc.constantFrom("sniper", "maker", "twap", "vwap"),
  kelly_mode: fc.constantFrom("scale", "cap"),
  kelly_fraction: fc.constantFrom(0.01, 0.25, 1),
  event_budget: dollars,
  budget: dollars,
  order: dollars,
  market: dollars,
  max_contracts: fc.integer({ min: 1, max: 400 }),
  ranges: fc.constantFrom("linear_cent", "deci_cent", "tapered_deci_cent"),
});

Deno.test("whatever comes, prices are on the grid, no cap, budget or position is passed, and a sniper asks for nothing that risk refuses", () => {
  const runs = Deno.env.get("KBOT_TEST_FULL") === "1" ? 2_000 : 60;
  const seen = { orders: 0, fills: 0, exits: 0 };
  fc.assert(
    fc.property(scene, (made) => {
      const { event_budget, max_contracts, execution, kelly_mode, kelly_fraction } = made;
      const parameters = {
        event_budget,
        max_contracts,
        execution,
        kelly_mode,
        kelly_fraction,
        max_edge: 1,
        doubt_weight: 0.2,
        cooldown: 0,
        min_price: 0,
        slippage: 0.02,
        depth_share: 1,
      };
      const { risk } = engineOptions();
      const cents = (whole: number) => money(whole * 1_000_000);
      const rig = new Rig({
        risk: { ...risk, order: cents(made.order), market: cents(made.market) },
        allocation: {
          method: "fixed",
          totalPercent: 100,
          totalUsd: null,
          strategies: [{ name: "weather", percent: 100, usd: cents(made.budget) }],
          floorPercent: 0,
          ceilingPercent: 100,
          stepPercent: 100,
          halfLifeDays: 20,
          hour: 0,
          zone: "UTC",
        },
        strategies: [{ name: "weather", enabled: true, parameters }],
      });
      for (const bucket of BUCKETS) {
        const priceRanges = NAMED_PRICE_RANGES[made.ranges];
        rig.market(SIX - 3_600, {
          ...bucket,
          event: EVENT,
          series: "KXHIGHNY",
          closeTime: DAY.span.end,
          priceRanges,
          shard: 0,
        });
      }
      let now: number = SIX - 60;
      for (const each of made.days) {
        now += each.seconds;
        show(rig, now, each.books);
        tell(rig, now + 0.1, each);
        for (const seconds of [0.2, 0.4, 1, 2]) {
          rig.clock(now + seconds);
          check(rig, made);
        }
      }
      seen.orders += rig.placed.length;
      seen.exits += rig.placed.filter(({ reduceOnly }) => reduceOnly).length;
      seen.fills += rig.records("trade").length;
    }),
    { seed: 67, numRuns: runs, endOnFailure: true },
  );
  console.log(`${runs} runs: ${seen.orders} orders, ${seen.exits} exits, ${seen.fills} fills`);
  assert.ok(seen.orders > runs && seen.fills > runs / 2 && seen.exits > 5, JSON.stringify(seen));
});

interface Bounds {
  readonly execution: EventValueParameters["execution"];
  readonly budget: number;
  readonly order: number;
  readonly market: number;
  readonly max_contracts: number;
}

function check(rig: Rig, { budget, order, market, max_contracts, execution }: Bounds): void {
  const { desk } = rig.engine;
  const MICRO = 1_000_000;
  // What only closes is reckoned with like any other order while it is open, and no cap holds it back. An order that is
  // being changed counts at the larger size and the worse price, which it never has both.
  if (![...desk.orders.open()].some(({ intent, change }) => intent.signal === "exit" || change !== null)) {
    assert.ok(desk.exposure.inUse("weather") <= budget * MICRO, "the strategy's budget");
    assert.ok(desk.exposure.largestMarket <= market * MICRO, "the market's cap");
  }
  for (const { ticker, side, price, count, signal } of rig.placed) {
    assert.ok(stateOf(rig, ticker).grid?.has(price), `${price} is on the grid`);
    const stake = (side === "bid" ? price : ONE_DOLLAR_PRICE - price) * count;
    assert.ok(signal === "exit" || stake <= order * MICRO, "the order's cap");
  }
  for (const ticker of TICKERS) {
    const position = desk.ledger.partOf(ticker, "weather");
    for (const side of [1, -1]) {
      let most = Math.max(0, side * position);
      for (const order of desk.orders.openIn(ticker)) {
        const { intent } = order;
        if ((intent.side === "bid" ? 1 : -1) === side && !intent.reduceOnly && intent.signal !== "exit") {
          most += remaining(order);
        }
      }
      assert.ok(most <= max_contracts * 100, `${most} of ${ticker}, ${max_contracts} contracts allowed`);
    }
  }
  // What a maker takes back in one market is bound until that is confirmed, and its order in another waits for risk.
  if (execution === "sniper") assert.deepEqual([...desk.refusals.keys()], [], "asked for nothing that risk refuses");
}

Deno.test("what was recorded gives the same decisions again", () => {
  const run = () => {
    const rig = weatherRig({ slippage: 0.01 });
    show(rig, SIX - 100, CHEAP);
    tell(rig, SIX - 60, { peakF: 52 });
    for (const seconds of [0, 1, 100, 700]) rig.clock(SIX + seconds);
    assert.ok(rig.placed.length > 0);
    return rig.engine.decisionHash;
  };
  assert.equal(run(), run());
});
