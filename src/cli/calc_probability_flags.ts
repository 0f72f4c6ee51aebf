/**
 * The flags of `kbot calc probability`.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { map, optional, withDefault } from "@optique/core/modifiers";
import { message } from "@optique/core/message";
import { command } from "@optique/core/primitives";
import type { ValueParser } from "@optique/core/valueparser";
import { type KernelName, STRIKES_MAX } from "../models/monte_carlo_kernel.ts";
import { DISTRIBUTIONS, ESTIMATORS, MODES, PATHS_MAX } from "../models/monte_carlo_request.ts";
import type { CalcRule } from "./calc_probability_question.ts";
import type { CalcProbabilityCommand } from "./command.ts";
import { decimalNumber, path, shortened, wholeNumber, word } from "./flag_values.ts";
import { about, type Asked, choosable, required, type WrongUse, wrongUse } from "./flags.ts";

/** Dollars of an index. */
const indexValue = () => decimalNumber("X", { above: 0, to: 1e12 });

/** Volatility per square root of a second: 0.001 is 560% a year already. */
const SIGMA_MOST = 1;
const YEAR_SECONDS = 31_622_400;
const SETTLEMENT_VALUES = 60;
const PATHS_USUAL = 10_000;
const RULES: readonly CalcRule[] = ["greater", "greater_or_equal", "less", "between"];
const KERNELS: readonly KernelName[] = ["strict", "relaxed"];

/** Several index values, `84000,84100.5`. */
function indexValues(): ValueParser<"sync", readonly number[]> {
  const one = indexValue();
  return {
    mode: "sync",
    metavar: "X,...",
    placeholder: [],
    parse(text) {
      const parts = text.split(",");
      const values = parts.length > STRIKES_MAX ? [] : parts.flatMap((part) => {
        const parsed = one.parse(part);
        return parsed.success ? [parsed.value] : [];
      });
      if (values.length === parts.length) return { success: true, value: values };
      const error = message`Found ${shortened(text)}, allowed: 1 to 256 numbers above 0, such as 84000,84100.5`;
      return { success: false, error };
    },
    format: (values) => values.join(","),
  };
}

const stateFlags = object("The question", {
  spot: required("--spot", indexValue(), "The index now, dollars"),
  strike: choosable(
    "--strike",
    decimalNumber("X", { from: -1e12, to: 1e12 }),
    "Strike, dollars; the lower one for rule between",
  ),
  strikes: choosable("--strikes", indexValues(), "Several strikes at once, instead of --strike"),
  cap: choosable("--cap", decimalNumber("X", { from: -1e12, to: 1e12 }), "Upper strike for rule between"),
  sigma: required(
    "--sigma",
    decimalNumber("S", { from: 0, to: SIGMA_MOST }),
    "Standard deviation of the log return per square root of a second, whatever the price model",
  ),
  seconds: required("--seconds", decimalNumber("T", { from: 0, to: YEAR_SECONDS }), "Seconds to settlement"),
  seenMean: choosable("--seen-mean", indexValue(), "Mean of the settlement values seen so far"),
  seenCount: choosable("--seen-count", wholeNumber("N", 1, SETTLEMENT_VALUES), "How many of the 60 were seen"),
  model: withDefault(required("--model", word("MODEL", ["closed", "mc"]), "Closed form, or Monte Carlo"), "closed"),
  rule: choosable("--rule", word("RULE", RULES), "Apply a market's rounding and ties; else P(mean > strike)"),
  decimals: choosable("--decimals", wholeNumber("N", 0, 8), "Decimals that the rule rounds the mean to (2)"),
});

const monteCarloFlags = object("Monte Carlo (--model mc)", {
  dist: withDefault(
    required(
      "--dist",
      word("DIST", DISTRIBUTIONS),
      "Price model: gbm, Merton's jump diffusion, Student's t, Heston's stochastic volatility, or a bootstrap",
    ),
    "gbm",
  ),
  paths: optional(required("--paths", wholeNumber("N", 1, PATHS_MAX), "Paths of the Monte Carlo (10000)")),
  seed: optional(required("--seed", wholeNumber("N", 0, Number.MAX_SAFE_INTEGER), "Seed of the Monte Carlo (1)")),
  estimator: choosable("--estimator", word("E", ESTIMATORS), "How variance is reduced (plain); sobol is for gbm only"),
  mode: choosable(
    "--mode",
    word("MODE", MODES),
    "One step to the last minute, or a step every second (exact_jump where the price model allows it)",
  ),
  kernel: choosable("--kernel", word("KERNEL", KERNELS), "strict: the same bits everywhere (usual); relaxed: faster"),
});

const modelFlags = object("Price models of the Monte Carlo", {
  jumpIntensity: choosable("--jump-intensity", decimalNumber("L", { from: 0, to: 1 }), "jump: per second (0.01)"),
  jumpMean: choosable("--jump-mean", decimalNumber("M", { from: -1, to: 1 }), "jump: mean of its logarithm (0)"),
  jumpDeviation: choosable(
    "--jump-deviation",
    decimalNumber("D", { from: 0, to: 1 }),
    "jump: deviation of its logarithm (5 x sigma)",
  ),
  degrees: choosable("--degrees", decimalNumber("N", { from: 2.1, to: 1e6 }), "student: degrees of freedom (4)"),
  reversion: choosable("--reversion", decimalNumber("K", { from: 0, to: 1 }), "heston: per second (0.01)"),
  varianceVolatility: choosable(
    "--variance-volatility",
    decimalNumber("V", { from: 0, to: 1 }),
    "heston: of the relative variance, per square root of a second (0.05)",
  ),
  correlation: choosable("--correlation", decimalNumber("R", { from: -1, to: 1 }), "heston: price with variance (0)"),
  returns: choosable("--returns", path("FILE"), "bootstrap: one-second log returns, one a line, 2 to 4096 of them"),
});

const flags = merge(stateFlags, monteCarloFlags, modelFlags);

type Flags = (typeof flags)["$valueType"][number];
type ModelFlag = keyof (typeof modelFlags)["$valueType"][number];

/** Which flags belong to which price model. */
const MODEL_OF: readonly (readonly [ModelFlag, string, CalcProbabilityCommand["dist"]])[] = [
  ["jumpIntensity", "--jump-intensity", "jump"],
  ["jumpMean", "--jump-mean", "jump"],
  ["jumpDeviation", "--jump-deviation", "jump"],
  ["degrees", "--degrees", "student"],
  ["reversion", "--reversion", "heston"],
  ["varianceVolatility", "--variance-volatility", "heston"],
  ["correlation", "--correlation", "heston"],
  ["returns", "--returns", "bootstrap"],
];

/** What does not go together in the question itself; `null` where it does. */
function questionProblem({ seenMean, seenCount, strike, strikes, rule, cap, decimals }: Flags): string | null {
  if ((strike === undefined) === (strikes === undefined)) return "Give --strike, or --strikes, and not both";
  if ((seenMean === undefined) !== (seenCount === undefined)) {
    return "--seen-mean and --seen-count describe the same values: give both or neither";
  }
  if (strikes !== undefined && rule !== undefined) return "--rule belongs to a single --strike";
  if (rule === "between" && cap === undefined) return "--rule between needs --cap, the upper strike";
  if (rule !== "between" && cap !== undefined) return "--cap is the upper strike of --rule between";
  if (cap !== undefined && strike !== undefined && cap < strike) return `--cap ${cap} lies below --strike ${strike}`;
  if (rule === undefined && decimals !== undefined) return "--decimals belongs to --rule";
  return null;
}

function monteCarloProblem(flags: Flags): string | null {
  if (flags.model === "closed") {
    if ((flags.paths ?? flags.seed) !== undefined) {
      return "--paths and --seed are for Monte Carlo: they need --model mc";
    }
    if ((flags.estimator ?? flags.mode ?? flags.kernel) !== undefined || flags.dist !== "gbm") {
      return "--dist, --estimator, --mode and --kernel are for Monte Carlo: they need --model mc";
    }
  }
  for (const [key, name, dist] of MODEL_OF) {
    if (flags[key] !== undefined && flags.dist !== dist) return `${name} is for ${dist}: it needs --dist ${dist}`;
  }
  if (flags.dist === "bootstrap" && flags.returns === undefined) {
    return "--dist bootstrap needs --returns, the file with the returns to draw from";
  }
  return null;
}

/** Puts the flags together, or says which do not go together. */
function probabilityCommand(flags: Flags): Asked<CalcProbabilityCommand> | WrongUse {
  const problem = questionProblem(flags) ?? monteCarloProblem(flags);
  if (problem !== null) return wrongUse(problem);
  return {
    ...flags,
    kind: "calc_probability",
    paths: flags.paths ?? PATHS_USUAL,
    seed: flags.seed ?? 1,
    decimals: flags.decimals ?? 2,
  };
}

export const probability = command(
  "probability",
  map(flags, probabilityCommand),
  about("Probability that the 60-second settlement average ends above a strike", "", [
    "calc probability --spot 84000 --strike 84100 --sigma 0.0002 --seconds 600",
    "calc probability --spot 84000 --strike 84010 --sigma 0.0002 --seconds 25 --seen-mean 84020.5 --seen-count 35 --model mc --paths 10000",
  ]),
);
