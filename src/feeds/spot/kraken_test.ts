import assert from "node:assert/strict";
import { parseTime } from "../../core/units.ts";
import { Crc32 } from "./crc32.ts";
import { kraken } from "./kraken.ts";
import { KrakenBook } from "./kraken_book.ts";
import { type Said, saidByRest, saidTo } from "./recording_sink_fixture.ts";
import { KRAKEN_MESSAGES, KRAKEN_SNAPSHOT } from "./sample_messages_fixture.ts";

const crc = (text: string): number => {
  const checksum = new Crc32();
  checksum.update(text);
  return checksum.value;
};
const without = (said: readonly Said[], ...left: string[]) => said.filter(([what]) => !left.includes(String(what)));
const ofBook = (said: readonly Said[]) => without(said, "level", "alive");

Deno.test("CRC-32 gives the values of its definition", () => {
  assert.equal(crc(""), 0);
  assert.equal(crc("123456789"), 0xcbf43926);
  assert.equal(crc("The quick brown fox jumps over the lazy dog"), 0x414fa339);
});

Deno.test("a checksum of parts is that of the whole", () => {
  const checksum = new Crc32();
  for (const part of ["1234", "", "56", "789"]) checksum.update(part);
  assert.equal(checksum.value, 0xcbf43926);
});

Deno.test("the documented book has the documented checksum", () => {
  assert.deepEqual(ofBook(saidTo(kraken, [KRAKEN_SNAPSHOT])), [
    ["begins", "BTC"],
    ["ends", "BTC", parseTime("2026-09-21T14:13:19.100000Z")],
  ]);
  // Prices and sizes as texts are what some documents show.
  const texts = KRAKEN_SNAPSHOT.replace(/"(price|qty)":([0-9.]+)/g, '"$1":"$2"');
  assert.equal(ofBook(saidTo(kraken, [texts])).at(-1)?.[0], "ends");
});

Deno.test("a connection of Kraken is read message by message", () => {
  const said = without(saidTo(kraken, KRAKEN_MESSAGES), "level");
  assert.deepEqual(said, [
    ["alive"],
    ["alive"],
    ["begins", "BTC"],
    ["ends", "BTC", parseTime("2026-09-21T14:13:19.100000Z")],
    ["quote", "BTC", 45283.5, 0.1, 45285.2, 0.001, null],
    ["trade", "BTC", 45285.2, 0.00027625, parseTime("2026-09-21T14:13:20.440295Z")],
    ["alive"],
    ["alive"],
  ]);
  assert.deepEqual(saidTo(kraken, KRAKEN_MESSAGES).filter(([what]) => what === "level").length, 20);
});

/** A change of the documented book; its checksum is worked out here from the strings themselves. */
function update(bids: object[], asks: object[], checksum: number): string {
  const data = [{ symbol: "BTC/USD", bids, asks, checksum, timestamp: "2026-09-21T14:13:20.000000Z" }];
  return JSON.stringify({ channel: "book", type: "update", data });
}
const ASKS = "45285210000045286415457195345286615457110945289615456091145290215890660" +
  "452918154553491452947445474945296135380000452975994554245299518772827";
const BIDS = "45283510000000452834154582015452821100000004528101000000045280315459258645279079900004527763310103" +
  "4527753000000045277315460273745276615445238";

Deno.test("a change is verified with the digits that it was written with, its zeros too", () => {
  const asks = ASKS.replace("452852100000", "452852250000000");
  const written = update([], [{ price: "P", qty: "Q" }], crc(asks + BIDS))
    .replace('"P"', "45285.2").replace('"Q"', "2.50000000");
  assert.deepEqual(ofBook(saidTo(kraken, [KRAKEN_SNAPSHOT, written])).at(-1), [
    "ends",
    "BTC",
    parseTime("2026-09-21T14:13:20.000000Z"),
  ]);
  const cut = written.replace("2.50000000", "2.5");
  assert.deepEqual(ofBook(saidTo(kraken, [KRAKEN_SNAPSHOT, cut])).find(([what]) => what === "gap"), [
    "gap",
    "BTC",
    "checksum differs",
  ]);
});

Deno.test("a level that is taken away lets the next ones into the checksum", () => {
  const removed = update([], [{ price: 45285.2, qty: 0 }], crc(ASKS.replace("452852100000", "") + BIDS));
  assert.equal(ofBook(saidTo(kraken, [KRAKEN_SNAPSHOT, removed])).at(-1)?.[0], "ends");
});

Deno.test("a book whose checksum differs is lost, asked for anew, and silent until it begins", () => {
  const wrong = update([{ price: 45283.5, qty: 9 }], [], 1);
  const said = ofBook(saidTo(kraken, [KRAKEN_SNAPSHOT, wrong, wrong, KRAKEN_SNAPSHOT]));
  const params = { channel: "book", symbol: ["BTC/USD"], depth: 500 };
  assert.deepEqual(said.slice(2), [
    ["gap", "BTC", "checksum differs"],
    ["request", { method: "unsubscribe", params }],
    ["request", { method: "subscribe", params }],
    ["begins", "BTC"],
    ["ends", "BTC", parseTime("2026-09-21T14:13:19.100000Z")],
  ]);
});

Deno.test("levels beyond the depth fall off, because the exchange says nothing more of them", () => {
  const book = new KrakenBook(2);
  for (const price of ["100.0", "99.0", "101.0"]) assert.equal(book.bids.set(price, "1.0"), true);
  assert.equal(book.bids.cut(), 99);
  assert.equal(book.bids.cut(), null);
  for (const price of ["100.0", "99.0", "101.0"]) book.asks.set(price, "1.0");
  assert.equal(book.asks.cut(), 101);
});

const wrong: readonly [string, object | string, readonly unknown[]][] = [
  ["no object", "5", ["refuse", "not an object"]],
  ["a subscription that fails", { method: "subscribe", success: false, error: "no" }, [
    "refuse",
    "exchange reports an error",
  ]],
  ["an unknown channel", { channel: "ohlc", data: [] }, ["refuse", "unknown channel"]],
  ["data that is missing", { channel: "trade" }, ["refuse", "data is missing"]],
  ["an unknown symbol", { channel: "trade", data: [{ symbol: "BTC/EUR" }] }, ["refuse", "unknown symbol"]],
  ["null in the data", { channel: "ticker", data: [null] }, ["refuse", "unknown symbol"]],
  ["a trade without an id", { channel: "trade", data: [{ symbol: "BTC/USD" }] }, [
    "refuse",
    "id of a trade is no number",
  ]],
];
for (const [name, message, expected] of wrong) {
  Deno.test(`Kraken: ${name} is refused`, () => assert.deepEqual(saidTo(kraken, [message]), [expected]));
}

for (const level of [{ price: null, qty: 1 }, { price: -1, qty: 1 }, { price: 45283.5, qty: -1 }, {}, null]) {
  Deno.test(`Kraken: a level such as ${JSON.stringify(level)} makes the book lost`, () => {
    const text = JSON.stringify({
      channel: "book",
      type: "update",
      data: [{ symbol: "BTC/USD", bids: [level], asks: [] }],
    });
    const said = ofBook(saidTo(kraken, [KRAKEN_SNAPSHOT, text]));
    assert.deepEqual(said[2], ["gap", "BTC", "level cannot be read"]);
  });
}

Deno.test("the REST ticker is read whatever Kraken calls the pair there", () => {
  const body = JSON.parse(
    '{"error":[],"result":{"XXBTZUSD":{"a":["30300.10000","1","1.000"],"b":["30300.00000","2","2.500"],"c":["30303.20000","0.00067643"],"v":["4083.67001100","4412.73601799"]}}}',
  );
  assert.equal(kraken.fallback.path("BTC"), "/0/public/Ticker?pair=XBTUSD");
  assert.equal(kraken.fallback.path("ETH"), "/0/public/Ticker?pair=ETHUSD");
  assert.deepEqual(saidByRest(kraken, "BTC", body), [
    ["quote", "BTC", 30300, 2.5, 30300.1, 1, null],
    ["trade", "BTC", 30303.2, 0.00067643, null],
  ]);
  assert.deepEqual(saidByRest(kraken, "BTC", { error: ["EQuery:Unknown asset pair"] }), [[
    "refuse",
    "exchange reports an error",
  ]]);
  assert.deepEqual(saidByRest(kraken, "BTC", { error: [], result: {} }), [["refuse", "result is missing"]]);
});
