import assert from "node:assert/strict";
import { join } from "node:path";
import { recordedData } from "../../backtest/recording/recording_fixture.ts";
import { type Count, MICROS_PER_SECOND, parseTime } from "../../core/units.ts";
import { readPrice } from "./decimals.ts";
import { type GammaMarket, readEvent } from "./gamma.ts";
import { normalisedRules, sha256 } from "./rule_text.ts";
import { yesQuote } from "./yes_quote.ts";

const MARKET = {
  slug: "btc-updown-15m-1790362800",
  conditionId: `0x${"ab".repeat(32)}`,
  outcomes: '["Up", "Down"]',
  clobTokenIds: '["11", "22"]',
  outcomePrices: '["0.505", "0.495"]',
  description: "This market will resolve to Up",
  resolutionSource: "https://data.chain.link/streams/btc-usd",
  eventStartTime: "2026-09-25T19:00:00Z",
  endDate: "2026-09-25T19:15:00Z",
  active: true,
  closed: false,
  acceptingOrders: true,
};
const answer = (changes: Readonly<Record<string, unknown>> = {}): unknown => [
  { slug: MARKET.slug, markets: [{ ...MARKET, slug: "another" }, { ...MARKET, ...changes }] },
];
const read = (body: unknown) => readEvent(body, MARKET.slug, MARKET.slug);

Deno.test("a market is read from its event: tokens by outcome, rules, window", () => {
  assert.deepEqual(read(answer()), {
    ok: true,
    market: {
      slug: MARKET.slug,
      conditionId: MARKET.conditionId,
      outcomes: [{ name: "Up", token: "11" }, { name: "Down", token: "22" }],
      rules: "This market will resolve to Up\nhttps://data.chain.link/streams/btc-usd",
      startTime: parseTime("2026-09-25T19:00:00Z"),
      endTime: parseTime("2026-09-25T19:15:00Z"),
      open: true,
    },
  });
});

const STATES: readonly (readonly [changes: Readonly<Record<string, unknown>>, open: boolean])[] = [
  ...([[{ closed: true }, false], [{ active: false }, false], [{ acceptingOrders: false }, false]] as const),
  ...([[{ acceptingOrders: undefined }, true], [{}, true]] as const),
];
for (const [changes, open] of STATES) {
  Deno.test(`a market with ${JSON.stringify(changes)} is ${open ? "" : "not "}open`, () => {
    const found = read(answer(changes));
    assert.equal(found.ok && found.market.open, open);
  });
}

const REFUSED: readonly (readonly [claim: string, body: unknown, reason: string])[] = [
  ["no list", {}, "no list of events"],
  ["an empty list", [], "missing"],
  ["another event", [{ slug: "x", markets: [MARKET] }], "missing"],
  ["an event without that market", [{ slug: MARKET.slug, markets: [{ ...MARKET, slug: "x" }] }], "missing"],
  ["an event without markets", [{ slug: MARKET.slug }], "event without markets"],
  ["21 events", Array(21).fill({}), "too many events"],
  ["a condition id that is none", answer({ conditionId: "0x12" }), "condition id"],
  ["outcomes that are no JSON", answer({ outcomes: "[Up, Down]" }), "outcomes"],
  ["one outcome", answer({ outcomes: '["Up"]' }), "outcomes"],
  ["three outcomes", answer({ outcomes: '["Up","Down","Tie"]' }), "outcomes"],
  ["twice the same outcome", answer({ outcomes: '["Up","Up"]' }), "outcomes"],
  ["outcomes that are numbers", answer({ outcomes: "[1,2]" }), "outcomes"],
  ["a token too few", answer({ clobTokenIds: '["11"]' }), "tokens"],
  ["a token that is no number", answer({ clobTokenIds: '["11","0x22"]' }), "tokens"],
  ["no tokens", answer({ clobTokenIds: undefined }), "tokens"],
  ["no description", answer({ description: undefined }), "rules"],
  ["an empty description", answer({ description: " " }), "rules"],
  ["a source that is no text", answer({ resolutionSource: 5 }), "rules"],
  ["a time that is none", answer({ endDate: "tomorrow" }), "times"],
  ["no state", answer({ closed: undefined }), "state"],
];
for (const [claim, body, reason] of REFUSED) {
  Deno.test(`an answer with ${claim} is refused`, () => assert.deepEqual(read(body), { ok: false, reason }));
}

// deno-lint-ignore no-explicit-any
async function lines(file: string): Promise<any[]> {
  const unpacked = (await Deno.open(file)).readable.pipeThrough(new DecompressionStream("gzip"));
  const text = await new Response(unpacked).text();
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

interface RecordedWindow {
  readonly slug: string;
  readonly start_sec: number;
  readonly end_sec: number;
  /** Dollars times 10^18; `null` where the recorder missed it. */
  readonly strike_value: string | null;
  readonly outcome_prices: readonly string[];
  readonly condition_id: string;
  readonly token_ids: readonly string[];
  readonly raw: Readonly<Record<string, unknown>>;
}

Deno.test("recorded five-minute windows are read, and all have the same rules", async () => {
  const folder = await recordedData("polymarket");
  if (folder === null) return;
  const windows: RecordedWindow[] = await lines(join(folder, "btc_updown_5m_markets_2026-07-24.jsonl.gz"));
  const hashes = new Set<string>();
  for (const { slug, start_sec, end_sec, condition_id, token_ids, raw } of windows) {
    const found = readEvent([{ slug, markets: [raw] }], slug, slug);
    assert.ok(found.ok, `${slug}: ${JSON.stringify(found)}`);
    const market: GammaMarket = found.market;
    assert.equal(slug, `btc-updown-5m-${start_sec}`);
    assert.deepEqual(market.outcomes, [{ name: "Up", token: token_ids[0] }, { name: "Down", token: token_ids[1] }]);
    assert.equal(market.conditionId, condition_id);
    assert.equal(market.startTime, start_sec * MICROS_PER_SECOND);
    assert.equal(market.endTime, end_sec * MICROS_PER_SECOND);
    assert.equal(market.open, false);
    const { startTime, endTime } = market;
    if (startTime === null || endTime === null) throw new Error("A window has times");
    hashes.add(await sha256(normalisedRules(market.rules, { openTime: startTime, closeTime: endTime, strikes: [] })));
  }
  assert.equal(windows.length, 145);
  assert.equal(hashes.size, 1);
});

Deno.test("recorded windows resolved Up where the Chainlink price at the end was at least that at the begin", async () => {
  const folder = await recordedData("polymarket");
  if (folder === null) return;
  const windows: RecordedWindow[] = await lines(join(folder, "btc_updown_5m_markets_2026-07-24.jsonl.gz"));
  const file = await Deno.open(join(folder, "chainlink_btcusd_1hz_2026-07-24_am.csv.gz"));
  const csv = await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
  const prices = new Map<number, number>();
  for (const line of csv.split("\n").slice(1)) {
    const [time, value] = line.split(",");
    if (line !== "" && Number(time) % 1_000 === 0) prices.set(Number(time) / 1_000, Number(value));
  }
  let covered = 0;
  let strikes = 0;
  for (const { slug, start_sec, end_sec, strike_value, outcome_prices } of windows) {
    if (strike_value === null) continue;
    const strike = Number(BigInt(strike_value) / 1_000_000_000n) / 1e9;
    const [begin, end] = [prices.get(start_sec), prices.get(end_sec)];
    if (begin !== undefined) {
      strikes++;
      assert.ok(Math.abs(begin - strike) < 1e-6, `${slug}: strike ${strike}, stream ${begin}`);
    }
    if (end === undefined) continue;
    covered++;
    assert.deepEqual(outcome_prices, end >= strike ? ["1", "0"] : ["0", "1"], `${slug}: ${strike} -> ${end}`);
  }
  assert.ok(covered >= 100 && strikes >= 100, `${covered} ends and ${strikes} begins are recorded`);
});

Deno.test("recorded pairs of both venues are quotes of YES, exact to $0.0001", async () => {
  const folder = await recordedData("polymarket");
  if (folder === null) return;
  let rows = 0;
  let oneSided = 0;
  let apart = 0;
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.startsWith("kalshi_polymarket_")) continue;
    for (const { kalshi, polymarket } of await lines(join(folder, name))) {
      if (!polymarket.book_fetch_ok) continue;
      const price = (value: number | null) => {
        const exact = value === null ? null : readPrice(String(value));
        if (value !== null) assert.ok(exact !== null && Math.abs(exact / 10_000 - value) < 1e-12, `${name}: ${value}`);
        return exact;
      };
      const size = 100 as Count;
      const best = { bid: price(polymarket.best_bid), bidSize: size, ask: price(polymarket.best_ask), askSize: size };
      const quote = yesQuote(best, false);
      const other = yesQuote(best, true);
      rows++;
      if (best.bid === null || best.ask === null) oneSided++;
      if (quote.bid !== null && quote.ask !== null && other.ask !== null && other.bid !== null) {
        assert.ok(quote.bid < quote.ask && quote.bid + other.ask === 10_000 && quote.ask + other.bid === 10_000);
      }
      const [bid, ask] = [kalshi.yes_bid ?? null, kalshi.yes_ask ?? null];
      if (bid === null || ask === null || quote.bid === null || quote.ask === null) continue;
      if (Math.abs((quote.bid + quote.ask) / 20_000 - (bid + ask) / 2) > 0.25) apart++;
    }
  }
  assert.ok(rows > 3_000, `${rows} rows`);
  assert.ok(oneSided > 0 && oneSided < rows / 2, `${oneSided} of ${rows} one-sided`);
  assert.ok(apart < rows / 100, `${apart} of ${rows}: the same outcome is priced alike on both venues`);
});
