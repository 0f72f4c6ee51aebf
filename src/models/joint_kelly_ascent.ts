/**
 * The stakes at which expected logarithmic wealth is greatest, over the outcomes of one event.
 *
 *     maximise  sum_s p_s log(w_s),  w_s = start_s + sum_i x_i r_is
 *     where     0 <= x_i <= cap_i,  sum_i x_i <= budget
 *
 * Concave, so a point that no allowed change improves is the best one. Newton's method on the stakes that are free, with
 * an active set for those held at zero, at their cap, or together at the budget (J. Nocedal and S. Wright, Numerical
 * Optimization, chapter 16). What it returns carries its own proof: the linear bound of a concave function,
 * max over allowed y of gradient (y - x), is the most that anything could still gain (M. Jaggi, ICML 2013).
 * @module
 */

export interface GrowthProblem {
  /** Of each state; all above zero. */
  readonly probabilities: Float64Array;
  /** Wealth in each state where nothing is staked; all above zero, of the order of 1. */
  readonly start: Float64Array;
  /** Profit in each state for each dollar staked, one instrument's states after the other's; none below -1. */
  readonly returns: Float64Array;
  readonly caps: Float64Array;
  readonly budget: number;
}

export interface GrowthMaximum {
  readonly stakes: Float64Array;
  /** The most that expected logarithmic wealth could still rise: a proven bound, not an estimate. */
  readonly gap: number;
  readonly steps: number;
}

/** Good enough: a hundred-billionth part of growth. */
export const GAP_ENOUGH = 1e-11;
/** Squared Newton decrement below which the free stakes are taken to be at their best. */
const SETTLED = 1e-16;
/** Below it a Newton step changes nothing that a float64 could show. */
const EXHAUSTED = 1e-30;
/** Steps after settling; more would only stir the last bits of the wealth in an unlikely state. */
const POLISH_MOST = 4;
/** Steps: a few for each instrument that enters or leaves, and some to settle. Tens are usual, whatever the number is. */
const STEPS_BASE = 100;
const STEPS_PER_INSTRUMENT = 20;
/** Of a diagonal element: a smaller pivot says that instruments duplicate each other. */
const PIVOT_SHARE = 1e-12;
/** Of exact duplicates even that is zero. */
const PIVOT_LEAST = 1e-24;
/** No step goes further than this towards ruin. */
const TOWARDS_RUIN = 0.995;
/** A line is searched until it is neither steeper down nor steeper up than so much of its first slope. */
const STEEP_DOWN = 0.1;
const STEEP_UP = 0.5;
const SEARCH_STEPS = 60;

const AT_ZERO = 0;
const FREE = 1;
const AT_CAP = 2;

/** What ends a step before its full length. */
type Block = { readonly at: number; readonly bound: typeof AT_ZERO | typeof AT_CAP } | "budget" | null;

class Ascent {
  readonly #problem: GrowthProblem;
  readonly #states: number;
  readonly #count: number;
  readonly #stakes: Float64Array;
  readonly #status: Uint8Array;
  readonly #wealth: Float64Array;
  readonly #gradient: Float64Array;
  /** p / w and p / w^2 of each state. */
  readonly #weight: Float64Array;
  readonly #curvature: Float64Array;
  /** Change of wealth along the direction. */
  readonly #slope: Float64Array;
  /** The free instruments, and how each moves. */
  #free: number[] = [];
  #direction: number[] = [];
  /** What each does to wealth, state by state. */
  #change: Float64Array = new Float64Array(64);
  #factor: Float64Array = new Float64Array(64);
  #budgetBinds = false;
  /** What a dollar of budget more would bring; 0 where the budget does not bind. */
  #price = 0;

  constructor(problem: GrowthProblem) {
    this.#problem = problem;
    this.#states = problem.probabilities.length;
    this.#count = problem.caps.length;
    this.#stakes = new Float64Array(this.#count);
    this.#status = new Uint8Array(this.#count);
    this.#gradient = new Float64Array(this.#count);
    this.#wealth = new Float64Array(this.#states);
    this.#weight = new Float64Array(this.#states);
    this.#curvature = new Float64Array(this.#states);
    this.#slope = new Float64Array(this.#states);
  }

  run(): GrowthMaximum {
    const most = STEPS_BASE + STEPS_PER_INSTRUMENT * this.#count;
    // After a step of no length the same instrument would only be let go again.
    let mayRelease = true;
    let polished = 0;
    let steps = 0;
    for (; steps < most; steps++) {
      this.#measure();
      const decrement = this.#aim();
      if (decrement <= SETTLED) {
        if (this.#gap() <= GAP_ENOUGH) break;
        if (mayRelease && this.#release()) {
          polished = 0;
          continue;
        }
        if (decrement <= EXHAUSTED || ++polished > POLISH_MOST) {
          if (mayRelease) break;
          mayRelease = true;
          continue;
        }
      }
      mayRelease = this.#move(decrement) > 0;
    }
    this.#measure();
    return { stakes: this.#stakes, gap: this.#gap(), steps };
  }

  /** Wealth, and the gradient of its expected logarithm. */
  #measure(): void {
    const { probabilities, start, returns } = this.#problem;
    const states = this.#states;
    const wealth = this.#wealth;
    wealth.set(start);
    for (let i = 0; i < this.#count; i++) {
      const stake = this.#stakes[i];
      if (stake === 0) continue;
      for (let s = 0, at = i * states; s < states; s++, at++) wealth[s] += stake * returns[at];
    }
    for (let s = 0; s < states; s++) {
      this.#weight[s] = probabilities[s] / wealth[s];
      this.#curvature[s] = this.#weight[s] / wealth[s];
    }
    for (let i = 0; i < this.#count; i++) {
      let sum = 0;
      for (let s = 0, at = i * states; s < states; s++, at++) sum += this.#weight[s] * returns[at];
      this.#gradient[i] = sum;
    }
  }

  /** Minus the second derivative with respect to one stake. */
  #bend(i: number): number {
    const { returns } = this.#problem;
    const states = this.#states;
    let sum = 0;
    for (let s = 0, at = i * states; s < states; s++, at++) sum += this.#curvature[s] * returns[at] * returns[at];
    return sum;
  }

  /** Newton's direction for the free stakes; the squared decrement, which is its slope. */
  #aim(): number {
    const free: number[] = [];
    for (let i = 0; i < this.#count; i++) if (this.#status[i] === FREE) free.push(i);
    this.#price = 0;
    const payer = this.#budgetBinds ? this.#largest(free) : -1;
    if (this.#budgetBinds) this.#price = payer < 0 ? this.#cheapestAtCap() : this.#gradient[payer];
    const moving = payer < 0 ? free : free.filter((i) => i !== payer);
    this.#changes(moving, payer);
    const gradient = moving.map((i) => this.#gradient[i] - this.#price);
    this.#factorise(moving.length);
    const direction = this.#solve(gradient);
    const decrement = direction.reduce((sum, value, k) => sum + value * gradient[k], 0);
    this.#free = moving;
    this.#direction = direction;
    if (payer < 0) return decrement;
    this.#free.push(payer);
    this.#direction.push(-direction.reduce((sum, value) => sum + value, 0));
    return decrement;
  }

  /** The largest free stake pays for what the others gain where the budget binds; -1 where none is free. */
  #largest(free: readonly number[]): number {
    let largest = -1;
    for (const i of free) if (largest < 0 || this.#stakes[i] > this.#stakes[largest]) largest = i;
    return largest;
  }

  /** What a dollar more of each does to wealth in each state, where another pays for it if the budget binds. */
  #changes(moving: readonly number[], payer: number): void {
    const { returns } = this.#problem;
    const states = this.#states;
    if (this.#change.length < moving.length * states) this.#change = new Float64Array(2 * moving.length * states);
    for (const [k, i] of moving.entries()) {
      for (let s = 0; s < states; s++) {
        this.#change[k * states + s] = returns[i * states + s] - (payer < 0 ? 0 : returns[payer * states + s]);
      }
    }
  }

  /** Where the budget is spent on stakes at their caps, the least of them says what a dollar brings. */
  #cheapestAtCap(): number {
    let least = Infinity;
    for (let i = 0; i < this.#count; i++) {
      if (this.#status[i] === AT_CAP) least = Math.min(least, this.#gradient[i]);
    }
    return least === Infinity ? 0 : Math.max(0, least);
  }

  /** Cholesky's factor of what moves; duplicates get a small pivot, so that they move far and end at a bound. */
  #factorise(size: number): void {
    if (this.#factor.length < size * size) this.#factor = new Float64Array(4 * size * size);
    const factor = this.#factor;
    const states = this.#states;
    for (let row = 0; row < size; row++) {
      for (let column = 0; column <= row; column++) {
        let entry = 0;
        for (let s = 0, a = row * states, b = column * states; s < states; s++, a++, b++) {
          entry += this.#curvature[s] * this.#change[a] * this.#change[b];
        }
        let rest = entry;
        for (let k = 0; k < column; k++) rest -= factor[row * size + k] * factor[column * size + k];
        factor[row * size + column] = row === column
          ? Math.sqrt(Math.max(rest, entry * PIVOT_SHARE, PIVOT_LEAST))
          : rest / factor[column * size + column];
      }
    }
  }

  #solve(right: readonly number[]): number[] {
    const size = right.length;
    const factor = this.#factor;
    const solution = [...right];
    for (let row = 0; row < size; row++) {
      for (let k = 0; k < row; k++) solution[row] -= factor[row * size + k] * solution[k];
      solution[row] /= factor[row * size + row];
    }
    for (let row = size - 1; row >= 0; row--) {
      for (let k = row + 1; k < size; k++) solution[row] -= factor[k * size + row] * solution[k];
      solution[row] /= factor[row * size + row];
    }
    return solution;
  }

  /** Goes along the direction, not past a bound and not past the best point; how far. */
  #move(slopeAtStart: number): number {
    const { returns } = this.#problem;
    const states = this.#states;
    const slope = this.#slope.fill(0);
    for (const [k, i] of this.#free.entries()) {
      for (let s = 0, at = i * states; s < states; s++, at++) slope[s] += this.#direction[k] * returns[at];
    }
    const limit = this.#limit();
    let length = limit.length;
    for (let s = 0; s < states; s++) {
      if (slope[s] < 0) length = Math.min(length, TOWARDS_RUIN * this.#wealth[s] / -slope[s]);
    }
    length = this.#search(length, slopeAtStart);
    this.#apply(length, length === limit.length ? limit.block : null);
    return length;
  }

  /** The whole length where it does not lead far past the best point of the line, else one near that point. */
  #search(whole: number, slopeAtStart: number): number {
    if (this.#slopeAt(whole) >= -STEEP_DOWN * slopeAtStart) return whole;
    let low = 0;
    let high = whole;
    for (let search = 0; search < SEARCH_STEPS; search++) {
      const middle = (low + high) / 2;
      const slope = this.#slopeAt(middle);
      if (slope < -STEEP_DOWN * slopeAtStart) high = middle;
      else if (slope > STEEP_UP * slopeAtStart) low = middle;
      else return middle;
    }
    return low;
  }

  /** Slope of expected logarithmic wealth so far along the direction. */
  #slopeAt(length: number): number {
    const { probabilities } = this.#problem;
    let sum = 0;
    for (let s = 0; s < this.#states; s++) {
      sum += probabilities[s] * this.#slope[s] / (this.#wealth[s] + length * this.#slope[s]);
    }
    return sum;
  }

  /** How far the direction may be followed, at most its full length, and what is met there. */
  #limit(): { readonly length: number; readonly block: Block } {
    const { caps, budget } = this.#problem;
    let length = 1;
    let block: Block = null;
    let rise = 0;
    for (const [k, i] of this.#free.entries()) {
      const step = this.#direction[k];
      rise += step;
      const room = step < 0 ? -this.#stakes[i] / step : step > 0 ? (caps[i] - this.#stakes[i]) / step : Infinity;
      if (room >= length) continue;
      length = Math.max(0, room);
      block = { at: i, bound: step < 0 ? AT_ZERO : AT_CAP };
    }
    if (!this.#budgetBinds && rise > 0) {
      const room = Math.max(0, budget - this.#spent()) / rise;
      if (room < length) return { length: room, block: "budget" };
    }
    return { length, block };
  }

  #spent(): number {
    let sum = 0;
    for (let i = 0; i < this.#count; i++) sum += this.#stakes[i];
    return sum;
  }

  #apply(length: number, block: Block): void {
    const { caps } = this.#problem;
    for (const [k, i] of this.#free.entries()) {
      this.#stakes[i] = Math.min(caps[i], Math.max(0, this.#stakes[i] + length * this.#direction[k]));
    }
    if (block === null) return;
    if (block === "budget") {
      this.#budgetBinds = true;
      return;
    }
    this.#stakes[block.at] = block.bound === AT_ZERO ? 0 : caps[block.at];
    this.#status[block.at] = block.bound;
  }

  /** Lets go of the bound that costs most; false where none costs anything. */
  #release(): boolean {
    const { caps } = this.#problem;
    let best = -1;
    let most = 0;
    for (let i = 0; i < this.#count; i++) {
      if (this.#status[i] === FREE || caps[i] === 0) continue;
      const gain = (this.#gradient[i] - this.#price) * (this.#status[i] === AT_ZERO ? 1 : -1);
      if (gain <= Number.EPSILON) continue;
      // By how much it would gain: a dollar on a long shot is a bigger step than one on a favourite.
      const score = gain * gain / this.#bend(i);
      if (score <= most) continue;
      most = score;
      best = i;
    }
    if (this.#budgetBinds && this.#price < -Number.EPSILON && this.#price * this.#price > most) {
      this.#budgetBinds = false;
      return true;
    }
    if (best >= 0) this.#status[best] = FREE;
    return best >= 0;
  }

  /** What the best allowed stakes would gain if wealth's logarithm were as straight as it is here: an upper bound. */
  #gap(): number {
    const { caps, budget } = this.#problem;
    let gap = 0;
    for (let i = 0; i < this.#count; i++) gap -= this.#gradient[i] * this.#stakes[i];
    let left = budget;
    const taken = new Set<number>();
    while (left > 0) {
      let best = -1;
      for (let i = 0; i < this.#count; i++) {
        if (taken.has(i) || caps[i] === 0 || this.#gradient[i] <= 0) continue;
        if (best < 0 || this.#gradient[i] > this.#gradient[best]) best = i;
      }
      if (best < 0) break;
      taken.add(best);
      const amount = Math.min(left, caps[best]);
      gap += this.#gradient[best] * amount;
      left -= amount;
    }
    return Math.max(0, gap);
  }
}

/** Stakes within the bounds, the proof of how good they are, and the steps it took, of which there is a bound. */
export function maximiseGrowth(problem: GrowthProblem): GrowthMaximum {
  return new Ascent(problem).run();
}
