import assert from "node:assert/strict";
import { cryptoCom } from "./crypto_com.ts";
import { readAll, readAnswer } from "./protocol_fixture.ts";
import { SPOILING_ROUNDS, spoilProtocol } from "./protocol_spoiling_fixture.ts";
import { withSimulated } from "./simulated_exchange_fixture.ts";

const T = 1_704_484_068_898;
const STAMP = "@1704484068898000";

const result = (channel: string, data: readonly unknown[], pair = "BTC_USD") => ({
  id: -1,
  method: "subscribe",
  code: 0,
  result: { instrument_name: pair, subscription: `${channel}.${pair}`, channel, depth: 50, data },
});
const whole = (u: number) =>
  result("book", [{
    bids: [["43737.46", "0.14096", "1"]],
    asks: [["43755.46", "0.10000", "1"]],
    t: T,
    tt: T - 1,
    u,
    cs: 1,
  }]);
const changes = (u: number, pu: number, bids: unknown = [], asks: unknown = []) =>
  result("book.update", [{ update: { bids, asks }, t: T, tt: T - 6, u, pu, cs: -781431132 }]);
const trade = (d: string, t = T) => ({ d, t, tn: `${t}000000`, q: "0.00232", p: "43750.12", s: "SELL", i: "BTC_USD" });
const ticker = {
  h: "44000",
  l: "43000",
  a: "43750.1",
  c: "-0.0022",
  b: "43737.46",
  bs: "0.14",
  k: "43755.46",
  ks: "0.1",
  i: "BTC_USD",
  v: "1",
  vv: "2",
  oi: "0",
  t: T,
};
const heartbeat = { id: 1_587_523_073_344, method: "public/heartbeat", code: 0 };

const BEGINS = ["begins BTC", "bid BTC 43737.46 x 0.14096", "ask BTC 43755.46 x 0.1", `ends BTC ${STAMP}`];
const AGAIN = [
  'request {"id":3,"method":"unsubscribe","params":{"channels":["book.BTC_USD.50"]}}',
  'request {"id":4,"method":"subscribe","params":{"channels":["book.BTC_USD.50"],"book_subscription_type":"SNAPSHOT_AND_UPDATE","book_update_frequency":100}}',
];

const CASES: readonly { readonly claim: string; readonly messages: unknown[]; readonly lines: string[] }[] = [
  { claim: "a whole book begins", messages: [whole(5)], lines: BEGINS },
  {
    claim: "changes that follow are applied, size 0 among them",
    messages: [whole(5), changes(9, 5, [["43737.46", "0", "0"], ["43737.00", "1.5", "2"]])],
    lines: [...BEGINS, "bid BTC 43737.46 x 0", "bid BTC 43737 x 1.5", `ends BTC ${STAMP}`],
  },
  {
    claim: "empty changes say that the book stands",
    messages: [whole(5), changes(5, 5)],
    lines: [...BEGINS, `ends BTC ${STAMP}`],
  },
  {
    claim: "a lost change loses the book and asks for it anew, once",
    messages: [whole(5), changes(9, 7), changes(11, 9), whole(12), changes(13, 12)],
    lines: [
      ...[...BEGINS, "gap BTC: changes do not follow each other", ...AGAIN, "alive", ...BEGINS],
      `ends BTC ${STAMP}`,
    ],
  },
  { claim: "changes before any book wait for it", messages: [changes(9, 5)], lines: ["alive"] },
  {
    claim: "a number that goes back loses the book",
    messages: [whole(5), changes(4, 5)],
    lines: [...BEGINS, "gap BTC: number of a change", ...AGAIN],
  },
  {
    claim: "an update without its lists loses the book",
    messages: [whole(5), result("book.update", [{ update: {}, t: T, u: 6, pu: 5 }])],
    lines: [...BEGINS, "gap BTC: changes are missing", ...AGAIN],
  },
  {
    claim: "a book without a number is not begun",
    messages: [result("book", [{ bids: [], asks: [], t: T }])],
    lines: ["gap BTC: book without a number", ...AGAIN],
  },
  {
    claim: "trades are told oldest first, and each once",
    messages: [
      result("trade", [trade("2358394540212355489"), trade("2358394540212355488", T - 5)]),
      result("trade", [trade("2358394540212355489")]),
    ],
    lines: [`trade BTC 43750.12 0.00232 @${T - 5}000`, `trade BTC 43750.12 0.00232 ${STAMP}`, "refuse: trade repeated"],
  },
  {
    claim: "a ticker is a quote",
    messages: [result("ticker", [ticker])],
    lines: [`quote BTC 43737.46 x 0.14 / 43755.46 x 0.1 ${STAMP}`],
  },
  {
    claim: "a ticker without an ask says nothing",
    messages: [result("ticker", [{ ...ticker, k: null }])],
    lines: ["alive"],
  },
  {
    claim: "a heartbeat is answered with its id",
    messages: [heartbeat],
    lines: ['reply {"id":1587523073344,"method":"public/respond-heartbeat"}', "alive"],
  },
  {
    claim: "the word that a subscription stands is a sign of life",
    messages: [{ id: 1, method: "subscribe", code: 0, channel: "book.BTC_USD.50" }],
    lines: ["alive"],
  },
  {
    claim: "a heartbeat without an id is refused",
    messages: [{ method: "public/heartbeat" }],
    lines: ["refuse: heartbeat without an id"],
  },
  {
    claim: "an error is refused",
    messages: [{ id: 1, method: "subscribe", code: 40003, message: "Unknown symbol" }],
    lines: ["refuse: exchange reports an error"],
  },
  {
    claim: "another pair is refused",
    messages: [result("ticker", [ticker], "BTC_USDT")],
    lines: ["refuse: unknown instrument"],
  },
  { claim: "another channel is refused", messages: [result("mark", [])], lines: ["refuse: unknown channel"] },
  {
    claim: "a trade without an id is refused",
    messages: [result("trade", [{ ...trade(""), d: 5 }])],
    lines: ["refuse: id of a trade is no number"],
  },
  {
    claim: "a text for a price becomes no number",
    messages: [result("ticker", [{ ...ticker, b: "NaN" }])],
    lines: [`quote BTC NaN x 0.14 / 43755.46 x 0.1 ${STAMP}`],
  },
  ...[null, 5, "x", []].map((value) => ({
    claim: `${JSON.stringify(value)} is refused`,
    messages: [value],
    lines: ["refuse: not an object"],
  })),
  { claim: "an empty object is refused", messages: [{}], lines: ["refuse: unknown message"] },
];

for (const { claim, messages, lines } of CASES) {
  Deno.test(`Crypto.com: ${claim}`, () => assert.deepEqual(readAll(cryptoCom, messages), lines));
}

Deno.test("Crypto.com: a book of one coin that is lost leaves the other's alone", () => {
  const eth = (u: number, pu: number) =>
    result("book.update", [{ update: { bids: [], asks: [] }, t: T, u, pu }], "ETH_USD");
  const ethBook = result("book", [{ bids: [], asks: [], t: T, u: 70 }], "ETH_USD");
  const lines = readAll(cryptoCom, [whole(5), ethBook, changes(9, 7), eth(71, 70)]);
  assert.deepEqual(lines.slice(-4), ["gap BTC: changes do not follow each other", ...AGAIN, `ends ETH ${STAMP}`]);
});

Deno.test("Crypto.com: the REST answer gives quote and last price, and no other pair's", () => {
  const body = (row: unknown) => ({ id: -1, method: "public/get-tickers", code: 0, result: { data: [row] } });
  assert.deepEqual(readAnswer(cryptoCom, body(ticker)), [
    "quote BTC 43737.46 x 0 / 43755.46 x 0",
    `trade BTC 43750.1 0 ${STAMP}`,
  ]);
  const refused = ["refuse: ticker of another pair"];
  for (const wrong of [body({ ...ticker, i: "ETH_USD" }), body(null), { code: 0 }, null, []]) {
    assert.deepEqual(readAnswer(cryptoCom, wrong), refused);
  }
});

Deno.test(`Crypto.com: ${SPOILING_ROUNDS} spoilt rows of messages harm nothing`, () => {
  const ethTrade = result("trade", [{ ...trade("77"), i: "ETH_USD" }], "ETH_USD");
  spoilProtocol(cryptoCom, [
    ...[
      whole(5),
      changes(6, 5, [["43737.46", "2", "1"]]),
      heartbeat,
      result("trade", [trade("8"), trade("9")]),
      ethTrade,
    ],
    ...[
      changes(8, 6, [], [["43755.46", "0", "0"]]),
      result("ticker", [ticker]),
      changes(8, 8),
      whole(20),
      changes(21, 20),
    ],
  ]);
});

Deno.test("Crypto.com: two minutes with the simulated exchange: in sync, every heartbeat answered, nothing refused", async () => {
  await withSimulated(cryptoCom, [], async ({ feed, pass }) => {
    await pass(125);
    assert.equal(feed.status().reconnects, 0);
    assert.deepEqual(feed.status().refused, {});
    for (const asset of ["BTC", "ETH"]) {
      const { bid, ask } = feed.book(asset) ?? assert.fail(`No book of ${asset}`);
      assert.ok(bid !== null && ask !== null && bid < ask);
      assert.ok(feed.last(asset) !== null);
    }
  });
});

Deno.test("Crypto.com: lost messages are noticed and the book is asked for anew on the same connection", async () => {
  await withSimulated(cryptoCom, ["feed-gap:cryptocom"], async ({ feed, pass, exchange }) => {
    await pass(240);
    assert.ok((feed.status().refused["changes do not follow each other"] ?? 0) > 0, JSON.stringify(feed.status()));
    assert.equal(feed.status().reconnects, 0);
    exchange.setFault("feed-gap:cryptocom", false);
    await pass(5);
    for (const asset of ["BTC", "ETH"]) assert.ok(feed.book(asset) !== null);
  });
});
