/**
 * What one connection listens to: channels, each for some assets.
 * @module
 */

import type { SpotAsset } from "./spot_market.ts";

export class SpotSubscriptions<Channel extends string> {
  readonly #open = new Map<Channel, Set<SpotAsset>>();

  /** Whether that is new. */
  add(channel: Channel, asset: SpotAsset): boolean {
    const assets = this.#open.get(channel) ?? new Set();
    this.#open.set(channel, assets);
    if (assets.has(asset)) return false;
    assets.add(asset);
    return true;
  }

  remove(channel: Channel, asset: SpotAsset): void {
    this.#open.get(channel)?.delete(asset);
  }

  has(channel: Channel, asset: SpotAsset): boolean {
    return this.#open.get(channel)?.has(asset) ?? false;
  }

  /** Whether any channel is open for the asset. */
  hears(asset: SpotAsset): boolean {
    for (const assets of this.#open.values()) if (assets.has(asset)) return true;
    return false;
  }

  assets(channel: Channel): readonly SpotAsset[] {
    return [...this.#open.get(channel) ?? []];
  }

  /** Open channels with their assets, in order of subscription. */
  get open(): readonly (readonly [Channel, readonly SpotAsset[]])[] {
    return [...this.#open].filter(([, assets]) => assets.size > 0).map(([channel, assets]) => [channel, [...assets]]);
  }
}
