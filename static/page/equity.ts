/**
 * Net asset value over time as charts want it, with how far it lies under its highest so far.
 * @module
 */

import type { PortfolioPoint } from "../../src/server/status.ts";
import type { Point } from "./timeline.ts";

export interface EquitySeries {
  readonly nav: readonly Point[];
  /** Below zero or zero, as a fraction of the highest so far. */
  readonly drawdown: readonly Point[];
}

/** Rises in time; what is no number is left out. Money becomes a float here, to be drawn and for nothing else. */
export function equitySeries(points: readonly Pick<PortfolioPoint, "at" | "nav">[]): EquitySeries {
  const nav = points.map(({ at, nav }) => ({ at: Date.parse(at), value: Number(nav) }))
    .filter(({ at, value }) => Number.isFinite(at) && Number.isFinite(value))
    .sort((a, b) => a.at - b.at);
  let highest = -Infinity;
  const drawdown = nav.map(({ at, value }) => {
    highest = Math.max(highest, value);
    return { at, value: highest > 0 ? value / highest - 1 : 0 };
  });
  return { nav, drawdown };
}
