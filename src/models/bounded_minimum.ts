/**
 * The minimum of a function of few variables within bounds, without derivatives: the simplex of J. Nelder and R. Mead,
 * "A simplex method for function minimization" (Computer Journal 7, 1965). The same start gives the same answer, and the
 * number of evaluations is bounded.
 * @module
 */

export interface Bounds {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface Minimum {
  readonly at: readonly number[];
  readonly value: number;
  readonly evaluations: number;
}

/** Of each variable's range: how far the first simplex reaches. */
const FIRST_REACH = 0.1;

interface Vertex {
  readonly at: readonly number[];
  readonly value: number;
}

/**
 * Points outside the bounds are moved onto them; a value that is no number counts as infinitely high.
 *
 * @param tolerance ends the search once the simplex' values lie this close together
 */
export function boundedMinimum(
  target: (at: readonly number[]) => number,
  start: readonly number[],
  bounds: Bounds,
  evaluationsMax: number,
  tolerance: number,
): Minimum {
  let evaluations = 0;
  const vertex = (at: readonly number[]): Vertex => {
    evaluations++;
    const inside = at.map((value, k) => Math.min(bounds.high[k], Math.max(bounds.low[k], value)));
    const value = target(inside);
    return { at: inside, value: Number.isNaN(value) ? Infinity : value };
  };
  const simplex = [vertex(start)];
  for (let k = 0; k < start.length; k++) {
    const reach = FIRST_REACH * (bounds.high[k] - bounds.low[k]);
    const inward = start[k] + reach <= bounds.high[k] ? reach : -reach;
    simplex.push(vertex(start.map((value, each) => each === k ? value + inward : value)));
  }
  const sort = () => simplex.sort((a, b) => a.value - b.value);
  sort();
  // A step takes at most as many evaluations as there are vertices, and two more.
  while (evaluations + simplex.length + 2 <= evaluationsMax) {
    const worst = simplex[simplex.length - 1];
    if (worst.value - simplex[0].value <= tolerance) break;
    const centre = start.map((_, k) => {
      let sum = 0;
      for (let each = 0; each + 1 < simplex.length; each++) sum += simplex[each].at[k];
      return sum / (simplex.length - 1);
    });
    const along = (factor: number): Vertex => vertex(centre.map((value, k) => value + factor * (worst.at[k] - value)));
    const better = nextVertex(simplex, worst, along);
    if (better !== null) simplex[simplex.length - 1] = better;
    else {
      const best = simplex[0];
      for (let each = 1; each < simplex.length; each++) {
        simplex[each] = vertex(simplex[each].at.map((value, k) => (value + best.at[k]) / 2));
      }
    }
    sort();
  }
  return { ...simplex[0], evaluations };
}

/** Reflected, expanded or contracted; `null` where none of that is better and the simplex must shrink. */
function nextVertex(simplex: readonly Vertex[], worst: Vertex, along: (factor: number) => Vertex): Vertex | null {
  const reflected = along(-1);
  if (reflected.value < simplex[0].value) {
    const expanded = along(-2);
    return expanded.value < reflected.value ? expanded : reflected;
  }
  if (reflected.value < simplex[simplex.length - 2].value) return reflected;
  const contracted = along(reflected.value < worst.value ? -0.5 : 0.5);
  return contracted.value < Math.min(reflected.value, worst.value) ? contracted : null;
}
