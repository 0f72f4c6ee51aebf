/**
 * The models' budgets of DESIGN.md 7: a closed form in 60 ns, 10,000 paths x 900 steps.
 * Each closed form is timed over 1,000 calls, because one call is shorter than the clock's tick.
 */

import { jointKelly } from "../../src/models/joint_kelly.ts";
import { payoffsAbove, payoffsOn, statesOfLadder } from "../../src/models/joint_kelly_states.ts";
import { simulate } from "../../src/models/monte_carlo.ts";
import { REFERENCE_JOB } from "./monte_carlo_jobs.ts";
import { normalCdf, normalInverse } from "../../src/models/normal.ts";
import { SettlementAverage, settlementAverageAbove, type SettlementRule } from "../../src/models/settlement_average.ts";
import { EwmaVolatility, RealisedVolatility } from "../../src/models/volatility.ts";

const CALLS = 1000;
/** Results go here, so that no call can be left out. */
const results = new Float64Array(1);

Deno.bench("normal distribution function, 1,000 calls", { group: "normal" }, () => {
  for (let k = 0; k < CALLS; k++) results[0] += normalCdf((k - 500) * 0.006);
});

Deno.bench("its inverse, 1,000 calls", { group: "normal" }, () => {
  for (let k = 0; k < CALLS; k++) results[0] += normalInverse((k + 0.5) / CALLS);
});

Deno.bench("closed form, all to come, 1,000 calls", { group: "closed form" }, () => {
  for (let k = 0; k < CALLS; k++) results[0] += settlementAverageAbove(84_000, 83_900 + k * 0.2, 0.0002, 900 - k % 800);
});

Deno.bench("closed form, 35 of 60 seen, 1,000 calls", { group: "closed form" }, () => {
  for (let k = 0; k < CALLS; k++) {
    results[0] += settlementAverageAbove(84_000, 83_950 + k * 0.1, 0.0002, 25, 84_020.5 * 35, 35);
  }
});

const prepared = new SettlementAverage().prepare(84_000, 0.0002, 600);

Deno.bench("closed form, prepared, 1,000 strikes", { group: "closed form" }, () => {
  for (let k = 0; k < CALLS; k++) results[0] += prepared.above(83_900 + k * 0.2);
});

const rules = Array.from({ length: CALLS }, (_, k): SettlementRule => ({
  strikeType: "greater_or_equal",
  floorStrike: 83_900 + k * 0.2,
  capStrike: null,
  roundDigits: 2,
}));

Deno.bench("closed form, prepared, 1,000 markets with their rounding", { group: "closed form" }, () => {
  for (const rule of rules) results[0] += prepared.probabilityOfYes(rule) ?? 0;
});

const prices = Array.from({ length: CALLS }, (_, k) => 84_000 + 20 * Math.sin(k * 0.7));
let second = 0;
const realised = new RealisedVolatility(900);
const weighted = new EwmaVolatility(120);

Deno.bench("realised volatility of 15 minutes, 1,000 prices", { group: "volatility" }, () => {
  for (const price of prices) realised.push(++second, price);
});

Deno.bench("weighted volatility, 1,000 prices", { group: "volatility" }, () => {
  for (const price of prices) weighted.push(++second, price);
});

Deno.bench("Monte Carlo, 10,000 paths x 900 steps", { group: "monte carlo" }, () => {
  const answer = simulate(REFERENCE_JOB);
  results[0] += "error" in answer ? NaN : answer.probabilities[0];
});

Deno.bench("Monte Carlo, 10,000 paths, a jump to the last minute", { group: "monte carlo" }, () => {
  const answer = simulate({ ...REFERENCE_JOB, mode: "exact_jump" });
  results[0] += "error" in answer ? NaN : answer.probabilities[0];
});

const bucketChances = [0.01, 0.03, 0.08, 0.17, 0.24, 0.21, 0.14, 0.07, 0.04, 0.01];
const bucketAsks = [0.03, 0.05, 0.06, 0.14, 0.26, 0.24, 0.11, 0.09, 0.05, 0.03];
const buckets = {
  probabilities: bucketChances,
  instruments: bucketAsks.flatMap((ask, at) => [
    { name: `${at} yes`, cost: ask + 0.01, payoffs: payoffsOn(10, at, "yes") },
    { name: `${at} no`, cost: 1 - ask + 0.03, payoffs: payoffsOn(10, at, "no") },
  ]),
  wealth: 1_000,
};
const everyEdge = { fraction: 0.25, mode: "scale", leastEdge: -1, targetEdge: -1 } as const;

Deno.bench("Kelly over 10 buckets, YES and NO, edges of 2 points and more", { group: "joint Kelly" }, () => {
  results[0] += jointKelly(buckets).ok ? 1 : 0;
});

Deno.bench("the same with every edge", { group: "joint Kelly" }, () => {
  results[0] += jointKelly(buckets, everyEdge).ok ? 1 : 0;
});

const above = Array.from({ length: 100 }, (_, at) => 1 / (1 + Math.exp((at - 50) / 8)));
const states = statesOfLadder(above);
const ladder = {
  probabilities: states.ok ? states.probabilities : [],
  instruments: above.flatMap((probability, at) => {
    const cost = Math.min(0.97, Math.max(0.02, probability + 0.04 * Math.sin(at * 1.7)));
    return [
      { name: `${at} yes`, cost: cost + 0.01, payoffs: payoffsAbove(101, at, "yes"), cap: 50 },
      { name: `${at} no`, cost: 1 - cost + 0.01, payoffs: payoffsAbove(101, at, "no"), cap: 50 },
    ];
  }),
  wealth: 1_000,
};

Deno.bench("Kelly over 100 strikes", { group: "joint Kelly" }, () => {
  results[0] += jointKelly(ladder, everyEdge).ok ? 1 : 0;
});
