import assert from "node:assert/strict";
import { type Micros, micros } from "../core/units.ts";
import { PaceWatch } from "./pace_watch.ts";

const START = 1_791_295_080_000_000;

/** What is said while each quantum of 100 simulated milliseconds takes `quantumMs`, for these wall seconds. */
function said(speed: number, seconds: number, quantumMs: (wallMs: number) => number): string[] {
  const watch = new PaceWatch(speed, "So what");
  const texts: string[] = [];
  let at = START;
  for (let wallMs = 500; wallMs < 500 + seconds * 1_000; wallMs += quantumMs(wallMs)) {
    const text = watch.observe(wallMs, micros(at) as Micros);
    if (text !== null) texts.push(text);
    at += 100_000;
  }
  return texts;
}

const CASES: readonly [claim: string, speed: number, quantumMs: (wallMs: number) => number, told: number][] = [
  ["a machine that holds the speed is not spoken of", 20, () => 5, 0],
  ["5 % behind is not spoken of", 20, () => 5.26, 0],
  ["20 % behind is told once, however long it lasts", 20, () => 6.25, 1],
  ["a pause of half a second is not spoken of", 20, (wallMs) => wallMs === 2_000 ? 500 : 5, 0],
  ["slowness that comes later is told", 1, (wallMs) => wallMs < 30_000 ? 100 : 150, 1],
];

for (const [claim, speed, quantumMs, told] of CASES) {
  Deno.test(claim, () => assert.equal(said(speed, 65, quantumMs).length, told));
}

Deno.test("the speed that was reached is named, and nothing is said in the first ten seconds", () => {
  assert.deepEqual(said(60, 9, () => 5), []);
  assert.match(
    said(60, 12, () => 5)[0],
    /^This machine cannot hold 60x speed: simulated time runs at 20\.0x\. So what$/,
  );
});
