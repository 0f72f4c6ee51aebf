/**
 * Drives a run and its embedded exchange through simulated time together: time moves one quantum only when everything
 * that the last one caused has been consumed. So speed changes how long one waits, and nothing else.
 * @module
 */

import { setImmediate } from "node:timers";
import { getLogger } from "@logtape/logtape";
import { type Micros, micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../core/units.ts";
import type { SteppedClock } from "../ops/clock.ts";
import { PaceWatch } from "../ops/pace_watch.ts";

/** Simulated time per step. The same at every speed, or speed would change what happens. */
const QUANTUM = 100 * MICROS_PER_MILLISECOND;
/** Rounds of question and answer that one quantum may cause: more is an endless conversation, which is a bug. */
const ROUNDS_MAX = 10_000;
/** Frames on their way over loopback arrive within this, or the connection is broken and the run goes on without them. */
const FRAMES_PATIENCE_MS = 5_000;
/** A turn that took longer is one of a process that stood still: what arrived meanwhile was not looked at. */
const TURN_MS_MAX = 100;
/** Of wall time: how often a run that is late gives way all the same. A timer costs as much as half a quantum. */
const YIELD_EVERY_MS = 20;

const logger = getLogger(["kbot", "run"]);

/** The embedded exchange, as the driver needs it. */
export interface SteppedExchange {
  /** `over` where nothing more is going to happen there: the recording that it plays has ended. */
  advance(to: Micros): Promise<{ readonly now: Micros; readonly frames: number; readonly over: boolean }>;
  frames(): Promise<number>;
}

/** Whoever listens to the exchange or to its feeds, as the driver needs them. */
export interface SteppedSource {
  framesReceived(): number;
  idle(): Promise<void>;
}

export interface LockstepParts {
  readonly exchange: SteppedExchange;
  /** All that have sockets to the exchange. */
  readonly sources: readonly SteppedSource[];
  readonly clock: SteppedClock;
  readonly speed: number;
  /** Called once a quantum, after its market data: time has passed. */
  readonly onTick: (at: Micros) => void;
  /** Called once the exchange has nothing more to tell. */
  readonly onOver: () => void;
}

/** Turns of the event loop that frames are waited for without a timer. */
const QUICK_TURNS_MAX = 100;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class Lockstep {
  readonly #parts: LockstepParts;
  #stopped = false;
  #over = false;

  constructor(parts: LockstepParts) {
    this.#parts = parts;
  }

  /** Runs until simulated time `end` (`null`: for ever) or {@link stop}. */
  async run(end: Micros | null): Promise<void> {
    const { clock, speed } = this.#parts;
    const start = clock.now();
    const wallStart = performance.now();
    const pace = new PaceWatch(speed, "What happens is the same, it only takes longer");
    let yielded = wallStart;
    while (!this.#stopped && (end === null || clock.now() < end)) {
      await this.step();
      const due = wallStart + (clock.now() - start) / MICROS_PER_MILLISECOND / speed;
      const now = performance.now();
      const slow = pace.observe(now, clock.now());
      if (slow !== null) logger.warn("{text}", { text: slow });
      // Yielding now and then even when late keeps the page and the signals alive.
      if (due <= now && now - yielded < YIELD_EVERY_MS) continue;
      await pause(Math.max(0, due - now));
      yielded = performance.now();
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /** One quantum: what is due here, what the exchange does, what that causes here. */
  async step(): Promise<void> {
    const { exchange, clock, onTick, onOver } = this.#parts;
    const target = micros(clock.now() + QUANTUM);
    clock.advanceTo(target);
    await this.#settle();
    const { frames, over } = await exchange.advance(target);
    if (!await this.#received(frames)) logger.debug("{text}", { text: "Frames that were sent did not arrive" });
    await this.#settle();
    onTick(target);
    await this.#settle();
    if (over && !this.#over) onOver();
    this.#over = over;
  }

  /**
   * Waits until every frame that was sent has been taken in, and nothing is asked or answered any more: when none came
   * while requests were waited for, and none is on its way after that, then nothing can have been caused meanwhile.
   */
  async #settle(): Promise<void> {
    const { exchange } = this.#parts;
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const before = this.#framesReceived();
      await this.#idle();
      const sent = await exchange.frames();
      if (sent === before && this.#framesReceived() === before) return;
      if (!await this.#received(sent)) return;
    }
    throw new Error(
      `Simulated time stands still: ${ROUNDS_MAX} rounds of answers within ${QUANTUM / MICROS_PER_SECOND} s`,
    );
  }

  #framesReceived(): number {
    return this.#parts.sources.reduce((sum, source) => sum + source.framesReceived(), 0);
  }

  async #idle(): Promise<void> {
    for (const source of this.#parts.sources) await source.idle();
  }

  async #received(frames: number): Promise<boolean> {
    let waited = 0;
    let looked = performance.now();
    for (let turn = 0; this.#framesReceived() < frames; turn++) {
      const now = performance.now();
      waited += Math.min(now - looked, TURN_MS_MAX);
      looked = now;
      if (waited > FRAMES_PATIENCE_MS) return false;
      // What was sent is mostly there already, and a timer takes longer than a quantum.
      await (turn < QUICK_TURNS_MAX ? nextTurn() : pause(0));
    }
    return true;
  }
}
