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
  MICROS_PER_SECOND,
  money,
  type Price,
  price,
} from "../core/units.ts";
import { assetOf } from "../core/index_parameters.ts";
import type { SpotInput } from "../core/input.ts";
import type { SettlementRecord, StateRecord, TradeRecord } from "../core/record.ts";
import { type Position, positionValue } from "../execution/ledger.ts";
import type { OrderState } from "../execution/order_state.ts";
import type { PaperComparison, PaperFigures } from "../execution/paper.ts";
import { canaryAt, type CanaryRule } from "../risk/canary.ts";
import { shareOf } from "../risk/limits.ts";
import type { Desk } from "./desk.ts";
import type { Engine } from "./engine.ts";
import type { IndexState } from "./index_state.ts";
import { keptBackBy } from "./keeping_still.ts";
import type { MarketState, Standing } from "./market_state.ts";
import type { NotedRefusal } from "./order_entry.ts";
import { ReasonTally } from "./reason_tally.ts";
import type { SettlementProgress } from "./settlement_tracker.ts";
import { haltViews, stateView, strategyState } from "./state_view.ts";
import type {
  AccountView,
  EngineView,
  IndexView,
  LimitView,
  MarketSettlementView,
  MarketView,
  OrderView,
  PaperBoundsView,
  PaperFiguresView,
  PositionView,
  RefusalView,
  SettlementView,
  SpotView,
  StanceView,
  StrategyStateView,
  TradeView,
  VolatilityChoiceView,
} from "./view.ts";
import { isUsable } from "./volatility_choices.ts";

const TRADES_SHOWN = 100;
const SETTLEMENTS_SHOWN = 50;

/** Keeps the newest trades and settlements as they are recorded, because the engine itself forgets them. */
export class ViewBuilder {
  readonly #engine: Engine;
  readonly #trades: TradeView[] = [];
  readonly #settlements: SettlementView[] = [];
  readonly #reasons = new ReasonTally();

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

  /** Time passes: what is kept back is counted. */
  tick(): void {
    this.#reasons.look(this.#engine.now, this.#engine.desk, this.#engine.markets.values());
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

function indexView(engine: Engine, index: IndexState): IndexView {
  const { value } = index;
  const at = engine.now;
  return {
    index: index.name,
    value,
    source: index.source,
    since: value === null ? null : formatTime(index.since),
    why: value === null ? null : index.why,
    correction: index.correction,
    sources: index.candidates.map((candidate) => ({
      source: candidate.source,
      exchange: candidate.exchange,
      value: candidate.value,
      ageMs: Math.round(candidate.age(at) / 1_000),
      well: candidate.health.isWell(at),
      basis: index.basisOf(candidate),
    })),
    ageMs: value === null ? null : Math.round(index.age(at) / 1_000),
    volatility: index.volatility,
    volatilityChoice: volatilityChoiceView(engine, assetOf(index.name)),
  };
}

/** Which volatility forecaster is believed for an asset; `null` while nothing was heard of that. */
export function volatilityChoiceView(
  { volatility, options, now }: Pick<Engine, "volatility" | "options" | "now">,
  asset: string | null,
): VolatilityChoiceView | null {
  const choice = asset === null ? undefined : volatility.get(asset);
  if (choice === undefined) return null;
  const { chosen, since, why, at } = choice;
  const used = options.index.volatilityModel === "selected" && isUsable(choice, now);
  return { chosen, since: since === null ? null : formatTime(since), why, at: formatTime(at), used };
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

function settlementProgressView(progress: SettlementProgress | null): MarketSettlementView | null {
  if (progress === null) return null;
  const { a, b, missing, estimated, venue, number, expected } = progress;
  return {
    a,
    b,
    missing,
    estimated,
    venue: venue === null ? null : { mean: venue.value, count: venue.count, difference: venue.difference },
    number,
    expected: expected?.result ?? null,
    expectedBy: expected?.by ?? null,
  };
}

const orNull = (at: Price | null): string | null => at === null ? null : formatPrice(at);

function marketView({ now: at, desk, settlements }: Engine, state: MarketState): MarketView {
  const { market, book } = state;
  const opinion = foremost(state.standings)?.opinion ?? null;
  const { bid, ask } = book;
  const spread = bid === null || ask === null ? null : formatPrice((ask - bid) as Price);
  return {
    ticker: market.ticker,
    status: market.status,
    bookPhase: book.phase,
    bid: orNull(bid),
    bidSize: bid === null ? null : formatCount(book.bidSize),
    ask: orNull(ask),
    askSize: ask === null ? null : formatCount(book.askSize),
    spread,
    strike: market.floorStrike ?? market.capStrike,
    modelProbability: Number.isNaN(state.probability) ? null : state.probability,
    edge: opinion?.edge ?? null,
    edgeSide: opinion?.edgeSide ?? null,
    openTime: formatTime(market.openTime),
    closeTime: formatTime(market.closeTime),
    secondsToClose: Math.max(0, (market.closeTime - at) / MICROS_PER_SECOND),
    settlement: settlementProgressView(settlements.progress(state)),
    whyNot: whyNot(state, desk.penniless),
    stances: state.standings.map((standing) => stanceView(desk, state, standing)),
  };
}

function stanceView(desk: Desk, state: MarketState, standing: Standing): StanceView {
  const { strategy, opinion } = standing;
  const reason = keptBackBy(desk, state, standing);
  return {
    strategy: strategy.name,
    edge: opinion?.edge ?? null,
    edgeSide: opinion?.edgeSide ?? null,
    confidence: opinion?.confidence ?? null,
    targets: (opinion?.targets ?? []).map(({ side, price, count, signal, timeInForce }) => ({
      side,
      price: formatPrice(price),
      count: formatCount(count),
      signal,
      rests: timeInForce === "good_till_canceled",
    })),
    code: reason?.code ?? null,
    whyNot: reason?.text ?? null,
  };
}

function whyNot(state: MarketState, penniless: boolean): string | null {
  if (state.settledAt !== null) return `Settled ${state.result}`;
  if (state.closed) {
    return state.result === ""
      ? "Closed, waiting for the result"
      : `Determined ${state.result}, waiting for settlement`;
  }
  const best = foremost(state.standings);
  if (best === null) return "No strategy trades this series";
  if (state.grid === null) return "Its prices follow no grid that is known here";
  if (state.obstacle !== null) return state.obstacle;
  const reason = best.obstacle ?? best.opinion?.refusal?.text ?? null;
  if (reason !== null && penniless) return `No cash on shard ${state.market.shard}: transfer some there`;
  return reason === null || state.standings.length === 1 ? reason : `${best.strategy.name}: ${reason}`;
}

/** Of a market's strategies the one to show: one that may send what it wants, else the one that sees the largest edge. */
function foremost(standings: readonly Standing[]): Standing | null {
  const acts = ({ obstacle, opinion }: Standing): boolean => obstacle === null && opinion?.refusal === null;
  const edge = ({ opinion }: Standing): number => opinion?.edge ?? -Infinity;
  let best: Standing | null = null;
  for (const each of standings) {
    const ahead = best === null || (acts(each) === acts(best) ? edge(each) > edge(best) : acts(each));
    if (ahead) best = each;
  }
  return best;
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

function orderView({ intent, terms, orderId, filled, phase, sentAt }: OrderState): OrderView {
  return {
    clientOrderId: intent.clientOrderId,
    orderId,
    ticker: intent.ticker,
    side: intent.side,
    price: formatPrice(terms.price),
    count: formatCount(terms.count),
    filled: formatCount(filled),
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
  const { risk } = options;
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
  const drawdownPercent = options.safety?.breakers.maxDrawdownPercent ?? 0;
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
