/**
 * Which prices a market takes (KALSHI.md 3.8). Off-grid orders are rejected by the exchange, so every price that leaves
 * here passes through the market's grid.
 * @module
 */

import type { PriceRange } from "./market.ts";
import { ONE_DOLLAR_PRICE, type Price, price } from "./units.ts";

/** Most ranges that a grid may have: the exchange uses three. */
const RANGES_MAX = 16;

/** Why a list of ranges is no grid, for the person who reads it. */
export interface PriceGridError {
  readonly error: string;
}

/**
 * The tradable prices of one market: every price of its ranges strictly between $0 and $1.
 *
 * The grid is laid out once for each distinct list of ranges, as two tables of 10,001 entries that grids with the same
 * ranges share: every question is one look-up.
 */
export class PriceGrid {
  /** Per price the nearest tradable one at or below, 0 where there is none. */
  readonly #below: Uint16Array;
  /** Per price the nearest tradable one at or above, 0 where there is none. */
  readonly #above: Uint16Array;
  readonly #lowest: Price;
  readonly #highest: Price;

  private constructor(below: Uint16Array) {
    this.#below = below;
    this.#above = nearestAbove(below);
    this.#highest = below[ONE_DOLLAR_PRICE] as Price;
    this.#lowest = this.#above[0] as Price;
  }

  /** The grid of these ranges; an error in words where they are not contiguous from $0 to $1. */
  static from(ranges: readonly PriceRange[]): PriceGrid | PriceGridError {
    const key = ranges.slice(0, RANGES_MAX).map(({ start, end, step }) => `${start}:${end}:${step}`).join();
    const known = PriceGrid.#known.get(key);
    if (known !== undefined) return known;
    const error = rangesError(ranges);
    if (error !== null) return { error };
    const grid = new PriceGrid(layOut(ranges));
    if (PriceGrid.#known.size < GRIDS_REMEMBERED_MAX) PriceGrid.#known.set(key, grid);
    return grid;
  }

  static readonly #known = new Map<string, PriceGrid>();

  /** The lowest tradable price. */
  get lowest(): Price {
    return this.#lowest;
  }

  /** The highest tradable price. */
  get highest(): Price {
    return this.#highest;
  }

  /** Whether an order may carry this price. */
  has(at: Price): boolean {
    return at > 0 && at < ONE_DOLLAR_PRICE && this.#below[at] === at;
  }

  /** The highest tradable price at or below, `null` below the lowest. */
  floor(at: Price): Price | null {
    if (at < this.#lowest) return null;
    return at >= ONE_DOLLAR_PRICE ? this.#highest : this.#below[at] as Price;
  }

  /** The lowest tradable price at or above, `null` above the highest. */
  ceil(at: Price): Price | null {
    if (at > this.#highest) return null;
    if (at <= this.#lowest) return this.#lowest;
    return this.#above[at] as Price;
  }

  /** The lowest tradable price above, `null` at the top. */
  next(at: Price): Price | null {
    return this.ceil(price(Math.max(0, at + 1)));
  }

  /** The highest tradable price below, `null` at the bottom. */
  previous(at: Price): Price | null {
    return this.floor(price(at - 1));
  }
}

/** There are a dozen structures; more than this many distinct grids are built anew each time instead of kept. */
const GRIDS_REMEMBERED_MAX = 64;

function rangesError(ranges: readonly PriceRange[]): string | null {
  if (ranges.length === 0 || ranges.length > RANGES_MAX) {
    return `A price grid has 1 to ${RANGES_MAX} ranges, found ${ranges.length}`;
  }
  let reached = 0;
  for (const { start, end, step } of ranges) {
    if (start !== reached) {
      return `Price ranges must follow on each other: expected a start of ${reached}, found ${start}`;
    }
    if (end <= start || end > ONE_DOLLAR_PRICE) {
      return `A price range must end above its start and at most at ${ONE_DOLLAR_PRICE}: found ${start} to ${end}`;
    }
    if (!Number.isInteger(step) || step <= 0 || (end - start) % step !== 0) {
      return `A price range must be a whole number of its steps: found ${start} to ${end} by ${step}`;
    }
    reached = end;
  }
  if (reached !== ONE_DOLLAR_PRICE) return `Price ranges must reach ${ONE_DOLLAR_PRICE}: they end at ${reached}`;
  if (ranges.length === 1 && ranges[0].step === ONE_DOLLAR_PRICE) {
    return "A price grid without a price inside $0 and $1";
  }
  return null;
}

function layOut(ranges: readonly PriceRange[]): Uint16Array {
  const below = new Uint16Array(ONE_DOLLAR_PRICE + 1);
  for (const { start, end, step } of ranges) {
    for (let at: number = start; at <= end; at += step) {
      if (at > 0 && at < ONE_DOLLAR_PRICE) below[at] = at;
    }
  }
  for (let at = 1; at <= ONE_DOLLAR_PRICE; at++) {
    if (below[at] === 0) below[at] = below[at - 1];
  }
  return below;
}

/** The other direction of the same table. */
function nearestAbove(below: Uint16Array): Uint16Array {
  const above = new Uint16Array(below.length);
  for (let at = below.length - 2; at >= 0; at--) above[at] = at > 0 && below[at] === at ? at : above[at + 1];
  return above;
}

function uniform(step: number): readonly PriceRange[] {
  return [{ start: price(0), end: ONE_DOLLAR_PRICE, step: price(step) }];
}

function threePart(edge: number, edgeStep: number, centreStep: number): readonly PriceRange[] {
  return [
    { start: price(0), end: price(edge), step: price(edgeStep) },
    { start: price(edge), end: price(ONE_DOLLAR_PRICE - edge), step: price(centreStep) },
    { start: price(ONE_DOLLAR_PRICE - edge), end: ONE_DOLLAR_PRICE, step: price(edgeStep) },
  ];
}

/** Where the edges of the `center_*_edge_*` structures begin: $0.10 from either end, except for `centi` edges. */
const EDGE = 1_000;

/**
 * The structures by name (KALSHI.md 3.8), for recordings and the simulated exchange: a live market's grid always comes
 * from its own `price_ranges`. KALSHI.md names the steps of the `center_*` structures but not where their edges begin,
 * except for `center_deci_edge_centi_cent`; $0.10 is taken, as in `tapered_deci_cent`.
 */
export const NAMED_PRICE_RANGES: Readonly<Record<string, readonly PriceRange[]>> = {
  linear_cent: uniform(100),
  deci_cent: uniform(10),
  tapered_deci_cent: threePart(EDGE, 10, 100),
  center_whole_edge_half_cent: threePart(EDGE, 50, 100),
  center_whole_edge_quint_cent: threePart(EDGE, 20, 100),
  center_half_edge_half_cent: uniform(50),
  center_half_edge_quint_cent: threePart(EDGE, 20, 50),
  center_half_edge_deci_cent: threePart(EDGE, 10, 50),
  center_quint_edge_quint_cent: uniform(20),
  center_quint_edge_deci_cent: threePart(EDGE, 10, 20),
  center_centi_edge_centi_cent: uniform(1),
  center_deci_edge_centi_cent: threePart(100, 1, 10),
};
