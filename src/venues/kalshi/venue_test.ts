import assert from "node:assert/strict";
import type { Micros } from "../../core/units.ts";
import { WallClock } from "../../ops/clock.ts";
import { eventListed, fastIndex, indexList, orderGroup, position } from "./frames_cases.ts";
import { NOBODY } from "./scripted_exchange_fixture.ts";
import { eventually, iso, market, nothing, SIGNER, TICKER, withVenue } from "./scripted_run_fixture.ts";
import { KalshiVenue } from "./venue.ts";

const deltaFrame = (price = "0.4700") => ({
  type: "orderbook_delta",
  msg: { market_ticker: TICKER, price_dollars: price, delta_fp: "1.00", side: "yes", ts_ms: 1_790_000_000_000 },
});

Deno.test("from nothing to a book: market, link, snapshot, account", () =>
  withVenue({}, nothing, async (run) => {
    const found = await run.until("market");
    assert.equal(found.market.ticker, TICKER);
    assert.equal(found.market.shard, 2);
    await run.until("link", (link) => link.up);
    const snapshot = await run.until("book_snapshot");
    assert.equal(snapshot.sequence?.seq, 1);
    const account = await run.until("account");
    assert.equal(account.balance, 40_000_000, "cash on the market's shard, not all of it");
    const subscribe = run.exchange.commands.find((command) => command.params.market_tickers !== undefined);
    assert.deepEqual(subscribe?.params, {
      channels: ["orderbook_delta", "trade"],
      market_tickers: [TICKER],
      use_yes_price: false,
    });
    assert.equal(run.venue.health().trouble, null);
    assert.equal(run.venue.health().connected, true);
    assert.equal(run.exchange.upgrades[0]["kalshi-access-key"], "k");
  }));

Deno.test("frames reach the sink in their order, every one, and replies that took a number too", () =>
  withVenue({ trade: false }, nothing, async (run) => {
    await run.until("book_snapshot");
    const start = run.inputs.length;
    run.exchange.sendOn("orderbook_delta", deltaFrame("0.1000"));
    run.exchange.sendOn("orderbook_delta", { type: "ok", id: 77, msg: { market_tickers: [] } });
    run.exchange.sendOn("orderbook_delta", { type: "something_new", msg: {} });
    run.exchange.sendOn("trade", { type: "ok", id: 78, msg: { market_tickers: [] } });
    run.exchange.sendOn("orderbook_delta", deltaFrame("0.2000"));
    await run.until("book_delta", (delta) => delta.price === 2000);
    const seen = run.inputs.slice(start).map((input) =>
      input.type === "book_delta" || input.type === "sequence" ? `${input.type} ${input.sequence?.seq}` : input.type
    );
    assert.deepEqual(seen, ["book_delta 2", "sequence 3", "sequence 4", "book_delta 5"]);
  }));

Deno.test("a refused frame gives up its number, makes its book stale and has it read anew", () =>
  withVenue({ trade: false }, nothing, async (run) => {
    await run.until("book_snapshot");
    const start = run.inputs.length;
    run.exchange.sendOn("orderbook_delta", { ...deltaFrame(), msg: { ...deltaFrame().msg, price_dollars: 0.47 } });
    await run.until("book_snapshot", () => true, start);
    const seen = run.inputs.slice(start).map((input) => input.type);
    assert.deepEqual(seen, ["sequence", "book_stale", "book_snapshot"]);
    const stale = run.inputs[start + 1];
    assert.ok(stale.type === "book_stale");
    assert.deepEqual(stale.tickers, [TICKER]);
    assert.match(stale.reason, /msg\.price_dollars: found 0\.47/);
    assert.deepEqual(run.venue.health().refused, { "orderbook_delta msg.price_dollars": 1 });
  }));

Deno.test("a refused frame about no known market makes every book of its subscription stale", () =>
  withVenue({ trade: false }, nothing, async (run) => {
    await run.until("book_snapshot");
    run.exchange.sendOn("orderbook_delta", { type: "orderbook_delta", msg: 7 });
    const stale = await run.until("book_stale");
    assert.deepEqual(stale.tickers, [TICKER]);
    run.exchange.send("{ no json");
    await run.until("book_stale", (next) => next !== stale);
  }));

Deno.test("what the exchange tells of positions, groups and fast values is counted and makes no input", () =>
  withVenue({}, nothing, async (run) => {
    await run.until("account");
    await run.until("book_snapshot");
    const start = run.inputs.length;
    run.exchange.send(position);
    run.exchange.sendOn("order_group_updates", orderGroup);
    run.exchange.sendOn("market_lifecycle_v2", eventListed);
    run.exchange.send({ ...fastIndex, sid: 90 });
    run.exchange.send(indexList);
    run.exchange.sendOn("market_positions", { ...position, msg: { ...position.msg, position_fp: 1 } });
    run.exchange.sendOn("orderbook_delta", deltaFrame());
    await run.until("book_delta", () => true, start);
    assert.deepEqual(run.inputs.slice(start).map(({ type }) => type), ["index", "book_delta"]);
    assert.deepEqual(run.venue.noticed(), {
      position: 1,
      order_group: 1,
      event_lifecycle: 1,
      index_list: 1,
    });
    assert.deepEqual(run.venue.health().refused, { "market_position msg.position_fp": 1 });
  }));

Deno.test("a notice that took a number of the books' subscription gives it up", () =>
  withVenue({ trade: false }, nothing, async (run) => {
    await run.until("book_snapshot");
    run.exchange.sendOn("orderbook_delta", eventListed);
    const { sequence } = await run.until("sequence");
    assert.equal(sequence.seq, 2);
  }));

Deno.test("a gap is handed on as it is, and resync asks for a snapshot on the same subscription", () =>
  withVenue({ trade: false }, nothing, async (run) => {
    await run.until("book_snapshot");
    const start = run.inputs.length;
    run.exchange.sendOn("orderbook_delta", deltaFrame(), 5);
    const delta = await run.until("book_delta");
    assert.equal(delta.sequence?.seq, 7);
    run.venue.perform({ type: "resync", tickers: [TICKER, "NOT-SUBSCRIBED"], reason: "gap" });
    const snapshot = await run.until("book_snapshot", () => true, start);
    assert.equal(snapshot.sequence?.seq, 8);
    const asked = run.exchange.commands.filter(({ params }) => params.action === "get_snapshot");
    assert.deepEqual(asked.map(({ params }) => params), [
      { sids: [delta.sequence?.sid], action: "get_snapshot", market_tickers: [TICKER] },
    ]);
  }));

Deno.test("a dropped socket is told, all books are stale, and it comes back with everything subscribed", () =>
  withVenue({}, nothing, async (run) => {
    await run.until("account");
    const start = run.inputs.length;
    run.exchange.dropSockets();
    const down = await run.until("link", (link) => !link.up, start);
    assert.match(down.detail, /Cannot reach ws:\/\/127\.0\.0\.1:\d+ \(closed with code 1006\): retrying in 1 s/);
    const stale = await run.until("book_stale", () => true, start);
    assert.equal(stale.tickers, "all");
    assert.match(run.venue.health().trouble ?? "", /retrying in 1 s/);
    const snapshot = await run.until("book_snapshot", () => true, start);
    assert.equal(snapshot.sequence?.connection, 2);
    await run.until("account", () => true, start);
    assert.equal(run.venue.health().trouble, null);
    assert.equal(run.exchange.seen("GET /portfolio/fills").length, 2, "fills are read again at each connection");
  }));

Deno.test("a refused signature is said in words, and tried again slowly", () =>
  withVenue({}, (exchange) => exchange.refuseUpgrade = 401, async (run) => {
    const down = await run.until("link");
    assert.equal(down.up, false);
    assert.match(
      down.detail,
      /HTTP 401 authentication_error: no: check the key id, the key file and this machine's clock/,
    );
    assert.equal(run.exchange.upgrades.length, 1);
    run.exchange.refuseUpgrade = null;
    await run.until("link", (link) => link.up);
    assert.equal(run.exchange.upgrades.length, 2);
  }));

Deno.test("the exchange ends the books' subscription: they are stale, and it is made anew", () =>
  withVenue({ trade: false }, nothing, async (run) => {
    await run.until("book_snapshot");
    const start = run.inputs.length;
    run.exchange.sendOn("orderbook_delta", { type: "error", msg: { code: 25, msg: "buffer overflow" } });
    const stale = await run.until("book_stale", () => true, start);
    assert.match(stale.reason, /error 25.*buffer overflow/);
    await run.until("book_snapshot", () => true, start);
  }));

Deno.test("how a market ended reaches the engine once, for our series only", () =>
  withVenue({ trade: false }, nothing, async (run) => {
    await run.until("book_snapshot");
    run.exchange.on("GET /markets", {
      body: {
        cursor: "",
        markets: [
          market({
            status: "finalized",
            result: "yes",
            expiration_value: "84000.00",
            settlement_value_dollars: "1.0000",
            close_time: iso(-10),
          }),
        ],
      },
    });
    const end = (market_ticker: string) => ({
      type: "market_lifecycle_v2",
      msg: { market_ticker, event_type: "determined", result: "yes", settlement_value: "1.0000" },
    });
    run.exchange.sendOn("market_lifecycle_v2", end("KXNBA-26X-Y"));
    run.exchange.sendOn("market_lifecycle_v2", end(TICKER));
    const settled = await run.until("lifecycle", (input) => input.event === "settled");
    assert.equal(settled.settlementValue, 1_000_000);
    const final = await run.until("market", (input) => input.market.status === "finalized");
    assert.equal(final.market.expirationValue, 84000);
    const told = run.inputs.filter((input) => input.type === "lifecycle").map((input) =>
      `${input.ticker} ${input.event}`
    );
    assert.deepEqual(told, [`${TICKER} determined`, `${TICKER} settled`]);
    const removed = () => run.exchange.commands.filter(({ params }) => params.action === "delete_markets").length;
    await eventually(() => removed() === 2, "settled markets leave both subscriptions");
  }));

Deno.test("a missing strike comes with a notice at once, and a body that lags does not take it away", () =>
  withVenue({ trade: false }, (exchange) => {
    exchange.on("GET /markets", ({ query }) => ({
      body: {
        markets: query.get("status") === "unopened" ? [] : [market({ floor_strike: undefined, open_time: iso(-1) })],
        cursor: "",
      },
    }));
  }, async (run) => {
    await run.until("market", (input) => input.market.floorStrike === null);
    await run.until("book_snapshot");
    run.exchange.sendOn("market_lifecycle_v2", {
      type: "market_lifecycle_v2",
      msg: { market_ticker: TICKER, event_type: "metadata_updated", floor_strike: 84000.5 },
    });
    const known = await run.until("market", (input) => input.market.floorStrike !== null);
    assert.equal(known.market.floorStrike, 84000.5);
    const reads = run.exchange.seen("GET /markets").length;
    await eventually(() => run.exchange.seen("GET /markets").length > reads, "the market is read again");
    const last = run.inputs.filter((input) => input.type === "market").at(-1);
    assert.equal(last?.market.floorStrike, 84000.5);
  }));

Deno.test("markets that all settle at once are read together, not one by one", () => {
  const tickers = Array.from({ length: 60 }, (_, k) => `${TICKER}${k}`);
  return withVenue({ trade: false }, (exchange) => {
    exchange.on("GET /markets", ({ query }) => ({
      body: {
        markets: query.get("status") === "unopened" ? [] : tickers.map((ticker) => market({ ticker })),
        cursor: "",
      },
    }));
  }, async (run) => {
    await run.until("book_snapshot");
    const before = run.exchange.seen("GET /markets").length;
    for (const market_ticker of tickers) {
      const msg = { market_ticker, event_type: "determined", result: "yes", settlement_value: "1.0000" };
      run.exchange.sendOn("market_lifecycle_v2", { type: "market_lifecycle_v2", msg });
    }
    await run.until("lifecycle", ({ ticker }) => ticker === tickers[59]);
    await eventually(() => run.exchange.seen("GET /markets").length > before, "they are read");
    await eventually(() => {
      const asked = run.exchange.seen("GET /markets").slice(before).flatMap(({ query }) =>
        query.get("tickers")?.split(",") ?? []
      );
      return new Set(asked).size === tickers.length;
    }, "all of them");
    const reads = run.exchange.seen("GET /markets").length - before;
    assert.ok(reads < 20, `${reads} reads for ${tickers.length} markets`);
  });
});

Deno.test("without a key, books and trades are read by REST and carry no sequence", () =>
  withVenue({ signer: null, trade: false }, (exchange) => {
    const orderbook_fp = { yes_dollars: [["0.4700", "3.00"]], no_dollars: [["0.4800", "2.00"]] };
    const trade = {
      trade_id: "t-1",
      ticker: TICKER,
      yes_price_dollars: "0.4700",
      count_fp: "1.00",
      taker_book_side: "ask",
    };
    exchange
      .on("GET /markets/orderbooks", { body: { orderbooks: [{ ticker: TICKER, orderbook_fp }] } })
      .on("GET /markets/trades", () => ({
        body: {
          trades: [{ ...trade, created_time: iso(0) }, { ...trade, trade_id: "t-0", created_time: iso(-60) }],
          cursor: "",
        },
      }));
  }, async (run) => {
    const snapshot = await run.until("book_snapshot");
    assert.equal(snapshot.sequence, null);
    assert.deepEqual(snapshot.no, [[4800, 200]]);
    await run.until("book_snapshot", (next) => next !== snapshot);
    await run.until("trade");
    assert.equal(
      run.inputs.filter((input) => input.type === "trade").length,
      1,
      "the same trade counts once, and one from before the start not at all",
    );
    assert.equal(run.venue.health().connected, true);
    assert.equal(run.venue.health().trouble, null);
    assert.match(run.venue.health().lacking ?? "", /^No API key: .* settlement indices are not heard$/);
    assert.equal(run.exchange.upgrades.length, 0);
  }));

Deno.test("without a network it says what it cannot reach, and keeps trying", async () => {
  const [rest, ws] = [`http://${NOBODY}/trade-api/v2`, `ws://${NOBODY}/trade-api/ws/v2`];
  const logs: string[] = [];
  const venue = new KalshiVenue({
    name: "test",
    rest,
    ws,
    signer: SIGNER,
    series: ["KXBTC15M"],
    simulated: false,
    clock: new WallClock(),
    sink: nothing,
    log: (level, text) => logs.push(`${level} ${text}`),
    lockstep: false,
    trade: false,
    jitter: () => 0,
  });
  venue.start();
  const tried = (what: string, level = "") =>
    logs.filter((text) => text.startsWith(level) && text.includes(`Cannot reach ${new URL(what).origin}`)).length;
  await eventually(() => venue.health().requestErrors >= 4 && tried(ws) >= 2, "both are tried again");
  assert.equal(tried(rest), 1, "what fails again in the same way is said once");
  assert.equal(tried(ws, "warn"), 1, "to whoever does not look for every attempt");
  assert.match(venue.health().trouble ?? "", /Cannot reach http:\/\/127\.0\.0\.1:\d+ \(.*\): retrying in \d+ s/);
  await venue.stop();
});

Deno.test("nothing reaches the sink after stop", () =>
  withVenue({}, nothing, async (run) => {
    await run.until("book_snapshot");
    await run.venue.stop();
    const count = run.inputs.length;
    run.venue.perform({ type: "fetch_fills", since: 0 as Micros });
    await new Promise((wait) => setTimeout(wait, 50));
    assert.equal(run.inputs.length, count);
  }));
