/**
 * Tells trades apart that come twice, by the numbers that exchanges give them in ascending order.
 * @module
 */

/** Of one connection. */
export class TradeIds {
  readonly #newest = new Map<string, number>();

  /** @param assets all that there are: of others nothing is kept */
  constructor(assets: readonly string[]) {
    for (const asset of assets) this.#newest.set(asset, -1);
  }

  /** The highest number that was taken, -1 before the first. */
  newest(asset: string): number {
    return this.#newest.get(asset) ?? -1;
  }

  /** Why the trade is refused, `null` where it is a new one. */
  take(asset: string, id: number): string | null {
    if (!Number.isSafeInteger(id) || id < 0) return "id of a trade is no number";
    if (id <= this.newest(asset)) return "trade repeated";
    if (this.#newest.has(asset)) this.#newest.set(asset, id);
    return null;
  }
}
