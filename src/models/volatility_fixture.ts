/**
 * For the tests of volatility: normal numbers and prices from a seed.
 * @module
 */

/** Sums of twelve uniforms from a linear congruence: the same bits in any language. */
export function normals(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    let sum = -6;
    for (let k = 0; k < 12; k++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      sum += state / 2 ** 32;
    }
    return sum;
  };
}

/**
 * A price for each second from `start`.
 *
 * @param sigmaAt standard deviation of the log return that ends at a second
 */
export function* randomPrices(
  seed: number,
  start: number,
  seconds: number,
  sigmaAt: (second: number) => number,
): Generator<readonly [second: number, price: number]> {
  const normal = normals(seed);
  let logPrice = Math.log(80_000);
  yield [start, Math.exp(logPrice)];
  for (let second = start + 1; second <= start + seconds; second++) {
    logPrice += sigmaAt(second) * normal();
    yield [second, Math.exp(logPrice)];
  }
}
