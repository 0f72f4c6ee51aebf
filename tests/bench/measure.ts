/**
 * Timing of alternatives side by side. A shared machine changes speed within seconds, so every alternative runs once in
 * every round, in rotating order, and ratios are taken within a round: they hold where absolute figures do not.
 * @module
 */

/** One way of doing a piece of work. */
export interface Contender {
  readonly name: string;
  /** How often the work is done in one {@link run}; figures are per unit. */
  readonly units: number;
  /** Not timed: puts everything back to where a run starts. */
  prepare?(): void;
  run(): void;
}

export interface Timing {
  readonly name: string;
  /** Median over the rounds, per unit. */
  readonly nanoseconds: number;
  /** Of the fastest round, per unit: what the work takes where nothing else runs on the machine. */
  readonly best: number;
  /** Median over the rounds of this one's time divided by the first contender's in the same round. */
  readonly ratio: number;
}

/** The middle value; the mean of the two middle ones where there are two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function timed(contender: Contender): number {
  contender.prepare?.();
  const started = performance.now();
  contender.run();
  return (performance.now() - started) * 1e6 / contender.units;
}

/** Rounds before the first that counts: the compiler needs a few hundred thousand calls to be done with long paths. */
const WARM_UP = 10;

/** Runs all contenders `rounds` times after some that warm the compiler up. */
export function race(contenders: readonly Contender[], rounds = 21): Timing[] {
  const figures = contenders.map((): number[] => []);
  for (let round = -WARM_UP; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const which = (turn + round + WARM_UP) % contenders.length;
      const nanoseconds = timed(contenders[which]);
      if (round >= 0) figures[which].push(nanoseconds);
    }
  }
  return contenders.map(({ name }, which) => ({
    name,
    nanoseconds: median(figures[which]),
    best: Math.min(...figures[which]),
    ratio: median(figures[which].map((figure, round) => figure / figures[0][round])),
  }));
}
