/**
 * The pair map of a run on the simulated exchange: its own markets and their simulated mirrors. Both sides' rules are the
 * simulation's own words, so that a map that was reviewed for real markets never fits them, nor this one real markets.
 * @module
 */

import type { PairMap, PeerPair } from "../../../feeds/polymarket/pair_map.ts";

const REVIEW = { reviewed_by: "the simulation", reviewed_on: "2026-11-20" } as const;
const DIFFERENCE =
  "Simulated. Kalshi's side settles on the mean of the last 60 index values before the close, rounded to " +
  "two decimals, against that before the open; Polymarket's on the last price of another stream at both ends.";

const pair = (coin: "btc" | "eth", kalshi: string, polymarket: string): PeerPair => ({
  name: `simulated-${coin}-15m`,
  rule_difference: DIFFERENCE,
  ...REVIEW,
  kalshi: { series: `KX${coin.toUpperCase()}15M`, rules_sha256: kalshi },
  polymarket: { event: `${coin}-updown-15m-{open}`, outcome: "Up", inverted: false, rules_sha256: polymarket },
});

export const SIMULATED_PAIRS: PairMap = {
  version: 1,
  pair: [
    pair(
      "btc",
      "436f51ee72746503bda56420550cdb41b7f6a5724834de073e4e572adb0f3370",
      "810bf6ff2c80f12c57ed126a513f7340cd68a51da5a43ca23ba552bac795947c",
    ),
    pair(
      "eth",
      "0fb7731a1e1a4ebfe3311022a33bf42cfa6e0d080b03dc5f1e4b81467a619afd",
      "3c2a4d316f00e1c16927276cd0aa8704ee8996b7208d92704ee07c8109808680",
    ),
  ],
};
