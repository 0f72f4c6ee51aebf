/**
 * Where a price may be until a moment, by its volatility alone: the logarithm is normal around the newest value, with a
 * standard deviation that grows with the square root of time.
 * @module
 */

export interface ConePoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Holds the price in 95 of 100 cases. */
  readonly outer: readonly [low: number, high: number];
  /** Holds it in every second case. */
  readonly inner: readonly [low: number, high: number];
}

/** Quantiles of the normal distribution, for 95 % and 50 % of it. */
const OUTER = 1.959_964;
const INNER = 0.674_49;
const STEPS = 40;

/**
 * @param volatility standard deviation of the logarithm per square root of a second
 * @returns from now to the end; nothing where there is no time left or the inputs make no cone
 */
export function cone(price: number, volatility: number, nowMs: number, endMs: number): readonly ConePoint[] {
  const sound = price > 0 && volatility >= 0 && endMs > nowMs;
  if (!sound || ![price, volatility, nowMs, endMs].every(Number.isFinite)) return [];
  return Array.from({ length: STEPS + 1 }, (_, k) => {
    const at = nowMs + (endMs - nowMs) * k / STEPS;
    const deviation = volatility * Math.sqrt((at - nowMs) / 1_000);
    const range = (quantile: number): readonly [number, number] => [
      price * Math.exp(-quantile * deviation),
      price * Math.exp(quantile * deviation),
    ];
    return { at, outer: range(OUTER), inner: range(INNER) };
  });
}
