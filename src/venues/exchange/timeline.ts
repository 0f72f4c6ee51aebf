/**
 * What is going to happen, in order of time: a binary heap of scheduled calls. Calls at one moment run by rank, then in
 * the order in which they were scheduled, so that a run is the same however coarsely time is moved.
 * @module
 */

import type { Micros } from "../../core/units.ts";

/** Who goes first where two things fall on one microsecond: the index, then the market's life, then those who trade. */
export const RANK = { index: 0, cycle: 1, expiry: 2, fault: 3, feed: 4, trader: 5 } as const;
export type Rank = typeof RANK[keyof typeof RANK];

interface Entry {
  readonly at: Micros;
  readonly rank: Rank;
  readonly number: number;
  readonly run: (at: Micros) => void;
}

const before = (a: Entry, b: Entry): boolean =>
  a.at !== b.at ? a.at < b.at : a.rank !== b.rank ? a.rank < b.rank : a.number < b.number;

export class Timeline {
  readonly #heap: Entry[] = [];
  #number = 0;
  #now: Micros;

  constructor(start: Micros) {
    this.#now = start;
  }

  get now(): Micros {
    return this.#now;
  }

  /** Calls waiting. */
  get length(): number {
    return this.#heap.length;
  }

  /** Runs `run` when time reaches `at`; a time that has passed means now, after what already waits for now. */
  schedule(at: Micros, rank: Rank, run: (at: Micros) => void): void {
    const entry: Entry = { at: Math.max(at, this.#now) as Micros, rank, number: this.#number++, run };
    const heap = this.#heap;
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!before(entry, heap[parent])) break;
      heap[place] = heap[parent];
      place = parent;
    }
    heap[place] = entry;
  }

  /** Moves time to `target`, running everything due on the way, each at its own time. Time never goes back. */
  advanceTo(target: Micros): void {
    for (;;) {
      const next = this.#heap.at(0);
      if (next === undefined || next.at > target) break;
      this.#pop();
      this.#now = next.at;
      next.run(next.at);
    }
    if (target > this.#now) this.#now = target;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
      if (!before(heap[child], last)) break;
      heap[place] = heap[child];
      place = child;
    }
    heap[place] = last;
  }
}
