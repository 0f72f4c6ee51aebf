import assert from "node:assert/strict";
import { SweepProgress, timeLeft } from "./sweep_progress.ts";

/** What is printed while runs of 100 inputs end, two seconds each. */
function printed(runs: number, steps: readonly (readonly [text: string, known: boolean])[]): string[] {
  const lines: string[] = [];
  const print = console.error;
  console.error = (text: string) => lines.push(text);
  try {
    let now = 50;
    const progress = new SweepProgress({
      runs,
      events: 100,
      isTerminal: false,
      seconds: () => now,
      workers: () => null,
    });
    for (const [text, known] of steps) {
      if (!known) {
        now += 2;
        progress.inputs(100);
      }
      progress.done(text, known);
    }
    return lines;
  } finally {
    console.error = print;
  }
}

Deno.test("each run has a line with the rate and what is left; what was known from before counts for neither", () => {
  assert.deepEqual(printed(6, [["Trial 1", true], ["Trial 2", true], ["Trial 3", false], ["Trial 4", false]]), [
    "Trial 1; the rate is not known yet",
    "Trial 2; the rate is not known yet",
    "Trial 3; 30.0 a minute, 6s left",
    "Trial 4; 30.0 a minute, 4s left",
  ]);
});

Deno.test("what is left is told in the unit that matters", () => {
  const cases = [[0, "0s"], [4.2, "5s"], [61, "2m"], [3_599, "60m"], [7_800, "2h 10m"]] as const;
  for (const [seconds, text] of cases) assert.equal(timeLeft(seconds), text);
});
