import assert from "node:assert/strict";
import { gemini } from "./gemini.ts";
import { saidByRest, saidTo } from "./recording_sink_fixture.ts";
import { GEMINI_MESSAGES } from "./sample_messages_fixture.ts";

Deno.test("a connection of Gemini is read message by message, its old trades in order of time", () => {
  assert.deepEqual(saidTo(gemini, GEMINI_MESSAGES), [
    ["begins", "BTC"],
    ["level", "BTC", "bid", 22252.37, 0.02],
    ["level", "BTC", "bid", 22251, 1.5],
    ["level", "BTC", "ask", 22255.1, 0.4],
    ["level", "BTC", "ask", 22256, 3],
    ["ends", "BTC", null],
    ["trade", "BTC", 22253, 0.1, 1_789_999_999_000_000],
    ["trade", "BTC", 22254.14, 0.00004473, 1_790_000_000_424_000],
    ["level", "BTC", "bid", 22252.37, 0],
    ["level", "BTC", "ask", 22255.1, 0.1],
    ["ends", "BTC", null],
    ["trade", "BTC", 22255.1, 0.3, 1_790_000_002_500_000],
    ["alive"],
  ]);
});

Deno.test("all coins are subscribed to at once, and none that Gemini does not know", () => {
  assert.deepEqual(gemini.subscriptions(["BTC", "BNB", "ETH"]).map((text) => JSON.parse(text)), [
    { type: "subscribe", subscriptions: [{ name: "l2", symbols: ["BTCUSD", "ETHUSD"] }] },
  ]);
});

Deno.test("the first message of each coin is its whole book, on every connection", () => {
  const changes = (symbol: string) => ({ type: "l2_updates", symbol, changes: [["buy", "1", "1"]] });
  const begun = () =>
    saidTo(gemini, [changes("BTCUSD"), changes("ETHUSD"), changes("BTCUSD")]).filter(([what]) => what === "begins");
  assert.deepEqual([begun(), begun()], [[["begins", "BTC"], ["begins", "ETH"]], [["begins", "BTC"], [
    "begins",
    "ETH",
  ]]]);
});

Deno.test("a message without changes is no book", () => {
  assert.deepEqual(saidTo(gemini, [{ type: "l2_updates", symbol: "BTCUSD", changes: [], trades: [] }]), []);
});

const cases: readonly [string, object | string, readonly unknown[]][] = [
  ["no object is refused", '"text"', ["refuse", "not an object"]],
  ["an error is refused", { result: "error", reason: "InvalidJson" }, ["refuse", "exchange reports an error"]],
  ["an unknown type is refused", { type: "candles_1m_updates", symbol: "BTCUSD" }, ["refuse", "unknown type"]],
  ["an unknown symbol is refused", { type: "trade", symbol: "BTCEUR" }, ["refuse", "unknown symbol"]],
  ["an auction says nothing but that all is alive", { type: "auction_open", symbol: "BTCUSD" }, ["alive"]],
  ["a trade without an id is refused", { type: "trade", symbol: "BTCUSD" }, ["refuse", "id of a trade is no number"]],
  ["changes that are missing are a gap", { type: "l2_updates", symbol: "BTCUSD" }, [
    "gap",
    "BTC",
    "changes are missing",
  ]],
];
for (const [name, message, expected] of cases) {
  Deno.test(`Gemini: ${name}`, () => assert.deepEqual(saidTo(gemini, [message]), [expected]));
}

Deno.test("a change of no side is a gap", () => {
  const said = saidTo(gemini, [{ type: "l2_updates", symbol: "BTCUSD", changes: [["bid", "1", "1"]] }]);
  assert.deepEqual(said, [["begins", "BTC"], ["gap", "BTC", "side of a level is unknown"]]);
});

Deno.test("the REST ticker gives a quote and a last price (Gemini)", () => {
  const body = {
    bid: "977.59",
    ask: "977.35",
    last: "977.65",
    volume: { BTC: "2210.505", timestamp: 1_483_018_200_000 },
  };
  assert.equal(gemini.fallback.path("BTC"), "/v1/pubticker/btcusd");
  assert.deepEqual(saidByRest(gemini, "BTC", body), [
    ["quote", "BTC", 977.59, 0, 977.35, 0, null],
    ["trade", "BTC", 977.65, 0, null],
  ]);
});
