import assert from "node:assert/strict";
import { type Micros, micros, MICROS_PER_SECOND } from "../core/units.ts";
import { FLOW_SHIFT_MAX, FlowSample, type FlowSettings, FlowSignal, shiftedBy } from "./flow_signal.ts";
import { OrderFlow } from "./order_flow.ts";
import { FLOW_START, flowTape, uniforms } from "./order_flow_fixture.ts";

const LONG = Deno.env.get("KBOT_TEST_FULL") === "1";
const MARKET_SECONDS = 900;
const EVERY_SECOND: Partial<FlowSettings> = { horizonSeconds: 1 };

interface Run {
  readonly signal: FlowSignal;
  /** Moments at which it was proven. */
  readonly proven: number;
}

/** One market after the other, of which each tape is told by its number. */
function run(
  markets: number,
  seed: number,
  strengthOf: (market: number) => number,
  settings: Partial<FlowSettings> = EVERY_SECOND,
  leaps = false,
): Run {
  const signal = new FlowSignal(settings);
  const sample = new FlowSample();
  let proven = 0;
  for (let market = 0; market < markets; market++) {
    const flow = new OrderFlow(5);
    let second = FLOW_START;
    sample.drop();
    const strength = strengthOf(market);
    for (const event of flowTape({ seed: 1_000 * seed + market, seconds: MARKET_SECONDS, strength, leaps })) {
      for (; second < Math.floor(event.at / MICROS_PER_SECOND); second++) {
        if (second % signal.horizonSeconds !== 0) continue;
        sample.settle(flow, event.at, signal);
        signal.endMoment();
        sample.take(flow, event.at, signal);
        if (signal.proven) proven++;
      }
      if (event.type === "trade") flow.traded(event.at, event.takerSide, event.count);
      else flow.quoted(event.at, event.bid, event.bidSize, event.ask, event.askSize);
    }
  }
  return { signal, proven };
}

Deno.test("before anything was learnt nothing is shifted and nothing proven", () => {
  const signal = new FlowSignal();
  assert.equal(signal.shiftOf(new Float64Array([1, 1, 1])), 0);
  const { proven, why, moments, gain, evidence, weights } = signal.explain();
  assert.deepEqual([proven, why, moments, gain, evidence], [false, "0 of 120 moments judged", 0, null, 1]);
  assert.deepEqual(weights, [0, 0, 0]);
});

Deno.test("an imbalance that moves the mid is learnt and proven", () => {
  for (const [settings, markets] of [[EVERY_SECOND, 4], [{ horizonSeconds: 5 }, 8]] as const) {
    for (let seed = 0; seed < 10; seed++) {
      const { signal } = run(markets, seed, () => 0.5, settings);
      const { proven, why, weights, gain } = signal.explain();
      assert.ok(proven && weights[0] > 0 && gain !== null && gain > 0, `Seed ${seed}: ${why}, ${weights}`);
      assert.match(why, /^Log loss of the mid [15] s later less by \d.*; evidence \d.*, wanted \d+$/);
      const bought = signal.shiftOf(new Float64Array([0.8, 0, 0]));
      assert.ok(bought > 0.005 && bought < FLOW_SHIFT_MAX, `Seed ${seed}: ${bought}`);
    }
  }
});

for (
  const [name, strength, leaps] of [
    ["flow that says nothing", 0, false],
    ["flow that is right almost always, and all wrong now and then,", 0.3, true],
  ] as const
) {
  Deno.test(`${name} is believed in at most one of 200 runs, looked at after every moment`, () => {
    const runs = LONG ? 4_000 : 400;
    let believed = 0;
    for (let seed = 0; seed < runs; seed++) {
      if (run(2, seed, () => strength, EVERY_SECOND, leaps).proven > 0) believed++;
    }
    // At most so many are promised; two standard deviations of a count more are luck.
    assert.ok(believed <= runs / 200 + 2 * Math.sqrt(runs / 200), `${believed} of ${runs}`);
  });
}

Deno.test("what moves the mid the other way afterwards is taken back, and then wanted twice as sure", () => {
  const settings = { ...EVERY_SECOND, halfLifeMoments: 300 };
  const before = run(4, 3, () => 0.5, settings).signal;
  assert.ok(before.proven, before.why);
  const { signal } = run(7, 3, (market) => market < 4 ? 0.5 : -0.5, settings);
  assert.ok(signal.explain().evidenceWanted > 200, signal.why);
});

Deno.test("the same tape gives the same bits", () => {
  assert.deepEqual(run(3, 9, () => 0.3).signal.explain(), run(3, 9, () => 0.3).signal.explain());
});

Deno.test("a shift is bounded, whatever was learnt", () => {
  const signal = new FlowSignal({ ...EVERY_SECOND, priorVariance: 1e6 });
  const parts = new Float64Array([1, 1, 1]);
  for (let k = 0; k < 200; k++) signal.judge(parts, signal.shiftOf(parts), 0.05, 1);
  assert.equal(signal.shiftOf(parts), FLOW_SHIFT_MAX);
  assert.equal(signal.shiftOf(new Float64Array([-1, -1, -1])), -FLOW_SHIFT_MAX);
});

Deno.test("strange mids and parts leave it sound: any move of a mid, all at once or one by one", () => {
  const uniform = uniforms(23);
  const signal = new FlowSignal(EVERY_SECOND);
  const parts = new Float64Array(3);
  for (let round = 0; round < (LONG ? 1_000_000 : 10_000); round++) {
    for (let k = 0; k < 3; k++) parts[k] = uniform() < 0.2 ? Math.sign(uniform() - 0.5) : 2 * uniform() - 1;
    const before = 0.03 + 0.94 * uniform();
    const after = uniform() < 0.1 ? Math.round(uniform()) : uniform();
    signal.judge(parts, signal.shiftOf(parts), before, after);
    if (uniform() < 0.5) signal.endMoment();
    const shift = signal.shiftOf(parts);
    assert.ok(Math.abs(shift) <= FLOW_SHIFT_MAX, `Round ${round} of seed 23: ${shift}`);
  }
  const { gain, evidence } = signal.explain();
  assert.ok(Number.isFinite(gain) && evidence >= 1, signal.why);
});

Deno.test("several markets of one moment are one number of the evidence", () => {
  const signal = new FlowSignal(EVERY_SECOND);
  for (let moment = 0; moment < 3; moment++) {
    for (let market = 0; market < 5; market++) signal.judge(new Float64Array([1, 0, 0]), 0.01, 0.5, 0.51);
    signal.endMoment();
  }
  signal.endMoment();
  assert.equal(signal.explain().moments, 3);
});

Deno.test("only a mid that can be taken for a probability is sampled, and only what is heard in time judged", () => {
  const at = (second: number): Micros => micros((FLOW_START + second) * MICROS_PER_SECOND);
  type Quotes = Parameters<OrderFlow["quoted"]>;
  const cases: [name: string, quotes: readonly [number | null, number | null] | null, taken: boolean][] = [
    ["both sides, near each other", [4_900, 5_100], true],
    ["nothing was quoted", null, false],
    ["one side", [4_900, null], false],
    ["too far apart", [4_000, 5_100], false],
    ["all but certain", [9_750, 9_850], false],
  ];
  for (const [name, quotes, taken] of cases) {
    const [flow, signal, sample] = [new OrderFlow(5), new FlowSignal(EVERY_SECOND), new FlowSample()];
    if (quotes !== null) {
      flow.quoted(at(0), quotes[0] as Quotes[1], 100 as Quotes[2], quotes[1] as Quotes[3], 100 as Quotes[4]);
    }
    sample.take(flow, at(0), signal);
    assert.equal(!Number.isNaN(sample.before), taken, name);
    assert.equal(sample.settle(flow, at(1), signal), taken, name);
    assert.equal(sample.settle(flow, at(1), signal), false, `${name}, twice`);
    sample.take(flow, at(1), signal);
    assert.equal(sample.settle(flow, at(3), signal), false, `${name}, too late`);
  }
});

Deno.test("log-odds are added, and certainty stays", () => {
  const logit = (p: number) => Math.log(p / (1 - p));
  for (const p of [0.01, 0.3, 0.5, 0.99]) {
    for (const shift of [-0.2, 0, 0.05]) {
      assert.ok(Math.abs(logit(shiftedBy(p, shift)) - logit(p) - shift) < 1e-12);
    }
  }
  assert.deepEqual([shiftedBy(0, 0.2), shiftedBy(1, -0.2)], [0, 1]);
});

Deno.test("what makes no signal is refused", () => {
  const cases: Partial<FlowSettings>[] = [
    { horizonSeconds: 0 },
    { horizonSeconds: 1.5 },
    { halfLifeMoments: 0 },
    { momentsMin: 1 },
    { evidence: 0.5 },
    { evidence: NaN },
    { priorVariance: 0 },
    { forgetting: 1.1 },
  ];
  for (const settings of cases) assert.throws(() => new FlowSignal(settings), RangeError, JSON.stringify(settings));
});
