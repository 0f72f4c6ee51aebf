import assert from "node:assert/strict";
import { bitstamp } from "./bitstamp.ts";
import { saidByRest, saidTo } from "./recording_sink_fixture.ts";
import { BITSTAMP_MESSAGES } from "./sample_messages_fixture.ts";

Deno.test("a connection of Bitstamp is read message by message, every book whole", () => {
  assert.deepEqual(saidTo(bitstamp, BITSTAMP_MESSAGES), [
    ["alive"],
    ["begins", "BTC"],
    ["level", "BTC", "bid", 38427.03, 0.03],
    ["level", "BTC", "bid", 38425.49, 0.5],
    ["level", "BTC", "ask", 38440.21, 0.646],
    ["level", "BTC", "ask", 38440.22, 0.2],
    ["ends", "BTC", 1_790_000_000_684_047],
    ["trade", "BTC", 38430.92, 0.14406384, 1_790_000_001_934_000],
    ["alive"],
  ]);
});

Deno.test("trades and books of each coin are subscribed to by themselves", () => {
  const channels = bitstamp.subscriptions(["BTC", "ZEC", "ETH"]).map((text) => JSON.parse(text));
  assert.deepEqual(
    channels,
    ["live_trades_btcusd", "order_book_btcusd", "live_trades_ethusd", "order_book_ethusd"].map((channel) => ({
      event: "bts:subscribe",
      data: { channel },
    })),
  );
});

const book = (data: unknown) => ({ event: "data", channel: "order_book_btcusd", data });
const trade = (data: unknown) => ({ event: "trade", channel: "live_trades_btcusd", data });

const cases: readonly [string, object | string, readonly unknown[]][] = [
  ["a wish for a new connection is granted", { event: "bts:request_reconnect", channel: "", data: "" }, [
    "reconnect",
    "the exchange asks for it",
  ]],
  ["no object is refused", "null", ["refuse", "not an object"]],
  ["an error is refused", { event: "bts:error", data: { message: "Bad subscription string." } }, [
    "refuse",
    "exchange reports an error",
  ]],
  ["an unknown event is refused", { event: "order_created" }, ["refuse", "unknown event"]],
  ["an unknown channel is refused", { ...trade({}), channel: "live_trades_btceur" }, ["refuse", "unknown channel"]],
  ["a book of the channel of trades is refused", { ...book({}), channel: "live_trades_btcusd" }, [
    "refuse",
    "unknown channel",
  ]],
  ["a trade without data is refused", trade(null), ["refuse", "unknown channel"]],
  ["a trade without an id is refused", trade({ price: 1 }), ["refuse", "id of a trade is no number"]],
  ["a book without asks is a gap", book({ bids: [] }), ["gap", "BTC", "book without levels"]],
];
for (const [name, message, expected] of cases) {
  Deno.test(`Bitstamp: ${name}`, () => assert.deepEqual(saidTo(bitstamp, [message]), [expected]));
}

Deno.test("a trade that comes twice is refused the second time (Bitstamp)", () => {
  const one = trade({ id: 7, price: 1, amount: 2, microtimestamp: "1790000000000000" });
  assert.deepEqual(saidTo(bitstamp, [one, one]), [
    ["trade", "BTC", 1, 2, 1_790_000_000_000_000],
    ["refuse", "trade repeated"],
  ]);
});

Deno.test("the REST ticker gives a quote and a last price, stamped to the second", () => {
  const body = { timestamp: "1790000000", open: "2211.00", last: "2211.00", bid: "2188.97", ask: "2211.00" };
  assert.equal(bitstamp.fallback.path("BTC"), "/api/v2/ticker/btcusd/");
  assert.deepEqual(saidByRest(bitstamp, "BTC", body), [
    ["quote", "BTC", 2188.97, 0, 2211, 0, 1_790_000_000_000_000],
    ["trade", "BTC", 2211, 0, 1_790_000_000_000_000],
  ]);
});
