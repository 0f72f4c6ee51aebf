import assert from "node:assert/strict";
import { barLine } from "./progress_bar.ts";

Deno.test("the bar fills from nothing to all, and fits its line", () => {
  const cases: [done: number, of: number, line: RegExp][] = [
    [0, 8, /^\[ {24}\] {3}0 % /],
    [4, 8, /^\[#{12} {12}\] {2}50 % /],
    [7, 8, /^\[#{21} {3}\] {2}87 % /],
    [8, 8, /^\[#{24}\] 100 % /],
    [9, 8, /^\[#{24}\] 100 % /],
    [0, 0, /^\[#{24}\] 100 % /],
  ];
  for (const [done, of, line] of cases) {
    const text = barLine(done, of, "KXBTC15M trades 3/96 ".repeat(9));
    assert.match(text, line);
    assert.equal(text.length, 79);
  }
});
