import assert from "node:assert/strict";
import { type Micros, micros } from "../../core/units.ts";
import { RANK, Timeline } from "./timeline.ts";

function story(steps: readonly number[]): string[] {
  const timeline = new Timeline(micros(0));
  const told: string[] = [];
  const tell = (name: string) => (at: Micros) => void told.push(`${name}@${at}`);
  timeline.schedule(micros(30), RANK.trader, tell("trader"));
  timeline.schedule(micros(30), RANK.index, tell("index"));
  timeline.schedule(micros(30), RANK.trader, tell("second trader"));
  timeline.schedule(micros(10), RANK.cycle, (at) => {
    tell("chain")(at);
    timeline.schedule(micros(at + 5), RANK.cycle, tell("link"));
    timeline.schedule(micros(at - 5), RANK.cycle, tell("late"));
  });
  for (const step of steps) timeline.advanceTo(micros(step));
  return told;
}

Deno.test("things happen in order of time, then of rank, then of scheduling, however coarsely time moves", () => {
  const expected = ["chain@10", "late@10", "link@15", "index@30", "trader@30", "second trader@30"];
  assert.deepEqual(story([100]), expected);
  assert.deepEqual(story(Array.from({ length: 100 }, (_, k) => k + 1)), expected);
});

Deno.test("time never goes back", () => {
  const timeline = new Timeline(micros(50));
  timeline.advanceTo(micros(20));
  assert.equal(timeline.now, 50);
});
