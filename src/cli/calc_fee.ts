/**
 * `kbot calc fee`: what an order of one or more fills costs, to the micro-dollar (DESIGN.md 4, KALSHI.md 7).
 * @module
 */

import { type FeeRule, type FillFees, isFeeKnown, OrderFees, type Role } from "../core/fees.ts";
import type { FeeSchedule } from "../core/market.ts";
import { type Count, formatMoney, type Money, money, type Price } from "../core/units.ts";

export interface CalcFeeOptions {
  readonly price: Price;
  /** One entry for each fill of the order, in their order. */
  readonly counts: readonly Count[];
  readonly side: "buy" | "sell";
  readonly role: Role;
  readonly schedule: FeeSchedule;
  /** The account's balance precision g of KALSHI.md 7.2. */
  readonly grid: Money;
  readonly rule: FeeRule;
}

/** The JSON object of the command: dollars with six decimals. */
export interface CalcFeeResult {
  readonly fills: readonly {
    readonly trade_fee: string;
    readonly rounding_fee: string;
    readonly rebate: string;
    readonly net_fee: string;
    readonly balance_change: string;
  }[];
  readonly net_fee: string;
}

/** Computes the result, or says in words why the fee is not known. */
export function calcFee(options: CalcFeeOptions): CalcFeeResult | { readonly error: string } {
  if (!isFeeKnown(options.schedule)) {
    return { error: `No fee is known for type ${options.schedule.type}: Kalshi does not publish its table` };
  }
  const order = new OrderFees(options.rule, options.schedule, options.grid);
  const side = options.side === "buy" ? "bid" : "ask";
  const fills = options.counts.map((count) => order.fill({ price: options.price, count, side, role: options.role }));
  const total = fills.reduce((sum, fill) => sum + fill.netFee, 0);
  return { fills: fills.map(printed), net_fee: formatMoney(money(total)) };
}

const printed = (fees: FillFees): CalcFeeResult["fills"][number] => ({
  trade_fee: formatMoney(fees.tradeFee),
  rounding_fee: formatMoney(fees.roundingFee),
  rebate: formatMoney(fees.rebate),
  net_fee: formatMoney(fees.netFee),
  balance_change: formatMoney(fees.balanceChange),
});
