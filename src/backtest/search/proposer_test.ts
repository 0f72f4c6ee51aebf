import assert from "node:assert/strict";
import type { Method } from "./choices.ts";
import { type Dimension, ParameterSpace } from "./parameter_space.ts";
import { Proposer, type Told } from "./proposer.ts";

const EDGE: Dimension = { kind: "range", name: "edge", low: 0.01, high: 0.1, scale: "log", step: null };
const REST: Dimension = { kind: "choice", name: "rest", values: [false, true] };
const SPACE = new ParameterSpace([EDGE, REST]);

interface Asked {
  readonly method: Method;
  readonly trials?: number;
  readonly seed?: number;
  readonly round?: number | null;
  readonly space?: ParameterSpace;
  readonly configured?: Readonly<Record<string, unknown>>;
}

/** All trials, and how many came in each round. */
function search({ method, trials = 24, seed = 1, round = null, space = SPACE, configured = {} }: Asked) {
  const proposer = new Proposer({ method, space, trials, seed, configured, round });
  const told: Told[] = [];
  const rounds: number[] = [];
  for (let next = proposer.next(told); next.length > 0; next = proposer.next(told)) {
    rounds.push(next.length);
    for (const parameters of next) {
      const { edge, rest } = parameters;
      // Best at 0.05 with rest; what is below 0.02 cannot be judged.
      told.push({
        parameters,
        objective: Number(edge) < 0.02 ? null : -Math.abs(Number(edge) - 0.05) - (rest ? 0 : 0.1),
      });
    }
  }
  return { trials: told.map(({ parameters }) => parameters), rounds };
}

Deno.test("what is configured is tried first, and nothing twice", () => {
  for (const method of ["random", "bayes"] as const) {
    const { trials } = search({ method, trials: 12, configured: { edge: 0.03, rest: true, other: 7 } });
    assert.deepEqual(trials[0], { edge: 0.03, rest: true });
    assert.equal(trials.length, 12);
    assert.equal(new Set(trials.map((each) => JSON.stringify(each))).size, 12);
    const outside = { edge: 0.5, rest: true };
    assert.notDeepEqual(search({ method, trials: 1, configured: outside }).trials[0], outside);
  }
});

Deno.test("a seed names one search, another seed another one", () => {
  for (const method of ["random", "bayes"] as const) {
    const first = search({ method, trials: 12 });
    assert.deepEqual(search({ method, trials: 12 }), first);
    assert.notDeepEqual(search({ method, trials: 12, seed: 2 }).trials, first.trials);
  }
});

Deno.test("by chance all come at once, or in rounds that draw the same", () => {
  assert.deepEqual(search({ method: "random" }).rounds, [24]);
  const rounds = search({ method: "random", round: 8 });
  assert.deepEqual(rounds.rounds, [8, 8, 8]);
  assert.deepEqual(rounds.trials, search({ method: "random" }).trials);
});

Deno.test("a guided search draws first, then learns round by round", () => {
  const { trials, rounds } = search({ method: "bayes" });
  assert.deepEqual(rounds, [8, 4, 4, 4, 4]);
  const near = trials.slice(8).filter(({ edge, rest }) => rest === true && Math.abs(Number(edge) - 0.05) < 0.005);
  assert.ok(near.length >= 1, JSON.stringify(trials));
  assert.deepEqual(search({ method: "bayes", trials: 6 }).rounds, [3, 3], "of few half are drawn");
});

Deno.test("a grid comes in its order, and a small space is used up", () => {
  const space = new ParameterSpace([{ kind: "choice", name: "edge", values: [0.01, 0.05] }, REST]);
  const grid = [{ edge: 0.01, rest: false }, { edge: 0.01, rest: true }, { edge: 0.05, rest: false }, {
    edge: 0.05,
    rest: true,
  }];
  assert.deepEqual(search({ method: "grid", space, round: 3 }), { trials: grid, rounds: [3, 1] });
  for (const method of ["random", "bayes"] as const) assert.equal(search({ method, space }).trials.length, 4);
});
