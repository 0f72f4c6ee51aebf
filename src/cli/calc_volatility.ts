/**
 * `kbot calc volatility`: what every forecaster makes of a file of recorded prices, or what one market's quotes imply
 * (REQUIREMENTS.md M2).
 * @module
 */

import { RecordingError } from "../backtest/recording/recording_error.ts";
import { Refusals } from "../backtest/recording/refusals.ts";
import { SpotTape } from "../backtest/recording/spot_tape.ts";
import { micros, MICROS_PER_SECOND } from "../core/units.ts";
import { ANNUALISED_SECONDS } from "../models/implied_volatility.ts";
import { impliedFromQuotes } from "../models/implied_from_quotes.ts";
import { forecastCandidates } from "../models/volatility_candidates.ts";
import { ForecastSelection, type SelectionExplanation } from "../models/volatility_selection.ts";
import type { CalcVolatilityCommand } from "./command.ts";
import { EXIT } from "./command.ts";
import { done, refused, type Reply } from "./output.ts";

/** As the engine's default. */
const HALF_LIFE_SECONDS = 120;
const LAST = micros(Number.MAX_SAFE_INTEGER);
/** Enough for seven digits of the smallest. */
const DECIMALS = 12;

/** A volatility in the unit of all models, and as option markets write it. */
interface Volatility {
  readonly per_sqrt_second: number | null;
  readonly annual_percent: number | null;
}

const annual = (sigma: number): number => Number((sigma * Math.sqrt(ANNUALISED_SECONDS) * 100).toFixed(4));
const volatility = (sigma: number | null): Volatility => ({
  per_sqrt_second: sigma === null ? null : Number(sigma.toFixed(DECIMALS)),
  annual_percent: sigma === null ? null : annual(sigma),
});

export function calcVolatility(command: CalcVolatilityCommand): Promise<Reply> | Reply {
  return command.given === "prices" ? fromPrices(command) : fromQuote(command);
}

type FromPrices = Extract<CalcVolatilityCommand, { readonly given: "prices" }>;
type FromQuote = Extract<CalcVolatilityCommand, { readonly given: "quote" }>;

function fromQuote({ spot, strike, bid, ask, seconds }: FromQuote): Reply {
  const rule = { strikeType: "greater_or_equal", floorStrike: strike, capStrike: null, roundDigits: 2 } as const;
  const implied = impliedFromQuotes({ spot, secondsToClose: seconds, seenSum: 0, seenCount: 0 }, [{ rule, bid, ask }]);
  if (!implied.ok) return refused(EXIT.failed, implied.reason, { implied: null, reason: implied.reason });
  const { perSqrtSecond, low, high } = implied;
  const result = { implied: volatility(perSqrtSecond), low: volatility(low), high: volatility(high) };
  const range = `between bid and ask ${low.toExponential(3)} to ${high.toExponential(3)}`;
  return done(`Implied volatility ${inWords(perSqrtSecond)}; ${range}`, result);
}

const inWords = (sigma: number | null): string =>
  sigma === null ? "not known" : `${sigma.toExponential(4)} per root second (${annual(sigma).toFixed(2)} % a year)`;

async function fromPrices({ prices, seconds }: FromPrices): Promise<Reply> {
  const refusals = new Refusals();
  const selection = new ForecastSelection(forecastCandidates(HALF_LIFE_SECONDS));
  let count = 0;
  try {
    const tape = await SpotTape.open(prices, "prices", refusals);
    for (let more = true; more;) {
      const piece = await tape.until(LAST);
      more = piece.more;
      for (const { sourceTime, value } of piece.values) {
        if (selection.push(sourceTime / MICROS_PER_SECOND, value) === null) count++;
      }
    }
    await tape.close();
  } catch (error) {
    if (error instanceof RecordingError) return refused(EXIT.failed, error.message);
    if (error instanceof Deno.errors.NotFound) return refused(EXIT.failed, `No prices at ${prices}: nothing is there`);
    throw error;
  }
  if (count === 0) return refused(EXIT.failed, `No prices in ${prices}: ${refusals.problems[0] ?? "it holds none"}`);
  return answer(selection, seconds, count, refusals.problems);
}

function answer(selection: ForecastSelection, seconds: number, count: number, problems: readonly string[]): Reply {
  const explanation: SelectionExplanation = selection.explain();
  const forecasts = selection.candidates.map((candidate) => ({
    name: candidate.name,
    ...volatility(candidate.forecast(seconds)),
  }));
  const chosen = selection.forecast(seconds);
  const result = {
    ...volatility(chosen),
    horizon_seconds: seconds,
    prices: count,
    chosen: explanation.chosen,
    why: explanation.why,
    forecasts,
    scores: explanation.scores,
    problems,
  };
  const lines = [
    `Volatility over the next ${seconds} s by ${explanation.chosen}: ${inWords(chosen)}`,
    `${explanation.why}`,
    `  ${"forecaster".padEnd(22)}${"per root second".padStart(16)}${"% a year".padStart(10)}${"scored".padStart(8)}` +
    `${"log density".padStart(13)}  against the first`,
    ...explanation.scores.map(({ name, n, logLikelihood, advantage, standardError }, k) => {
      const { per_sqrt_second, annual_percent } = forecasts[k];
      const lead = advantage === null || standardError === null
        ? "n/a"
        : `${advantage < 0 ? "" : "+"}${advantage.toFixed(4)} +- ${standardError.toFixed(4)}`;
      return `  ${name.padEnd(22)}${(per_sqrt_second?.toExponential(4) ?? "n/a").padStart(16)}` +
        `${(annual_percent?.toFixed(2) ?? "n/a").padStart(10)}${String(n).padStart(8)}` +
        `${(logLikelihood?.toFixed(4) ?? "n/a").padStart(13)}  ${lead}`;
    }),
    ...problems.map((problem) => `problem: ${problem}`),
  ];
  return done(lines.join("\n"), result);
}
