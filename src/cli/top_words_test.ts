import assert from "node:assert/strict";
import { age, cents, clockTime, contracts, countdown, dollars, edge, money, percent, signTone } from "./top_words.ts";

Deno.test("figures read as people write them, and what is absent or no number says so", () => {
  for (
    const [text, wanted] of [
      [money("10023.456789"), "$10,023.46"],
      [money("-0.005000"), "-$0.01"],
      [money("-0.004999"), "$0.00"],
      [money("23.456789", true), "+$23.46"],
      [money("0.000000", true), "$0.00"],
      [money(null), "-"],
      [money("NaN"), "n/a"],
      [cents("0.5600"), "56.0¢"],
      [cents("0.0555"), "5.55¢"],
      [cents(null), "-"],
      [cents("fifty"), "n/a"],
      [contracts("1064.50"), "1,064.5"],
      [contracts("42.00"), "42"],
      [dollars(84_123.456), "84,123.46"],
      [dollars(0.12345), "0.1235"],
      [dollars(NaN), "n/a"],
      [percent(0.5873), "58.7%"],
      [percent(Infinity), "n/a"],
      [percent(undefined), "-"],
      [edge(0.0142), "+1.42¢"],
      [edge(-0.0142), "-1.42¢"],
      [age(85), "85 ms"],
      [age(-3), "-3 ms"],
      [age(4_210), "4.2 s"],
      [age(42_000), "42 s"],
      [age(200_000), "3 min"],
      [age(8_000_000), "2 h"],
      [countdown(500), "8:20"],
      [countdown(3_725), "1:02:05"],
      [countdown(273_600), "3 d 4 h"],
      [countdown(9_763_200), "113 d"],
      [countdown(-5), "0:00"],
      [countdown(NaN), "n/a"],
      [clockTime("2026-09-25T19:00:00.584868Z"), "19:00:00"],
      [clockTime("yesterday"), "-"],
    ]
  ) assert.equal(text, wanted);
  assert.deepEqual(["1.00", "-1.00", "0.00", "x", null].map(signTone), ["good", "bad", "plain", "plain", "plain"]);
});
