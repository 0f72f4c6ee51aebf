/**
 * Monte Carlo beside the thread that trades. What takes less than a millisecond runs in place; everything else is divided
 * among Workers, part by part, and simulations take turns. Blocks are seeded by their number and counts add up, so that
 * the answer is the same however many Workers there are and in whatever order they end.
 * @module
 */

import { fitsInPlace, refusalOf, simulate } from "../../models/monte_carlo.ts";
import type { SimulationAnswered, SimulationAsked } from "../../models/monte_carlo_seam.ts";
import type { PartAsked, WorkerSaid } from "./pool_messages.ts";
import { Simulation } from "./simulation.ts";

export interface MonteCarloPoolOptions {
  /** How many Workers, 1 to 64: the machine's threads less the one that trades. */
  readonly workers: number;
  /** What a part may take, milliseconds, until its Worker counts as stuck; 30 s where absent. */
  readonly partTimeoutMs?: number;
  /** The Worker's program; for tests. */
  readonly program?: URL;
}

const WORKERS_MAX = 64;
/** Simulations that wait or run; beyond it the asker asks faster than the machine can simulate. */
const WAITING_MAX = 64;
/** A part takes tens of milliseconds; only a machine that stands still takes longer than this. */
const PART_TIMEOUT_MS = 30_000;
/** What a Worker may take to start: it loads its program. */
const START_TIMEOUT_MS = 60_000;
/** Workers that are started again over the pool's life, all together; more is a defect and no accident. */
const RESTARTS_MAX = 8;

type Timeout = ReturnType<typeof setTimeout>;

/** What a Worker does at the moment; where it owes an answer, until when. */
type Doing =
  | { readonly type: "starting"; readonly timeout: Timeout }
  | { readonly type: "idle" }
  | { readonly type: "working"; readonly simulation: Simulation; readonly part: PartAsked; readonly timeout: Timeout };

interface Seat {
  readonly worker: Worker;
  doing: Doing;
}

export class MonteCarloPool {
  readonly #program: URL;
  readonly #partTimeoutMs: number;
  readonly #seats: Seat[] = [];
  /** Those with parts to give out, the next one first. */
  #waiting: Simulation[] = [];
  /** Everything that has no answer yet. */
  readonly #open = new Set<Simulation>();
  #restarts = 0;
  /** Why nothing is simulated any more. */
  #over: string | null = null;

  constructor({ workers, partTimeoutMs, program }: MonteCarloPoolOptions) {
    if (!Number.isInteger(workers) || workers < 1 || workers > WORKERS_MAX) {
      throw new RangeError(`Workers must be a whole number from 1 to ${WORKERS_MAX}, not ${workers}`);
    }
    this.#program = program ?? new URL("./pool_worker.ts", import.meta.url);
    this.#partTimeoutMs = partTimeoutMs ?? PART_TIMEOUT_MS;
    for (let k = 0; k < workers; k++) this.#seat();
  }

  /** Answers, sooner or later and always: what cannot be simulated is an answer with a reason. Never rejects. */
  ask(asked: SimulationAsked): Promise<SimulationAnswered> {
    const { id, request } = asked;
    const error = refusalOf(request) ?? this.#over;
    if (error !== null) return Promise.resolve({ id, outcome: { error } });
    if (fitsInPlace(request)) return Promise.resolve({ id, outcome: simulate(request) });
    if (this.#open.size >= WAITING_MAX) {
      return Promise.resolve({ id, outcome: { error: `${WAITING_MAX} simulations wait already: ask less often` } });
    }
    return new Promise((resolve) => {
      const simulation = new Simulation(asked, (answered) => {
        this.#open.delete(simulation);
        resolve(answered);
      });
      this.#open.add(simulation);
      this.#waiting.push(simulation);
      this.#giveOut();
    });
  }

  /** Ends the Workers; what has no answer yet gets one that says so. */
  close(): void {
    this.#end("The pool of simulations is closed");
  }

  #end(reason: string): void {
    this.#over ??= reason;
    for (const seat of this.#seats.splice(0)) this.#vacate(seat);
    this.#waiting = [];
    for (const simulation of [...this.#open]) simulation.fail(this.#over);
  }

  #seat(): void {
    const worker = new Worker(this.#program, { type: "module" });
    const seat: Seat = { worker, doing: { type: "idle" } };
    const timeout = this.#deadline(seat, START_TIMEOUT_MS);
    seat.doing = { type: "starting", timeout };
    worker.onmessage = ({ data }: MessageEvent<WorkerSaid>) => this.#heard(seat, data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#replace(seat, `A thread that simulates failed: ${event.message}`);
    };
    this.#seats.push(seat);
  }

  #deadline(seat: Seat, ms: number): Timeout {
    return setTimeout(() => this.#replace(seat, `A thread that simulates did not answer for ${ms} ms`), ms);
  }

  #vacate({ worker, doing }: Seat): void {
    worker.onmessage = null;
    worker.onerror = null;
    worker.terminate();
    if (doing.type !== "idle") clearTimeout(doing.timeout);
  }

  #heard(seat: Seat, said: WorkerSaid): void {
    const { doing } = seat;
    if (doing.type === "idle") return;
    clearTimeout(doing.timeout);
    seat.doing = { type: "idle" };
    if (doing.type === "working") {
      if (said.type === "counted") doing.simulation.add(doing.part, said.counts);
      else if (said.type === "failed") doing.simulation.fail(said.error);
    }
    this.#giveOut();
  }

  /** Puts another Worker in the place of one that is of no use any more; what it worked on has failed. */
  #replace(seat: Seat, reason: string): void {
    const at = this.#seats.indexOf(seat);
    if (at < 0) return;
    this.#seats.splice(at, 1);
    this.#vacate(seat);
    if (seat.doing.type === "working") seat.doing.simulation.fail(reason);
    if (this.#restarts < RESTARTS_MAX) {
      this.#restarts++;
      this.#seat();
    }
    if (this.#seats.length === 0) this.#end(`${reason}; ${RESTARTS_MAX} were started again, and nothing simulates now`);
    else this.#giveOut();
  }

  /** Gives every idle Worker a part: one of the first simulation, which then goes behind the others. */
  #giveOut(): void {
    for (const seat of this.#seats) {
      if (seat.doing.type !== "idle") continue;
      this.#waiting = this.#waiting.filter((simulation) => !simulation.isGivenOut);
      const simulation = this.#waiting.shift();
      if (simulation === undefined) return;
      const part = simulation.nextPart(this.#seats.length);
      this.#waiting.push(simulation);
      const timeout = this.#deadline(seat, this.#partTimeoutMs);
      seat.doing = { type: "working", simulation, part, timeout };
      seat.worker.postMessage(part);
    }
  }
}
