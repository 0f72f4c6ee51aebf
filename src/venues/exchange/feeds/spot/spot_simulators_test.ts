import assert from "node:assert/strict";
import { CompositeIndex } from "../../../../core/composite_index.ts";
import { indexParametersOf } from "../../../../core/index_parameters.ts";
import { SpotBook, type SpotSide } from "../../../../core/spot_book.ts";
import { type Micros, micros } from "../../../../core/units.ts";
import type { SpotSink } from "../../../../feeds/spot/protocol.ts";
import { SPOT_PROTOCOLS } from "../../../../feeds/spot/registry.ts";
import type { FeedSimulator, FeedSimulatorMaker } from "../feed_simulator.ts";
import { FEED_NAMES } from "../feed_names.ts";
import type { FeedTrouble } from "../feed_troubles.ts";
import { FEED_SIMULATORS } from "../registry.ts";
import { connectTo, type HeardConnection, type SimulatedWorld, simulatedWorld } from "../simulated_world_fixture.ts";
import { BelievingClient } from "./believing_client_fixture.ts";
import { BINANCE, BINANCE_US } from "./binance.ts";
import { BITSTAMP } from "./bitstamp.ts";
import { BULLISH } from "./bullish.ts";
import { COINBASE } from "./coinbase.ts";
import { CRYPTOCOM } from "./cryptocom.ts";
import { GEMINI } from "./gemini.ts";
import { KRAKEN } from "./kraken.ts";
import { type SpotCharacter, SpotExchange } from "./spot_exchange.ts";
import { type Level, SIZE_UNITS, SPOT_ASSETS, type SpotAsset, type SpotMarket } from "./spot_market.ts";

const CHARACTERS: readonly SpotCharacter[] = [
  COINBASE,
  KRAKEN,
  BITSTAMP,
  GEMINI,
  CRYPTOCOM,
  BULLISH,
  BINANCE,
  BINANCE_US,
];
const SEED = 11;

const characterOf = (name: string): SpotCharacter => {
  const character = CHARACTERS.find((each) => each.name === name);
  assert.ok(character !== undefined, `no simulated ${name}`);
  return character;
};

/** Trades are on a socket of their own, which the client does without. */
const NO_TRADES_READ = ["bullish"];

const pairsOf = ({ prices, sizes, length }: SpotSide): [number, number][] =>
  Array.from({ length }, (_, at) => [prices[at], sizes[at]]);

const printed = (market: SpotMarket, levels: readonly Level[]): [number, number][] =>
  levels.map(({ price, size }) => [Number(market.priceText(price)), size / SIZE_UNITS]);

const protocolsWithSimulators = SPOT_PROTOCOLS.filter((protocol) => Object.hasOwn(FEED_SIMULATORS, protocol.exchange));

function makerOf(name: string): FeedSimulatorMaker {
  const known = FEED_NAMES.find((each) => each === name);
  assert.ok(known !== undefined, `no simulated ${name}`);
  return FEED_SIMULATORS[known];
}

Deno.test("every spot exchange that can be read is simulated", () => {
  assert.deepEqual(
    SPOT_PROTOCOLS.map((protocol) => protocol.exchange).filter((name) => !(name in FEED_SIMULATORS)),
    [],
  );
});

for (const protocol of protocolsWithSimulators) {
  const name = protocol.exchange;

  Deno.test(`${name}: what a client reads is the simulated market, level by level, at every moment`, () => {
    const world = simulatedWorld(SEED);
    const client = new BelievingClient(protocol, makerOf(name)(world));
    const truth = new SpotExchange(characterOf(name), world);
    let compared = 0;
    for (let k = 0; k < 300; k++) {
      world.pass(0.2);
      client.catchUp();
      for (const asset of SPOT_ASSETS) {
        const book = truth.book(asset);
        const market = truth.market(asset);
        const [bids, asks] = [printed(market, book.bids), printed(market, book.asks)];
        if (client.ended.has(asset)) {
          const kept = client.books.get(asset);
          assert.ok(kept !== undefined);
          assert.deepEqual([pairsOf(kept.bids), pairsOf(kept.asks)], [bids, asks], `${asset} after ${k} looks`);
          compared++;
        } else if (k > 50) {
          assert.deepEqual(client.quotes.get(asset), [...bids[0], ...asks[0]], `${asset} after ${k} looks`);
          compared++;
        }
      }
    }
    assert.deepEqual([client.gaps, client.refused], [[], []]);
    assert.ok(compared > 400, `${compared} comparisons`);
    for (const asset of SPOT_ASSETS) {
      const trades = client.trades.filter((trade) => trade.asset === asset);
      const { tradesPerSecond } = characterOf(name).markets[asset];
      const least = NO_TRADES_READ.includes(name) ? 0 : tradesPerSecond * 60 * 0.5;
      assert.ok(trades.length >= least, `${trades.length} trades of ${asset}`);
      const index = world.index.priceAt(characterOf(name).markets[asset].index, world.now());
      for (const { price, size, time } of trades) {
        assert.ok(Math.abs(price / index - 1) < 0.01 && size > 0, `${asset} at ${price}, index ${index}`);
        assert.ok(time === null || time <= world.now());
      }
    }
  });

  Deno.test(`${name}: the REST fallback reads the same best prices`, async () => {
    const world = simulatedWorld(SEED);
    const simulator = makerOf(name)(world);
    const truth = new SpotExchange(characterOf(name), world);
    for (const asset of SPOT_ASSETS) {
      world.pass(3);
      const path = protocol.fallback.path(asset);
      const response = await simulator.routes?.request(path, { headers: { "user-agent": "kbot" } });
      assert.equal(response?.status, 200, path);
      const heard: number[] = [];
      const refused: string[] = [];
      const sink = new Proxy({} as SpotSink, {
        get: (_target, method) => (...args: unknown[]) => {
          if (method === "quote") heard.push(Number(args[1]), Number(args[3]));
          if (method === "refuse") refused.push(String(args[0]));
        },
      });
      protocol.fallback.read(asset, await response?.json(), sink);
      const { bids, asks } = truth.book(asset);
      const market = truth.market(asset);
      const best = [bids[0], asks[0]].map(({ price }) => Number(market.priceText(price)));
      assert.deepEqual([refused, heard], [[], best], path);
    }
  });
}

/** What one connection of its own kind says first, for each exchange. */
const SUBSCRIPTIONS: Readonly<Record<string, { path?: string; query?: string; say: readonly unknown[] }>> = {
  coinbase: {
    say: [{
      type: "subscribe",
      product_ids: ["BTC-USD", "ETH-USD"],
      channels: ["ticker", "matches", "heartbeat", "level2_batch"],
    }],
  },
  kraken: {
    say: ["ticker", "trade", "book"].map((channel) => ({
      method: "subscribe",
      params: { channel, symbol: ["BTC/USD", "ETH/USD"], ...(channel === "ticker" ? { event_trigger: "bbo" } : {}) },
    })),
  },
  bitstamp: {
    say: ["live_trades_btcusd", "order_book_btcusd", "diff_order_book_btcusd", "live_trades_ethusd"].map((channel) => ({
      event: "bts:subscribe",
      data: { channel },
    })),
  },
  gemini: { say: [{ type: "subscribe", subscriptions: [{ name: "l2", symbols: ["BTCUSD", "ETHUSD"] }] }] },
  cryptocom: {
    say: [{
      id: 1,
      method: "subscribe",
      params: {
        channels: ["book.BTC_USD.10", "trade.BTC_USD", "ticker.BTC_USD", "trade.ETH_USD"],
        book_subscription_type: "SNAPSHOT_AND_UPDATE",
      },
    }],
  },
  bullish: {
    path: "/trading-api/v1/market-data/orderbook",
    say: ["BTCUSD", "ETHUSD"].map((symbol, at) => ({
      jsonrpc: "2.0",
      id: String(at),
      type: "command",
      method: "subscribe",
      params: { topic: "l2Orderbook", symbol },
    })),
  },
  binance: { path: "/stream", query: "streams=btcusdt@trade/btcusdt@bookTicker/ethusdt@trade", say: [] },
  binance_us: { path: "/stream", query: "streams=btcusdt@trade/btcusdt@bookTicker/ethusdt@bookTicker", say: [] },
};

function subscribed(simulator: FeedSimulator): HeardConnection {
  const { path = "", query = "", say } = SUBSCRIPTIONS[simulator.name];
  const heard = connectTo(simulator, path, query);
  for (const message of say) heard.say(message);
  return heard;
}

for (const { name, markets, latencyMs } of CHARACTERS) {
  Deno.test(`${name}: a seed names one course of events, another seed another`, () => {
    const texts = [SEED, SEED, SEED + 1].map((seed) => {
      const world = simulatedWorld(seed);
      const heard = subscribed(makerOf(name)(world));
      for (let k = 0; k < 50; k++) world.pass(0.2);
      return heard.texts;
    });
    assert.ok(texts[0].length > 15, `${texts[0].length} messages`);
    assert.deepEqual(texts[0], texts[1]);
    assert.notDeepEqual(texts[0], texts[2]);
  });

  Deno.test(`${name}: who connects later hears the same from then on`, () => {
    const tail = (delay: number) => {
      const world = simulatedWorld(SEED);
      const simulator = makerOf(name)(world);
      world.pass(delay);
      const heard = subscribed(simulator);
      world.pass(60.05 - delay);
      const from = heard.texts.length;
      world.pass(20);
      // A sign of life comes at moments of the connection's own.
      return heard.texts.slice(from).filter((text) => !text.includes("eartbeat"));
    };
    const early = tail(0);
    assert.ok(early.length > 20);
    assert.deepEqual(tail(37.3), early);
  });

  Deno.test(`${name}: its markets keep near the index, and the messages to a few a second`, () => {
    const world = simulatedWorld(SEED);
    const exchange = new SpotExchange(characterOf(name), world);
    const heard = subscribed(makerOf(name)(world));
    const before = heard.texts.length;
    for (const asset of SPOT_ASSETS) {
      const { basis, offset, spread, tick, index } = markets[asset];
      const errors: number[] = [];
      for (let k = 0; k < 400; k++) {
        world.pass(0.5);
        const { bids, asks, at } = exchange.book(asset);
        assert.ok(asks[0].price > bids[0].price && asks[0].price - bids[0].price <= Math.ceil(1.7 * spread / tick) + 1);
        const middle = (bids[0].price + asks[0].price) / 2 * tick;
        const moment = micros(at + latencyMs * 1_000);
        errors.push(middle / world.index.priceAt(index, moment) - 1 - offset);
      }
      const size = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
      const reach = basis * 3 + spread / (middleOf(world, asset) * 2);
      assert.ok(size > basis / 4 && errors.every((error) => Math.abs(error) < reach), `${asset} is off by ${size}`);
    }
    const rate = (heard.texts.length - before) / 400;
    assert.ok(rate > 1 && rate < 14, `${rate} messages a second`);
  });
}

const middleOf = (world: SimulatedWorld, asset: SpotAsset): number =>
  world.index.priceAt(asset === "BTC" ? "BRTI" : "ETHUSD_RTI", world.now());

Deno.test("the index that the published method makes of the constituents' books is the simulated one but for a few dollars", () => {
  const constituents = CHARACTERS.filter(({ name }) => !name.startsWith("binance"));
  for (const [seed, asset] of [[1, "BTC"], [2, "BTC"], [3, "BTC"], [4, "ETH"]] as const) {
    const world = simulatedWorld(seed);
    const exchanges = constituents.map((character) => new SpotExchange(character, world));
    const parameters = indexParametersOf(asset);
    assert.ok(parameters !== null);
    const composite = new CompositeIndex(parameters, exchanges.length);
    const errors: number[] = [];
    for (let k = 0; k < 300; k++) {
      world.pass(1);
      exchanges.forEach((exchange, venue) => {
        const kept = new SpotBook();
        const market = exchange.market(asset);
        const { bids, asks } = exchange.book(asset);
        for (const [price, size] of printed(market, bids)) kept.set("bid", price, size);
        for (const [price, size] of printed(market, asks)) kept.set("ask", price, size);
        composite.offer(venue, kept.bids, kept.asks, 0);
      });
      const value = composite.value();
      assert.ok(value !== null);
      errors.push(Math.abs(value / middleOf(world, asset) - 1));
    }
    errors.sort((a, b) => a - b);
    const typical = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
    const most = errors[Math.floor(errors.length * 0.99)];
    assert.ok(typical < 0.00008 && most < 0.00025, `seed ${seed}, ${asset}: ${typical} typically, at most ${most}`);
  }
});

Deno.test("the rate scales how much is said", () => {
  const messages = [0.25, 1, 4].map((rate) => {
    const world = simulatedWorld(SEED, rate);
    const heard = subscribed(makerOf("gemini")(world));
    world.pass(100);
    return heard.texts.length;
  });
  assert.ok(messages[1] > 2.5 * messages[0] && messages[2] > 3.5 * messages[1], messages.join());
});

Deno.test("nothing is scheduled for an exchange that nobody is connected to", () => {
  const world = simulatedWorld(SEED);
  let scheduled = 0;
  const counting = {
    ...world,
    schedule: (at: Micros, run: (at: Micros) => void) => (scheduled++, world.schedule(at, run)),
  };
  const simulators = CHARACTERS.map(({ name }) => makerOf(name)(counting));
  world.pass(5);
  assert.equal(scheduled, 0);
  const heard = simulators.map(subscribed);
  world.pass(5);
  const busy = scheduled;
  assert.ok(busy > 100);
  for (const { connection } of heard) connection.close();
  world.pass(2);
  const resting = scheduled;
  world.pass(20);
  assert.equal(scheduled, resting);
});

const STRUCK: readonly [FeedTrouble, (client: BelievingClient, world: SimulatedWorld) => void][] = [
  ["outlier", (client, world) => {
    for (const [asset, { mid }] of client.books) {
      assert.ok(Math.abs((mid ?? 0) / middleOf(world, asset as SpotAsset) - 1.06) < 0.005, `${asset} at ${mid}`);
    }
  }],
  ["crossed", (client) => {
    for (const book of client.books.values()) assert.ok(book.crossed);
  }],
];

for (const [trouble, holds] of STRUCK) {
  Deno.test(`${trouble}: strikes the one exchange while it is on, and is over when it is off`, () => {
    for (const protocol of protocolsWithSimulators.filter(({ exchange }) => !exchange.startsWith("binance"))) {
      const world = simulatedWorld(SEED);
      const client = new BelievingClient(protocol, makerOf(protocol.exchange)(world));
      const other = new BelievingClient(protocol, makerOf(protocol.exchange)(simulatedWorld(SEED)));
      world.pass(20);
      client.catchUp();
      assert.ok(client.texts.length > other.texts.length);
      world.troubles.set(protocol.exchange, [trouble]);
      world.pass(30);
      client.catchUp();
      holds(client, world);
      world.troubles.set(protocol.exchange, []);
      world.pass(10);
      client.catchUp();
      for (const [asset, book] of client.books) {
        const off = (book.mid ?? NaN) / middleOf(world, asset as SpotAsset) - 1;
        assert.ok(!book.crossed && Math.abs(off) < 0.002, `${protocol.exchange} ${asset}: ${off}`);
      }
    }
  });
}

Deno.test("gap: a client of Kraken sees a checksum that differs, asks anew, and is right again", () => {
  const protocol = SPOT_PROTOCOLS.find(({ exchange }) => exchange === "kraken");
  assert.ok(protocol !== undefined);
  const world = simulatedWorld(SEED);
  const client = new BelievingClient(protocol, makerOf("kraken")(world));
  world.troubles.set("kraken", ["gap"]);
  for (let k = 0; k < 600; k++) {
    world.pass(0.5);
    client.catchUp();
  }
  assert.ok(client.gaps.length > 5 && client.gaps.every((gap) => gap.endsWith("checksum differs")), client.gaps.join());
  world.troubles.set("kraken", []);
  world.pass(10);
  client.catchUp();
  const count = client.gaps.length;
  world.pass(60);
  client.catchUp();
  assert.equal(client.gaps.length, count);
  const truth = new SpotExchange(KRAKEN, world);
  for (const asset of SPOT_ASSETS) {
    assert.equal(client.books.get(asset)?.bid, Number(truth.market(asset).priceText(truth.book(asset).bids[0].price)));
  }
});
