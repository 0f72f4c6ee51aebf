import assert from "node:assert/strict";
import fc from "fast-check";
import { domainOf, place, roundTicks, timeTicks } from "./scale.ts";

const finite = fc.double({ min: -1e9, max: 1e9, noNaN: true });
const pairs = fc.tuple(finite, finite).filter(([one, other]) => Math.abs(one - other) > 1e-3)
  .map(([one, other]) => ({ low: Math.min(one, other), high: Math.max(one, other) }));
const seed = 20_261_120;

Deno.test("a domain holds every value and is never empty", () => {
  fc.assert(
    fc.property(fc.array(fc.option(finite), { minLength: 1 }), fc.constantFrom(0, 0.06), (values, padding) => {
      const domain = domainOf(values, padding);
      const known = values.filter((value) => value !== null);
      if (known.length === 0) return assert.equal(domain, null);
      assert.ok(domain !== null && domain.low < domain.high);
      for (const value of known) assert.ok(domain.low <= value && value <= domain.high);
    }),
    { seed },
  );
});

Deno.test("a domain leaves out what is no number", () => {
  assert.deepEqual(domainOf([NaN, 1, Infinity, 3, null]), { low: 1, high: 3 });
  assert.equal(domainOf([NaN, null]), null);
});

Deno.test("a value beyond the domain lies at the rim", () => {
  const domain = { low: 0, high: 10 };
  for (const [value, wanted] of [[0, 200], [10, 100], [5, 150], [-9, 200], [99, 100]] as const) {
    assert.equal(place(domain, value, 200, 100), wanted);
  }
});

Deno.test("ticks are round, within the domain, and neither none nor many", () => {
  fc.assert(
    fc.property(pairs, fc.integer({ min: 2, max: 8 }), (domain, wanted) => {
      const { step, values } = roundTicks(domain, wanted);
      const mantissa = Number((step / 10 ** Math.floor(Math.log10(step) + 1e-9)).toPrecision(6));
      assert.ok([1, 2, 5].includes(mantissa), `${step}`);
      assert.ok(values.length <= wanted + 1, `${values.length} of ${wanted}`);
      const slack = step * 1e-6;
      for (const value of values) assert.ok(value >= domain.low - slack && value <= domain.high + slack);
    }),
    { seed },
  );
});

Deno.test("ticks do not drift", () => {
  assert.deepEqual(roundTicks({ low: -0.3, high: 0.3 }, 6).values.map((value) => value.toFixed(12)), [
    "-0.300000000000",
    "-0.200000000000",
    "-0.100000000000",
    "0.000000000000",
    "0.100000000000",
    "0.200000000000",
    "0.300000000000",
  ]);
});

Deno.test("ticks of time stand on round times of UTC, at any span", () => {
  const at = (text: string) => Date.parse(text);
  const cases = [
    ["2026-05-11T12:00:10Z", "2026-05-11T12:14:00Z", 4, ["12:05", "12:10"]],
    ["2026-05-11T20:00:00Z", "2026-05-12T06:00:00Z", 6, ["20:00", "22:00", "May 12", "02:00", "04:00", "06:00"]],
    ["2026-05-11T05:00:00Z", "2026-05-14T05:00:00Z", 4, ["May 12", "May 13", "May 14"]],
    ["2026-01-15T00:00:00Z", "2026-12-20T00:00:00Z", 6, ["Mar 2026", "May 2026", "Jul 2026", "Sep 2026", "Nov 2026"]],
  ] as const;
  for (const [low, high, most, wanted] of cases) {
    const ticks = timeTicks({ low: at(low), high: at(high) }, most);
    assert.deepEqual(ticks.map(({ label }) => label), wanted);
  }
});

Deno.test("a span of a moment or of centuries has few ticks", () => {
  const start = Date.UTC(2026, 4, 11);
  for (const span of [1, 1_000, 86_400_000, 4e9, 1e11, 1e13]) {
    const ticks = timeTicks({ low: start, high: start + span }, 8);
    assert.ok(ticks.length <= 12, `${span}: ${ticks.length}`);
    for (const tick of ticks) assert.ok(tick.at >= start && tick.at <= start + span);
  }
});
