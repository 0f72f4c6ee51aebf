/**
 * What the engine shows (engine/view.ts), as schemas.
 * @module
 */

import { z } from "zod";
import type {
  AccountView,
  EngineView,
  FlowView,
  HaltView,
  IndexView,
  KeptBackView,
  LimitView,
  MarketView,
  OrderView,
  PaperBoundsView,
  PositionView,
  RefusalView,
  SettlementChecksView,
  SettlementView,
  SpotView,
  StateView,
  StrategyStateView,
  TradeView,
} from "../../engine/view.ts";
import {
  contractPrice,
  contracts,
  count,
  counts,
  dollars,
  dollarsAsNumber,
  exactly,
  milliseconds,
  named,
  orderSide,
  outcomeSide,
  probability,
  share,
  ticker,
  time,
  tradingState,
  words,
} from "./shape.ts";

const paperFigures = z.strictObject({ fills: count, contracts, fees: dollars, pnl: dollars });

export const paperBounds = named(
  "PaperBounds",
  exactly<PaperBoundsView>()(z.strictObject({
    model: z.string(),
    trades: count.describe("Public trades that were heard"),
    pessimistic: paperFigures,
    chosen: paperFigures,
    optimistic: paperFigures,
  })),
);

export const account = named(
  "Account",
  exactly<AccountView>()(z.strictObject({
    startingCapital: dollars,
    cash: dollars,
    nav: dollars.describe("Net asset value: cash and what is held, at its marks, dollars"),
    exposure: dollars.describe("At risk in positions and orders, dollars"),
    dailyPnl: dollars.describe("Since the day began, UTC, dollars"),
    realised: dollars,
    unrealised: dollars,
    fees: dollars,
    orders: count,
    fills: count,
    settled: count.describe("Followed markets that settled, held or not"),
    wins: count,
    losses: count,
    paperBounds: paperBounds.nullable(),
  })),
);

const basis = z.strictObject({
  last: dollarsAsNumber,
  mean: dollarsAsNumber,
  sd: dollarsAsNumber,
  count: count.describe("Seconds that both had"),
}).describe("A source less the official one");

const indexSource = z.strictObject({
  source: z.string(),
  exchange: z.string().nullable(),
  value: dollarsAsNumber,
  ageMs: milliseconds,
  well: z.boolean(),
  basis: basis.nullable(),
});

export const volatilityChoice = z.strictObject({
  chosen: z.string(),
  since: time.nullable(),
  why: words,
  at: time,
  used: z.boolean().describe("Whether markets are priced with it"),
});

export const indexShape = named(
  "Index",
  exactly<IndexView>()(z.strictObject({
    index: z.string(),
    value: dollarsAsNumber.nullable(),
    source: z.string().nullable().describe("The source in use"),
    since: time.nullable(),
    why: words.nullable(),
    correction: dollarsAsNumber.describe("Taken off the source in use, dollars"),
    sources: z.array(indexSource).describe("Every source that was heard, the best first"),
    ageMs: milliseconds.nullable(),
    volatility: z.number().nullable().describe("Standard deviation of the log return per square root of a second"),
    volatilityChoice: volatilityChoice.nullable(),
  })),
);

export const spot = named(
  "ExchangePrice",
  exactly<SpotView>()(z.strictObject({
    exchange: z.string(),
    asset: z.string(),
    state: z.string(),
    bid: dollarsAsNumber.nullable(),
    ask: dollarsAsNumber.nullable(),
    last: dollarsAsNumber.nullable(),
    vwap: dollarsAsNumber.nullable(),
    volume: z.number().describe("Coins"),
    weight: share.describe("Of the composite index, 0 to 1"),
    ageMs: milliseconds.nullable(),
    latencyMs: milliseconds.nullable(),
  })),
);

export const flow = named(
  "OrderFlow",
  exactly<FlowView>()(z.strictObject({
    series: z.string(),
    proven: z.boolean(),
    why: words,
    horizonSeconds: z.number(),
    moments: count,
    gain: z.number().nullable(),
    standardError: z.number().nullable(),
    evidence: z.number(),
    evidenceWanted: z.number(),
    weights: z.array(z.number()),
  })),
);

const average = z.strictObject({ mean: dollarsAsNumber.nullable(), count });

const marketSettlement = z.strictObject({
  a: average.describe("Of [T-60, T-1]"),
  b: average.describe("Of (T-60, T]"),
  missing: count,
  estimated: count,
  venue: average.extend({ difference: dollarsAsNumber.nullable() }).nullable().describe("The exchange's own"),
  number: dollarsAsNumber.nullable(),
  expected: outcomeSide.nullable(),
  expectedBy: z.enum(["seconds", "venue_average", "no_data"]).nullable(),
}).describe("The final minute so far");

const edge = z.number().describe("Net of fees, dollars for each contract");

const target = z.strictObject({
  side: orderSide,
  price: contractPrice,
  count: contracts,
  signal: z.string(),
  rests: z.boolean(),
});

const stance = z.strictObject({
  strategy: z.string(),
  confidence: share.nullable(),
  edge: edge.nullable(),
  edgeSide: outcomeSide.nullable(),
  targets: z.array(target),
  code: z.string().nullable(),
  whyNot: words.nullable().describe("Why nothing of it is sent; null where it may be"),
});

export const bookPhase = z.enum(["empty", "syncing", "synced", "stale"]).describe(
  "Orders go out on a synced book alone",
);

export const market = named(
  "Market",
  exactly<MarketView>()(z.strictObject({
    ticker,
    status: z.string(),
    bookPhase,
    bid: contractPrice.nullable(),
    bidSize: contracts.nullable(),
    ask: contractPrice.nullable(),
    askSize: contracts.nullable(),
    spread: contractPrice.nullable(),
    strike: dollarsAsNumber.nullable().describe("The lower end where it is a range"),
    strikeTo: dollarsAsNumber.nullable().describe("The upper end of a range"),
    strikeType: z.string().nullable().describe("How the settlement number is compared with it"),
    index: z.string().nullable().describe("The index that it settles on"),
    modelProbability: probability.nullable(),
    modelError: z.number().nullable().describe("Its standard error, by that of the volatility it rests on"),
    edge: edge.nullable(),
    edgeSide: outcomeSide.nullable(),
    openTime: time,
    closeTime: time,
    secondsToClose: z.number(),
    settlement: marketSettlement.nullable(),
    whyNot: words.nullable(),
    stances: z.array(stance),
  })),
);

/** Why nothing is bought in a market, strategy by strategy. */
export const marketWhy = named(
  "MarketWhy",
  market.pick({ ticker: true, status: true, closeTime: true, whyNot: true, stances: true }),
);

export const position = named(
  "Position",
  exactly<PositionView>()(z.strictObject({
    ticker,
    side: outcomeSide,
    count: contracts,
    averagePrice: contractPrice,
    cost: dollars,
    value: dollars,
    unrealised: dollars,
    realised: dollars,
    fees: dollars,
  })),
);

export const order = named(
  "Order",
  exactly<OrderView>()(z.strictObject({
    clientOrderId: z.string(),
    orderId: z.string().nullable().describe("The exchange's; null before it answered"),
    ticker,
    side: orderSide,
    price: contractPrice,
    count: contracts,
    filled: contracts,
    queueAhead: contracts.nullable().describe("Before it in the queue at its price, as counted last"),
    phase: z.string(),
    strategy: z.string(),
    signal: z.string(),
    sentAt: time,
  })),
);

export const trade = named(
  "Trade",
  exactly<TradeView>()(z.strictObject({
    tradeId: z.string(),
    at: time,
    ticker,
    side: orderSide,
    price: contractPrice,
    count: contracts,
    fee: dollars,
    isTaker: z.boolean(),
    strategy: z.string(),
    signal: z.string(),
    modelProbability: probability.nullable(),
    edge: edge.nullable(),
    realised: dollars.describe("Of what it closed, after its fee, dollars"),
  })),
);

export const settlement = named(
  "Settlement",
  exactly<SettlementView>()(z.strictObject({
    ticker,
    at: time,
    result: z.string(),
    position: contracts,
    payout: dollars,
    pnl: dollars,
  })),
);

export const settlementChecks = exactly<SettlementChecksView>()(z.strictObject({
  venueCompared: count,
  venueDiffering: count,
  venueIncomplete: count,
  results: count,
  resultsAgreeA: count,
  resultsAgreeB: count,
}));

export const halt = named(
  "Halt",
  exactly<HaltView>()(z.strictObject({
    name: z.string(),
    reason: words,
    persistent: z.boolean().describe("It survives a restart and needs a person"),
    since: time,
    level: z.enum(["reducing", "halted"]),
    scope: z.enum(["whole", "strategy", "index", "market"]),
    subject: z.string().nullable().describe("The strategy, the index or the market"),
    ends: words.describe("Who ends it, and what must be true first"),
  })),
);

export const state = exactly<StateView>()(z.strictObject({ state: tradingState, reason: words }));

export const limit = exactly<LimitView>()(z.strictObject({ name: z.string(), used: dollars, limit: dollars }));

export const refusal = named(
  "Refusal",
  exactly<RefusalView>()(z.strictObject({
    at: time,
    market: z.string(),
    strategy: z.string(),
    code: z.string(),
    rule: words,
    limit: words.nullable(),
    value: words.nullable(),
    text: words,
  })),
);

export const strategyState = named(
  "StrategyState",
  exactly<StrategyStateView>()(z.strictObject({
    name: z.string(),
    running: z.boolean(),
    phase: z.enum(["off", "active", "winding_up", "stopped", "failed"]),
    reason: words,
    state: tradingState,
    kept: words.nullable(),
    ownHalt: z.boolean(),
    losses: count.describe("Markets that it lost one after the other"),
    budget: dollars.nullable(),
    inUse: dollars,
    dayPnl: dollars.nullable(),
  })),
);

const keptBackRow = z.strictObject({
  strategy: z.string(),
  code: z.string(),
  seconds: z.number(),
  share,
  ticker,
  text: words,
});

export const keptBack = exactly<KeptBackView>()(z.strictObject({
  watchedSeconds: z.number(),
  reasons: z.array(keptBackRow),
}));

const counters = z.strictObject({ inputs: count, decisions: count, refusals: counts, gaps: count });

/** All of it at once. */
export const engineView = named(
  "View",
  exactly<EngineView>()(z.strictObject({
    at: time,
    execution: z.enum(["paper", "live"]),
    account,
    indices: z.array(indexShape),
    prices: z.array(spot),
    flows: z.array(flow),
    settlementChecks,
    markets: z.array(market),
    positions: z.array(position),
    orders: z.array(order),
    trades: z.array(trade),
    settlements: z.array(settlement),
    state,
    halts: z.array(halt),
    limits: z.array(limit),
    refused: z.array(refusal),
    strategies: z.array(strategyState),
    counters,
    keptBack,
    decisionHash: z.string(),
  })),
);
