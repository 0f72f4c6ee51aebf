import assert from "node:assert/strict";
import fc from "fast-check";
import { join } from "node:path";
import { recordedData } from "../../backtest/recording/recording_fixture.ts";
import { aMarket } from "../../core/market_fixture.ts";
import { type Count, type Micros, parseTime, type Price } from "../../core/units.ts";
import { SIMULATED_PAIRS } from "../../venues/exchange/feeds/polymarket_pairs.ts";
import { readPrice, readSize } from "./decimals.ts";
import { readEvent } from "./gamma.ts";
import { type MarketEvent, readBook, readMessage } from "./market_messages.ts";
import { Peer } from "./peer.ts";
import { TokenBook } from "./token_book.ts";
import { NO_QUOTE, yesQuote } from "./yes_quote.ts";

const ROUNDS = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000;
const SEED = 20261120;

const PRICES: readonly (readonly [unknown, number | null])[] = [
  ...([["0.48", 4800], ["0.5", 5000], ["0.001", 10], ["0.0001", 1], ["0.9999", 9999], ["0", 0], [
    "1",
    10_000,
  ]] as const),
  ...([["0.50000", 5000], ["1.0", 10_000], ["0.00001", null], ["1.0001", null], ["-0.5", null], ["", null]] as const),
  ...([["NaN", null], ["1e-1", null], [".5", 5000], [0.5, null], [null, null], ["0.3000000000000001", null]] as const),
];
for (const [text, price] of PRICES) {
  Deno.test(`the price ${JSON.stringify(text)} is ${price}`, () => assert.equal(readPrice(text), price));
}

const SIZES: readonly (readonly [unknown, number | null, boolean])[] = [
  ...([["100.00", 10_000, false], ["5", 500, false], ["150.0", 15_000, false], ["0.29", 29, false]] as const),
  ...([["150.009999", 15_000, false], ["0.009999", 0, false], ["0", 0, true], ["0.000000", 0, true]] as const),
  ...([["79945.98005599984", 7_994_598, false], ["8.29", 829, false], ["1.005", 100, false]] as const),
  ...([["-1", null, false], ["", null, false], ["1e3", null, false], [5, null, false], ["NaN", null, false]] as const),
  ...([["9999999999999", null, false], [".5", null, false], ["5.", null, false]] as const),
];
for (const [text, count, none] of SIZES) {
  Deno.test(`the size ${JSON.stringify(text)} is ${count}${none ? ", none at all" : ""}`, () => {
    assert.deepEqual(readSize(text), count === null ? null : { count, none });
  });
}

Deno.test("sizes are cut to hundredths exactly, never rounded up, whatever a float would make of them", () => {
  fc.assert(
    fc.property(fc.nat(99_999_999), fc.nat(999_999), (whole, millionths) => {
      const size = readSize(`${whole}.${String(millionths).padStart(6, "0")}`);
      assert.equal(size?.count, whole * 100 + Math.floor(millionths / 10_000));
      assert.equal(size?.none, whole === 0 && millionths === 0);
    }),
    { numRuns: 5_000, seed: SEED },
  );
});

const TIME = 1_703_875_200_000;
const UP = "71321045679252212594626385532706912750332728571942532289631379312455583992563";
const book = (bids: unknown, asks: unknown, changes: Readonly<Record<string, unknown>> = {}) => ({
  ...{ event_type: "book", market: "0xdd", asset_id: UP, bids, asks, timestamp: `${TIME}`, ...changes },
});
const level = (price: string, size: string) => ({ price, size });
const GOOD_BOOK = book([level("0.48", "500.0"), level("0.50", "200.0")], [
  level("0.53", "400.0"),
  level("0.51", "150.0"),
]);
const priceChange = (rows: unknown, timestamp: unknown = `${TIME + 1}`) => ({
  ...{ event_type: "price_change", market: "0xdd", price_changes: rows, timestamp },
});
const row = (side: string, price: string, size: string, changes: Readonly<Record<string, unknown>> = {}) => ({
  ...{ asset_id: UP, price, side, size, hash: "0x", best_bid: "0.50", best_ask: "0.51", ...changes },
});

const REFUSED: readonly (readonly [claim: string, message: unknown, reason: string, tokens: string[]])[] = [
  ["a book without a token", { ...GOOD_BOOK, asset_id: 5 }, "book without a token", []],
  ["a book with a price of 0", book([level("0", "5")], []), "book level", [UP]],
  ["a book with a price of 1", book([], [level("1", "5")]), "book level", [UP]],
  ["a book with a size that is none", book([level("0.5", "x")], []), "book level", [UP]],
  ["a book with a row that is no object", book([5], []), "book level", [UP]],
  ["a book without a side", book(undefined, []), "book level", [UP]],
  ["a book with a time in seconds", { ...GOOD_BOOK, timestamp: "1703875200" }, "book time", [UP]],
  ["a book with a number for its time", { ...GOOD_BOOK, timestamp: TIME }, "book time", [UP]],
  ["a change without rows", priceChange(undefined), "price changes", []],
  ["a change of an unknown side", priceChange([row("HOLD", "0.5", "1")]), "price change", [UP]],
  ["a change with a bad price", priceChange([row("BUY", "0.5x", "1")]), "price change", [UP]],
  ["a change with a bad best bid", priceChange([row("BUY", "0.5", "1", { best_bid: "half" })]), "best bid or ask", [
    UP,
  ]],
  ["a change without a time", priceChange([row("BUY", "0.5", "1")], null), "price change time", [UP]],
  [
    "a best bid without a token",
    { event_type: "best_bid_ask", best_bid: "0.5", best_ask: "0.6" },
    "best bid or ask",
    [],
  ],
  ["a resolution without tokens", { event_type: "market_resolved", timestamp: `${TIME}` }, "resolution", []],
  ["an event without a type", { asset_id: UP }, "event without a type", []],
  ["a number", 5, "event that is no object", []],
  ["nothing", null, "event that is no object", []],
];
for (const [claim, message, reason, tokens] of REFUSED) {
  Deno.test(`${claim} is refused, and says whose book missed it`, () => {
    assert.deepEqual(readMessage(message), [{ type: "refused", reason, tokens }]);
  });
}

Deno.test("other events, and those that nobody has heard of, say nothing", () => {
  for (const type of ["last_trade_price", "tick_size_change", "new_market", "anything"]) {
    assert.deepEqual(readMessage({ event_type: type }), [{ type: "ignored" }]);
  }
});

Deno.test("a list of events is read one by one", () => {
  assert.deepEqual(readMessage([GOOD_BOOK, 5, GOOD_BOOK]).map((event) => event.type), ["book", "refused", "book"]);
  assert.deepEqual(readMessage(Array(1_001).fill(5)), [{ type: "refused", reason: "too many events", tokens: [] }]);
});

const MARKET = aMarket({ ticker: "KXBTC15M-X", openTime: 0 as Micros, closeTime: 9e15 as Micros });
const AT = (TIME * 1_000) as Micros;

/** What a peer says after each message: bid and ask of YES, or why it was refused. */
function follow(inverted: boolean, messages: readonly unknown[]): string[] {
  const [simulated] = SIMULATED_PAIRS.pair;
  const pair = { ...simulated, polymarket: { ...simulated.polymarket, inverted } };
  const peer = new Peer(pair, MARKET, UP, AT);
  return messages.flatMap((message) => {
    const said: string[] = [];
    for (const event of readMessage(message)) {
      const refused = event.type === "book"
        ? peer.begin(event, true)
        : event.type === "changes"
        ? peer.change(event)
        : null;
      if (refused !== null) said.push(refused);
      const news = peer.news(AT);
      if (news !== null) {
        said.push(`${news.bid} x ${news.bidSize} / ${news.ask} x ${news.askSize} @${news.sourceTime / 1_000 - TIME}`);
      }
    }
    return said;
  });
}

const FOLLOWED: readonly (readonly [claim: string, inverted: boolean, messages: unknown[], said: string[]])[] = [
  ["the best levels are found wherever they stand", false, [GOOD_BOOK], ["5000 x 20000 / 5100 x 15000 @0"]],
  ["inverted, sides and sizes change places", true, [GOOD_BOOK], ["4900 x 15000 / 5000 x 20000 @0"]],
  ["the same book again is no news", false, [GOOD_BOOK, GOOD_BOOK], ["5000 x 20000 / 5100 x 15000 @0"]],
  [
    "a change of the best level is news",
    false,
    [GOOD_BOOK, priceChange([row("BUY", "0.50", "7.5")])],
    ["5000 x 20000 / 5100 x 15000 @0", "5000 x 750 / 5100 x 15000 @1"],
  ],
  [
    "a best level that goes leaves the next",
    false,
    [GOOD_BOOK, priceChange([row("BUY", "0.50", "0", { best_bid: "0.48" })])],
    ["5000 x 20000 / 5100 x 15000 @0", "4800 x 50000 / 5100 x 15000 @1"],
  ],
  [
    "a side that goes is none",
    false,
    [
      book([level("0.5", "1")], [level("0.6", "1")]),
      priceChange([row("SELL", "0.6", "0", { best_bid: "0.5", best_ask: "1" })]),
    ],
    ["5000 x 100 / 6000 x 100 @0", "5000 x 100 / null x 0 @1"],
  ],
  ["dust is a level of the venue's, and no quote", false, [
    book([level("0.5", "0.009"), level("0.4", "1")], []),
    priceChange([], `${TIME + 5}`),
  ], ["4000 x 100 / null x 0 @0"]],
  [
    "dust counts where the venue says what is best",
    false,
    [book([level("0.4", "1")], []), priceChange([row("BUY", "0.5", "0.001", { best_bid: "0.5", best_ask: "1" })])],
    ["4000 x 100 / null x 0 @0"],
  ],
  [
    "best prices that differ withdraw the quote until a book begins anew",
    false,
    [
      GOOD_BOOK,
      priceChange([row("BUY", "0.47", "1", { best_bid: "0.49" })]),
      priceChange([row("BUY", "0.50", "1")]),
      book([level("0.49", "1")], [], { timestamp: `${TIME + 3}` }),
    ],
    [
      "5000 x 20000 / 5100 x 15000 @0",
      "best prices differ: a message was lost",
      "null x 0 / null x 0 @1",
      "4900 x 100 / null x 0 @3",
    ],
  ],
  [
    "a message of best prices alone is such a check",
    false,
    [GOOD_BOOK, {
      event_type: "best_bid_ask",
      asset_id: UP,
      best_bid: "0.50",
      best_ask: "0.52",
      spread: "0.02",
      timestamp: `${TIME + 1}`,
    }],
    ["5000 x 20000 / 5100 x 15000 @0", "best prices differ: a message was lost", "null x 0 / null x 0 @1"],
  ],
  [
    "a change from before the book is in it",
    false,
    [GOOD_BOOK, priceChange([row("BUY", "0.50", "0")], `${TIME - 1}`)],
    ["5000 x 20000 / 5100 x 15000 @0"],
  ],
  [
    "a time that goes backwards withdraws the quote",
    false,
    [
      GOOD_BOOK,
      priceChange([row("BUY", "0.48", "1")], `${TIME + 9}`),
      priceChange([row("BUY", "0.48", "2")], `${TIME + 8}`),
    ],
    ["5000 x 20000 / 5100 x 15000 @0", "time before the last", "null x 0 / null x 0 @9"],
  ],
  ["a book older than the one known is refused", false, [GOOD_BOOK, { ...GOOD_BOOK, timestamp: `${TIME - 1}` }], [
    "5000 x 20000 / 5100 x 15000 @0",
    "book older than the one before it",
  ]],
  ["a crossed book is no quote", false, [book([level("0.52", "1")], [level("0.51", "1")])], []],
  ["a locked book is none either", false, [book([level("0.51", "1")], [level("0.51", "1")])], []],
  ["changes without a book say nothing", false, [priceChange([row("BUY", "0.50", "1")])], []],
  [
    "changes of the other token are not its own",
    false,
    [GOOD_BOOK, priceChange([row("BUY", "0.50", "0", { asset_id: "12" })])],
    ["5000 x 20000 / 5100 x 15000 @0"],
  ],
];
for (const [claim, inverted, messages, said] of FOLLOWED) {
  Deno.test(`peer: ${claim}`, () => assert.deepEqual(follow(inverted, messages), said));
}

Deno.test("a quote of the complement of the complement is the quote", () => {
  const side = fc.record({ price: fc.integer({ min: 1, max: 9_999 }), size: fc.integer({ min: 1, max: 1e9 }) });
  fc.assert(
    fc.property(fc.option(side, { nil: null }), fc.option(side, { nil: null }), (bid, ask) => {
      const best = {
        ...{ bid: (bid?.price ?? null) as Price | null, bidSize: (bid?.size ?? 0) as Count },
        ...{ ask: (ask?.price ?? null) as Price | null, askSize: (ask?.size ?? 0) as Count },
      };
      const crossed = bid !== null && ask !== null && bid.price >= ask.price;
      const once = yesQuote(best, true);
      assert.deepEqual(crossed ? once : yesQuote(once, true), crossed ? NO_QUOTE : best);
      if (once.bid !== null && once.ask !== null) assert.ok(once.bid < once.ask);
    }),
    { numRuns: 2_000, seed: SEED },
  );
});

Deno.test("a token's book agrees with a plain model under any changes", () => {
  const size = fc.nat(300).map((hundredths) => readSize((hundredths / 100).toFixed(2)) ?? assert.fail());
  const step = fc.tuple(fc.constantFrom<"bid" | "ask">("bid", "ask"), fc.integer({ min: 1, max: 30 }), size);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const tested = new TokenBook();
      tested.begin([], []);
      const model = { bid: new Map<number, number>(), ask: new Map<number, number>() };
      for (const [side, price, { count, none }] of steps) {
        tested.set(side, price as Price, { count, none });
        if (none) model[side].delete(price);
        else model[side].set(price, count);
      }
      const bid = model.bid.size === 0 ? null : Math.max(...model.bid.keys());
      const ask = model.ask.size === 0 ? null : Math.min(...model.ask.keys());
      assert.deepEqual(tested.touch(), { bid, ask });
      assert.equal(tested.tradable().bidSize, bid === null ? 0 : model.bid.get(bid));
    }),
    { numRuns: 2_000, seed: SEED },
  );
});

Deno.test(`${ROUNDS} spoilt messages are read or refused, and what is read is whole`, () => {
  const odd = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      0,
      -1,
      "",
      "NaN",
      "1e9",
      "0.5",
      "2",
      "-0.1",
      [],
      {},
      [[]],
      true,
      "9".repeat(100),
      "BUY",
    ),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const good: readonly unknown[] = [GOOD_BOOK, priceChange([row("BUY", "0.5", "1"), row("SELL", "0.6", "0")]), [
    GOOD_BOOK,
  ]];
  const sound = (event: MarketEvent) => {
    if (event.type === "ignored" || event.type === "refused") return;
    assert.ok(Number.isSafeInteger(event.time));
    const levels = event.type === "book"
      ? [...event.bids, ...event.asks]
      : event.type === "changes"
      ? event.changes.map((each) => each.level)
      : [];
    for (const [price, { count }] of levels) {
      assert.ok(
        Number.isSafeInteger(price) && price > 0 && price < 10_000 && Number.isSafeInteger(count) && count >= 0,
      );
    }
    if (event.type === "book") assert.equal(typeof event.token, "string");
  };
  fc.assert(
    fc.property(fc.nat(2), fc.nat(40), odd, (which, place, value) => {
      const message = structuredClone(good[which]);
      const all = placesOf(message);
      const [holder, key] = all[place % all.length];
      holder[key] = value;
      readMessage(message).forEach(sound);
      sound(readBook(message));
      readEvent(message, "a", "a");
    }),
    { numRuns: ROUNDS, seed: SEED },
  );
});

function placesOf(value: unknown): [Record<string, unknown>, string][] {
  if (typeof value !== "object" || value === null) return [];
  const fields = value as Record<string, unknown>;
  return Object.keys(fields).flatMap((
    key,
  ) => [[fields, key] as [Record<string, unknown>, string], ...placesOf(fields[key])]);
}

Deno.test("the CLOB's and the socket's recorded messages are read", async () => {
  const folder = await recordedData("../kalshi/samples/venues/nautilus");
  if (folder === null) return;
  const message = async (name: string): Promise<unknown> =>
    JSON.parse(await Deno.readTextFile(join(folder, `polymarket_test_data_${name}.json`)));
  for (const name of ["clob_book_response", "ws_market_book_msg", "ws_book_snapshot"]) {
    const event = readBook(await message(name));
    assert.ok(event.type === "book" && event.bids.length > 1 && event.asks.length > 1, name);
    const read = new TokenBook();
    read.begin(event.bids, event.asks);
    assert.deepEqual(read.touch(), { bid: 5000, ask: 5100 }, name);
  }
  const [change] = readMessage(await message("ws_market_price_change_msg"));
  assert.ok(change.type === "changes");
  assert.deepEqual(change.touches, [{ token: UP, bid: 5100, ask: 5200 }]);
  assert.deepEqual(change.changes, [{ token: UP, side: "bid", level: [5100, { count: 15_000, none: false }] }]);
  const [touch] = readMessage(await message("ws_market_best_bid_ask_msg"));
  assert.ok(touch.type === "changes");
  assert.deepEqual(touch.touches.map(({ bid, ask }) => [bid, ask]), [[7300, 7700]]);
  const [resolved] = readMessage(await message("ws_market_resolved_msg"));
  assert.ok(resolved.type === "resolved" && resolved.tokens.length === 2);
  for (const name of ["ws_market_last_trade_msg", "ws_market_tick_size_msg"]) {
    assert.deepEqual(readMessage(await message(name)), [{ type: "ignored" }]);
  }
  const market = await message("gamma_market") as { readonly slug: string };
  const read = readEvent([{ slug: market.slug, markets: [market] }], market.slug, market.slug);
  assert.ok(read.ok);
  assert.deepEqual(read.market.outcomes.map(({ name }) => name), ["Up", "Down"]);
  assert.equal(read.market.startTime, parseTime("2026-03-12T09:20:00Z"));
  assert.equal(read.market.endTime, parseTime("2026-03-12T09:25:00Z"));
  assert.equal(read.market.open, true);
});
