/**
 * What the settlement index of each coin is called, and how it is worked out (KALSHI.md 5.9, 11.1).
 * @module
 */

export interface IndexParameters {
  /** As inputs and markets name it. */
  readonly index: string;
  /** Volume between two points of the price-volume curve, in coins. */
  readonly spacing: number;
  /** Decimals that the value is rounded to. */
  readonly decimals: number;
}

/**
 * Only bitcoin's spacing and decimals are published where we can read them. For the others the spacing is worth about as
 * much as one bitcoin: the utilised depth holds many such steps, so that the value hardly depends on their length. Cheap
 * coins have more decimals, as their strikes do.
 */
const PARAMETERS: Readonly<Record<string, IndexParameters>> = {
  BTC: { index: "BRTI", spacing: 1, decimals: 2 },
  ETH: { index: "ETHUSD_RTI", spacing: 25, decimals: 2 },
  SOL: { index: "SOLUSD_RTI", spacing: 500, decimals: 4 },
  XRP: { index: "XRPUSD_RTI", spacing: 30_000, decimals: 6 },
  DOGE: { index: "DOGEUSD_RTI", spacing: 500_000, decimals: 8 },
  BNB: { index: "BNBUSD_RTI", spacing: 100, decimals: 2 },
  HYPE: { index: "HYPEUSD_RTI", spacing: 2_000, decimals: 4 },
  NEAR: { index: "NEARUSD_RTI", spacing: 30_000, decimals: 6 },
  ZEC: { index: "ZECUSD_RTI", spacing: 200, decimals: 4 },
};

const ASSETS: ReadonlyMap<string, string> = new Map(
  Object.entries(PARAMETERS).map(([asset, { index }]) => [index, asset]),
);

/** Of one coin's index; `null` where no market settles on it. */
export const indexParametersOf = (asset: string): IndexParameters | null =>
  Object.hasOwn(PARAMETERS, asset) ? PARAMETERS[asset] : null;

/** The coin that an index prices: `BTC` of `BRTI`; `null` for an index that is not known here. */
export const assetOf = (index: string): string | null => ASSETS.get(index) ?? null;
