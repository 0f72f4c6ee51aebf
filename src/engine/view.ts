/**
 * What the engine shows: plain JSON, made anew when asked. Money, prices and counts are exact decimal strings.
 * The page, the API, `kbot status` and the summary all read these same shapes.
 * @module
 */

/** One convention's average of a market's final minute so far. */
export interface AverageView {
  /** `null` before the first second. */
  readonly mean: number | null;
  readonly count: number;
}

/** A market's final minute: how it is going to settle. */
export interface MarketSettlementView {
  /** Of [T-60, T-1] and of (T-60, T]. */
  readonly a: AverageView;
  readonly b: AverageView;
  /** Seconds of b that are over and that nobody here knows. */
  readonly missing: number;
  /** Seconds of b known by another source than the official one only. */
  readonly estimated: number;
  /** The exchange's own average; `difference` is ours less theirs, `null` where they are not of as many seconds. */
  readonly venue: (AverageView & { readonly difference: number | null }) | null;
  /** Once b is whole, rounded as the market rounds. */
  readonly number: number | null;
  /** What the strike makes of it, and what that rests on. */
  readonly expected: "yes" | "no" | null;
  readonly expectedBy: "seconds" | "venue_average" | "no_data" | null;
}

/** One order that a strategy wants. */
export interface TargetView {
  readonly side: "bid" | "ask";
  readonly price: string;
  readonly count: string;
  readonly signal: string;
  /** Whether it is to rest, and not to take at once. */
  readonly rests: boolean;
}

/** What one strategy makes of a market. */
export interface StanceView {
  readonly strategy: string;
  /** How far it believes what its opinion rests on, 0 to 1; `null` where it does not say. */
  readonly confidence: number | null;
  /** Its best net edge, dollars per contract, and on which side; `null` where it worked none out. */
  readonly edge: number | null;
  readonly edgeSide: "yes" | "no" | null;
  /** The orders that it wants, whether they go out or not. */
  readonly targets: readonly TargetView[];
  /** Why nothing of it is being sent right now, in a word (keeping_still.ts) and in words; `null` where it may. */
  readonly code: string | null;
  readonly whyNot: string | null;
}

export interface MarketView {
  readonly ticker: string;
  readonly status: string;
  readonly bookPhase: "empty" | "syncing" | "synced" | "stale";
  /** YES prices in dollars, `null` where the side is empty. */
  readonly bid: string | null;
  readonly bidSize: string | null;
  readonly ask: string | null;
  readonly askSize: string | null;
  readonly spread: string | null;
  /** The lower end where it is a range. */
  readonly strike: number | null;
  /** The upper end of a range; `null` where YES has one end only. */
  readonly strikeTo: number | null;
  /** How the settlement number is compared with it, in the exchange's word; `null` until that is known. */
  readonly strikeType: string | null;
  /** The index that it settles on; `null` where it is on none. */
  readonly index: string | null;
  /** Of YES, by the model; `null` where it has none. */
  readonly modelProbability: number | null;
  /** Its standard error, by that of the volatility it rests on; `null` where that is not known. */
  readonly modelError: number | null;
  /** Best net edge of the two sides, dollars per contract. */
  readonly edge: number | null;
  readonly edgeSide: "yes" | "no" | null;
  readonly openTime: string;
  readonly closeTime: string;
  readonly secondsToClose: number;
  /** `null` before the final minute, and where no average settles the market. */
  readonly settlement: MarketSettlementView | null;
  /** Why no order is being sent right now, in words; `null` where one may be. */
  readonly whyNot: string | null;
  /** Of every strategy that trades such markets, whether it sends something or not. */
  readonly stances: readonly StanceView[];
}

/** A source less the official one, over the last minutes, in dollars. */
export interface BasisView {
  readonly last: number;
  readonly mean: number;
  readonly sd: number;
  /** Seconds that both had. */
  readonly count: number;
}

/** One source of an index. */
export interface IndexSourceView {
  readonly source: string;
  /** Which one, where it is a single exchange. */
  readonly exchange: string | null;
  /** As it tells it. */
  readonly value: number;
  readonly ageMs: number;
  /** Whether it is still heard. */
  readonly well: boolean;
  readonly basis: BasisView | null;
}

/** Which volatility forecaster is believed, and why. */
export interface VolatilityChoiceView {
  readonly chosen: string;
  /** Since when; `null` where it is the first candidate, by default. */
  readonly since: string | null;
  readonly why: string;
  /** When this was heard. */
  readonly at: string;
  /** Whether markets are priced with it. */
  readonly used: boolean;
}

export interface IndexView {
  readonly index: string;
  readonly value: number | null;
  /** The source in use, since when, and why. */
  readonly source: string | null;
  readonly since: string | null;
  readonly why: string | null;
  /** Taken off the values of the source in use, because it lies so far from the official one on average. */
  readonly correction: number;
  /** Every source that was heard, the best first. */
  readonly sources: readonly IndexSourceView[];
  readonly ageMs: number | null;
  /** Standard deviation of the log return per square root of a second. */
  readonly volatility: number | null;
  /** `null` before the first minute is over. */
  readonly volatilityChoice: VolatilityChoiceView | null;
}

/** What one spot exchange says of one coin. */
export interface SpotView {
  readonly exchange: string;
  readonly asset: string;
  readonly state: string;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly last: number | null;
  readonly vwap: number | null;
  readonly volume: number;
  /** Share of the composite index, 0 to 1. */
  readonly weight: number;
  /** Since the exchange last said anything; `null` before that. */
  readonly ageMs: number | null;
  readonly latencyMs: number | null;
}

/** Final minutes compared with the exchange's word, counted over the run. */
export interface SettlementChecksView {
  readonly venueCompared: number;
  readonly venueDiffering: number;
  readonly venueIncomplete: number;
  readonly results: number;
  readonly resultsAgreeA: number;
  readonly resultsAgreeB: number;
}

/** The signal of order flow of a series: whether it may be used, and what that rests on. */
export interface FlowView {
  readonly series: string;
  readonly proven: boolean;
  readonly why: string;
  readonly horizonSeconds: number;
  /** Moments judged. */
  readonly moments: number;
  /** By how much the log loss against the later mid was less than without it, and its standard error. */
  readonly gain: number | null;
  readonly standardError: number | null;
  /** To one, that it says something, and what is wanted. */
  readonly evidence: number;
  readonly evidenceWanted: number;
  /** Log-odds at most for trades, changes of the touch, and queues. */
  readonly weights: readonly number[];
}

export interface PositionView {
  readonly ticker: string;
  readonly side: "yes" | "no";
  readonly count: string;
  readonly averagePrice: string;
  readonly cost: string;
  readonly value: string;
  readonly unrealised: string;
  readonly realised: string;
  readonly fees: string;
}

export interface OrderView {
  readonly clientOrderId: string;
  readonly orderId: string | null;
  readonly ticker: string;
  readonly side: "bid" | "ask";
  readonly price: string;
  readonly count: string;
  readonly filled: string;
  /** Contracts before it in the queue at its price, as they were counted last; `null` where that is not known. */
  readonly queueAhead: string | null;
  readonly phase: string;
  readonly strategy: string;
  readonly signal: string;
  readonly sentAt: string;
}

export interface TradeView {
  readonly tradeId: string;
  readonly at: string;
  readonly ticker: string;
  readonly side: "bid" | "ask";
  readonly price: string;
  readonly count: string;
  readonly fee: string;
  readonly isTaker: boolean;
  readonly strategy: string;
  readonly signal: string;
  readonly modelProbability: number | null;
  readonly edge: number | null;
  readonly realised: string;
}

export interface SettlementView {
  readonly ticker: string;
  readonly at: string;
  readonly result: string;
  readonly position: string;
  readonly payout: string;
  readonly pnl: string;
}

/** What may be sent (risk/trading_state.ts): all, what closes, or cancels alone. */
export type TradingStateView = "active" | "reducing" | "halted";

export interface HaltView {
  readonly name: string;
  readonly reason: string;
  readonly persistent: boolean;
  readonly since: string;
  /** What it lets out. */
  readonly level: Exclude<TradingStateView, "active">;
  /** What it is of; `subject` names the strategy, the index or the market, and is `null` where it is of the whole. */
  readonly scope: "whole" | "strategy" | "index" | "market";
  readonly subject: string | null;
  /** Who ends it, and what must be true first. */
  readonly ends: string;
}

/** The whole: the strictest of its halts, and of them the oldest. */
export interface StateView {
  readonly state: TradingStateView;
  /** `""` where nothing keeps anything back. */
  readonly reason: string;
}

export interface LimitView {
  readonly name: string;
  readonly used: string;
  readonly limit: string;
}

/** What paper orders of this run came to under one fill model. */
export interface PaperFiguresView {
  readonly fills: number;
  readonly contracts: string;
  readonly fees: string;
  /** Realised and marked, of this run. */
  readonly pnl: string;
}

/**
 * The same paper orders by three fill models, of which only the chosen one traded: how much of the result rests on what
 * nobody can see of the queue. Fills are bounded, profits are not.
 */
export interface PaperBoundsView {
  readonly model: string;
  /** Public trades that were heard: without any, nothing is known of queues, and the bounds do not tell of them. */
  readonly trades: number;
  readonly pessimistic: PaperFiguresView;
  readonly chosen: PaperFiguresView;
  readonly optimistic: PaperFiguresView;
}

/** An order that did not pass one of the rules of risk/guardian.ts. */
export interface RefusalView {
  readonly at: string;
  readonly market: string;
  readonly strategy: string;
  /** The rule, in a word and in words. */
  readonly code: string;
  readonly rule: string;
  /** What it allows and what was found, with their unit; `null` where the rule knows no such thing. */
  readonly limit: string | null;
  readonly value: string | null;
  readonly text: string;
}

export interface AccountView {
  readonly startingCapital: string;
  readonly cash: string;
  readonly nav: string;
  readonly exposure: string;
  readonly dailyPnl: string;
  readonly realised: string;
  readonly unrealised: string;
  readonly fees: string;
  readonly orders: number;
  readonly fills: number;
  /** Followed markets that settled, held or not; `wins` and `losses` are of those that were traded. */
  readonly settled: number;
  readonly wins: number;
  readonly losses: number;
  /** Of this run; `null` where orders go to a real venue. */
  readonly paperBounds: PaperBoundsView | null;
}

/** Whether a strategy trades (strategy_states.ts). */
export interface StrategyStateView {
  readonly name: string;
  readonly running: boolean;
  readonly phase: "off" | "active" | "winding_up" | "stopped" | "failed";
  /** Who or what brought it there; `""` at the start. */
  readonly reason: string;
  /** What of it may be sent, by its phase, its own halts and those of the whole. */
  readonly state: TradingStateView;
  /** Why that is less than everything, in words, and who ends it; `null` where it is everything. */
  readonly kept: string | null;
  /** A halt of its own stands: its start lifts it. */
  readonly ownHalt: boolean;
  /** Markets that it lost one after the other. */
  readonly losses: number;
  /** What it may put at stake in all; `null` where no budget bounds it. */
  readonly budget: string | null;
  /** What its open orders and its share of what is held put at stake. */
  readonly inUse: string;
  /** What it earned since the day of the budgets began; `null` where money is not parted. */
  readonly dayPnl: string | null;
}

/** For how long a reason kept a strategy's orders back. */
export interface KeptBackRow {
  readonly strategy: string;
  readonly code: string;
  /** Of all open markets together. */
  readonly seconds: number;
  /** Of all that was looked at, 0 to 1. */
  readonly share: number;
  /** Where it was seen last, and in which words. */
  readonly ticker: string;
  readonly text: string;
}

/** What kept orders back in the last hour. */
export interface KeptBackView {
  /** Looked at: a second counts once for every open market and every strategy that trades it. */
  readonly watchedSeconds: number;
  /** The longest first, bounded. */
  readonly reasons: readonly KeptBackRow[];
}

/** Everything the engine knows that a person may want to see. */
export interface EngineView {
  readonly at: string;
  readonly execution: "paper" | "live";
  readonly account: AccountView;
  readonly indices: readonly IndexView[];
  readonly prices: readonly SpotView[];
  /** Empty where no strategy that runs uses order flow. */
  readonly flows: readonly FlowView[];
  readonly settlementChecks: SettlementChecksView;
  readonly markets: readonly MarketView[];
  readonly positions: readonly PositionView[];
  readonly orders: readonly OrderView[];
  /** Newest first, bounded. */
  readonly trades: readonly TradeView[];
  /** Newest first, bounded. */
  readonly settlements: readonly SettlementView[];
  readonly state: StateView;
  readonly halts: readonly HaltView[];
  readonly limits: readonly LimitView[];
  /** Orders that risk kept back, newest first, bounded. */
  readonly refused: readonly RefusalView[];
  readonly strategies: readonly StrategyStateView[];
  readonly counters: {
    readonly inputs: number;
    readonly decisions: number;
    readonly refusals: Readonly<Record<string, number>>;
    readonly gaps: number;
  };
  readonly keptBack: KeptBackView;
  readonly decisionHash: string;
}
