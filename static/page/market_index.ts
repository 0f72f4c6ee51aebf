/**
 * Which index a market's ticker speaks of: the coin's name stands behind the exchange's letters.
 * @module
 */

import { indexParametersOf } from "../../src/core/index_parameters.ts";

/** The coin, then what kind of market it is: `KXBTC15M-...`, `KXETHD-...`, `KXSOL-...`. */
const SERIES = /^KX([A-Z]+?)(15M|D|E)?-/;

export interface MarketIndex {
  readonly asset: string;
  readonly index: string;
}

/** `null` for a market on something else than a coin. */
export function marketIndex(ticker: string): MarketIndex | null {
  const asset = SERIES.exec(ticker)?.[1] ?? "";
  const parameters = indexParametersOf(asset);
  return parameters === null ? null : { asset, index: parameters.index };
}
