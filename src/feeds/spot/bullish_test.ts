import assert from "node:assert/strict";
import { bullish } from "./bullish.ts";
import { readAll, readAnswer } from "./protocol_fixture.ts";
import { SPOILING_ROUNDS, spoilProtocol } from "./protocol_spoiling_fixture.ts";
import { withSimulated } from "./simulated_exchange_fixture.ts";

const STAMP = "@1739517333797000";
/** A tenth of a second later. */
const LATER = { timestamp: "1739517333897" };
const [UNSUBSCRIBE, SUBSCRIBE] = ["unsubscribe", "subscribe"].map((method, at) => {
  const params = { topic: "l2Orderbook", symbol: "BTCUSD" };
  return `request ${JSON.stringify({ jsonrpc: "2.0", type: "command", method, params, id: `again-${at + 1}` })}`;
});

const book = (range: unknown, type = "snapshot", changes: Readonly<Record<string, unknown>> = {}) => ({
  type,
  dataType: "V1TALevel2",
  data: {
    symbol: "BTCUSD",
    bids: ["105523.3000", "0.00046045", "105523.2000", "1.5"],
    asks: ["105523.4000", "0.00117112"],
    sequenceNumberRange: range,
    datetime: "2025-02-14T07:15:33.797Z",
    timestamp: "1739517333797",
    publishedAtTimestamp: "1739517333798",
    ...changes,
  },
});
const LEVELS = ["bid BTC 105523.3 x 0.00046045", "bid BTC 105523.2 x 1.5", "ask BTC 105523.4 x 0.00117112"];
const WHOLE = ["begins BTC", ...LEVELS, `ends BTC ${STAMP}`];
const CHANGES = [...LEVELS, `ends BTC ${STAMP}`];
const pong = {
  id: "ping",
  jsonrpc: "2.0",
  result: { responseCodeName: "OK", responseCode: "200", message: "Keep alive pong" },
};

const CASES: readonly { readonly claim: string; readonly messages: unknown[]; readonly lines: string[] }[] = [
  { claim: "a whole book begins", messages: [book([7, 7])], lines: WHOLE },
  {
    claim: "whole books whose ranges join replace each other",
    messages: [book([7, 7]), book([8, 12]), book([13, 13])],
    lines: [...WHOLE, ...WHOLE, ...WHOLE],
  },
  {
    claim: "a hole before a whole book is told, and the book begins anew",
    messages: [book([7, 7]), book([9, 12])],
    lines: [...WHOLE, "gap BTC: ranges do not join", ...WHOLE],
  },
  { claim: "ranges that overlap lose nothing", messages: [book([7, 9]), book([8, 12])], lines: [...WHOLE, ...WHOLE] },
  {
    claim: "a book that is not newer is refused",
    messages: [book([7, 9]), book([7, 9])],
    lines: [...WHOLE, "refuse: book older than the one before it"],
  },
  {
    claim: "an update that joins is applied",
    messages: [book([7, 9]), book([10, 10], "update")],
    lines: [...WHOLE, ...CHANGES],
  },
  {
    claim: "a hole before an update loses the book, which is subscribed anew",
    messages: [book([7, 9]), book([11, 11], "update"), book([12, 12], "update"), book([13, 13])],
    lines: [
      ...WHOLE,
      "gap BTC: ranges do not join",
      UNSUBSCRIBE,
      SUBSCRIBE,
      "refuse: changes before the book",
      ...WHOLE,
    ],
  },
  {
    claim: "where the exchange counts from the start again, the book begins anew with its next one",
    messages: [book([700, 900]), book([1, 1], "snapshot", LATER), book([2, 3], "snapshot", LATER)],
    lines: [
      ...WHOLE,
      "gap BTC: numbers begin anew",
      ...WHOLE.map((line) => line.replace("797000", "897000")),
      ...WHOLE.map((line) => line.replace("797000", "897000")),
    ],
  },
  {
    claim: "a change that counts from the start again loses the book, which is subscribed anew",
    messages: [book([700, 900]), book([1, 1], "update", LATER), book([2, 2], "snapshot")],
    lines: [...WHOLE, "gap BTC: numbers begin anew", UNSUBSCRIBE, SUBSCRIBE, ...WHOLE],
  },
  {
    claim: "a book that comes late, or again with a later stamp, is refused",
    messages: [book([700, 900]), book([690, 699]), book([700, 900], "snapshot", LATER)],
    lines: [...WHOLE, ...Array(2).fill("refuse: book older than the one before it")],
  },
  {
    claim: "a book with a lower number and no time is refused",
    messages: [book([700, 900]), book([1, 1], "snapshot", { timestamp: "soon" })],
    lines: [...WHOLE, "refuse: book older than the one before it"],
  },
  {
    claim: "an update before any book is refused",
    messages: [book([7, 9], "update")],
    lines: ["refuse: changes before the book"],
  },
  {
    claim: "a range that goes backwards loses the book",
    messages: [book([7, 6])],
    lines: ["gap BTC: range of a book"],
  },
  { claim: "a book without a range is lost", messages: [book(undefined)], lines: ["gap BTC: range of a book"] },
  {
    claim: "a range of texts that are no numbers is lost",
    messages: [book(["x", "y"])],
    lines: ["gap BTC: range of a book"],
  },
  {
    claim: "an odd number of prices and sizes is lost",
    messages: [book([7, 7], "snapshot", { bids: ["1.0"] })],
    lines: ["gap BTC: book without levels"],
  },
  {
    claim: "a book without asks is lost",
    messages: [book([7, 7], "snapshot", { asks: null })],
    lines: ["gap BTC: book without levels"],
  },
  {
    claim: "another symbol is refused",
    messages: [book([7, 7], "snapshot", { symbol: "BTCUSDC" })],
    lines: ["refuse: unknown symbol"],
  },
  {
    claim: "another kind of message is refused",
    messages: [{ type: "snapshot", dataType: "V1TALevel1", data: {} }],
    lines: ["refuse: unknown type"],
  },
  { claim: "a book of an unknown type is refused", messages: [book([7, 7], "news")], lines: ["refuse: unknown type"] },
  { claim: "a pong is a sign of life", messages: [pong], lines: ["alive"] },
  {
    claim: "a heartbeat is a sign of life",
    messages: [{ type: "update", dataType: "V1TAHeartbeat", data: { sequenceNumber: "1" } }],
    lines: ["alive"],
  },
  {
    claim: "an error is refused",
    messages: [{ jsonrpc: "2.0", id: "1", error: { code: -32602, message: "Invalid symbol" } }],
    lines: ["refuse: exchange reports an error"],
  },
  ...[null, 5, "x", []].map((value) => ({
    claim: `${JSON.stringify(value)} is refused`,
    messages: [value],
    lines: ["refuse: not an object"],
  })),
];

for (const { claim, messages, lines } of CASES) {
  Deno.test(`Bullish: ${claim}`, () => assert.deepEqual(readAll(bullish, messages), lines));
}

Deno.test("Bullish: the REST answer gives quote and last price", () => {
  const body = {
    createdAtTimestamp: "1739517333797",
    bestBid: "105523.3000",
    bidVolume: "0.1",
    bestAsk: "105523.4000",
    askVolume: "0.2",
    last: "105523.3500",
  };
  assert.deepEqual(readAnswer(bullish, body), [
    `quote BTC 105523.3 x 0.1 / 105523.4 x 0.2 ${STAMP}`,
    `trade BTC 105523.35 0 ${STAMP}`,
  ]);
  assert.deepEqual(readAnswer(bullish, { message: "Market not found" }), [
    "quote BTC NaN x NaN / NaN x NaN @NaN",
    "trade BTC NaN 0 @NaN",
  ]);
  assert.deepEqual(readAnswer(bullish, []), ["refuse: not an object"]);
});

Deno.test(`Bullish: ${SPOILING_ROUNDS} spoilt rows of messages harm nothing`, () => {
  const eth = (range: unknown) => book(range, "snapshot", { symbol: "ETHUSD" });
  spoilProtocol(bullish, [
    ...[book([7, 7]), eth([3, 3]), book([8, 9]), pong, book([10, 10], "update"), eth([4, 8]), book([12, 14])],
  ]);
});

Deno.test("Bullish: two minutes with the simulated exchange: in sync, kept alive, nothing refused", async () => {
  await withSimulated(bullish, [], async ({ feed, pass }) => {
    await pass(125);
    assert.equal(feed.status().reconnects, 0);
    assert.deepEqual(feed.status().refused, {});
    for (const asset of ["BTC", "ETH"]) {
      const { bid, ask } = feed.book(asset) ?? assert.fail(`No book of ${asset}`);
      assert.ok(bid !== null && ask !== null && bid < ask);
    }
  });
});

Deno.test("Bullish: lost messages are counted, and the books are whole all the same", async () => {
  await withSimulated(bullish, ["feed-gap:bullish"], async ({ feed, pass, exchange }) => {
    await pass(240);
    assert.ok((feed.status().refused["ranges do not join"] ?? 0) > 0, JSON.stringify(feed.status()));
    assert.equal(feed.status().reconnects, 0);
    exchange.setFault("feed-gap:bullish", false);
    await pass(5);
    for (const asset of ["BTC", "ETH"]) assert.ok(feed.book(asset) !== null);
  });
});
