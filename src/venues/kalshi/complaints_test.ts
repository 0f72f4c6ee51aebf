import assert from "node:assert/strict";
import { Complaints } from "./complaints.ts";

function rig() {
  const lines: string[] = [];
  return { lines, complaints: new Complaints((level, text) => void lines.push(`${level} ${text}`)) };
}

Deno.test("a trouble is told once until it is over, and another cause of it once more", () => {
  const { lines, complaints } = rig();
  for (let round = 0; round < 5; round++) {
    complaints.tell("fills", "warn", "Down");
    complaints.tell("fills", "warn", "Broken");
    complaints.tell("orders", "error", "Down");
  }
  complaints.over("fills", "Up");
  complaints.over("fills", "Up");
  complaints.tell("fills", "warn", "Down");
  assert.deepEqual(lines, ["warn Down", "warn Broken", "error Down", "info Up", "warn Down"]);
});

Deno.test("words that change do not make a trouble another one where its cause is named", () => {
  const { lines, complaints } = rig();
  for (const seconds of [1, 2, 4]) complaints.tell("markets", "warn", `Down, again in ${seconds} s`, "Down");
  assert.deepEqual(lines, ["warn Down, again in 1 s"]);
});

Deno.test("without end of causes, what is remembered of them has one", () => {
  const { lines, complaints } = rig();
  for (let cause = 0; cause < 1_000; cause++) complaints.tell("fills", "warn", `Cause ${cause}`);
  complaints.tell("fills", "warn", "Cause 999");
  complaints.tell("fills", "warn", "Cause 0");
  assert.equal(lines.length, 1_001);
});
