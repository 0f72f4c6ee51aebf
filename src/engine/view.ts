/**
 * What the engine shows: plain JSON, made anew when asked. Money, prices and counts are exact decimal strings.
 * The page, the API, `kbot status` and the summary all read these same shapes.
 * @module
 */

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
  readonly strike: number | null;
  /** Of YES, by the model; `null` where it has none. */
  readonly modelProbability: number | null;
  /** Best net edge of the two sides, dollars per contract. */
  readonly edge: number | null;
  readonly edgeSide: "yes" | "no" | null;
  readonly openTime: string;
  readonly closeTime: string;
  readonly secondsToClose: number;
  /** Why no order is being sent right now, in words; `null` where one may be. */
  readonly whyNot: string | null;
}

export interface IndexView {
  readonly index: string;
  readonly value: number | null;
  readonly source: string | null;
  readonly ageMs: number | null;
  /** Standard deviation of the log return per square root of a second. */
  readonly volatility: number | null;
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

export interface HaltView {
  readonly name: string;
  readonly reason: string;
  readonly persistent: boolean;
  readonly since: string;
}

export interface LimitView {
  readonly name: string;
  readonly used: string;
  readonly limit: string;
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
}

/** Everything the engine knows that a person may want to see. */
export interface EngineView {
  readonly at: string;
  readonly execution: "paper" | "live";
  readonly account: AccountView;
  readonly indices: readonly IndexView[];
  readonly markets: readonly MarketView[];
  readonly positions: readonly PositionView[];
  readonly orders: readonly OrderView[];
  /** Newest first, bounded. */
  readonly trades: readonly TradeView[];
  /** Newest first, bounded. */
  readonly settlements: readonly SettlementView[];
  readonly halts: readonly HaltView[];
  readonly limits: readonly LimitView[];
  readonly strategies: readonly { readonly name: string; readonly running: boolean }[];
  readonly counters: {
    readonly inputs: number;
    readonly decisions: number;
    readonly refusals: Readonly<Record<string, number>>;
    readonly gaps: number;
  };
  readonly decisionHash: string;
}
