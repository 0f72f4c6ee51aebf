/**
 * What markets that settle on an index say about themselves, worded as the real ones are (KALSHI.md 8).
 * @module
 */

import { easternWords } from "./eastern_words.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { MarketWords } from "./market_words.ts";
import type { CryptoSeries } from "./series.ts";

/** `83,950.62`; whole dollars without decimals where `short`. */
export function dollarsWithCommas(value: number, short = false): string {
  const [whole, cents] = value.toFixed(2).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return short && cents === "00" ? grouped : `${grouped}.${cents}`;
}

const RULES_SECONDARY = "SIMULATED EXCHANGE. At the last minute before expiration, 60 RTI prices are collected. " +
  "The official and final value is the average of these prices, rounded to the nearest 2 decimal places.";

const averageOf = (indexName: string): string =>
  `the simple average of the sixty seconds of CF Benchmarks' ${indexName} before`;

export const cryptoWords = (market: ListedMarket, series: CryptoSeries): MarketWords =>
  series.shape === "up_down" ? windowWords(market, series) : ladderWords(market, series);

/** The sub-title for NO stays "TBD" for ever in quarter-hour markets, as on the real exchange. */
function windowWords(
  { floorStrike, openTime, closeTime }: ListedMarket,
  { coin, indexName }: CryptoSeries,
): MarketWords {
  const open = easternWords(openTime);
  const close = easternWords(closeTime);
  const average = averageOf(indexName);
  const target = floorStrike === null ? null : dollarsWithCommas(floorStrike);
  return {
    title: `${coin} price up in next 15 mins?`,
    yesSubTitle: target === null ? "Target price: TBD" : `Target Price: $${target}`,
    noSubTitle: "Target price: TBD",
    rulesPrimary: `If ${average} ${close.time} on ${close.day} is at least ${average} ${open.time} on ${open.day}, ` +
      "then the market resolves to Yes.",
    rulesSecondary: RULES_SECONDARY,
    eventTitle: `${coin} 15 min${target === null ? "" : ` · $${target} target`}`,
    eventSubTitle: `${open.time} on ${open.day} to ${close.time} on ${close.day}`,
  };
}

function ladderWords(market: ListedMarket, { shape, indexName }: CryptoSeries): MarketWords {
  const { strikeType, capStrike } = market.terms;
  const close = easternWords(market.closeTime);
  const strike = strikeWords(market);
  const title = shape === "above" ? `Bitcoin price on ${close.day}?` : `Bitcoin price range on ${close.day}?`;
  const asked = strikeType === "less"
    ? `below ${capStrike}`
    : strikeType === "greater"
    ? `above ${market.floorStrike}`
    : `between ${market.floorStrike}-${capStrike}`;
  return {
    title,
    yesSubTitle: strike,
    noSubTitle: strike,
    rulesPrimary: `If ${averageOf(indexName)} ${close.hour} is ${asked} at ${close.hour} on ${close.day}, ` +
      "then the market resolves to Yes.",
    rulesSecondary: RULES_SECONDARY,
    eventTitle: title,
    eventSubTitle: `On ${close.day} at ${close.hour}`,
  };
}

/** What a ladder's market is called: `$92,800 or above`. */
function strikeWords({ floorStrike, terms }: ListedMarket): string {
  if (terms.strikeType === "less") return `$${dollarsWithCommas((terms.capStrike ?? 0) - 0.01)} or below`;
  if (terms.strikeType === "greater") return `$${dollarsWithCommas((floorStrike ?? 0) + 0.01, true)} or above`;
  return `$${dollarsWithCommas(floorStrike ?? 0, true)} to ${dollarsWithCommas(terms.capStrike ?? 0, true)}`;
}
