import assert from "node:assert/strict";
import { blockCount, fitsInPlace, simulate } from "../../models/monte_carlo.ts";
import type { MonteCarloRequest } from "../../models/monte_carlo_request.ts";
import { TimeLimits } from "../time_limits_fixture.ts";
import { MonteCarloPool, type MonteCarloPoolOptions } from "./pool.ts";

const REQUEST: MonteCarloRequest = {
  spot: 84_000,
  strikes: [83_990, 84_020],
  sigma: 0.0002,
  seconds: 300,
  model: { name: "gbm" },
  mode: "every_second",
  estimator: "plain",
  kernel: "strict",
  paths: 30_500,
  seed: 5,
};
const SMALL: MonteCarloRequest = { ...REQUEST, mode: "exact_jump", paths: 500 };
const STUCK = new URL("./stuck_worker_fixture.ts", import.meta.url);

async function withPool(options: MonteCarloPoolOptions, use: (pool: MonteCarloPool) => Promise<void>): Promise<void> {
  const pool = new MonteCarloPool(options);
  try {
    await use(pool);
  } finally {
    pool.close();
  }
}

async function errorOf(pool: MonteCarloPool, request: MonteCarloRequest): Promise<string> {
  const { outcome } = await pool.ask({ id: 1, request });
  assert.ok("error" in outcome, "there is an answer");
  return outcome.error;
}

Deno.test("however many Workers there are, the answer is the one that a single thread gives", async () => {
  const returns = Array.from({ length: 50 }, (_, k) => (k % 7 - 3) * 1e-5);
  const requests: readonly MonteCarloRequest[] = [
    REQUEST,
    { ...REQUEST, estimator: "antithetic" },
    { ...REQUEST, estimator: "control", model: { name: "student", degrees: 4 } },
    { ...REQUEST, estimator: "sobol", mode: "exact_jump", paths: 5_000 },
    { ...REQUEST, model: { name: "bootstrap", returns } },
  ];
  assert.ok(requests.every((request) => !fitsInPlace(request) && blockCount(request) > 3));
  for (const workers of [1, 3]) {
    await withPool({ workers }, async (pool) => {
      const answers = await Promise.all(requests.map((request, id) => pool.ask({ id, request })));
      answers.forEach(({ id, outcome }, k) => {
        assert.equal(id, k);
        assert.deepEqual(outcome, simulate(requests[k]), `${workers} Workers, request ${k}`);
      });
    });
  }
});

Deno.test("a short simulation does not wait behind a long one", async () => {
  await withPool({ workers: 1 }, async (pool) => {
    const order: string[] = [];
    const long = pool.ask({ id: 1, request: { ...REQUEST, paths: 1_000_000 } }).then(() => order.push("long"));
    const short = pool.ask({ id: 2, request: REQUEST }).then(() => order.push("short"));
    await Promise.all([long, short]);
    assert.deepEqual(order, ["short", "long"]);
  });
});

Deno.test("what is small is answered in place, with no Worker that could", async () => {
  await withPool({ workers: 1, program: STUCK }, async (pool) => {
    assert.ok(fitsInPlace(SMALL));
    assert.deepEqual((await pool.ask({ id: 9, request: SMALL })).outcome, simulate(SMALL));
  });
});

Deno.test("a request with an error is answered with it", async () => {
  await withPool({ workers: 1 }, async (pool) => {
    assert.match(await errorOf(pool, { ...REQUEST, sigma: 0 }), /^Sigma must be above 0/);
    assert.match(await errorOf(pool, { ...REQUEST, paths: 1e12 }), /^Paths must be/);
  });
});

Deno.test("a Worker that fails or hangs is replaced, and only what it worked on fails", async () => {
  using limits = new TimeLimits();
  await withPool({ workers: 1, program: STUCK, partTimeoutMs: 4_000 }, async (pool) => {
    const good = async () => (await pool.ask({ id: 7, request: { ...REQUEST, seed: 0, strikes: [84_000] } })).outcome;
    assert.match(await errorOf(pool, { ...REQUEST, seed: 1 }), /^A thread that simulates failed: .*planted/);
    assert.ok("probabilities" in await good());
    const stuck = errorOf(pool, { ...REQUEST, seed: 2 });
    limits.end(4_000);
    assert.match(await stuck, /^A thread that simulates did not answer for 4000 ms$/);
    assert.ok("probabilities" in await good());
    assert.match(await errorOf(pool, { ...REQUEST, seed: 3 }), /^planted refusal$/);
    assert.ok("probabilities" in await good());
  });
});

Deno.test("Workers are not started again for ever", async () => {
  await withPool({ workers: 1, program: STUCK }, async (pool) => {
    for (let k = 0; k < 9; k++) await errorOf(pool, { ...REQUEST, seed: 1 });
    assert.match(await errorOf(pool, REQUEST), /8 were started again, and nothing simulates now$/);
    assert.match(await errorOf(pool, SMALL), /nothing simulates now$/);
  });
});

Deno.test("a program that cannot be loaded is an answer too", async () => {
  await withPool({ workers: 2, program: new URL("./no_such_worker.ts", import.meta.url) }, async (pool) => {
    assert.match(await errorOf(pool, REQUEST), /A thread that simulates failed|nothing simulates now/);
  });
});

Deno.test("more than 64 simulations at once are refused, and closing answers the rest", async () => {
  const pool = new MonteCarloPool({ workers: 1, program: STUCK });
  const waiting = Array.from({ length: 64 }, (_, id) => pool.ask({ id, request: { ...REQUEST, seed: 2 } }));
  assert.match(await errorOf(pool, REQUEST), /^64 simulations wait already: ask less often$/);
  pool.close();
  for (const { outcome } of await Promise.all(waiting)) {
    assert.deepEqual(outcome, { error: "The pool of simulations is closed" });
  }
  assert.match(await errorOf(pool, SMALL), /closed/);
  pool.close();
});

Deno.test("a pool without Workers or with a crowd of them is refused", () => {
  for (const workers of [0, -1, 1.5, NaN, 65]) {
    assert.throws(() => new MonteCarloPool({ workers }), /^RangeError: Workers must be a whole number from 1 to 64/);
  }
});
