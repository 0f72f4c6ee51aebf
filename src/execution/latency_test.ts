import assert from "node:assert/strict";
import fc from "fast-check";
import { drawLatency, drawNthLatency, formatLatency, type LatencyModel, parseLatency } from "./latency.ts";

Deno.test("a latency is read as milliseconds or as rising quantiles, and nothing else", () => {
  const cases: [string, LatencyModel | null][] = [
    ["50", { kind: "constant", micros: 50_000 }],
    ["0", { kind: "constant", micros: 0 }],
    ["0.25", { kind: "constant", micros: 250 }],
    ["p50=40,p90=90.5,max=300", {
      kind: "quantiles",
      quantiles: [[0.5, 40_000], [0.9, 90_500], [1, 300_000]],
      seed: 7,
    }],
    ["min=1 p99.9=2", { kind: "quantiles", quantiles: [[0, 1_000], [0.999, 2_000]], seed: 7 }],
    ["p50=40", null],
    ["p90=40,p50=90", null],
    ["p50=90,p90=40", null],
    ["p50=40,p50=90", null],
    ["p50=40,p100=90", null],
    ["61000", null],
    ["p50=40,max=61000", null],
    ["-1", null],
    ["fast", null],
    ["", null],
  ];
  for (const [text, expected] of cases) {
    const model = parseLatency(text, 7);
    assert.deepEqual(model, expected, text);
    if (model !== null) assert.deepEqual(parseLatency(formatLatency(model), 7), model, text);
  }
});

Deno.test("draws follow the quantiles, depend on what they are for and on the seed, and on nothing else", () => {
  const model = parseLatency("min=10,p50=40,p90=90,max=300", 1);
  const other = parseLatency("min=10,p50=40,p90=90,max=300", 2);
  assert.ok(model !== null && other !== null);
  const N = 20_000;
  for (const draw of [(n: number) => drawLatency(model, `k00000001-${n}`), (n: number) => drawNthLatency(model, n)]) {
    const all = Array.from({ length: N }, (_, n) => draw(n));
    assert.deepEqual(all, Array.from({ length: N }, (_, n) => draw(n)));
    const share = (limit: number): number => all.filter((each) => each <= limit).length / N;
    assert.ok(Math.abs(share(40_000) - 0.5) < 0.02, `p50: ${share(40_000)}`);
    assert.ok(Math.abs(share(90_000) - 0.9) < 0.02, `p90: ${share(90_000)}`);
    assert.equal(share(300_000), 1);
    assert.equal(share(9_999), 0);
  }
  const differing = Array.from({ length: 100 }, (_, n) => n).filter((n) =>
    drawNthLatency(model, n) !== drawNthLatency(other, n)
  );
  assert.ok(differing.length > 90);
});

Deno.test("whatever is drawn lies between the lowest and the highest quantile, as a whole number of microseconds", () => {
  const rising = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 2, maxLength: 9 })
    .map((shares) => shares.sort((a, b) => a - b).map((share, k) => [share / 100, k * 1_000 + share] as const));
  fc.assert(fc.property(rising, fc.string(), fc.integer(), (quantiles, what, seed) => {
    const drawn = drawLatency({ kind: "quantiles", quantiles, seed }, what);
    assert.ok(Number.isInteger(drawn));
    assert.ok(drawn >= quantiles[0][1] && drawn <= quantiles[quantiles.length - 1][1]);
  }));
});
