/**
 * What was expected of executions against what they brought, dollars a contract after fees.
 * @module
 */

import { ONE_DOLLAR } from "../../core/units.ts";
import type { EdgeBucket } from "../findings.ts";
import { Clusters } from "./clusters.ts";
import type { Outcome } from "./execution_outcome.ts";

/** Where one range ends and the next begins; an edge lies within -1 and 1, because a contract pays at most a dollar. */
const ENDS = [-1, -0.02, 0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 1] as const;

interface Range {
  readonly low: number;
  readonly high: number;
  fills: number;
  contracts: number;
  /** Contracts x edge. */
  weighted: number;
  /** Micro-dollars, and contracts, by market. */
  readonly realised: Clusters;
}

export class EdgeBuckets {
  readonly #ranges: readonly Range[] = ENDS.slice(1).map((high, k) => ({
    low: ENDS[k],
    high,
    fills: 0,
    contracts: 0,
    weighted: 0,
    realised: new Clusters(),
  }));

  /** All executions of one market. Those of which nobody said what was expected are left out. */
  add(ticker: string, outcomes: readonly Outcome[]): void {
    const sums = new Map<Range, { sum: number; count: number }>();
    for (const { executed: { edge, fills, contracts }, total } of outcomes) {
      if (edge === null) continue;
      const range = this.#ranges.find(({ high }) => edge < high) ?? this.#ranges[this.#ranges.length - 1];
      range.fills += fills;
      range.contracts += contracts / 100;
      range.weighted += contracts / 100 * edge;
      const sum = sums.get(range);
      if (sum === undefined) sums.set(range, { sum: total / ONE_DOLLAR, count: contracts / 100 });
      else {
        sum.sum += total / ONE_DOLLAR;
        sum.count += contracts / 100;
      }
    }
    for (const [range, { sum, count }] of sums) range.realised.add(ticker, sum, count);
  }

  /** Those that any execution fell into. */
  figures(): EdgeBucket[] {
    return this.#ranges.filter(({ fills }) => fills > 0).map(({ low, high, fills, contracts, weighted, realised }) => ({
      low,
      high,
      fills,
      contracts,
      edge: weighted / contracts,
      realised: realised.mean(),
    }));
  }
}
