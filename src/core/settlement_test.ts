import assert from "node:assert/strict";
import fc from "fast-check";
import { outcome, settlementNumber, SettlementWindow } from "./settlement.ts";
import type { StrikeType } from "./market.ts";
import { micros } from "./units.ts";

const CLOSE = 1_790_363_700;
const window = () => new SettlementWindow(micros(CLOSE * 1_000_000));

Deno.test("convention A counts T-60 to T-1, convention B counts T-59 to T", () => {
  const settlement = window();
  for (let second = CLOSE - 90; second <= CLOSE + 30; second++) {
    const value = second === CLOSE - 60 ? 160 : second === CLOSE ? 400 : 100;
    const counts = second >= CLOSE - 60 && second <= CLOSE;
    assert.equal(settlement.observe(second, value), counts, `second ${second - CLOSE}`);
  }
  assert.deepEqual(settlement.average("A"), { mean: 101, count: 60, sum: 6_060 });
  assert.deepEqual(settlement.average("B"), { mean: 105, count: 60, sum: 6_300 });
  assert.deepEqual(settlement.span("A"), { first: CLOSE - 60, last: CLOSE - 1 });
  assert.deepEqual(settlement.span("B"), { first: CLOSE - 59, last: CLOSE });
});

Deno.test("the observed part is known at every second, and so is what is missing", () => {
  const settlement = window();
  assert.deepEqual(settlement.average("B"), { mean: null, count: 0, sum: 0 });
  settlement.observe(CLOSE - 59, 84_000.01);
  settlement.observe(CLOSE - 57, 84_000.03);
  assert.deepEqual(settlement.average("B"), { mean: 84_000.02, count: 2, sum: 168_000.04 });
  assert.deepEqual(settlement.missing("B", CLOSE - 57), [CLOSE - 58]);
  assert.deepEqual(settlement.missing("A", CLOSE - 57), [CLOSE - 60, CLOSE - 58]);
  assert.equal(settlement.missing("B").length, 58);
  settlement.observe(CLOSE - 57, 84_000.05);
  assert.deepEqual(settlement.average("B"), { mean: 84_000.03, count: 2, sum: 168_000.06 });
});

Deno.test("the mean of two-decimal values is exact in any order of arrival, ties included", () => {
  const cents = fc.array(fc.integer({ min: 1, max: 20_000_000 }), { minLength: 60, maxLength: 60 });
  fc.assert(fc.property(cents, fc.boolean(), (values, backwards) => {
    const settlement = window();
    const order = values.map((_, at) => backwards ? 59 - at : at);
    for (const at of order) settlement.observe(CLOSE - 59 + at, values[at] / 100);
    const { mean } = settlement.average("B");
    assert.ok(mean !== null);
    const total = values.reduce((sum, value) => sum + BigInt(value), 0n);
    const halfUp = (total * 2n + 60n) / 120n;
    assert.equal(settlementNumber(mean, 2), Number(halfUp) / 100);
  }));
});

Deno.test("a settlement number is rounded half-up and equals the printed decimal", () => {
  const cases: [number, number, number][] = [
    [83_950.625, 2, 83_950.63],
    [83_950.615, 2, 83_950.62],
    [83_950.614999, 2, 83_950.61],
    [1.005, 2, 1.01],
    [0.0000435, 6, 0.000044],
    [83_950.5, 0, 83_951],
    [83_950.62, 2, 83_950.62],
    [5.015, 2, 5.02],
    [1_927.885, 2, 1_927.89],
  ];
  for (const [mean, digits, expected] of cases) assert.equal(settlementNumber(mean, digits), expected, `${mean}`);
  for (const digits of [-1, 0.5, 13]) assert.throws(() => settlementNumber(1, digits), /0 to 12/);
});

Deno.test("a rounded settlement number is the float that its decimal text reads as", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 20_000_000 }), (cents) => {
    const text = `${Math.floor(cents / 100)}.${(cents % 100).toString().padStart(2, "0")}`;
    assert.equal(settlementNumber(Number(text), 2), Number(text));
  }));
});

Deno.test("every kind of strike decides as its name says, ties included", () => {
  const cases: [StrikeType, number, number | null, number | null, "yes" | "no" | null][] = [
    ["greater", 100.01, 100, null, "yes"],
    ["greater", 100, 100, null, "no"],
    ["greater_or_equal", 100, 100, null, "yes"],
    ["greater_or_equal", 99.99, 100, null, "no"],
    ["less", 99.99, null, 100, "yes"],
    ["less", 100, null, 100, "no"],
    ["less_or_equal", 100, null, 100, "yes"],
    ["less_or_equal", 100.01, null, 100, "no"],
    ["between", 100, 100, 199.99, "yes"],
    ["between", 199.99, 100, 199.99, "yes"],
    ["between", 200, 100, 199.99, "no"],
    ["between", 99.99, 100, 199.99, "no"],
    ["greater", 100, null, 100, null],
    ["less", 100, 100, null, null],
    ["between", 100, 100, null, null],
    ["functional", 100, 1, 1, null],
    ["custom", 100, 1, 1, null],
    ["structured", 100, 1, 1, null],
  ];
  for (const [type, value, floor, cap, expected] of cases) {
    assert.equal(outcome(type, value, floor, cap), expected, `${type} ${value} ${floor} ${cap}`);
  }
});

Deno.test("the exchange's own rule reproduces every recorded result", async () => {
  const file = new URL("../../../shared/data/kxbtc15m_ws/settlements_kxbtc15m.csv", import.meta.url);
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log("SKIPPED: settlements_kxbtc15m.csv is not here");
    return;
  }
  let complete = 0;
  for (const line of text.trimEnd().split(/\r?\n/).slice(1)) {
    const [, , , strike, value, , result] = line.split(",");
    if (strike === "" || value === "" || result === "") continue;
    complete++;
    assert.equal(outcome("greater_or_equal", Number(value), Number(strike), null), result, line);
  }
  assert.equal(complete, 207);
});
