/**
 * The first four moments of a series, as they stand in the formulas of deflated_sharpe.ts.
 * @module
 */

export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Of the sample, with n - 1. */
  readonly deviation: number;
  /** Third standardised moment of the population, 0 for a normal distribution. */
  readonly skewness: number;
  /** Fourth standardised moment of the population, 3 for a normal distribution. */
  readonly kurtosis: number;
}

/** `null` where there are fewer than two values, or all are the same: nothing can be standardised then. */
export function momentsOf(values: ArrayLike<number>): Moments | null {
  const count = values.length;
  if (count < 2) return null;
  let sum = 0;
  for (let k = 0; k < count; k++) sum += values[k];
  const mean = sum / count;
  let squares = 0;
  let cubes = 0;
  let fourths = 0;
  for (let k = 0; k < count; k++) {
    const off = values[k] - mean;
    squares += off ** 2;
    cubes += off ** 3;
    fourths += off ** 4;
  }
  const variance = squares / count;
  if (!(variance > 0)) return null;
  return {
    count,
    mean,
    deviation: Math.sqrt(squares / (count - 1)),
    skewness: cubes / count / variance ** 1.5,
    kurtosis: fourths / count / variance ** 2,
  };
}

/** Mean over standard deviation, of one period and not annualised; `null` where there is no deviation. */
export function sharpeOf(values: ArrayLike<number>): number | null {
  const moments = momentsOf(values);
  return moments === null ? null : moments.mean / moments.deviation;
}
