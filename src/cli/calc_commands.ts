/**
 * The commands that show the models by hand: calc probability, fee, kelly.
 * @module
 */

import { object, or } from "@optique/core/constructs";
import { map, optional, withDefault } from "@optique/core/modifiers";
import { command, constant } from "@optique/core/primitives";
import type { FeeType } from "../core/market.ts";
import type { CalcFeeCommand, CalcKellyCommand, CalcProbabilityCommand } from "./command.ts";
import type { CalcRule } from "./calc_probability.ts";
import { contractPrice, counts, day, decimalNumber, dollars, millionths, wholeNumber, word } from "./flag_values.ts";
import { about, aboutFamily, type Asked, choosable, needsOneOf, required, type WrongUse, wrongUse } from "./flags.ts";

/** Dollars of an index. */
const indexValue = () => decimalNumber("X", { above: 0, to: 1e12 });

/** Volatility per square root of a second: 0.001 is 560% a year already. */
const SIGMA_MOST = 1;
const YEAR_SECONDS = 31_622_400;
const SETTLEMENT_VALUES = 60;
const PATHS_MOST = 100_000_000;
const RULES: readonly CalcRule[] = ["greater", "greater_or_equal", "less", "between"];

const probabilityFlags = object({
  spot: required("--spot", indexValue(), "The index now, dollars"),
  strike: required(
    "--strike",
    decimalNumber("X", { from: -1e12, to: 1e12 }),
    "Strike, dollars; the lower one for rule between",
  ),
  cap: choosable("--cap", decimalNumber("X", { from: -1e12, to: 1e12 }), "Upper strike for rule between"),
  sigma: required(
    "--sigma",
    decimalNumber("S", { from: 0, to: SIGMA_MOST }),
    "Standard deviation of the log return per square root of a second",
  ),
  seconds: required("--seconds", decimalNumber("T", { from: 0, to: YEAR_SECONDS }), "Seconds to settlement"),
  seenMean: choosable("--seen-mean", indexValue(), "Mean of the settlement values seen so far"),
  seenCount: choosable("--seen-count", wholeNumber("N", 1, SETTLEMENT_VALUES), "How many of the 60 were seen"),
  model: withDefault(required("--model", word("MODEL", ["closed", "mc"]), "Closed form, or Monte Carlo"), "closed"),
  dist: withDefault(required("--dist", word("DIST", ["gbm"]), "Price model of the Monte Carlo"), "gbm"),
  paths: optional(required("--paths", wholeNumber("N", 1, PATHS_MOST), "Paths of the Monte Carlo (10000)")),
  seed: optional(required("--seed", wholeNumber("N", 0, Number.MAX_SAFE_INTEGER), "Seed of the Monte Carlo (1)")),
  rule: choosable("--rule", word("RULE", RULES), "Apply a market's rounding and ties; else P(mean > strike)"),
  decimals: choosable("--decimals", wholeNumber("N", 0, 8), "Decimals that the rule rounds the mean to (2)"),
});

type ProbabilityFlags = (typeof probabilityFlags)["$valueType"][number];

/** Puts the flags together, or says which do not go together. */
function probabilityCommand(flags: ProbabilityFlags): Asked<CalcProbabilityCommand> | WrongUse {
  const { seenMean, seenCount, rule, cap, strike, model } = flags;
  if ((seenMean === undefined) !== (seenCount === undefined)) {
    return wrongUse("--seen-mean and --seen-count describe the same values: give both or neither");
  }
  if (rule === "between" && cap === undefined) return wrongUse("--rule between needs --cap, the upper strike");
  if (rule !== "between" && cap !== undefined) return wrongUse("--cap is the upper strike of --rule between");
  if (cap !== undefined && cap < strike) return wrongUse(`--cap ${cap} lies below --strike ${strike}`);
  if (rule === undefined && flags.decimals !== undefined) return wrongUse("--decimals belongs to --rule");
  if (model === "closed" && (flags.paths ?? flags.seed) !== undefined) {
    return wrongUse("--paths and --seed are for Monte Carlo: they need --model mc");
  }
  return {
    ...flags,
    kind: "calc_probability",
    paths: flags.paths ?? 10_000,
    seed: flags.seed ?? 1,
    decimals: flags.decimals ?? 2,
  };
}

const probability = command(
  "probability",
  map(probabilityFlags, probabilityCommand),
  about("Probability that the 60-second settlement average ends above a strike"),
);

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

const MEMBERS = ["probability", "fee", "kelly"];

export const calc = command(
  "calc",
  or(probability, fee, kelly, needsOneOf("calc", MEMBERS)),
  aboutFamily("The models by hand: probability, fee, kelly", MEMBERS),
);
