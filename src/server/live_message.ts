/**
 * What `/live` sends. One shape does for the first snapshot, for every update and for catching up after a break:
 * "everything that changed since the sequence number you have". Nothing is replayed event by event, so a page that was
 * away, or that reads slowly, gets the newest state once and never a backlog.
 * @module
 */

import type { EngineView, MarketView, OrderView, PositionView, SettlementView, TradeView } from "../engine/view.ts";
import type { LogLine, RunStatus } from "./status.ts";

/** Without the countdown, which the page runs itself from `closeTime`: it would change every row every second. */
export type LiveMarket = Omit<MarketView, "secondsToClose">;

/** Parts that are sent whole when anything in them changed. */
export type LiveSections = Pick<
  EngineView,
  | "at"
  | "execution"
  | "account"
  | "indices"
  | "prices"
  | "state"
  | "halts"
  | "limits"
  | "refused"
  | "strategies"
  | "counters"
  | "keptBack"
  | "decisionHash"
>;

/** Parts that are sent row by row. */
export interface LiveRows {
  readonly markets: LiveMarket;
  readonly positions: PositionView;
  readonly orders: OrderView;
  readonly trades: TradeView;
  readonly settlements: SettlementView;
}

export type TableName = keyof LiveRows;

export interface TableUpdate<Row> {
  /** Every key there is, in order; absent while the set and its order stay the same. */
  readonly order?: readonly string[];
  /** The rows that changed. Rows whose key is not in the order any more are to be forgotten. */
  readonly rows: readonly (readonly [key: string, row: Row])[];
}

export interface LiveUpdate {
  /** True: forget everything, this is all there is. */
  readonly full: boolean;
  readonly sequence: number;
  /** The build of the page that this server serves, where everything is sent; `null` where none was built. */
  readonly build?: string | null;
  readonly status?: RunStatus;
  readonly sections: Partial<LiveSections>;
  readonly tables: { readonly [Name in TableName]?: TableUpdate<LiveRows[Name]> };
  readonly logs: readonly LogLine[];
  /** Lines between the last one that was sent and the first of `logs`: too many came at once. */
  readonly logsSkipped: number;
}
