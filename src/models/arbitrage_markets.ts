/**
 * From the markets of one event to the groups that a scan needs: what excludes what, what covers everything, and which
 * strike is harder to reach follow from the strikes themselves.
 * @module
 */

import type { Market } from "../core/market.ts";
import type { ScannedGroup, ScannedMarket } from "./arbitrage_groups.ts";
import { type YesInterval, yesInterval } from "./settlement_interval.ts";

/** What of a {@link Market} is looked at. */
export type GroupedMarket = Pick<
  Market,
  "ticker" | "event" | "fees" | "strikeType" | "floorStrike" | "capStrike" | "roundDigits"
>;

export interface GroupingOptions {
  /**
   * Decimals that the event's number is told in, where its markets are silent: 0 for temperatures, whose buckets of 81 to
   * 82 and 83 to 84 leave no gap only among whole degrees. `null` takes each market's own.
   */
  readonly roundDigits: number | null;
  /** The exchange's word that at most one outcome comes true, for events whose strikes are no numbers. */
  readonly mutuallyExclusive: boolean;
  /** The pairs with another venue, by ticker. */
  readonly peers: ReadonlyMap<string, NonNullable<ScannedMarket["peer"]>>;
}

export const GROUPING_DEFAULTS: GroupingOptions = { roundDigits: null, mutuallyExclusive: false, peers: new Map() };

/** What stands behind the event's ticker in that of a market on its one number: `T92799.99`, `B81.5`, `T-5`, `8`. */
const NUMBER_NAMED = /^[TB]?-?\d+(?:\.\d+)?$/;

/**
 * Whether all strikes of an event are on one number. Strikes alone do not tell: points of two players in one game are told by
 * them, too, and no more than these a ladder. Their tickers name what each is on beside the strike.
 *
 * @example
 * ```ts
 * import { nameOneNumber } from "./arbitrage_markets.ts";
 * import assert from "node:assert/strict";
 * assert.ok(nameOneNumber([{ event: "KXBTCD-26SEP2515", ticker: "KXBTCD-26SEP2515-T92799.99" }]));
 * assert.ok(!nameOneNumber([{ event: "KXNBAPTS-26NOV20LALDEN", ticker: "KXNBAPTS-26NOV20LALDEN-LALLJAMES23-20" }]));
 * ```
 */
export const nameOneNumber = (markets: readonly Pick<GroupedMarket, "ticker" | "event">[]): boolean =>
  markets.every(({ ticker, event }) =>
    ticker.startsWith(`${event}-`) && NUMBER_NAMED.test(ticker.slice(event.length + 1))
  );

interface Placed {
  readonly market: GroupedMarket;
  readonly interval: YesInterval;
}

/**
 * The groups of one event. A market is in one of them:
 *
 * | markets | group |
 * | --- | --- |
 * | all above a strike, or all below one | a ladder, from the likeliest to the least likely |
 * | some above a strike, some below one, and they overlap | a ladder of each |
 * | ranges and tails of which no two overlap | an event, exclusive; exhaustive if they leave no gap |
 * | ranges that overlap | each by itself |
 * | without a number | an event, exclusive if the exchange says so, never exhaustive |
 *
 * @example
 * ```ts
 * import { groupMarkets } from "./arbitrage_markets.ts";
 * import assert from "node:assert/strict";
 * const fees = { type: "quadratic", multiplierMillionths: 1_000_000 } as const;
 * const above = (floorStrike: number) => ({
 *   ticker: `T${floorStrike}`, event: "E", fees, strikeType: "greater", floorStrike, capStrike: null, roundDigits: 2,
 * }) as const;
 * const [ladder] = groupMarkets([above(200), above(100)]);
 * assert.deepEqual([ladder.kind, ladder.markets.map(({ ticker }) => ticker)], ["ladder", ["T100", "T200"]]);
 * ```
 */
export function groupMarkets(markets: readonly GroupedMarket[], given: Partial<GroupingOptions> = {}): ScannedGroup[] {
  const options = { ...GROUPING_DEFAULTS, ...given };
  if (markets.length === 0) return [];
  const placed = markets.flatMap((market): Placed[] => {
    const interval = yesInterval({ ...market, roundDigits: options.roundDigits ?? market.roundDigits });
    return interval === null || Number.isNaN(interval.from) || Number.isNaN(interval.to) ? [] : [{ market, interval }];
  });
  const name = markets[0].event;
  // Where one market's strike is not known yet, nothing is known of them together.
  if (placed.length < markets.length) {
    return [outcomes(name, markets, options.mutuallyExclusive && placed.length === 0, false, options)];
  }
  placed.sort((a, b) => a.interval.from - b.interval.from || a.interval.to - b.interval.to);
  const sorted = placed.map(({ market }) => market);
  const disjoint = placed.every(({ interval }, at) => at === 0 || interval.from >= placed[at - 1].interval.to);
  if (disjoint && markets.length > 1) return [outcomes(name, sorted, true, leavesNoGap(placed), options)];
  const above = placed.filter(({ interval }) => interval.to === Infinity);
  // The lowest "below" is the least likely.
  const below = placed.filter(({ interval }) => interval.from === -Infinity).reverse();
  const ranges = placed.filter(({ interval }) => interval.from !== -Infinity && interval.to !== Infinity);
  return [
    ...ladder(name, above, options),
    ...ladder(name, below, options),
    ...ranges.map(({ market }): ScannedGroup => ({
      kind: "single",
      name: market.ticker,
      confidence: 1,
      markets: [scanned(market, options)],
    })),
  ];
}

function leavesNoGap(placed: readonly Placed[]): boolean {
  const contiguous = placed.every(({ interval }, at) => at === 0 || interval.from === placed[at - 1].interval.to);
  return contiguous && placed[0].interval.from === -Infinity && placed[placed.length - 1].interval.to === Infinity;
}

const scanned = ({ ticker, fees }: GroupedMarket, { peers }: GroupingOptions): ScannedMarket => {
  const peer = peers.get(ticker);
  return peer === undefined ? { ticker, fees } : { ticker, fees, peer };
};

const outcomes = (
  name: string,
  markets: readonly GroupedMarket[],
  exclusive: boolean,
  exhaustive: boolean,
  options: GroupingOptions,
): ScannedGroup => ({
  kind: "event",
  name,
  confidence: 1,
  markets: markets.map((market) => scanned(market, options)),
  exclusive,
  exhaustive,
});

const ladder = (name: string, placed: readonly Placed[], options: GroupingOptions): ScannedGroup[] =>
  placed.length === 0
    ? []
    : [{ kind: "ladder", name, confidence: 1, markets: placed.map(({ market }) => scanned(market, options)) }];
