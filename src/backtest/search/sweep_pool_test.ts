import assert from "node:assert/strict";
import { money } from "../../core/units.ts";
import { TimeLimits } from "../../ops/time_limits_fixture.ts";
import type { SweepSetup } from "./sweep_messages.ts";
import { SweepPool, type SweepPoolOptions } from "./sweep_pool.ts";
import type { PassAsked } from "./trial.ts";

const BREAKING = new URL("./breaking_worker_fixture.ts", import.meta.url);

/** Nothing of it but the path is looked at by the fixture. */
const setup = (path: string): SweepSetup => ({
  path,
  spot: null,
  packs: [],
  settings: {
    engine: {
      version: "test",
      paper: { latencyMs: 0, slippage: 0 },
      risk: {},
      index: {},
      strategies: [],
    } as unknown as SweepSetup["settings"]["engine"],
    capital: money(1_000_000),
    strategy: "settlement_edge",
    objective: "pnl",
    periods: [],
  },
});

const pass = (...does: readonly string[]): PassAsked => ({
  trials: does.map((each, k) => ({ number: k + 1, parameters: { does: each } })),
  until: null,
  tickers: null,
  borders: [],
});

interface Ran {
  readonly answers: readonly string[];
  readonly troubles: readonly string[];
  readonly inputs: number;
}

async function run(asked: PassAsked, options: Partial<SweepPoolOptions> = {}): Promise<Ran> {
  const folder = await Deno.makeTempDir({ prefix: "kbot-sweep-" });
  const troubles: string[] = [];
  let inputs = 0;
  const pool = new SweepPool({
    workers: 2,
    setup: setup(folder),
    onProgress: (more) => inputs += more,
    onTrouble: (text) => troubles.push(text),
    program: BREAKING,
    ...options,
  });
  try {
    const ran = await pool.run(asked);
    return { answers: ran.map((each) => each.ok ? `${each.result.orders}` : each.reason), troubles, inputs };
  } finally {
    pool.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("answers come in the order of the trials, however many there are", async () => {
  const ran = await run(pass(...Array.from({ length: 37 }, () => "work")));
  assert.deepEqual(ran.answers, Array.from({ length: 37 }, (_, k) => `${k + 1}`));
  assert.deepEqual([ran.inputs, ran.troubles], [370, []]);
  assert.deepEqual((await run(pass())).answers, []);
});

Deno.test("a Worker that dies is named, and its trials are done again once, each by itself", async () => {
  const once = await run(pass("work", "die once", "work", "work"));
  assert.deepEqual(once.answers, ["1", "2", "3", "4"]);
  assert.equal(once.troubles.length, 1);
  assert.match(once.troubles[0], /^Worker \d died: .*planted once; done again once: trial 1, 2$/);
  const always = await run(pass("work", "throw", "work", "work"));
  assert.deepEqual([always.answers[0], ...always.answers.slice(2)], ["1", "3", "4"], "the others are not lost");
  assert.match(always.answers[1], /^Worker \d died: .*planted/);
  assert.match(always.troubles[1], /; trial 2 failed for the second time and is left out$/);
});

Deno.test("one that says that it failed keeps its place, one that falls silent loses it", async () => {
  const failed = await run(pass("fail", "work"));
  assert.deepEqual([failed.answers[1], failed.troubles.length], ["2", 2]);
  assert.match(failed.answers[0], /^Worker \d failed: planted refusal$/);
  // Ended by hand once it has begun: a busy machine takes seconds to start a Worker.
  using limits = new TimeLimits();
  const onProgress = (inputs: number) => inputs === 0 ? limits.end(1_500) : undefined;
  const silent = await run(pass("hang", "work"), { workers: 1, silenceMs: 1_500, onProgress });
  assert.equal(silent.answers[1], "2");
  assert.match(silent.answers[0], /^Worker \d said nothing for 1\.5 s$/);
});

Deno.test("Workers that cannot start end the sweep with the reason", async () => {
  const ran = await run(pass("work", "work"), { setup: setup("/no/start") });
  for (const answer of ran.answers) assert.match(answer, /^Worker \d could not start: planted start$/);
  const missing = await run(pass("work"), { program: new URL("./no_such_worker.ts", import.meta.url) });
  assert.match(missing.answers[0], /^Worker \d died: /);
});

Deno.test("closing answers what is under way", async () => {
  const pool = new SweepPool({
    workers: 1,
    setup: setup("/tmp"),
    onProgress: () => {},
    onTrouble: () => {},
    program: BREAKING,
  });
  const waiting = pool.run(pass("hang", "work"));
  pool.close();
  assert.deepEqual((await waiting).map((each) => each.ok ? "" : each.reason), [
    "The sweep was stopped",
    "The sweep was stopped",
  ]);
  assert.deepEqual((await pool.run(pass("work"))).map(({ ok }) => ok), [false]);
});

Deno.test("a pool without Workers or with a crowd of them is refused", () => {
  for (const workers of [0, 1.5, 65, NaN]) {
    assert.throws(
      () => new SweepPool({ workers, setup: setup("/tmp"), onProgress: () => {}, onTrouble: () => {} }),
      /^RangeError: Workers must be a whole number from 1 to 64/,
    );
  }
});
