import assert from "node:assert/strict";
import type { Input } from "../../core/input.ts";
import type { HaltRecord, StateRecord, TradeRecord } from "../../core/record.ts";
import { count, type Micros, micros, MICROS_PER_SECOND, money, ONE_DOLLAR, price } from "../../core/units.ts";
import { NO_EVIDENCE } from "../../engine/records.ts";
import { HALTS } from "../../risk/halt_kinds.ts";
import { NOON } from "./alert_fixture.ts";
import { ALERT_EVENTS, type AlertEvent, ALERTS, alertText } from "./alert_table.ts";
import { AlertWatch, type RunLook, type WatchSettings } from "./watch.ts";

const at = (seconds: number): Micros => micros(NOON + seconds * MICROS_PER_SECOND);

class Stage {
  readonly told: string[] = [];
  readonly watch: AlertWatch;
  #number = 0;

  constructor(settings: Partial<WatchSettings> = {}) {
    this.watch = new AlertWatch(
      { disconnectedSeconds: 30, unknownSeconds: 15, fillFrom: null, summary: null, ...settings },
      (event, subject, _at, values) => this.told.push(`${event} | ${subject} | ${alertText(event, values)}`),
    );
  }

  halt(name: string, active: boolean, seconds: number, reason: string, more: Partial<HaltRecord> = {}): this {
    this.watch.record({ kind: "halt", name, active, persistent: false, reason, at: at(seconds), ...more });
    return this;
  }

  audit(event: string, text: string, ticker: string | null = null): this {
    this.watch.record({ kind: "audit", at: NOON, number: ++this.#number, event, ticker, text });
    return this;
  }

  input(input: Input): this {
    this.watch.input(input);
    return this;
  }

  look(seconds: number, more: Partial<RunLook> = {}): this {
    this.watch.look({ at: at(seconds), account: null, feeds: [], cancelling: null, ...more });
    return this;
  }
}

const order = (phase: "unknown" | "resting", seconds: number): StateRecord => ({
  kind: "order",
  clientOrderId: "k-1",
  orderId: null,
  ticker: "KXBTC15M-A",
  side: "bid",
  price: price(5_000),
  count: count(100),
  filled: count(0),
  phase,
  shard: 2,
  strategy: "latency",
  signal: "spot",
  evidence: NO_EVIDENCE,
  sentAt: at(0),
  updatedAt: at(seconds),
  reason: "",
});

const trade = (side: "bid" | "ask", cents: number, contracts: number): TradeRecord => ({
  kind: "trade",
  tradeId: "t",
  clientOrderId: "k-1",
  ticker: "KXBTC15M-A",
  side,
  price: price(cents * 100),
  count: count(contracts * 100),
  fee: money(0),
  isTaker: true,
  at: NOON,
  strategy: "latency",
  signal: "spot",
  evidence: NO_EVIDENCE,
  realised: money(0),
});

const link = (up: boolean, seconds: number): Input => ({
  type: "link",
  at: at(seconds),
  link: "kalshi",
  up,
  detail: "Connection 1: reset",
});

const paused = (pause: "none" | "trading"): Input => ({
  type: "exchange_status",
  at: NOON,
  shards: [{ shard: 2, pause }],
  others: "none",
  resumeTime: null,
});

const feed = (heard: boolean) => [{ name: "coinbase", heard, trouble: heard ? null : "status 503" }];
const WHY = "Lost 1000.000000 since the day began";

/** One row for each of the table that the watch tells: what happens, and what is said at last. */
const ROWS: Partial<Record<AlertEvent, readonly [(stage: Stage) => unknown, string]>> = {
  killed: [
    (stage) => stage.halt("kill", true, 0, "Kill switch, by cli", { persistent: true }),
    "halt kill | KILLED. Kill switch, by cli. Nothing new is sent until kbot resume",
  ],
  reducing: [
    (stage) => stage.halt("reduce", true, 0, "Asked for, by page", { persistent: true, level: "reducing" }),
    "halt reduce | Only what closes positions is sent. Asked for, by page. It stays so until kbot resume",
  ],
  daily_loss: [
    (stage) => stage.halt("daily_loss", true, 0, WHY, { persistent: true }),
    `halt daily_loss | Halted by the day's loss. ${WHY}. It stays so until kbot resume`,
  ],
  drawdown: [
    (stage) => stage.halt("drawdown", true, 0, "20 % below the peak", { persistent: true }),
    "halt drawdown | Halted by the drawdown. 20 % below the peak. It stays so until kbot resume",
  ],
  model_broken: [
    (stage) => stage.halt("model", true, 0, "latency gives A the probability NaN", { persistent: true }),
    "halt model | Halted by a broken model. latency gives A the probability NaN. It stays so until kbot resume",
  ],
  cannot_write: [
    (stage) => stage.watch.trouble("journal", "No space left on device", NOON),
    "writing journal | The journal cannot be written: No space left on device. Nothing new is sent until it can",
  ],
  writes_again: [
    (stage) => stage.watch.trouble("store", null, NOON),
    "writing store | The store can be written again",
  ],
  api_errors: [
    (stage) => stage.halt("api_errors", true, 0, "12 of 30 requests failed"),
    "halt api_errors | Halted by errors of the exchange. 12 of 30 requests failed. It ends by itself",
  ],
  clock_offset: [
    (stage) => stage.halt("clock_offset", true, 0, "off by 3 s"),
    "halt clock_offset | Halted by this machine's clock. off by 3 s. It ends by itself",
  ],
  index_stale: [
    (stage) => stage.halt("feed_stale BRTI", true, 0, "6 s old", { index: "BRTI" }),
    "halt feed_stale BRTI | Halted on BRTI. 6 s old. It ends by itself",
  ],
  losing_streak: [
    (stage) => stage.halt("consecutive_losses latency", true, 0, "8 markets lost", { strategy: "latency" }),
    "halt consecutive_losses latency | Strategy latency only closes what it holds. 8 markets lost. It stays so until a " +
    "person starts it again",
  ],
  standing_by: [
    (stage) => stage.halt("standby", true, 0, "server-a leads"),
    "halt standby | Stands by and sends nothing. server-a leads",
  ],
  lease_lost: [
    (stage) => stage.halt("lease", true, 0, "NATS is silent"),
    "halt lease | Leads no more, and sends nothing new. NATS is silent",
  ],
  halted: [
    (stage) => stage.halt("some_new_halt X", true, 0, "because"),
    "halt some_new_halt X | Halted, some new halt X. because",
  ],
  halt_over: [
    (stage) => stage.halt("feed_stale BRTI", true, 0, "6 s old").halt("feed_stale BRTI", false, 45, "Fresh again"),
    "halt feed_stale BRTI | Over after 45 s: feed stale BRTI. Fresh again",
  ],
  strategy_failed: [
    (stage) => stage.audit("strategy_failed", "latency. It threw"),
    "strategy_failed latency | A strategy failed and is stopped: latency. It threw",
  ],
  strategy_switched: [
    (stage) => stage.audit("strategy_wound_up", "latency, by page"),
    "strategy latency | A strategy was asked to wind up: latency, by page",
  ],
  drawdown_recovery: [
    (stage) => stage.audit("drawdown_recovery", "9000 is 5 % or more below the peak"),
    "drawdown_recovery | Drawdown recovery: 9000 is 5 % or more below the peak",
  ],
  order_unknown: [
    (stage) => {
      stage.watch.record(order("unknown", 1));
      stage.look(10).look(16);
    },
    "orders without an answer | The exchange has not said for 15 s what became of k-1 in KXBTC15M-A; nothing more is " +
    "sent for its market meanwhile",
  ],
  order_known: [
    (stage) => {
      stage.watch.record(order("unknown", 1));
      stage.look(20);
      stage.watch.record(order("resting", 21));
    },
    "orders without an answer | The exchange has said what became of k-1 in KXBTC15M-A",
  ],
  cancels_unconfirmed: [
    (stage) =>
      stage.look(0, { cancelling: { reason: "Kill switch" } }).look(12, { cancelling: { reason: "Kill switch" } }),
    "cancels | Orders may still rest: cancelling them for 12 s (Kill switch), not yet confirmed by the exchange",
  ],
  cancels_confirmed: [
    (stage) => stage.look(0, { cancelling: { reason: "x" } }).look(12, { cancelling: { reason: "x" } }).look(13),
    "cancels | The exchange has confirmed that no order rests",
  ],
  reconciled: [
    (stage) => stage.audit("reconciled", "The exchange holds 3, here 2 were known", "KXBTC15M-A"),
    "reconciled | The account differed and was taken over from the exchange: KXBTC15M-A: The exchange holds 3, here 2 " +
    "were known",
  ],
  foreign: [
    (stage) => stage.audit("foreign_fill", "Execution 7 belongs to no order of this state", "KXBTC15M-A"),
    "foreign | Not of this state: KXBTC15M-A: Execution 7 belongs to no order of this state",
  ],
  fills_missing: [
    (stage) => stage.audit("fills_missing", "2.00 contracts of k-1 were never heard of", "KXBTC15M-A"),
    "fills_missing | Executions were never heard of: KXBTC15M-A: 2.00 contracts of k-1 were never heard of",
  ],
  settlement_differs: [
    (stage) => stage.audit("settlement_differs", "KXBTC15M-A settled yes, computed no", "KXBTC15M-A"),
    "settlement_differs | A settlement is not what was computed: KXBTC15M-A settled yes, computed no",
  ],
  transfer: [
    (stage) => stage.audit("transfer", "50.000000 from shard 0 to shard 2, which is traded on"),
    "transfer | Moving cash: 50.000000 from shard 0 to shard 2, which is traded on",
  ],
  exchange_paused: [
    (stage) => stage.input(paused("trading")).audit("exchange_status", "Paused by the exchange"),
    "exchange | Paused by the exchange",
  ],
  exchange_open: [
    (stage) =>
      stage.input(paused("trading")).audit("exchange_status", "Paused by the exchange")
        .input(paused("none")).audit("exchange_status", "The exchange takes orders on shard 2 again"),
    "exchange | The exchange takes orders on shard 2 again",
  ],
  disconnected: [
    (stage) => stage.input(link(false, 0)).look(29).look(30),
    "link kalshi | No connection to kalshi for 30 s: Connection 1: reset",
  ],
  connected: [
    (stage) => stage.input(link(false, 0)).look(31).input(link(true, 200)),
    "link kalshi | Connected to kalshi again after 3 min",
  ],
  feed_out: [
    (stage) => stage.look(0, { feeds: feed(false) }).look(30, { feeds: feed(false) }),
    "feed coinbase | No data from coinbase for 30 s: status 503",
  ],
  feed_back: [
    (stage) => stage.look(0, { feeds: feed(false) }).look(30, { feeds: feed(false) }).look(60, { feeds: feed(true) }),
    "feed coinbase | Data from coinbase again after 60 s",
  ],
  index_source: [
    (stage) => stage.audit("index_source", "BRTI: from official to composite. No value for 3 s"),
    "index_source BRTI | Index BRTI: from official to composite. No value for 3 s",
  ],
};

for (const [event, [happens, said]] of Object.entries(ROWS)) {
  Deno.test(`${event} is told, ${ALERTS[event as AlertEvent].severity}`, () => {
    const stage = new Stage();
    happens(stage);
    assert.equal(stage.told.at(-1), `${event} | ${said}`);
  });
}

Deno.test("fill is told from the size that was asked for, by what is at stake on either side", () => {
  const stage = new Stage({ fillFrom: money(50 * ONE_DOLLAR) });
  for (
    const [side, cents, contracts] of [["bid", 49, 100], ["bid", 50, 100], ["ask", 51, 100], ["ask", 50, 100]] as const
  ) {
    stage.watch.record(trade(side, cents, contracts));
  }
  assert.deepEqual(stage.told, [
    "fill | fill KXBTC15M-A | Bought YES 100.00 of KXBTC15M-A at 0.5000, 50.000000 dollars at stake (latency)",
    "fill | fill KXBTC15M-A | Sold YES 100.00 of KXBTC15M-A at 0.5000, 50.000000 dollars at stake (latency)",
  ]);
  const silent = new Stage();
  silent.watch.record(trade("bid", 99, 10_000));
  assert.deepEqual(silent.told, []);
});

Deno.test("daily_summary is told at its time", () => {
  const stage = new Stage({ summary: { minute: 12 * 60 + 1, zone: "UTC" } });
  const figures = { dayPnl: money(0), nav: money(ONE_DOLLAR), exposure: money(0), fills: 3, settled: 1 };
  for (const seconds of [0, 59, 60, 61]) stage.look(seconds, { account: { at: at(seconds), ...figures } });
  assert.deepEqual(stage.told, [
    "daily_summary | daily summary | Since 2026-11-20T12:00Z: P&L 0.000000 dollars, fills 0, settled 0. NAV 1.000000, at " +
    "risk 0.000000",
  ]);
});

Deno.test("other settings count at once: what is open stays so, and a summary counts on unless its time is another", () => {
  const settings = { disconnectedSeconds: 30, unknownSeconds: 15, fillFrom: null };
  const summary = (minute: number) => ({ minute: 12 * 60 + minute, zone: "UTC" });
  const stage = new Stage({ ...settings, summary: summary(1) });
  const look = (seconds: number): unknown => {
    const figures = { dayPnl: money(0), nav: money(ONE_DOLLAR), exposure: money(0), fills: seconds, settled: 0 };
    return stage.look(seconds, { account: { at: at(seconds), ...figures } });
  };
  stage.input(link(false, 0));
  for (const seconds of [0, 10]) look(seconds);
  stage.watch.take({ ...settings, disconnectedSeconds: 20, summary: summary(1) });
  for (const seconds of [19, 20, 60]) look(seconds);
  stage.watch.take({ ...settings, summary: summary(2) });
  for (const seconds of [70, 120]) look(seconds);
  stage.watch.take({ ...settings, summary: null });
  for (const seconds of [180, 90_000]) look(seconds);
  assert.deepEqual(stage.told.map((text) => text.replace(/ settled.*$/, "")), [
    "disconnected | link kalshi | No connection to kalshi for 20 s: Connection 1: reset",
    "daily_summary | daily summary | Since 2026-11-20T12:00Z: P&L 0.000000 dollars, fills 60,",
    "daily_summary | daily summary | Since 2026-11-20T12:01Z: P&L 0.000000 dollars, fills 50,",
  ]);
});

/** The run itself raises these (run_alerts.ts), the command line the last. */
const ELSEWHERE: readonly AlertEvent[] = [
  ...["run_began", "run_ended", "run_broke", "run_died"] as const,
  ...["config_reloaded", "config_refused", "orders_left", "test"] as const,
];

Deno.test("every row of the table has its test", () => {
  const tested = new Set([...Object.keys(ROWS), "fill", "daily_summary", ...ELSEWHERE]);
  assert.deepEqual(ALERT_EVENTS.filter((event) => !tested.has(event)), []);
});

/** Told by something else: the end of the run, the fuse's strategy, the pump, and a book that heals by itself. */
const SILENT_HALTS: readonly string[] = ["shutdown", "order_group", "journal", "store", "sequence_gap"];

Deno.test("every halt that there is has words of its own, or is told by something else", () => {
  for (const { name } of HALTS) {
    const stage = new Stage().halt(name, true, 0, "because");
    if (name === "sequence_gap") continue;
    assert.equal(stage.told.length, SILENT_HALTS.includes(name) ? 0 : 1, name);
    assert.ok(!stage.told[0]?.startsWith("halted "), name);
  }
});

Deno.test("a short break is not worth an alert, neither its begin nor its end", () => {
  const stage = new Stage();
  stage.input(link(false, 0)).look(29).input(link(true, 29.5)).look(60);
  stage.watch.record(order("unknown", 1));
  stage.look(10);
  stage.watch.record(order("resting", 11));
  stage.look(40, { feeds: feed(false) }).look(50, { feeds: feed(true) }).look(90, { feeds: feed(true) });
  assert.deepEqual(stage.told, []);
});

Deno.test("a connection that is tried in vain again and again is told once, since the first time", () => {
  const stage = new Stage();
  for (let seconds = 0; seconds <= 300; seconds += 5) stage.input(link(false, seconds)).look(seconds);
  assert.equal(stage.told.length, 1);
  stage.input(link(true, 301));
  assert.match(stage.told[1], /again after 5 min$/);
});

Deno.test("halts of an earlier run that stand are told when the next one begins", () => {
  const stage = new Stage();
  const record = { kind: "halt", name: "kill", persistent: true, reason: "Kill switch, by cli" } as const;
  stage.watch.resume([{ ...record, active: true, at: at(-9_999) }, { ...record, active: false, at: NOON }], NOON);
  assert.equal(stage.told.length, 1);
  assert.match(stage.told[0], /^killed /);
});

Deno.test("memory is bounded, however many orders hang and links fail", () => {
  const stage = new Stage();
  for (let each = 0; each < 5_000; each++) {
    stage.watch.record({ ...order("unknown", 0), clientOrderId: `k-${each}` } as StateRecord);
  }
  stage.look(100);
  assert.equal(stage.told.length, 1_000);
});

Deno.test("no text that comes from outside breaks a line or drives a terminal, and none is endless", () => {
  const stage = new Stage().halt("kill", true, 0, `a\r\nFAKE ALERT\u001b[2J\u2028${"x".repeat(10_000)}`);
  const [said] = stage.told;
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(said, /[\u0000-\u001f\u2028]/);
  assert.ok(said.length < 700, String(said.length));
});
