import assert from "node:assert/strict";
import { Random } from "../../venues/exchange/random.ts";
import { type Cube, type Observed, type Point, proposePoints } from "./bayesian.ts";

const FIRST = 8;
const ROUND = 4;

interface Known {
  readonly name: string;
  readonly dimensions: number;
  /** Its largest value. */
  readonly most: number;
  /** How close the search must come to it. */
  readonly within: number;
  readonly trials: number;
  value(point: Point): number;
  snap?(point: Point): Point;
}

/** Of L. C. W. Dixon and G. P. Szego, turned over so that the largest is wanted. */
function branin([a, b]: Point): number {
  const x = 15 * a - 5;
  const y = 15 * b;
  const bend = y - 5.1 / (4 * Math.PI ** 2) * x ** 2 + 5 / Math.PI * x - 6;
  return -(bend ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10);
}

const HARTMANN = [
  { weight: 1, scales: [3, 10, 30], centre: [0.3689, 0.117, 0.2673] },
  { weight: 1.2, scales: [0.1, 10, 35], centre: [0.4699, 0.4387, 0.747] },
  { weight: 3, scales: [3, 10, 30], centre: [0.1091, 0.8732, 0.5547] },
  { weight: 3.2, scales: [0.1, 10, 35], centre: [0.0381, 0.5743, 0.8828] },
];

const hartmann = (point: Point): number =>
  HARTMANN.reduce((sum, { weight, scales, centre }) => {
    const square = scales.reduce((all, scale, k) => all + scale * (point[k] - centre[k]) ** 2, 0);
    return sum + weight * Math.exp(-square);
  }, 0);

/** A step of a fifth, a word of three, and a number that does not matter. */
const MIXED: Known = {
  name: "steps, a word and a number that does not matter",
  dimensions: 5,
  most: 0,
  within: 0.01,
  trials: 40,
  snap: ([step, a, b, c, idle]) => {
    const word = [a, b, c].indexOf(Math.max(a, b, c));
    return [Math.round(step * 5) / 5, ...[0, 1, 2].map((k) => k === word ? 1 : 0), idle];
  },
  value: ([step, , b]) => -((step - 0.6) ** 2) - (b === 1 ? 0 : 0.3),
};

const FUNCTIONS: readonly Known[] = [
  { name: "Branin", dimensions: 2, most: -0.397887, within: 0.3, trials: 40, value: branin },
  { name: "Hartmann of three", dimensions: 3, most: 3.86278, within: 0.1, trials: 40, value: hartmann },
  MIXED,
];

function search({ dimensions, trials, value, snap = (point) => point }: Known, seed: number, guided: boolean): number {
  const cube: Cube = { dimensions, snap };
  const random = Random.named(seed, "test");
  const anywhere = () => snap(Array.from({ length: dimensions }, () => random.uniform()));
  const known: Observed[] = Array.from({ length: guided ? FIRST : trials }, () => {
    const point = anywhere();
    return { point, value: value(point) };
  });
  while (known.length < trials) {
    const points = proposePoints(cube, known, ROUND, random);
    assert.ok(points.length > 0 && points.length <= ROUND);
    for (const point of points) {
      assert.deepEqual(cube.snap(point), point, "what is proposed can be tried");
      assert.ok(!known.some((each) => each.point.join() === point.join()), "nothing is proposed twice");
      known.push({ point, value: value(point) });
    }
    if (points.length < ROUND) break;
  }
  return Math.max(...known.map((each) => each.value));
}

for (const known of FUNCTIONS) {
  Deno.test(`${known.name}: the largest value is found within ${known.trials} trials, by chance it is not`, () => {
    const seeds = [1, 2, 3];
    const gaps = (guided: boolean) => seeds.map((seed) => known.most - search(known, seed, guided));
    const [guided, random] = [gaps(true), gaps(false)];
    assert.ok(guided.every((gap) => gap <= known.within), `gaps ${guided}, by chance ${random}`);
    const mean = (all: readonly number[]) => all.reduce((sum, each) => sum + each, 0) / all.length;
    if (known !== MIXED) assert.ok(mean(guided) < mean(random) / 3, `gaps ${guided}, by chance ${random}`);
  });
}

Deno.test("noise is no reason to stay at a lucky point", () => {
  for (const seed of [1, 2]) {
    const noise = Random.named(seed, "noise");
    const random = Random.named(seed, "search");
    const known: Observed[] = [];
    const look = (point: Point) => known.push({ point, value: -8 * (point[0] - 0.7) ** 2 + 0.3 * noise.normal() });
    for (let k = 0; k < FIRST; k++) look([random.uniform(), random.uniform()]);
    while (known.length < 48) {
      proposePoints({ dimensions: 2, snap: (p) => p }, known, ROUND, random).forEach(look);
    }
    const last = known.slice(-16).map(({ point }) => point[0]);
    const mean = last.reduce((sum, each) => sum + each, 0) / last.length;
    assert.ok(Math.abs(mean - 0.7) < 0.2, `seed ${seed}: ${mean}`);
  }
});

Deno.test("the same seed proposes the same points, and one that can be tried no more proposes nothing", () => {
  const known = Array.from({ length: 10 }, (_, k) => ({ point: [k / 9, (k * 7 % 10) / 9], value: Math.sin(k) }));
  const propose = (seed: number) =>
    proposePoints({ dimensions: 2, snap: (p) => p }, known, 4, Random.named(seed, "test"));
  assert.deepEqual(propose(1), propose(1));
  assert.notDeepEqual(propose(1), propose(2));
  const two = { dimensions: 1, snap: ([x]: Point) => [Math.round(x)] };
  const all = [{ point: [0], value: 0 }, { point: [1], value: 1 }];
  assert.deepEqual(proposePoints(two, all, 4, Random.named(1, "test")), []);
});

Deno.test("values that are all the same are no reason to fail", () => {
  const known = [0.1, 0.5, 0.9].map((x) => ({ point: [x], value: 7 }));
  assert.equal(proposePoints({ dimensions: 1, snap: (p) => p }, known, 3, Random.named(1, "test")).length, 3);
});
