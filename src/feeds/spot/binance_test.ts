import assert from "node:assert/strict";
import type { Input } from "../../core/input.ts";
import { MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { DEFAULT_START } from "../../venues/exchange/exchange.ts";
import { binance, binanceUs } from "./binance.ts";
import { readAll, readAnswer } from "./protocol_fixture.ts";
import { SPOILING_ROUNDS, spoilProtocol } from "./protocol_spoiling_fixture.ts";
import { withSimulated } from "./simulated_exchange_fixture.ts";
import { SpotFeed } from "./spot_feed.ts";

const trade = (t: unknown, changes: Readonly<Record<string, unknown>> = {}) => ({
  stream: "btcusdt@trade",
  data: {
    ...{ e: "trade", E: 1579481530912, s: "BTCUSDT", t, p: "84000.19000000", q: "0.00700000" },
    ...{ T: 1579481530910, m: false, M: true, ...changes },
  },
});
const quote = (u: unknown, changes: Readonly<Record<string, unknown>> = {}) => ({
  stream: "btcusdt@bookTicker",
  data: { u, s: "BTCUSDT", b: "84000.10000000", B: "31.21000000", a: "84000.20000000", A: "40.66000000", ...changes },
});
const TRADE = "trade BTC 84000.19 0.007 @1579481530910000";
const QUOTE = "quote BTC 84000.1 x 31.21 / 84000.2 x 40.66";

const CASES: readonly { readonly claim: string; readonly messages: unknown[]; readonly lines: string[] }[] = [
  {
    claim: "trades are told once each, in order",
    messages: [trade(5), trade(7), trade(7), trade(6)],
    lines: [TRADE, TRADE, "refuse: trade repeated", "refuse: trade repeated"],
  },
  {
    claim: "quotes are told, older ones refused",
    messages: [quote(400900217), quote(400900219), quote(400900218)],
    lines: [QUOTE, QUOTE, "refuse: quote older than the one before it"],
  },
  {
    claim: "a trade without an id is refused",
    messages: [trade(undefined)],
    lines: ["refuse: id of a trade is no number"],
  },
  {
    claim: "a quote without a number is refused",
    messages: [quote("x")],
    lines: ["refuse: quote older than the one before it"],
  },
  {
    claim: "a price that is none becomes no number",
    messages: [trade(5, { p: "" })],
    lines: ["trade BTC NaN 0.007 @1579481530910000"],
  },
  { claim: "another symbol is refused", messages: [trade(5, { s: "BTCUSDC" })], lines: ["refuse: unknown symbol"] },
  {
    claim: "another stream is refused",
    messages: [{ ...trade(5), stream: "btcusdt@aggTrade" }],
    lines: ["refuse: unknown stream"],
  },
  {
    claim: "a message outside its envelope is refused",
    messages: [trade(5).data],
    lines: ["refuse: message without a stream"],
  },
  {
    claim: "the word that it shuts down asks for another connection",
    messages: [{ stream: "btcusdt@trade", data: { e: "serverShutdown", E: 1 } }],
    lines: ["reconnect: the exchange ends this connection"],
  },
  { claim: "an answer is a sign of life", messages: [{ result: null, id: 1 }], lines: ["alive"] },
  {
    claim: "an error is refused",
    messages: [{ error: { code: 2, msg: "Invalid request" }, id: 1 }],
    lines: ["refuse: exchange reports an error"],
  },
  ...[null, 5, "x", []].map((value) => ({
    claim: `${JSON.stringify(value)} is refused`,
    messages: [value],
    lines: ["refuse: not an object"],
  })),
];

for (const { claim, messages, lines } of CASES) {
  Deno.test(`Binance: ${claim}`, () => assert.deepEqual(readAll(binance, messages), lines));
}

Deno.test("Binance and Binance.US differ in name and place, and neither is a constituent", () => {
  assert.deepEqual([binance.constituent, binanceUs.constituent], [false, false]);
  assert.deepEqual([binance.exchange, binanceUs.exchange], ["binance", "binance_us"]);
  const streams = "stream?streams=btcusdt@trade/btcusdt@bookTicker/ethusdt@trade/ethusdt@bookTicker";
  assert.equal(binance.address(binance.ws, ["BTC", "ETH"]), `wss://stream.binance.com:9443/${streams}`);
  assert.equal(binanceUs.address(binanceUs.ws, ["BTC", "ETH"]), `wss://stream.binance.us:9443/${streams}`);
});

Deno.test("Binance: the REST answer is a quote of the pair that was asked for", () => {
  const body = { symbol: "BTCUSDT", bidPrice: "4.00000000", bidQty: "431.0", askPrice: "4.00000200", askQty: "9.0" };
  assert.deepEqual(readAnswer(binance, body), ["quote BTC 4 x 431 / 4.000002 x 9"]);
  assert.deepEqual(readAnswer(binance, { ...body, symbol: "ETHUSDT" }), ["refuse: ticker of another pair"]);
  assert.deepEqual(readAnswer(binance, { code: 0, msg: "Service unavailable from a restricted location" }), [
    "refuse: ticker of another pair",
  ]);
  assert.deepEqual(readAnswer(binance, null), ["refuse: not an object"]);
});

Deno.test(`Binance: ${SPOILING_ROUNDS} spoilt rows of messages harm nothing`, () => {
  const eth = { stream: "ethusdt@trade", data: { ...trade(3).data, s: "ETHUSDT" } };
  spoilProtocol(binance, [trade(5), quote(8), eth, trade(6), quote(9), { result: null, id: 1 }, trade(7)]);
});

for (const protocol of [binance, binanceUs]) {
  Deno.test(`${protocol.title}: a minute with the simulated exchange brings trades and quotes, nothing refused`, async () => {
    await withSimulated(protocol, [], async ({ feed, pass }) => {
      await pass(60);
      assert.deepEqual(feed.status().refused, {});
      assert.equal(feed.status().reconnects, 0);
      for (const asset of ["BTC", "ETH"]) {
        const { bid, ask } = feed.quote(asset) ?? assert.fail(`No quote of ${asset}`);
        assert.ok(bid !== null && ask !== null && bid < ask);
        assert.equal(feed.book(asset), null, "It gives no book");
      }
    });
  });
}

Deno.test("Binance: refused with 451 everywhere, it says so and tries once a minute at most", async () => {
  let asked = 0;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => {
    asked++;
    return Response.json({ code: 0, msg: "Service unavailable from a restricted location" }, { status: 451 });
  });
  const clock = new SteppedClock(DEFAULT_START);
  const log: string[] = [];
  const context = {
    clock,
    sink: (_input: Input) => {},
    log: (level: string, text: string) => void log.push(`${level} ${text}`),
    jitter: () => 0.99,
    lockstep: true,
    userAgent: "kbot test",
    onRaw: null,
  };
  const host = `127.0.0.1:${server.addr.port}`;
  const feed = new SpotFeed(context, {
    protocol: binance,
    assets: ["BTC"],
    ws: `ws://${host}`,
    rest: `http://${host}`,
  });
  try {
    feed.start();
    await feed.idle();
    for (let second = 0; second < 600; second++) {
      clock.advanceTo((clock.now() + MICROS_PER_SECOND) as typeof DEFAULT_START);
      await feed.idle();
    }
    const { by, trouble, refused } = feed.status();
    assert.equal(by, "none");
    assert.match(trouble ?? "", /451/);
    assert.ok((refused["status 451"] ?? 0) > 0);
    // Ten minutes, socket and REST: about 6 attempts while the pauses grow, then one a minute, for each of the two.
    assert.ok(asked >= 20 && asked <= 40, `asked ${asked} times`);
  } finally {
    await feed.stop();
    await server.shutdown();
  }
});
