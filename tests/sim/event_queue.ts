/**
 * Simulated time: calls at moments, in one order that depends on nothing but who scheduled what when.
 * @module
 */

/** Takes a call back that has not run yet; harmless afterwards. */
export type Cancel = () => void;

interface Entry {
  readonly at: number;
  readonly number: number;
  run: (() => void) | null;
}

const before = (a: Entry, b: Entry): boolean => a.at !== b.at ? a.at < b.at : a.number < b.number;

/** More calls at one and the same moment are an endless conversation, which is a bug. */
const AT_ONCE_MAX = 200_000;

export class EventQueue {
  readonly #heap: Entry[] = [];
  #number = 0;
  #now = 0;
  #atOnce = 0;

  /** Microseconds since the simulation began. */
  get now(): number {
    return this.#now;
  }

  /** Runs `run` once, so many microseconds from now; calls at one moment run in the order in which they were scheduled. */
  after(delay: number, run: () => void): Cancel {
    const entry: Entry = { at: this.#now + Math.max(0, Math.round(delay)), number: this.#number++, run };
    const heap = this.#heap;
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!before(entry, heap[parent])) break;
      heap[place] = heap[parent];
      place = parent;
    }
    heap[place] = entry;
    return () => {
      entry.run = null;
    };
  }

  /**
   * Runs the next call that is due by then; false where there is none, and time has come to `until`.
   * @throws Error where time stands still
   */
  step(until: number): boolean {
    for (let next = this.#heap.at(0); next !== undefined && next.at <= until; next = this.#heap.at(0)) {
      this.#pop();
      const { run } = next;
      if (run === null) continue;
      this.#atOnce = next.at === this.#now ? this.#atOnce + 1 : 0;
      if (this.#atOnce > AT_ONCE_MAX) throw new Error(`Simulated time stands still at ${this.#now}`);
      this.#now = next.at;
      next.run = null;
      run();
      return true;
    }
    this.#now = Math.max(this.#now, until);
    return false;
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
