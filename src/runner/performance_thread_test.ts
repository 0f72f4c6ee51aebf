import assert from "node:assert/strict";
import { join } from "node:path";
import { execution, NOON } from "../backtest/figures/figures_fixture.ts";
import { StoredReading } from "../backtest/figures/stored_figures.ts";
import { count, micros, money } from "../core/units.ts";
import { performance as shape } from "../server/api/performance_shapes.ts";
import { openToRead } from "../store/export/export.ts";
import { openKvStore } from "../store/kv_store.ts";
import { PerformanceThread } from "./performance_thread.ts";

const OF = { execution: "paper", venue: "simulated exchange", simulated: true } as const;

/** A Worker's program from its text. */
const program = (text: string): URL => new URL(`data:application/javascript,${encodeURIComponent(text)}`);

/** Three trades of two days in a database that a run has open, as it stays. */
async function withState(body: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  const path = join(directory, "state.db");
  const opened = await openKvStore(path);
  if (!opened.ok) assert.fail(opened.reason);
  const { store } = opened;
  const day = 86_400_000_000;
  const worth = (nav: number, at: number) =>
    ({ kind: "portfolio", at: micros(at), cash: money(nav), nav: money(nav), exposure: money(0) }) as const;
  const fill = { side: "bid", price: 4_000, count: 1_000, fee: 100_000, mid: 0.41 } as const;
  store.apply([
    worth(100_000_000, NOON),
    execution({ ...fill, ticker: "KXBTC15M-A", strategy: "one" }),
    execution({ ...fill, ticker: "KXBTC15M-B", strategy: "two", at: NOON + day }),
    {
      kind: "settlement",
      ticker: "KXBTC15M-A",
      result: "yes",
      position: count(1_000),
      payout: money(10_000_000),
      pnl: money(5_900_000),
      at: micros(NOON + 900_000_000),
    },
    worth(105_900_000, NOON + day),
  ], { run: "r", line: 1 });
  await store.flush();
  try {
    await body(path);
  } finally {
    await store.close();
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("the thread tells what kbot report tells of the same rows, while the run has them open", () =>
  withState(async (path) => {
    const thread = new PerformanceThread(path, OF);
    for (const strategy of [undefined, "one"]) {
      const answer = await thread.ask(strategy === undefined ? {} : { strategy });
      if (!answer.ok) assert.fail(answer.reason);
      const told = answer.performance;
      assert.ok(shape.safeParse(told).success, shape.safeParse(told).error?.message);
      const opened = await openToRead(path);
      if (!opened.ok) assert.fail(opened.reason);
      const { gathered } = await new StoredReading(opened.kv, { from: null, to: null, strategy: strategy ?? null })
        .read();
      opened.kv.close();
      const { summary, equity, days, by } = told;
      assert.deepEqual({ summary, equity, days, by }, {
        summary: gathered.summary,
        equity: gathered.equity,
        days: gathered.days,
        by: gathered.by,
      });
      assert.equal(told.summary.fills, strategy === undefined ? 2 : 1);
    }
    const day = new Date(NOON / 1_000).toISOString().slice(0, 10);
    const first = await thread.ask({ from: day, to: day });
    assert.ok(first.ok && first.performance.summary.fills === 1);
  }));

Deno.test("the same question is worked out once while its answer is fresh", () =>
  withState(async (path) => {
    const thread = new PerformanceThread(path, OF);
    const [first, second] = await Promise.all([thread.ask({}), thread.ask({})]);
    assert.equal(first, second);
    assert.equal(await thread.ask({}), first);
  }));

for (
  const [claim, text, patience, reason] of [
    ["breaks", "onmessage = () => { throw new Error('planted'); }", {}, /planted/],
    ["says nothing", "onmessage = () => {}", { timeoutMs: 300 }, /They take too long/],
    ["does not start", "this is no program", {}, /The figures cannot be had: (?!They take too long)/],
  ] as const
) {
  Deno.test(`a thread that ${claim} is an answer, and the next question is asked anew`, async () => {
    const thread = new PerformanceThread("nowhere", OF, { program: program(text), ...patience });
    for (let round = 0; round < 2; round++) {
      const answer = await thread.ask({});
      assert.ok(!answer.ok && answer.code === "unavailable");
      assert.match(answer.reason, reason);
    }
  });
}

Deno.test("questions beyond a few are refused at once, and taken again later", async () => {
  const slow = program("onmessage = () => setTimeout(() => postMessage({ ok: false, reason: 'done' }), 30)");
  const thread = new PerformanceThread("nowhere", OF, { program: slow });
  const asked = Array.from({ length: 9 }, (_, k) => thread.ask({ strategy: `s${k}` }));
  const reasons = (await Promise.all(asked)).map((answer) => answer.ok ? "" : answer.reason);
  assert.equal(reasons.filter((reason) => /Too many/.test(reason)).length, 4);
  const later = await thread.ask({ strategy: "s8" });
  assert.ok(!later.ok && /done/.test(later.reason));
});

Deno.test("a state that is not there is said", async () => {
  const answer = await new PerformanceThread("/nowhere/state.db", OF).ask({});
  assert.ok(!answer.ok && /There is no state at \/nowhere\/state\.db/.test(answer.reason));
});
