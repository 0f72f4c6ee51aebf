import assert from "node:assert/strict";
import type { SpotBook } from "../../core/spot_book.ts";
import { bitstamp } from "./bitstamp.ts";
import { coinbase } from "./coinbase.ts";
import { gemini } from "./gemini.ts";
import { kraken } from "./kraken.ts";
import type { SpotProtocol } from "./protocol.ts";
import { withSimulated } from "./simulated_exchange_fixture.ts";

const PROTOCOLS: readonly SpotProtocol[] = [coinbase, kraken, bitstamp, gemini];
const ASSETS = ["BTC", "ETH"];

function assertOrdered(book: SpotBook | null, what: string): void {
  assert.ok(book !== null, what);
  const { bids, asks, bid, ask } = book;
  assert.ok(bid !== null && ask !== null && bid < ask, `${what}: ${bid} and ${ask}`);
  for (let at = 1; at < bids.length; at++) assert.ok(bids.prices[at] < bids.prices[at - 1]);
  for (let at = 1; at < asks.length; at++) assert.ok(asks.prices[at] > asks.prices[at - 1]);
}

for (const protocol of PROTOCOLS) {
  Deno.test(`${protocol.title}, simulated: most of a minute without a refusal, books in order, trades near them`, () =>
    withSimulated(protocol, [], async ({ exchange, feed, pass }) => {
      await pass(45);
      const { refused, reconnects, by, trouble } = feed.status();
      assert.deepEqual([refused, reconnects, by, trouble], [{}, 0, "socket", null]);
      for (const asset of ASSETS) {
        assertOrdered(feed.book(asset), asset);
        const mid = feed.book(asset)?.mid ?? 0;
        const vwap = feed.vwap(asset, exchange.now());
        assert.ok(vwap !== null && Math.abs(vwap.price / mid - 1) < 0.01, `${asset}: ${vwap?.price} near ${mid}`);
        assert.ok(Math.abs((feed.last(asset)?.price ?? 0) / mid - 1) < 0.01);
        assert.ok((feed.age(asset, exchange.now()) ?? Infinity) < 30_000_000);
      }
    }));

  Deno.test(`${protocol.title}, simulated: garbage is counted, and the books are right again when it ends`, () =>
    withSimulated(protocol, [`feed-garbage:${protocol.exchange}`], async ({ exchange, feed, pass }) => {
      await pass(40);
      const { refused } = feed.status();
      assert.ok(Object.values(refused).reduce((sum, count) => sum + count, 0) > 0, JSON.stringify(refused));
      assert.equal(refused["reader failed"], undefined);
      exchange.setFault(`feed-garbage:${protocol.exchange}`, false);
      await pass(65);
      for (const asset of ASSETS) assertOrdered(feed.book(asset), asset);
      assert.equal(feed.status().trouble, null);
    }));

  Deno.test(`${protocol.title}, simulated: while sockets are refused the price comes by REST, afterwards by the socket`, () =>
    withSimulated(protocol, [], async ({ exchange, feed, pass }) => {
      await pass(5);
      exchange.setFault(`feed-down:${protocol.exchange}`, true);
      await pass(12);
      assert.equal(feed.up, false);
      assert.equal(feed.status().by, "rest");
      for (const asset of ASSETS) {
        assert.equal(feed.book(asset), null);
        assert.ok((feed.age(asset, exchange.now()) ?? Infinity) < 10_000_000);
      }
      exchange.setFault(`feed-down:${protocol.exchange}`, false);
      await pass(35);
      assert.equal(feed.status().by, "socket");
      for (const asset of ASSETS) assertOrdered(feed.book(asset), asset);
    }));

  Deno.test(`${protocol.title}, simulated: refused everywhere it says so, and believes nothing`, () =>
    withSimulated(protocol, [], async ({ exchange, feed, pass }) => {
      await pass(5);
      exchange.setFault(`feed-outage:${protocol.exchange}`, true);
      await pass(25);
      const { by, trouble, refused } = feed.status();
      assert.equal(by, "none");
      assert.match(trouble ?? "", /Cannot reach/);
      assert.ok(refused["status 503"] >= 1, JSON.stringify(refused));
      assert.ok((feed.age("BTC", exchange.now()) ?? 0) > 20_000_000);
    }));
}

Deno.test("Kraken, simulated: a lost message shows in the checksum, and the book is asked for anew", () =>
  withSimulated(kraken, ["feed-gap:kraken"], async ({ exchange, feed, pass }) => {
    await pass(100);
    assert.ok(feed.status().refused["checksum differs"] >= 1, JSON.stringify(feed.status()));
    assert.equal(feed.status().reconnects, 0);
    exchange.setFault("feed-gap:kraken", false);
    await pass(10);
    for (const asset of ASSETS) assertOrdered(feed.book(asset), asset);
  }));

Deno.test("Coinbase, simulated: lost trades are noticed by the heartbeat", () =>
  withSimulated(coinbase, ["feed-gap:coinbase"], async ({ feed, pass }) => {
    await pass(100);
    assert.ok(feed.status().refused["trades missed"] >= 1, JSON.stringify(feed.status().refused));
  }));

/** Everything that a feed says in forty seconds of garbage, and when. */
async function story(protocol: SpotProtocol): Promise<string[]> {
  const told: string[] = [];
  await withSimulated(protocol, [`feed-garbage:${protocol.exchange}`], async ({ exchange, feed, log, pass }) => {
    feed.onChange((asset) => {
      const { price } = feed.last(asset) ?? { price: null };
      told.push(JSON.stringify([exchange.now(), asset, feed.quote(asset), price, feed.book(asset)?.mid]));
    });
    await pass(40);
    told.push(JSON.stringify(feed.status()), ...log.map((line) => line.replace(/127\.0\.0\.1:\d+/, "here")));
  });
  return told;
}

for (const protocol of [kraken, gemini]) {
  Deno.test(`${protocol.title}, simulated: in lockstep the same is told at the same moments twice, losses and all`, async () => {
    const once = await story(protocol);
    assert.ok(once.length > 50, `${once.length} lines`);
    assert.ok(once.some((line) => line.includes("retrying in")), "No connection was lost");
    assert.deepEqual(await story(protocol), once);
  });
}
