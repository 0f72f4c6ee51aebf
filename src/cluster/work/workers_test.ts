import assert from "node:assert/strict";
import { encodeWords, type WorkerWords } from "./worker_words.ts";
import { Workers } from "./workers.ts";

function heard(...steps: readonly (WorkerWords | number)[]): { readonly workers: Workers; readonly said: string[] } {
  let now = 0;
  const said: string[] = [];
  const workers = new Workers((text) => said.push(text), () => now);
  for (const step of steps) {
    if (typeof step === "number") now += step;
    else workers.hear(encodeWords(step));
  }
  return { workers, said };
}

const working = (worker: string, threads = 2): WorkerWords => ({
  type: "working",
  worker,
  threads,
  busy: 1,
  inputs: 5,
});

Deno.test("workers count while they are heard of", () => {
  const cases: [string, readonly (WorkerWords | number)[], readonly number[]][] = [
    ["nobody", [], [0, 0, 0]],
    ["two", [working("a"), working("b", 3), working("a")], [2, 5, 2]],
    ["one that falls silent", [working("a"), 10_000, working("b"), 10_000], [1, 2, 2]],
    ["one that leaves", [working("a"), working("b"), { type: "gone", worker: "a" }], [1, 2, 2]],
  ];
  for (const [name, steps, [count, threads, ever]] of cases) {
    const { workers } = heard(...steps);
    assert.deepEqual([workers.count, workers.threads, workers.everCount], [count, threads, ever], name);
  }
});

Deno.test("a refusal is told once, trouble each time", () => {
  const refused: WorkerWords = { type: "refused", worker: "a", reason: "it has other data" };
  const trouble: WorkerWords = { type: "trouble", worker: "b", text: "A thread died" };
  assert.deepEqual(heard(refused, refused, trouble, trouble).said, [
    "Worker a does not take part: it has other data",
    "Worker b: A thread died",
    "Worker b: A thread died",
  ]);
});
