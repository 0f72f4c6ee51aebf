/**
 * Which opportunities get the capital where there is not enough for all (REQUIREMENTS.md S8): those that earn most for the
 * time that they bind it, weighed by how much of them can be had.
 *
 *     AROC  = edge / cost / years to the payout
 *     score = AROC x ln(1 + contracts displayed)
 * @module
 */

import { type Count, type Money, money, ONE_CONTRACT, ONE_DOLLAR } from "../core/units.ts";
import { logarithm } from "./elementary.ts";

export interface Opportunity {
  readonly ticker: string;
  /** Most that it should get. */
  readonly capital: Money;
  /** What one contract costs, its fee included: capital is given in whole contracts. */
  readonly cost: Money;
  /** Expected profit of a contract, net of all that is taken off, dollars. */
  readonly edge: number;
  readonly secondsToPayout: number;
  /** Displayed at this cost. */
  readonly depth: Count;
}

export interface FundedOpportunity {
  readonly ticker: string;
  readonly aroc: number;
  readonly score: number;
  /** What it gets. */
  readonly capital: Money;
}

export type Funding =
  | { readonly ok: true; /** Best first. */ readonly funded: readonly FundedOpportunity[] }
  | { readonly ok: false; readonly reason: string };

/** More than there are open markets. */
export const OPPORTUNITIES_MAX = 100_000;

const SECONDS_PER_YEAR = 31_557_600;

/**
 * The annualised return on capital that is bound until the payout; simple, not compounded. A payout within a second counts
 * as one in a second.
 */
export const annualisedReturn = (profit: number, capital: number, secondsToPayout: number): number =>
  profit / capital / (Math.max(secondsToPayout, 1) / SECONDS_PER_YEAR);

/**
 * Shares out the free capital: the best gets what it can take, the next of what is left, and so on; of what is left, each
 * gets whole contracts. Those without an edge get nothing and are not in the answer. Equal ones go by their ticker.
 *
 * @example
 * ```ts
 * import { fundOpportunities } from "./opportunity.ts";
 * import { count, money } from "../core/units.ts";
 * import assert from "node:assert/strict";
 * const common = { capital: money(60_000_000), cost: money(500_000), edge: 0.03, depth: count(10_000) };
 * const funding = fundOpportunities([
 *   { ...common, ticker: "TOMORROW", secondsToPayout: 86_400 },
 *   { ...common, ticker: "TODAY", secondsToPayout: 3_600 },
 * ], money(100_000_000));
 * assert.ok(funding.ok);
 * assert.deepEqual(funding.funded.map(({ ticker, capital }) => [ticker, capital]), [
 *   ["TODAY", 60_000_000],
 *   ["TOMORROW", 40_000_000],
 * ]);
 * ```
 */
export function fundOpportunities(opportunities: readonly Opportunity[], free: Money): Funding {
  const reason = opportunitiesError(opportunities);
  if (reason !== null) return { ok: false, reason };
  const ranked = opportunities.map((opportunity) => ({ opportunity, ...worthOf(opportunity) })).sort((a, b) =>
    b.score - a.score || b.aroc - a.aroc || (a.opportunity.ticker < b.opportunity.ticker ? -1 : 1)
  );
  let left: number = free;
  const funded: FundedOpportunity[] = [];
  for (const { opportunity: { ticker, capital, cost }, aroc, score } of ranked) {
    if (!(aroc > 0)) continue;
    const contracts = Math.floor(Math.max(0, Math.min(capital, left)) / cost);
    const given = money(contracts * cost);
    left -= given;
    funded.push({ ticker, aroc, score, capital: given });
  }
  return { ok: true, funded };
}

function worthOf(
  { cost, edge, secondsToPayout, depth }: Opportunity,
): { readonly aroc: number; readonly score: number } {
  const aroc = annualisedReturn(edge, cost / ONE_DOLLAR, secondsToPayout);
  return { aroc, score: aroc * logarithm(1 + depth / ONE_CONTRACT) };
}

/** Why these cannot be ranked, `null` where they can. */
function opportunitiesError(opportunities: readonly Opportunity[]): string | null {
  const { length } = opportunities;
  if (length > OPPORTUNITIES_MAX) return `At most ${OPPORTUNITIES_MAX} opportunities are ranked, found ${length}`;
  const seen = new Set<string>();
  for (const { ticker, capital, cost, edge, secondsToPayout, depth } of opportunities) {
    if (seen.has(ticker)) return `${ticker} is among the opportunities more than once`;
    seen.add(ticker);
    if (!(cost > 0)) return `Cost of ${ticker} must be above 0, found ${cost}`;
    if (!(capital >= 0)) return `Capital of ${ticker} must be 0 or more, found ${capital}`;
    if (!Number.isFinite(edge)) return `Edge of ${ticker} must be a number, found ${edge}`;
    if (!Number.isFinite(secondsToPayout)) {
      return `Seconds to the payout of ${ticker} must be a number, found ${secondsToPayout}`;
    }
    if (!(depth >= 0)) return `Depth of ${ticker} must be 0 or more, found ${depth}`;
  }
  return null;
}
