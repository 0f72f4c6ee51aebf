/**
 * Shares the lines of a screen among the parts that want them.
 * @module
 */

/** What a part of the screen wants, in lines; its title is one of them. */
export interface Wish {
  /** With fewer it is left out. */
  readonly least: number;
  /** With more it would show nothing more. */
  readonly most: number;
  /** How much of the rest it gets, beside the others. */
  readonly weight: number;
}

/**
 * Lines for each wish, in the order of the wishes, which is that of their importance: everyone gets the least while that lasts,
 * then one line after the other goes to whoever has the fewest for its weight.
 */
export function shareLines(available: number, wishes: readonly Wish[]): number[] {
  let left = Math.max(0, available);
  const shares = wishes.map(({ least, most }) => {
    const first = Math.min(least, most);
    if (first > left || first <= 0) return 0;
    left -= first;
    return first;
  });
  while (left > 0) {
    let poorest = -1;
    for (const [at, { most, weight }] of wishes.entries()) {
      if (shares[at] === 0 || shares[at] >= most) continue;
      if (poorest < 0 || shares[at] / weight < shares[poorest] / wishes[poorest].weight) poorest = at;
    }
    if (poorest < 0) break;
    shares[poorest]++;
    left--;
  }
  return shares;
}
