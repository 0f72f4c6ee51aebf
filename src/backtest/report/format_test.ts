import assert from "node:assert/strict";
import * as format from "./format.ts";

Deno.test("numbers read as a person writes them", () => {
  const cases: readonly (readonly [made: string, wanted: string])[] = [
    [format.money("10023.456789"), "$10,023.46"],
    [format.money("-0.005"), "−$0.01"],
    [format.money("-0.004999"), "$0.00"],
    [format.money("23.46", true), "+$23.46"],
    [format.money("0.000000", true), "$0.00"],
    [format.money("9007199254.740991"), "$9,007,199,254.74"],
    [format.money("12 monkeys"), "12 monkeys"],
    [format.exactMoney("0.003600"), "$0.0036"],
    [format.exactMoney("-1234.500000"), "−$1,234.50"],
    [format.dollars(-1074.31), "−$1,074.31"],
    [format.dollars(-0.001), "$0.00"],
    [format.axisDollars(-2_500, 500), "−$2,500"],
    [format.axisDollars(0.05, 0.05), "$0.05"],
    [format.axisDollars(-0.005, 0.005), "−$0.005"],
    [format.axisDollars(0.2, 0.1), "$0.2"],
    [format.axisLevel(79_420, 20), "79,420"],
    [format.percent(-0.018241, 2), "−1.82\u00a0%"],
    [format.figure(5_832.37), "5,832.37"],
    [format.cents(0.56), "56.0¢"],
    [format.cents(0.0555), "5.55¢"],
    [format.edge(0.0142), "+1.42¢"],
    [format.edge(-0.0142), "−1.42¢"],
    [format.amount(18_531.35), "18,531.35"],
    [format.amount(320), "320"],
    [format.counted(1, "fill"), "1 fill"],
    [format.counted(2_000, "fill"), "2,000 fills"],
    [format.level(84_123.456), "84,123.46"],
    [format.level(1.23456), "1.2346"],
    [format.bytes(999), "999 B"],
    [format.bytes(48_211_904), "48 MB"],
    [format.moment("2026-09-25T19:00:00.584868Z"), "2026-09-25 19:00:00"],
    [format.moment("yesterday"), "yesterday"],
    [format.settingText({ a: [1] }), `{"a":[1]}`],
    [format.settingText(undefined), "n/a"],
  ];
  for (const [made, wanted] of cases) assert.equal(made, wanted);
});

Deno.test("what is no amount and no time is not drawn", () => {
  assert.equal(format.dollarsOf("much"), null);
  assert.equal(format.dollarsOf("-12.340000"), -12.34);
  assert.equal(format.millisecondsOf("yesterday"), null);
});
