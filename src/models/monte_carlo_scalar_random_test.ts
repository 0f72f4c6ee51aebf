import assert from "node:assert/strict";
import {
  cosine,
  highDirection,
  LaneRandom,
  lowDirection,
  signedRadius,
  sine,
  squaredRadius,
} from "./monte_carlo_scalar_random.ts";
import { normalCdf } from "./normal.ts";

const STEPS = 400_000;

/** Normals of A and B, step after step, from some lanes. */
function sample(): { readonly a: Float64Array; readonly b: Float64Array } {
  const a = new Float64Array(STEPS);
  const b = new Float64Array(STEPS);
  const random = new LaneRandom();
  for (let at = 0; at < STEPS; at += 100) {
    if (at % 50_000 === 0) random.seed(77n, at, (at / 50_000) % 4);
    random.fillNormals(100);
    for (let k = 0; k < 100; k++) {
      a[at + k] = random.normals[2 * k];
      b[at + k] = random.normals[2 * k + 1];
    }
  }
  return { a, b };
}

const { a, b } = sample();

/** Mean of a product of powers over the sample, and how far from what it should be in standard errors. */
function far(value: (k: number) => number, expected: number): number {
  let sum = 0;
  let squares = 0;
  for (let k = 0; k < STEPS; k++) {
    const x = value(k);
    sum += x;
    squares += x * x;
  }
  const mean = sum / STEPS;
  return (mean - expected) / Math.sqrt((squares / STEPS - mean * mean) / STEPS);
}

Deno.test("normals have the moments of normals", () => {
  const expected = [0, 1, 0, 3, 0, 15, 0, 105];
  for (const normals of [a, b]) {
    expected.forEach((moment, k) => {
      const z = far((at) => normals[at] ** (k + 1), moment);
      assert.ok(Math.abs(z) < 4, `moment ${k + 1}: ${z} standard errors`);
    });
  }
});

Deno.test("normals are as often beyond each bound as they should be", () => {
  for (const normals of [a, b]) {
    for (const bound of [-4, -3.5, -3, -2, -1, -0.5, -0.1, 0, 0.01, 0.3, 1, 2.5, 3, 4]) {
      const z = far((at) => normals[at] > bound ? 1 : 0, 1 - normalCdf(bound));
      assert.ok(Math.abs(z) < 4.2, `beyond ${bound}: ${z} standard errors`);
    }
  }
});

Deno.test("paths of a lane and successive steps have nothing to do with each other", () => {
  const products: readonly [string, (k: number) => number][] = [
    ["A and B", (k) => a[k] * b[k]],
    ["their squares", (k) => (a[k] ** 2 - 1) * (b[k] ** 2 - 1)],
    ["A and the next A", (k) => a[k] * a[(k + 1) % STEPS]],
    ["squares of A and the next A", (k) => (a[k] ** 2 - 1) * (a[(k + 1) % STEPS] ** 2 - 1)],
    ["A and the next B", (k) => a[k] * b[(k + 1) % STEPS]],
    ["A and the A after next", (k) => a[k] * a[(k + 2) % STEPS]],
  ];
  for (const [name, product] of products) {
    const z = far(product, 0);
    assert.ok(Math.abs(z) < 4, `${name}: ${z} standard errors`);
  }
});

Deno.test("a radius is that of its draw to 2.4e-5 in its square, and always a number", () => {
  const draws = [0, 1, -1, 2, 0x7fffffff, -0x80000000, -0x7fffffff, 0x7fffff80, 0x40000000, 0x3fffffff];
  for (let k = 0; k < 300_000; k++) draws.push(Math.imul(k, 0x9e3779b1) | 0, 0x7fffffff - k, k - 0x80000000, k);
  for (const draw of draws) {
    const exact = -2 * Math.log(Math.abs(draw | 1) / 2 ** 31);
    const found = squaredRadius(draw | 0);
    assert.ok(found >= 0 && Math.abs(found - exact) < 2.4e-5, `${draw}: ${found}, wanted ${exact}`);
    assert.ok(Number.isFinite(signedRadius(draw)), `${draw}`);
  }
});

Deno.test("directions go round the circle evenly, sine and cosine to 2e-5", () => {
  let cosines = 0;
  let sines = 0;
  let both = 0;
  for (let half = 0; half < 65_536; half++) {
    const h = lowDirection(half);
    assert.equal(highDirection(half << 16), h);
    const angle = Math.PI / 2 * h / 2 ** 15;
    const square = Math.fround(h * h);
    const [c, s] = [cosine(square), sine(h, square)];
    assert.ok(Math.abs(c - Math.cos(angle)) < 2e-5 && Math.abs(s - Math.sin(angle)) < 2e-6, `${h}`);
    cosines += c * c;
    sines += s * s;
    both += s;
  }
  assert.ok(Math.abs(cosines / 65_536 - 0.5) < 1e-7 && Math.abs(sines / 65_536 - 0.5) < 1e-7);
  assert.ok(Math.abs(both) < 1e-6);
});
