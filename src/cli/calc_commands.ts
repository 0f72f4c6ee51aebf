/**
 * The commands that show the models by hand: calc probability, fee, kelly, volatility.
 * @module
 */

import { object, or } from "@optique/core/constructs";
import { map, withDefault } from "@optique/core/modifiers";
import { command, constant } from "@optique/core/primitives";
import type { FeeType } from "../core/market.ts";
import { probability } from "./calc_probability_flags.ts";
import { volatility } from "./calc_volatility_flags.ts";
import type { CalcFeeCommand, CalcKellyCommand } from "./command.ts";
import { contractPrice, counts, day, decimalNumber, dollars, millionths, word } from "./flag_values.ts";
import { about, aboutFamily, type Asked, choosable, needsOneOf, required } from "./flags.ts";

const FEE_TYPES: readonly FeeType[] = [
  "quadratic",
  "quadratic_with_maker_fees",
  "quadratic_with_combo_maker_fees",
  "flat",
];

const fee = command(
  "fee",
  map(
    object({
      kind: constant("calc_fee"),
      price: required("--price", contractPrice(), "YES price of the fills, dollars"),
      counts: required("--count", counts(), "Contracts of each fill of one order, in their order"),
      side: withDefault(required("--side", word("SIDE", ["buy", "sell"]), "Of YES"), "buy"),
      role: withDefault(required("--role", word("ROLE", ["taker", "maker"]), "Who rested"), "taker"),
      type: withDefault(required("--type", word("TYPE", FEE_TYPES), "The series' fee_type"), "quadratic"),
      multiplierMillionths: withDefault(
        required("--multiplier", millionths("0", "100"), "The series' fee_multiplier (1)"),
        1_000_000,
      ),
      grid: choosable(
        "--grid",
        dollars("0.000001", "1"),
        "The account's balance precision (a direct member's where not given)",
      ),
      date: choosable("--date", day(), "The day whose fee rule applies (today's where not given)"),
    }),
    (asked): Asked<CalcFeeCommand> => asked,
  ),
  about("What an order's fills cost, exactly: fee, rounding and rebate"),
);

const kelly = command(
  "kelly",
  map(
    object({
      kind: constant("calc_kelly"),
      probability: required("--probability", decimalNumber("P", { from: 0, to: 1 }), "That the contract pays"),
      price: required("--price", decimalNumber("PRICE", { above: 0, to: 1 }), "What a contract costs, dollars"),
      fee: withDefault(required("--fee", decimalNumber("USD", { from: 0, to: 1 }), "Entry fee per contract (0)"), 0),
      settlementFee: withDefault(
        required("--settlement-fee", decimalNumber("USD", { from: 0, to: 1 }), "Taken from the payout of $1 (0)"),
        0,
      ),
      fraction: withDefault(
        required("--fraction", decimalNumber("F", { from: 0, to: 1 }), "Of the full Kelly stake to apply (0.25)"),
        0.25,
      ),
      bankroll: required("--bankroll", dollars("0.01", "1000000000"), "What there is to bet with"),
    }),
    (asked): Asked<CalcKellyCommand> => asked,
  ),
  about("How much of a bankroll a bet deserves, fees included"),
);

const MEMBERS = ["probability", "fee", "kelly", "volatility"];

export const calc = command(
  "calc",
  or(probability, fee, kelly, volatility, needsOneOf("calc", MEMBERS)),
  aboutFamily("The models by hand: probability, fee, kelly, volatility", MEMBERS),
);
