/**
 * What markets say about themselves: titles, sub-titles and rules.
 * @module
 */

import { climateWords } from "./climate_words.ts";
import { cryptoWords } from "./crypto_words.ts";
import type { ListedMarket } from "./listed_market.ts";
import { ratesWords } from "./rates_words.ts";

export interface MarketWords {
  readonly title: string;
  readonly yesSubTitle: string;
  readonly noSubTitle: string;
  readonly rulesPrimary: string;
  readonly rulesSecondary: string;
  readonly eventTitle: string;
  readonly eventSubTitle: string;
}

export function wordsOf(market: ListedMarket): MarketWords {
  const { series } = market;
  switch (series.kind) {
    case "crypto":
      return cryptoWords(market, series);
    case "climate":
      return climateWords(market, series);
    case "rates":
      return ratesWords(market, series);
  }
}
