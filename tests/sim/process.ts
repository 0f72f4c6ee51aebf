/**
 * One simulated process: what it waits for dies with it. It can be told to die within the n-th thing it does with the
 * world outside, before that is done, after it, or in the middle.
 * @module
 */

import { Random } from "../../src/venues/exchange/random.ts";
import type { Cancel, EventQueue } from "./event_queue.ts";

/** What was asked for by a process that is gone: nothing of it happens. */
export class ProcessDied extends Error {
  override name = "ProcessDied";
}

export const never = <Value>(): Promise<Value> => new Promise<Value>(() => {});

/** Where in an operation death strikes. */
export type DeathPoint = "before" | "during" | "after";

export class SimulatedProcess {
  readonly random: Random;
  readonly bornAt: number;
  /** Things done with the world outside. */
  operations = 0;
  readonly #queue: EventQueue;
  readonly #onDeath: (what: string) => void;
  readonly #timers = new Map<number, Cancel>();
  #lastTimer = 0;
  #dead = false;
  /** When it dies: after so many more operations; `null` while nothing says so. */
  #dieIn: number | null = null;

  constructor(name: string, seed: number, queue: EventQueue, onDeath: (what: string) => void) {
    this.random = Random.named(seed, `process ${name}`);
    this.bornAt = queue.now;
    this.#queue = queue;
    this.#onDeath = onDeath;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Lets it die within one of its next operations. */
  dieWithin(operations: number): void {
    this.#dieIn ??= operations;
  }

  die(what: string): void {
    if (this.#dead) return;
    this.#dead = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#onDeath(what);
  }

  /** Counts an operation; where death strikes, how. */
  operate(what: string): DeathPoint | null {
    this.operations++;
    if (this.#dieIn === null || this.#dieIn-- > 0) return null;
    const point = (["before", "during", "after"] as const)[this.random.integer(0, 2)];
    this.die(`${point} ${what}`);
    return point;
  }

  /** Runs a call later, unless the process is dead by then. */
  later(delay: number, run: () => void): Cancel {
    if (this.#dead) return () => {};
    return this.#queue.after(delay, () => {
      if (!this.#dead) run();
    });
  }

  setTimer(run: () => void, ms: number, every: boolean): number {
    const number = ++this.#lastTimer;
    if (this.#dead) return number;
    // As timers are: never less than a millisecond late, now and then a little more.
    const delay = (Number.isFinite(ms) ? Math.max(1, ms) : 1) * 1_000 + this.random.uniform() * 300;
    this.#timers.set(
      number,
      this.later(delay, () => {
        if (every) this.#repeat(number, run, ms);
        else this.#timers.delete(number);
        if (this.operate("a timer") === "before") return;
        run();
      }),
    );
    return number;
  }

  #repeat(number: number, run: () => void, ms: number): void {
    const cancel = this.later(Math.max(1, ms) * 1_000, () => {
      this.#repeat(number, run, ms);
      if (this.operate("a timer") === "before") return;
      run();
    });
    this.#timers.set(number, cancel);
  }

  clearTimer(number: unknown): void {
    if (typeof number !== "number") return;
    this.#timers.get(number)?.();
    this.#timers.delete(number);
  }

  /** Something that takes a moment and then is done, unless the process dies before, meanwhile, or right after. */
  async operation<Value>(what: string, delay: number, perform: () => Value): Promise<Value> {
    if (this.#dead) return await never<Value>();
    const death = this.operate(what);
    if (death === "after") perform();
    if (death !== null) return await never<Value>();
    return await new Promise<Value>((resolve, reject) => {
      this.later(delay, () => {
        try {
          resolve(perform());
        } catch (error) {
          reject(error);
        }
      });
    });
  }
}
