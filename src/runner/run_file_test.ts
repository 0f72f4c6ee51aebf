import assert from "node:assert/strict";
import { join } from "node:path";
import { runLeftBehind } from "./run_file.ts";

/** What is in the file, and which run it tells of. */
const FILES: readonly [string | null, string | null][] = [
  [null, null],
  ['{"pid":1,"url":"http://127.0.0.1:1/","run":"20261120T040211Z-0001","startedAt":""}\n', "20261120T040211Z-0001"],
  ["", "of no name"],
  ['{"pid":1,"ru', "of no name"],
  ['{"run":"../../etc"}', "of no name"],
  [" ".repeat(10_000), "of no name"],
];

for (const [text, run] of FILES) {
  Deno.test(`a file ${text === null ? "that is not there" : text.slice(0, 20)} tells of the run ${run}`, async () => {
    const directory = await Deno.makeTempDir({ prefix: "kbot-run-file-" });
    try {
      const path = join(directory, "run.json");
      if (text !== null) await Deno.writeTextFile(path, text);
      assert.equal(await runLeftBehind(path), run);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}
