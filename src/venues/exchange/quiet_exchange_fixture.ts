/**
 * For tests: an exchange with nobody else on it. The population is there, but a market that it has left (the seconds
 * before it first looks at a new window) is empty, so a test can put up its own counterpart.
 * @module
 */

import { type Count, count, micros, price } from "../../core/units.ts";
import type { Side } from "../../core/order.ts";
import { Account } from "./account.ts";
import { DEFAULT_CASH, DEFAULT_START, Exchange, nextClose } from "./exchange.ts";
import type { FaultName } from "./faults.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { BookOrder } from "./order.ts";
import type { AmendOrder, CreateOrder } from "./order_requests.ts";
import { LISTED_SERIES } from "./series.ts";

export interface QuietExchange {
  readonly exchange: Exchange;
  /** A market that just opened: no strike yet, so nobody quotes. */
  readonly market: ListedMarket;
  /** Puts up an order of somebody else, sizes in whole contracts, price in $0.0001. */
  offer(side: Side, at: number, contracts: number): BookOrder;
  /** Contracts that this somebody else holds in the market. */
  strangerContracts(): number;
  /** Its cash and the collateral of its position, in micro-dollars: the house's own sums leave it out. */
  strangerWorth(): number;
  /** A request with everything filled in but what the test is about. */
  request(changes: Partial<CreateOrder>): CreateOrder;
  amendment(orderId: string, changes: Partial<AmendOrder>): AmendOrder;
}

/** Stands 0.1 s after the open of the window that follows the start. */
export function quietExchange(faults: readonly FaultName[] = []): QuietExchange {
  const exchange = new Exchange({ seed: 1, startAt: DEFAULT_START, faults: new Set(faults), cash: DEFAULT_CASH });
  exchange.advanceTo(micros(nextClose(exchange.now) + 100_000));
  const market = exchange.cycle.active(LISTED_SERIES[0]);
  if (market === null) throw new Error("No market is open");
  const stranger = new Account(77);
  return {
    exchange,
    market,
    offer(side, at, contracts) {
      const order: BookOrder = {
        owner: stranger.owner,
        account: stranger,
        member: null,
        side,
        price: price(at),
        remaining: contracts * 100 as Count,
      };
      exchange.floor.place(market, order, "taker_at_cross", true, exchange.now);
      return order;
    },
    strangerContracts: () => stranger.contracts(market.ticker),
    strangerWorth: () => stranger.totalCash + stranger.collateral,
    request: (changes) => ({
      ticker: market.ticker,
      side: "bid",
      count: count(1_000),
      price: price(5_000),
      timeInForce: "good_till_canceled",
      prevention: "taker_at_cross",
      clientOrderId: null,
      expiresAt: null,
      postOnly: false,
      reduceOnly: false,
      cancelOnPause: false,
      subaccount: 0,
      group: null,
      shard: null,
      ...changes,
    }),
    amendment: (orderId, changes) => ({
      orderId,
      subaccount: 0,
      ticker: market.ticker,
      shard: null,
      clientOrderId: null,
      side: "bid",
      price: price(5_000),
      count: count(1_000),
      newClientOrderId: null,
      expiresAt: undefined,
      ...changes,
    }),
  };
}
