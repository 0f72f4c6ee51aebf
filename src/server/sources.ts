/**
 * Where the server gets what it shows and hands on what a person asks for. The runner implements it; tests fake it.
 * @module
 */

import type { EngineView } from "../engine/view.ts";
import type { HistorySources, StrategyDeclaration } from "./history.ts";
import type { MarketSources } from "./market_detail.ts";
import type { PriceSources } from "./volatility.ts";
import type { LogLine, PortfolioPoint, RunStatus } from "./status.ts";

/** What moved, so that live updates know what to look at again. */
export type Change = "view" | "trade" | "log" | "health";

export interface OperatorRequest {
  readonly command: "kill" | "reduce" | "resume" | "stop_strategy" | "start_strategy" | "wind_up_strategy";
  /** The strategy, where the command is about one. */
  readonly subject: string | null;
  readonly via: "page" | "cli" | "telegram";
}

/** As kbot.toml writes it. */
export type ParameterValue = string | number | boolean | readonly string[];

/** Other parameters for a strategy while it runs; those that are not named stay. */
export interface ParametersRequest {
  readonly strategy: string;
  readonly values: Readonly<Record<string, ParameterValue>>;
  readonly via: "page" | "cli";
}

/** What became of a request; the text is for the person who asked. */
export interface OperatorAnswer {
  readonly accepted: boolean;
  readonly text: string;
}

export interface ServerSources {
  view(): EngineView;
  status(): RunStatus;
  /** The newest `limit` lines whose number is above `after`, oldest first. */
  logs(after: number, limit: number): readonly LogLine[];
  /** Oldest first, the newest `limit` points. */
  portfolio(limit: number): Promise<readonly PortfolioPoint[]>;
  /** Single markets in full. */
  readonly markets: MarketSources;
  /** Minutes of prices and their volatility. */
  readonly prices: PriceSources;
  /** What the store remembers. */
  readonly history: HistorySources;
  /** What a strategy is; `null` where none of that name runs. */
  strategy(name: string): StrategyDeclaration | null;
  operate(request: OperatorRequest): Promise<OperatorAnswer>;
  changeParameters(request: ParametersRequest): Promise<OperatorAnswer>;
  /** Calls the listener after each change, which must be cheap for it; returns what ends the listening. */
  onChange(listener: (what: Change) => void): () => void;
}
