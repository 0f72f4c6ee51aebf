/**
 * Every source of data is cut from outside, one way after the other, while kbot trades: the simulated exchange in one
 * process, kbot in another, and what it says of itself at its API.
 */
import assert from "node:assert/strict";
import { openKvStore } from "../src/store/kv_store.ts";
import { statePaths } from "../src/store/state_directory.ts";
import { readJournal } from "../src/store/journal_reader.ts";
import {
  allLive,
  CONSTITUENTS,
  describe,
  feedOf,
  FeedStage,
  has,
  refusedOf,
  type Shown,
  stateOf,
  type Trouble,
  weightsOf,
} from "./feed_stage.ts";

const FULL = Deno.env.get("KBOT_TEST_FULL") === "1";
/** What a trouble at one feed does to it. */
interface Case {
  readonly feed: string;
  readonly trouble: Trouble;
  /** What its prices become, where it has any. */
  readonly state?: RegExp;
  /** In words, at the API and on the page. */
  readonly says?: RegExp;
  /** Counted by. */
  readonly refused?: RegExp;
  /** In the log as a warning. */
  readonly warns: RegExp;
}

/** Three spot exchanges at a time leave the composite three: what it needs. */
const ROUNDS: readonly (readonly Case[])[] = [
  [
    {
      feed: "bitstamp",
      trouble: ["down", "403"],
      state: /down/,
      says: /Cannot reach/,
      refused: /status 403/,
      warns: /Bitstamp: Cannot reach/,
    },
    {
      feed: "gemini",
      trouble: ["silent", "429"],
      state: /down|stale/,
      says: /status 429|nothing was heard|silent/,
      refused: /status 429/,
      warns: /Gemini: .*(nothing was heard|429)/,
    },
    {
      feed: "cryptocom",
      trouble: "outlier",
      state: /outlier/,
      says: /stand apart/,
      warns: /cryptocom: Prices of ... stand apart/,
    },
    {
      feed: "deribit",
      trouble: "429",
      says: /status 429/,
      refused: /status 429/,
      warns: /deribit.*429/i,
    },
  ],
  [
    {
      feed: "bullish",
      trouble: "crossed",
      state: /crossed|down/,
      says: /is crossed|stays crossed/,
      warns: /bullish: .* is crossed|Bullish: refused, book stays crossed/,
    },
    { feed: "kraken", trouble: "gap", refused: /checksum differs/, warns: /Kraken: .*checksum differs/ },
    {
      feed: "coinbase",
      trouble: "garbage",
      state: /down/,
      says: /out of sync|Cannot reach/,
      refused: /not JSON|not positive|unknown|no object/,
      warns: /Coinbase: refused/,
    },
    {
      feed: "binance",
      trouble: ["down", "html"],
      state: /down/,
      says: /Cannot reach/,
      refused: /a page instead of JSON/,
      warns: /Binance: Cannot reach/,
    },
    { feed: "polymarket", trouble: "down", says: /Cannot reach/, warns: /[Pp]olymarket.*Cannot reach/ },
  ],
];

/** What cannot be waited for in a usual run: weather and rates are asked for every minute and more. */
const MORE_ROUNDS: readonly (readonly Case[])[] = [
  [
    { feed: "nws", trouble: "html", says: /a page instead of JSON/, refused: /a page/, warns: /nws.*page/i },
    { feed: "rates", trouble: "403", says: /status 403/, refused: /status 403/, warns: /rates.*403/i },
    { feed: "coinbase", trouble: "down", state: /down/, says: /Cannot reach/, warns: /Coinbase: Cannot reach/ },
    { feed: "kraken", trouble: "silent", state: /down|stale/, says: /silent|nothing was/, warns: /Kraken: .*nothing/ },
    { feed: "binance_us", trouble: "outlier", state: /outlier/, says: /stand apart/, warns: /binance_us: Prices/ },
  ],
  [
    { feed: "bitstamp", trouble: "crossed", state: /crossed|down/, warns: /[Bb]itstamp: .*crossed/ },
    { feed: "gemini", trouble: "outage", state: /down/, says: /Cannot reach/, warns: /Gemini: Cannot reach/ },
    { feed: "bullish", trouble: "gap", refused: /./, warns: /Bullish: / },
    { feed: "deribit", trouble: "html", says: /a page/, refused: /a page/, warns: /deribit.*page/i },
  ],
];

async function strikeAll(stage: FeedStage, cases: readonly Case[]): Promise<void> {
  const before = await stage.until("all is well", allLive);
  for (const { feed, trouble } of cases) await stage.strike(feed, trouble);
  const gone = cases.filter(({ feed, state }) => state !== undefined && CONSTITUENTS.some((name) => name === feed));
  for (const { feed, trouble, state, says, refused, warns } of cases) {
    const what = `${feed} ${trouble}`;
    await stage.until(
      what,
      (shown) =>
        (state === undefined || stateOf(shown, feed).every((each) => state.test(each)) && has(shown, feed, false)) &&
        (says === undefined || says.test(feedOf(shown, feed).trouble ?? "")) &&
        (refused === undefined || refusedOf(shown, feed, refused)),
    );
    await stage.untilWarned(warns);
    if (refused !== undefined) {
      assert.match(await stage.metrics(), new RegExp(`kbot_feed_refused_total\\{feed="${feed}",reason="[^"]*`));
    }
  }
  // A machine that stood still may have cost the composite itself for a moment.
  const grown = (shown: Shown) =>
    ["BTC", "ETH"].every((asset) => {
      const left = CONSTITUENTS.filter((name) => cases.every(({ feed }) => feed !== name));
      const total = (at: Shown) => left.reduce((sum, name) => sum + (weightsOf(at, asset).get(name) ?? 0), 0);
      return total(shown) > total(before);
    });
  const during = await stage.until(
    "those that are cut have no weight, and what the others weigh grows",
    (shown) => gone.every(({ feed }) => has(shown, feed, false)) && grown(shown),
  );
  assert.ok(during.indices.every(({ source }) => source === "official"), describe(during));
  for (const { feed } of cases) await stage.strike(feed, "up");
  await stage.until("all recover, and their weights return", allLive);
}

Deno.test("whatever befalls a feed moves its weight, is said, logged and counted, and is over when it is over", async () => {
  await using stage = await FeedStage.open();
  const { exchanges, feeds } = await stage.until(
    "all feeds live with age and latency",
    (shown) =>
      allLive(shown) &&
      shown.exchanges.every(({ ageMs, latencyMs }) => ageMs !== null && latencyMs !== null) &&
      shown.feeds.every(({ ageMs, messages }) => ageMs !== null && messages > 0),
  );
  // Eight exchanges, each with both coins or what it trades of them.
  assert.ok(exchanges.length >= 14, `${exchanges.length} rows`);
  const names = ["coinbase", "coinbase_candles", "deribit", "nws", "rates", "polymarket"];
  for (const name of names) assert.ok(feeds.some((feed) => feed.name === name), `${name} is among the feeds`);
  for (const round of FULL ? [...ROUNDS, ...MORE_ROUNDS] : ROUNDS) await strikeAll(stage, round);
  const { journal } = await stage.end();
  assert.ok(journal.startsWith(stage.state));
});

/** What each index was told to come from, in order. */
const sourcesIn = (texts: readonly string[], index: string): string[] =>
  texts.flatMap((text) => new RegExp(`${index}: from \\w+ to (\\w+)\\.`).exec(text)?.[1] ?? []);

/** Orders that were placed while no source of the index was well. */
async function placedWhileStale(journal: string, from: number, to: number): Promise<number> {
  let placed = 0;
  let at = 0;
  for await (const event of readJournal(journal)) {
    if (event.kind !== "entries") continue;
    for (const entry of event.entries) {
      if (entry.kind === "input") at = entry.input.at;
      else if (entry.kind === "action" && entry.action.type === "place" && at >= from && at <= to) placed++;
    }
  }
  return placed;
}

Deno.test("without its official source an index comes from the composite, then from one exchange, then nothing is traded, and back", async () => {
  await using stage = await FeedStage.open({ KBOT_INDEX__RECOVER_AFTER: "5" });
  await stage.until("all feeds live", allLive);
  const from = (source: string) => ({ indices }: Shown) =>
    indices.length === 2 && indices.every((index) => index.source === source);
  await stage.until("official", from("official"));
  // Which source is heard first when all begins is chance.
  const [{ number: begun }] = (await stage.logged(/./)).slice(-1);

  await stage.fault("no-official-index", true);
  await stage.until("failover to the composite", from("composite"));
  for (const feed of ["bitstamp", "gemini", "cryptocom"]) await stage.strike(feed, "outage");
  const three = await stage.until(
    "three are enough",
    (shown) =>
      ["bitstamp", "gemini", "cryptocom"].every((name) => has(shown, name, false)) && has(shown, "kraken", true),
  );
  assert.ok(from("composite")(three), describe(three));
  await stage.strike("bullish", "outage");
  await stage.until("failover to a single exchange", from("exchange"));
  for (const feed of ["kraken", "coinbase"]) await stage.strike(feed, "outage");
  const old = ({ indices }: Shown) => indices.every(({ ageMs }) => ageMs !== null && ageMs > 10_000);
  await stage.until("no source: the index grows old", old);
  const quietFrom = await now(stage);
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  const quietTo = await now(stage);
  const still = await stage.shown();
  assert.ok(old(still) && from("exchange")(still), describe(still));

  for (const feed of CONSTITUENTS.slice(0, 1)) await stage.strike(feed, "up");
  await stage.until(
    "a single exchange again",
    (shown) => from("exchange")(shown) && shown.indices.every(({ ageMs }) => ageMs !== null && ageMs < 3_000),
  );
  for (const feed of CONSTITUENTS) await stage.strike(feed, "up");
  await stage.until("the composite again", from("composite"));
  await stage.fault("no-official-index", false);
  await stage.until("the official source again", from("official"));

  const wanted = ["composite", "exchange", "composite", "official"];
  const switches = (await stage.logged(/^Index \w+: from/)).filter(({ number }) => number > begun);
  const levels = switches.filter(({ text }) => text.includes("BRTI")).map(({ level }) => level);
  assert.deepEqual(levels, ["warning", "warning", "info", "info"]);
  const { journal } = await stage.end();
  const audited = await auditOf(stage.state);
  for (const index of ["BRTI", "ETHUSD_RTI"]) {
    assert.deepEqual(sourcesIn(switches.map(({ text }) => text), index), wanted, `${index}: no flapping`);
    const kept = sourcesIn(audited, index).slice(-wanted.length);
    assert.deepEqual(kept, wanted, `${index}: every switch is in the audit trail`);
  }
  assert.equal(await placedWhileStale(journal, quietFrom, quietTo), 0, "nothing is placed on an index that is old");
});

/** Simulated time, in microseconds. */
async function now(stage: FeedStage): Promise<number> {
  const { clock } = await stage.get<{ clock: { now: string } }>("/api/v1/status");
  return Date.parse(clock.now) * 1_000;
}

/** So long the index stays old; ten seconds of simulated time. */
const QUIET_MS = 2_000;

/** The texts of all changes of an index' source, oldest first. */
async function auditOf(state: string): Promise<string[]> {
  const opened = await openKvStore(statePaths(state).store);
  assert.ok(opened.ok);
  try {
    const entries = await opened.store.listAudit({ limit: 1_000 });
    return entries.filter(({ event }) => event === "index_source").map(({ text }) => text).reverse();
  } finally {
    await opened.store.close();
  }
}
