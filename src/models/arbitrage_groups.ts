/**
 * What an arbitrage scan is told: which markets belong together, and what is worth finding.
 * @module
 */

import type { FeeSchedule } from "../core/market.ts";
import { type Count, count, type Money, money } from "../core/units.ts";
import type { VenueFees } from "./arbitrage_fees.ts";

/** What the kernel has room for. */
export const SCANNED_SLOTS_MAX = 65_536;
export const SCANNED_GROUPS_MAX = 16_384;
export const RESULTS_MAX = 4_096;
/** At most so many contracts are reckoned with, in hundredths; unusual fee multipliers allow for less. */
export const SCANNED_COUNT_MAX: Count = count(10_000_000);

export interface ScannedMarket {
  readonly ticker: string;
  readonly fees: FeeSchedule;
  /** Present where another venue has the same market. */
  readonly peer?: {
    readonly fees: VenueFees;
    /** That both settle alike, 0 to 1. */
    readonly confidence: number;
  };
}

interface Named {
  readonly name: string;
  /** That the group is what it says, 0 to 1. */
  readonly confidence: number;
}

/** Markets that belong together. A market belongs to one group. */
export type ScannedGroup =
  /** Outcomes of one event. */
  | Named & {
    readonly kind: "event";
    readonly markets: readonly ScannedMarket[];
    /** At most one comes true. */
    readonly exclusive: boolean;
    /** At least one comes true. */
    readonly exhaustive: boolean;
  }
  /** Strikes of one number at one time, from the likeliest YES to the least likely. */
  | Named & { readonly kind: "ladder"; readonly markets: readonly ScannedMarket[] }
  /** A market that only another venue is compared with. */
  | Named & { readonly kind: "single"; readonly markets: readonly [ScannedMarket] };

export interface ScanSettings {
  /** How many fills a leg may come in, at most: each may be rounded up by itself. */
  readonly fillsPerLeg: number;
  /** Larger sizes than this are not reckoned with. */
  readonly countMax: Count;
  /** Only what earns more is found. */
  readonly netMin: Money;
  /**
   * What becomes of an event where an outcome has no bid. `leave_out`: NO of the others is still looked at, and is as
   * safe, because it pays $1 less for an outcome less. `refuse`: it is not. Without an ask of every outcome there is never
   * an `all_yes`: the missing one may be the one that comes true.
   */
  readonly missingBid: "leave_out" | "refuse";
  /** Results that are kept: the best. */
  readonly resultsMax: number;
}

export const SCAN_DEFAULTS: ScanSettings = {
  fillsPerLeg: 10,
  countMax: count(1_000_000),
  netMin: money(0),
  missingBid: "leave_out",
  resultsMax: 64,
};

/** Places that a group of so many markets takes: whole vectors of eight. */
export const placesFor = (markets: number): number => Math.ceil(markets / 8) * 8;

const isShare = (value: number): boolean => value >= 0 && value <= 1;

/** Why these settings cannot be, `null` where they can. */
export function settingsError({ fillsPerLeg, countMax, netMin, resultsMax }: ScanSettings): string | null {
  const whole = (name: string, value: number, low: number, high: number): string | null =>
    Number.isInteger(value) && value >= low && value <= high
      ? null
      : `Scan setting ${name} must be a whole number from ${low} to ${high}, not ${value}`;
  return whole("fillsPerLeg", fillsPerLeg, 1, 10_000) ?? whole("countMax", countMax, 1, SCANNED_COUNT_MAX) ??
    whole("netMin", netMin, 0, Number.MAX_SAFE_INTEGER) ?? whole("resultsMax", resultsMax, 1, RESULTS_MAX);
}

/** Why these groups cannot be scanned, `null` where they can. */
export function groupsError(groups: readonly ScannedGroup[]): string | null {
  const seen = new Set<string>();
  for (const { name, confidence, markets } of groups) {
    if (!isShare(confidence)) return `Confidence of ${name} must be from 0 to 1, not ${confidence}`;
    if (markets.length === 0) return `Group ${name} has no market`;
    for (const { ticker, peer } of markets) {
      if (seen.has(ticker)) return `Market ${ticker} is in more than one place; found again in ${name}`;
      seen.add(ticker);
      if (peer !== undefined && !isShare(peer.confidence)) {
        return `Confidence of the pair of ${ticker} must be from 0 to 1, not ${peer.confidence}`;
      }
    }
  }
  const slots = groups.reduce((sum, { markets }) => sum + placesFor(markets.length), 0);
  if (slots <= SCANNED_SLOTS_MAX && groups.length <= SCANNED_GROUPS_MAX) return null;
  return `Found ${slots} places in ${groups.length} groups, where a scan has room for ${SCANNED_SLOTS_MAX} in ${SCANNED_GROUPS_MAX}`;
}
