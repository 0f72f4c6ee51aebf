import assert from "node:assert/strict";
import { parseTime } from "../../core/units.ts";
import { coinbase } from "./coinbase.ts";
import { saidByRest, saidTo } from "./recording_sink_fixture.ts";
import { COINBASE_MESSAGES } from "./sample_messages_fixture.ts";

Deno.test("a connection of Coinbase is read message by message", () => {
  assert.deepEqual(saidTo(coinbase, COINBASE_MESSAGES), [
    ["alive"],
    ["trade", "BTC", 22345.1, 0.00513192, parseTime("2026-09-21T14:13:19.158814Z")],
    ["begins", "BTC"],
    ["level", "BTC", "bid", 22345.67, 0.10647825],
    ["level", "BTC", "bid", 22345, 2],
    ["level", "BTC", "ask", 22349.68, 0.03131702],
    ["level", "BTC", "ask", 22350, 1.2],
    ["ends", "BTC", parseTime("2026-09-21T14:13:19.200000Z")],
    ["quote", "BTC", 22345.67, 0.10647825, 22349.68, 0.03131702, parseTime("2026-09-21T14:13:20.799258Z")],
    ["trade", "BTC", 22345.67, 0.00352175, parseTime("2026-09-21T14:13:20.799258Z")],
    ["level", "BTC", "bid", 22345.67, 0.1029565],
    ["level", "BTC", "ask", 22349.68, 0],
    ["ends", "BTC", parseTime("2026-09-21T14:13:20.810000Z")],
    ["alive"],
  ]);
});

Deno.test("each coin is subscribed to by itself, and one that Coinbase does not trade not at all", () => {
  assert.deepEqual(coinbase.subscriptions(["BTC", "NONE", "ETH"]).map((text) => JSON.parse(text)), [
    { type: "subscribe", product_ids: ["BTC-USD"], channels: ["ticker", "matches", "heartbeat", "level2_batch"] },
    { type: "subscribe", product_ids: ["ETH-USD"], channels: ["ticker", "matches", "heartbeat", "level2_batch"] },
  ]);
  assert.equal(coinbase.symbol("BTC"), "BTC-USD");
  assert.equal(coinbase.symbol("NONE"), null);
});

const match = (id: number) => ({
  type: "match",
  product_id: "BTC-USD",
  trade_id: id,
  price: "1",
  size: "1",
  time: "2026-09-21T14:13:20Z",
});
const heartbeat = (id: number) => ({ type: "heartbeat", product_id: "BTC-USD", last_trade_id: id });
const refusals = (messages: readonly (string | object)[]) =>
  saidTo(coinbase, messages).filter(([what]) => what === "refuse" || what === "gap");

Deno.test("a trade that comes twice is refused the second time", () => {
  assert.deepEqual(refusals([match(5), match(6), match(6), match(5), match(7)]), [
    ["refuse", "trade repeated"],
    ["refuse", "trade repeated"],
  ]);
});

Deno.test("a trade that a heartbeat names and that is still missing at the next is counted once", () => {
  assert.deepEqual(refusals([match(5), heartbeat(6), match(6), heartbeat(6), heartbeat(6)]), []);
  assert.deepEqual(refusals([match(5), heartbeat(9), heartbeat(9), heartbeat(9), match(10), heartbeat(10)]), [
    ["refuse", "trades missed"],
  ]);
  assert.deepEqual(refusals([match(5), heartbeat(0), heartbeat(0), heartbeat(0)]), []);
  assert.deepEqual(refusals([heartbeat(7), heartbeat(7)]), []);
});

const wrong: readonly [string, object | string, readonly unknown[]][] = [
  ["no object", "[1]", ["refuse", "not an object"]],
  ["an error", { type: "error", message: "Failed to subscribe" }, ["refuse", "exchange reports an error"]],
  ["an unknown product", { ...match(1), product_id: "USDT-USD" }, ["refuse", "unknown product"]],
  ["a product that is no text", { ...match(1), product_id: 7 }, ["refuse", "unknown product"]],
  ["an unknown type", { type: "received", product_id: "BTC-USD" }, ["refuse", "unknown type"]],
  ["a trade without an id", { ...match(1), trade_id: null }, ["refuse", "id of a trade is no number"]],
  ["a book without bids", { type: "snapshot", product_id: "BTC-USD", asks: [] }, ["gap", "BTC", "book without levels"]],
  ["changes that are none", { type: "l2update", product_id: "BTC-USD", changes: 5 }, [
    "gap",
    "BTC",
    "changes are missing",
  ]],
  ["a change of no side", { type: "l2update", product_id: "BTC-USD", changes: [["hold", "1", "1"]] }, [
    "gap",
    "BTC",
    "side of a level is unknown",
  ]],
];
for (const [name, message, expected] of wrong) {
  Deno.test(`Coinbase: ${name} is refused`, () => assert.deepEqual(refusals([message]), [expected]));
}

Deno.test("the REST ticker gives a quote and a last price", () => {
  const body = JSON.parse(
    '{"ask":"6267.71","bid":"6265.15","volume":"53602.03940154","trade_id":86326522,"price":"6268.48","size":"0.00698254","time":"2026-03-20T00:22:57.833Z"}',
  );
  assert.equal(coinbase.fallback.path("BTC"), "/products/BTC-USD/ticker");
  assert.deepEqual(saidByRest(coinbase, "BTC", body), [
    ["quote", "BTC", 6265.15, 0, 6267.71, 0, null],
    ["trade", "BTC", 6268.48, 0.00698254, parseTime("2026-03-20T00:22:57.833Z")],
  ]);
  assert.deepEqual(saidByRest(coinbase, "BTC", "NotFound"), [["refuse", "not an object"]]);
});
