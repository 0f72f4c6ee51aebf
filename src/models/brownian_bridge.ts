/**
 * Brownian motion at given times from independent normals, the last time first and then always the middle of a gap, so
 * that the first normals decide most of the path (B. Moskowitz and R. Caflisch, Mathematical and Computer Modelling 23,
 * 1996).
 * @module
 */

interface Stop {
  readonly at: number;
  /** Indices of the neighbours that are known already; -1 is time 0, where the path is 0. */
  readonly left: number;
  readonly right: number;
  readonly leftWeight: number;
  readonly rightWeight: number;
  readonly deviation: number;
}

export class BrownianBridge {
  readonly #stops: readonly Stop[];

  /** @param times ascending, the first above 0 */
  constructor(times: readonly number[]) {
    const last = times.length - 1;
    const stops: Stop[] = [
      { at: last, left: -1, right: -1, leftWeight: 0, rightWeight: 0, deviation: Math.sqrt(times[last]) },
    ];
    // Wide gaps come before narrow ones: each is split when all of its parents' generation are.
    const gaps: [number, number][] = [[-1, last]];
    for (let gap = gaps.shift(); gap !== undefined; gap = gaps.shift()) {
      const [left, right] = gap;
      if (right - left < 2) continue;
      const at = (left + right) >> 1;
      const start = left < 0 ? 0 : times[left];
      const whole = times[right] - start;
      const leftWeight = (times[right] - times[at]) / whole;
      const rightWeight = (times[at] - start) / whole;
      stops.push({ at, left, right, leftWeight, rightWeight, deviation: Math.sqrt((times[at] - start) * leftWeight) });
      gaps.push([left, at], [at, right]);
    }
    this.#stops = stops;
  }

  /** Writes the path of these normals, as many as there are times. */
  write(normals: Float64Array, path: Float64Array): void {
    for (let k = 0; k < this.#stops.length; k++) {
      const { at, left, right, leftWeight, rightWeight, deviation } = this.#stops[k];
      const fromLeft = left < 0 ? 0 : leftWeight * path[left];
      const fromRight = right < 0 ? 0 : rightWeight * path[right];
      path[at] = fromLeft + fromRight + deviation * normals[k];
    }
  }
}
