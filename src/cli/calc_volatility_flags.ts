/**
 * The flags of `kbot calc volatility`.
 * @module
 */

import { object } from "@optique/core/constructs";
import { map, withDefault } from "@optique/core/modifiers";
import { command } from "@optique/core/primitives";
import type { CalcVolatilityCommand } from "./command.ts";
import { decimalNumber, path } from "./flag_values.ts";
import { about, type Asked, choosable, required, type WrongUse, wrongUse } from "./flags.ts";

const HORIZON_MOST = 86_400;
/** Dollars of an index. */
const indexValue = () => decimalNumber("X", { above: 0, to: 1e12 });
const quoted = () => decimalNumber("P", { above: 0, to: 1 });

const flags = object({
  prices: choosable("--prices", path("FILE"), "Recorded prices or trades, as backtest --spot takes them"),
  spot: choosable("--spot", indexValue(), "The index now, dollars, for the volatility that a quote implies"),
  strike: choosable("--strike", indexValue(), "The market's strike: YES at or above it"),
  bid: choosable("--bid", quoted(), "What is bid for YES, dollars"),
  ask: choosable("--ask", quoted(), "What is asked for YES, dollars"),
  seconds: withDefault(
    required("--seconds", decimalNumber("T", { above: 0, to: HORIZON_MOST }), "To look ahead, or to settlement (600)"),
    600,
  ),
});

type Flags = (typeof flags)["$valueType"][number];

/** Either prices or a whole quote. */
function asked({ prices, spot, strike, bid, ask, seconds }: Flags): Asked<CalcVolatilityCommand> | WrongUse {
  if (prices !== undefined) {
    if ((spot ?? strike ?? bid ?? ask) !== undefined) {
      return wrongUse("--prices goes without --spot, --strike, --bid and --ask: one or the other is asked");
    }
    return { kind: "calc_volatility", given: "prices", prices, seconds };
  }
  if (spot === undefined || strike === undefined || bid === undefined || ask === undefined) {
    return wrongUse("Give --prices FILE, or the quote of a market: --spot, --strike, --bid and --ask");
  }
  if (!(bid < ask)) return wrongUse(`--bid ${bid} does not lie below --ask ${ask}`);
  return { kind: "calc_volatility", given: "quote", spot, strike, bid, ask, seconds };
}

export const volatility = command(
  "volatility",
  map(flags, asked),
  about("Volatility: every forecaster on recorded prices, or what a market's quote implies", "", [
    "calc volatility --prices prices.csv --seconds 900",
    "calc volatility --spot 84000 --strike 84100 --bid 0.40 --ask 0.44 --seconds 600",
  ]),
);
