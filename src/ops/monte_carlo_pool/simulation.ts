/**
 * One simulation on its way through the pool: which blocks are still to be given out, and what was counted.
 * @module
 */

import { answerOf, blockCount, type Counts, noCounts, workOf } from "../../models/monte_carlo.ts";
import type { SimulationAnswered, SimulationAsked } from "../../models/monte_carlo_seam.ts";
import type { PartAsked } from "./pool_messages.ts";

/**
 * Work of one part, in steps of the plain model: some tens of milliseconds. Long enough that handing it over does not
 * count, short enough that several simulations take turns and a Worker ends soon when it is told to.
 */
const PART_WORK = 20_000_000;

export class Simulation {
  readonly #asked: SimulationAsked;
  readonly #settle: (answered: SimulationAnswered) => void;
  readonly #blocks: number;
  readonly #blocksPerPart: number;
  readonly #counts: Counts;
  #given = 0;
  #counted = 0;
  #settled = false;

  /** @param settle told once */
  constructor(asked: SimulationAsked, settle: (answered: SimulationAnswered) => void) {
    const { request } = asked;
    this.#asked = asked;
    this.#settle = settle;
    this.#blocks = blockCount(request);
    this.#blocksPerPart = Math.max(1, Math.floor(PART_WORK / (workOf(request) / this.#blocks)));
    this.#counts = noCounts(request);
  }

  /** Whether all blocks were given out, or nobody waits for them any more. */
  get isGivenOut(): boolean {
    return this.#settled || this.#given === this.#blocks;
  }

  /** The next part, of at most as many blocks as leave something for every one of `sharers`. */
  nextPart(sharers: number): PartAsked {
    const fair = Math.ceil((this.#blocks - this.#given) / sharers);
    const firstBlock = this.#given;
    const blocks = Math.min(this.#blocksPerPart, fair, this.#blocks - firstBlock);
    this.#given += blocks;
    return { request: this.#asked.request, firstBlock, blocks };
  }

  /** Adds what a part counted; the last one makes the answer. */
  add({ blocks }: PartAsked, counts: Counts): void {
    if (this.#settled) return;
    counts.forEach((count, k) => this.#counts[k] += count);
    this.#counted += blocks;
    if (this.#counted === this.#blocks) this.#end(answerOf(this.#asked.request, this.#counts));
  }

  fail(error: string): void {
    if (!this.#settled) this.#end({ error });
  }

  #end(outcome: SimulationAnswered["outcome"]): void {
    this.#settled = true;
    this.#settle({ id: this.#asked.id, outcome });
  }
}
