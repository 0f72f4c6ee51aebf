/**
 * What is searched: some of a strategy's parameters, each over a range or a list of values, and as a cube that an optimiser
 * can move in.
 * @module
 */

import type { Point } from "./bayesian.ts";

export type ParameterValue = number | boolean | string;
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** Every number between two, evenly by itself or by its logarithm; with a step, only those that many steps from `low`. */
export interface RangeDimension {
  readonly kind: "range";
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly scale: "linear" | "log";
  readonly step: number | null;
}

/** One of several values; of numbers the order counts, of words it does not. */
export interface ChoiceDimension {
  readonly kind: "choice";
  readonly name: string;
  readonly values: readonly ParameterValue[];
}

export type Dimension = RangeDimension | ChoiceDimension;

/** Digits of a value that was drawn: nothing tells 0.0213 from 0.02130441. */
const DIGITS = 4;
/** Of one that was counted in steps: no more than undoes the rounding of floats. */
const DIGITS_OF_STEPS = 12;
/** Of a range without a step, in a grid. */
const GRID_POINTS = 5;

/** Steps from the low end to the last value within a range; `null` where every number is allowed. */
export function stepsOf({ low, high, step }: RangeDimension): number | null {
  return step === null ? null : Math.floor((high - low) / step * (1 + 1e-12) + 1e-9);
}

export const clean = (value: number, digits = DIGITS_OF_STEPS): number => Number(value.toPrecision(digits));

/** A place in [0, 1] as a value of the range. */
function inRange(dimension: RangeDimension, place: number): number {
  const { low, high, scale, step } = dimension;
  const steps = stepsOf(dimension);
  if (step !== null && steps !== null) return clean(low + Math.round(place * steps) * step);
  const value = scale === "log" ? low * (high / low) ** place : low + (high - low) * place;
  return Math.min(high, Math.max(low, clean(value, DIGITS)));
}

function placeInRange(dimension: RangeDimension, value: number): number {
  const { low, high, scale, step } = dimension;
  const steps = stepsOf(dimension);
  if (step !== null && steps !== null) return steps === 0 ? 0 : Math.round((value - low) / step) / steps;
  return scale === "log" ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

const isOrdered = ({ values }: ChoiceDimension): boolean => values.every((value) => typeof value !== "string");

/** A space as a cube of side 1: a range is one side of it, and so are numbers and switches; a list of words has a side for each. */
export class ParameterSpace {
  readonly dimensions: number;
  readonly #parts: readonly Dimension[];

  constructor(parts: readonly Dimension[]) {
    this.#parts = parts;
    this.dimensions = parts.reduce((sum, part) => sum + sidesOf(part), 0);
  }

  get names(): readonly string[] {
    return this.#parts.map(({ name }) => name);
  }

  /** The parameters of which a ratio counts, not a difference. */
  get byRatio(): readonly string[] {
    return this.#parts.filter((part) => part.kind === "range" && part.scale === "log").map(({ name }) => name);
  }

  /** What a point of the cube stands for. */
  at(point: Point): Parameters {
    let from = 0;
    return Object.fromEntries(this.#parts.map((part): [string, ParameterValue] => {
      const sides = point.slice(from, from += sidesOf(part));
      if (part.kind === "range") return [part.name, inRange(part, sides[0])];
      return [part.name, part.values[choiceAt(part, sides)]];
    }));
  }

  /** The point of values that lie in the space; `null` where one does not. */
  pointOf(parameters: Readonly<Record<string, unknown>>): Point | null {
    const point: number[] = [];
    for (const part of this.#parts) {
      const value = parameters[part.name];
      if (part.kind === "range") {
        if (typeof value !== "number" || value < part.low || value > part.high) return null;
        point.push(placeInRange(part, value));
        continue;
      }
      const at = part.values.findIndex((each) => each === value);
      if (at < 0) return null;
      point.push(...sidesAt(part, at));
    }
    return point;
  }

  /** The nearest point that stands for its values exactly. */
  snap(point: Point): Point {
    const snapped = this.pointOf(this.at(point));
    if (snapped === null) {
      throw new Error(`Parameters ${JSON.stringify(this.at(point))} lie outside of their own space`);
    }
    return snapped;
  }

  /** How many points a grid has; where every number is allowed, five of them stand for a range. */
  get gridSize(): number {
    return this.#parts.reduce((product, part) => product * gridOf(part).length, 1);
  }

  /** Every point of the grid, the last parameter fastest. */
  *grid(): Generator<Parameters> {
    const lists = this.#parts.map(gridOf);
    for (let number = 0; number < this.gridSize; number++) {
      let rest = number;
      const values = lists.toReversed().map((list) => {
        const value = list[rest % list.length];
        rest = Math.floor(rest / list.length);
        return value;
      }).reverse();
      yield Object.fromEntries(this.#parts.map(({ name }, k) => [name, values[k]]));
    }
  }

  /** The parameters of which a value lies at an end of its range: what is better may lie beyond it. */
  atTheEnd(parameters: Parameters): readonly string[] {
    return this.#parts.flatMap((part) => {
      if (part.kind !== "range") return [];
      const place = placeInRange(part, Number(parameters[part.name]));
      return place < 0.02 || place > 0.98 ? [part.name] : [];
    });
  }
}

function sidesOf(part: Dimension): number {
  return part.kind === "range" || isOrdered(part) ? 1 : part.values.length;
}

function choiceAt(part: ChoiceDimension, sides: Point): number {
  if (isOrdered(part)) return Math.min(part.values.length - 1, Math.floor(sides[0] * part.values.length));
  return sides.indexOf(Math.max(...sides));
}

function sidesAt(part: ChoiceDimension, at: number): number[] {
  if (isOrdered(part)) return [(at + 0.5) / part.values.length];
  return part.values.map((_, k) => k === at ? 1 : 0);
}

function gridOf(part: Dimension): readonly ParameterValue[] {
  if (part.kind === "choice") return part.values;
  const steps = stepsOf(part) ?? GRID_POINTS - 1;
  return Array.from({ length: steps + 1 }, (_, k) => inRange(part, steps === 0 ? 0 : k / steps));
}
