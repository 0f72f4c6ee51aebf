import assert from "node:assert/strict";
import {
  age,
  cents,
  contracts,
  countdown,
  decimal,
  dollars,
  duration,
  edge,
  exactMoney,
  money,
  percent,
  signOf,
} from "./format.ts";

const CASES: readonly (readonly [name: string, shown: string, wanted: string])[] = [
  ["money is grouped and rounded to the cent", money("10023.456789"), "$10,023.46"],
  ["half a cent rounds away from zero", money("-0.005000"), "−$0.01"],
  ["less than half a cent has no sign", money("-0.004999", true), "$0.00"],
  ["signed money shows its plus", money("23.456789", true), "+$23.46"],
  ["a million is grouped twice", money("1234567.000000"), "$1,234,567.00"],
  ["absent money is a dash", money(null), "–"],
  ["money that is none is shown as it came", money("NaN"), "NaN"],
  ["a price is in cents", cents("0.5600"), "56.0¢"],
  ["half cents show", cents("0.0550"), "5.5¢"],
  ["hundredths of a cent show", cents("0.0555"), "5.55¢"],
  ["no bid is a dash", cents(null), "–"],
  ["whole contracts have no decimals", contracts("1240.00"), "1,240"],
  ["fractions of a contract show", contracts("64.50"), "64.5"],
  ["a short position has a minus", contracts("-0.05"), "−0.05"],
  ["an index has cents", dollars(84_123.4), "84,123.40"],
  ["NaN is a dash", dollars(NaN), "–"],
  ["infinity is a dash", percent(Infinity), "–"],
  ["a probability is in per cent", percent(0.5873), "58.7%"],
  ["an edge has its sign", edge(0.0142), "+1.42¢"],
  ["a negative edge has a minus", edge(-0.0071), "−0.71¢"],
  ["a fresh value", age(180), "0.2 s"],
  ["an old value", age(42_900), "42 s"],
  ["a value of another day", age(90_000_000), "25 h"],
  ["a clock that ran ahead is no negative age", age(-500), "0.0 s"],
  ["minutes and seconds", countdown(500), "8:20"],
  ["a begun second counts whole", countdown(0.2), "0:01"],
  ["past the end", countdown(-3), "0:00"],
  ["hours", countdown(3_725), "1:02:05"],
  ["days", countdown(273_600), "3 d 4 h"],
  ["uptime of an hour", duration(3_725), "1h 02m"],
  ["uptime of seconds", duration(42.9), "42s"],
  ["limits lose empty decimals", decimal("2000.000000"), "2,000"],
  ["limits keep cents", decimal("65.040000"), "65.04"],
  ["limits keep ten cents whole", decimal("-0.5"), "−0.50"],
  ["limits are rounded to the cent", decimal("2005.785340"), "2,005.79"],
  ["a fee shows to its last digit", exactMoney("0.003600"), "$0.0036"],
  ["a fee of whole cents keeps them", exactMoney("0.500000"), "$0.50"],
  ["a rebate has a minus", exactMoney("-1234.010000"), "−$1,234.01"],
  ["text stays text", decimal("none"), "none"],
];

for (const [name, shown, wanted] of CASES) Deno.test(name, () => assert.equal(shown, wanted));

Deno.test("the sign of money is exact", () => {
  assert.deepEqual(["0.000001", "-0.000001", "0.000000", null].map((text) => signOf(text)), [
    "gain",
    "loss",
    "flat",
    "flat",
  ]);
});
