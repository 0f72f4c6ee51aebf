import assert from "node:assert/strict";
import type { FeedContext } from "../feed.ts";
import { later, type ScriptedContext, scriptedContext, ScriptedSource, until } from "../scripted_source_fixture.ts";
import { binance } from "./binance.ts";
import { bitstamp } from "./bitstamp.ts";
import { coinbase } from "./coinbase.ts";
import { kraken } from "./kraken.ts";
import type { SpotProtocol } from "./protocol.ts";
import { COINBASE_MESSAGES, KRAKEN_SNAPSHOT } from "./sample_messages_fixture.ts";
import { SpotFeed } from "./spot_feed.ts";

interface Parts {
  readonly source: ScriptedSource;
  readonly feed: SpotFeed;
  readonly scripted: ScriptedContext;
  /** Moves time second by second, with a moment at each for what goes over the network. */
  advance(toSecond: number): Promise<void>;
  connected(): Promise<void>;
}

interface Setting {
  readonly protocol?: SpotProtocol;
  readonly assets?: readonly string[];
  readonly context?: Partial<FeedContext>;
  readonly prepare?: (source: ScriptedSource) => void;
}

async function withFeed(test: (parts: Parts) => Promise<void>, setting: Setting = {}): Promise<void> {
  const { protocol = coinbase, assets = ["BTC"], context = {}, prepare = () => {} } = setting;
  const source = new ScriptedSource();
  prepare(source);
  const scripted = scriptedContext(context);
  const { clock } = scripted.context;
  const feed = new SpotFeed(scripted.context, { protocol, assets, ws: source.ws, rest: source.rest });
  const advance = async (toSecond: number) => {
    while (clock.now() < later(toSecond)) {
      clock.advanceTo(later(Math.floor((clock.now() - later(0)) / 1_000_000) + 1));
      await new Promise((look) => setTimeout(look, 2));
      await feed.idle();
    }
  };
  const connected = () => until(() => feed.up && source.sockets === 1, "a connection");
  try {
    feed.start();
    await test({ source, feed, scripted, advance, connected });
  } finally {
    await feed.stop();
    await source.stop();
  }
}

const TICKER = JSON.stringify({
  bid: "22345.10",
  ask: "22346.00",
  price: "22345.50",
  size: "1",
  time: "2026-09-21T14:13:20Z",
});
const PATH = "/products/BTC-USD/ticker";
const priced = (source: ScriptedSource) => source.on(PATH, () => new Response(TICKER));

async function settle({ source, feed, connected }: Parts): Promise<void> {
  await connected();
  for (const message of COINBASE_MESSAGES) source.send(message);
  const heard = feed.framesReceived() + COINBASE_MESSAGES.length;
  await until(() => feed.framesReceived() >= heard, "the messages");
}

Deno.test("what the socket says can be read as a source, and the status tells it", () =>
  withFeed(async (parts) => {
    const { feed, scripted } = parts;
    const changes: string[] = [];
    feed.onChange((asset) => changes.push(asset));
    await settle(parts);
    await until(() => feed.framesReceived() === COINBASE_MESSAGES.length, "all messages");
    assert.equal(feed.book("BTC")?.bid, 22_345.67);
    assert.equal(feed.bookAt("BTC"), later(0));
    assert.equal(feed.last("BTC")?.price, 22_345.67);
    assert.equal(feed.age("BTC", later(3)), 3_000_000);
    assert.equal(feed.vwap("BTC", later(1))?.volume, 0.00513192 + 0.00352175);
    assert.equal(feed.quote("BTC")?.ask, 22_350);
    assert.ok(changes.length >= 4 && changes.every((asset) => asset === "BTC"));
    assert.equal(scripted.raw.length, COINBASE_MESSAGES.length);
    assert.deepEqual(scripted.inputs, []);
    const status = feed.status();
    assert.deepEqual(
      [status.name, status.kind, status.by, status.messages, status.reconnects, status.ageMs, status.trouble],
      ["coinbase", "spot", "socket", COINBASE_MESSAGES.length, 0, 0, null],
    );
    assert.deepEqual(status.refused, {});
  }));

Deno.test("an asset that the exchange does not trade is left out", () =>
  withFeed(async ({ source, feed }) => {
    assert.deepEqual(feed.assets, ["BTC"]);
    await until(() => source.received.length === 1, "one subscription");
    assert.equal(feed.book("NONE"), null);
    assert.equal(feed.quote("NONE"), null);
    assert.equal(feed.age("NONE", later(1)), null);
  }, { assets: ["NONE", "BTC"] }));

Deno.test("a feed without an asset connects to nothing", () =>
  withFeed(async ({ source, feed, advance }) => {
    await advance(20);
    assert.equal(source.sockets, 0);
    assert.equal(feed.status().by, "none");
  }, { assets: ["NONE"] }));

Deno.test("while the socket is refused the price comes by REST, and by the socket again when it is back", () =>
  withFeed(async (parts) => {
    const { source, feed, advance } = parts;
    await until(() => !feed.up && feed.status().trouble !== null, "the refusal");
    assert.match(feed.status().trouble ?? "", /403/);
    assert.equal(feed.status().by, "none");
    await advance(6);
    assert.equal(feed.status().by, "rest");
    assert.equal(feed.last("BTC")?.price, 22_345.5);
    assert.deepEqual([feed.quote("BTC")?.bid, feed.quote("BTC")?.ask], [22_345.1, 22_346]);
    assert.equal(feed.book("BTC"), null);
    assert.equal(feed.vwap("BTC", later(6)), null);
    const asked = source.requests.length;
    await advance(15);
    assert.ok(source.requests.length >= asked + 2 && source.requests.length <= asked + 4, `${source.requests.length}`);
    source.refuseUpgrade = null;
    let second = 15;
    while (!feed.up && second < 60) await advance(++second);
    await settle(parts);
    await advance(second + 2);
    assert.equal(feed.status().by, "socket");
    assert.equal(feed.status().trouble, null);
    const settledAt = source.requests.length;
    await advance(second + 4);
    assert.equal(source.requests.length, settledAt);
  }, { prepare: (source) => priced(source).refuseUpgrade = 403 }));

Deno.test("a socket that is up and silent is helped by REST, then given up", () =>
  withFeed(async (parts) => {
    const { source, feed, scripted, advance } = parts;
    await settle(parts);
    await advance(6);
    assert.equal(feed.up, true);
    assert.equal(feed.status().by, "rest");
    assert.equal(feed.status().trouble, "Socket is silent: prices come by REST");
    await advance(10);
    assert.ok(scripted.lines.some((line) => line.includes("nothing was heard for 10 s")), scripted.lines.join("\n"));
    await advance(13);
    await settle(parts);
    await until(() => source.received.length === 2, "the subscription again");
    assert.equal(feed.status().reconnects, 1);
  }, { prepare: priced }));

Deno.test("in lockstep a silent socket is a socket", () =>
  withFeed(async (parts) => {
    await settle(parts);
    await parts.advance(100);
    assert.equal(parts.feed.status().by, "socket");
    assert.deepEqual(parts.source.requests, []);
  }, { prepare: priced, context: { lockstep: true } }));

Deno.test("a lost connection takes the books away at once, and each new one begins them anew, the second too", () =>
  withFeed(async (parts) => {
    const { source, feed, advance } = parts;
    for (let round = 0; round < 3; round++) {
      await settle(parts);
      await until(() => feed.book("BTC") !== null, "a book");
      source.closeSockets(1001, "going away");
      await until(() => !feed.up, "the loss");
      assert.equal(feed.book("BTC"), null);
      assert.equal(feed.bookAt("BTC"), null);
      assert.match(feed.status().trouble ?? "", /going away/);
      await advance(10 * (round + 1));
    }
    assert.equal(feed.status().reconnects, 3);
    assert.equal(feed.vwap("BTC", later(31))?.volume, 0.00513192 + 0.00352175);
  }, { prepare: priced }));

Deno.test("the exchange asks for a new connection and gets it", () =>
  withFeed(async ({ source, feed, scripted, advance, connected }) => {
    await connected();
    source.send({ event: "bts:request_reconnect", channel: "", data: "" });
    await until(() => !feed.up, "the loss");
    assert.ok(scripted.lines.some((line) => line.includes("the exchange asks for it")));
    await advance(2);
    await connected();
    await until(() => source.received.length === 4, "subscriptions again");
  }, { protocol: bitstamp }));

Deno.test("a book whose checksum differs is asked for anew on the same connection", () =>
  withFeed(async ({ source, feed, connected, advance }) => {
    await connected();
    await until(() => source.received.length === 3, "subscriptions");
    source.send(KRAKEN_SNAPSHOT);
    await until(() => feed.book("BTC") !== null, "a book");
    source.send(KRAKEN_SNAPSHOT.replace("3310070434", "3310070435"));
    await until(() => source.received.length === 5, "another subscription");
    assert.deepEqual(source.received.slice(3).map((text) => JSON.parse(text).method), ["unsubscribe", "subscribe"]);
    assert.equal(feed.book("BTC"), null);
    assert.equal(feed.status().trouble, "Book of BTC is out of sync: checksum differs");
    source.send(KRAKEN_SNAPSHOT);
    await until(() => feed.book("BTC") !== null, "a book again");
    await advance(2);
    assert.deepEqual([feed.status().trouble, feed.status().reconnects, feed.up], [null, 0, true]);
  }, { protocol: kraken }));

const badAnswers: readonly [string, () => Response, string][] = [
  ["403", () => new Response("blocked", { status: 403 }), "status 403"],
  ["429", () => new Response("slow down", { status: 429, headers: { "retry-after": "20" } }), "status 429"],
  ["a page", () => new Response("<html><body>Just a moment...</body></html>"), "a page instead of JSON"],
  ["half a body", () => new Response(TICKER.slice(0, 30)), "not JSON"],
  ["a huge body", () => new Response(" ".repeat(3_000_000) + TICKER), "too long"],
];
for (const [name, answer, reason] of badAnswers) {
  Deno.test(`the fallback meets ${name}: counted, told, asked less often, and never believed`, () =>
    withFeed(async ({ source, feed, advance }) => {
      await advance(24);
      const { refused, by, trouble, ageMs } = feed.status();
      assert.ok(refused[reason] >= 1, JSON.stringify(refused));
      assert.equal(by, "none");
      assert.equal(ageMs, null);
      assert.notEqual(trouble, null);
      assert.equal(feed.last("BTC"), null);
      assert.ok(source.requests.length <= 6, `${source.requests.length} questions`);
      if (reason === "status 429") assert.equal(source.requests.length, 1);
      source.on(PATH, () => new Response(TICKER));
      await advance(60);
      assert.equal(feed.status().by, "rest");
      assert.equal(feed.last("BTC")?.price, 22_345.5);
    }, {
      prepare: (source) => {
        source.refuseUpgrade = 503;
        source.on(PATH, answer);
      },
    }));
}

Deno.test("one coin that REST does not know does not keep the others from being asked for", () =>
  withFeed(async ({ feed, advance }) => {
    await advance(10);
    assert.equal(feed.last("BTC")?.price, 22_345.5);
    assert.equal(feed.last("ETH"), null);
    assert.equal(feed.status().by, "rest");
  }, {
    assets: ["ETH", "BTC"],
    prepare: (source) => priced(source).refuseUpgrade = 503,
  }));

Deno.test("every question of the fallback names who asks", () =>
  withFeed(async ({ source, advance }) => {
    await advance(6);
    assert.equal(source.requests[0].headers.get("user-agent"), "kbot-test (someone@example.org)");
  }, { prepare: (source) => priced(source).refuseUpgrade = 503 }));

Deno.test("an exchange without a book is read by its quotes and trades", () =>
  withFeed(async ({ source, feed, connected }) => {
    await connected();
    source.send(
      '{"stream":"btcusdt@bookTicker","data":{"u":400900217,"s":"BTCUSDT","b":"84000.10","B":"3.1","a":"84000.20","A":"4.6"}}',
    );
    await until(() => feed.quote("BTC") !== null, "a quote");
    assert.equal(feed.quote("BTC")?.bid, 84_000.1);
    assert.equal(feed.book("BTC"), null);
    assert.equal(feed.status().trouble, null);
  }, { protocol: binance }));

Deno.test("after a stop nothing more changes", async () => {
  let stopped: SpotFeed | null = null;
  const changes: string[] = [];
  await withFeed(async (parts) => {
    await settle(parts);
    stopped = parts.feed;
    await parts.feed.stop();
    parts.feed.onChange((asset) => changes.push(asset));
    parts.source.send(COINBASE_MESSAGES[5]);
    await parts.advance(100);
    assert.equal(parts.source.sockets, 0);
  }, { prepare: priced });
  assert.notEqual(stopped, null);
  assert.deepEqual(changes, []);
});
