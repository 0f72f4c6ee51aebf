/**
 * Prices minute by minute, and what they say about volatility, as the server shows them (D8).
 * @module
 */

import type { VolatilityAhead, VolatilityScore } from "../core/input.ts";
import type { VolatilityChoiceView } from "../engine/view.ts";

/** A minute as the API shows it. */
export interface MinuteView {
  readonly start: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly source: string;
}

/** Of one window; what is defined how: engine/price_history_statistics.ts. */
export interface WindowView {
  readonly minutes: number;
  readonly from: string;
  readonly to: string;
  readonly samples: number;
  readonly missing: number;
  readonly volatility: number | null;
  readonly perSqrtSecond: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly range: number | null;
  readonly largestMove: { readonly minute: string; readonly logReturn: number; readonly dollars: number } | null;
}

/** The choice among volatility forecasters, and what it rests on. */
export interface SelectionView extends VolatilityChoiceView {
  readonly forecasts: readonly VolatilityAhead[];
  readonly scores: readonly VolatilityScore[];
}

export interface VolatilityView {
  readonly asset: string;
  readonly at: string;
  /** Who the newest value comes from; `null` before the first. */
  readonly source: string | null;
  readonly latest: {
    readonly value: number;
    readonly source: string;
    readonly sourceTime: string;
    readonly at: string;
  } | null;
  readonly windows: readonly WindowView[];
  /** `null` before the first minute is over. */
  readonly selection: SelectionView | null;
}

export interface PriceSources {
  /** Every asset that there is a history of. */
  assets(): readonly string[];
  /** `null` for an asset that is not among them. */
  volatility(asset: string): VolatilityView | null;
  /** Oldest first: the newest `limit` minutes that begin before `before`, microseconds. */
  minutes(asset: string, limit: number, before?: number): Promise<readonly MinuteView[]>;
}
