/**
 * Which parameters to try: round by round, each round from what came of the rounds before it. Rounds are of the same size
 * whatever the machine, so that a seed names one exact search on any number of cores.
 * @module
 */

import { Random } from "../../venues/exchange/random.ts";
import { type Observed, proposePoints } from "./bayesian.ts";
import type { Method } from "./choices.ts";
import type { Parameters, ParameterSpace } from "./parameter_space.ts";

/** A trial as the proposer hears of it. */
export interface Told {
  readonly parameters: Parameters;
  /** `null` where it could not be judged. */
  readonly objective: number | null;
}

export interface ProposerOptions {
  readonly method: Method;
  readonly space: ParameterSpace;
  /** At most so many trials. */
  readonly trials: number;
  readonly seed: number;
  /** What is configured: tried first, where it lies in the space, so that the rest can be compared with it. Not in a grid. */
  readonly configured: Readonly<Record<string, unknown>>;
  /** Trials of a round where nothing else bounds it; `null` for all at once. */
  readonly round: number | null;
}

/** Drawn before there is anything to learn from: twice the sides of the cube, within these. */
const FIRST = { least: 8, most: 24 } as const;
/** Few, because each is proposed as if those before it had come out as expected. */
const GUIDED_ROUND = 4;
/** Draws for one new set of parameters; a space of a few values is used up some time. */
const DRAWS_MAX = 200;

export class Proposer {
  readonly #options: ProposerOptions;
  readonly #known = new Set<string>();
  #drawn = 0;

  constructor(options: ProposerOptions) {
    this.#options = options;
  }

  /** The next round; empty where all is tried. `told` are all trials so far, in their order. */
  next(told: readonly Told[]): readonly Parameters[] {
    const left = this.#options.trials - told.length;
    if (left <= 0) return [];
    const { method, round } = this.#options;
    if (method === "bayes") return this.#guided(told, left);
    const count = Math.min(left, round ?? left);
    return method === "grid" ? this.#fromGrid(told.length, count) : this.#drawMany(count);
  }

  #fromGrid(from: number, count: number): readonly Parameters[] {
    return this.#options.space.grid().drop(from).take(count).toArray();
  }

  #guided(told: readonly Told[], left: number): readonly Parameters[] {
    const { space, seed, trials } = this.#options;
    const first = Math.min(FIRST.most, Math.max(FIRST.least, 2 * space.dimensions), Math.ceil(trials / 2));
    if (told.length < first) return this.#drawMany(Math.min(left, first - told.length));
    const least = Math.min(...told.map(({ objective }) => objective ?? Infinity));
    const known = told.flatMap(({ parameters, objective }): Observed[] => {
      const point = space.pointOf(parameters);
      // What cannot be judged is as bad as the worst that can.
      return point === null ? [] : [{ point, value: objective ?? (Number.isFinite(least) ? least : 0) }];
    });
    const random = Random.named(seed, `round after ${told.length}`);
    const points = proposePoints(space, known, Math.min(left, GUIDED_ROUND), random);
    return points.map((point) => space.at(point)).filter((each) => this.#isNew(each));
  }

  /** New ones, by chance. */
  #drawMany(count: number): readonly Parameters[] {
    const drawn: Parameters[] = [];
    while (drawn.length < count) {
      const next = this.#draw();
      if (next === null) break;
      drawn.push(next);
    }
    return drawn;
  }

  #draw(): Parameters | null {
    const { space, seed, configured } = this.#options;
    if (this.#drawn === 0) {
      const point = space.pointOf(configured);
      const parameters = point === null ? null : space.at(point);
      this.#drawn++;
      if (parameters !== null && this.#isNew(parameters)) return parameters;
    }
    for (let k = 0; k < DRAWS_MAX; k++) {
      const random = Random.named(seed, `draw ${this.#drawn++}`);
      const parameters = space.at(Array.from({ length: space.dimensions }, () => random.uniform()));
      if (this.#isNew(parameters)) return parameters;
    }
    return null;
  }

  #isNew(parameters: Parameters): boolean {
    const text = JSON.stringify(parameters);
    if (this.#known.has(text)) return false;
    this.#known.add(text);
    return true;
  }
}
