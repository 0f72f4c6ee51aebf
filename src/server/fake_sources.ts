/**
 * Stands in for the runner in tests of the server and of the page: a believable account that a test can change.
 * @module
 */

import type {
  EngineView,
  HaltView,
  IndexView,
  MarketView,
  OrderView,
  PositionView,
  SpotView,
  TradeView,
} from "../engine/view.ts";
import { FakeHistory, SAMPLE_DECLARATION } from "./fake_history.ts";
import { FakePrices } from "./fake_prices.ts";
import type { DepthView, MarketSources, QuoteView } from "./market_detail.ts";
import type { StrategyDeclaration } from "./history.ts";
import type { Change, OperatorAnswer, OperatorRequest, ParametersRequest, ServerSources } from "./sources.ts";
import type { LogLevel, LogLine, PortfolioPoint, RunStatus } from "./status.ts";

const START_MS = Date.UTC(2026, 8, 25, 19, 0, 0);
const timeAt = (seconds: number): string => new Date(START_MS + seconds * 1_000).toISOString();

const WANTED = { side: "bid", price: "0.5500", count: "20.00", signal: "momentum_confirmation", rests: true } as const;

export function sampleMarket(ticker: string, changes: Partial<MarketView> = {}): MarketView {
  return {
    ticker,
    status: "active",
    bookPhase: "synced",
    bid: "0.5400",
    bidSize: "320.00",
    ask: "0.5600",
    askSize: "145.00",
    spread: "0.0200",
    strike: 84_100,
    strikeTo: null,
    strikeType: "greater_or_equal",
    index: "BRTI",
    modelProbability: 0.5873,
    modelError: 0.0124,
    edge: 0.0142,
    edgeSide: "yes",
    openTime: timeAt(-400),
    closeTime: timeAt(500),
    secondsToClose: 500,
    settlement: null,
    whyNot: null,
    stances: [],
    ...changes,
  };
}

export function sampleTrade(tradeId: string, changes: Partial<TradeView> = {}): TradeView {
  return {
    tradeId,
    at: timeAt(-12),
    ticker: "KXBTC15M-26SEP251515-15",
    side: "bid",
    price: "0.5500",
    count: "12.00",
    fee: "0.210000",
    isTaker: true,
    strategy: "settlement_edge",
    signal: "delay_capture",
    modelProbability: 0.588,
    edge: 0.014,
    realised: "0.000000",
    ...changes,
  };
}

const samplePosition = (ticker: string, changes: Partial<PositionView> = {}): PositionView => ({
  ticker,
  side: "yes",
  count: "42.00",
  averagePrice: "0.5314",
  cost: "22.318800",
  value: "23.100000",
  unrealised: "0.781200",
  realised: "0.000000",
  fees: "0.730000",
  ...changes,
});

const sampleOrder = (clientOrderId: string, changes: Partial<OrderView> = {}): OrderView => ({
  clientOrderId,
  orderId: `sim-${clientOrderId}`,
  ticker: "KXBTC15M-26SEP251515-15",
  side: "bid",
  price: "0.5300",
  count: "20.00",
  filled: "8.00",
  queueAhead: "310.00",
  phase: "resting",
  strategy: "settlement_edge",
  signal: "baseline_gap",
  sentAt: timeAt(-40),
  ...changes,
});

const sampleIndex = (index: string, value: number, ageMs: number, volatility: number): IndexView => ({
  index,
  value,
  source: "official",
  since: timeAt(-800),
  why: "It was heard first",
  correction: 0,
  sources: [{ source: "official", exchange: null, value, ageMs, well: true, basis: null }],
  ageMs,
  volatility,
  volatilityChoice: null,
});

const samplePrice = (exchange: string, asset: string, changes: Partial<SpotView>): SpotView => ({
  exchange,
  asset,
  state: "live",
  bid: 84_121.1,
  ask: 84_121.6,
  last: 84_121.6,
  vwap: 84_118.27,
  volume: 12.5,
  weight: 0.2,
  ageMs: 240,
  latencyMs: 40,
  ...changes,
});

/** A quarter hour in the life of a small account. */
export function sampleView(changes: Partial<EngineView> = {}): EngineView {
  const btc = "KXBTC15M-26SEP251515-15";
  const eth = "KXETH15M-26SEP251515-15";
  return {
    at: timeAt(0),
    execution: "paper",
    account: {
      startingCapital: "10000.000000",
      cash: "9958.412300",
      nav: "10023.456789",
      exposure: "65.044489",
      dailyPnl: "23.456789",
      realised: "22.100000",
      unrealised: "1.356789",
      fees: "4.870000",
      orders: 61,
      fills: 38,
      settled: 12,
      wins: 8,
      losses: 4,
      paperBounds: null,
    },
    indices: [
      sampleIndex("BRTI", 84_123.45, 180, 0.000_21),
      sampleIndex("ETHUSD_RTI", 3_412.07, 420, 0.000_28),
    ],
    prices: [
      samplePrice("coinbase", "BTC", { weight: 0.41, ageMs: 120, latencyMs: 34 }),
      samplePrice("kraken", "BTC", { state: "stale", weight: 0, ageMs: 34_000, latencyMs: 52 }),
    ],
    flows: [],
    settlementChecks: {
      venueCompared: 0,
      venueDiffering: 0,
      venueIncomplete: 0,
      results: 0,
      resultsAgreeA: 0,
      resultsAgreeB: 0,
    },
    markets: [
      sampleMarket(btc, {
        stances: [
          {
            strategy: "settlement_edge",
            edge: 0.0142,
            edgeSide: "yes",
            confidence: 0.92,
            targets: [WANTED],
            code: null,
            whyNot: null,
          },
          {
            strategy: "market_making",
            edge: null,
            edgeSide: null,
            confidence: null,
            targets: [],
            code: "stopped",
            whyNot: "Strategy market_making is stopped",
          },
        ],
      }),
      sampleMarket(eth, {
        bid: "0.3100",
        ask: "0.3400",
        spread: "0.0300",
        bidSize: "88.00",
        askSize: "1240.00",
        strike: 3_415,
        index: "ETHUSD_RTI",
        modelProbability: 0.3302,
        edge: -0.0071,
        edgeSide: "no",
        whyNot: "Edge below the least wanted",
        stances: [
          {
            strategy: "settlement_edge",
            edge: -0.0071,
            edgeSide: "no",
            confidence: null,
            targets: [],
            code: "no_edge",
            whyNot: "Edge below the least wanted",
          },
          {
            strategy: "market_making",
            edge: null,
            edgeSide: null,
            confidence: null,
            targets: [],
            code: "stopped",
            whyNot: "Strategy market_making is stopped",
          },
        ],
      }),
      sampleMarket("KXBTC15M-26SEP251530-30", {
        status: "initialized",
        bookPhase: "empty",
        bid: null,
        bidSize: null,
        ask: null,
        askSize: null,
        spread: null,
        strike: null,
        strikeType: null,
        modelProbability: null,
        modelError: null,
        edge: null,
        edgeSide: null,
        openTime: timeAt(500),
        closeTime: timeAt(1_400),
        secondsToClose: 1_400,
        whyNot: "Not open yet",
      }),
      sampleMarket("KXETH15M-26SEP251530-30", {
        bookPhase: "stale",
        bid: "0.0555",
        ask: null,
        askSize: null,
        spread: null,
        strike: 3_401.5,
        index: "ETHUSD_RTI",
        closeTime: timeAt(1_400),
        secondsToClose: 1_400,
        whyNot: "Book is stale: gap in the sequence, waiting for a snapshot",
      }),
    ],
    positions: [
      samplePosition(btc),
      samplePosition(eth, { side: "no", count: "64.50", averagePrice: "0.6610", unrealised: "-0.322500" }),
    ],
    orders: [
      sampleOrder("k-000061"),
      sampleOrder("k-000060", {
        ticker: eth,
        side: "ask",
        price: "0.3500",
        phase: "unknown",
        filled: "0.00",
        queueAhead: null,
      }),
    ],
    trades: Array.from(
      { length: 9 },
      (_, k) =>
        sampleTrade(`t-${38 - k}`, {
          at: timeAt(-12 - k * 47),
          ticker: k % 3 === 1 ? eth : btc,
          side: k % 2 === 0 ? "bid" : "ask",
          isTaker: k % 4 !== 0,
          realised: k % 2 === 0 ? "0.000000" : k % 3 === 0 ? "-1.120000" : "3.480000",
        }),
    ),
    settlements: Array.from({ length: 5 }, (_, k) => ({
      ticker: `KX${k % 2 === 0 ? "BTC" : "ETH"}15M-26SEP25${1500 - k * 15}-00`,
      at: timeAt(-k * 900 - 2),
      result: k % 2 === 0 ? "yes" : "no",
      position: k === 2 ? "-18.00" : "25.00",
      payout: k === 2 ? "0.000000" : "25.000000",
      pnl: k === 2 ? "-8.460000" : "11.250000",
    })),
    state: { state: "active", reason: "" },
    halts: [],
    refused: [{
      at: "2026-11-20T12:04:59.500000Z",
      market: "KXBTC15M-26NOV200715-15",
      strategy: "settlement_edge",
      code: "market_cap",
      rule: "Cap of one market",
      limit: "1000.000000 dollars",
      value: "1012.500000 dollars",
      text: "Market KXBTC15M-26NOV200715-15: 990.000000 at risk and 22.500000 more, allowed 1000.000000",
    }],
    limits: [
      { name: "daily_loss", used: "0.00", limit: "500.00" },
      { name: "open_exposure", used: "65.04", limit: "2000.00" },
      { name: "market_exposure", used: "42.60", limit: "60.00" },
      { name: "open_orders", used: "2", limit: "50" },
    ],
    strategies: [
      {
        name: "settlement_edge",
        running: true,
        phase: "active",
        reason: "",
        state: "active",
        kept: null,
        ownHalt: false,
        losses: 1,
        budget: "2000.000000",
        inUse: "310.500000",
        dayPnl: "12.250000",
      },
      {
        name: "market_making",
        running: false,
        phase: "stopped",
        reason: "by the page",
        state: "halted",
        kept: "Strategy market_making is stopped. Ends: kbot strategy start market_making",
        ownHalt: false,
        losses: 0,
        budget: "0.000000",
        inUse: "0.000000",
        dayPnl: null,
      },
    ],
    counters: { inputs: 182_344, decisions: 61, refusals: { "Edge below the least wanted": 41_112 }, gaps: 1 },
    keptBack: {
      watchedSeconds: 14_400,
      reasons: [
        {
          strategy: "settlement_edge",
          code: "no_edge",
          seconds: 9_360,
          share: 0.65,
          ticker: eth,
          text: "Best net edge -0.0071, wanted 0.0300",
        },
        {
          strategy: "market_making",
          code: "stopped",
          seconds: 3_600,
          share: 0.25,
          ticker: btc,
          text: "Strategy market_making is stopped",
        },
      ],
    },
    decisionHash: "9f2c4be1a07d55e3",
    ...changes,
  };
}

export function sampleStatus(changes: Partial<RunStatus> = {}): RunStatus {
  return {
    version: "0.1.0",
    mode: "paper",
    venue: "simulated exchange",
    simulated: true,
    run: "20260925T184500Z-7",
    startedAt: timeAt(-3_725),
    uptimeSeconds: 3_725,
    stateDirectory: "/home/trader/.local/state/kbot",
    journal: "/home/trader/.local/state/kbot/journal/20260925T184500Z-7",
    cluster: null,
    feeds: [
      {
        name: "coinbase",
        kind: "spot",
        by: "socket",
        messages: 51_204,
        refused: { "price jumps": 2 },
        reconnects: 1,
        ageMs: 180,
        latencyMs: 34,
        trouble: null,
      },
      {
        name: "kraken",
        kind: "spot",
        by: "none",
        messages: 20_110,
        refused: {},
        reconnects: 3,
        ageMs: 9_400,
        latencyMs: 52,
        trouble: "Kraken: connection closed (1006); trying again in 4 s",
      },
    ],
    lag: { journalMs: 3.2, storeRecords: 12 },
    venueHealth: {
      connected: true,
      requests: 412,
      requestErrors: 1,
      requestLatencyMs: 3.4,
      frames: 91_220,
      refused: {},
      unknownFields: {},
      paths: { data: "own socket and byte parser", orders: "own connections" },
      cashByShard: { "0": "60.00", "2": "40.00" },
      sweep: null,
      clockOffsetMs: -2,
      trouble: null,
      lacking: null,
    },
    tape: null,
    alerts: { channels: [], recent: [], unsaid: { repeated: 0, ignored: 0 } },
    ready: { ok: true, reasons: [] },
    clock: { now: timeAt(0), speed: 1 },
    ...changes,
  };
}

const LOG_LINES_MAX = 1_000;

export class FakeSources implements ServerSources {
  engine: EngineView;
  run: RunStatus;
  readonly prices = new FakePrices();
  readonly markets: MarketSources = {
    at: () => this.engine.at,
    depth: (ticker, levels) => this.#depth(ticker, levels),
    quotes: (ticker) => this.engine.markets.some((row) => row.ticker === ticker) ? this.quotes : null,
  };
  /** What every market was quoted at before; a test may say otherwise. */
  quotes: readonly QuoteView[] = Array.from({ length: 60 }, (_, k) => ({
    at: timeAt((k - 60) * 6),
    bid: (0.44 + k * 0.0015 + (k % 7) * 0.002).toFixed(4),
    ask: k === 30 ? null : (0.46 + k * 0.0015 + (k % 5) * 0.002).toFixed(4),
    modelProbability: k < 5 ? null : 0.47 + k * 0.002,
  }));
  readonly history = new FakeHistory(() => this.engine.trades);
  readonly requests: OperatorRequest[] = [];
  readonly parameterRequests: ParametersRequest[] = [];
  #declaration = SAMPLE_DECLARATION;
  /** What the next controls answer; accepted and put into effect where `null`. */
  answer: OperatorAnswer | null = null;
  #lines: LogLine[] = [];
  #number = 0;
  readonly #listeners = new Set<(what: Change) => void>();

  constructor(engine: EngineView = sampleView(), run: RunStatus = sampleStatus()) {
    this.engine = engine;
    this.run = run;
  }

  /** Those that the examples of the document are of. */
  static forExamples(): FakeSources {
    const sources = new FakeSources();
    sources.log("Following 4 markets");
    sources.log("Book of KXBTC15M-26SEP251515-15 is synced");
    return sources;
  }

  change(changes: Partial<EngineView>): void {
    this.engine = { ...this.engine, ...changes };
    this.#tell("view");
  }

  changeMarket(ticker: string, changes: Partial<MarketView>): void {
    const markets = this.engine.markets.map((row) => row.ticker === ticker ? { ...row, ...changes } : row);
    this.change({ markets });
  }

  trade(trade: TradeView): void {
    this.engine = { ...this.engine, trades: [trade, ...this.engine.trades].slice(0, 50) };
    this.#tell("trade");
  }

  changeStatus(changes: Partial<RunStatus>): void {
    this.run = { ...this.run, ...changes };
    this.#tell("health");
  }

  log(text: string, level: LogLevel = "info", logger = "engine"): void {
    this.#number++;
    this.#lines.push({ number: this.#number, at: this.engine.at, level, logger, text });
    if (this.#lines.length > LOG_LINES_MAX) this.#lines = this.#lines.slice(-LOG_LINES_MAX / 2);
    this.#tell("log");
  }

  view(): EngineView {
    return this.engine;
  }

  status(): RunStatus {
    return this.run;
  }

  logs(after: number, limit: number): readonly LogLine[] {
    return this.#lines.filter((line) => line.number > after).slice(-limit);
  }

  strategy(name: string): StrategyDeclaration | null {
    return this.engine.strategies.some((row) => row.name === name) ? this.#declaration : null;
  }

  portfolio(limit: number): Promise<readonly PortfolioPoint[]> {
    const points = Array.from({ length: 60 }, (_, k) => ({
      at: timeAt((k - 60) * 60),
      nav: (10_000 + k * 0.35 + Math.sin(k / 4) * 4 + Math.sin(k / 1.7) * 1.5).toFixed(6),
      cash: "9958.412300",
    }));
    return Promise.resolve(points.slice(-limit));
  }

  /** Around the best prices, a cent apart, the farther the thicker. */
  #depth(ticker: string, levels: number): DepthView | null {
    const row = this.engine.markets.find((market) => market.ticker === ticker);
    if (row === undefined) return null;
    const side = (best: string | null, size: string | null, step: number) =>
      best === null ? [] : Array.from({ length: Math.min(levels, 6) }, (_, k) => ({
        price: (Number(best) + k * step).toFixed(4),
        count: k === 0 && size !== null ? size : (180 + 65 * k).toFixed(2),
      }));
    const { bookPhase: phase, bid, bidSize, ask, askSize } = row;
    return { phase, updatedAt: this.engine.at, bids: side(bid, bidSize, -0.01), asks: side(ask, askSize, 0.01) };
  }

  operate(request: OperatorRequest): Promise<OperatorAnswer> {
    this.requests.push(request);
    return Promise.resolve(this.answer ?? this.#obey(request));
  }

  /** Fractions lie from 0 to 1; all else is taken. */
  changeParameters(request: ParametersRequest): Promise<OperatorAnswer> {
    this.parameterRequests.push(request);
    const { strategy, values } = request;
    const wrong = Object.entries(values).find(([_, value]) => typeof value === "number" && !(value >= 0 && value <= 1));
    if (wrong !== undefined) {
      const [name, found] = wrong;
      const text = `strategies.${strategy}.${name}: Found ${found}, allowed is a number from 0 to 1`;
      return Promise.resolve({ accepted: false, text });
    }
    const parameters = this.#declaration.parameters.map((row) => ({ ...row, value: values[row.name] ?? row.value }));
    this.#declaration = { ...this.#declaration, parameters };
    return Promise.resolve({ accepted: true, text: `Changed: ${Object.keys(values).join(", ") || "nothing"}` });
  }

  onChange(listener: (what: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #obey({ command, subject, via }: OperatorRequest): OperatorAnswer {
    if (command === "kill") {
      const reason = `Kill switch, by ${via}`;
      this.change({
        state: { state: "halted", reason },
        halts: [this.#halt("kill_switch", reason, "halted")],
        orders: [],
      });
      return { accepted: true, text: "Halted: 2 orders cancelled, none left" };
    }
    if (command === "reduce") {
      const reason = `Only what closes goes out, by ${via}`;
      this.change({ state: { state: "reducing", reason }, halts: [this.#halt("reduce", reason, "reducing")] });
      return { accepted: true, text: "Only what closes goes out" };
    }
    if (command === "resume") {
      this.change({ state: { state: "active", reason: "" }, halts: [] });
      return { accepted: true, text: "Resumed" };
    }
    const phase = command === "start_strategy" ? "active" : command === "stop_strategy" ? "stopped" : "winding_up";
    const running = phase === "active";
    this.change({
      strategies: this.engine.strategies.map((row) =>
        row.name === subject ? { ...row, running, phase, reason: `by ${via}` } : row
      ),
    });
    return { accepted: true, text: `${subject} is ${phase}` };
  }

  #halt(name: string, reason: string, level: HaltView["level"]): HaltView {
    const whole = { scope: "whole", subject: null, ends: "kbot resume" } as const;
    return { name, reason, persistent: true, since: this.engine.at, level, ...whole };
  }

  #tell(what: Change): void {
    for (const listener of this.#listeners) listener(what);
  }
}
