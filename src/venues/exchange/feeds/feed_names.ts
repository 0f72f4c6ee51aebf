/**
 * The names of the simulated feeds, apart from what they are: the command line reads them, and starts quickly.
 * @module
 */

/** In the order in which they are listed. */
export const FEED_NAMES = [
  "coinbase",
  "kraken",
  "bitstamp",
  "gemini",
  "cryptocom",
  "bullish",
  "binance",
  "binance_us",
  "deribit",
  "nws",
  "rates",
  "polymarket",
] as const;

export type FeedName = typeof FEED_NAMES[number];
