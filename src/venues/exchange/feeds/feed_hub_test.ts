import assert from "node:assert/strict";
import { micros, MICROS_PER_SECOND } from "../../../core/units.ts";
import { startEmbeddedExchange } from "../embedded.ts";
import { DEFAULT_START } from "../exchange.ts";
import { FAULT_NAMES } from "../faults.ts";
import { type ExchangeOptions, type RunningExchange, startExchange } from "../server.ts";
import { FEED_NAMES } from "./feed_names.ts";
import { FEED_TROUBLE_NAMES, parseFeedFault } from "./feed_troubles.ts";

const OPTIONS = { port: 0, seed: 9, speed: 1, faults: [], mode: "stepped" as const, keyDirectory: null };
const SUBSCRIBE = JSON.stringify({
  type: "subscribe",
  product_ids: ["BTC-USD", "ETH-USD"],
  channels: ["ticker", "matches", "heartbeat", "level2_batch"],
});

const after = (seconds: number) => micros(DEFAULT_START + Math.round(seconds * MICROS_PER_SECOND));

/** The platform's own client, which counts what it hears until the very end. */
class Listener {
  readonly texts: string[] = [];
  readonly socket: WebSocket;
  closed: number | null = null;
  #wake: () => void = () => {};

  constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.addEventListener("message", ({ data }) => {
      this.texts.push(data);
      this.#wake();
    });
    this.socket.addEventListener("open", () => this.#wake());
    this.socket.addEventListener("error", (event) => event.preventDefault());
    this.socket.addEventListener("close", ({ code }) => {
      this.closed = code;
      this.#wake();
    });
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#wake = resolve);
  }

  static async open(url: string, say = SUBSCRIBE): Promise<Listener> {
    const listener = new Listener(url);
    await listener.until(() => listener.socket.readyState !== WebSocket.CONNECTING);
    if (listener.socket.readyState === WebSocket.OPEN && say !== "") listener.socket.send(say);
    return listener;
  }
}

async function withExchange(
  options: Partial<ExchangeOptions>,
  test: (exchange: RunningExchange, feeds: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const exchange = await startExchange({ ...OPTIONS, ...options });
  try {
    await test(exchange, exchange.info.feeds);
  } finally {
    await exchange.stop();
  }
}

async function post(exchange: RunningExchange, path: string, body: unknown) {
  const response = await fetch(new URL(path, exchange.info.rest), { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

async function statusOf(url: string): Promise<readonly [number, string]> {
  const response = await fetch(url);
  await response.body?.cancel();
  return [response.status, response.headers.get("content-type") ?? ""];
}

Deno.test("info.feeds says where each feed's socket and REST host are", async () => {
  await withExchange({}, async (exchange, feeds) => {
    const { host } = new URL(exchange.info.rest);
    assert.equal(feeds.coinbase, `ws://${host}/feeds/coinbase`);
    assert.equal(feeds.coinbase_rest, `http://${host}/feeds/coinbase/rest`);
    assert.ok(FEED_NAMES.every((name) => name in feeds || `${name}_rest` in feeds));
    assert.deepEqual(await statusOf(`${feeds.coinbase_rest}/products/BTC-USD/ticker`), [200, "application/json"]);
    const unknown = new Listener(feeds.coinbase.replace("coinbase", "nobody"));
    await unknown.until(() => unknown.closed !== null);
    assert.equal(unknown.texts.length, 0);
  });
});

Deno.test("frames of feeds count like the exchange's own, and each of them arrives", async () => {
  await withExchange({}, async (exchange, feeds) => {
    const listeners = await Promise.all([feeds.coinbase, feeds.coinbase].map((url) => Listener.open(url)));
    const heard = () => listeners.reduce((sum, { texts }) => sum + texts.length, 0);
    for (const listener of listeners) await listener.until(() => listener.texts.length === 7);
    for (let second = 1; second <= 20; second++) exchange.advance(after(second));
    assert.ok(exchange.framesSent() > 400);
    for (const listener of listeners) await listener.until(() => heard() === exchange.framesSent());
    assert.deepEqual(listeners[0].texts, listeners[1].texts);
    for (const { socket } of listeners) socket.close();
    for (const listener of listeners) await listener.until(() => listener.closed !== null);
  });
});

Deno.test("a feed that goes down in the middle of a burst leaves no frame uncounted, and is refused until it is up", async () => {
  await withExchange({}, async (exchange, feeds) => {
    let heard = 0;
    for (let round = 0; round < 10; round++) {
      const listener = await Listener.open(feeds.coinbase);
      await listener.until(() => listener.texts.length >= 7);
      exchange.advance(after(20 * round + 10));
      exchange.setFault("feed-down:coinbase", true);
      exchange.advance(after(20 * round + 20));
      await listener.until(() => listener.closed !== null);
      heard += listener.texts.length;
      assert.ok(listener.texts.length > 60);
      assert.equal(exchange.framesSent(), heard, `round ${round}`);
      const refused = await Listener.open(feeds.coinbase);
      await refused.until(() => refused.closed !== null);
      assert.equal(refused.texts.length, 0);
      exchange.setFault("feed-down:coinbase", false);
    }
  });
});

Deno.test("a client that leaves in the middle of a burst hears all that was counted before it is gone", async () => {
  await withExchange({}, async (exchange, feeds) => {
    let heard = 0;
    for (let round = 0; round < 10; round++) {
      const listener = await Listener.open(feeds.coinbase);
      await listener.until(() => listener.texts.length >= 7);
      listener.socket.close();
      for (let part = 1; part <= 10; part++) exchange.advance(after(20 * round + 2 * part));
      await listener.until(() => listener.closed !== null);
      heard += listener.texts.length;
      exchange.advance(after(20 * round + 30));
      assert.equal(exchange.framesSent(), heard, `round ${round}`);
    }
  });
});

Deno.test("silent keeps the socket open and says nothing; the rest of the feeds go on", async () => {
  await withExchange({ faults: ["feed-silent:coinbase"] }, async (exchange, feeds) => {
    const listener = await Listener.open(feeds.coinbase);
    const other = await Listener.open(feeds.gemini, "{");
    await other.until(() => other.texts.length === 1);
    exchange.advance(after(5));
    await other.until(() => other.texts.length === exchange.framesSent());
    assert.deepEqual([listener.texts.length, listener.closed], [0, null]);
    exchange.setFault("feed-silent:coinbase", false);
    exchange.advance(after(10));
    await listener.until(() => listener.texts.length + other.texts.length === exchange.framesSent());
    assert.ok(listener.texts.length > 20);
    for (const each of [listener, other]) {
      each.socket.close();
      await each.until(() => each.closed !== null);
    }
  });
});

Deno.test("garbage: some messages are spoilt, most are not, and each is counted", async () => {
  await withExchange({}, async (exchange, feeds) => {
    const listener = await Listener.open(feeds.coinbase);
    await listener.until(() => listener.texts.length === 7);
    exchange.setFault("feed-garbage", true);
    for (let second = 1; second <= 60; second++) exchange.advance(after(second));
    await listener.until(() => listener.texts.length === exchange.framesSent());
    const spoilt = listener.texts.filter((text) => {
      try {
        return typeof JSON.parse(text)?.type !== "string";
      } catch {
        return true;
      }
    });
    const share = spoilt.length / listener.texts.length;
    assert.ok(share > 0.005 && share < 0.1, `${spoilt.length} of ${listener.texts.length}`);
    listener.socket.close();
    await listener.until(() => listener.closed !== null);
  });
});

const REST: readonly [string, number, string][] = [
  ["outage", 503, "application/json"],
  ["403", 403, "application/json"],
  ["429", 429, "application/json"],
  ["html", 200, "text/html; charset=utf-8"],
  ["down", 200, "application/json"],
  ["up", 200, "application/json"],
];

Deno.test("REST refuses as the trouble says, for the one feed", async () => {
  await withExchange({}, async (exchange, feeds) => {
    for (const [state, status, type] of REST) {
      assert.equal((await post(exchange, "/sim/feeds/coinbase", { state })).status, 200);
      assert.deepEqual(await statusOf(`${feeds.coinbase_rest}/products/BTC-USD/ticker`), [status, type], state);
      assert.deepEqual(await statusOf(`${feeds.kraken_rest}/0/public/Ticker?pair=XBTUSD`), [200, "application/json"]);
      assert.deepEqual(await statusOf(`${feeds.bitstamp_rest}/api/v2/ticker/btcusd/`), [200, "application/json"]);
    }
    const without = await fetch(`${feeds.coinbase_rest}/products/BTC-USD/ticker`, { headers: { "user-agent": "" } });
    assert.equal(without.status, 400);
    await without.body?.cancel();
  });
});

Deno.test("the control takes one trouble, several or none, and says what it would take", async () => {
  await withExchange({}, async (exchange) => {
    const both = await post(exchange, "/sim/feeds/kraken", { state: ["down", "html"] });
    const kraken = both.body.feeds.find((feed: { name: string }) => feed.name === "kraken");
    assert.deepEqual(kraken, { name: "kraken", troubles: ["down", "html"], connections: 0, frames: 0 });
    for (const state of ["sideways", 7, null, ["down", "sideways"], {}]) {
      const { status, body } = await post(exchange, "/sim/feeds/kraken", { state });
      assert.equal(status, 400);
      assert.match(body.details, /"state" must be up, .*down, /);
    }
    assert.equal((await post(exchange, "/sim/feeds/nobody", { state: "up" })).status, 400);
    const response = await fetch(new URL("/sim/feeds", exchange.info.rest));
    const { feeds } = await response.json();
    assert.deepEqual(feeds.map((feed: { name: string }) => feed.name), FEED_NAMES);
    assert.deepEqual(feeds[1].troubles, ["down", "html"]);
  });
});

Deno.test("every trouble is a fault over all feeds, and of each feed by itself", async () => {
  for (const trouble of FEED_TROUBLE_NAMES) {
    assert.ok((FAULT_NAMES as readonly string[]).includes(`feed-${trouble}`), trouble);
    assert.deepEqual(parseFeedFault(`feed-${trouble}:kraken`, FEED_NAMES), { trouble, feed: "kraken" });
  }
  for (const text of ["feed-down:nobody", "feed-up:kraken", "feed-down", "seq-gap:kraken", "feed-down:kraken:1", ""]) {
    assert.equal(parseFeedFault(text, FEED_NAMES), null, text);
  }
  await assert.rejects(startExchange({ ...OPTIONS, faults: ["feed-down:nobody"] }), /Unknown fault "feed-down:nobody"/);
  await assert.rejects(startExchange({ ...OPTIONS, feedRate: 11 }), /Feed rate must be 0.1 to 10: found 11/);
});

Deno.test("what a client said before time moves is heard before time moves", async () => {
  const embedded = await startEmbeddedExchange(OPTIONS);
  try {
    let heard = 0;
    for (let round = 0; round < 20; round++) {
      const listener = await Listener.open(embedded.info.feeds.coinbase);
      const { now, frames } = await embedded.advance(after(round + 1));
      await listener.until(() => heard + listener.texts.length >= frames);
      const snapshot = listener.texts.map((text) => JSON.parse(text)).find(({ type }) => type === "snapshot");
      assert.ok(Date.parse(snapshot?.time) * 1_000 <= now - MICROS_PER_SECOND, `round ${round}`);
      listener.socket.close();
      await listener.until(() => listener.closed !== null);
      heard += listener.texts.length;
    }
  } finally {
    await embedded.stop();
  }
});

Deno.test("in a Worker a feed's frames are counted, and its faults are turned on and off", async () => {
  const embedded = await startEmbeddedExchange(OPTIONS);
  try {
    const listener = await Listener.open(embedded.info.feeds.coinbase);
    await listener.until(() => listener.texts.length === 7);
    const { frames } = await embedded.advance(after(10));
    assert.ok(frames > 60);
    await listener.until(() => listener.texts.length === frames);
    await embedded.setFault("feed-outage:coinbase", true);
    await listener.until(() => listener.closed !== null);
    assert.equal((await statusOf(`${embedded.info.feeds.coinbase_rest}/products/BTC-USD/ticker`))[0], 503);
    await embedded.setFault("feed-outage:coinbase", false);
    assert.equal((await statusOf(`${embedded.info.feeds.coinbase_rest}/products/BTC-USD/ticker`))[0], 200);
    await assert.rejects(embedded.setFault("flood", true), /Unknown fault "flood"/);
  } finally {
    await embedded.stop();
  }
});
