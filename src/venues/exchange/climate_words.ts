/**
 * What daily temperature markets say about themselves, worded as the real ones are (KALSHI.md 9).
 * @module
 */

import { climateEvent } from "../../core/climate_event.ts";
import { dayWords } from "./eastern_words.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { MarketWords } from "./market_words.ts";
import type { ClimateSeries } from "./series.ts";

export function climateWords({ event, terms }: ListedMarket, { extreme, station }: ClimateSeries): MarketWords {
  const { strikeType, floorStrike, capStrike } = terms;
  const day = dayWords(climateEvent(event)?.day ?? "");
  const [asked, short, strike] = strikeType === "less"
    ? [`less than ${capStrike}°`, `<${capStrike}°`, `${(capStrike ?? 0) - 1}° or below`]
    : strikeType === "greater"
    ? [`greater than ${floorStrike}°`, `>${floorStrike}°`, `${(floorStrike ?? 0) + 1}° or above`]
    : [`between ${floorStrike}-${capStrike}°`, `${floorStrike}-${capStrike}°`, `${floorStrike}° to ${capStrike}°`];
  const most = extreme === "high" ? "maximum" : "minimum";
  return {
    title: `Will the **${extreme} temp in ${station.city}** be ${short} on ${day}?`,
    yesSubTitle: strike,
    noSubTitle: strike,
    rulesPrimary:
      `If the ${most} temperature recorded at ${station.city} (CLI${station.cli}) for ${day}, is ${asked} ` +
      "fahrenheit according to The Weather Company, then the market resolves to Yes.",
    rulesSecondary:
      "SIMULATED EXCHANGE. The official and final value is that of the simulated weather service's final " +
      "climate report of the day, which runs from midnight to midnight in local standard time. " +
      "Preliminary reports and single observations do not decide.",
    eventTitle: `${extreme === "high" ? "Highest" : "Lowest"} temperature in ${station.city} on ${day}?`,
    eventSubTitle: `On ${day}`,
  };
}

/** When trading ends and when the market settles, as its body says it. */
export const climateEarlyClose = ({ event }: ListedMarket): string =>
  `The Last Trading Time will be the end of ${dayWords(climateEvent(event)?.day ?? "")} in local standard time ` +
  "regardless of any data releases. Expiration will occur on the morning after it, once the final report is out.";
