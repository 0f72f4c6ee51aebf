import assert from "node:assert/strict";
import type { FedFundsInput } from "../core/input.ts";
import { aMarket } from "../core/market_fixture.ts";
import type { FeeSchedule, Market } from "../core/market.ts";
import { type Micros, micros, MICROS_PER_SECOND, parseTime } from "../core/units.ts";
import { fedOutlook } from "../models/fed_funds.ts";
import { groupOf, ordersOf, type Quoted, reasonsOf } from "./arbitrage_fixture.ts";
import { statesOf } from "./event_outlook.ts";
import { rates, type RatesParameters, ratesParameters } from "./rates.ts";
import { blackoutObstacle, ratesOutlook } from "./rates_outlook.ts";
import type { GroupOpinion } from "./strategy.ts";

function time(text: string): Micros {
  const at = parseTime(text);
  assert.ok(at !== null, text);
  return at;
}

const NOVEMBER = time("2026-11-20T15:00:00Z");
const MAKERS_PAY: FeeSchedule = { type: "quadratic_with_maker_fees", multiplierMillionths: 1_000_000 };
const OUTCOMES = ["C26", "C25", "H0", "H25", "H26"] as const;

/** December's contract and those behind it: a cut of 25 in December has a probability of 0.4 (models/fed_funds_test.ts). */
const CUT = 0.40018181818181815;
function fedFunds(change: Partial<FedFundsInput> = {}): FedFundsInput {
  const prices = [96.441, 96.48, 96.52, 96.52];
  return {
    type: "fed_funds",
    at: NOVEMBER,
    effective: { day: "2026-11-19", rate: 3.63 },
    target: { lower: 3.5, upper: 3.75 },
    futures: prices.map((price, k) => ({
      month: new Date(Date.UTC(2026, 11 + k, 1)).toISOString().slice(0, 7),
      price,
    })),
    sourceTime: time("2026-11-20T14:55:00Z"),
    ...change,
  };
}

const onDecision = (outcome: string, event = "KXFEDDECISION-26DEC"): Market =>
  aMarket({
    ticker: `${event}-${outcome}`,
    event,
    series: "KXFEDDECISION",
    strikeType: "custom",
    floorStrike: null,
    fees: MAKERS_PAY,
  });

const onRate = (strike: string, change: Partial<Market> = {}, event = "KXFED-26DEC"): Market =>
  aMarket({
    ticker: `${event}-T${strike}`,
    event,
    series: "KXFED",
    strikeType: "greater",
    floorStrike: Number(strike),
    fees: MAKERS_PAY,
    ...change,
  });

const settings = (change: Partial<RatesParameters> = {}): RatesParameters => ratesParameters.parse(change);

/** P(YES) of these markets of one event, with the doubt of both sides. */
function valued(markets: readonly Market[], change: Partial<RatesParameters> = {}) {
  const reading = fedFunds();
  const outlook = ratesOutlook(markets[0], reading, fedOutlook(reading, NOVEMBER), NOVEMBER, settings(change));
  assert.ok("probabilities" in outlook, JSON.stringify(outlook));
  const { probabilities, markets: found } = statesOf(outlook, markets);
  assert.ok(Math.abs(probabilities.reduce((sum, each) => sum + each, 0) - 1) < 1e-12);
  return markets.map(({ ticker }) => found.get(ticker) ?? null);
}

const near = (actual: number | undefined, expected: number, what: string): void =>
  assert.ok(Math.abs((actual ?? NaN) - expected) < 1e-12, `${what}: ${actual} is not ${expected}`);

Deno.test("a decision: futures split a move in two, and surprises reach a step beyond, worked by hand", () => {
  const markets = OUTCOMES.map((outcome) => onDecision(outcome));
  const known = valued(markets, { surprise: 0, rate_doubt: 0 });
  [0, CUT, 1 - CUT, 0, 0].forEach((wanted, at) => near(known[at]?.probability, wanted, OUTCOMES[at]));
  // A fiftieth of each goes to its neighbours.
  const wanted = [0.01 * CUT, 0.98 * CUT + 0.01 * (1 - CUT), 0.98 * (1 - CUT) + 0.01 * CUT, 0.01 * (1 - CUT), 0];
  const found = valued(markets);
  wanted.forEach((probability, at) => near(found[at]?.probability, probability, OUTCOMES[at]));
  // A rate that lies a basis point higher moves a twenty-fifth of each up by a step, one that lies lower down.
  const [, cut, hold] = found;
  near(cut?.doubt.bid, 0.04 * wanted[1] - 0.04 * wanted[0], "C25 by a higher rate");
  near(cut?.doubt.ask, 0.04 * wanted[2] - 0.04 * wanted[1], "C25 by a lower rate");
  near(hold?.doubt.bid, 0.04 * wanted[2] - 0.04 * wanted[3], "H0 by a lower rate");
});

Deno.test("upper bounds: strictly above the strike, and sums of the decision's outcomes", () => {
  const strikes = ["3.00", "3.25", "3.50", "3.75", "4.00"];
  const found = valued(strikes.map((strike) => onRate(strike)), { surprise: 0, rate_doubt: 0 });
  [1, 1, 1 - CUT, 0, 0].forEach((wanted, at) => near(found[at]?.probability, wanted, strikes[at]));
  const [decided] = [valued(OUTCOMES.map((outcome) => onDecision(outcome)))];
  const [above] = valued([onRate("3.50")]);
  near(above?.probability, [2, 3, 4].reduce((sum, at) => sum + (decided[at]?.probability ?? NaN), 0), "hold and hikes");
});

Deno.test("a later meeting: its own outcomes, and twice the doubt", () => {
  const [, , hold] = valued(OUTCOMES.map((outcome) => onDecision(outcome, "KXFEDDECISION-27JAN")), { surprise: 0 });
  // From 77.659 / 22 to 3.48 (models/fed_funds_test.ts).
  const cut = (77.659 / 22 - 3.48) / 0.25;
  near(hold?.probability, 1 - cut, "hold");
  near(hold?.doubt.bid, 0.08 * (1 - cut), "by two basis points lower");
  near(hold?.doubt.ask, 0.08 * cut - 0.08 * (1 - cut) > 0 ? 0.08 * (2 * cut - 1) : 0, "by two basis points higher");
});

Deno.test("markets whose strike and ticker disagree, or that are on something else, have no rule", () => {
  const cases: readonly Market[] = [
    onRate("3.50", { floorStrike: 3.25 }),
    onRate("3.50", { floorStrike: null }),
    onRate("3.50", { strikeType: null }),
    onRate("3.50", { strikeType: "greater_or_equal" }),
    onDecision("C50"),
    onDecision("X25"),
  ];
  for (const market of cases) {
    const [first] = valued([market.series === "KXFED" ? onRate("3.25") : onDecision("H0"), market]).slice(1);
    assert.equal(first, null, `${market.ticker} ${market.strikeType} ${market.floorStrike}`);
  }
});

interface Scene {
  readonly at?: Micros;
  readonly fedFunds?: FedFundsInput | null;
  readonly markets?: readonly Market[];
  readonly prices?: readonly (readonly [bid: number, ask: number])[];
  readonly parameters?: Partial<RatesParameters>;
}

/** About what the futures say of December. */
const CALM = [[0.5, 3], [38, 42], [57, 61], [0.5, 3], [0.5, 3]] as const;

function decide({ at = NOVEMBER, markets, prices = CALM, parameters, ...scene }: Scene): GroupOpinion {
  const reading = scene.fedFunds === undefined ? fedFunds() : scene.fedFunds;
  const closeTime = time("2026-12-09T18:59:00Z");
  const quoted = (markets ?? OUTCOMES.map((outcome) => onDecision(outcome))).map((market, k): Quoted => ({
    ticker: market.ticker,
    bid: [prices[k][0], 100],
    ask: [prices[k][1], 100],
    market: { ...market, closeTime },
    scene: { view: { at, fedFunds: reading, secondsToClose: (closeTime - at) / MICROS_PER_SECOND } },
  }));
  return rates.decideGroup(groupOf(quoted, { at }), settings({ slippage: 0, ...parameters }));
}

Deno.test("what keeps it still, each with its word, in every market of the event", () => {
  const cases: readonly (readonly [string, Scene])[] = [
    ["no_edge", {}],
    ["no_rates", { fedFunds: null }],
    ["rates_stale", { at: time("2026-11-20T16:00:00Z") }],
    ["no_outlook", { fedFunds: fedFunds({ effective: null }) }],
    ["no_outlook", { fedFunds: fedFunds({ target: { lower: 3.4, upper: 3.65 } }) }],
    ["out_of_reach", { markets: [onDecision("H0", "KXFEDDECISION-27SEP")] }],
    ["no_meeting", { markets: [onDecision("H0", "KXFEDDECISION-27AUG")] }],
    ["no_meeting", { markets: [aMarket({ ticker: "KXFED-26DEC", event: "KXFED-26DEC", series: "KXFED" })] }],
    ["decided", { markets: [onDecision("H0", "KXFEDDECISION-26OCT")] }],
    ["blackout", { at: time("2026-12-09T18:30:00Z") }],
    ["blackout", { at: time("2026-12-09T18:30:00Z"), fedFunds: null }],
    ["too_near_settlement", { parameters: { min_seconds: 2_000_000 } }],
    ["too_far_from_settlement", { parameters: { max_seconds: 1_000_000 } }],
  ];
  for (const [code, scene] of cases) {
    const opinions = decide(scene);
    assert.equal(opinions.size, scene.markets?.length ?? OUTCOMES.length);
    assert.deepEqual([reasonsOf(opinions), ordersOf(opinions)], [[code], []], code);
  }
});

Deno.test("nothing rests and nothing is sent around any statement, in summer and in winter time", () => {
  const cases = [["2026-12-09T19:00:00Z"], ["2027-01-27T19:00:00Z"], ["2027-03-17T18:00:00Z"], [
    "2027-07-28T18:00:00Z",
  ]];
  const periods = { blackout_before: 1_800, blackout_after: 900 };
  for (const [text] of cases) {
    const code = (seconds: number) => blackoutObstacle(micros(time(text) + seconds * MICROS_PER_SECOND), periods)?.code;
    for (const seconds of [-1_800, -1, 0, 899]) assert.equal(code(seconds), "blackout", `${text} and ${seconds} s`);
    for (const seconds of [-1_801, 900, 86_400]) assert.equal(code(seconds), undefined, `${text} and ${seconds} s`);
  }
  const [december] = cases;
  assert.match(
    blackoutObstacle(micros(time(december[0]) - 90 * MICROS_PER_SECOND), periods)?.text ?? "",
    /^The statement of 2026-12-09 comes in 1\.5 min$/,
  );
  const at = time("2026-12-09T18:30:00Z");
  const held = onDecision("H0", "KXFEDDECISION-27JAN");
  assert.deepEqual(reasonsOf(decide({ at, markets: [held] })), ["blackout"], "those of later meetings, too");
});

Deno.test("NO of a decision that is dear is bought; a maker pays fees here, and reckons with them", () => {
  const dear = [CALM[0], [38, 42], [70, 74], CALM[3], CALM[4]] as const;
  const wide = { doubt_weight: 0, kelly_fraction: 0.01 };
  const opinions = decide({ prices: dear, parameters: wide });
  assert.deepEqual(ordersOf(opinions).map(([leg, side, price]) => [leg, side, price]), [["H0", "ask", 70]]);
  const [{ evidence }] = [...opinions.values()].flatMap(({ targets }) => targets);
  const hold = 0.98 * (1 - CUT) + 0.01 * CUT;
  // NO costs 30; its fee is 1.47 cents, the buffer half a cent.
  near(evidence.edge ?? NaN, 1 - hold - 0.3 - 0.0147 - 0.005, "the sniper's edge");
  near(evidence.spot ?? NaN, 77.659 / 22, "the rate after the meeting");
  const [made] = [...decide({ prices: dear, parameters: { ...wide, execution: "maker" } }).values()]
    .flatMap(({ targets }) => targets);
  // At 73.9 cents of YES NO costs 26.1; a quarter of 0.07 x 0.261 x 0.739 is 0.338 cents, which is rounded up.
  assert.deepEqual([made.side, made.price, made.postOnly], ["ask", 7_390, true]);
  near(made.evidence.edge ?? NaN, 1 - hold - 0.261 - 0.0034 - 0.005, "the maker's edge");
});

Deno.test("a market whose strike comes late joins as soon as it has one", () => {
  const strikes = ["3.25", "3.50", "3.75"] as const;
  const prices = [[93, 97], [40, 42], [1, 4]] as const;
  const late = strikes.map((strike, at) => onRate(strike, at === 1 ? { strikeType: null, floorStrike: null } : {}));
  const parameters = { doubt_weight: 0 };
  assert.deepEqual(ordersOf(decide({ markets: late, prices, parameters })), []);
  const [order] = ordersOf(decide({ markets: strikes.map((strike) => onRate(strike)), prices, parameters }));
  assert.deepEqual(order.slice(0, 3), ["T3.50", "bid", 42]);
});

Deno.test("the same view gives the same opinion, whatever was asked before", () => {
  const readings = [96.441, 96.4, 96.43].map((price) =>
    fedFunds({ futures: fedFunds().futures.map((each, k) => k === 0 ? { ...each, price } : each) })
  );
  const wide = [CALM[0], [30, 32], CALM[2], CALM[3], CALM[4]] as const;
  const on = (reading: FedFundsInput, at = NOVEMBER) =>
    JSON.stringify([...decide({ fedFunds: reading, at, prices: wide })]);
  const first = readings.map((reading) => on(reading));
  for (const reading of readings.toReversed()) on(reading, micros(NOVEMBER + 120 * MICROS_PER_SECOND));
  assert.deepEqual(readings.map((reading) => on(reading)), first);
  assert.equal(new Set(first).size, 3);
});
