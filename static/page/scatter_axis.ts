/** The scale that both sides of a scatter share. */

const TICKS_MAX = 7;

export interface AxisOptions {
  /** Both axes reach this far at the least. */
  readonly least: readonly [low: number, high: number];
  /** Between two labels, or a multiple of it where there would be too many. */
  readonly step: number;
}

interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** From one label to another, as far as the points reach. */
export function axis(points: readonly { readonly x: number; readonly y: number }[], options: AxisOptions): Axis {
  const values = points.flatMap(({ x, y }) => [x, y]).filter(Number.isFinite);
  const [lowest, highest] = [Math.min(options.least[0], ...values), Math.max(options.least[1], ...values)];
  let { step } = options;
  while ((highest - lowest) / step > TICKS_MAX - 2) step *= 2;
  // A little less, so that a quarter that floats make 0.250000001 is a quarter.
  const [from, to] = [Math.floor(lowest / step + 1e-9), Math.ceil(highest / step - 1e-9)];
  const ticks = Array.from({ length: to - from + 1 }, (_, k) => (from + k) * step);
  return { low: from * step, high: to * step, ticks };
}
