/**
 * `kbot calc kelly`: the sizing of REQUIREMENTS.md S8 by hand (DESIGN.md 4).
 * @module
 */

import { count, formatCount, formatMoney, type Money, money, ONE_CONTRACT, ONE_DOLLAR } from "../core/units.ts";
import { feeAdjustedKelly, type KellyBet, netCost } from "../models/kelly.ts";

export interface CalcKellyOptions extends KellyBet {
  /** Of the full Kelly fraction, 0 to 1. */
  readonly fraction: number;
  readonly bankroll: Money;
}

/** The JSON object of the command. Fractions have six decimals; nothing is staked without an edge. */
export interface CalcKellyResult {
  readonly full: number;
  readonly applied: number;
  readonly stake: string;
  /** What the stake buys, rounded down to the exchange's 0.01 contract. */
  readonly contracts: string;
}

const SIX_DECIMALS = 1e6;
const sixDecimals = (value: number): number => Math.round(value * SIX_DECIMALS) / SIX_DECIMALS + 0;

/** Computes the result, or says in words why the options are no bet. */
export function calcKelly(options: CalcKellyOptions): CalcKellyResult | { readonly error: string } {
  const full = feeAdjustedKelly(options);
  if (Number.isNaN(full)) {
    return { error: "No bet: a probability must be within 0 and 1, and price plus fee above 0" };
  }
  if (!(options.fraction >= 0 && options.fraction <= 1)) {
    return { error: `Fraction must be within 0 and 1, found ${options.fraction}` };
  }
  const applied = Math.max(0, full) * options.fraction;
  const stake = money(Math.round(options.bankroll * applied));
  const contracts = count(Math.floor(stake / ONE_DOLLAR / netCost(options) * ONE_CONTRACT));
  return {
    full: sixDecimals(full),
    applied: sixDecimals(applied),
    stake: formatMoney(stake),
    contracts: formatCount(contracts),
  };
}
