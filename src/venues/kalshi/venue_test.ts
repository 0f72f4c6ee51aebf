import assert from "node:assert/strict";
import type { Input } from "../../core/input.ts";
import type { OrderIntent } from "../../core/order.ts";
import type { Count, Micros, Price } from "../../core/units.ts";
import { WallClock } from "../../ops/clock.ts";
import { ScriptedExchange } from "./scripted_exchange.ts";
import type { Signer } from "./signer.ts";
import { KalshiVenue, type KalshiVenueOptions } from "./venue.ts";

const SIGNER: Signer = { keyId: "k", headers: () => Promise.resolve({ "KALSHI-ACCESS-KEY": "k" }) };
const PATIENCE_MS = 8_000;

const iso = (offsetSeconds: number) => new Date(Date.now() + offsetSeconds * 1_000).toISOString();
const TICKER = "KXBTC15M-26SEP251515-15";

const market = (fields: Readonly<Record<string, unknown>> = {}) => ({
  ticker: TICKER,
  event_ticker: "KXBTC15M-26SEP251515",
  status: "active",
  open_time: iso(-300),
  close_time: iso(600),
  strike_type: "greater_or_equal",
  floor_strike: 83950.62,
  exchange_index: 2,
  result: "",
  price_ranges: [{ start: "0.0000", end: "1.0000", step: "0.0100" }],
  ...fields,
});

const INTENT: OrderIntent = {
  clientOrderId: "k-1",
  ticker: TICKER,
  side: "bid",
  price: 5600 as Price,
  count: 100 as Count,
  timeInForce: "good_till_canceled",
  postOnly: false,
  reduceOnly: false,
  expiresAt: null,
  shard: 2,
  strategy: "s1",
  signal: "x",
};
const order = (fields: Readonly<Record<string, unknown>> = {}) => ({
  order_id: "o-1",
  client_order_id: "k-1",
  ticker: TICKER,
  book_side: "bid",
  status: "resting",
  yes_price_dollars: "0.5600",
  initial_count_fp: "1.00",
  fill_count_fp: "0.00",
  remaining_count_fp: "1.00",
  ...fields,
});

class Run {
  readonly inputs: Input[] = [];
  readonly logs: string[] = [];
  readonly #waiting: (() => void)[] = [];

  constructor(readonly exchange: ScriptedExchange, readonly venue: KalshiVenue) {}

  take(input: Input): void {
    this.inputs.push(input);
    for (const look of this.#waiting.splice(0)) look();
  }

  /** Resolves with the first input from `from` on that passes. */
  async until<T extends Input["type"]>(
    type: T,
    passes: (input: Extract<Input, { type: T }>) => boolean = () => true,
    from = 0,
  ): Promise<Extract<Input, { type: T }>> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      for (const input of this.inputs.slice(from)) {
        const candidate = input as Extract<Input, { type: T }>;
        if (input.type === type && passes(candidate)) return candidate;
      }
      if (Date.now() > deadline) {
        throw new Error(`No input ${type} came; there were ${this.inputs.map((input) => input.type).join(", ")}`);
      }
      await new Promise<void>((look) => {
        const timer = setTimeout(look, 50);
        this.#waiting.push(() => {
          clearTimeout(timer);
          look();
        });
      });
    }
  }
}

async function withVenue(
  options: Partial<KalshiVenueOptions>,
  script: (exchange: ScriptedExchange) => void,
  test: (run: Run) => Promise<void>,
): Promise<void> {
  const exchange = await new ScriptedExchange().start();
  const series = { ticker: "KXBTC15M", fee_type: "quadratic", fee_multiplier: 1, exchange_index: 2 };
  exchange
    .on("GET /series/*", { body: { series } })
    .on("GET /markets", ({ query }) => ({
      body: { markets: query.get("status") === "unopened" ? [] : [market()], cursor: "" },
    }))
    .on("GET /portfolio/orders", { body: { orders: [], cursor: "" } })
    .on("GET /portfolio/fills", { body: { fills: [], cursor: "" } })
    .on("GET /portfolio/positions", { body: { market_positions: [], cursor: "" } })
    .on("GET /portfolio/balance", {
      body: {
        balance_dollars: "100.0000",
        balance_breakdown: [{ exchange_index: 0, balance: "60.0000" }, { exchange_index: 2, balance: "40.0000" }],
      },
    });
  script(exchange);
  let run: Run | null = null;
  const venue = new KalshiVenue({
    name: "test",
    rest: exchange.rest,
    ws: exchange.ws,
    signer: SIGNER,
    series: ["KXBTC15M"],
    simulated: true,
    clock: new WallClock(),
    sink: (input) => run?.take(input),
    log: (level, text) => run?.logs.push(`${level} ${text}`),
    lockstep: false,
    trade: true,
    jitter: () => 0,
    ...options,
  });
  run = new Run(exchange, venue);
  try {
    venue.start();
    await test(run);
  } finally {
    await venue.stop();
    await exchange.stop();
  }
}

const nothing = () => {};

async function eventually(holds: () => boolean, claim: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`Never true: ${claim}`);
    await new Promise((look) => setTimeout(look, 10));
  }
}

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

const PLACED: [what: string, script: (exchange: ScriptedExchange) => void, expected: (input: Input) => boolean][] = [
  ["is accepted with what it filled", (exchange) => {
    exchange.on("POST /portfolio/events/orders", {
      status: 201,
      body: { order_id: "o-1", client_order_id: "k-1", fill_count: "0.40", remaining_count: "0.60", ts_ms: 1 },
    });
  }, (input) => input.type === "order_accepted" && input.fillCount === 40 && input.remainingCount === 60],
  ["is rejected by an explicit refusal", (exchange) => {
    exchange.on("POST /portfolio/events/orders", {
      status: 400,
      body: { error: { code: "insufficient_balance", message: "insufficient balance" } },
    });
  }, (input) => input.type === "order_rejected" && input.code === "insufficient_balance"],
  ["is rejected by too many requests", (exchange) => {
    exchange.on("POST /portfolio/events/orders", { status: 429, body: { error: "too many requests" } });
  }, (input) => input.type === "order_rejected" && input.code === "too_many_requests"],
  [
    "is unknown after a server's failure",
    (exchange) => exchange.on("POST /portfolio/events/orders", { status: 503, text: "" }),
    (input) => input.type === "order_unknown" && /503/.test(input.reason),
  ],
  [
    "is unknown after a broken connection",
    (exchange) => exchange.on("POST /portfolio/events/orders", "break"),
    (input) => input.type === "order_unknown",
  ],
  ["is unknown after an answer that cannot be read", (exchange) => {
    exchange.on("POST /portfolio/events/orders", { status: 201, body: { order_id: "o-1" } });
  }, (input) => input.type === "order_unknown" && /fill_count/.test(input.reason)],
  ["is unknown after an answer about another order", (exchange) => {
    exchange.on("POST /portfolio/events/orders", {
      status: 201,
      body: { order_id: "o-2", client_order_id: "k-2", fill_count: "0.00", remaining_count: "1.00" },
    });
  }, (input) => input.type === "order_unknown" && /k-2/.test(input.reason)],
  ["is looked up where an earlier try had landed", (exchange) => {
    exchange
      .on("POST /portfolio/events/orders", {
        status: 409,
        body: { error: { code: "order_already_exists", message: "x" } },
      })
      .on("GET /portfolio/orders", ({ query }) => ({
        body: { orders: query.get("status") === "resting" ? [] : [order()], cursor: "" },
      }));
  }, (input) => input.type === "order_update" && input.order.orderId === "o-1"],
  ["is unknown where an earlier try landed and is not in the lists yet", (exchange) => {
    exchange.on("POST /portfolio/events/orders", {
      status: 409,
      body: { error: { code: "order_already_exists", message: "x" } },
    });
  }, (input) => input.type === "order_unknown"],
];

for (const [what, script, expected] of PLACED) {
  Deno.test(`an order ${what}`, () =>
    withVenue({}, script, async (run) => {
      run.venue.perform({ type: "place", execution: "live", intent: INTENT });
      const types = ["order_accepted", "order_rejected", "order_unknown", "order_update"];
      const isAnswer = (input: Input) => types.includes(input.type);
      await eventually(() => run.inputs.some(isAnswer), "the order is answered");
      const answers = run.inputs.filter(isAnswer);
      assert.equal(answers.length, 1, JSON.stringify(answers));
      assert.ok(expected(answers[0]), JSON.stringify(answers));
      assert.equal(run.exchange.seen("POST /portfolio/events/orders").length, 1, "never sent twice");
    }));
}

Deno.test("a paper order that reaches the exchange's client is a bug", () =>
  withVenue({}, nothing, (run) => {
    assert.throws(() => run.venue.perform({ type: "place", execution: "paper", intent: INTENT }), /fill model/);
    return Promise.resolve();
  }));

const cancel = {
  type: "cancel",
  execution: "live",
  clientOrderId: "k-1",
  orderId: "o-1",
  ticker: TICKER,
  shard: 2,
  reason: "x",
} as const;
const CANCELLED: [what: string, answer: Parameters<ScriptedExchange["on"]>[1], expected: (input: Input) => boolean][] =
  [
    [
      "is confirmed with what it took off the book",
      { body: { order_id: "o-1", reduced_by: "0.60", ts_ms: 1 } },
      (input) => input.type === "order_cancelled" && input.reducedBy === 60,
    ],
    [
      "of an order that is gone says so",
      { status: 404, body: { error: { code: "not_found", message: "not found" } } },
      (input) => input.type === "cancel_failed" && input.gone,
    ],
    [
      "in a closed market says that the order is gone",
      { status: 400, body: { error: { code: "MARKET_INACTIVE", message: "market inactive" } } },
      (input) => input.type === "cancel_failed" && input.gone,
    ],
    ["that broke leaves it open", "break", (input) => input.type === "cancel_failed" && !input.gone],
  ];

for (const [what, answer, expected] of CANCELLED) {
  Deno.test(`a cancel ${what}`, () =>
    withVenue({}, (exchange) => exchange.on("DELETE /portfolio/events/orders/*", answer), async (run) => {
      run.venue.perform(cancel);
      const isAnswer = (input: Input) => input.type === "order_cancelled" || input.type === "cancel_failed";
      await eventually(() => run.inputs.some(isAnswer), "the cancel is answered");
      assert.ok(run.inputs.filter(isAnswer).every(expected), JSON.stringify(run.inputs.filter(isAnswer)));
    }));
}

Deno.test("cancel-all goes order by order where the exchange does not know the one stroke", () =>
  withVenue({}, (exchange) => {
    exchange
      .on("GET /portfolio/orders", {
        body: { orders: [order(), order({ order_id: "o-2", client_order_id: "k-2" })], cursor: "" },
      })
      .on("DELETE /portfolio/events/orders/*", { body: { order_id: "o", reduced_by: "1.00" } });
  }, async (run) => {
    run.venue.perform({ type: "cancel_all", execution: "live", reason: "kill" });
    await run.until("order_cancelled", (input) => input.clientOrderId === "k-1");
    await run.until("order_cancelled", (input) => input.clientOrderId === "k-2");
  }));

Deno.test("an order found in the lists brings its fills first, and then its state", () =>
  withVenue({}, (exchange) => {
    const fill = {
      trade_id: "t-1",
      order_id: "o-1",
      ticker: TICKER,
      book_side: "bid",
      count_fp: "1.00",
      yes_price_dollars: "0.5500",
      is_taker: true,
      fee_cost: "0.017500",
      created_time: iso(-5),
    };
    exchange
      .on("GET /portfolio/orders", ({ query }) => ({
        body: {
          orders: query.get("status") === "resting"
            ? []
            : [order({ status: "executed", fill_count_fp: "1.00", remaining_count_fp: "0.00" })],
          cursor: "",
        },
      }))
      .on("GET /portfolio/fills", ({ query }) => ({
        body: { fills: query.get("order_id") === "o-1" ? [fill] : [], cursor: "" },
      }));
  }, async (run) => {
    await run.until("account");
    const start = run.inputs.length;
    run.venue.perform({ type: "find_order", clientOrderId: "k-1", orderId: null, ticker: TICKER });
    const update = await run.until("order_update", () => true, start);
    assert.equal(update.order.status, "executed");
    const [first] = run.inputs.slice(start);
    assert.ok(first.type === "fill");
    assert.deepEqual([first.fill.clientOrderId, first.fill.fee], ["k-1", 17_500]);
  }));

Deno.test("an order is absent only at second sight, after all lists were read whole", () =>
  withVenue({}, nothing, async (run) => {
    await run.until("account");
    const before = run.exchange.seen("GET /portfolio/orders").length;
    run.venue.perform({ type: "find_order", clientOrderId: "k-1", orderId: "o-1", ticker: TICKER });
    await run.until("order_absent");
    assert.equal(run.exchange.seen("GET /portfolio/orders").length - before, 2);
  }));

Deno.test("an order is not called absent when a list could not be read whole", () =>
  withVenue({}, (exchange) => {
    exchange.on("GET /portfolio/orders", {
      body: { orders: [order({ client_order_id: "k-9", status: 7 })], cursor: "" },
    });
  }, async (run) => {
    run.venue.perform({ type: "find_order", clientOrderId: "k-1", orderId: null, ticker: TICKER });
    const unknown = await run.until("order_unknown");
    assert.match(unknown.reason, /orders\[0\]\.status/);
    assert.ok(!run.inputs.some((input) => input.type === "order_absent"));
  }));

Deno.test("fills are read from before the connection broke, even where newer ones were heard on the next", () =>
  withVenue({}, nothing, async (run) => {
    await run.until("account");
    const fill = (trade_id: string, offsetSeconds: number) => ({
      type: "fill",
      sid: 1,
      msg: {
        trade_id,
        order_id: "o-1",
        market_ticker: TICKER,
        book_side: "bid",
        yes_price_dollars: "0.5500",
        count_fp: "1.00",
        fee_cost: "0.017500",
        is_taker: false,
        ts_ms: Date.now() + offsetSeconds * 1_000,
      },
    });
    run.exchange.send(fill("t-1", 100));
    await run.until("fill");
    run.exchange.onCommand = (command) => {
      // A newer fill is faster than the catch-up.
      if (command.params.channels?.includes("user_orders")) run.exchange.send(fill("t-3", 500));
      run.exchange.confirm(command);
    };
    run.exchange.dropSockets();
    await run.until("fill", (input) => input.fill.tradeId === "t-3");
    await eventually(() => run.exchange.seen("GET /portfolio/fills").length >= 2, "fills are read again");
    const since = Number(run.exchange.seen("GET /portfolio/fills")[1].query.get("min_ts"));
    const [first] = run.inputs.filter((input) => input.type === "fill");
    assert.equal(since, Math.floor(first.fill.executedAt / 1e6) - 30);
  }));

Deno.test("private frames become inputs: our fill and our order", () =>
  withVenue({}, nothing, async (run) => {
    await run.until("account");
    run.exchange.send({
      type: "fill",
      sid: 1,
      msg: {
        trade_id: "t-1",
        order_id: "o-1",
        client_order_id: "k-1",
        market_ticker: TICKER,
        book_side: "ask",
        yes_price_dollars: "0.5500",
        count_fp: "1.00",
        fee_cost: "0.017500",
        is_taker: false,
        ts_ms: Date.now(),
      },
    });
    run.exchange.send({ type: "user_order", sid: 2, msg: order({ status: "executed" }) });
    assert.equal((await run.until("fill")).fill.side, "ask");
    assert.equal((await run.until("order_update")).order.status, "executed");
  }));

Deno.test("without a key, books and trades are read by REST and carry no sequence", () =>
  withVenue({ signer: null, trade: false }, (exchange) => {
    const orderbook_fp = { yes_dollars: [["0.4700", "3.00"]], no_dollars: [["0.4800", "2.00"]] };
    const trade = {
      trade_id: "t-1",
      ticker: TICKER,
      yes_price_dollars: "0.4700",
      count_fp: "1.00",
      taker_book_side: "ask",
      created_time: iso(-1),
    };
    exchange
      .on("GET /markets/orderbooks", { body: { orderbooks: [{ ticker: TICKER, orderbook_fp }] } })
      .on("GET /markets/trades", { body: { trades: [trade], cursor: "" } });
  }, async (run) => {
    const snapshot = await run.until("book_snapshot");
    assert.equal(snapshot.sequence, null);
    assert.deepEqual(snapshot.no, [[4800, 200]]);
    await run.until("book_snapshot", (next) => next !== snapshot);
    await run.until("trade");
    assert.equal(run.inputs.filter((input) => input.type === "trade").length, 1, "the same trade counts once");
    assert.equal(run.venue.health().connected, true);
    assert.equal(run.exchange.upgrades.length, 0);
  }));

Deno.test("without a network it says what it cannot reach, and keeps trying", async () => {
  const exchange = await new ScriptedExchange().start();
  const { rest, ws } = exchange;
  await exchange.stop();
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
    log: (_level, text) => logs.push(text),
    lockstep: false,
    trade: false,
    jitter: () => 0,
  });
  venue.start();
  const tried = (what: string) => logs.filter((text) => text.includes(`Cannot reach ${new URL(what).origin}`)).length;
  await eventually(() => tried(rest) >= 2 && tried(ws) >= 2, "both are tried again");
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
