import assert from "node:assert/strict";
import fc from "fast-check";
import type { Input } from "../../core/input.ts";
import { micros } from "../../core/units.ts";
import { Agenda } from "./agenda.ts";
import type { RecordedBatch } from "./input_batch.ts";
import { mergedFiles, type RecordedFile } from "./recorded_file.ts";

const clock = (at: number): Input => ({ type: "clock", at: micros(at) });

function file(name: string, times: readonly number[], cut: number): RecordedFile {
  return {
    name,
    start: times[0],
    async *batches(): AsyncGenerator<RecordedBatch> {
      for (let at = 0; at < times.length; at += cut) {
        const part = times.slice(at, at + cut);
        yield await Promise.resolve({ file: name, inputs: part.map(clock), lines: part.map((_, k) => at + k + 1) });
      }
    },
  };
}

Deno.test("files merge into every one of their inputs in order of time, however they overlap and are cut", async () => {
  const times = fc.array(fc.nat(200), { minLength: 1, maxLength: 30 }).map((all) => all.sort((a, b) => a - b));
  const files = fc.array(fc.tuple(times, fc.integer({ min: 1, max: 7 })), { minLength: 0, maxLength: 6 });
  await fc.assert(fc.asyncProperty(files, async (given) => {
    const merged: number[] = [];
    for await (const { inputs } of mergedFiles(given.map(([times, cut], k) => file(String(k), times, cut)))) {
      merged.push(...inputs.map(({ at }) => at));
    }
    assert.deepEqual(merged, given.flatMap(([times]) => times).sort((a, b) => a - b));
  }));
});

Deno.test("a file is opened only when the others have come to where it begins", async () => {
  const opened: string[] = [];
  const told = (name: string, times: readonly number[]): RecordedFile => ({
    ...file(name, times, 1),
    batches() {
      opened.push(name);
      return file(name, times, 1).batches();
    },
  });
  const merging = mergedFiles([told("late", [100]), told("early", [1, 2, 3])]);
  await merging.next();
  assert.deepEqual(opened, ["early"]);
  for await (const _ of merging);
  assert.deepEqual(opened, ["early", "late"]);
});

Deno.test("an agenda gives what was added in order of time, and of equal times in the order of adding", () => {
  fc.assert(fc.property(fc.array(fc.nat(5)), (times) => {
    const agenda = new Agenda();
    times.forEach((at, k) => agenda.add({ type: "link", at: micros(at), link: String(k), up: true, detail: "" }));
    const expected = times.map((at, k) => ({ at, k })).sort((a, b) => a.at - b.at || a.k - b.k).map(({ k }) =>
      String(k)
    );
    const given: string[] = [];
    for (let input = agenda.take(); input !== undefined; input = agenda.take()) {
      if (input.type === "link") given.push(input.link);
    }
    assert.deepEqual(given, expected);
    assert.equal(agenda.next, Infinity);
  }));
});
