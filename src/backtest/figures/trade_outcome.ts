/**
 * One execution as a report shows it.
 * @module
 */

import {
  formatMoney,
  formatTime,
  type Money,
  money,
  ONE_CONTRACT,
  ONE_DOLLAR,
  ONE_DOLLAR_PRICE,
} from "../../core/units.ts";
import type { TradeRecord } from "../../core/record.ts";
import type { TradeOutcome } from "../findings.ts";

/** @param paid what one YES contract paid; `null` while that is not known */
export function tradeOutcome(record: TradeRecord, total: number, paid: Money | null): TradeOutcome {
  const { evidence } = record;
  return {
    at: formatTime(record.at),
    ticker: record.ticker,
    strategy: record.strategy,
    signal: record.signal,
    side: record.side,
    price: record.price / ONE_DOLLAR_PRICE,
    contracts: record.count / ONE_CONTRACT,
    fee: formatMoney(record.fee),
    is_taker: record.isTaker,
    model_probability: evidence.modelProbability,
    market_probability: evidence.marketProbability,
    edge: evidence.edge,
    spot: evidence.spot,
    strike: evidence.strike,
    paid: paid === null ? null : paid / ONE_DOLLAR,
    pnl: formatMoney(money(total)),
  };
}
