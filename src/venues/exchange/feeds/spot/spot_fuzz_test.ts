import assert from "node:assert/strict";
import fc from "fast-check";
import { FEED_NAMES } from "../feed_names.ts";
import { FEED_SIMULATORS } from "../registry.ts";
import { connectTo, simulatedWorld } from "../simulated_world_fixture.ts";

const ROUNDS = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000;
const SEED = 20261120;

/** Words of all protocols, so that nonsense comes close to sense. */
const WORDS = [
  "subscribe",
  "unsubscribe",
  "SUBSCRIBE",
  "bts:subscribe",
  "bts:heartbeat",
  "public/respond-heartbeat",
  "keepalivePing",
  "ping",
  "book",
  "trade",
  "ticker",
  "matches",
  "level2_batch",
  "heartbeat",
  "l2",
  "l2Orderbook",
  "BTC-USD",
  "BTC/USD",
  "BTCUSD",
  "order_book_btcusd",
  "book.BTC_USD.50",
  "trade.ETH_USD",
  "btcusdt@trade",
  "SNAPSHOT_AND_UPDATE",
  "__proto__",
  "constructor",
  "",
];
const KEYS = [
  "type",
  "event",
  "method",
  "params",
  "data",
  "channel",
  "channels",
  "name",
  "symbol",
  "symbols",
  "product_ids",
  "subscriptions",
  "topic",
  "depth",
  "id",
  "snapshot",
  "book_subscription_type",
  "__proto__",
];

const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    { weight: 4, arbitrary: fc.constantFrom<unknown>(...WORDS) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(null, true, -1, 10, 25, 1e300) },
    { weight: 3, arbitrary: fc.array(tie("node"), { maxLength: 4 }) },
    { weight: 5, arbitrary: fc.dictionary(fc.constantFrom(...KEYS), tie("node"), { maxKeys: 5 }) },
  ),
})).node;

/** What clients really say; one value in it is replaced. */
const SENSE: readonly Readonly<Record<string, unknown>>[] = [
  { type: "subscribe", product_ids: ["BTC-USD"], channels: ["ticker", "matches", "heartbeat", "level2_batch"] },
  { method: "subscribe", params: { channel: "book", symbol: ["BTC/USD", "ETH/USD"], depth: 10 }, req_id: 1 },
  { method: "unsubscribe", params: { channel: "book", symbol: ["BTC/USD"], depth: 10 } },
  { event: "bts:subscribe", data: { channel: "diff_order_book_btcusd" } },
  { type: "subscribe", subscriptions: [{ name: "l2", symbols: ["BTCUSD"] }] },
  { id: 1, method: "subscribe", params: { channels: ["book.BTC_USD.50", "ticker.ETH_USD"] } },
  { jsonrpc: "2.0", id: "1", method: "subscribe", params: { topic: "l2Orderbook", symbol: "BTCUSD" } },
  { method: "SUBSCRIBE", params: ["btcusdt@bookTicker"], id: 1 },
];

function spoil(sense: unknown, steps: readonly number[], odd: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined || typeof sense !== "object" || sense === null) return odd;
  const keys = Object.keys(sense);
  const key = keys[step % keys.length];
  const inner = spoil((sense as Record<string, unknown>)[key], rest, odd);
  return Array.isArray(sense) ? sense.map((each, at) => String(at) === key ? inner : each) : { ...sense, [key]: inner };
}

const spoilt = fc.tuple(fc.constantFrom(...SENSE), fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }), value)
  .map(([sense, steps, odd]) => JSON.stringify(spoil(sense, steps, odd)));

const message = fc.oneof(
  { weight: 3, arbitrary: value.map((each) => JSON.stringify(each) ?? "") },
  { weight: 5, arbitrary: spoilt },
  { weight: 2, arbitrary: fc.constantFrom(...SENSE).map((sense) => JSON.stringify(sense)) },
  { weight: 1, arbitrary: fc.string({ maxLength: 100 }) },
);

const SPOT = FEED_NAMES.slice(0, FEED_NAMES.indexOf("binance_us") + 1);
const PATHS = ["", "/stream", "/ws/btcusdt@trade", "/trading-api/v1/market-data/orderbook", "/x"];

Deno.test("whatever a client says, an exchange answers in JSON or not at all, and its markets go on", () => {
  const world = simulatedWorld(1);
  const simulators = SPOT.map((name) => FEED_SIMULATORS[name](world));
  let answered = 0;
  fc.assert(
    fc.property(
      fc.nat(SPOT.length - 1),
      fc.constantFrom(...PATHS),
      fc.array(message, { maxLength: 3 }),
      (at, path, said) => {
        const { connection, texts, say } = connectTo(simulators[at], path);
        for (const text of said) say(text);
        world.pass(0.05);
        connection.close();
        for (const text of texts) JSON.parse(text);
        answered += texts.length;
      },
    ),
    { numRuns: ROUNDS, seed: SEED },
  );
  assert.ok(answered > ROUNDS);
});
