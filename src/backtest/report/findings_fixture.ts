/**
 * The findings of trading that never was (trading_fixture.ts), worked out as a backtest does.
 * @module
 */

import { bootstrapSums } from "../../models/bootstrap.ts";
import { normals } from "../../models/volatility_fixture.ts";
import type {
  CalibrationBucket,
  EdgeBucket,
  EquityPoint,
  Estimate,
  Findings,
  GroupFigures,
  MarketChart,
  SearchFindings,
} from "../findings.ts";
import { at, type Execution, simulatedTrading, START_SECONDS, text, WORLD, type World } from "./trading_fixture.ts";

const CAPITAL = 10_000;
const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

export function simulatedFindings(world: World = WORLD): Findings {
  const { executions, charts } = simulatedTrading(world);
  return findingsOf(world, executions, charts);
}

/** Its 95 % interval counts markets; `null` below two. */
function meanEstimate(executions: readonly Execution[], value: (each: Execution) => number): Estimate {
  const groups = new Map<number, { sum: number; count: number }>();
  for (const each of executions) {
    const group = groups.get(each.market) ?? { sum: 0, count: 0 };
    group.sum += value(each);
    group.count++;
    groups.set(each.market, group);
  }
  const sums = [...groups.values()];
  const [sum, all] = [sums.reduce((total, each) => total + each.sum, 0), executions.length];
  const interval = bootstrapSums(sums, 1);
  return { value: all === 0 ? null : sum / all, interval: interval === null ? null : [interval.low, interval.high] };
}

const scaled = ({ value, interval }: Estimate, by: number): Estimate => ({
  value: value === null ? null : value * by,
  interval: interval === null ? null : [interval[0] * by, interval[1] * by],
});

function winRate(executions: readonly Execution[]): Estimate {
  const markets = new Map<number, number>();
  for (const { market, pnl } of executions) markets.set(market, (markets.get(market) ?? 0) + pnl);
  const sums = [...markets.values()].map((pnl) => ({ sum: pnl > 0 ? 1 : 0, count: 1 }));
  const interval = bootstrapSums(sums, 1);
  const wins = sums.reduce((total, { sum }) => total + sum, 0);
  return {
    value: sums.length === 0 ? null : wins / sums.length,
    interval: interval === null ? null : [interval.low, interval.high],
  };
}

const total = (executions: readonly Execution[], value: (each: Execution) => number): number =>
  executions.reduce((sum, each) => sum + value(each), 0);

function groupsBy(executions: readonly Execution[], nameOf: (each: Execution) => string): GroupFigures[] {
  const groups = new Map<string, Execution[]>();
  for (const each of executions) {
    const group = groups.get(nameOf(each)) ?? [];
    group.push(each);
    groups.set(nameOf(each), group);
  }
  return [...groups].map(([name, group]) => {
    let [sum, highest, fall] = [0, 0, 0];
    for (const { pnl } of group) {
      sum += pnl;
      highest = Math.max(highest, sum);
      fall = Math.max(fall, highest - sum);
    }
    const { interval } = scaled(meanEstimate(group, ({ pnl }) => pnl / 1_000_000), group.length);
    return {
      name,
      markets: new Set(group.map(({ market }) => market)).size,
      fills: group.length,
      contracts: total(group, ({ trade }) => trade.contracts),
      fees: text(total(group, ({ fee }) => fee)),
      pnl: { value: text(sum), interval },
      win_rate: winRate(group),
      turnover: text(total(group, ({ trade }) => Math.round(trade.price * 100) * trade.contracts * 10_000)),
      max_drawdown: text(fall),
    };
  });
}

function calibrationOf(executions: readonly Execution[]): CalibrationBucket[] {
  return Array.from({ length: 10 }, (_, k) => {
    const within = executions.filter(({ model }) => Math.min(9, Math.floor(model * 10)) === k);
    return {
      p_low: k / 10,
      p_high: (k + 1) / 10,
      n: within.length,
      mean_p: within.length === 0 ? null : total(within, ({ model }) => model) / within.length,
      yes_rate: meanEstimate(within, ({ yes }) => yes ? 1 : 0),
    };
  });
}

function edgesOf(executions: readonly Execution[]): EdgeBucket[] {
  const rims = [-0.05, 0, 0.01, 0.02, 0.03, 0.05, 0.1];
  return rims.slice(1).flatMap((high, k) => {
    const within = executions.filter(({ trade }) => trade.edge !== null && trade.edge >= rims[k] && trade.edge < high);
    if (within.length === 0) return [];
    return [{
      low: rims[k],
      high,
      fills: within.length,
      contracts: total(within, ({ trade }) => trade.contracts),
      edge: total(within, ({ trade }) => trade.edge ?? 0) / within.length,
      realised: meanEstimate(within, ({ trade, pnl }) => pnl / 1_000_000 / trade.contracts),
    }];
  });
}

function equityOf(executions: readonly Execution[]): EquityPoint[] {
  let [nav, highest] = [CAPITAL * 1_000_000, CAPITAL * 1_000_000];
  const points: EquityPoint[] = [{ at: at(START_SECONDS), nav: text(nav), drawdown: 0 }];
  for (const { trade, pnl } of executions) {
    nav += pnl;
    highest = Math.max(highest, nav);
    points.push({ at: trade.at, nav: text(nav), drawdown: 1 - nav / highest });
  }
  return points;
}

/** Parts that add up to the whole, in micro-dollars. */
function attributionOf(executions: readonly Execution[]): Findings["attribution"] {
  let [model, execution] = [0, 0];
  for (const { trade, mid, yes } of executions) {
    const signed = (trade.side === "bid" ? 1 : -1) * trade.contracts;
    model += Math.round(signed * ((yes ? 1 : 0) - mid) * 1_000_000);
    execution += Math.round(signed * (mid - trade.price) * 1_000_000);
  }
  const fees = -total(executions, ({ fee }) => fee);
  return { model: text(model), execution: text(execution), fees: text(fees), total: text(model + execution + fees) };
}

function findingsOf(world: World, unordered: readonly Execution[], charts: readonly MarketChart[]): Findings {
  const executions = unordered.toSorted((one, other) => one.trade.at < other.trade.at ? -1 : 1);
  const pnl = total(executions, (each) => each.pnl);
  const equity = equityOf(executions);
  const days = groupsBy(executions, ({ trade }) => trade.at.slice(0, 10));
  const { interval } = scaled(meanEstimate(executions, (each) => each.pnl / 1_000_000), executions.length);
  const traded = total(executions, ({ trade }) => trade.price * trade.contracts);
  const fees = text(total(executions, ({ fee }) => fee));
  const few: Estimate = { value: null, interval: null };
  const brier = (p: (each: Execution) => number) =>
    meanEstimate(executions, (each) => (p(each) - (each.yes ? 1 : 0)) ** 2);
  const logLoss = (p: (each: Execution) => number) =>
    meanEstimate(executions, (each) => -Math.log(each.yes ? p(each) : 1 - p(each)));
  return {
    kind: "backtest",
    title: "Bitcoin in 15 minutes, simulated",
    simulated_fills: true,
    simulated_market: true,
    provenance: {
      version: "0.0.0",
      command: ["kbot", "backtest", "path/to/simulated recording", "--report", "report.html"],
      data: [{ path: "simulated/seed", bytes: 48_211_904, sha256: "0".repeat(64) }],
      settings: { "strategies.settlement_edge.min_edge": 0.01, "risk.max_order_usd": 50 },
      decision_hash: "5".repeat(64),
    },
    summary: {
      from: executions.length === 0 ? at(START_SECONDS) : executions[0].trade.at,
      to: at(START_SECONDS + (world.markets / world.marketsPerDay) * 86_400),
      markets: world.markets,
      settled: world.markets,
      events: world.markets * 5_310,
      orders: executions.length * 2,
      fills: executions.length,
      contracts: total(executions, ({ trade }) => trade.contracts),
      starting_capital: text(CAPITAL * 1_000_000),
      nav: text(CAPITAL * 1_000_000 + pnl),
      fees,
      pnl: { value: text(pnl), interval },
      roi: {
        value: pnl / 1_000_000 / CAPITAL,
        interval: interval === null ? null : [interval[0] / CAPITAL, interval[1] / CAPITAL],
      },
      win_rate: winRate(executions),
      sharpe: days.length < 2 ? few : sharpeOf(days),
      sortino: few,
      calmar: few,
      max_drawdown: equity.reduce((most, { drawdown }) => Math.max(most, drawdown), 0),
      turnover: executions.length === 0 ? null : traded / CAPITAL,
      exposure_mean: executions.length === 0 ? null : 0.0061,
      exposure_max: executions.length === 0 ? null : 0.0242,
      brier: brier(({ model }) => model),
      brier_market: brier(({ mid }) => mid),
      brier_difference: meanEstimate(
        executions,
        ({ model, mid, yes }) => (model - (yes ? 1 : 0)) ** 2 - (mid - (yes ? 1 : 0)) ** 2,
      ),
      log_loss: logLoss(({ model }) => model),
      log_loss_market: logLoss(({ mid }) => mid),
    },
    attribution: attributionOf(executions),
    by: {
      strategy: groupsBy(executions, ({ trade }) => trade.strategy),
      series: groupsBy(executions, () => "KXBTC15M"),
      market: groupsBy(executions, ({ trade }) => trade.ticker),
      hour: groupsBy(executions, ({ trade }) => trade.at.slice(11, 13)).toSorted((a, b) => a.name < b.name ? -1 : 1),
      weekday: groupsBy(executions, ({ trade }) => WEEKDAYS[(new Date(trade.at).getUTCDay() + 6) % 7])
        .toSorted((a, b) => WEEKDAYS.indexOf(a.name) - WEEKDAYS.indexOf(b.name)),
      signal: groupsBy(executions, ({ trade }) => trade.signal),
    },
    edge: edgesOf(executions),
    calibration: calibrationOf(executions),
    equity,
    days: days.map(({ name, pnl: sum, fees: paid, fills }) => ({ day: name, pnl: sum.value, fees: paid, fills })),
    trades: executions.map(({ trade }) => trade),
    trades_left_out: 0,
    charts,
    fill_models: {
      model: "risk_averse",
      trades: world.markets * 310,
      pessimistic: {
        fills: Math.floor(executions.length * 0.7),
        contracts: "6205.00",
        fees,
        pnl: text(pnl - 61_400_000),
      },
      chosen: { fills: executions.length, contracts: "9911.00", fees, pnl: text(pnl) },
      optimistic: {
        fills: Math.floor(executions.length * 1.3),
        contracts: "12870.00",
        fees,
        pnl: text(pnl + 94_300_000),
      },
    },
    search: world.search === true ? searchOf(world.seed) : null,
    warnings: [
      "Every price, quote, fill and outcome of this report was simulated from a seed: it shows what a report looks like, not what kbot earns",
    ],
    problems: ["simulated.csv: 3 lines could not be read and were left out"],
    notes: ["Simulated quotes have no sizes: one contract is taken to stand at each"],
  };
}

/** Of the days' P&L, by the year of 365 days. */
function sharpeOf(days: readonly GroupFigures[]): Estimate {
  const values = days.map(({ pnl }) => Number(pnl.value));
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (values.length - 1));
  return { value: deviation === 0 ? null : mean / deviation * Math.sqrt(365), interval: null };
}

function searchOf(seed: number): SearchFindings {
  const normal = normals(seed + 2);
  const edges = [0.005, 0.01, 0.015, 0.02, 0.03];
  const fractions = [0.05, 0.1, 0.2, 0.4];
  const trials = edges.flatMap((min_edge, row) =>
    fractions.map((kelly_fraction, column) => {
      const stopped_early = row === 0 && column === 3;
      const objective = stopped_early
        ? null
        : 1.6 - Math.abs(row - 2) * 0.9 - Math.abs(column - 1) * 0.5 + 0.3 * normal();
      return {
        number: row * fractions.length + column + 1,
        parameters: { min_edge, kelly_fraction },
        objective,
        pnl: objective === null ? null : text(Math.round(objective * 40) * 1_000_000),
        fills: 420 - row * 70 + column * 11,
        stopped_early,
      };
    })
  );
  return {
    method: "grid",
    objective: "Sharpe ratio",
    trials,
    by_ratio: ["min_edge"],
    expected_best_by_chance: 1.87,
    deflated_sharpe: 0.41,
    overfitting_probability: 0.34,
    walk_forward: Array.from({ length: 5 }, (_, k) => ({
      train_from: at(START_SECONDS + k * 86_400),
      train_to: at(START_SECONDS + (k + 4) * 86_400),
      test_from: at(START_SECONDS + (k + 4) * 86_400),
      test_to: at(START_SECONDS + (k + 5) * 86_400),
      parameters: { min_edge: 0.015, kelly_fraction: k < 3 ? 0.1 : 0.2 },
      train_objective: 1.4 + 0.2 * normal(),
      test_objective: k === 2 ? null : 0.3 + 0.6 * normal(),
      test_pnl: k === 2 ? null : text(Math.round(12 * normal()) * 1_000_000),
    })),
  };
}
