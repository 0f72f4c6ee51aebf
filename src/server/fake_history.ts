/**
 * What a store remembers, for tests of the server and for the page without a run.
 * @module
 */

import type { TradeView } from "../engine/view.ts";
import type {
  AuditEntryView,
  AuditPage,
  AuditQuery,
  HaltChangesPage,
  HaltChangeView,
  HistorySources,
  KnownHaltView,
  PerformanceAnswer,
  PerformanceQuery,
  StrategyDeclaration,
  TradesPage,
  TradesQuery,
} from "./history.ts";
import type { PerformanceView } from "./api/performance_shapes.ts";
import { parseTime } from "../core/units.ts";

const AT = "2026-09-25T19:00:00.000Z";

export const SAMPLE_DECLARATION: StrategyDeclaration = {
  title: "Settlement edge",
  parameters: [
    {
      name: "enabled",
      value: true,
      preset: true,
      description: "Whether it runs from the start",
      allowed: "true or false",
      changeable: false,
    },
    {
      name: "min_edge",
      value: 0.03,
      preset: 0.03,
      description: "Least net edge (dollars)",
      allowed: "a number from 0 to 1",
      changeable: true,
    },
    {
      name: "kelly_fraction",
      value: 0.2,
      preset: 0.25,
      description: "Part of full Kelly",
      allowed: "a number from 0 to 1",
      changeable: true,
    },
    {
      name: "use_flow",
      value: false,
      preset: false,
      description: "Whether it looks at order flow",
      allowed: "true or false",
      changeable: true,
    },
    {
      name: "series",
      value: ["KXBTC15M", "KXETH15M"],
      preset: ["KXBTC15M", "KXETH15M"],
      description: "What it trades",
      allowed: "series",
      changeable: true,
    },
  ],
};

const ENTRIES: readonly AuditEntryView[] = [
  { at: "2026-09-25T18:59:30.000Z", event: "resumed", ticker: null, text: "kill: by the page" },
  { at: "2026-09-25T18:58:00.000Z", event: "halted", ticker: null, text: "Kill switch, by the page" },
  {
    at: "2026-09-25T18:57:12.500Z",
    event: "refused",
    ticker: "KXBTC15M-26SEP251515-15",
    text: "market_cap: Market KXBTC15M-26SEP251515-15: 990.000000 at risk and 22.500000 more, allowed 1000.000000",
  },
];

const HALTS: readonly KnownHaltView[] = [
  {
    name: "kill",
    active: false,
    persistent: true,
    level: "halted",
    reason: "Kill switch, by the page",
    at: "2026-09-25T18:59:30.000Z",
  },
];

const KILL = { name: "kill", kind: "kill", scope: "whole", subject: null, level: "halted", persistent: true } as const;
const STALE = {
  name: "feed_stale ETHUSD_RTI",
  kind: "feed_stale",
  scope: "index",
  subject: "ETHUSD_RTI",
  level: "halted",
  persistent: false,
  by: null,
} as const;

const CHANGES: readonly HaltChangeView[] = [
  { at: "2026-09-25T18:59:30.000Z", change: "lifted", ...KILL, by: "page", reason: "Lifted by page" },
  { at: "2026-09-25T18:58:00.000Z", change: "begun", ...KILL, by: "page", reason: "Kill switch, by page" },
  { at: "2026-09-25T18:41:07.250Z", change: "lifted", ...STALE, reason: "Index ETHUSD_RTI is heard again" },
  { at: "2026-09-25T18:40:59.000Z", change: "begun", ...STALE, reason: "Index ETHUSD_RTI is 6 s old, allowed 5" },
];

const none = { value: null, interval: null };

const PERFORMANCE: PerformanceView = {
  kind: "paper",
  title: "paper at sim",
  simulated_fills: true,
  simulated_market: true,
  summary: {
    from: "2026-09-25T18:00:00.000Z",
    to: AT,
    markets: 12,
    settled: 12,
    events: 640,
    orders: 61,
    fills: 38,
    contracts: 410,
    starting_capital: "10000.000000",
    nav: "10023.456789",
    fees: "4.870000",
    pnl: { value: "23.456789", interval: [-11.2, 58.1] },
    roi: { value: 0.002346, interval: [-0.00112, 0.00581] },
    win_rate: { value: 0.6667, interval: [0.41, 0.92] },
    sharpe: none,
    sortino: none,
    calmar: none,
    max_drawdown: 0.0019,
    turnover: 0.021,
    exposure_mean: 0.004,
    exposure_max: 0.0065,
    brier: { value: 0.212, interval: [0.17, 0.26] },
    brier_market: { value: 0.219, interval: [0.18, 0.27] },
    brier_difference: { value: -0.007, interval: [-0.02, 0.006] },
    log_loss: { value: 0.61, interval: [0.53, 0.7] },
    log_loss_market: { value: 0.63, interval: [0.55, 0.72] },
  },
  attribution: { model: "30.100000", execution: "-1.773211", fees: "-4.870000", total: "23.456789" },
  by: {
    strategy: [{
      name: "settlement_edge",
      markets: 12,
      fills: 38,
      contracts: 410,
      fees: "4.870000",
      pnl: { value: "23.456789", interval: [-11.2, 58.1] },
      win_rate: { value: 0.6667, interval: [0.41, 0.92] },
      turnover: "210.400000",
      max_drawdown: "19.000000",
    }],
    series: [],
    market: [],
    hour: [],
    weekday: [],
    signal: [],
  },
  edge: [{
    low: 0.03,
    high: 0.04,
    fills: 20,
    contracts: 210,
    edge: 0.034,
    realised: { value: 0.05, interval: [-0.04, 0.13] },
  }],
  calibration: [
    { p_low: 0.5, p_high: 0.6, n: 18, mean_p: 0.55, yes_rate: { value: 0.56, interval: [0.33, 0.78] } },
    { p_low: 0.6, p_high: 0.7, n: 0, mean_p: null, yes_rate: none },
  ],
  equity: [
    { at: "2026-09-25T18:00:00.000Z", nav: "10000.000000", drawdown: 0 },
    { at: AT, nav: "10023.456789", drawdown: 0 },
  ],
  days: [{ day: "2026-09-25", pnl: "23.456789", fees: "4.870000", fills: 38 }],
  warnings: ["The market data is a simulator's: nothing here says what would be earned at an exchange"],
  computed_at: AT,
};

export class FakeHistory implements HistorySources {
  /** What was asked of {@link performance}. */
  readonly asked: PerformanceQuery[] = [];
  /** What it answers. */
  answer: PerformanceAnswer = { ok: true, performance: PERFORMANCE };
  readonly #trades: () => readonly TradeView[];

  constructor(trades: () => readonly TradeView[]) {
    this.#trades = trades;
  }

  trades({ limit, before, strategy, market, day }: TradesQuery): Promise<TradesPage> {
    const all = this.#trades();
    const from = before === undefined ? 0 : all.findIndex((trade) => trade.tradeId === before) + 1;
    const fitting = all.slice(from).filter((trade) =>
      (strategy === undefined || trade.strategy === strategy) && (market === undefined || trade.ticker === market) &&
      (day === undefined || trade.at.startsWith(day))
    );
    const trades = fitting.slice(0, limit);
    return Promise.resolve({ trades, next: trades.length < limit ? null : trades.at(-1)?.tradeId ?? null });
  }

  audit({ limit, before = Infinity, events }: AuditQuery): Promise<AuditPage> {
    const fitting = ENTRIES.filter(({ at, event }) =>
      (parseTime(at) ?? 0) < before && (events === undefined || events.includes(event))
    );
    const entries = fitting.slice(0, limit);
    return Promise.resolve({ entries, next: entries.length < limit ? null : entries.at(-1)?.at ?? null });
  }

  halts(): Promise<readonly KnownHaltView[]> {
    return Promise.resolve(HALTS);
  }

  haltChanges({ limit, before = Infinity }: Pick<AuditQuery, "limit" | "before">): Promise<HaltChangesPage> {
    const fitting = CHANGES.filter(({ at }) => (parseTime(at) ?? 0) < before);
    const changes = fitting.slice(0, limit);
    return Promise.resolve({ changes, next: changes.length < limit ? null : changes.at(-1)?.at ?? null });
  }

  performance(query: PerformanceQuery): Promise<PerformanceAnswer> {
    this.asked.push(query);
    return Promise.resolve(this.answer);
  }
}
