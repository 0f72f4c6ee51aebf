import assert from "node:assert/strict";
import { BrownianBridge } from "./brownian_bridge.ts";

Deno.test("a bridge has the covariance of Brownian motion: the earlier of two times", () => {
  for (
    const times of [
      [1],
      [0.25, 1.25, 2.25],
      [841, 842, 843, 844, 850],
      Array.from({ length: 60 }, (_, k) => k + 1),
    ]
  ) {
    const bridge = new BrownianBridge(times);
    // Each normal alone gives one column of the matrix that makes paths of normals.
    const columns = times.map((_, k) => {
      const path = new Float64Array(times.length);
      bridge.write(Float64Array.from(times, (_, j) => j === k ? 1 : 0), path);
      return path;
    });
    for (let a = 0; a < times.length; a++) {
      for (let b = 0; b <= a; b++) {
        const covariance = columns.reduce((sum, column) => sum + column[a] * column[b], 0);
        assert.ok(
          Math.abs(covariance - times[b]) < 1e-9 * times[a],
          `times ${times[a]} and ${times[b]}: ${covariance}`,
        );
      }
    }
  }
});

Deno.test("the first normal decides where the path ends, alone", () => {
  const bridge = new BrownianBridge([1, 2, 3, 4]);
  const path = new Float64Array(4);
  bridge.write(Float64Array.of(1.5, 9, -9, 4), path);
  assert.equal(path[3], 3);
});
