/**
 * A hand-driven engine for tests: a market, its book and its index, one input at a time.
 * @module
 */

import type { Action } from "../core/action.ts";
import type { Input, Level, SequencePoint } from "../core/input.ts";
import type { Market } from "../core/market.ts";
import type { FillReport, OrderIntent } from "../core/order.ts";
import type { AccountRecord, StateRecord } from "../core/record.ts";
import { count, money, price } from "../core/units.ts";
import { aFill, after, aMarket, NOON } from "../execution/order_fixture.ts";
import type { Registration } from "../strategies/registry.ts";
import { Engine } from "./engine.ts";
import type { MarketState, Standing } from "./market_state.ts";
import { type EngineOptions, FRESH } from "./options.ts";

export const TICKER = aMarket().ticker;
export const OTHER = "KXETH15M-26NOV200715-15";

export function engineOptions(change: Partial<EngineOptions> = {}): EngineOptions {
  return {
    version: "test",
    run: "20261120T120000Z-0001",
    startedAt: NOON,
    execution: "paper",
    instance: "bot",
    capital: money(10_000_000_000),
    paper: { latencyMs: 50, slippage: price(0) },
    risk: {
      order: money(500_000_000),
      trade: money(500_000_000),
      market: money(1_000_000_000),
      openExposure: money(5_000_000_000),
      categoryPercent: 20,
      correlatedPercent: 25,
      dailyLoss: money(1_000_000_000),
      dailyLossPercent: 10,
      priceCeiling: price(9_900),
      fairValueBound: price(0),
    },
    index: { volatilityHalfLife: 60, returnsMin: 5 },
    strategies: [{ name: "settlement_edge", enabled: true, parameters: { rest: false } }],
    resume: FRESH,
    ...change,
  };
}

export const anAccount = (change: Partial<AccountRecord> = {}): AccountRecord => ({
  kind: "account",
  startingCapital: money(1_000_000_000),
  cash: money(1_000_000_000),
  realised: money(0),
  fees: money(0),
  orders: 0,
  fills: 0,
  settled: 0,
  wins: 0,
  losses: 0,
  nextIntent: 1,
  day: "2026-11-20",
  dayStartNav: money(1_000_000_000),
  peakNav: money(1_000_000_000),
  updatedAt: NOON,
  ...change,
});

type Pair = readonly [number, number];
const levels = (pairs: readonly Pair[]): Level[] => pairs.map(([at, size]) => [price(at), count(size)]);
const sequence = (seq: number | null, sid = 1): SequencePoint | null =>
  seq === null ? null : { connection: 0, sid, seq };

export class Rig {
  readonly engine: Engine;
  /** All inputs so far. */
  readonly inputs: Input[] = [];
  /** All actions so far. */
  readonly actions: Action[] = [];

  constructor(change: Partial<EngineOptions> = {}, registry?: readonly Registration[]) {
    this.engine = new Engine(engineOptions(change), registry);
  }

  step(input: Input): readonly Action[] {
    this.inputs.push(input);
    const actions = this.engine.step(input);
    this.actions.push(...actions);
    return actions;
  }

  all<Type extends Action["type"]>(type: Type): Extract<Action, { type: Type }>[] {
    return this.actions.filter((action): action is Extract<Action, { type: Type }> => action.type === type);
  }

  records<Kind extends StateRecord["kind"]>(kind: Kind): Extract<StateRecord, { kind: Kind }>[] {
    return this.all("record").map(({ record }) => record)
      .filter((record): record is Extract<StateRecord, { kind: Kind }> => record.kind === kind);
  }

  get placed(): OrderIntent[] {
    return this.all("place").map(({ intent }) => intent);
  }

  clock(seconds: number): readonly Action[] {
    return this.step({ type: "clock", at: after(seconds) });
  }

  market(seconds: number, change: Partial<Market> = {}): readonly Action[] {
    return this.step({ type: "market", at: after(seconds), market: aMarket(change) });
  }

  book(
    seconds: number,
    yes: readonly Pair[],
    no: readonly Pair[],
    seq: number | null = null,
    ticker = TICKER,
  ): readonly Action[] {
    return this.step({
      type: "book_snapshot",
      at: after(seconds),
      ticker,
      sequence: sequence(seq),
      yes: levels(yes),
      no: levels(no),
      exchangeTime: null,
    });
  }

  delta(
    seconds: number,
    side: "yes" | "no",
    at: number,
    delta: number,
    seq: number | null = null,
    ticker = TICKER,
  ): readonly Action[] {
    return this.step({
      type: "book_delta",
      at: after(seconds),
      ticker,
      sequence: sequence(seq),
      side,
      price: price(at),
      delta: count(delta),
      exchangeTime: null,
    });
  }

  index(seconds: number, value: number, name = "BRTI"): readonly Action[] {
    return this.step({
      type: "index",
      at: after(seconds),
      index: name,
      value,
      sourceTime: after(Math.floor(seconds)),
      source: "official",
      venueAverage: null,
    });
  }

  fill(seconds: number, change: Partial<FillReport>): readonly Action[] {
    return this.step({ type: "fill", at: after(seconds), fill: aFill({ executedAt: after(seconds), ...change }) });
  }

  account(seconds: number, balance: number, positions: readonly (readonly [string, number])[] = []): readonly Action[] {
    return this.step({
      type: "account",
      at: after(seconds),
      balance: money(balance),
      positions: positions.map(([ticker, position]) => ({ ticker, position: count(position) })),
    });
  }

  operator(seconds: number, command: Extract<Input, { type: "operator" }>["command"], subject: string | null = null) {
    return this.step({ type: "operator", at: after(seconds), command, subject, via: "cli" });
  }

  settled(seconds: number, result: "yes" | "no" | "scalar", value: number | null = null): readonly Action[] {
    const said = { at: after(seconds), ticker: TICKER, result, settlementValue: value === null ? null : money(value) };
    this.step({ type: "lifecycle", event: "determined", ...said });
    return this.step({ type: "lifecycle", event: "settled", ...said });
  }

  /** An index with a volatility, and a market whose ask (0.51) the model finds far too cheap: an order leaves. */
  warmUp(): this {
    this.market(290);
    for (let second = 290; second <= 300; second++) this.index(second, second % 2 === 0 ? 84_200 : 84_205);
    this.book(300.5, [[4_900, 10_000]], [[4_900, 10_000]], 1);
    return this;
  }
}

/** A live rig whose account is known, warmed up, with one order sent and not answered. */
export function liveRig(change: Partial<EngineOptions> = {}): Rig {
  const rig = new Rig({ execution: "live", capital: null, ...change });
  rig.account(280, 1_000_000_000);
  return rig.warmUp();
}

/** Parameters under which taking never pays and resting does. */
export const RESTING = { min_edge: 0.9, rest_edge: 0.01 };
export const settlementEdge = (parameters: Readonly<Record<string, unknown>>): EngineOptions["strategies"] => [
  { name: "settlement_edge", enabled: true, parameters },
];

export function stateOf(rig: Rig, ticker = TICKER): MarketState {
  const state = rig.engine.markets.get(ticker);
  if (state === undefined) throw new Error(`No market ${ticker} in this test`);
  return state;
}

/** What a strategy makes of a market. */
export function standingOf(rig: Rig, strategy = "settlement_edge", ticker = TICKER): Standing {
  const standing = stateOf(rig, ticker).standings.find((each) => each.strategy.name === strategy);
  if (standing === undefined) throw new Error(`${strategy} does not trade ${ticker} in this test`);
  return standing;
}

/** The exchange takes an order. */
export function accept(rig: Rig, seconds: number, filled: number, left: number, clientOrderId = "bot-1"): void {
  rig.step({
    type: "order_accepted",
    at: after(seconds),
    clientOrderId,
    orderId: `o-${clientOrderId}`,
    fillCount: count(filled),
    remainingCount: count(left),
  });
}

/** 50 contracts of one side at 0.51, bought on paper with a fee; the strategy is stopped afterwards. */
export function holding(side: "yes" | "no"): Rig {
  const rig = new Rig();
  rig.market(290);
  const base = side === "yes" ? 84_200 : 83_800;
  for (let second = 290; second <= 300; second++) rig.index(second, second % 2 === 0 ? base : base + 5);
  rig.book(300.5, [[4_900, 10_000]], [[4_900, 10_000]]);
  rig.operator(300.9, "stop_strategy", "settlement_edge");
  return rig;
}
