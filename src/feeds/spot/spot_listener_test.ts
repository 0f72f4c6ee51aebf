import assert from "node:assert/strict";
import { type Micros, MICROS_PER_MINUTE } from "../../core/units.ts";
import { later } from "../scripted_source_fixture.ts";
import { bitstamp } from "./bitstamp.ts";
import { coinbase } from "./coinbase.ts";
import { gemini } from "./gemini.ts";
import { kraken } from "./kraken.ts";
import type { SpotProtocol } from "./protocol.ts";
import {
  BITSTAMP_MESSAGES,
  COINBASE_MESSAGES,
  GEMINI_MESSAGES,
  KRAKEN_MESSAGES,
  KRAKEN_SNAPSHOT,
} from "./sample_messages_fixture.ts";
import { SpotListener } from "./spot_listener.ts";

interface Listening {
  readonly listener: SpotListener;
  readonly replies: string[];
  readonly drops: string[];
  readonly lines: string[];
  readonly changes: string[];
  hear(message: string | object, at?: Micros): void;
  bid(): number | null;
}

function listen(protocol: SpotProtocol, assets: readonly string[] = ["BTC"]): Listening {
  const replies: string[] = [];
  const drops: string[] = [];
  const lines: string[] = [];
  const changes: string[] = [];
  const listener = new SpotListener({
    protocol,
    assets,
    window: MICROS_PER_MINUTE,
    now: later(0),
    log: (level, text) => lines.push(`${level} ${text}`),
    reply: (text) => replies.push(text),
    request: (text) => replies.push(text),
    drop: (reason) => drops.push(reason),
  });
  listener.opened(later(0));
  listener.onChange((asset) => changes.push(asset));
  const hear = (message: string | object, at = later(1)) =>
    listener.heard(typeof message === "string" ? message : JSON.stringify(message), at);
  return { listener, replies, drops, lines, changes, hear, bid: () => listener.states.get("BTC")?.book?.bid ?? null };
}

/** What each exchange sends first, and the state that it leads to. */
const EXCHANGES: readonly {
  protocol: SpotProtocol;
  messages: readonly string[];
  bid: number;
  last: number;
  volume: number;
}[] = [
  { protocol: coinbase, messages: COINBASE_MESSAGES, bid: 22_345.67, last: 22_345.67, volume: 0.00865367 },
  { protocol: kraken, messages: KRAKEN_MESSAGES, bid: 45_283.5, last: 45_285.2, volume: 0.00027625 },
  { protocol: bitstamp, messages: BITSTAMP_MESSAGES, bid: 38_427.03, last: 38_430.92, volume: 0.14406384 },
  { protocol: gemini, messages: GEMINI_MESSAGES, bid: 22_251, last: 22_255.1, volume: 0.40004473 },
];

for (const { protocol, messages, bid, last, volume } of EXCHANGES) {
  const settled = (): Listening => {
    const listening = listen(protocol);
    for (const message of messages) listening.hear(message);
    assert.equal(listening.bid(), bid);
    return listening;
  };

  Deno.test(`${protocol.title}: a connection's first messages make a book, a last price and a mean`, () => {
    const { listener, changes, lines } = settled();
    const state = listener.states.get("BTC");
    assert.equal(state?.last?.price, last);
    assert.ok(Math.abs((state?.vwap(later(2))?.volume ?? 0) - volume) < 1e-12);
    assert.deepEqual(new Set(changes), new Set(["BTC"]));
    assert.deepEqual(lines, []);
    assert.deepEqual(listener.refusals.byReason(), {});
  });

  Deno.test(`${protocol.title}: half a text is refused and puts the books out of sync`, () => {
    const { listener, hear, bid: bidNow } = settled();
    hear(messages[0].slice(0, messages[0].length / 2));
    assert.deepEqual(listener.refusals.byReason(), { "not JSON": 1 });
    assert.equal(bidNow(), null);
    assert.equal(listener.trouble, "Book of BTC is out of sync: a message could not be read");
  });

  for (
    const wrong of ["null", "5", '"text"', "[]", "[[]]", "{}", '{"type":null}', '{"data":null,"channel":5,"event":{}}']
  ) {
    Deno.test(`${protocol.title}: ${wrong} is counted and changes nothing`, () => {
      const { listener, hear, bid: bidNow } = settled();
      hear(wrong);
      assert.equal(listener.refusals.total, 1);
      assert.equal(bidNow(), bid);
      assert.equal(listener.states.get("BTC")?.last?.price, last);
    });
  }

  Deno.test(`${protocol.title}: a book that was lost and does not begin anew costs the connection`, () => {
    const { listener, hear, drops } = settled();
    hear("{", later(2));
    listener.look(later(11));
    assert.deepEqual(drops, []);
    listener.look(later(12));
    assert.deepEqual(drops, ["the book of BTC was lost (a message could not be read) and did not begin anew"]);
    listener.closed();
    listener.look(later(100));
    assert.equal(drops.length, 1);
  });

  Deno.test(`${protocol.title}: a new connection begins anew, and does not count the repeated trades`, () => {
    const { listener, hear, bid: bidNow, changes } = settled();
    changes.length = 0;
    listener.closed();
    assert.equal(bidNow(), null);
    assert.deepEqual(changes, ["BTC"]);
    listener.opened(later(5));
    for (const message of messages) hear(message, later(6));
    assert.equal(bidNow(), bid);
    assert.ok(Math.abs((listener.states.get("BTC")?.vwap(later(7))?.volume ?? 0) - volume) < 1e-12);
    assert.deepEqual(listener.refusals.byReason(), {});
  });

  Deno.test(`${protocol.title}: an asset that was not asked for is refused`, () => {
    const listening = listen(protocol, ["ETH"]);
    for (const message of messages) listening.hear(message);
    assert.ok(listening.listener.refusals.byReason()["asset was not asked for"] >= 1);
    assert.equal(listening.listener.states.has("BTC"), false);
  });
}

/** A trade with one field replaced, as each exchange writes it. */
const TRADES: readonly { protocol: SpotProtocol; trade: (changes: Record<string, unknown>) => object }[] = [
  {
    protocol: coinbase,
    trade: ({ id = 9e7, price = "22345.00", size = "1", time = "2026-09-21T14:13:20.9Z" }) => ({
      type: "match",
      product_id: "BTC-USD",
      trade_id: id,
      price,
      size,
      time,
    }),
  },
  {
    protocol: kraken,
    trade: ({ id = 9e7, price = 45_284, size = 1, time = "2026-09-21T14:13:20.9Z" }) => ({
      channel: "trade",
      type: "update",
      data: [{ symbol: "BTC/USD", trade_id: id, price, qty: size, timestamp: time }],
    }),
  },
  {
    protocol: bitstamp,
    trade: ({ id = 9e8, price = "38430.00", size = "1", time = "1790000002000000" }) => ({
      event: "trade",
      channel: "live_trades_btcusd",
      data: { id, price_str: price, amount_str: size, microtimestamp: time },
    }),
  },
  {
    protocol: gemini,
    trade: ({ id = 2e11, price = "22254.00", size = "1", time = 1_790_000_002_600 }) => ({
      type: "trade",
      symbol: "BTCUSD",
      event_id: id,
      price,
      quantity: size,
      timestamp: time,
    }),
  },
];

const SPOILED: readonly [string, Record<string, unknown>, string][] = [
  ["no price", { price: null }, "price is not positive"],
  ["a price of the wrong type", { price: { amount: 1 } }, "price is not positive"],
  ["a price that is no number", { price: "NaN" }, "price is not positive"],
  ["a negative price", { price: "-22345" }, "price is not positive"],
  ["a price of nothing", { price: "0.00" }, "price is not positive"],
  ["an absurd price", { price: "1000000.00" }, "price jumped"],
  ["no size", { size: null }, "size of a trade is not positive"],
  ["a size of the wrong type", { size: true }, "size of a trade is not positive"],
  ["a negative size", { size: "-1" }, "size of a trade is not positive"],
  ["no time", { time: null }, "time is none"],
  ["an id of the wrong type", { id: "x-1" }, "id of a trade is no number"],
];
for (const { protocol, trade } of TRADES) {
  const settled = (): Listening => {
    const listening = listen(protocol);
    for (const message of EXCHANGES.find((each) => each.protocol === protocol)?.messages ?? []) listening.hear(message);
    return listening;
  };
  for (const [name, changes, reason] of SPOILED) {
    Deno.test(`${protocol.title}: a trade with ${name} is refused for that reason, and the next is taken`, () => {
      const { listener, hear } = settled();
      const before = listener.states.get("BTC")?.vwap(later(3))?.volume ?? 0;
      hear(trade(changes), later(3));
      assert.deepEqual(listener.refusals.byReason(), { [reason]: 1 });
      hear(trade({ id: 3e11 }), later(3));
      assert.ok(Math.abs((listener.states.get("BTC")?.vwap(later(3))?.volume ?? 0) - before - 1) < 1e-9);
    });
  }

  Deno.test(`${protocol.title}: a trade that comes twice is counted once`, () => {
    const { listener, hear } = settled();
    const before = listener.states.get("BTC")?.vwap(later(3))?.volume ?? 0;
    hear(trade({}), later(3));
    hear(trade({}), later(3));
    assert.deepEqual(listener.refusals.byReason(), { "trade repeated": 1 });
    assert.ok(Math.abs((listener.states.get("BTC")?.vwap(later(3))?.volume ?? 0) - before - 1) < 1e-9);
  });

  Deno.test(`${protocol.title}: a trade from a minute before those known is refused`, () => {
    const { listener, hear } = settled();
    const old = protocol === bitstamp
      ? "1789999900000000"
      : protocol === gemini
      ? 1_789_999_900_000
      : "2026-09-21T14:11:00Z";
    hear(trade({ time: old }), later(3));
    assert.deepEqual(listener.refusals.byReason(), { "trade older than those before it": 1 });
  });
}

Deno.test("a book whose checksum differs is out of sync, is asked for anew, and is in sync when it comes", () => {
  const { listener, hear, replies, bid, drops } = listen(kraken);
  hear(KRAKEN_SNAPSHOT);
  hear({ channel: "book", type: "update", data: [{ symbol: "BTC/USD", bids: [], asks: [], checksum: 1 }] });
  assert.equal(bid(), null);
  assert.equal(replies.length, 2);
  assert.equal(listener.trouble, "Book of BTC is out of sync: checksum differs");
  hear(KRAKEN_SNAPSHOT, later(3));
  assert.equal(bid(), 45_283.5);
  assert.equal(listener.trouble, null);
  listener.look(later(60));
  assert.deepEqual(drops, []);
});

Deno.test("a book that stays crossed is out of sync after five seconds", () => {
  const { listener, hear, bid, drops } = listen(gemini);
  hear(GEMINI_MESSAGES[0]);
  hear({ type: "l2_updates", symbol: "BTCUSD", changes: [["buy", "22260.00", "1"]] }, later(2));
  listener.look(later(6));
  assert.equal(bid(), 22_260);
  listener.look(later(7));
  assert.equal(bid(), null);
  assert.deepEqual(listener.refusals.byReason(), { "book stays crossed": 1 });
  listener.look(later(17));
  assert.equal(drops.length, 1);
});

Deno.test("a wish of the exchange for another connection is granted", () => {
  const { hear, drops } = listen(bitstamp);
  hear({ event: "bts:request_reconnect", channel: "", data: "" });
  assert.deepEqual(drops, ["the exchange asks for it"]);
});

Deno.test("a message that breaks off inside a book puts it out of sync", () => {
  const { listener, hear, bid } = listen(coinbase);
  hear(COINBASE_MESSAGES[2]);
  hear({ type: "l2update", product_id: "BTC-USD", changes: [["buy", "22345.68", "1"], ["hold", "1", "1"]] });
  assert.equal(bid(), null);
  assert.deepEqual(listener.refusals.byReason(), { "side of a level is unknown": 1 });
});

Deno.test("a book that is begun and not ended is out of sync, though another ends after it", () => {
  const halting: SpotProtocol = {
    ...coinbase,
    reader: () => ({
      read: (_message, sink) => {
        sink.bookBegins("BTC", null);
        sink.level("BTC", "bid", 100, 1);
        sink.bookBegins("ETH", null);
        sink.bookEnds("ETH", null);
      },
    }),
  };
  const { listener, hear } = listen(halting, ["BTC", "ETH"]);
  hear("{}");
  assert.deepEqual([...listener.states.values()].map(({ isLost }) => isLost), [true, false]);
  assert.equal(listener.trouble, "Book of BTC is out of sync: a message about it broke off");
});

Deno.test("a reader that throws is counted, told as an error, and ends nothing", () => {
  const thrower: SpotProtocol = {
    ...coinbase,
    reader: () => ({
      read: () => {
        throw new TypeError("Cannot read properties");
      },
    }),
  };
  const { listener, hear, lines } = listen(thrower);
  hear("{}");
  assert.deepEqual(listener.refusals.byReason(), { "reader failed": 1 });
  assert.ok(lines.some((line) => line.startsWith("error Coinbase: reader failed")));
});

Deno.test("a REST answer gives price and quote, and neither volume nor a book", () => {
  const { listener, changes } = listen(coinbase);
  const body = { bid: "100", ask: "102", price: "101", size: "5", time: "2026-09-21T14:13:20Z" };
  listener.answered("BTC", body, later(1));
  const state = listener.states.get("BTC");
  assert.equal(state?.last?.price, 101);
  assert.deepEqual(state?.quote, { bid: 100, bidSize: 0, ask: 102, askSize: 0, at: later(1) });
  assert.equal(state?.vwap(later(1)), null);
  assert.equal(state?.book, null);
  assert.deepEqual(changes, ["BTC"]);
  assert.equal(listener.dataAt, later(0));
});

for (const body of [null, [], "x", {}, { bid: "-1", ask: null, price: [], time: {} }, { error: ["E"], result: null }]) {
  for (const { protocol } of EXCHANGES) {
    Deno.test(`${protocol.title}: a REST answer such as ${JSON.stringify(body)} is refused and changes nothing`, () => {
      const { listener } = listen(protocol);
      listener.answered("BTC", body, later(1));
      assert.ok(listener.refusals.total >= 1);
      assert.equal(listener.refusals.byReason()["reader failed"], undefined);
      assert.equal(listener.states.get("BTC")?.last, null);
      assert.equal(listener.states.get("BTC")?.quote, null);
    });
  }
}
