import assert from "node:assert/strict";
import { join } from "node:path";
import type { OrderRecord, SettlementRecord, StateRecord, TradeRecord } from "../core/record.ts";
import { count, micros, money, price } from "../core/units.ts";
import { startLog } from "../ops/log.ts";
import type { VenueHealth } from "../venues/venue.ts";
import { ConcernLogs } from "./concern_logs.ts";
import { StepTimes } from "./step_times.ts";

const NOON = Date.UTC(2026, 10, 20, 12) * 1_000;
const EVIDENCE = {
  spot: 84_000.5,
  strike: 84_100,
  modelProbability: 0.55,
  marketProbability: 0.5,
  edge: 0.03,
  kellyFraction: 0.02,
  expectedValue: 0.3,
  aroc: 12,
};

const order = (phase: OrderRecord["phase"], ms: number, id = "k-1"): OrderRecord => ({
  kind: "order",
  clientOrderId: id,
  orderId: null,
  ticker: "KXBTC15M-A",
  side: "bid",
  price: price(5_050),
  count: count(1_000),
  filled: count(0),
  phase,
  shard: 2,
  strategy: "latency",
  signal: "spot_vwap",
  evidence: EVIDENCE,
  sentAt: micros(NOON),
  updatedAt: micros(NOON + ms * 1_000),
  reason: "",
});

const trade: TradeRecord = {
  kind: "trade",
  tradeId: "t-1",
  clientOrderId: "k-1",
  ticker: "KXBTC15M-A",
  side: "bid",
  price: price(5_050),
  count: count(1_000),
  fee: money(175_000),
  isTaker: true,
  at: micros(NOON),
  strategy: "latency",
  signal: "spot_vwap",
  evidence: EVIDENCE,
  realised: money(-1),
};

const settlement: SettlementRecord = {
  kind: "settlement",
  ticker: "KXBTC15M-A",
  result: "yes",
  position: count(1_000),
  payout: money(10_000_000),
  pnl: money(4_775_000),
  at: micros(NOON),
};

const refusal: StateRecord = {
  kind: "audit",
  at: micros(NOON),
  number: 1,
  event: "refused",
  ticker: "KXBTC15M-A",
  text: "max_order: 600 is above 500",
};

const HEALTH: VenueHealth = {
  connected: true,
  requests: 10,
  requestErrors: 1,
  requestLatencyMs: 12.5,
  frames: 0,
  refused: {},
  unknownFields: {},
  clockOffsetMs: 3,
  paths: { data: "", orders: "" },
  cashByShard: {},
  sweep: null,
  trouble: null,
  lacking: null,
};

const FEEDS = [{
  name: "coinbase",
  kind: "spot",
  by: "socket",
  messages: 1,
  refused: {},
  reconnects: 0,
  ageMs: 40,
  latencyMs: 21,
  trouble: null,
}] as const;

/** Lines of each file. */
async function logged(act: (logs: ConcernLogs) => void): Promise<Record<string, Record<string, unknown>[]>> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-concerns-" });
  try {
    const log = await startLog({ level: "info", stateDirectory: directory, stderr: false });
    const logs = new ConcernLogs({ run: "r-1", mode: "paper", simulated: true });
    act(logs);
    logs.flush();
    await log.close();
    const lines: Record<string, Record<string, unknown>[]> = {};
    for (const name of ["main", "trades", "signals", "latency"]) {
      const text = await Deno.readTextFile(join(directory, "logs", `${name}.ndjson`)).catch(() => "");
      lines[name] = text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line).properties);
    }
    return lines;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const ORIGIN = { run: "r-1", mode: "paper", simulated: true };
const BELIEVED = {
  spot_usd: 84_000.5,
  strike_usd: 84_100,
  model_probability: 0.55,
  market_probability: 0.5,
  edge_usd: 0.03,
  kelly_fraction: 0.02,
  expected_value_usd: 0.3,
  aroc: 12,
};

Deno.test("executions and settlements are in trades, exact, and labelled as simulated", async () => {
  const { trades, signals, main } = await logged((logs) =>
    [trade, settlement].forEach((record) => logs.record(record))
  );
  assert.deepEqual(trades, [
    {
      ...ORIGIN,
      kind: "fill",
      at: "2026-11-20T12:00:00.000000Z",
      executed_at: null,
      trade_id: "t-1",
      client_order_id: "k-1",
      ticker: "KXBTC15M-A",
      side: "bid",
      price: "0.5050",
      count: "10.00",
      fee: "0.175000",
      realised: "-0.000001",
      is_taker: true,
      strategy: "latency",
      signal: "spot_vwap",
      ...BELIEVED,
    },
    {
      ...ORIGIN,
      kind: "settlement",
      at: "2026-11-20T12:00:00.000000Z",
      ticker: "KXBTC15M-A",
      result: "yes",
      position: "10.00",
      payout: "10.000000",
      pnl: "4.775000",
    },
  ]);
  assert.deepEqual([signals, main], [[], []]);
});

Deno.test("an order is in signals once, when it is sent, and so is what was refused", async () => {
  const { signals, trades } = await logged((logs) => {
    for (const record of [order("sent", 0), order("sent", 1), order("resting", 20), order("filled", 90), refusal]) {
      logs.record(record);
    }
    logs.record({ ...refusal, event: "transfer" } as StateRecord);
  });
  assert.deepEqual(
    signals.map(({ kind, client_order_id, reason, model_probability }) => [
      kind,
      client_order_id,
      reason,
      model_probability,
    ]),
    [
      ["order", "k-1", undefined, 0.55],
      ["refused", undefined, "max_order: 600 is above 500", undefined],
    ],
  );
  assert.deepEqual(trades, []);
});

Deno.test("latency says how long the engine, the answers to orders, requests and feeds took, each interval anew", async () => {
  const times = new StepTimes();
  const { latency } = await logged((logs) => {
    for (const [id, ms] of [["a", 10], ["b", 30], ["c", 20]] as const) {
      logs.record(order("sent", 0, id));
      logs.record(order("resting", ms, id));
      logs.record(order("filled", 5_000, id));
    }
    logs.record(order("sent", 0, "lost"));
    logs.record(order("unknown", 3_000, "lost"));
    for (const us of [1, 2, 100]) times.add(us);
    logs.latency(times, { venue: HEALTH, feeds: FEEDS });
    logs.latency(times, { venue: HEALTH, feeds: [] });
  });
  const [first, second] = latency;
  assert.deepEqual({ ...first, step_p50_us: 0 }, {
    ...ORIGIN,
    steps_timed: 3,
    step_p50_us: 0,
    step_p99_us: 100,
    step_max_us: 100,
    orders_answered: 3,
    order_answer_p50_ms: 20,
    order_answer_p99_ms: 30,
    order_answer_max_ms: 30,
    request_ms: 12.5,
    requests: 10,
    request_errors: 1,
    clock_offset_ms: 3,
    feeds: { coinbase: { by: "socket", age_ms: 40, latency_ms: 21 } },
  });
  assert.ok(Math.abs(Number(first.step_p50_us) - 2) < 0.15, String(first.step_p50_us));
  assert.deepEqual([second.steps_timed, second.step_p50_us, second.orders_answered], [0, null, 0]);
});
