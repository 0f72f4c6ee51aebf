import assert from "node:assert/strict";
import type { IndexInput, VolatilityForecastInput } from "../core/input.ts";
import { type Micros, micros, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../core/units.ts";
import { IndexState } from "../engine/index_state.ts";
import type { ForecastsAsked } from "../ops/volatility_thread/thread_messages.ts";
import type { ForecastsAnswered } from "../ops/volatility_thread/volatility_thread.ts";
import { VolatilitySelection } from "./volatility_selection.ts";

const SETTINGS = { volatilityHalfLife: 60, returnsMin: 5 };
const NOON = 29_000_000 * MICROS_PER_MINUTE;
const after = (seconds: number): Micros => micros(NOON + seconds * MICROS_PER_SECOND);
const FAILED: ForecastsAnswered = { ok: false, reason: "planted" };

/** Keeps its questions until the test answers them. */
class HeldThread {
  readonly asked: ForecastsAsked[] = [];
  isOver = false;
  closed = false;
  #answer: (answered: ForecastsAnswered) => void = () => {};

  ask(asked: ForecastsAsked): Promise<ForecastsAnswered> {
    this.asked.push(asked);
    return new Promise((resolve) => this.#answer = resolve);
  }

  close(): void {
    this.closed = true;
    this.#answer({ ok: false, reason: "It is closed" });
  }

  answer(answered: ForecastsAnswered): void {
    this.#answer(answered);
  }

  /** First and last second of each asset of a question, and how many they are. */
  spans(question: number): unknown {
    return this.asked[question].told.map(({ asset, seconds, prices }) => {
      assert.equal(seconds.length, prices.length);
      const since = (second: number) => second - NOON / MICROS_PER_SECOND;
      return [asset, since(seconds[0]), since(seconds[seconds.length - 1]), seconds.length];
    });
  }
}

class Bench {
  readonly thread = new HeldThread();
  readonly heard: VolatilityForecastInput[] = [];
  readonly indices = new Map<string, IndexState>();
  now = after(5);
  readonly selection = new VolatilitySelection({
    indices: this.indices,
    settings: SETTINGS,
    clock: { now: () => this.now },
    sink: (input) => this.heard.push(input),
    thread: this.thread,
  });

  /** Second by second up to this one, with a value of each index but where the second is among those lost. */
  until(seconds: number, names = ["BRTI"], lost: readonly number[] = []): void {
    const from = (this.now - NOON) / MICROS_PER_SECOND;
    for (let second = from + 1; second <= seconds; second++) {
      this.now = after(second);
      for (const name of lost.includes(second) ? [] : names) {
        const index = this.indices.get(name) ?? new IndexState(name, SETTINGS);
        this.indices.set(name, index);
        const input: IndexInput = {
          type: "index",
          at: this.now,
          index: name,
          value: 84_000 + second % 7,
          sourceTime: this.now,
          source: "official",
          venueAverage: null,
        };
        assert.equal(index.take(input), null);
      }
      this.selection.tick(this.now);
    }
  }

  async answers(...assets: readonly string[]): Promise<void> {
    const answers = assets.map((asset) => ({
      asset,
      chosen: "ewma",
      since: null,
      why: "It is the first candidate, and none has proved better",
      forecasts: [{ horizon: 900, volatility: 1e-4 }],
      scores: [{ name: "ewma", n: 1, score: 7, advantage: 0 }],
    }));
    this.thread.answer({ ok: true, answers });
    await this.selection.idle();
  }
}

Deno.test("two seconds after every whole minute the seconds since the last time are told, each once", async () => {
  const bench = new Bench();
  bench.until(61);
  assert.equal(bench.thread.asked.length, 0);
  bench.until(62, ["BRTI"]);
  assert.deepEqual(bench.thread.asked[0].settings, { halfLifeSeconds: 60, returnsMin: 5 });
  assert.deepEqual(bench.thread.spans(0), [["BTC", 6, 62, 57]]);
  await bench.answers("BTC");
  bench.until(122, ["BRTI"], [100, 101]);
  assert.deepEqual(bench.thread.spans(1), [["BTC", 63, 122, 58]], "what was lost is left out");
});

Deno.test("the answer comes as an input of that moment, one for each asset", async () => {
  const bench = new Bench();
  bench.until(62, ["BRTI", "ETHUSD_RTI", "NO_SUCH_INDEX"]);
  assert.deepEqual(bench.thread.spans(0), [["BTC", 6, 62, 57], ["ETH", 6, 62, 57]]);
  await bench.answers("BTC", "ETH");
  assert.deepEqual(bench.heard.map(({ type, at, asset }) => [type, at, asset]), [
    ["volatility_forecast", after(62), "BTC"],
    ["volatility_forecast", after(62), "ETH"],
  ]);
});

Deno.test("while the thread thinks it is not asked again, and told everything afterwards", async () => {
  const bench = new Bench();
  bench.until(150);
  assert.equal(bench.thread.asked.length, 1);
  await bench.answers("BTC");
  bench.until(182);
  assert.deepEqual(bench.thread.spans(1), [["BTC", 63, 182, 120]]);
});

Deno.test("who waits for silence waits for the answer", async () => {
  const bench = new Bench();
  await bench.selection.idle();
  bench.until(62);
  let isIdle = false;
  const idle = bench.selection.idle().then(() => isIdle = true);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(isIdle, false);
  await bench.answers("BTC");
  await idle;
  assert.equal(bench.heard.length, 1);
});

Deno.test("a thread that failed is told the last quarter of an hour again, and one that is over nothing", async () => {
  const bench = new Bench();
  bench.until(62);
  await bench.answers("BTC");
  bench.until(122);
  bench.thread.answer(FAILED);
  await bench.selection.idle();
  assert.equal(bench.heard.length, 1);
  bench.until(182);
  assert.deepEqual(bench.thread.spans(2), [["BTC", 6, 182, 177]]);
  bench.thread.isOver = true;
  bench.thread.answer(FAILED);
  await bench.selection.idle();
  bench.until(1_200);
  assert.equal(bench.thread.asked.length, 3);
});

Deno.test("what a long silence left to tell is bounded", async () => {
  const bench = new Bench();
  bench.until(62);
  bench.until(1_900);
  await bench.answers("BTC");
  bench.until(1_922);
  assert.deepEqual(bench.thread.spans(1), [["BTC", 1_022, 1_922, 901]]);
});

Deno.test("where no index is heard nobody is asked", () => {
  const bench = new Bench();
  bench.until(200, []);
  assert.equal(bench.thread.asked.length, 0);
});

Deno.test("after the end nothing is asked, and an answer under way is not handed on", async () => {
  const bench = new Bench();
  bench.until(62);
  const idle = bench.selection.idle();
  bench.selection.stop();
  await idle;
  bench.until(200);
  assert.deepEqual([bench.thread.closed, bench.heard.length, bench.thread.asked.length], [true, 0, 1]);
});
