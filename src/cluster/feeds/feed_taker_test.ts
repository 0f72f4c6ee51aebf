import assert from "node:assert/strict";
import { micros } from "../../core/units.ts";
import type { Batch, Keyframe } from "./feed_messages.ts";
import { FeedPlace } from "./feed_taker.ts";

type Step = { readonly key: Keyframe } | { readonly batch: Batch } | { readonly bad: string };

const key = (next: number, epoch = "e"): Step => ({ key: { epoch, next, at: micros(0), inputs: [] } });
const batch = (first: number, count: number, epoch = "e"): Step => ({
  batch: {
    epoch,
    first,
    sent: micros(0),
    lines: Array.from({ length: count }, (_, k) => ({
      kind: "message",
      at: micros(0),
      source: "s",
      raw: `${first + k}`,
    })),
  },
});

/** What a listener hears, in words. */
function heard(...steps: readonly Step[]): string[] {
  const said: string[] = [];
  const place = new FeedPlace({
    begin: ({ next }) => said.push(`begin ${next}`),
    line: ({ raw }) => said.push(raw),
    heard: ({ first }) => said.push(`heard ${first}`),
    gap: (reason) => said.push(reason),
  });
  for (const step of steps) {
    if ("key" in step) place.keyframe(step.key);
    else if ("batch" in step) place.batch(step.batch);
    else place.unreadable(step.bad);
  }
  return said;
}

Deno.test("every row of what comes and what is done", () => {
  const cases: [string, readonly Step[], readonly string[]][] = [
    ["the line that follows is handed on", [key(3), batch(3, 2), batch(5, 1)], [
      "begin 3",
      "3",
      "4",
      "heard 3",
      "5",
      "heard 5",
    ]],
    ["a sign of life has no lines", [key(3), batch(3, 0)], ["begin 3", "heard 3"]],
    ["lines before the first keyframe are not", [batch(0, 3), key(3), batch(3, 1)], ["begin 3", "3", "heard 3"]],
    ["lines that were handed on are not again", [key(3), batch(1, 2), batch(2, 2)], [
      "begin 3",
      "heard 1",
      "3",
      "heard 2",
    ]],
    ["a keyframe where all is known says nothing", [key(3), batch(3, 1), key(4)], ["begin 3", "3", "heard 3"]],
    ["missing lines are a gap, and nothing more comes until a keyframe", [key(3), batch(5, 1), batch(6, 1), key(7)], [
      "begin 3",
      "Lines 3 to 5 are missing",
      "begin 7",
    ]],
    ["so are lines that a keyframe knows of and nobody else", [key(3), key(9)], [
      "begin 3",
      "Lines 3 to 9 are missing",
      "begin 9",
    ]],
    ["another publisher is a gap", [key(3), batch(0, 1, "f"), key(1, "f"), batch(1, 1, "f")], [
      "begin 3",
      "Another process publishes the feed",
      "begin 1",
      "1",
      "heard 1",
    ]],
    ["its keyframe is, too", [key(3), key(0, "f")], ["begin 3", "Another process publishes the feed", "begin 0"]],
    ["what cannot be read is a gap once", [key(3), { bad: "Batch is bad" }, { bad: "again" }, batch(3, 1)], [
      "begin 3",
      "Batch is bad",
    ]],
  ];
  for (const [name, steps, wanted] of cases) assert.deepEqual(heard(...steps), wanted, name);
});
