import assert from "node:assert/strict";
import type { SpotState } from "../../core/input.ts";
import { micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SpotTroubles } from "./spot_troubles.ts";

/** One state a second; what was logged, with its second. */
function logged(states: readonly SpotState[]): { readonly said: string[]; readonly troubles: SpotTroubles } {
  const said: string[] = [];
  let second = 0;
  const troubles = new SpotTroubles((level, text) => void said.push(`${second} ${level} ${text}`));
  for (const state of states) {
    troubles.look("kraken", "BTC", state, micros(second * MICROS_PER_SECOND));
    second++;
  }
  return { said, troubles };
}

const times = (count: number, state: SpotState): SpotState[] => Array.from({ length: count }, () => state);

const WORDS: readonly (readonly [SpotState, RegExp])[] = [
  ["outlier", /Prices of BTC stand apart/],
  ["crossed", /Book of BTC is crossed/],
  ["one_sided", /Book of BTC has one side only/],
  ["stale", /Book of BTC has not changed for long/],
];
for (const [state, words] of WORDS) {
  Deno.test(`${state} for five seconds is told once, and so is its end`, () => {
    const { said, troubles } = logged([...times(9, state), "live", "live"]);
    assert.equal(said.length, 2, said.join("\n"));
    assert.match(said[0], words);
    assert.ok(said[0].startsWith("5 warn kraken: "));
    assert.equal(said[1], "9 info kraken: prices of BTC can be believed again");
    assert.equal(troubles.of("kraken"), null);
  });
}

Deno.test("what is over sooner is not told, however often it comes", () => {
  const burst: SpotState[] = [...times(4, "crossed"), "live"];
  assert.deepEqual(logged([...burst, ...burst, ...burst]).said, []);
});

Deno.test("that an exchange is down is its feed's to tell", () => {
  assert.deepEqual(logged([...times(20, "down"), "live"]).said, []);
  const { said, troubles } = logged([...times(9, "outlier"), ...times(9, "down"), "live"]);
  assert.equal(said.length, 1);
  assert.equal(troubles.of("kraken"), null);
});

Deno.test("a trouble stands until it ends, and an exchange that nobody looked at has none", () => {
  const { troubles } = logged(times(7, "crossed"));
  assert.match(troubles.of("kraken") ?? "", /crossed/);
  assert.equal(troubles.of("gemini"), null);
});
