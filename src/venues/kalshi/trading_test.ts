import assert from "node:assert/strict";
import type { Input } from "../../core/input.ts";
import type { Micros, Money } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { Lane } from "./lane.ts";
import { fakeRest, jsonAnswer } from "./rest_fixture.ts";
import type { Answer, ScriptedExchange } from "./scripted_exchange_fixture.ts";
import { eventually, INTENT, iso, NO_ANSWER_MS, nothing, order, TICKER, withVenue } from "./scripted_run_fixture.ts";
import { Trading } from "./trading.ts";

const PLACED: [
  what: string,
  script: (exchange: ScriptedExchange) => void,
  expected: (input: Input) => boolean,
  options?: Parameters<typeof withVenue>[0],
][] = [
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
  ["is rejected where the key may only read", (exchange) => {
    const error = { code: "permission_denied", message: "missing scope" };
    exchange.on("POST /portfolio/events/orders", { status: 403, body: { error } });
  }, (input) => input.type === "order_rejected" && input.code === "http_403" && /missing scope/.test(input.reason)],
  ["is rejected by too many requests", (exchange) => {
    exchange.on("POST /portfolio/events/orders", { status: 429, body: { error: "too many requests" } });
  }, (input) => input.type === "order_rejected" && input.code === "too_many_requests"],
  ["is rejected in a closed market", (exchange) => {
    exchange.on("POST /portfolio/events/orders", {
      status: 409,
      body: { error: { code: "MARKET_INACTIVE", message: "market inactive" } },
    });
  }, (input) => input.type === "order_rejected" && input.code === "MARKET_INACTIVE"],
  ["is rejected where it could not be filled or killed", (exchange) => {
    exchange.on("POST /portfolio/events/orders", {
      status: 409,
      body: { error: { code: "fill_or_kill_insufficient_resting_volume", message: "x" } },
    });
  }, (input) => input.type === "order_rejected" && /fill_or_kill/.test(input.code)],
  [
    "is unknown after a proxy's time-out",
    (exchange) => exchange.on("POST /portfolio/events/orders", { status: 408, text: "" }),
    (input) => input.type === "order_unknown",
  ],
  [
    "is unknown after silence",
    (exchange) => exchange.on("POST /portfolio/events/orders", "hang"),
    (input) => input.type === "order_unknown" && /No answer .* within 500 ms/.test(input.reason),
    { requestTimeoutMs: NO_ANSWER_MS },
  ],
  [
    "is unknown after a page of a proxy",
    (exchange) => exchange.on("POST /portfolio/events/orders", { status: 201, text: "<html>" }),
    (input) => input.type === "order_unknown" && /no JSON/.test(input.reason),
  ],
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
  ["is unknown where the answer is a conflict of which the rest was lost", (exchange) => {
    exchange.on("POST /portfolio/events/orders", { status: 409, body: '{"error":{"code":"order_alr' });
  }, (input) => input.type === "order_unknown"],
];

for (const [what, script, expected, options = {}] of PLACED) {
  Deno.test(`an order ${what}`, () =>
    withVenue(options, script, async (run) => {
      await run.until("account");
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
    [
      "that the exchange failed at leaves it open",
      { status: 503, text: "" },
      (input) => input.type === "cancel_failed" && !input.gone,
    ],
    [
      "in conflict with something else leaves it open",
      { status: 409, body: { error: { code: "conflict", message: "conflict" } } },
      (input) => input.type === "cancel_failed" && !input.gone,
    ],
    [
      "that was refused for its pace is sent again",
      (() => {
        let tries = 0;
        return () =>
          ++tries < 3
            ? { status: 429, body: { error: "too many requests" } }
            : { body: { order_id: "o-1", reduced_by: "0.60", ts_ms: 1 } };
      })(),
      (input) => input.type === "order_cancelled",
    ],
    [
      "that is refused for its pace again and again is given up in the end",
      { status: 429, body: { error: "too many requests" } },
      (input) => input.type === "cancel_failed" && !input.gone && /429/.test(input.reason),
    ],
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

Deno.test("cancel-all goes order by order where the exchange does not know the one stroke, each on its own shard", () =>
  withVenue({}, (exchange) => {
    exchange
      .on("GET /portfolio/orders", {
        body: {
          orders: [
            order({ exchange_index: 3 }),
            order({ order_id: "o-2", client_order_id: "k-2" }),
            order({ order_id: "o-3", client_order_id: "k-3", ticker: "KXELSE-1" }),
          ],
          cursor: "",
        },
      })
      .on("DELETE /portfolio/events/orders/*", { body: { order_id: "o", reduced_by: "1.00" } });
  }, async (run) => {
    await run.until("account");
    run.venue.perform({ type: "cancel_all", execution: "live", reason: "kill" });
    for (const id of ["k-1", "k-2", "k-3"]) await run.until("order_cancelled", (input) => input.clientOrderId === id);
    const asked = run.exchange.requests.filter(({ method, path }) =>
      method === "DELETE" && path.endsWith("orders") === false
    );
    // On a busy machine the sweep has begun anew by now, and asked for some of them again.
    const places = new Set(asked.map(({ path, query }) => `${path.split("/").at(-1)} ${query.get("exchange_index")}`));
    assert.deepEqual([...places], [
      // As its list says, as its market says, and where neither does the exchange finds it by its ticker.
      "o-1 3",
      "o-2 2",
      "o-3 null",
    ]);
  }));

Deno.test("a page of a proxy is no word of the exchange that all orders are cancelled: then each one is", () =>
  withVenue({}, (exchange) => {
    exchange
      .on("DELETE /portfolio/events/orders", { status: 200, text: "<html>Sign in to this network</html>" })
      .on("GET /portfolio/orders", { body: { orders: [order()], cursor: "" } })
      .on("DELETE /portfolio/events/orders/*", { body: { order_id: "o-1", reduced_by: "1.00" } });
  }, async (run) => {
    await run.until("account");
    run.venue.perform({ type: "cancel_all", execution: "live", reason: "kill" });
    const { clientOrderId } = await run.until("order_cancelled");
    assert.equal(clientOrderId, "k-1");
    assert.match(run.logs.join("\n"), /Cannot cancel all orders \(kill\): .* no JSON/);
  }));

Deno.test("an order whose row cannot be read may rest on after a cancel-all, and that is said", () =>
  withVenue({}, (exchange) => {
    exchange
      .on("DELETE /portfolio/events/orders", { status: 404, body: { error: { code: "not_found", message: "x" } } })
      .on("GET /portfolio/orders", { body: { orders: [order(), order({ order_id: 7 })], cursor: "" } })
      .on("DELETE /portfolio/events/orders/*", { body: { order_id: "o-1", reduced_by: "1.00" } });
  }, async (run) => {
    run.venue.perform({ type: "cancel_all", execution: "live", reason: "kill" });
    await run.until("order_cancelled");
    assert.match(run.logs.join("\n"), /Orders may still rest: .*orders\[1\]\.order_id: found 7/);
  }));

Deno.test("under pressure the create with the least edge is never sent, and is rejected in plain words", async () => {
  const start = 1_790_000_000_000_000;
  const clock = new SteppedClock(start as Micros);
  const { rest, sent } = fakeRest(({ line, body }) => {
    if (line === "GET /account/limits") {
      const size = { refill_rate: 20, bucket_capacity: 10 };
      return jsonAnswer({ read: size, write: size });
    }
    const { client_order_id } = body as { client_order_id: string };
    return jsonAnswer({ order_id: "o", client_order_id, fill_count: "0.00", remaining_count: "1.00" }, 201);
  }, { clock });
  await rest.accountLimits();
  const inputs: Input[] = [];
  const lane = new Lane(false);
  const trading = new Trading({
    rest,
    clock,
    lane,
    sink: (input) => inputs.push(input),
    log: nothing,
    jitter: () => 0,
    shards: () => [2],
    shardOf: () => 2,
    fillsSince: null,
    queueEvery: 0,
    onPositions: nothing,
  });
  // One leaves at once and one every half second: within the second that they may wait there is room for one more.
  for (const [id, edge] of [["k-1", 0.01], ["k-2", 0.01], ["k-3", 0.05]] as const) {
    trading.place({ type: "place", execution: "live", intent: { ...INTENT, clientOrderId: id }, edge });
  }
  for (const seconds of [0.5, 0.99, 1]) {
    clock.advanceTo(start + seconds * 1e6 as Micros);
    await new Promise((settle) => setTimeout(settle, 0));
  }
  await lane.idle();
  const told = inputs.map((input) => "clientOrderId" in input ? `${input.type} ${input.clientOrderId}` : input.type);
  assert.deepEqual(told.toSorted(), ["order_accepted k-1", "order_accepted k-3", "order_rejected k-2"]);
  const [rejected] = inputs.filter((input) => input.type === "order_rejected");
  assert.equal(rejected.code, "dropped_under_pressure");
  assert.match(rejected.reason, /waited too long/);
  const orders = sent.filter(({ line }) => line === "POST /portfolio/events/orders");
  assert.deepEqual(orders.map(({ body }) => (body as { client_order_id: string }).client_order_id), ["k-1", "k-3"]);
});

Deno.test("an order that waits for its turn when everything is cancelled never leaves, alone or in a batch", async () => {
  const start = 1_790_000_000_000_000;
  const clock = new SteppedClock(start as Micros);
  const { rest, sent } = fakeRest(({ line, body }) => {
    if (line === "GET /account/limits") {
      const size = { refill_rate: 20, bucket_capacity: 10 };
      return jsonAnswer({ read: size, write: size });
    }
    const created = (order: { client_order_id: string }) => ({
      ...{ order_id: "o", client_order_id: order.client_order_id, fill_count: "0.00", remaining_count: "1.00" },
    });
    if (line === "POST /portfolio/events/orders") return jsonAnswer(created(body as { client_order_id: string }), 201);
    return jsonAnswer({ orders: [], cursor: "" });
  }, { clock });
  await rest.accountLimits();
  const inputs: Input[] = [];
  const lane = new Lane(false);
  const trading = new Trading({
    rest,
    clock,
    lane,
    sink: (input) => inputs.push(input),
    log: nothing,
    jitter: () => 0,
    shards: () => [2],
    shardOf: () => 2,
    fillsSince: null,
    queueEvery: 0,
    onPositions: nothing,
  });
  const place = (id: string, basket: { id: string; legs: number } | null = null) =>
    trading.place({
      ...{ type: "place", execution: "live", intent: { ...INTENT, clientOrderId: id }, edge: 0.05 },
      ...(basket === null ? {} : { basket }),
    });
  for (const id of ["k-1", "k-2"]) place(id);
  // Of a batch that is more than the bucket holds one part leaves at once, one waits, and one is asked after it.
  for (const id of ["k-3", "k-4", "k-5"]) place(id, { id: "b", legs: 3 });
  const passes = async (seconds: number) => {
    for (let step = 0; step < seconds * 20; step++) {
      clock.advanceTo(clock.now() + 50_000 as Micros);
      await new Promise((settle) => setTimeout(settle, 0));
    }
  };
  await passes(0.2);
  trading.cancelAll({ type: "cancel_all", execution: "live", reason: "test" });
  await passes(2);
  trading.stop();
  const creates = sent.filter(({ line }) => line.startsWith("POST /portfolio/events/orders"));
  const ids = creates.map(({ body }) => JSON.stringify(body).match(/k-\d/g)).flat();
  assert.deepEqual(ids.sort(), ["k-1", "k-3"]);
  const rejected = inputs.filter((input) => input.type === "order_rejected");
  const told = rejected.map(({ clientOrderId, code }) => `${clientOrderId} ${code}`).sort();
  assert.deepEqual(told, ["k-2 withdrawn", "k-4 withdrawn", "k-5 withdrawn"]);
});

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
    const [first] = run.inputs.slice(start).filter(({ type }) => type === "fill" || type === "order_update");
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

Deno.test("fills are read from the last whole reading on, whatever was heard since", () =>
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
    const { fillsReadTo = 0 } = await run.until("account");
    assert.equal(since, Math.floor(fillsReadTo / 1e6) - 60);
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

const TRANSFERS = "POST /portfolio/intra_exchange_instance_transfer";
/** A broken connection would do, but the runtime repeats by itself what one leaves unanswered. */
const LOST: Answer = { status: 500, body: { error: { code: "internal_server_error", message: "x" } } };
const MOVED: [what: string, answers: Answer[], sent: number, said: RegExp][] = [
  ["that is taken is asked for once", [{ body: { transfer_id: "t-1" } }], 1, /^info Moved 12\.5\d* .*transfer t-1/],
  ["whose answer is lost is asked for again", [LOST, { body: { transfer_id: "t-1" } }], 2, /^info Moved/],
  [
    "that is refused is not asked for again",
    [
      { status: 400, body: { error: { code: "insufficient_balance", message: "x" } } },
    ],
    1,
    /^error Not moved: .*insufficient_balance/,
  ],
  ["that is never answered is given up", [LOST, LOST, LOST, LOST], 3, /^error Not moved/],
];

for (const [what, answers, sent, said] of MOVED) {
  Deno.test(`a transfer ${what}, under one id, and the account is read after it`, () =>
    withVenue({}, (exchange) => {
      let asked = 0;
      exchange.on(TRANSFERS, () => answers[asked++]);
    }, async (run) => {
      await run.until("account");
      const start = run.inputs.length;
      const transferId = "48a2c113-a3a6-80dd-8b9b-d0b07768259d";
      const amount = 12_500_000 as Money;
      run.venue.perform({ type: "transfer", transferId, amount, fromShard: 0, toShard: 2 });
      await run.until("account", () => true, start);
      const bodies = run.exchange.seen(TRANSFERS).map(({ body }) => body as Readonly<Record<string, unknown>>);
      assert.equal(new Set(bodies.map(({ client_transfer_id }) => client_transfer_id)).size, 1);
      assert.deepEqual(bodies[0], {
        source: "event_contract",
        destination: "event_contract",
        amount: 125_000,
        source_exchange_shard: 0,
        destination_exchange_shard: 2,
        client_transfer_id: transferId,
      });
      assert.equal(bodies.length, sent);
      assert.ok(run.logs.some((line) => said.test(line)), run.logs.join("\n"));
    }));
}
