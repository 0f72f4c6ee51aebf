import assert from "node:assert/strict";
import type { OrderIntent } from "../core/order.ts";
import type { Micros } from "../core/units.ts";
import { Engine } from "../engine/engine.ts";
import { FRESH } from "../engine/options.ts";
import { FLOW_SHIFT_MAX } from "../models/flow_signal.ts";
import type { FlowUse } from "../strategies/order_flow.ts";
import { defaultOptions } from "./calibration_fixture.ts";
import { openRecording } from "./recording/recording.ts";
import { recordedData } from "./recording/recording_fixture.ts";

const FULL = Deno.env.get("KBOT_TEST_FULL") === "1";

interface Order {
  readonly at: Micros;
  readonly intent: OrderIntent;
  /** What it rested on. */
  readonly believed: number;
  /** The engine's own when it was sent. */
  readonly probability: number;
}

interface Run {
  readonly orders: readonly Order[];
  readonly provenAt: Micros | null;
  readonly hash: string;
}

async function run(folder: string, trades: string, order_flow: FlowUse): Promise<Run> {
  const recording = await openRecording(folder, { spot: trades });
  assert.ok(!("error" in recording));
  const parameters = { order_flow, rest: false, trade_on_one_exchange: true };
  const orders: Order[] = [];
  let engine: Engine | null = null;
  let provenAt: Micros | null = null;
  for await (const { inputs } of recording.batches()) {
    for (const input of inputs) {
      engine ??= new Engine({
        ...defaultOptions().engine,
        run: "recorded",
        startedAt: input.at,
        execution: "paper",
        instance: "k00000000",
        strategies: [{ name: "settlement_edge", enabled: true, parameters }],
        resume: FRESH,
      });
      for (const action of engine.step(input)) {
        if (action.type === "place") {
          const { intent } = action;
          const probability = engine.markets.get(intent.ticker)?.probability ?? NaN;
          const believed = engine.desk.orders.get(intent.clientOrderId)?.evidence.modelProbability ?? NaN;
          orders.push({ at: input.at, intent, believed, probability });
        }
        if (action.type !== "record" || action.record.kind !== "audit") continue;
        if (action.record.event === "order_flow") provenAt ??= action.record.at;
      }
    }
  }
  return { orders, provenAt, hash: engine?.decisionHash ?? "" };
}

const logit = (probability: number): number => Math.log(probability / (1 - probability));

Deno.test("recorded sessions: order flow changes no order before it is proven, and by its bound at most after that", async () => {
  const folder = await recordedData("kxbtc15m_ws");
  const trades = await recordedData("spot/coinbase_btcusd_trades.csv.gz");
  if (folder === null || trades === null) return;
  const [off, proven] = [await run(folder, trades, "off"), await run(folder, trades, "when_proven")];
  const { provenAt } = proven;
  assert.ok(provenAt !== null, "it was proven on these sessions");
  if (FULL) assert.equal((await run(folder, trades, "when_proven")).hash, proven.hash);
  const before = ({ orders }: Run) => orders.filter(({ at }) => at < provenAt);
  assert.ok(before(off).length > 20, `${before(off).length} orders`);
  assert.deepEqual(before(proven), before(off));
  assert.notDeepEqual(proven.orders, off.orders);
  for (const { orders } of [off, proven]) {
    for (const { at, believed, probability } of orders) {
      const shift = Math.abs(logit(believed) - logit(probability));
      const most = orders === proven.orders && at >= provenAt ? FLOW_SHIFT_MAX : 0;
      assert.ok(shift <= most + 1e-9, `${shift} at ${at}`);
    }
  }
});
