import assert from "node:assert/strict";
import { join } from "node:path";
import { recordedData } from "../../backtest/recording/recording_fixture.ts";
import { parseTime } from "../../core/units.ts";
import { readKalshiRules } from "./kalshi_rules.ts";
import { normalisedRules, type RuleTerms, sha256 } from "./rule_text.ts";
import { loadPairMap } from "./shipped_pairs.ts";

const terms = (open: string, close: string, strikes: readonly number[] = []): RuleTerms => ({
  openTime: parseTime(open) ?? assert.fail(open),
  closeTime: parseTime(close) ?? assert.fail(close),
  strikes,
});
const SUMMER = terms("2026-09-25T19:00:00Z", "2026-09-25T19:15:00Z", [92799.99]);
/** Over midnight, in standard time, over the end of the year. */
const WINTER = terms("2027-01-01T04:45:00Z", "2027-01-01T05:00:00Z");
/** The clocks go back at 6:00 UTC: it opens in daylight time and closes in standard time. */
const AUTUMN = terms("2026-11-01T05:45:00Z", "2026-11-01T06:00:00Z");
const DAYS = terms("2026-08-31T14:00:00Z", "2026-09-02T14:00:00Z", [90]);

const CASES: readonly (readonly [claim: string, of: RuleTerms, text: string, becomes: string])[] = [
  ["blanks and line breaks are one blank", SUMMER, "  a\n\tb  c ", "a b c"],
  ["the close is named", SUMMER, "before 3:15 PM EDT", "before <close time> ET"],
  ["the open is named", SUMMER, "before 3:00 PM EDT", "before <open time> ET"],
  ["a whole hour needs no minutes", SUMMER, "before 3 PM EDT, at 3pm", "before <open time> ET, at <open time>"],
  ["another time stays", SUMMER, "before 3:14 PM EDT", "before 3:14 PM EDT"],
  ["the other half of the day stays", SUMMER, "before 3:15 AM EDT", "before 3:15 AM EDT"],
  ["the wrong zone stays", SUMMER, "before 3:15 PM EST", "before 3:15 PM EST"],
  ["ET is right all year", SUMMER, "before 3:15 PM ET", "before <close time> ET"],
  ["another zone is no part of the time", SUMMER, "before 3:15 PM UTC", "before <close time> UTC"],
  [
    "the day is named, long and short",
    SUMMER,
    "on Sep 25, 2026 and September 25, 2026 and Sept. 25",
    "on <date> and <date> and <date>",
  ],
  ["another day stays", SUMMER, "on Sep 26, 2026", "on Sep 26, 2026"],
  ["another year stays", SUMMER, "on Sep 25, 2027", "on Sep 25, 2027"],
  [
    "the strike is named, with and without commas",
    SUMMER,
    "above 92799.99, $92,799.99 or 92,799.99",
    "above <strike>, <strike> or <strike>",
  ],
  [
    "other numbers are rules",
    SUMMER,
    "60 RTI prices, 2 decimal places, 92800",
    "60 RTI prices, 2 decimal places, 92800",
  ],
  [
    "midnight is 12 AM of the day after",
    WINTER,
    "12:00 AM EST on Jan 1, 2027, 11:45 PM EST on Dec 31, 2026",
    "<close time> ET on <date>, <open time> ET on <date>",
  ],
  [
    "daylight and standard time are told apart by the moment",
    AUTUMN,
    "1:45 AM EDT to 1:00 AM EST",
    "<open time> ET to <close time> ET",
  ],
  ["standard time before the clocks change is wrong", AUTUMN, "1:45 AM EST", "1:45 AM EST"],
  [
    "whole days open and close at the same time: it is the close",
    DAYS,
    "10:00 AM EDT on Sep 2",
    "<close time> ET on <date>",
  ],
  ["a strike of whole degrees is named", DAYS, "greater than 90° fahrenheit", "greater than <strike>° fahrenheit"],
  ["composed and decomposed letters are the same", SUMMER, "e\u0301", "\u00e9"],
  ["a day of a month that has none stays", SUMMER, "Feb 31, 2026", "Feb 31, 2026"],
  ["May the verb is no date", SUMMER, "It May 3 times", "It May 3 times"],
];

for (const [claim, of, text, becomes] of CASES) {
  Deno.test(`rules: ${claim}`, () => assert.equal(normalisedRules(text, of), becomes));
}

Deno.test("the hash is SHA-256 in hex", async () => {
  assert.equal(await sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

Deno.test("recorded windows of KXBTC15M all have the hash that ships, and any change of the rules has another", async () => {
  const folder = await recordedData("../kalshi/samples/taranti1-2026-09-25");
  if (folder === null) return;
  const loaded = await loadPairMap();
  assert.ok(loaded.ok);
  const shipped = loaded.map.pair.find((pair) => pair.kalshi.series === "KXBTC15M")?.kalshi.rules_sha256;
  let windows = 0;
  for (const file of ["markets_open_KXBTC15M.json", "markets_settled_KXBTC15M.json"]) {
    const { markets } = JSON.parse(await Deno.readTextFile(join(folder, file)));
    for (const market of markets) {
      const read = readKalshiRules({ market }, market.ticker);
      assert.ok(read.ok);
      const { rules, terms: own } = read.value;
      assert.equal(
        await sha256(normalisedRules(rules, own)),
        shipped,
        `${market.ticker}: ${normalisedRules(rules, own)}`,
      );
      const changed = [
        ["sixty", "thirty"],
        ["at least", "above"],
        ["BRTI", "BRR"],
        ["60 RTI prices", "61 RTI prices"],
        ["2 decimal places", "3 decimal places"],
        ["resolves to Yes", "resolves to No"],
      ];
      for (const [from, to] of changed) {
        assert.ok(rules.includes(from), `${market.ticker} has no "${from}"`);
        assert.notEqual(await sha256(normalisedRules(rules.replace(from, to), own)), shipped, `${from} -> ${to}`);
      }
      windows++;
    }
  }
  assert.equal(windows, 4);
});

Deno.test("recorded strikes of one hourly event differ in nothing but the strike", async () => {
  const folder = await recordedData("../kalshi/samples/taranti1-2026-09-25");
  if (folder === null) return;
  const { markets } = JSON.parse(await Deno.readTextFile(join(folder, "markets_settled_KXBTCD.json")));
  const texts = new Set<string>();
  for (const market of markets) {
    const read = readKalshiRules({ market }, market.ticker);
    assert.ok(read.ok);
    texts.add(normalisedRules(read.value.rules, read.value.terms));
  }
  assert.ok(markets.length > 1);
  assert.equal(texts.size, 1);
  assert.match([...texts][0], /before <close time> ET is above <strike> at <close time> ET on <date>, then/);
});

const BODY = {
  ticker: "KXBTC15M-26SEP251515-15",
  open_time: "2026-09-25T19:00:00Z",
  close_time: "2026-09-25T19:15:00Z",
  rules_primary: "If the price is at least the price before",
  rules_secondary: "Rounded",
  floor_strike: 83950.62,
};
const BODY_CASES: readonly (readonly [claim: string, body: unknown, reason: string | null])[] = [
  ["is read", { market: BODY }, null],
  ["without a second part is read", { market: { ...BODY, rules_secondary: undefined } }, null],
  ["of another market is refused", { market: { ...BODY, ticker: "X" } }, "body of another market"],
  ["without rules is refused", { market: { ...BODY, rules_primary: " " } }, "market without rules"],
  ["with rules that are no text is refused", { market: { ...BODY, rules_secondary: 5 } }, "market without rules"],
  ["with endless rules is refused", { market: { ...BODY, rules_primary: "x".repeat(20_001) } }, "market without rules"],
  ["without times is refused", { market: { ...BODY, close_time: "soon" } }, "market times"],
  ["that is empty is refused", {}, "body of another market"],
  ["that is none is refused", null, "body of another market"],
];
for (const [claim, body, reason] of BODY_CASES) {
  Deno.test(`a Kalshi market ${claim}`, () => {
    const read = readKalshiRules(body, BODY.ticker);
    assert.equal(read.ok ? null : read.reason, reason);
  });
}
