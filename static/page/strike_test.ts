import assert from "node:assert/strict";
import { strikeText, strikeWords } from "./strike.ts";

for (
  const [strikeType, strike, strikeTo, signs, words] of [
    ["greater", 84_100, null, "> 84,100", "above 84,100"],
    ["greater_or_equal", 84_100.5, null, "≥ 84,100.50", "84,100.50 or more"],
    ["less", 62, null, "< 62", "below 62"],
    ["less_or_equal", 0.0125, null, "≤ 0.0125", "0.0125 or less"],
    ["between", 92_700, 92_799.99, "92,700–92,799.99", "from 92,700 to 92,799.99"],
    ["custom", 3.5, null, "3.50", "3.50"],
    [null, null, null, "–", "not known yet"],
    ["greater", NaN, null, "–", "not known yet"],
  ] as const
) {
  Deno.test(`a strike of ${strikeType} ${strike} reads ${words}`, () => {
    const market = { strikeType, strike, strikeTo, index: "BRTI" };
    assert.deepEqual([strikeText(market), strikeWords(market)], [signs, words]);
  });
}
