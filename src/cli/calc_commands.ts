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
import type { CalcEventKellyCommand, CalcFeeCommand, CalcKellyCommand } from "./command.ts";
import { contractPrice, counts, day, decimalNumber, dollars, millionths, path, word } from "./flag_values.ts";
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
  about("What an order's fills cost, exactly: fee, rounding and rebate", "", [
    "calc fee --price 0.55 --count 10",
    "calc fee --price 0.055 --count 1,1,1 --role taker --grid 0.01 --json",
  ]),
);

const kellyFraction = () =>
  withDefault(
    required("--fraction", decimalNumber("F", { from: 0, to: 1 }), "Of the full Kelly stake to apply (0.25)"),
    0.25,
  );

const bankroll = () => required("--bankroll", dollars("0.01", "1000000000"), "What there is to bet with");

const oneBet = map(
  object("One bet", {
    kind: constant("calc_kelly"),
    probability: required("--probability", decimalNumber("P", { from: 0, to: 1 }), "That the contract pays"),
    price: required("--price", decimalNumber("PRICE", { above: 0, to: 1 }), "What a contract costs, dollars"),
    fee: withDefault(required("--fee", decimalNumber("USD", { from: 0, to: 1 }), "Entry fee per contract (0)"), 0),
    settlementFee: withDefault(
      required("--settlement-fee", decimalNumber("USD", { from: 0, to: 1 }), "Taken from the payout of $1 (0)"),
      0,
    ),
    fraction: kellyFraction(),
    bankroll: bankroll(),
  }),
  (asked): Asked<CalcKellyCommand> => asked,
);

const betsOnOneEvent = map(
  object("The bets on one event together", {
    kind: constant("calc_event_kelly"),
    outcomes: required("--outcomes", path("FILE"), "The event's states and the bets on them, as JSON"),
    fraction: kellyFraction(),
    mode: withDefault(
      required(
        "--sizing",
        word("HOW", ["scale", "cap"]),
        "Stake the fraction of full Kelly, or full Kelly up to it (scale)",
      ),
      "scale",
    ),
    leastEdge: withDefault(
      required("--min-edge", decimalNumber("USD", { from: -1, to: 1 }), "Least edge per contract (0.02)"),
      0.02,
    ),
    targetEdge: choosable(
      "--target-edge",
      decimalNumber("USD", { from: -1, to: 1 }),
      "Edge from which on the stake is whole; it shrinks towards --min-edge (--min-edge)",
    ),
    bankroll: bankroll(),
  }),
  (asked): Asked<CalcEventKellyCommand> => asked,
);

const OUTCOMES_FILE =
  'FILE holds {"probabilities":[0.5,0.3,0.2],"bets":[{"name":"low","cost":0.4,"payoffs":[1,0,0]}]}: ' +
  "what a contract costs with its fee, and what it pays in each state. A bet may have depth (contracts) and cap (dollars), " +
  'the whole a position {"payoffs":[..],"cost":..} already held.';

const kelly = command(
  "kelly",
  or(oneBet, betsOnOneEvent),
  about("How much of a bankroll a bet deserves, fees included", OUTCOMES_FILE, [
    "calc kelly --probability 0.6 --price 0.5 --fee 0.0175 --bankroll 10000",
  ]),
);

const MEMBERS = ["probability", "fee", "kelly", "volatility"];

export const calc = command(
  "calc",
  or(probability, fee, kelly, volatility, needsOneOf("calc", MEMBERS)),
  aboutFamily("The models by hand: probability, fee, kelly, volatility", MEMBERS, [
    "calc probability --spot 84000 --strike 84100 --sigma 0.0002 --seconds 600",
    "calc fee --price 0.55 --count 10",
  ]),
);
