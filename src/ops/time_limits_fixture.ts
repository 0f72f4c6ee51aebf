/**
 * For tests: time limits that are over when the test says so, and never before.
 * @module
 */

import assert from "node:assert/strict";

interface Limit {
  readonly ms: number;
  readonly over: () => void;
}

/** Stands in place of the system's timers until it is disposed of. */
export class TimeLimits implements Disposable {
  readonly #timers = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  readonly #limits = new Map<number, Limit>();
  #last = 0;

  constructor() {
    Object.assign(globalThis, {
      setTimeout: (over: () => void, ms: number): number => {
        this.#limits.set(++this.#last, { ms, over });
        return this.#last;
      },
      clearTimeout: (id: number): void => void this.#limits.delete(id),
    });
  }

  /** Lets the time be over of the one limit that is this long. */
  end(ms: number): void {
    const found = [...this.#limits].filter(([, limit]) => limit.ms === ms);
    assert.equal(found.length, 1, `limits of ${ms} ms`);
    const [[id, { over }]] = found;
    this.#limits.delete(id);
    over();
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#timers);
  }
}
