/**
 * How much of a limit is used: what the API says, and what the page draws.
 * @module
 */

/** From this part of a limit on, the rest is little. */
const NEAR = 0.8;

export interface Gauge {
  /** Of the limit, 1 for all of it; `null` where the limit is zero, or one of the two is no number. */
  readonly share: number | null;
  readonly state: "free" | "near" | "reached";
}

/** Money becomes a float here to draw a gauge, and for nothing else. Of a limit of nothing everything is used. */
export function gaugeOf(used: string, limit: string): Gauge {
  const share = Number(limit) > 0 ? Number(used) / Number(limit) : NaN;
  if (!Number.isFinite(share)) return { share: null, state: "reached" };
  return { share, state: share >= 1 ? "reached" : share >= NEAR ? "near" : "free" };
}
