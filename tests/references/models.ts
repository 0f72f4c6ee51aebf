/**
 * What the models answer to the question of a reference, and how far they may be off besides the errors of simulation.
 * @module
 */

import assert from "node:assert/strict";
import { z } from "zod";
import { GaussianProcess } from "../../src/backtest/search/gaussian_process.ts";
import { deflatedSharpe, varianceOf } from "../../src/backtest/statistics/deflated_sharpe.ts";
import { momentsOf } from "../../src/backtest/statistics/moments.ts";
import { overfittingOf } from "../../src/backtest/statistics/overfitting.ts";
import { parseTime } from "../../src/core/units.ts";
import { digitalAbove } from "../../src/models/digital.ts";
import { fedOutlook } from "../../src/models/fed_funds.ts";
import { atTheMoney } from "../../src/models/implied_volatility.ts";
import { feeAdjustedKelly } from "../../src/models/kelly.ts";
import { simulate } from "../../src/models/monte_carlo.ts";
import { type PriceModel, usualMode } from "../../src/models/monte_carlo_request.ts";
import {
  brierOf,
  decomposeBrier,
  logLossOf,
  meanScore,
  sharpness,
  wilsonInterval,
} from "../../src/models/probability_scores.ts";
import { randomWalkNo } from "../../src/models/random_walk.ts";
import { SettlementAverage, settlementAverageAbove } from "../../src/models/settlement_average.ts";
import { settlementGreeks } from "../../src/models/settlement_greeks.ts";
import type { SettlementRule } from "../../src/models/settlement_interval.ts";
import { SettlementLadder } from "../../src/models/settlement_ladder.ts";
import { garchLogLikelihood } from "../../src/models/volatility_garch.ts";
import { randomPrices } from "../../src/models/volatility_fixture.ts";
import { HarVolatility } from "../../src/models/volatility_har.ts";
import type { Reference } from "./stored.ts";

type Numbers = Readonly<Record<string, number>>;

export interface Values {
  readonly values: Numbers;
  /** Standard errors, where ours are simulated too. */
  readonly errors?: Numbers;
}

export interface ComparedModel {
  /** What the test claims of it. */
  readonly claim: string;
  ours(given: Reference["given"]): Values;
  /** How far a value may be off, standard errors aside. */
  allowed(key: string, reference: Reference): number;
}

/** A model whose questions have a shape. */
function model<Given>(
  claim: string,
  shape: z.ZodType<Given>,
  ours: (given: Given) => Values,
  allowed: ComparedModel["allowed"],
): ComparedModel {
  return { claim, ours: (given) => ours(shape.parse(given)), allowed };
}

const n = z.number();
/** Rounding, of values around 1. */
const TIGHT = () => 1e-14;
/** Rounding, relative to the value. */
const relative = (share: number) => (key: string, { values }: Reference): number => share * Math.abs(values[key]);

const kelly = model(
  "the Kelly fraction is where expected log wealth is largest,",
  z.strictObject({ probability: n, price: n, fee: n, settlementFee: n }),
  (bet) => ({ values: { fraction: feeAdjustedKelly(bet) } }),
  TIGHT,
);

const digital = model(
  "a digital option is worth",
  z.strictObject({ spot: n, strike: n, sigma: n, seconds: n }),
  ({ spot, strike, sigma, seconds }) => ({ values: { above: digitalAbove(spot, strike, sigma, seconds) } }),
  TIGHT,
);

const randomWalk = model(
  "a random walk stays below a strike",
  z.strictObject({ spot: n, strike: n, deviation: n, minutes: n }),
  ({ spot, strike, deviation, minutes }) => {
    const result = randomWalkNo(spot, strike, deviation, minutes);
    assert.ok(result.ok);
    return { values: { no: result.probabilityOfNo } };
  },
  TIGHT,
);

const wilson = model(
  "Wilson's interval is",
  z.strictObject({ yes: n, n }),
  ({ yes, n }) => ({ values: { ...wilsonInterval(yes, n) } }),
  TIGHT,
);

const scores = model(
  "forecasts score",
  z.strictObject({ probabilities: z.array(n), outcomes: z.array(n) }),
  ({ probabilities, outcomes }) => {
    const forecasts = probabilities.map((probability, k) => ({ probability, yes: outcomes[k] === 1 }));
    return {
      values: {
        brier: meanScore(forecasts, brierOf) ?? NaN,
        log_loss: meanScore(forecasts, logLossOf) ?? NaN,
        sharpness: sharpness(forecasts) ?? NaN,
        uncertainty: decomposeBrier(forecasts)?.uncertainty ?? NaN,
      },
    };
  },
  TIGHT,
);

const garch = model(
  "returns are as likely under GARCH(1,1)",
  z.strictObject({
    parameters: z.strictObject({ omega: n, alpha: n, beta: n }),
    first: n,
    returns: z.array(n.nullable()),
  }),
  ({ parameters, first, returns }) => {
    const known = returns.map((each) => each ?? NaN);
    return { values: { log_likelihood: garchLogLikelihood(known, parameters, first, 0) } };
  },
  relative(1e-14),
);

const HORIZONS = [30, 60, 290, 900];

const har = model(
  "the autoregression of minutes learns and forecasts",
  z.strictObject({ seed: n, minutes: n, calm: n, wild: n, period: n }),
  ({ seed, minutes, calm, wild, period }) => {
    const forecaster = new HarVolatility();
    const sigmaAt = (second: number): number => Math.floor(second / period) % 2 === 0 ? calm : wild;
    for (const [second, price] of randomPrices(seed, 0, 60 * minutes, sigmaAt)) {
      assert.equal(forecaster.push(second, price), null);
    }
    const { error_variance: _, ...learnt } = forecaster.describe().parameters;
    const sigmas = HORIZONS.map((seconds) => [`sigma ${seconds}`, forecaster.forecast(seconds) ?? NaN]);
    return { values: { ...learnt, ...Object.fromEntries(sigmas) } };
  },
  // A return made of two prices has lost half of its digits.
  relative(1e-9),
);

const smile = model(
  "a smile is read between its strikes",
  z.strictObject({ strikes: z.array(n), volatilities: z.array(n), forward: n }),
  ({ strikes, volatilities, forward }) => {
    const points = strikes.map((strike, k) => ({ strike, volatility: volatilities[k] }));
    return { values: { volatility: atTheMoney(points, forward) ?? NaN } };
  },
  TIGHT,
);

const fedFunds = model(
  "fed funds futures imply rates and target ranges",
  z.strictObject({
    effective: z.strictObject({ day: z.string(), rate: n }),
    target: z.strictObject({ lower: n, upper: n }),
    futures: z.array(z.strictObject({ month: z.string(), price: n })),
    now: z.string(),
  }),
  ({ now, ...rates }) => {
    const at = parseTime(now);
    assert.ok(at !== null);
    const outlook = fedOutlook({ ...rates, sourceTime: at }, at);
    assert.ok(outlook.ok, JSON.stringify(outlook));
    const values = outlook.value.meetings.flatMap(({ meeting, after, upperBounds }): [string, number][] => [
      [`${meeting.month} rate`, after],
      ...upperBounds.map(({ basisPoints, probability }): [string, number] => [
        `${meeting.month} ${basisPoints}`,
        probability,
      ]),
    ]);
    return { values: Object.fromEntries(values) };
  },
  // Prices such as 96.41 lose some 1e-14 in float64; every split and every step of 0.25 makes a few times more of it.
  () => 1e-12,
);

const STATE = z.strictObject({ spot: n, sigma: n, secondsToClose: n, seenSum: n, seenCount: n, strike: n });

/** What the third cumulant leaves of the distance between the closed form and the truth, at a market's volatilities. */
const AVERAGE_ERROR = 1e-8;

const averageOf = ({ spot, sigma, secondsToClose, seenSum, seenCount, strike }: z.infer<typeof STATE>): Values => ({
  values: { above: settlementAverageAbove(spot, strike, sigma, secondsToClose, seenSum, seenCount) },
});

const average = model("the settlement average ends above a strike", STATE, averageOf, () => AVERAGE_ERROR);

const wildAverage = model(
  "far from any market's volatility, the settlement average nearly ends above a strike",
  STATE,
  averageOf,
  // As settlement_average.ts says.
  (_, { given }) => given.sigma === 0.03 ? 1e-3 : 4e-3,
);

const rule = (strikeType: SettlementRule["strikeType"], floor: number | null, cap: number | null): SettlementRule => ({
  strikeType,
  floorStrike: floor,
  capStrike: cap,
  roundDigits: 2,
});

const ladder = model(
  "the buckets of a ladder hold the settlement average",
  z.strictObject({ spot: n, sigma: n, secondsToClose: n, floors: z.array(n), width: n }),
  ({ spot, sigma, secondsToClose, floors, width }) => {
    const inside = floors.slice(0, -1).map((floor) => rule("between", floor, floor + width - 0.01));
    const top = floors[floors.length - 1];
    const rules = [rule("less", null, floors[0]), ...inside, rule("greater_or_equal", top, null)];
    const made = SettlementLadder.from(rules);
    assert.ok(made.ok);
    const priced = made.ladder.price(new SettlementAverage().prepare(spot, sigma, secondsToClose));
    const names = [`below ${floors[0]}`, ...floors.map((floor) => `from ${floor}`)];
    return { values: Object.fromEntries(names.map((name, k) => [name, priced[k]])) };
  },
  () => 2 * AVERAGE_ERROR,
);

function greeksOf({ strike, ...state }: z.infer<typeof STATE>): Values {
  const result = settlementGreeks(state, rule("greater_or_equal", strike, null));
  assert.ok(result.ok);
  return { values: { ...result.greeks } };
}

const lastValueGreeks = model(
  "with one value to come, probability and Greeks are those of an option,",
  STATE,
  greeksOf,
  relative(1e-9),
);

// The closed form is off by some 1e-8 in probability, its derivatives by somewhat more of themselves.
const greeks = model("Greeks of the settlement average are", STATE, greeksOf, relative(1e-5));

const MODEL_SHAPE: z.ZodType<PriceModel> = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("gbm") }),
  z.strictObject({ name: z.literal("jump"), intensity: n, mean: n, deviation: n }),
  z.strictObject({ name: z.literal("student"), degrees: n }),
  z.strictObject({ name: z.literal("heston"), reversion: n, volatility: n, correlation: n }),
  z.strictObject({ name: z.literal("bootstrap"), returns: z.array(n) }),
]);

const PATHS = 1_000_000;

const monteCarlo = model(
  "each price model's simulation answers",
  z.strictObject({
    spot: n,
    strikes: z.array(n),
    sigma: n,
    seconds: n,
    seenMean: n.optional(),
    seenCount: n.optional(),
    model: MODEL_SHAPE,
  }),
  (given) => {
    const { model: { name }, strikes } = given;
    const estimator = name === "bootstrap" ? "plain" : "control";
    const answer = simulate({ ...given, mode: usualMode(name), estimator, kernel: "strict", paths: PATHS, seed: 20 });
    assert.ok(!("error" in answer), "error" in answer ? answer.error : "");
    const byStrike = (numbers: readonly number[]): Numbers =>
      Object.fromEntries(strikes.map((strike, k) => [`${strike}`, numbers[k]]));
    return { values: byStrike(answer.probabilities), errors: byStrike(answer.standardErrors) };
  },
  // The short logarithm of the kernel may move a probability by a part in 90,000 of it.
  relative(1 / 90_000),
);

const moments = model(
  "a series has the moments",
  z.strictObject({ values: z.array(n) }),
  ({ values }) => {
    const { mean = NaN, deviation = NaN, skewness = NaN, kurtosis = NaN } = momentsOf(values) ?? {};
    return { values: { mean, deviation, skewness, kurtosis } };
  },
  () => 1e-12,
);

const deflated = model(
  "the best of many trials stands out",
  z.strictObject({ returns: z.array(n), sharpes: z.array(n), trials: n }),
  ({ returns, sharpes, trials }) => {
    const judged = deflatedSharpe(returns, varianceOf(sharpes), trials);
    assert.ok(judged !== null);
    return { values: { ...judged } };
  },
  () => 1e-12,
);

const overfitting = model(
  "what is best in one half of the time is not so in the other",
  z.strictObject({ trials: z.array(z.array(n)), performance: z.enum(["sum", "sharpe"]) }),
  ({ trials, performance }) => {
    const judged = overfittingOf(trials, performance);
    assert.ok(judged !== null);
    return { values: { ...judged } };
  },
  () => 1e-12,
);

const gaussianProcess = model(
  "a Gaussian process says between its points",
  z.strictObject({
    points: z.array(z.array(n)),
    values: z.array(n),
    lengths: z.array(n),
    noise: n,
    query: z.array(n),
  }),
  ({ points, values, lengths, noise, query }) => {
    const process = new GaussianProcess(points, values, { lengths, noise });
    return { values: { ...process.predict(query), logLikelihood: process.logLikelihood } };
  },
  // Four digits of sixteen are lost where the noise is a ten-thousandth of the whole.
  () => 1e-9,
);

/** By the name that references.py gives them. */
export const MODELS: Readonly<Record<string, ComparedModel>> = {
  kelly,
  fed_funds: fedFunds,
  digital,
  random_walk: randomWalk,
  last_value_greeks: lastValueGreeks,
  wilson,
  scores,
  garch,
  har,
  smile,
  average,
  wild_average: wildAverage,
  ladder,
  greeks,
  monte_carlo: monteCarlo,
  moments,
  deflated_sharpe: deflated,
  overfitting,
  gaussian_process: gaussianProcess,
};
