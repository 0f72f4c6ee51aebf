import assert from "node:assert/strict";
import type { Input } from "../../core/input.ts";
import { type Count, type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { CatchUp } from "./catch_up.ts";
import { Fills } from "./fills.ts";
import { Lane } from "./lane.ts";
import { OpenOrders } from "./open_orders.ts";
import { OrderLookup } from "./order_lookup.ts";
import { TICKER } from "./rest_cases.ts";
import { fakeRest, jsonAnswer } from "./rest_fixture.ts";

const START = 1_790_000_000_000_000 as Micros;

const order = (id: number, fields: Readonly<Record<string, unknown>> = {}) => ({
  order_id: `o-${id}`,
  client_order_id: `k-${id}`,
  ticker: TICKER,
  book_side: "bid",
  status: "resting",
  yes_price_dollars: "0.5600",
  initial_count_fp: "1.00",
  fill_count_fp: "0.00",
  remaining_count_fp: "1.00",
  exchange_index: 2,
  ...fields,
});
const fill = (id: number, second = -5) => ({
  trade_id: `t-${id}`,
  order_id: `o-${id}`,
  ticker: TICKER,
  book_side: "bid",
  count_fp: "1.00",
  yes_price_dollars: "0.5500",
  is_taker: true,
  fee_cost: "0.017500",
  created_time: new Date((START + second * MICROS_PER_SECOND) / 1_000).toISOString(),
});
const position = (count: string) => ({ ticker: TICKER, position_fp: count });

/** The exchange's lists; a page of `"fail"` answers 500, and each page but the last has a cursor. */
interface Lists {
  resting: (unknown[] | "fail")[];
  all: (unknown[] | "fail")[];
  fills: (unknown[] | "fail")[];
  positions: (unknown[] | "fail")[];
}

function rig() {
  const clock = new SteppedClock(START);
  const lists: Lists = { resting: [[]], all: [[]], fills: [[]], positions: [[]] };
  const inputs: Input[] = [];
  const logs: string[] = [];
  const paged = (pages: (unknown[] | "fail")[], key: string, cursor: string | null): Response => {
    const at = Number(cursor ?? 0);
    const page = pages[at];
    if (page === "fail") return jsonAnswer({ error: { code: "service_unavailable", message: "down" } }, 503);
    return jsonAnswer({ [key]: page, cursor: at + 1 < pages.length ? String(at + 1) : "" });
  };
  const { rest, sent } = fakeRest(({ line }) => {
    const url = new URL(line.split(" ")[1], "http://x");
    const cursor = url.searchParams.get("cursor");
    switch (url.pathname) {
      case "/portfolio/orders":
        return paged(url.searchParams.get("status") === "resting" ? lists.resting : lists.all, "orders", cursor);
      case "/portfolio/fills":
        return paged(lists.fills, "fills", cursor);
      case "/portfolio/positions":
        return paged(lists.positions, "market_positions", cursor);
      case "/portfolio/balance":
        return jsonAnswer({
          balance_dollars: "100.0000",
          balance_breakdown: [{ exchange_index: 0, balance: "60.0000" }, { exchange_index: 2, balance: "40.0000" }],
        });
      default:
        return jsonAnswer({ error: { code: "not_found", message: "not found" } }, 404);
    }
  });
  const lane = new Lane(false);
  const open = new OpenOrders();
  const sink = (input: Input) => {
    open.observe(input);
    inputs.push(input);
  };
  const log = (level: string, text: string) => logs.push(`${level} ${text}`);
  const shared = { rest, clock, lane, sink, log, jitter: () => 0 };
  const fills = new Fills({ ...shared, since: START });
  let traded: readonly number[] | null = [2];
  const lookup = new OrderLookup({ ...shared, fills });
  const catchUp = new CatchUp({ ...shared, fills, open, lookup, shards: () => traded, onPositions: () => {} });
  return {
    lists,
    inputs,
    logs,
    sent,
    open,
    catchUp,
    trade: (shards: readonly number[] | null) => void (traded = shards),
    /** Believes that an order rests, since `seconds` ago. */
    believe(id: number, secondsAgo: number): void {
      open.placed(`k-${id}`, TICKER);
      const at = START - secondsAgo * MICROS_PER_SECOND as Micros;
      const counts = { fillCount: 0 as Count, remainingCount: 100 as Count };
      open.observe({ type: "order_accepted", at, clientOrderId: `k-${id}`, orderId: `o-${id}`, ...counts });
    },
    async at(seconds: number): Promise<string[]> {
      clock.advanceTo(START + seconds * MICROS_PER_SECOND as Micros);
      await lane.idle();
      return inputs.map(said);
    },
  };
}

function said(input: Input): string {
  switch (input.type) {
    case "fill":
      return `fill ${input.fill.tradeId}`;
    case "order_update":
      return `${input.order.clientOrderId} ${input.order.status}`;
    case "order_absent":
      return `${input.clientOrderId} absent`;
    case "account":
      return `account ${input.balance} ${input.positions.map((each) => each.position).join()}`;
    default:
      return input.type;
  }
}

const ACCOUNT = "account 40000000 ";

Deno.test("fill that was missed: it is told, before anything else", async () => {
  const { lists, catchUp, at } = rig();
  lists.fills = [[fill(2, -3)], [fill(1, -9)]];
  catchUp.start();
  assert.deepEqual(await at(0), ["fill t-1", "fill t-2", ACCOUNT]);
});

Deno.test("order that rests: its state is told", async () => {
  const { lists, catchUp, at } = rig();
  lists.resting = [[order(1)], [order(2)]];
  catchUp.start();
  assert.deepEqual(await at(0), ["k-1 resting", "k-2 resting", ACCOUNT]);
});

Deno.test("order that vanished: it is looked up, and its fills and its end are told", async () => {
  const { lists, catchUp, believe, at } = rig();
  believe(1, 10);
  believe(2, 10);
  lists.all = [[
    order(1, { status: "executed", fill_count_fp: "1.00", remaining_count_fp: "0.00" }),
    order(2, { status: "canceled", remaining_count_fp: "0.00" }),
  ]];
  catchUp.start();
  assert.deepEqual(await at(0), ["k-1 executed", "k-2 canceled", ACCOUNT]);
});

Deno.test("fill between time-out and query: the order's fills come with it, under its own name", async () => {
  const { lists, inputs, catchUp, believe, at } = rig();
  believe(1, 10);
  lists.all = [[order(1, { status: "executed", fill_count_fp: "1.00", remaining_count_fp: "0.00" })]];
  lists.fills = [[fill(1)]];
  catchUp.start();
  assert.deepEqual(await at(0), ["fill t-1", "fill t-1", "k-1 executed", ACCOUNT]);
  const [, named] = inputs;
  assert.ok(named.type === "fill");
  assert.equal(named.fill.clientOrderId, "k-1");
});

Deno.test("stale read after a create or cancel: what was heard of a moment ago is left alone", async () => {
  const { sent, catchUp, believe, at } = rig();
  believe(1, 1);
  catchUp.start();
  assert.deepEqual(await at(0), [ACCOUNT]);
  assert.equal(sent.filter(({ line }) => line.includes("/portfolio/orders")).length, 1);
  // Half a minute later it is no moment any more.
  assert.deepEqual((await at(30)).slice(1), ["k-1 absent", ACCOUNT]);
});

Deno.test("order that is nowhere: it is absent after every list was read whole", async () => {
  const { lists, catchUp, believe, at } = rig();
  believe(1, 10);
  lists.all = [[order(7, { status: "canceled" })], [order(8, { status: "executed" })]];
  catchUp.start();
  assert.deepEqual(await at(0), ["k-1 absent", ACCOUNT]);
});

const PARTS: [what: keyof Lists, before: string[]][] = [
  ["fills", []],
  ["resting", []],
  ["positions", ["k-1 absent"]],
  ["all", []],
];
for (const [what, before] of PARTS) {
  Deno.test(`failed page in the middle of ${what}: nothing is concluded from it, and it is tried again`, async () => {
    const { lists, logs, catchUp, believe, at } = rig();
    believe(1, 10);
    lists[what] = [[], "fail"];
    catchUp.start();
    assert.deepEqual(await at(0), before);
    assert.ok(logs.some((line) => line.includes("503")), logs.join("\n"));
    lists[what] = [[]];
    const after = await at(2);
    assert.deepEqual(after.slice(before.length), ["k-1 absent", ACCOUNT]);
  });
}

Deno.test("a resting order that cannot be read: nothing is concluded from its list", async () => {
  const { lists, logs, catchUp, believe, at } = rig();
  believe(1, 10);
  lists.resting = [[order(2), order(3, { status: 7 })]];
  catchUp.start();
  assert.deepEqual(await at(0), ["k-2 resting"]);
  assert.match(logs.join(), /orders\[1\]\.status/);
});

Deno.test("order unknown to us: its state is told, and who trades decides", async () => {
  const { lists, catchUp, at } = rig();
  lists.resting = [[order(9, { client_order_id: "somebody-else" })]];
  catchUp.start();
  assert.deepEqual(await at(0), ["somebody-else resting", ACCOUNT]);
});

Deno.test("orders and fills are asked for of the primary account alone: cash and positions are its own, too", async () => {
  const { sent, believe, catchUp, at } = rig();
  believe(1, 60);
  catchUp.start();
  await at(0);
  const asked = sent.filter(({ line }) => /orders\?|fills\?/.test(line));
  assert.equal(asked.length, 3, "fills, what rests, and all orders of the market of the one that vanished");
  for (const { line } of asked) assert.match(line, /[?&]subaccount=0(&|$)/);
});

Deno.test("position without order, and cash of our shard: both are told together", async () => {
  const { lists, catchUp, at } = rig();
  lists.positions = [[position("-3.00")], [{ ...position("0.00"), ticker: "CLOSED" }]];
  catchUp.start();
  assert.deepEqual(await at(0), ["account 40000000 -300"]);
});

Deno.test("everything is read again every 30 seconds, from a little before the last whole reading on", async () => {
  const { lists, sent, catchUp, at } = rig();
  catchUp.start();
  await at(0);
  await at(29.9);
  const reads = () => sent.filter(({ line }) => line.includes("/portfolio/fills"));
  assert.equal(reads().length, 1);
  await at(30);
  lists.fills = [[], "fail"];
  await at(60);
  lists.fills = [[]];
  await at(62);
  const since = reads().map(({ line }) => Number(/min_ts=(\d+)/.exec(line)?.[1]) - START / MICROS_PER_SECOND);
  assert.deepEqual(since.slice(0, 3), [0, -60, -30]);
  assert.equal(since.at(-1), -30, "what failed counts for nothing");
});

Deno.test("a fill that was missed is told by a later reading, though a newer one was told before", async () => {
  const { lists, catchUp, inputs, at } = rig();
  catchUp.start();
  await at(0);
  lists.fills = [[fill(2, 20)]];
  await at(30);
  // The list lagged, or a frame was lost: this one is older.
  lists.fills = [[fill(2, 20), fill(1, 10)]];
  const told = await at(60);
  assert.ok(told.slice(-3).includes("fill t-1"), told.join());
  const accounts = inputs.filter((input) => input.type === "account");
  assert.deepEqual(accounts.map(({ fillsReadTo = 0 }) => (fillsReadTo - START) / MICROS_PER_SECOND), [0, 30, 60]);
  assert.deepEqual(accounts[0].shards, [{ shard: 0, cash: 60_000_000 }, { shard: 2, cash: 40_000_000 }]);
});

Deno.test("lists that fail again and again are told once, and that they can be read again once more", async () => {
  const { lists, logs, catchUp, at } = rig();
  lists.fills = [[], "fail"];
  catchUp.start();
  await at(0);
  for (const seconds of [2, 6, 15, 40, 80, 120]) await at(seconds);
  assert.equal(logs.length, 1, logs.join("\n"));
  lists.fills = [[]];
  lists.positions = [[], "fail"];
  for (const seconds of [160, 200, 240, 280]) await at(seconds);
  lists.positions = [[]];
  for (const seconds of [320, 360]) await at(seconds);
  const texts = logs.map((line) => line.split(":")[0]);
  assert.deepEqual(texts, [
    "warn Fills cannot be read",
    "info Fills can be read again",
    "warn Account cannot be read",
    "info Account can be read again",
  ]);
});

Deno.test("a second call while a reading is under way makes one more follow, and a hundred calls no more than that", async () => {
  const { sent, catchUp, at } = rig();
  for (let call = 0; call < 100; call++) catchUp.start();
  await at(0);
  assert.equal(sent.filter(({ line }) => line.includes("/portfolio/balance")).length, 2);
});

Deno.test("after stop nothing is read any more", async () => {
  const { sent, catchUp, at } = rig();
  catchUp.start();
  await at(0);
  const before = sent.length;
  catchUp.stop();
  catchUp.start();
  await at(120);
  assert.equal(sent.length, before);
});

Deno.test("where several shards are traded on, their cash counts together, and each is told", async () => {
  const { catchUp, inputs, trade, at } = rig();
  trade([0, 2]);
  catchUp.start();
  await at(0);
  const [account] = inputs.filter((input) => input.type === "account");
  assert.equal(account.balance, 100_000_000);
  assert.deepEqual(account.traded, [0, 2]);
  assert.deepEqual(account.shards?.map(({ shard }) => shard), [0, 2]);
});

Deno.test("before the shards are known no account is told, and as soon as they are it is", async () => {
  const { catchUp, trade, at } = rig();
  trade(null);
  catchUp.start();
  assert.deepEqual(await at(0), []);
  trade([2]);
  catchUp.refreshOwedAccount();
  assert.deepEqual(await at(1), [ACCOUNT]);
});
