/**
 * What markets on the Fed's decisions say about themselves, worded as the real ones are (KALSHI.md 10).
 * @module
 */

import { easternWords } from "./eastern_words.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { MarketWords } from "./market_words.ts";
import type { RatesSeries } from "./series.ts";

const RULES_SECONDARY =
  "SIMULATED EXCHANGE. What the simulated Committee decides is in the simulated New York Fed's target range from the day " +
  "after the meeting on.";

export function ratesWords({ closeTime, terms }: ListedMarket, { shape }: RatesSeries): MarketWords {
  const { day, month } = easternWords(closeTime);
  if (shape === "upper_bound") {
    const above = `above ${(terms.floorStrike ?? 0).toFixed(2)}%`;
    return {
      title: `Will the upper bound of the federal funds rate be ${above} following the Fed's ${month} meeting?`,
      yesSubTitle: sentence(above),
      noSubTitle: sentence(above),
      rulesPrimary:
        `If the upper bound of the target federal funds range is ${above} following the meeting that ends ` +
        `on ${day}, then the market resolves to Yes.`,
      rulesSecondary: RULES_SECONDARY,
      eventTitle: `Fed funds rate after the ${month} meeting?`,
      eventSubTitle: `After ${day}`,
    };
  }
  const move = moveWords(terms.customStrike?.body ?? {});
  return {
    title: `Will the Federal Reserve ${move} at its ${month} meeting?`,
    yesSubTitle: sentence(move),
    noSubTitle: sentence(move),
    rulesPrimary:
      `If the Federal Reserve does a ${move} at the meeting that ends on ${day}, then the market resolves to Yes.`,
    rulesSecondary: RULES_SECONDARY,
    eventTitle: `Fed decision in ${month}?`,
    eventSubTitle: `On ${day}`,
  };
}

/** A hold is a hike of nothing, as on the real exchange. */
function moveWords({ Cut: cut, Hike: hike }: Readonly<Record<string, string>>): string {
  return cut === undefined ? `Hike of ${hike}bps` : `Cut of ${cut}bps`;
}

const sentence = (text: string): string => text[0].toUpperCase() + text.slice(1);
