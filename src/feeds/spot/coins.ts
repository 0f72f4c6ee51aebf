/**
 * Which coins an exchange trades against the dollar, and what it calls the pairs. An exchange may refuse a whole
 * subscription for one pair that it does not know, so a coin is listed only where it is known to be traded.
 * @module
 */

/** Looks up pairs by coin and coins by pair. */
export class Coins {
  readonly #pairs: ReadonlyMap<string, string>;
  readonly #assets: ReadonlyMap<string, string>;

  /** @param coins such as `BTC` */
  constructor(coins: readonly string[], pairOf: (coin: string) => string) {
    this.#pairs = new Map(coins.map((coin) => [coin, pairOf(coin)]));
    this.#assets = new Map(coins.map((coin) => [pairOf(coin), coin]));
  }

  /** The exchange's name of the pair, `null` where it does not trade it. */
  pair(asset: string): string | null {
    return this.#pairs.get(asset) ?? null;
  }

  /** Of those assets that the exchange trades, in their order. */
  pairs(assets: readonly string[]): string[] {
    return assets.flatMap((asset) => this.#pairs.get(asset) ?? []);
  }

  /** Which coin a pair on the wire is of, `null` for anything that is not known. */
  asset(pair: unknown): string | null {
    return typeof pair === "string" ? this.#assets.get(pair) ?? null : null;
  }
}
