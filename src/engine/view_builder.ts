/**
 * Makes the {@link EngineView} from the engine's state.
 * @module
 */

import {
  count,
  formatCount,
  formatMoney,
  formatPrice,
  formatTime,
  type Micros,
  money,
  type Price,
  price,
} from "../core/units.ts";
import type { SpotInput } from "../core/input.ts";
import type { SettlementRecord, StateRecord, TradeRecord } from "../core/record.ts";
import { type Position, positionValue } from "../execution/ledger.ts";
import type { OrderState } from "../execution/order_state.ts";
import type { PaperComparison, PaperFigures } from "../execution/paper.ts";
import { canaryAt, type CanaryRule } from "../risk/canary.ts";
import { shareOf } from "../risk/limits.ts";
import type { Engine } from "./engine.ts";
import { indexView } from "./index_shown.ts";
import { marketView } from "./market_shown.ts";
import type { NotedRefusal } from "./order_entry.ts";
import { QuoteHistory, type QuotePoint } from "./quote_history.ts";
import { ReasonTally } from "./reason_tally.ts";
import { haltViews, stateView, strategyState } from "./state_view.ts";
import type {
  AccountView,
  EngineView,
  LimitView,
  OrderView,
  PaperBoundsView,
  PaperFiguresView,
  PositionView,
  RefusalView,
  SettlementView,
  SpotView,
  StrategyStateView,
  TradeView,
} from "./view.ts";

const TRADES_SHOWN = 100;
const SETTLEMENTS_SHOWN = 50;

/** Keeps the newest trades and settlements as they are recorded, because the engine itself forgets them. */
export class ViewBuilder {
  readonly #engine: Engine;
  readonly #trades: TradeView[] = [];
  readonly #settlements: SettlementView[] = [];
  readonly #reasons = new ReasonTally();
  readonly #quotes = new QuoteHistory();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Must see every record that the engine emits. */
  observe(record: StateRecord): void {
    if (record.kind === "trade") {
      this.#trades.unshift(tradeView(record));
      if (this.#trades.length > TRADES_SHOWN) this.#trades.pop();
    } else if (record.kind === "settlement") {
      this.#settlements.unshift(settlementView(record));
      if (this.#settlements.length > SETTLEMENTS_SHOWN) this.#settlements.pop();
    }
  }

  /** Time passes: what is kept back is counted, and what is quoted remembered. */
  tick(): void {
    const { now, desk, markets } = this.#engine;
    this.#reasons.look(now, desk, markets.values());
    this.#quotes.look(now, markets);
  }

  /** What a market was quoted at since it was first followed, oldest first. */
  quotes(ticker: string): readonly QuotePoint[] {
    return this.#quotes.of(ticker);
  }

  build(): EngineView {
    const engine = this.#engine;
    const { desk } = engine;
    return {
      at: formatTime(engine.now),
      execution: engine.options.execution,
      account: accountView(engine),
      indices: [...engine.indices.values()].map((index) => indexView(engine, index)),
      prices: [...engine.spot.all()].map((spot) => spotView(spot, engine.now)),
      flows: [...engine.flows.explain()].map(([series, explanation]) => ({ series, ...explanation })),
      settlementChecks: { ...engine.settlements.counts },
      markets: [...engine.markets.values()].map((state) => marketView(engine, state)),
      positions: [...desk.ledger.positions()].filter((position) => position.position !== 0)
        .map((position) => positionView(position, engine.markets.get(position.ticker)?.mark ?? null)),
      orders: [...desk.orders.open()].map(orderView),
      trades: [...this.#trades],
      settlements: [...this.#settlements],
      state: stateView(engine),
      halts: haltViews(engine),
      limits: limitViews(engine),
      refused: desk.notedRefusals.toReversed().map(refusalView),
      strategies: engine.strategies.names.map((name) => strategyStateView(engine, name)),
      counters: {
        inputs: engine.inputs,
        decisions: engine.decisions,
        refusals: Object.fromEntries(desk.refusals),
        gaps: engine.gaps,
      },
      keptBack: this.#reasons.view(engine.now),
      decisionHash: engine.decisionHash,
    };
  }
}

function strategyStateView(engine: Engine, name: string): StrategyStateView {
  const { strategies, desk } = engine;
  const { phase, reason } = strategies.of(name);
  const budget = desk.budget(name);
  const pnl = desk.dayPnl(name);
  return {
    name,
    running: phase === "active",
    phase,
    reason,
    ...strategyState(engine, name),
    budget: budget === null ? null : formatMoney(budget),
    inUse: formatMoney(desk.exposure.inUse(name)),
    dayPnl: pnl === null ? null : formatMoney(pnl),
  };
}

function accountView({ desk }: Engine): AccountView {
  const { ledger, nav, paperComparison } = desk;
  return {
    startingCapital: formatMoney(ledger.startingCapital),
    cash: formatMoney(ledger.cash),
    nav: formatMoney(nav),
    exposure: formatMoney(ledger.exposure()),
    dailyPnl: formatMoney(money(nav - desk.dayStartNav)),
    realised: formatMoney(ledger.realised),
    unrealised: formatMoney(money(nav - ledger.cash - ledger.exposure())),
    fees: formatMoney(ledger.fees),
    orders: desk.totals.orders,
    fills: desk.totals.fills,
    settled: ledger.settled,
    wins: ledger.wins,
    losses: ledger.losses,
    paperBounds: paperComparison === null ? null : paperBoundsView(paperComparison),
  };
}

/** The same orders by three fill models. */
export function paperBoundsView({ model, trades, pessimistic, chosen, optimistic }: PaperComparison): PaperBoundsView {
  const figures = (of: PaperFigures): PaperFiguresView => ({
    fills: of.fills,
    contracts: formatCount(of.contracts),
    fees: formatMoney(of.fees),
    pnl: formatMoney(of.pnl),
  });
  return { model, trades, pessimistic: figures(pessimistic), chosen: figures(chosen), optimistic: figures(optimistic) };
}

function spotView(spot: SpotInput, at: Micros): SpotView {
  const { exchange, asset, state, bid, ask, last, vwap, volume, weight, age, latency } = spot;
  return {
    exchange,
    asset,
    state,
    bid,
    ask,
    last,
    vwap,
    volume,
    weight,
    ageMs: age === null ? null : Math.round((age + at - spot.at) / 1_000),
    latencyMs: latency === null ? null : latency / 1_000,
  };
}

function positionView(position: Position, mark: Price | null): PositionView {
  const held = Math.abs(position.position);
  const value = positionValue(position, mark);
  return {
    ticker: position.ticker,
    side: position.position > 0 ? "yes" : "no",
    count: formatCount(count(held)),
    averagePrice: formatPrice(price(Math.round(position.cost / held))),
    cost: formatMoney(position.cost),
    value: formatMoney(value),
    unrealised: formatMoney(money(value - position.cost)),
    realised: formatMoney(position.realised),
    fees: formatMoney(position.fees),
  };
}

function orderView({ intent, terms, orderId, filled, queueAhead, phase, sentAt }: OrderState): OrderView {
  return {
    clientOrderId: intent.clientOrderId,
    orderId,
    ticker: intent.ticker,
    side: intent.side,
    price: formatPrice(terms.price),
    count: formatCount(terms.count),
    filled: formatCount(filled),
    queueAhead: queueAhead === null ? null : formatCount(queueAhead),
    phase,
    strategy: intent.strategy,
    signal: intent.signal,
    sentAt: formatTime(sentAt),
  };
}

/** A stored trade as people see it. */
export function tradeView(record: TradeRecord): TradeView {
  return {
    tradeId: record.tradeId,
    at: formatTime(record.at),
    ticker: record.ticker,
    side: record.side,
    price: formatPrice(record.price),
    count: formatCount(record.count),
    fee: formatMoney(record.fee),
    isTaker: record.isTaker,
    strategy: record.strategy,
    signal: record.signal,
    modelProbability: record.evidence.modelProbability,
    edge: record.evidence.edge,
    realised: formatMoney(record.realised),
  };
}

const settlementView = (record: SettlementRecord): SettlementView => ({
  ticker: record.ticker,
  at: formatTime(record.at),
  result: record.result,
  position: formatCount(record.position),
  payout: formatMoney(record.payout),
  pnl: formatMoney(record.pnl),
});

/** With the cap on an order: a gauge would not tell of that one. */
const canaryName = ({ order, until }: CanaryRule): string =>
  `Canary ${until === null ? "while this run lasts" : `until ${formatTime(until)}`}, at most ${
    formatMoney(order)
  } an order`;

function limitViews({ desk, options, now }: Engine): LimitView[] {
  const { limits: risk, breakers } = desk;
  const nav = desk.nav;
  const loss = Math.max(0, desk.dayStartNav - nav);
  const base = desk.dayBaseNav;
  const share = desk.dayStartNav - base + Math.floor(base * risk.dailyLossPercent / 100);
  const lossLimit = Math.max(0, Math.min(risk.dailyLoss, share));
  const { exposure } = desk;
  const limit = (name: string, used: number, most: number): LimitView => ({
    name,
    used: formatMoney(money(used)),
    limit: formatMoney(money(most)),
  });
  const canary = canaryAt(options.canary, now);
  const drawdownPercent = breakers?.maxDrawdownPercent ?? 0;
  return [
    ...(canary === null ? [] : [limit(canaryName(canary), exposure.total, canary.exposure)]),
    limit("Daily loss", loss, lossLimit),
    ...(drawdownPercent === 0 ? [] : [limit(
      `Drawdown, ${drawdownPercent} % of the peak`,
      Math.max(0, desk.haltPeakNav - nav),
      shareOf(desk.haltPeakNav, drawdownPercent),
    )]),
    limit("Open exposure", exposure.total, risk.openExposure),
    limit("Largest trade under way", exposure.largestTrade, risk.trade),
    limit("Largest market", exposure.largestMarket, risk.market),
    limit(
      `Largest category, ${risk.categoryPercent} % of NAV`,
      exposure.largestCategory,
      shareOf(nav, risk.categoryPercent),
    ),
    limit(
      `Markets that move together, ${risk.correlatedPercent} % of NAV`,
      exposure.largestCorrelated,
      shareOf(nav, risk.correlatedPercent),
    ),
    ...(risk.correlation?.groups ?? []).map(({ name, percent }) =>
      limit(`Group ${name}, ${percent} % of NAV`, exposure.largestOf(name), shareOf(nav, percent))
    ),
  ];
}

const refusalView = ({ at, market, strategy, code, rule, limit, value, text }: NotedRefusal): RefusalView => ({
  ...{ at: formatTime(at), market, strategy, code, rule, limit, value, text },
});
