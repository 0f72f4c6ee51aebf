/**
 * Calls that read our account, all signed (KALSHI.md 3.12, 3.14, 3.15). An omitted subaccount means all of them for orders,
 * fills, settlements and groups, and number 0 for balance, positions and queue positions.
 * @module
 */

import type { PositionReport } from "../../core/input.ts";
import type { FillReport } from "../../core/order.ts";
import { type Count, type Micros, MICROS_PER_MILLISECOND } from "../../core/units.ts";
import {
  type BalanceBody,
  type LimitsBody,
  type ListedOrder,
  type NettingBody,
  type QueuePosition,
  readBalance,
  readFill,
  readLimits,
  readNetting,
  readOrder,
  readPosition,
  readQueuePositions,
  readSettlement,
  readSubaccountBalances,
  readTransfer,
  type Settlement,
  type SubaccountBalance,
  type TransferBody,
} from "./bodies_account.ts";
import { type OrderGroup, readGroup, readGroups } from "./bodies_orders.ts";
import { inside } from "./body_reader.ts";
import type { ApiResult } from "./failure.ts";
import { type IndexValue, readIndexValues } from "./index_values.ts";
import type { Pages } from "./pages.ts";
import { part } from "./rest_calls.ts";
import { HistoryCalls } from "./rest_history.ts";
import { HISTORY_PAGES_MAX } from "./rest_markets.ts";

interface AccountPart {
  readonly subaccount?: number;
  readonly shard?: number;
}

export interface PositionFilter extends AccountPart {
  readonly ticker?: string;
  readonly event?: string;
  readonly settlement?: "unsettled" | "settled" | "all";
}

export interface FillFilter extends AccountPart {
  readonly ticker?: string;
  readonly orderId?: string;
  readonly minSeconds?: number;
  readonly maxSeconds?: number;
}

export interface OrderFilter extends AccountPart {
  readonly ticker?: string;
  /** At most 10. */
  readonly events?: readonly string[];
  readonly status?: "resting" | "canceled" | "executed";
  readonly minSeconds?: number;
  readonly maxSeconds?: number;
}

export interface SettlementFilter {
  readonly ticker?: string;
  readonly event?: string;
  readonly minSeconds?: number;
  readonly maxSeconds?: number;
  readonly subaccount?: number;
}

export interface HistoryFilter {
  readonly ticker?: string;
  readonly maxSeconds?: number;
}

export interface QueueFilter {
  readonly tickers?: readonly string[];
  readonly event?: string;
  readonly subaccount?: number;
}

const POSITIONS = {
  key: "market_positions",
  identity: (position: PositionReport) => position.ticker,
  read: readPosition,
};
const FILLS = { key: "fills", identity: (fill: FillReport) => fill.tradeId + fill.orderId, read: readFill };
const ORDERS = { key: "orders", identity: (order: ListedOrder) => order.orderId, read: readOrder };

const accountPart = ({ subaccount, shard }: AccountPart) => ({ subaccount, exchange_index: shard });

export class PortfolioCalls extends HistoryCalls {
  /** Cash in all and by shard; of one shard where it is named. */
  balance(filter: AccountPart = {}): Promise<ApiResult<BalanceBody>> {
    return this.get("/portfolio/balance", accountPart(filter), readBalance);
  }

  subaccountBalances(): Promise<ApiResult<readonly SubaccountBalance[]>> {
    return this.get("/portfolio/subaccounts/balances", {}, readSubaccountBalances);
  }

  positions(filter: PositionFilter = {}): Promise<ApiResult<Pages<PositionReport>>> {
    const { ticker, event, settlement } = filter;
    const query = { count_filter: "position", ticker, event_ticker: event, settlement_status: settlement };
    return this.pages("/portfolio/positions", { ...query, ...accountPart(filter) }, POSITIONS);
  }

  /** Our fills, newest first. */
  fills(filter: FillFilter): Promise<ApiResult<Pages<FillReport>>> {
    const { ticker, orderId, minSeconds, maxSeconds } = filter;
    const query = { ticker, order_id: orderId, min_ts: minSeconds, max_ts: maxSeconds };
    return this.pages("/portfolio/fills", { ...query, ...accountPart(filter) }, FILLS);
  }

  /** Our orders; without a status those of every status. */
  orders(filter: OrderFilter): Promise<ApiResult<Pages<ListedOrder>>> {
    const { ticker, events, status, minSeconds, maxSeconds } = filter;
    const query = { ticker, event_ticker: events, status, min_ts: minSeconds, max_ts: maxSeconds };
    return this.pages("/portfolio/orders", { ...query, ...accountPart(filter) }, ORDERS);
  }

  order(orderId: string): Promise<ApiResult<ListedOrder>> {
    return this.get(`/portfolio/orders/${part(orderId)}`, {}, inside("order", readOrder));
  }

  /** What was before the cutoff. */
  historicalFills(filter: HistoryFilter): Promise<ApiResult<Pages<FillReport>>> {
    const query = { ticker: filter.ticker, max_ts: filter.maxSeconds };
    return this.pages("/historical/fills", query, { ...FILLS, pagesBound: HISTORY_PAGES_MAX }, "background");
  }

  historicalOrders(filter: HistoryFilter): Promise<ApiResult<Pages<ListedOrder>>> {
    const query = { ticker: filter.ticker, max_ts: filter.maxSeconds };
    return this.pages("/historical/orders", query, { ...ORDERS, pagesBound: HISTORY_PAGES_MAX }, "background");
  }

  historicalPositions(ticker?: string): Promise<ApiResult<Pages<PositionReport>>> {
    return this.pages(
      "/historical/positions",
      { ticker },
      { ...POSITIONS, pagesBound: HISTORY_PAGES_MAX },
      "background",
    );
  }

  settlements(filter: SettlementFilter = {}): Promise<ApiResult<Pages<Settlement>>> {
    const { ticker, event, minSeconds, maxSeconds, subaccount } = filter;
    const query = { ticker, event_ticker: event, min_ts: minSeconds, max_ts: maxSeconds, subaccount };
    return this.pages("/portfolio/settlements", query, {
      key: "settlements",
      identity: (settlement: Settlement) => settlement.ticker + settlement.settledAt,
      read: readSettlement,
    }, "background");
  }

  /** Contracts ahead of our resting orders. */
  queuePositions(filter: QueueFilter): Promise<ApiResult<readonly QueuePosition[]>> {
    const { tickers, event, subaccount } = filter;
    const query = { market_tickers: tickers, event_ticker: event, subaccount };
    return this.get("/portfolio/orders/queue_positions", query, readQueuePositions, "background");
  }

  queuePosition(orderId: string): Promise<ApiResult<Count>> {
    return this.get(
      `/portfolio/orders/${part(orderId)}/queue_position`,
      {},
      (read, body, path) => read.size(body, "queue_position_fp", path),
      "background",
    );
  }

  orderGroups(subaccount?: number): Promise<ApiResult<readonly OrderGroup[]>> {
    return this.get("/portfolio/order_groups", { subaccount }, readGroups, "background");
  }

  orderGroup(id: string, subaccount?: number): Promise<ApiResult<OrderGroup>> {
    return this.get(`/portfolio/order_groups/${part(id)}`, { subaccount }, readGroup(id));
  }

  transfers(): Promise<ApiResult<Pages<TransferBody>>> {
    return this.pages("/portfolio/intra_exchange_instance_transfers", {}, {
      key: "transfers",
      identity: (transfer: TransferBody) => transfer.transferId,
      read: readTransfer,
    }, "background");
  }

  /** One of them, which is taken first and made later. */
  transferred(id: string): Promise<ApiResult<TransferBody>> {
    const path = `/portfolio/intra_exchange_instance_transfers/${part(id)}`;
    return this.get(path, {}, inside("transfer", readTransfer));
  }

  /** Where positions are netted; kbot reckons with that, as accounts have it by default. */
  netting(): Promise<ApiResult<readonly NettingBody[]>> {
    return this.get("/portfolio/subaccounts/netting", {}, readNetting, "background");
  }

  /** What an index was at every second of the hour before a moment. Needs an entitlement (KALSHI.md 3.16). */
  indexValuesBefore(index: string, at: Micros): Promise<ApiResult<readonly IndexValue[]>> {
    const query = { id: index, timespan: "HOUR", timestamp: new Date(at / MICROS_PER_MILLISECOND).toISOString() };
    return this.get("/cfbenchmarks/history/values", query, readIndexValues, "background");
  }

  /** What an index was at every second of the last hour or so, oldest first. Needs an entitlement (KALSHI.md 3.16). */
  indexValues(index: string): Promise<ApiResult<readonly IndexValue[]>> {
    return this.get("/cfbenchmarks/values", { id: index }, readIndexValues);
  }

  /** Reads the account's rate limits, and keeps to them from then on. */
  async accountLimits(): Promise<ApiResult<LimitsBody>> {
    const limits = await this.get("/account/limits", {}, readLimits);
    if (limits.ok) this.transport.resize(limits.value.read, limits.value.write);
    return limits;
  }
}
