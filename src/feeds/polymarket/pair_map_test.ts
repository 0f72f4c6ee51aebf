import assert from "node:assert/strict";
import type { Market } from "../../core/market.ts";
import { aMarket } from "../../core/market_fixture.ts";
import { parseTime } from "../../core/units.ts";
import type { GammaMarket } from "./gamma.ts";
import type { KalshiRules } from "./kalshi_rules.ts";
import { formatPairMap, isReviewed, pairFor, parsePairMap, slugsFor } from "./pair_map.ts";
import { describeReview, reviewPair, rulesTrouble, seeRules } from "./review.ts";
import { loadPairMap } from "./shipped_pairs.ts";
import { SIMULATED_PAIRS } from "../../venues/exchange/feeds/polymarket_pairs.ts";

const HASH = "0123456789abcdef".repeat(4);
const GOOD = {
  name: 'name = "btc-15m"',
  difference: 'rule_difference = "An average against a last price"',
  signed: 'reviewed_by = "a reader"\nreviewed_on = "2026-11-20"',
  kalshi: `series = "KXBTC15M"\nrules_sha256 = "${HASH}"`,
  polymarket: `event = "btc-updown-15m-{open}"\noutcome = "Up"\ninverted = false\nrules_sha256 = "${HASH}"`,
};
const pairText = (changes: Partial<typeof GOOD> = {}): string => {
  const { name, difference, signed, kalshi, polymarket } = { ...GOOD, ...changes };
  return `[[pair]]\n${name}\n${difference}\n${signed}\n[pair.kalshi]\n${kalshi}\n[pair.polymarket]\n${polymarket}\n`;
};
const mapText = (...pairs: string[]): string => `version = 1\n${pairs.join("\n")}`;

Deno.test("a map is read, and what is not said is not inverted", () => {
  const read = parsePairMap(
    mapText(pairText({ polymarket: 'event = "a-{open}-{close}"\noutcome = "Up"', signed: "" })),
    "m.toml",
  );
  assert.ok(read.ok, JSON.stringify(read));
  assert.equal(read.map.pair[0].polymarket.inverted, false);
  assert.equal(isReviewed(read.map.pair[0]), false);
  assert.deepEqual(parsePairMap("version = 1", "m.toml"), { ok: true, map: { version: 1, pair: [] } });
});

const WRONG: readonly (readonly [claim: string, text: string, error: RegExp])[] = [
  ["no TOML", "version = ", /^m\.toml:1:\d+: found no TOML: /],
  ["no version", pairText(), /^m\.toml: version: found nothing, wanted /],
  ["another version", `version = 2\n${pairText()}`, /^m\.toml: version: found 2, wanted /],
  ["an unknown key", mapText(pairText({ name: 'name = "a"\nguess = true' })), /^m\.toml: pair\.0: .*guess/],
  [
    "a name with blanks",
    mapText(pairText({ name: 'name = "a b"' })),
    /pair\.0\.name: found "a b", wanted lower-case letters/,
  ],
  [
    "no difference of the rules",
    mapText(pairText({ difference: "" })),
    /pair\.0\.rule_difference: found nothing, wanted /,
  ],
  [
    "a difference that says nothing",
    mapText(pairText({ difference: 'rule_difference = "none"' })),
    /rule_difference: found "none", wanted how the rules differ/,
  ],
  [
    "neither series nor ticker",
    mapText(pairText({ kalshi: "" })),
    /pair\.0\.kalshi: found a table, wanted either series or ticker/,
  ],
  ["series and ticker", mapText(pairText({ kalshi: 'series = "A"\nticker = "B"' })), /wanted either series or ticker/],
  [
    "a series with one fixed mirror",
    mapText(pairText({ polymarket: 'event = "a"\noutcome = "Up"' })),
    /polymarket\.event: .*\{open\} or \{close\}: a series has many/,
  ],
  [
    "a ticker with many mirrors",
    mapText(pairText({ kalshi: 'ticker = "B-1"' })),
    /polymarket\.event: .*no \{open\} or \{close\}: a ticker is one/,
  ],
  [
    "a slug with an unknown placeholder",
    mapText(pairText({ polymarket: 'event = "a-{strike}"\noutcome = "Up"' })),
    /polymarket\.event: found "a-\{strike\}", wanted a slug/,
  ],
  [
    "a slug that leaves its query",
    mapText(pairText({ polymarket: 'event = "a-{open}&x=1"\noutcome = "Up"' })),
    /wanted a slug/,
  ],
  ["no outcome", mapText(pairText({ polymarket: 'event = "a-{open}"' })), /polymarket\.outcome: found nothing/],
  [
    "a hash of another length",
    mapText(pairText({ kalshi: 'series = "A"\nrules_sha256 = "abc"' })),
    /kalshi\.rules_sha256: found "abc", wanted 64 hex digits/,
  ],
  [
    "a signature without hashes",
    mapText(pairText({ kalshi: 'series = "A"' })),
    /pair\.0\.reviewed_by: .*with reviewed_on and both rules_sha256/,
  ],
  [
    "a day that no calendar has",
    mapText(pairText({ signed: 'reviewed_by = "a"\nreviewed_on = "2026-02-30"' })),
    /reviewed_on: found "2026-02-30"/,
  ],
  [
    "two pairs of one name",
    mapText(pairText(), pairText({ kalshi: 'series = "B"\nrules_sha256 = "' + HASH + '"' })),
    /pair\.1: found a table, wanted only one for name btc-15m/,
  ],
  [
    "two pairs for one series",
    mapText(pairText(), pairText({ name: 'name = "b"' })),
    /pair\.1: .*only one for series KXBTC15M/,
  ],
  ["a file of two million letters", `# ${"x".repeat(2_000_000)}`, /found 2000002 characters, at most 1048576/],
];
for (const [claim, text, error] of WRONG) {
  Deno.test(`a map with ${claim} is refused, and told where`, () => {
    const read = parsePairMap(text, "m.toml");
    assert.ok(!read.ok, "was taken");
    assert.ok(read.errors.some((each) => error.test(each)), read.errors.join("\n"));
  });
}

Deno.test("a map is written as it is read", () => {
  for (const map of [SIMULATED_PAIRS, { version: 1 as const, pair: [] }]) {
    assert.deepEqual(parsePairMap(formatPairMap(map), "m.toml"), { ok: true, map });
  }
});

const market = (ticker: string, series: string): Market =>
  aMarket({
    ticker,
    series,
    event: ticker,
    openTime: parseTime("2026-09-25T19:00:00Z") ?? assert.fail(),
    closeTime: parseTime("2026-09-25T19:15:00Z") ?? assert.fail(),
    strikeType: null,
    floorStrike: null,
  });

Deno.test("a market has the pair of its ticker before that of its series, and the mirror's name by its window", () => {
  const own = pairText({
    name: 'name = "own"',
    kalshi: 'ticker = "KXBTC15M-X"',
    polymarket: 'event = "fed"\nmarket = "fed-cut"\noutcome = "Yes"',
    signed: "",
  });
  const read = parsePairMap(mapText(pairText(), own), "m.toml");
  assert.ok(read.ok, JSON.stringify(read));
  const { map } = read;
  const [series, single] = map.pair;
  assert.equal(pairFor(map, market("KXBTC15M-X", "KXBTC15M")), single);
  assert.equal(pairFor(map, market("KXBTC15M-Y", "KXBTC15M")), series);
  assert.equal(pairFor(map, market("KXSOL15M-Y", "KXSOL15M")), null);
  const slug = "btc-updown-15m-1790362800";
  assert.deepEqual(slugsFor(series, market("KXBTC15M-Y", "KXBTC15M")), { event: slug, market: slug });
  assert.deepEqual(slugsFor(single, market("KXBTC15M-X", "KXBTC15M")), { event: "fed", market: "fed-cut" });
});

const kalshi = (rules: string): KalshiRules => ({
  ticker: "T",
  rules,
  terms: { openTime: market("", "").openTime, closeTime: market("", "").closeTime, strikes: [] },
});
const mirror = (rules: string): GammaMarket => ({
  ...{ slug: "s", conditionId: "0x", outcomes: [], rules, startTime: null, endTime: null, open: true },
});

Deno.test("a review signs for both texts as they are, and from then on any other text is trouble", async () => {
  const read = parsePairMap(
    mapText(pairText({ signed: "" }), pairText({ name: 'name = "other"', kalshi: 'series = "B"', signed: "" })),
    "m.toml",
  );
  assert.ok(read.ok);
  const seen = await seeRules(kalshi("At 3:15 PM EDT,  60 prices"), mirror("The last price"));
  const [before, other] = read.map.pair;
  assert.equal(rulesTrouble(before, seen), "Pair btc-15m is not used: nobody has reviewed its rules");
  const reviewed = reviewPair(read.map, "btc-15m", seen, { by: "a reader", on: "2026-11-21" });
  const [pair] = reviewed.pair;
  assert.equal(reviewed.pair[1], other);
  assert.ok(isReviewed(pair));
  assert.equal(rulesTrouble(pair, seen), null);
  const again = parsePairMap(formatPairMap(reviewed), "m.toml");
  assert.deepEqual(again, { ok: true, map: reviewed });
  const cases = [
    [kalshi("At 3:15 PM EDT, 60 prices"), mirror("The\nlast price "), null],
    [
      kalshi("At 3:15 PM EDT, 59 prices"),
      mirror("The last price"),
      /the rules of Kalshi are not those that a reader read/,
    ],
    [kalshi("At 3:15 PM EDT, 60 prices"), mirror("The mean price"), /the rules of Polymarket are not those/],
    [kalshi("At 3:16 PM EDT, 60 prices"), mirror("The mean price"), /the rules of Kalshi and Polymarket are not those/],
  ] as const;
  for (const [one, two, trouble] of cases) {
    const found = rulesTrouble(pair, await seeRules(one, two));
    if (trouble === null) assert.equal(found, null);
    else assert.match(found ?? "", trouble);
  }
  assert.throws(() => reviewPair(read.map, "none", seen, { by: "a", on: "2026-11-21" }), /No pair is called none/);
});

Deno.test("what a reviewer reads has both texts, the difference and the state of each side", async () => {
  const read = parsePairMap(
    mapText(pairText({ signed: "", polymarket: 'event = "b-{open}"\noutcome = "Down"\ninverted = true' })),
    "m.toml",
  );
  assert.ok(read.ok);
  const text = describeReview(read.map.pair[0], await seeRules(kalshi("Sixty prices"), mirror("One price")));
  for (
    const part of ["KXBTC15M and b-{open}", 'YES is the outcome other than "Down"', "An average against a last price"]
  ) {
    assert.ok(text.includes(part), text);
  }
  assert.match(text, /Kalshi, CHANGED since the review, SHA-256 [0-9a-f]{64}:\nSixty prices/);
  assert.match(text, /Polymarket, never reviewed, SHA-256 [0-9a-f]{64}:\nOne price/);
});

Deno.test("the map that ships is read, and none of it is used before it is reviewed", async () => {
  const loaded = await loadPairMap();
  assert.ok(loaded.ok, JSON.stringify(loaded));
  assert.deepEqual(loaded.map.pair.map((pair) => pair.kalshi.series), ["KXBTC15M", "KXETH15M"]);
  assert.deepEqual(loaded.map.pair.map(isReviewed), [false, false]);
});

Deno.test("a map that is not there is an error that names it", async () => {
  const loaded = await loadPairMap("/nowhere/pairs.toml");
  assert.deepEqual(loaded, {
    ok: false,
    errors: ["/nowhere/pairs.toml: found a file that cannot be read (NotFound), wanted a pair map"],
  });
});
