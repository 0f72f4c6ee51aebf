import assert from "node:assert/strict";
import type { FeedName } from "../feed_names.ts";
import type { FeedSimulator } from "../feed_simulator.ts";
import { FEED_SIMULATORS } from "../registry.ts";
import { connectTo, type HeardConnection, type SimulatedWorld, simulatedWorld } from "../simulated_world_fixture.ts";
import { KRAKEN, krakenChecksum } from "./kraken.ts";
import { SpotExchange } from "./spot_exchange.ts";

/** Whatever JSON holds: a wrong guess is a failed assertion. */
type Json = ReturnType<typeof JSON.parse>;

interface Talk {
  readonly world: SimulatedWorld;
  readonly simulator: FeedSimulator;
  readonly heard: HeardConnection;
  /** Says something; what comes back at once. */
  ask(message: unknown): Json[];
  /** Lets seconds pass; what comes in them. */
  pass(seconds: number): Json[];
}

function talk(name: FeedName, path = "", query = ""): Talk {
  const world = simulatedWorld(5);
  const simulator = FEED_SIMULATORS[name](world);
  const heard = connectTo(simulator, path, query);
  let read = heard.texts.length;
  const fresh = () => {
    const texts = heard.texts.slice(read);
    read = heard.texts.length;
    return texts.map((text) => JSON.parse(text));
  };
  return {
    world,
    simulator,
    heard,
    ask(message) {
      heard.say(message);
      return fresh();
    },
    pass(seconds) {
      world.pass(seconds);
      return fresh();
    },
  };
}

const coinbaseSubscribe = (channels: unknown[], product_ids = ["BTC-USD"], type = "subscribe") => ({
  type,
  product_ids,
  channels,
});

Deno.test("coinbase: the reply lists what is open, then each channel begins with what is known", () => {
  const { ask, pass } = talk("coinbase");
  const first = ask(coinbaseSubscribe(["ticker", "matches", "level2_batch"]));
  assert.deepEqual(first.map((message) => message.type), ["subscriptions", "ticker", "last_match", "snapshot"]);
  assert.deepEqual(first[0].channels.map((channel: Json) => channel.product_ids), [["BTC-USD"], ["BTC-USD"], [
    "BTC-USD",
  ]]);
  const more = ask(coinbaseSubscribe([{ name: "matches", product_ids: ["ETH-USD"] }]));
  assert.deepEqual(more.map((message) => [message.type, message.product_id ?? ""]), [
    ["subscriptions", ""],
    ["last_match", "ETH-USD"],
  ]);
  const rest = ask(coinbaseSubscribe(["matches", "level2_batch"], ["BTC-USD", "ETH-USD"], "unsubscribe"));
  assert.deepEqual(rest[0].channels.map((channel: Json) => channel.name), ["ticker"]);
  assert.deepEqual([...new Set(pass(10).map((message) => message.type))], ["ticker"]);
});

Deno.test("coinbase: the heartbeat of each second names the newest trade; a match's side is the maker's", () => {
  const { ask, pass } = talk("coinbase");
  ask(coinbaseSubscribe(["heartbeat", "matches", "ticker"]));
  const messages = pass(30);
  const trades = messages.filter((message) => message.type === "match");
  assert.ok(trades.length > 20);
  trades.forEach((trade, k) => assert.equal(trade.trade_id, trades[0].trade_id + k));
  assert.equal(messages.filter((message) => message.type === "heartbeat").length, 30);
  let newest = trades[0].trade_id - 1;
  for (const message of messages) {
    if (message.type === "match") newest = message.trade_id;
    if (message.type === "heartbeat") assert.equal(message.last_trade_id, newest);
    if (message.type !== "ticker") continue;
    const match = trades.find((trade) => trade.trade_id === message.trade_id);
    assert.notEqual(match.side, message.side);
  }
});

Deno.test("kraken: status comes first, a ping is answered, and a quiet second gets a heartbeat", () => {
  const { heard, ask, pass } = talk("kraken");
  assert.equal(JSON.parse(heard.texts[0]).channel, "status");
  const [pong] = ask({ method: "ping", req_id: 7 });
  assert.deepEqual([pong.method, pong.req_id], ["pong", 7]);
  assert.deepEqual(pass(3), []);
  ask({ method: "subscribe", params: { channel: "trade", symbol: ["ETH/USD"], snapshot: false } });
  const messages = pass(60);
  const beats = messages.filter((message) => message.channel === "heartbeat").length;
  assert.ok(beats > 5 && beats < 50 && messages.some((message) => message.channel === "trade"), `${beats} heartbeats`);
});

/** The example of docs.kraken.com, "Book checksum (WebSocket v2)". */
const DOCUMENTED_BOOK = {
  bids: [
    ["45283.5", "0.10000000"],
    ["45283.4", "1.54582015"],
    ["45282.1", "0.10000000"],
    ["45281.0", "0.10000000"],
    ["45280.3", "1.54592586"],
    ["45279.0", "0.07990000"],
    ["45277.6", "0.03310103"],
    ["45277.5", "0.30000000"],
    ["45277.3", "1.54602737"],
    ["45276.6", "0.15445238"],
  ],
  asks: [
    ["45285.2", "0.00100000"],
    ["45286.4", "1.54571953"],
    ["45286.6", "1.54571109"],
    ["45289.6", "1.54560911"],
    ["45290.2", "0.15890660"],
    ["45291.8", "1.54553491"],
    ["45294.7", "0.04454749"],
    ["45296.1", "0.35380000"],
    ["45297.5", "0.09945542"],
    ["45299.5", "0.18772827"],
  ],
  checksum: 3_310_070_434,
};

Deno.test("kraken: the checksum is that of the documented example, and further levels do not count", () => {
  const world = simulatedWorld(5);
  const market = new SpotExchange(KRAKEN, world).market("BTC");
  const levels = (rows: readonly (readonly string[])[]) =>
    rows.map(([price, size]) => ({ price: Math.round(Number(price) * 10), size: Math.round(Number(size) * 1e8) }));
  const { bids, asks, checksum } = DOCUMENTED_BOOK;
  const more = [["45000.0", "1.00000000"]];
  const book = { step: 0, at: world.now(), bids: levels([...bids, ...more]), asks: levels(asks) };
  assert.equal(krakenChecksum(market, book), checksum);
});

Deno.test("bitstamp: heartbeats are answered, diffs join the book of REST, order_book is whole", async () => {
  const { simulator, ask, pass } = talk("bitstamp");
  assert.deepEqual(ask({ event: "bts:heartbeat" }), [
    { event: "bts:heartbeat", channel: "", data: { status: "success" } },
  ]);
  for (const channel of ["diff_order_book_btcusd", "order_book_btcusd"]) {
    assert.deepEqual(ask({ event: "bts:subscribe", data: { channel } }), [
      { event: "bts:subscription_succeeded", channel, data: {} },
    ]);
  }
  const begin = await (await simulator.routes?.request("/api/v2/order_book/btcusd/"))?.json();
  const book = { bids: new Map<string, string>(begin.bids), asks: new Map<string, string>(begin.asks) };
  const messages = pass(30);
  for (const side of ["bids", "asks"] as const) {
    for (const { channel, data } of messages) {
      if (!channel.startsWith("diff_") || Number(data.microtimestamp) <= Number(begin.microtimestamp)) continue;
      for (const [price, size] of data[side]) {
        if (Number(size) === 0) book[side].delete(price);
        else book[side].set(price, size);
      }
    }
    const worse = side === "bids" ? -1 : 1;
    const built = [...book[side]].sort(([a], [b]) => worse * (Number(a) - Number(b)));
    assert.deepEqual(built, messages.findLast(({ channel }) => channel === "order_book_btcusd").data[side]);
  }
  assert.deepEqual(
    ask({ event: "bts:unsubscribe", data: { channel: "order_book_btcusd" } })[0].event,
    "bts:unsubscription_succeeded",
  );
});

Deno.test("gemini: the first message is the whole book with trades, then changes, trades and heartbeats", () => {
  const { ask, pass } = talk("gemini");
  const [snapshot] = ask({ type: "subscribe", subscriptions: [{ name: "l2", symbols: ["BTCUSD"] }] });
  assert.deepEqual([snapshot.type, snapshot.changes.length, snapshot.trades.length > 0], ["l2_updates", 60, true]);
  const messages = pass(30);
  assert.equal(messages.filter((message) => message.type === "heartbeat").length, 6);
  const changes = messages.filter((message) => message.type === "l2_updates");
  assert.ok(changes.length > 30 && changes.every((message) => message.changes.length < 60 && !("trades" in message)));
  assert.ok(messages.some((message) => message.type === "trade"));
});

const CRYPTOCOM_BOOK = {
  id: 3,
  method: "subscribe",
  params: { channels: ["book.BTC_USD.10"], book_subscription_type: "SNAPSHOT_AND_UPDATE", book_update_frequency: 10 },
};

Deno.test("cryptocom: updates are chained from the snapshot on", () => {
  const { world, ask, pass } = talk("cryptocom");
  const [ack, snapshot] = ask(CRYPTOCOM_BOOK);
  assert.deepEqual([ack.id, ack.code, snapshot.result.channel, snapshot.result.depth], [3, 0, "book", 10]);
  let last = snapshot.result.data[0].u;
  const updates = pass(20).map((message) => message.result);
  assert.ok(updates.length > 30);
  for (const { channel, data: [{ u, pu }] } of updates) {
    assert.deepEqual([channel, pu], ["book.update", last]);
    last = u;
  }
  world.troubles.set("cryptocom", ["gap"]);
  const broken = pass(120).map((message) => message.result?.data[0]).filter((data) => data !== undefined);
  assert.ok(broken.some((data, k) => k > 0 && data.pu !== broken[k - 1].u));
});

Deno.test("cryptocom: who answers heartbeats stays, who does not is closed five seconds later", () => {
  const { heard, pass, ask } = talk("cryptocom");
  for (let k = 0; k < 3; k++) {
    const [beat] = pass(30);
    assert.equal(beat.method, "public/heartbeat");
    assert.deepEqual(ask({ id: beat.id, method: "public/respond-heartbeat" }), []);
  }
  pass(30);
  assert.equal(heard.closed, null);
  pass(4.9);
  assert.equal(heard.closed, null);
  pass(0.2);
  assert.equal(heard.closed, 1000);
});

const bullish = (method: string, params: unknown = {}) => ({
  jsonrpc: "2.0",
  type: "command",
  id: "9",
  method,
  params,
});

Deno.test("bullish: each topic is at its own path; ranges of whole books join; pings are answered", () => {
  const { ask, pass } = talk("bullish", "/trading-api/v1/market-data/orderbook");
  assert.equal(ask(bullish("keepalivePing"))[0].result.message, "Keep alive pong");
  assert.equal(
    ask(bullish("subscribe", { topic: "anonymousTrades", symbol: "BTCUSD" }))[0].error.message,
    "Invalid topic",
  );
  const [, snapshot] = ask(bullish("subscribe", { topic: "l2Orderbook", symbol: "BTCUSD" }));
  let [, last] = snapshot.data.sequenceNumberRange;
  for (const { type, data } of pass(20)) {
    assert.deepEqual([type, data.sequenceNumberRange[0], data.bids.length], ["snapshot", last + 1, 80]);
    last = data.sequenceNumberRange[1];
  }
  const trades = talk("bullish", "/trading-api/v1/market-data/trades");
  const [, past] = trades.ask(bullish("subscribe", { topic: "anonymousTrades", symbol: "ETHUSD" }));
  assert.deepEqual([past.type, past.dataType], ["snapshot", "V1TAAnonymousTradeUpdate"]);
  assert.ok(trades.pass(30).every((message) => message.type === "update" && message.data.trades.length === 1));
});

Deno.test("binance: streams by themselves or in envelopes, subscribed by address or by command; no snapshot", () => {
  const plain = talk("binance", "/ws/btcusdt@trade");
  assert.deepEqual(plain.heard.texts, []);
  assert.ok(plain.pass(5).every((message) => message.e === "trade" && message.s === "BTCUSDT"));
  const combined = talk("binance", "/stream", "streams=btcusdt@bookTicker");
  assert.deepEqual(combined.ask({ method: "SUBSCRIBE", params: ["ethusdt@bookTicker"], id: 4 }), [{
    result: null,
    id: 4,
  }]);
  const messages = combined.pass(5);
  assert.deepEqual(
    new Set(messages.map((message) => message.stream)),
    new Set(["btcusdt@bookTicker", "ethusdt@bookTicker"]),
  );
  const numbers = messages.filter((message) => message.stream === "btcusdt@bookTicker").map((message) =>
    message.data.u
  );
  assert.ok(numbers.every((u, k) => k === 0 || u > numbers[k - 1]));
  assert.deepEqual(combined.ask({ method: "LIST_SUBSCRIPTIONS", id: 5 })[0].result.length, 2);
});

/** What each says to nonsense; what it knew before stays. */
const NONSENSE: readonly [FeedName, unknown, (answer: Json) => boolean][] = [
  ["coinbase", "{", (answer) => answer.type === "error"],
  ["coinbase", { type: "dance" }, (answer) => answer.type === "error"],
  [
    "coinbase",
    { type: "subscribe", product_ids: ["BTC-USD"], channels: ["level2"] },
    (answer) => answer.type === "error",
  ],
  [
    "coinbase",
    { type: "subscribe", product_ids: ["X-USD"], channels: ["ticker"] },
    (answer) => answer.type === "error",
  ],
  ["coinbase", { type: "subscribe", product_ids: [], channels: [null] }, (answer) => answer.type === "error"],
  ["kraken", "null", (answer) => answer.success === false],
  ["kraken", { method: "dance" }, (answer) => answer.success === false],
  [
    "kraken",
    { method: "subscribe", params: { channel: "book", symbol: ["X/USD"] } },
    (answer) => answer.success === false,
  ],
  [
    "kraken",
    { method: "subscribe", params: { channel: "book", symbol: ["BTC/USD"], depth: 7 } },
    (answer) => !answer.success,
  ],
  ["kraken", { method: "subscribe", params: 7 }, (answer) => answer.success === false],
  ["bitstamp", "[]", (answer) => answer.event === "bts:error"],
  ["bitstamp", { event: "bts:subscribe", data: { channel: "x" } }, (answer) => answer.event === "bts:error"],
  ["gemini", "7", (answer) => answer.result === "error"],
  [
    "gemini",
    { type: "subscribe", subscriptions: [{ name: "l2", symbols: ["X"] }] },
    (answer) => answer.result === "error",
  ],
  ["cryptocom", "", (answer) => answer.code === 40_003],
  ["cryptocom", { id: 1, method: "dance" }, (answer) => answer.code === 40_002],
  ["cryptocom", { id: 1, method: "subscribe", params: { channels: ["book.X"] } }, (answer) => answer.code === 40_003],
  ["bullish", "{}", (answer) => answer.error !== undefined],
  ["bullish", { id: 1, method: "subscribe", params: { topic: "x" } }, (answer) => answer.error !== undefined],
  ["binance", "x", (answer) => answer.error.code === 3],
  ["binance", { method: "DANCE", id: 1 }, (answer) => answer.error.code === 2],
];

for (const [name, message, refuses] of NONSENSE) {
  Deno.test(`${name}: refuses ${JSON.stringify(message)}`, () => {
    const { ask, pass } = talk(name);
    const answers = ask(message);
    assert.ok(answers.length === 1 && refuses(answers[0]), JSON.stringify(answers));
    assert.deepEqual(pass(2), []);
  });
}
