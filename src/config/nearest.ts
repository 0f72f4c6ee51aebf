/**
 * Finds the name that somebody who mistyped probably meant.
 * @module
 */

/** Names are short; longer ones are not worth comparing. */
const MAX_LENGTH = 64;

/** The number of letters to insert, delete, replace or swap with their neighbour to make `b` of `a`. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) least = Math.min(least, beforePrevious[j - 2] + 1);
      current.push(least);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length];
}

/**
 * @returns the known name nearest to the given one, or `null` where none is near: at most a third of its letters may
 * differ (two in short names), or it is the beginning of the name. Case and the choice of `-` or `_` count as equal.
 */
export function nearestName(given: string, known: readonly string[]): string | null {
  if (given.length > MAX_LENGTH) return null;
  const normal = (name: string) => name.toLowerCase().replaceAll("-", "_");
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(given.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(normal(given), normal(name));
    if (distance < bestDistance && distance < Math.max(given.length, name.length)) {
      best = name;
      bestDistance = distance;
    }
  }
  // A name that was cut short is far away by letters and near by sense.
  return best ?? known.find((name) => given.length > 2 && normal(name).startsWith(normal(given))) ?? null;
}
