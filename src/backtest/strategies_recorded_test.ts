import assert from "node:assert/strict";
import { indexSettings, paperSettings, riskLimits, strategySettings } from "../config/engine_settings.ts";
import { defaultConfig } from "../config/schema.ts";
import type { IndexInput, Input, SpotInput } from "../core/input.ts";
import type { OrderIntent } from "../core/order.ts";
import type { TradeRecord } from "../core/record.ts";
import { formatMoney, type Micros, MICROS_PER_SECOND, money } from "../core/units.ts";
import { Engine } from "../engine/engine.ts";
import { FRESH } from "../engine/options.ts";
import { latencyParameters } from "../strategies/latency.ts";
import { marketMakerParameters } from "../strategies/market_maker.ts";
import { openRecording } from "./recording/recording.ts";
import { recordedData } from "./recording/recording_fixture.ts";

const SESSIONS = "kxbtc15m_ws";
const TRADES = "spot/coinbase_btcusd_trades.csv.gz";
const MAKER = marketMakerParameters.parse({});
const LATENCY = latencyParameters.parse({});
/** The recording has one spot exchange, and its trades without their sizes. */
const ONE_EXCHANGE = { min_exchanges: 1, full_exchanges: 1 };
const WINDOW_SECONDS = 60;

interface Order extends OrderIntent {
  readonly at: Micros;
  readonly secondsToClose: number;
}

interface Run {
  readonly orders: readonly Order[];
  readonly trades: readonly TradeRecord[];
  readonly refusals: ReadonlyMap<string, number>;
  /** How often each strategy gave each reason, at the end of each second. */
  readonly reasons: ReadonlyMap<string, number>;
  readonly settled: number;
  readonly halts: number;
  readonly largestPart: number;
  /** In words; reported as it is, and no claim of any test. */
  readonly pnl: string;
  readonly hash: string;
}

type Settings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Runs the recorded sessions with these strategies alone, and whatever goes wrong on the way fails the test. */
async function run(folder: string, trades: string, chosen: Settings): Promise<Run> {
  const config = defaultConfig();
  const strategies = strategySettings(config).map((each) => ({
    ...each,
    enabled: each.name in chosen,
    parameters: { ...each.parameters, ...chosen[each.name] },
  }));
  const recording = await openRecording(folder, { spot: trades });
  assert.ok(!("error" in recording));
  const watch = new Watch(strategies, config);
  const spot = new SpotOfTrades();
  for await (const { inputs } of recording.batches()) {
    for (const input of inputs) {
      if (input.type === "index") watch.step(spot.at(input));
      watch.step(input);
    }
  }
  return watch.result();
}

/** The last trade of each second, and the mean of the last minute's, as a spot exchange's word. */
class SpotOfTrades {
  readonly #values: number[] = [];

  at({ at, value }: IndexInput): SpotInput {
    this.#values.push(value);
    if (this.#values.length > WINDOW_SECONDS) this.#values.shift();
    const vwap = this.#values.reduce((sum, each) => sum + each, 0) / this.#values.length;
    const said = { exchange: "coinbase", asset: "BTC", state: "live", bid: null, ask: null, last: value } as const;
    return { type: "spot", at, ...said, vwap, volume: this.#values.length, weight: 1, age: 0, latency: null };
  }
}

class Watch {
  readonly #settings: ConstructorParameters<typeof Engine>[0]["strategies"];
  readonly #config: ReturnType<typeof defaultConfig>;
  #engine: Engine | null = null;
  #second = 0;
  #largestPart = 0;
  readonly #orders: Order[] = [];
  readonly #trades: TradeRecord[] = [];
  readonly #reasons = new Map<string, number>();

  constructor(
    settings: ConstructorParameters<typeof Engine>[0]["strategies"],
    config: ReturnType<typeof defaultConfig>,
  ) {
    this.#settings = settings;
    this.#config = config;
  }

  step(input: Input): void {
    const engine = this.#engine ??= this.#begin(input.at);
    for (const action of engine.step(input)) {
      if (action.type === "place") this.#placed(engine, action.intent);
      else if (action.type === "record" && action.record.kind === "trade") this.#traded(engine, action.record);
    }
    const second = Math.floor(engine.now / MICROS_PER_SECOND);
    if (second === this.#second) return;
    this.#second = second;
    this.#look(engine);
  }

  result(): Run {
    const engine = this.#engine;
    assert.ok(engine !== null);
    return {
      orders: this.#orders,
      trades: this.#trades,
      refusals: engine.desk.refusals,
      reasons: this.#reasons,
      settled: engine.desk.ledger.settled,
      halts: engine.desk.halts.list().length,
      largestPart: this.#largestPart,
      pnl: formatMoney(money(engine.desk.nav - engine.desk.ledger.startingCapital)),
      hash: engine.decisionHash,
    };
  }

  #begin(at: Micros): Engine {
    const config = this.#config;
    return new Engine({
      version: "test",
      run: "backtest",
      startedAt: at,
      execution: "paper",
      instance: "k",
      capital: config.paper.capital,
      paper: paperSettings(config),
      risk: riskLimits(config),
      index: indexSettings(config),
      strategies: this.#settings,
      resume: FRESH,
    });
  }

  #placed(engine: Engine, intent: OrderIntent): void {
    const state = engine.markets.get(intent.ticker);
    assert.ok(state !== undefined && state.grid?.has(intent.price), "on the market's own grid");
    const at = engine.now;
    this.#orders.push({ ...intent, at, secondsToClose: (state.market.closeTime - at) / MICROS_PER_SECOND });
    for (const { intent: other } of engine.desk.orders.openIn(intent.ticker)) {
      if (other.side === intent.side) continue;
      const [bid, ask] = intent.side === "bid" ? [intent, other] : [other, intent];
      assert.ok(bid.price < ask.price, `${bid.clientOrderId} and ${ask.clientOrderId} would trade with each other`);
    }
  }

  #traded(engine: Engine, trade: TradeRecord): void {
    this.#trades.push(trade);
    this.#largestPart = Math.max(
      this.#largestPart,
      Math.abs(engine.desk.ledger.partOf(trade.ticker, trade.strategy)),
    );
  }

  #look(engine: Engine): void {
    for (const { standings, closed } of engine.markets.values()) {
      if (closed) continue;
      for (const { strategy, opinion } of standings) {
        const key = `${strategy.name} ${opinion === null ? "not asked" : opinion.refusal?.code ?? "acts"}`;
        this.#reasons.set(key, (this.#reasons.get(key) ?? 0) + 1);
      }
    }
  }
}

/** The paths of the sessions and of the trades; `null`, said aloud, where they are not here. */
async function data(): Promise<readonly [string, string] | null> {
  const [sessions, trades] = [await recordedData(SESSIONS), await recordedData(TRADES)];
  return sessions === null || trades === null ? null : [sessions, trades];
}

const tell = (name: string, { orders, trades, reasons, pnl }: Run): void => {
  const counts = [...reasons].sort(([, a], [, b]) => b - a).map(([reason, count]) => `${reason} ${count}`);
  console.log(`${name}: ${orders.length} orders, ${trades.length} fills, P&L ${pnl}; ${counts.join(", ")}`);
};

Deno.test("recorded sessions: the market maker quotes inside wide spreads, never takes, and keeps to its position", async () => {
  const paths = await data();
  if (paths === null) return;
  const result = await run(...paths, { market_maker: {} });
  tell("market maker", result);
  assert.ok(result.orders.length > 0 && result.trades.length > 0);
  for (const { postOnly, timeInForce, secondsToClose, count } of result.orders) {
    assert.ok(postOnly && timeInForce === "good_till_canceled");
    assert.ok(secondsToClose >= MAKER.min_seconds && count <= MAKER.quote_contracts * 100);
  }
  for (const { isTaker, fee } of result.trades) assert.deepEqual([isTaker, fee], [false, 0], "makers pay nothing here");
  assert.ok(result.largestPart <= MAKER.max_position * 100);
  assert.deepEqual([result.settled, result.halts], [17, 0]);
  assert.equal((await run(...paths, { market_maker: {} })).hash, result.hash, "the same again");
});

Deno.test("recorded sessions: latency keeps still without spot prices of enough exchanges, and takes in its time with them", async () => {
  const paths = await data();
  if (paths === null) return;
  const few = await run(...paths, { latency: {} });
  assert.equal(few.orders.length, 0);
  assert.ok((few.reasons.get("latency few_exchanges") ?? 0) > 1_000);
  const result = await run(...paths, { latency: ONE_EXCHANGE });
  tell("latency", result);
  assert.ok(result.orders.length > 0);
  for (const { postOnly, timeInForce, secondsToClose } of result.orders) {
    assert.ok(!postOnly && timeInForce === "immediate_or_cancel");
    assert.ok(secondsToClose >= LATENCY.min_seconds && secondsToClose <= LATENCY.max_seconds);
  }
  assert.ok(result.largestPart <= LATENCY.max_contracts * 100);
  assert.deepEqual([result.settled, result.halts], [17, 0]);
});

Deno.test("recorded sessions: all strategies at once send orders, and none that would trade with another of ours", async () => {
  const paths = await data();
  if (paths === null) return;
  const all = { settlement_edge: {}, latency: ONE_EXCHANGE, market_maker: { min_spread: 0.02 }, hourly_no: {} };
  const result = await run(...paths, all);
  tell("all", result);
  const senders = new Set(result.orders.map(({ strategy }) => strategy));
  assert.deepEqual(
    [...senders].sort(),
    ["latency", "market_maker", "settlement_edge"],
    "no hourly market was recorded",
  );
  assert.deepEqual([result.settled, result.halts], [17, 0]);
  assert.equal((await run(...paths, all)).hash, result.hash, "the same again");
});
