import assert from "node:assert/strict";
import fc from "fast-check";
import type { IndexInput, MinuteInput } from "../core/input.ts";
import { MinuteRing, type PriceMinute, startOfMinute } from "../core/price_history.ts";
import type { PriceMinuteRecord } from "../core/record.ts";
import { type Micros, micros, MICROS_PER_SECOND } from "../core/units.ts";
import { PriceHistories } from "./price_history.ts";
import { lastMinuteAt, statisticsOf } from "./price_history_statistics.ts";
import { Step } from "./step.ts";

const MINUTE = 29_500_000;
const START = startOfMinute(MINUTE);
const after = (seconds: number): Micros => micros(START + seconds * MICROS_PER_SECOND);

const flat = (minute: number, close: number, source = "official"): PriceMinute => ({
  start: startOfMinute(minute),
  open: close,
  high: close,
  low: close,
  close,
  source,
});

function ringOf(minutes: readonly PriceMinute[]): MinuteRing {
  const ring = new MinuteRing();
  for (const minute of minutes) ring.put(minute);
  return ring;
}

/** Histories that are driven by hand. */
class Stage {
  readonly step = new Step(START);
  readonly histories = new PriceHistories(this.step);
  readonly records: PriceMinuteRecord[] = [];
  readonly warnings: string[] = [];

  #collect(): void {
    for (const action of this.step.take()) {
      if (action.type === "log") this.warnings.push(action.text);
      if (action.type === "record" && action.record.kind === "price_minute") this.records.push(action.record);
    }
  }

  value(second: number, value: number, change: Partial<IndexInput> = {}): void {
    const at = after(second + 0.075);
    this.step.begin(at);
    this.histories.index({
      type: "index",
      at,
      index: "BRTI",
      value,
      sourceTime: after(second),
      source: "official",
      venueAverage: null,
      ...change,
    });
    this.histories.tick();
    this.#collect();
  }

  minute(minute: number, change: Partial<MinuteInput> = {}): void {
    const input: MinuteInput = {
      type: "minute",
      at: this.step.at,
      asset: "BTC",
      ...flat(MINUTE + minute, 100, "coinbase"),
      ...change,
    };
    this.histories.minute(input);
    this.#collect();
  }

  tick(second: number): void {
    this.step.begin(after(second));
    this.histories.tick();
    this.#collect();
  }

  get known(): number[] {
    return this.histories.byAsset.get("BTC")?.ring.list().map(({ start }) => start / 60e6 - MINUTE) ?? [];
  }
}

Deno.test("the realised volatility is the standard deviation of the one-minute log returns", () => {
  const closes = [100, 101, 100.5, 102, 101];
  const ring = ringOf(closes.map((close, k) => flat(MINUTE + k, close)));
  const returns = closes.slice(1).map((close, k) => Math.log(close / closes[k]));
  const mean = returns.reduce((sum, one) => sum + one) / 4;
  const expected = Math.sqrt(returns.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 3);
  const window = statisticsOf(ring, MINUTE + 4, 15);
  assert.ok(Math.abs((window.volatility ?? 0) / expected - 1) < 1e-12);
  assert.ok(Math.abs((window.perSqrtSecond ?? 0) * Math.sqrt(60) / expected - 1) < 1e-12);
  assert.equal(window.samples, 4);
  assert.equal(window.missing, 10);
  assert.deepEqual([window.high, window.low, window.range], [102, 100, 2]);
  assert.equal(window.largestMove?.minute, startOfMinute(MINUTE + 3));
  assert.equal(window.largestMove?.dollars, 1.5);
});

Deno.test("a window of 15 minutes counts the return that its first minute ends, and no earlier one", () => {
  const ring = ringOf(Array.from({ length: 40 }, (_, k) => flat(MINUTE + k, 100 + k % 3)));
  const { samples, missing, from, to } = statisticsOf(ring, MINUTE + 39, 15);
  assert.deepEqual({ samples, missing }, { samples: 15, missing: 0 });
  assert.deepEqual([from, to], [startOfMinute(MINUTE + 25), startOfMinute(MINUTE + 40)]);
});

Deno.test("no return is counted across a missing minute, or from one source to another", () => {
  const hole = ringOf([flat(MINUTE, 100), flat(MINUTE + 1, 101), flat(MINUTE + 3, 150), flat(MINUTE + 4, 151)]);
  assert.equal(statisticsOf(hole, MINUTE + 4, 15).samples, 2);
  const change = ringOf([flat(MINUTE, 100), flat(MINUTE + 1, 101, "coinbase"), flat(MINUTE + 2, 102, "coinbase")]);
  const { samples, largestMove, volatility } = statisticsOf(change, MINUTE + 2, 15);
  assert.equal(samples, 1);
  assert.equal(largestMove?.dollars, 1);
  assert.equal(volatility, null, "one return has no standard deviation");
});

Deno.test("an empty window says null, not zero", () => {
  const { samples, missing, volatility, range, largestMove } = statisticsOf(new MinuteRing(), MINUTE, 30);
  assert.deepEqual({ samples, missing, volatility, range, largestMove }, {
    samples: 0,
    missing: 30,
    volatility: null,
    range: null,
    largestMove: null,
  });
});

Deno.test("the statistics are those of a plain list of the known minutes", () => {
  const closes = fc.array(fc.option(fc.double({ min: 1, max: 2, noNaN: true })), { minLength: 1, maxLength: 130 });
  fc.assert(fc.property(closes, (prices) => {
    const last = MINUTE + prices.length - 1;
    const ring = ringOf(prices.flatMap((close, k) => close === null ? [] : [flat(MINUTE + k, close)]));
    for (const minutes of [15, 120]) {
      const tail = prices.slice(-minutes - 1);
      const returns = tail.slice(1).flatMap((close, k) => {
        const before = tail[k];
        return close === null || before === null ? [] : [Math.log(close / before)];
      });
      const counted = prices.length > minutes ? returns : prices.slice(1).flatMap((close, k) => {
        const before = prices[k];
        return close === null || before === null ? [] : [Math.log(close / before)];
      });
      const window = statisticsOf(ring, last, minutes);
      assert.equal(window.samples, counted.length);
      assert.equal(window.missing, minutes - prices.slice(-minutes).filter((close) => close !== null).length);
      if (counted.length < 2) continue;
      const mean = counted.reduce((sum, one) => sum + one, 0) / counted.length;
      const variance = counted.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (counted.length - 1);
      assert.ok(Math.abs((window.volatility ?? NaN) - Math.sqrt(variance)) < 1e-9);
    }
  }));
});

Deno.test("statistics wait a moment for the minute that is just over, and no longer", () => {
  const ring = ringOf([flat(MINUTE, 1)]);
  const grace = 5 * MICROS_PER_SECOND;
  assert.equal(lastMinuteAt(ring, after(60 + 60 + 4), grace), MINUTE, "minute 1 is still being finished");
  assert.equal(lastMinuteAt(ring, after(60 + 60 + 5), grace), MINUTE + 1, "it is missing");
  ring.put(flat(MINUTE + 1, 1));
  assert.equal(lastMinuteAt(ring, after(60 + 60), grace), MINUTE + 1, "it is known");
});

Deno.test("index values become minutes, recorded once each", () => {
  const stage = new Stage();
  for (let second = 0; second < 181; second++) stage.value(second, 84_000 + second);
  assert.deepEqual(stage.known, [0, 1, 2]);
  assert.deepEqual(stage.records.map(({ open, close }) => [open - 84_000, close - 84_000]), [[0, 59], [60, 119], [
    120,
    179,
  ]]);
  assert.equal(stage.histories.byAsset.get("BTC")?.latest?.value, 84_180);
});

Deno.test("a minute ends by the clock where no value follows, and a silent one stays missing", () => {
  const stage = new Stage();
  for (let second = 0; second < 60; second++) stage.value(second, 100);
  stage.tick(64.9);
  assert.deepEqual(stage.known, []);
  stage.tick(65);
  assert.deepEqual(stage.known, [0]);
  for (let second = 180; second < 240; second++) stage.value(second, 100);
  stage.tick(246);
  assert.deepEqual(stage.known, [0, 3]);
  const [window] = stage.histories.byAsset.get("BTC")?.windows(after(246)) ?? [];
  assert.equal(window.missing, 13);
});

Deno.test("history fills what is missing, and what was made here stays", () => {
  const stage = new Stage();
  for (let second = 0; second < 60; second++) stage.value(second, 100.5);
  stage.tick(70);
  stage.minute(0, { close: 100, high: 101 });
  stage.minute(-1);
  stage.minute(-2, { source: "store:official" });
  assert.deepEqual(stage.known, [-2, -1, 0]);
  const sources = stage.histories.byAsset.get("BTC")?.ring.list().map(({ source }) => source);
  assert.deepEqual(sources, ["official", "coinbase", "official"]);
  assert.deepEqual(
    stage.records.map(({ source }) => source),
    ["official", "coinbase"],
    "the store has its own already",
  );
});

Deno.test("a minute made here takes the place of one of a source of history", () => {
  const stage = new Stage();
  stage.tick(70);
  stage.minute(0);
  for (let second = 0; second < 60; second++) stage.value(second, 100.5, { at: after(70) });
  stage.value(61, 100.5);
  assert.equal(stage.histories.byAsset.get("BTC")?.ring.at(MINUTE)?.source, "official");
});

Deno.test("a minute that cannot be believed is refused with its reason", () => {
  const cases: [Partial<MinuteInput>, RegExp][] = [
    [{ start: micros(START - 60_000_000 + 1) }, /does not begin on a whole minute/],
    [{ start: START }, /is not over yet/],
    [{ low: 0 }, /no price's/],
    [{ open: NaN }, /no price's/],
    [{ high: 99 }, /no price's/],
    [{ close: 112, high: 112 }, /close 112 is far from 100, a minute apart/],
  ];
  for (const [change, reason] of cases) {
    const stage = new Stage();
    stage.tick(30);
    stage.minute(-2);
    stage.minute(-1, change);
    assert.deepEqual(stage.known, [-2]);
    assert.match(stage.warnings.join(), reason);
  }
});

Deno.test("assets are bounded: minutes of ever new names take no memory", () => {
  const stage = new Stage();
  stage.tick(30);
  for (let k = 0; k < 100; k++) stage.minute(-1, { asset: `A${k}` });
  assert.equal(stage.histories.byAsset.size, 32);
});

Deno.test("a value of what is no coin's index makes no history", () => {
  const stage = new Stage();
  for (let second = 0; second < 61; second++) stage.value(second, 5_000, { index: "SPX" });
  assert.deepEqual([...stage.histories.byAsset.keys()], ["BTC", "ETH"]);
  assert.deepEqual(stage.records, []);
});
